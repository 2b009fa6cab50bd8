"""Key presses into turns: «0» is a person at any moment, other digits are collected."""

import asyncio
from collections.abc import Callable
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


class Keypad:
    """The keys of one conversation. `complete` gets a number of unknown length when no key has come for a while."""

    def __init__(self, complete: Callable[[str], None]) -> None:
        self._complete = complete
        self._held = ""
        self._timer: asyncio.TimerHandle | None = None

    def press(self, digit: str, expected: int) -> Keyed:
        """What this key completes; `expected`: length of the number asked for, 0 if none was."""
        self._stop_waiting()
        self._held, keyed = press(self._held, digit, expected)
        if self._held:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._waited)
        return keyed

    def forget(self) -> None:
        self._stop_waiting()
        self._held = ""

    def _waited(self) -> None:
        digits, self._held = self._held, ""
        self._complete(digits)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
