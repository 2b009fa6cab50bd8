"""A slot as a tool's parameter wants it. What doesn't fit is refused before anything is sent."""

import math
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal

from core.errors import ToolError
from runtime.agent.connect.results import MOST

Given = Literal["text", "integer", "number", "boolean", "text?", "integer?", "number?", "boolean?"]

_TRUE = frozenset({"true", "yes", "sí", "si", "1"})
_FALSE = frozenset({"false", "no", "0"})


def as_given(name: str, value: Any, kind: Given) -> str | int | float | bool | None:
    """`value` as `kind`; days and times as ISO text. Raises ToolError."""
    if value is None:
        if kind.endswith("?"):
            return None
        raise ToolError("tool.refused", f"{name} is not known")
    wanted = kind.removesuffix("?")
    try:
        match wanted:
            case "integer":
                return _integer(value)
            case "number":
                return _number(value)
            case "boolean":
                return _boolean(value)
            case _:
                return _text(value)
    except (ValueError, TypeError, ArithmeticError):
        raise ToolError("tool.refused", f"{name} is no {wanted}") from None


def _integer(value: Any) -> int:
    if isinstance(value, bool) or (isinstance(value, float | Decimal) and value != int(value)):
        raise ValueError
    found = int(value)
    if abs(found) >= MOST:
        raise ValueError
    return found


def _number(value: Any) -> float:
    found = float(value)
    if isinstance(value, bool) or not math.isfinite(found):
        raise ValueError
    return found


def _boolean(value: Any) -> bool:
    word = str(value).strip().casefold()
    if word not in _TRUE | _FALSE:
        raise ValueError
    return word in _TRUE


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case date() | datetime() | time():
            return value.isoformat()
        case str() | int() | float() | Decimal():
            text = str(value)
            text.encode()  # half a character is a ValueError here, and not when half is sent
            return text
        case _:
            raise TypeError
