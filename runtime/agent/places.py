"""Where in a TOML file a value stands, so that a mistake is named with its line."""

import re
from functools import lru_cache

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*("(?:[^"\\]|\\.)*"|'[^']*'|[A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=""")
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")
_PATH = re.compile(r" - at `(?:key in )?\$?([^`]*)`")


def line_of(text: str, path: list[str]) -> int:
    """1-based line of `path` (keys, and list indices as digits) in TOML `text`; the nearest parent if it is absent."""
    places = _places(text)
    for length in range(len(path), 0, -1):
        if line := places.get(tuple(path[:length])):
            return line
    return 1


@lru_cache(maxsize=32)
def _places(text: str) -> dict[tuple[str, ...], int]:
    """Each table and key of a TOML text, and the line on which it begins."""
    places: dict[tuple[str, ...], int] = {}
    table: list[str] = []
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = _keys(header[2])
            if header[1] == "[[":
                name = ".".join(table)
                counts[name] = counts.get(name, -1) + 1
                table.append(str(counts[name]))
            here = table
        elif key := _KEY.match(line):
            here = table + _keys(key[1])
        else:
            continue
        places.setdefault(tuple(here), number)
    return places


def path_of(message: str) -> list[str]:
    """The path in a msgspec message ("… - at `$.steps[2].ask`"), the unknown field included."""
    path: list[str] = []
    if where := _PATH.search(message):
        path = [key or index for key, index in _STEP.findall(where[1])]
    if unknown := _UNKNOWN.search(message):
        path.append(unknown[1])
    return path


def _keys(dotted: str) -> list[str]:
    dotted = dotted.strip()
    if dotted[:1] in "\"'":
        return [dotted[1:-1]]
    return [part.strip().strip("\"'") for part in dotted.split(".")]
