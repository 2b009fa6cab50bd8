"""What another system answered, as the tool declares it: every key is there, of its type, and not too long."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from runtime.agent import Value
from runtime.agent.connect.patience import Trouble

Kind = Literal["text", "integer", "number", "boolean", "text?", "integer?", "number?", "boolean?"] | list[str]
"""A type ("?": may be missing), or the values that it can have."""

LONGEST = 2_000
"""Characters of a text."""
MOST_ROWS = 50
MOST = 2**63
"""An integer is smaller: what keeps it has 64 bits."""


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
    plain = _as(name, value)
    if plain is None:
        raise garbage(f"{key} as {type(value).__name__}, not {name}", reached=reached)
    if isinstance(plain, str):
        if len(plain) > LONGEST:
            raise garbage(f"{key} with {len(plain)} characters", reached=reached)
        if not _is_unicode(plain):
            raise garbage(f"{key} with half a character", reached=reached)
    return plain


def _as(kind: str, value: Any) -> Value:
    """A value as a slot holds it, of what JSON and databases have; None when it is of another kind."""
    match kind, value:
        case "boolean", bool():
            return value
        case "boolean", int() if value in (0, 1):  # SQLite has no other
            return bool(value)
        case _, bool():
            return None
        case "text", str():
            return value
        case "text", date() | datetime() | time():
            return value.isoformat()
        case "text", UUID():
            return str(value)
        case "text", Decimal() if value.is_finite():
            return f"{value:f}"
        case "integer" | "number", int() if abs(value) < MOST:
            return value
        case "integer", Decimal() if value.is_finite() and value == value.to_integral_value() and abs(value) < MOST:
            return int(value)
        case "number", Decimal() | float() if math.isfinite(value):
            return float(value)
        case _:
            return None


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
