"""What another system answered, as the tool declares it: every key is there, of its type, and not too long."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from runtime.agent import Value
from runtime.agent.connect.patience import Trouble

Kind = Literal["text", "integer", "number", "boolean", "text?", "integer?", "number?", "boolean?"] | list[str]
"""A type ("?": may be missing), or the values that it can have."""

LONGEST = 2_000
"""Characters of a text."""
MOST_ROWS = 50

_TYPES: dict[str, type | tuple[type, ...]] = {
    "text": str, "integer": int, "number": (int, float), "boolean": bool,
}  # fmt: skip


def row(found: Mapping[str, Any], returns: Mapping[str, Kind], *, reached: bool) -> dict[str, Value]:
    """Only what is declared, each of its type. Raises Trouble; `reached`: it answers a deed, which is done then."""
    return {key: _value(key, found.get(key), kind, reached) for key, kind in returns.items()}


def rows(found: Sequence[Any], returns: Mapping[str, Kind]) -> list[dict[str, Value]]:
    """Options to choose from."""
    if len(found) > MOST_ROWS:
        raise Trouble("tool.too_much", f"more than {MOST_ROWS} rows", again=False, reached=False, ill=False)
    if not all(isinstance(each, Mapping) for each in found):
        raise garbage("a row that is no object", reached=False)
    return [row(each, returns, reached=False) for each in found]


def garbage(what: str, *, reached: bool) -> Trouble:
    return Trouble("tool.garbage", f"answers {what}", again=False, reached=reached, ill=False)


def _value(key: str, value: Any, kind: Kind, reached: bool) -> Value:
    if isinstance(kind, list):
        if value not in kind or not isinstance(value, str):
            raise garbage(f"{key} = {str(value)[:40]!r}, which is none of {', '.join(kind)}", reached=reached)
        return value
    if value is None and kind.endswith("?"):
        return None
    name = kind.removesuffix("?")
    wanted = _TYPES[name]
    if not isinstance(value, wanted) or (isinstance(value, bool) and name != "boolean"):
        raise garbage(f"{key} as {type(value).__name__}, not {name}", reached=reached)
    if isinstance(value, str) and len(value) > LONGEST:
        raise garbage(f"{key} with {len(value)} characters", reached=reached)
    return cast("Value", value)
