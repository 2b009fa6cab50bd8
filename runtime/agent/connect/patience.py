"""How long a call may take in all, when it is tried again, and what is told of a failure."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from core.aside import aside
from core.errors import ToolError
from runtime.agent.connect.breaker import Breaker
from runtime.agent.ledger import UNSURE

T = TypeVar("T")

FIRST = 0.1
LONGEST = 2.0
"""Seconds: the pause before another try is anywhere between none and FIRST · 2ⁿ, at most this (full jitter)."""
AT_ONCE = 4
"""Calls that one system gets at the same time."""


class Trouble(Exception):  # noqa: N818  how one try went wrong
    """`again`: trying once more may help; `reached`: the other side may have done what it was asked to;
    `ill`: the system itself fails, not this one question; None: it was not asked, so that nothing is known of it."""

    def __init__(self, code: str, message: str, *, again: bool, reached: bool, ill: bool | None = True) -> None:
        super().__init__(message)
        self.code, self.message, self.again, self.reached, self.ill = code, message, again, reached, ill


@dataclass(frozen=True, slots=True)
class Clock:
    """Seconds that pass, and a pause; tests bring their own."""

    now: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    chance: Callable[[float, float], float] = random.uniform


class Patience:
    """With one system: its breaker, and how many calls it gets at once."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.breaker = Breaker()
        self._clock = clock or Clock()
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def call(self, name: str, seconds: float, tries: int, acts: bool, attempt: Callable[[float], T]) -> T:
        """What `attempt` returns; it gets the seconds that are left of `seconds`, in which the wait for a place, all
        tries and the pauses between them have to fit.

        Raises ToolError: "tool.unsure" when an acting one may have done its deed, else why it was not done. One that
        `attempt` raises itself says that nothing was sent.
        """
        now = self._clock.now
        until = now() + seconds
        with aside():
            if not self._places.acquire(timeout=seconds):
                raise ToolError("tool.busy", f"{name}: {AT_ONCE} others wait for the same system", retryable=True)
            try:
                if now() >= until:
                    raise ToolError("tool.busy", f"{name}: its time was over before its turn came", retryable=True)
                return self._tried(name, until, tries, acts, attempt)
            finally:
                self._places.release()

    def _tried(self, name: str, until: float, tries: int, acts: bool, attempt: Callable[[float], T]) -> T:
        now, reached = self._clock.now, False
        for number in range(tries):
            if not self.breaker.admits(now()):
                if reached:
                    break
                raise ToolError("tool.resting", f"{name}: its system keeps failing and is left alone for a while")
            try:
                result = attempt(until - now())
            except Trouble as trouble:
                self.breaker.went(None if trouble.ill is None else not trouble.ill, now())
                reached, last = reached or trouble.reached, trouble
            except ToolError as error:
                self.breaker.went(None, now())
                if acts and reached:  # not this try: the one before
                    raise ToolError(UNSURE, f"{name}: {error.message}") from error
                raise
            except BaseException:
                self.breaker.went(None, now())
                raise
            else:
                self.breaker.went(True, now())
                return result
            pause = self._clock.chance(0.0, min(LONGEST, FIRST * 2**number))
            if not last.again or number + 1 == tries or now() + pause >= until:
                break
            self._clock.pause(pause)
        code = UNSURE if acts and reached else last.code
        raise ToolError(code, f"{name}: {last.message}", retryable=last.again)
