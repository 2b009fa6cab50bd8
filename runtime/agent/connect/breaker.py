"""A circuit breaker: a system that keeps failing is left alone for a while, then tried by one call."""

import threading
from typing import Literal

FAILURES = 5
"""In a row, after which it opens."""
REST = 20.0
"""Seconds that it stays open, until one call may try."""
LOST = 15.0
"""Seconds after which nothing more is expected of the call that tried, and another may: longer than any call takes."""

State = Literal["closed", "open", "half_open"]


class Breaker:
    """Of one system, shared by all conversations; times in seconds of any steady clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._next = 0.0
        """When one call may try, unless it is closed."""
        self.state: State = "closed"

    def admits(self, now: float) -> bool:
        """Whether a call may be made; who is let in says how it went."""
        with self._lock:
            if self.state == "closed":
                return True
            if now < self._next:
                return False
            self.state, self._next = "half_open", now + LOST
            return True

    def went(self, well: bool | None, now: float) -> None:
        """`well` None: the call says nothing about the system, which was never asked: the next one may try."""
        with self._lock:
            if well is None:
                if self.state == "half_open":
                    self._next = now
                return
            if well:
                self.state, self._failures = "closed", 0
                return
            self._failures += 1
            if self.state == "half_open" or self._failures >= FAILURES:
                self.state, self._next = "open", now + REST
