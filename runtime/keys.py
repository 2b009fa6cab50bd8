"""Key presses into turns: «0» is a person at any moment, other digits are collected. Pure; times in seconds."""

from dataclasses import dataclass

PERSON = "0"
END = "#"
CLEAR = "*"
PATIENCE = 3.0
"""Seconds after the last key at which a number of unknown length is complete."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """What the keys mean: `digits` complete, or `person` asked for, or neither yet."""

    digits: str = ""
    person: bool = False


def press(held: str, digit: str, expected: int) -> tuple[str, Keyed]:
    """One key further: (digits held, what it means). `expected`: length of the number asked for, 0 if none was.

    A lone «0» while no number is expected asks for a person; `#` ends a number, `*` starts it anew.
    """
    if digit == CLEAR:
        return "", Keyed()
    if digit == END:
        return "", Keyed(digits=held)
    if digit == PERSON and not held and not expected:
        return "", Keyed(person=True)
    held += digit
    if expected and len(held) >= expected:
        return "", Keyed(digits=held)
    return held, Keyed()
