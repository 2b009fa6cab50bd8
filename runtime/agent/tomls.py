"""TOML files of a pack, read as what they should hold; what is wrong is named with file and line."""

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from core.errors import PackError
from runtime.agent.places import line_of, path_of

T = TypeVar("T")


def read_toml(path: Path, kind: type[T]) -> T:
    """Decode a TOML file as `kind`; unknown keys and wrong types fail with the line."""
    text, found = raw(path)
    return convert(found, kind, path, text, [])


def raw(path: Path) -> tuple[str, dict[str, Any]]:
    if not path.is_file():
        raise PackError("pack.missing", f"{path}: this file is missing")
    try:
        text = path.read_text("utf-8")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise PackError("pack.syntax", f"{path}: is not UTF-8 text ({error.reason} at byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise PackError("pack.syntax", f"{path}: {error}") from error


def convert(found: Any, kind: type[T], path: Path, text: str, prefix: list[str]) -> T:
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as error:
        where = prefix + path_of(str(error))
        what = str(error).split(" - at ")[0]
        raise PackError("pack.key", f"{path}:{line_of(text, where)}: {'.'.join(where)}: {what}") from error
