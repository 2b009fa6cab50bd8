"""Both sides of a line, sample against sample, for whoever records it."""

import threading
from typing import Protocol

import numpy as np
import numpy.typing as npt

from voice.frames import RATE, Pcm

Pairs = npt.NDArray[np.int16]
"""int16 [n, 2]: what the customer said, and what they heard at that moment."""


class Tap(Protocol):
    """At `voice.frames.RATE`, from the moment that it was asked for. `read` belongs to one thread, which may be any."""

    @property
    def now(self) -> int:
        """Pairs since it began."""

    def read(self, pairs: Pairs) -> tuple[int, int]:
        """Fill from the oldest: (pairs from the beginning to the first, how many). A late reader sees a gap."""

    def beep(self, pcm: Pcm) -> None:
        """Lay a sound over what the customer hears."""

    def close(self) -> None:
        """Keep no more. Safe to call twice."""


class PairRing:
    """A `Tap` that is filled from Python, on one thread, and read on another. When the reader is late the oldest go."""

    def __init__(self, seconds: float) -> None:
        self._pairs = np.zeros((round(seconds * RATE), 2), np.int16)
        self._written = self._read = 0
        self._closed = False
        self._lock = threading.Lock()

    @property
    def now(self) -> int:
        return self._written

    def push(self, heard: Pcm, played: Pcm) -> None:
        """As many of one as of the other; no more than the ring holds."""
        if self._closed:
            return
        capacity, count = len(self._pairs), len(heard)
        with self._lock:
            start = self._written % capacity
            first = min(count, capacity - start)
            for side, pcm in enumerate((heard, played)):
                self._pairs[start : start + first, side] = pcm[:first]
                self._pairs[: count - first, side] = pcm[first:]
            self._written += count
            self._read = max(self._read, self._written - capacity)

    def read(self, pairs: Pairs) -> tuple[int, int]:
        with self._lock:
            start, count = self._read, min(len(pairs), self._written - self._read)
            at = start % len(self._pairs)
            first = min(count, len(self._pairs) - at)
            pairs[:first] = self._pairs[at : at + first]
            pairs[first:count] = self._pairs[: count - first]
            self._read += count
            return start, count

    def beep(self, pcm: Pcm) -> None:
        """None where there is a screen: it says so all the time."""

    def close(self) -> None:
        self._closed = True
