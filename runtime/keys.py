"""Key presses into numbers: length, terminator, time-outs, and digits that were said besides. Pure but for `Keypad`."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from runtime.agent import Expect, Language
from runtime.agent.readers import number

PERSON = "0"
END = "#"
CLEAR = "*"
HIDDEN = "•"
"""A digit that nobody may know."""
DIGITS = frozenset("0123456789" + HIDDEN)
BETWEEN = 3.0
FIRST_HIDDEN = 20.0
BETWEEN_HIDDEN = 6.0
"""Cards are turned over and looked at."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is collected: `fewest` to `most` digits; `most` 0: no number was asked for. Seconds: `first` until the first
    digit, `between` after a digit until no more is expected."""

    fewest: int = 0
    most: int = 0
    first: float = math.inf
    between: float = BETWEEN
    choice: bool = False
    """One of a few, which begin with 1: 0 asks for a person, as ever."""


class Outcome(Enum):
    WHOLE = auto()
    """As many digits as were wanted, or as there were where none were asked for."""
    SHORT = auto()
    """Ended by `#` or a pause with digits missing."""
    NOTHING = auto()
    """Ended without a digit."""
    PERSON = auto()
    """A lone 0 while no number is wanted."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """What was keyed, once it is complete."""

    outcome: Outcome
    digits: str = ""


def press(held: str, key: str, wanted: Wanted) -> tuple[str, Keyed | None]:
    """One key further: (digits held, what they mean). `#` ends a number, `*` starts it anew, A to D mean nothing."""
    if key == CLEAR:
        return "", None
    if key == END:
        return "", ended(held, wanted) if held or wanted.most else None
    if key not in DIGITS:
        return held, None
    if key == PERSON and not held and (wanted.choice or not wanted.most):
        return "", Keyed(Outcome.PERSON)
    held += key
    if wanted.most and len(held) >= wanted.most:
        return "", ended(held, wanted)
    return held, None


def ended(held: str, wanted: Wanted) -> Keyed:
    """What the digits mean when no more come."""
    if not held:
        return Keyed(Outcome.NOTHING)
    return Keyed(Outcome.SHORT if len(held) < wanted.fewest else Outcome.WHOLE, held)


def patience(held: str, wanted: Wanted) -> float:
    """Seconds until the digits count as ended; inf: for ever."""
    return wanted.between if held else wanted.first


def wanted_of(expect: Expect) -> Wanted:
    """What the keypad collects for what the customer is asked. Digits that were said already may be keyed anew."""
    match expect.kind:
        case "digits":
            return Wanted(max(1, expect.digits - expect.held), expect.most or expect.digits)
        case "secret":
            return Wanted(expect.digits, expect.most, FIRST_HIDDEN, BETWEEN_HIDDEN)
        case "choice":
            return Wanted(1, 1, choice=True)
        case "yes_no" if expect.most:
            return Wanted(1, 1, choice=True)
        case _:
            return Wanted()


def joined(keyed: str, said: str, language: Language, expect: Expect) -> str:
    """What is meant by digits that were keyed and words said after them: the rest of the number, or something else."""
    shortest, longest = max(1, expect.digits), expect.most or expect.digits or 30
    found = number.said(said, language, shortest, longest)
    if not keyed or found is None or not found.alone or (found.whole and expect.most):
        return said
    return keyed + found.digits


class Keypad:
    """The keys of one conversation. `waited` gets what a pause has ended."""

    def __init__(self, waited: Callable[[Keyed], None]) -> None:
        self.wanted = Wanted()
        self.held = ""
        self._waited = waited
        self._timer: asyncio.TimerHandle | None = None

    def press(self, key: str) -> Keyed | None:
        """What this key completes."""
        self.pause()
        self.held, keyed = press(self.held, key, self.wanted)
        if keyed is None:
            self.go_on()
        return keyed

    def pause(self) -> None:
        """No pause counts from now on: somebody is speaking, or on hold."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def go_on(self) -> None:
        """A pause counts from now."""
        self.pause()
        if (seconds := patience(self.held, self.wanted)) < math.inf:
            self._timer = asyncio.get_running_loop().call_later(seconds, self._over)

    def take(self) -> str:
        """The digits held, which are forgotten."""
        self.pause()
        held, self.held = self.held, ""
        return held

    def _over(self) -> None:
        self._timer = None
        self._waited(ended(self.take(), self.wanted))
