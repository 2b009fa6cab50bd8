"""Models in one tar file: made on a machine with a network, installed on one without.

    manifest.json                     {"format": 1, "models": {MODEL: {FILE: {"size": …, "sha256": …}}}}
    MODEL/FILE …                      in the order of the manifest

What counts on import is the catalog of the importing program: a bundle brings content, never names or hashes.
"""

import hashlib
import json
import os
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from core.errors import ModelError
from models.catalog import Model, ModelFile
from models.fetch import CHUNK, Progress, Silent
from models.store import Store, disk_errors

_MANIFEST = "manifest.json"
_MANIFEST_LIMIT = 1 << 20


class _Entry(Struct, frozen=True, forbid_unknown_fields=True):
    size: Annotated[int, Meta(gt=0)]
    sha256: str


class _Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    format: Literal[1]
    models: dict[str, dict[str, _Entry]]


def write(store: Store, target: Path, ids: Iterable[str] = (), progress: Progress | None = None) -> list[str]:
    """Write the installed models `ids` (those of the set `default` when none is named) to the tar `target`.

    Every file is hashed on the way; `target` appears only when all is right. Returns the model ids.
    Raises ModelError.
    """
    models = store.catalog.select(ids)
    part = target.with_name(f"{target.name}.part")
    try:
        with disk_errors(target), tarfile.open(part, "w", format=tarfile.USTAR_FORMAT) as tar:
            _write_manifest(tar, models)
            for model in models:
                for file in model.files:
                    _write_file(tar, model, file, store.path(model.id, file.name), progress or Silent())
        with disk_errors(target):
            part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return [model.id for model in models]


def _write_manifest(tar: tarfile.TarFile, models: list[Model]) -> None:
    import io

    entries = {m.id: {file.name: {"size": file.size, "sha256": file.sha256} for file in m.files} for m in models}
    text = json.dumps({"format": 1, "models": entries}, indent=1).encode()
    tar.addfile(_member(_MANIFEST, len(text)), io.BytesIO(text))


def _write_file(tar: tarfile.TarFile, model: Model, file: ModelFile, path: Path, progress: Progress) -> None:
    progress.begin(f"{model.id}/{file.name}", file.size)
    with path.open("rb") as content:
        reader = _Hashing(content, progress)
        tar.addfile(_member(f"{model.id}/{file.name}", file.size), reader)  # type: ignore[arg-type]
    if reader.hexdigest() != file.sha256:
        raise ModelError(
            "model.tampered", f"{path} is not the file it should be: run `mostrador models pull {model.id}`"
        )


