"""A circuit breaker: a system that keeps failing is left alone for a while, then tried by one call."""

import threading
from typing import Literal

FAILURES = 5
"""In a row, after which it opens."""
REST = 20.0
"""Seconds that it stays open, until one call may try."""

State = Literal["closed", "open", "half_open"]


class Breaker:
    """Of one system, shared by all conversations; times in seconds of any steady clock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures = 0
        self._opened = 0.0
        self.state: State = "closed"

    def admits(self, now: float) -> bool:
        """Whether a call may be made; who is let in says how it went."""
        with self._lock:
            if self.state == "open" and now - self._opened >= REST:
                self.state = "half_open"
                return True
            return self.state == "closed"

    def went(self, well: bool, now: float) -> None:
        with self._lock:
            if well:
                self.state, self._failures = "closed", 0
                return
            self._failures += 1
            if self.state == "half_open" or self._failures >= FAILURES:
                self.state, self._opened = "open", now
