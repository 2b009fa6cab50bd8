"""Which models exist: `catalog.toml`, parsed and checked. Every file has a size, a SHA-256 and where it comes from."""

import difflib
import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from core.errors import ModelError

Role = Literal["stt", "llm", "tts", "embed", "turn", "vad"]

_ID = r"^[a-z0-9][a-z0-9._-]*$"
_NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
_PART = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9.!+_-]+):([A-Za-z0-9_][^\s:\\]*)$")


@dataclass(frozen=True, slots=True)
class WheelMember:
    """One file inside a published wheel."""

    package: str
    version: str
    path: str


@dataclass(frozen=True, slots=True)
class WheelSource:
    """Members of wheels, concatenated in this order."""

    parts: tuple[WheelMember, ...]


@dataclass(frozen=True, slots=True)
class HttpsSource:
    address: str


Source = WheelSource | HttpsSource


@dataclass(frozen=True, slots=True)
class ModelFile:
    """`size` in bytes, `sha256` in lower-case hex, `sources` in order of preference."""

    name: str
    size: int
    sha256: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """`languages`: ISO 639-1, "*" for multilingual."""

    id: str
    role: Role
    languages: tuple[str, ...]
    licence: str
    description: str
    files: tuple[ModelFile, ...]

    @property
    def size(self) -> int:
        """Bytes on disk when installed."""
        return sum(file.size for file in self.files)

    @property
    def fingerprint(self) -> str:
        """The id, and a hash that changes with any byte of its files: for the names of what was made with it."""
        return f"{self.id}-{hashlib.sha256(''.join(file.sha256 for file in self.files).encode()).hexdigest()[:12]}"

    def file(self, name: str) -> ModelFile:
        """Raises ModelError `model.unknown_file`."""
        for file in self.files:
            if file.name == name:
                return file
        has = ", ".join(file.name for file in self.files)
        raise ModelError("model.unknown_file", f"model {self.id} has no file {name!r}; it has {has}")


@dataclass(frozen=True, slots=True)
class Catalog:
    models: dict[str, Model]
    sets: dict[str, tuple[str, ...]]

    def model(self, model_id: str) -> Model:
        """Raises ModelError `model.unknown`, with the nearest id that exists."""
        if model_id in self.models:
            return self.models[model_id]
        near = difflib.get_close_matches(model_id, self.models, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ModelError("model.unknown", f"no model {model_id!r}: {hint}`mostrador models list` shows all of them")

    def select(self, ids: Iterable[str]) -> list[Model]:
        """Models of these ids or sets, each once, in order; the set `default` when there are none."""
        names = list(ids) or ["default"]
        wanted = [model_id for name in names for model_id in self.sets.get(name, (name,))]
        return [self.model(model_id) for model_id in dict.fromkeys(wanted)]


class _FileEntry(Struct, frozen=True, forbid_unknown_fields=True):
    name: Annotated[str, Meta(pattern=_NAME)]
    size: Annotated[int, Meta(gt=0)]
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    sources: Annotated[list[str], Meta(min_length=1)]


class _ModelEntry(Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, Meta(pattern=_ID)]
    role: Role
    languages: Annotated[list[Annotated[str, Meta(pattern=r"^(\*|[a-z]{2,3})$")]], Meta(min_length=1)]
    licence: Annotated[str, Meta(min_length=1)]
    description: Annotated[str, Meta(min_length=1)]
    file: Annotated[list[_FileEntry], Meta(min_length=1)]


class _Document(Struct, frozen=True, forbid_unknown_fields=True):
    sets: dict[str, list[str]]
    model: list[dict[str, object]]


@cache
def catalog() -> Catalog:
    """The catalog that ships with the program."""
    return parse(resources.files("models").joinpath("catalog.toml").read_text(encoding="utf-8"))


def parse(text: str) -> Catalog:
    """Raises ModelError `model.catalog`, which names the model and the key that is wrong."""
    try:
        document = msgspec.convert(tomllib.loads(text), _Document)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise _wrong(str(error)) from error
    models: dict[str, Model] = {}
    for position, raw in enumerate(document.model, 1):
        model = _model(raw, f"model {raw.get('id', f'number {position}')}")
        if model.id in models:
            raise _wrong(f"model {model.id} is there twice")
        models[model.id] = model
    sets = {name: tuple(ids) for name, ids in document.sets.items()}
    if "default" not in sets:
        raise _wrong("[sets] needs `default`: what a plain installation holds")
    for name, ids in sets.items():
        if name in models:
            raise _wrong(f"set {name} has the name of a model")
        for model_id in ids:
            if model_id not in models:
                raise _wrong(f"set {name} names {model_id!r}, which is no model")
    return Catalog(models, sets)


def _model(raw: dict[str, object], where: str) -> Model:
    try:
        entry = msgspec.convert(raw, _ModelEntry)
    except msgspec.ValidationError as error:
        raise _wrong(f"{where}: {error}") from error
    files = tuple(
        ModelFile(
            file.name, file.size, file.sha256, tuple(_source(text, f"{where}, {file.name}") for text in file.sources)
        )
        for file in entry.file
    )
    if len({file.name for file in files}) < len(files):
        raise _wrong(f"{where}: two files of one name")
    return Model(entry.id, entry.role, tuple(entry.languages), entry.licence, entry.description, files)


def _source(text: str, where: str) -> Source:
    kind, _, rest = text.partition(":")
    if kind == "https" and rest.startswith("//") and len(rest) > 2:
        return HttpsSource(text)
    if kind == "wheel":
        matches = [_PART.match(part.strip()) for part in rest.split("+ ")]
        members = tuple(WheelMember(*match.groups()) for match in matches if match)
        if len(members) == len(matches):
            return WheelSource(members)
    raise _wrong(f"{where}: source {text!r} is neither wheel:PACKAGE==VERSION:MEMBER nor https://…")


def _wrong(what: str) -> ModelError:
    return ModelError("model.catalog", f"the model catalog is wrong: {what}")