def _member(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    return info


class _Hashing:
    """A file that is hashed as it is read."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self._file = file
        self._progress = progress
        self._digest = hashlib.sha256()
        self._done = 0

    def read(self, count: int) -> bytes:
        block = self._file.read(count)
        self._digest.update(block)
        self._done += len(block)
        self._progress.at(self._done)
        return block

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


def install(store: Store, source: Path, progress: Progress | None = None) -> list[str]:
    """Install every model of the tar `source`. All of its files are checked before the first is put in place.

    Returns the model ids. Raises ModelError `model.bundle` for anything that is not exactly a bundle of models of
    this program's catalog: other names, paths, links, sizes or hashes; the store is then as it was.
    """
    progress = progress or Silent()
    with store.lock(progress):
        staging = store.root / ".import"
        try:
            with disk_errors(store.root):
                _clear(staging)
                staging.mkdir()
                models = _unpack(store, source, staging, progress)
                for model, file in models:
                    target = store.folder(model.id) / file.name
                    target.parent.mkdir(exist_ok=True)
                    (staging / model.id / file.name).replace(target)
                    store.stamp(model, file)
            return list(dict.fromkeys(model.id for model, _ in models))
        finally:
            _clear(staging)


def _unpack(store: Store, source: Path, staging: Path, progress: Progress) -> list[tuple[Model, ModelFile]]:
    try:
        with source.open("rb") as raw, tarfile.open(fileobj=raw, mode="r:") as tar:
            members = iter(tar)
            expected = _expected(store, tar, next(members, None))
            for model, _ in expected.values():
                (staging / model.id).mkdir(exist_ok=True)
            done: list[tuple[Model, ModelFile]] = []
            for member in members:
                pair = expected.pop(member.name, None)
                if pair is None:
                    raise _refuse(f"{member.name!r} is not in its manifest, or there twice")
                model, file = pair
                _plain(member, file.size)
                progress.begin(f"{model.id}/{file.name}", file.size)
                _unpack_file(tar, member, file, staging / model.id / file.name, progress)
                done.append(pair)
    except FileNotFoundError as error:
        raise _refuse(f"{source} is not there") from error
    except (tarfile.TarError, EOFError) as error:
        raise _refuse(f"{source} is no whole tar file ({error})") from error
    except (ValueError, OverflowError) as error:  # nonsense numbers in a header
        raise _refuse(f"{source} has a damaged header ({error})") from error
    if expected:
        raise _refuse(f"{', '.join(expected)} of its manifest is not in it")
    return done


def _expected(store: Store, tar: tarfile.TarFile, first: tarfile.TarInfo | None) -> dict[str, tuple[Model, ModelFile]]:
    """Member name → file, from the manifest, each entry held against the catalog."""
    if first is None or first.name != _MANIFEST:
        raise _refuse(f"it does not begin with {_MANIFEST}")
    if first.size > _MANIFEST_LIMIT:
        raise _refuse(f"{_MANIFEST} is too long")
    _plain(first, first.size)
    content = tar.extractfile(first)
    try:
        manifest = msgspec.json.decode(content.read() if content else b"", type=_Manifest)
    except msgspec.DecodeError as error:
        raise _refuse(f"{_MANIFEST}: {error}") from error
    expected: dict[str, tuple[Model, ModelFile]] = {}
    for model_id, entries in manifest.models.items():
        model = store.catalog.models.get(model_id)
        if model is None:
            raise _refuse(f"model {model_id!r} is not in the catalog of this version")
        for name, entry in entries.items():
            file = next((file for file in model.files if file.name == name), None)
            if file is None or (entry.size, entry.sha256) != (file.size, file.sha256):
                raise _refuse(f"{model_id}/{name} is not the file that this version's catalog has")
            expected[f"{model_id}/{name}"] = (model, file)
        if missing := {file.name for file in model.files} - set(entries):
            raise _refuse(f"model {model_id} comes without {', '.join(sorted(missing))}")
    if not expected:
        raise _refuse("there is no model in it")
    return expected


def _plain(member: tarfile.TarInfo, size: int) -> None:
    if member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.sparse is not None or member.issym():
        raise _refuse(f"{member.name!r} is no plain file")
    if member.size != size:
        raise _refuse(f"{member.name!r} has {member.size:,} bytes instead of {size:,}")


def _unpack_file(
    tar: tarfile.TarFile, member: tarfile.TarInfo, file: ModelFile, target: Path, progress: Progress
) -> None:
    content = tar.extractfile(member)
    if content is None:
        raise _refuse(f"{member.name!r} is no plain file")
    reader = _Hashing(content, progress)
    with target.open("xb") as out:
        for block in _until_empty(reader):
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    if reader.hexdigest() != file.sha256:
        raise _refuse(f"the content of {member.name} is wrong (its SHA-256 differs)")


def _until_empty(reader: _Hashing) -> Iterator[bytes]:
    while block := reader.read(CHUNK):
        yield block


def _clear(staging: Path) -> None:
    import shutil

    if staging.exists():
        shutil.rmtree(staging)


def _refuse(why: str) -> ModelError:
    return ModelError("model.bundle", f"this bundle is refused: {why}; nothing was installed")
