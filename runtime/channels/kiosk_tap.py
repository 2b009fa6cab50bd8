"""What a browser's loudspeaker plays beside what its microphone hears, as far as the page tells."""

import numpy as np

from voice.frames import RATE, Pcm
from voice.tap import PairRing

AHEAD = RATE // 10
"""Samples that playing may have gone on since the page last said how far it is: it does so every 40 ms."""


class PageTap(PairRing):
    """The microphone is the clock. A sound lies where the page has begun to report it, and goes on without a break."""

    def __init__(self, seconds: float, played: int) -> None:
        """`played`: samples that the page had played before."""
        super().__init__(seconds)
        self._waiting = np.zeros(0, np.int16)
        """Given to the page and not yet beside anything."""
        self._beside = played
        self._going_on = False

    def queue(self, pcm: Pcm) -> None:
        """On its way to the page."""
        self._waiting = np.concatenate([self._waiting, pcm])

    def drop(self, samples: int) -> None:
        """Taken back: the last of what waits."""
        self._waiting = self._waiting[: max(0, len(self._waiting) - samples)]

    def heard(self, pcm: Pcm, played: int) -> None:
        """A piece of the microphone; `played` samples in all by then."""
        known = played - self._beside
        if self._going_on:
            known += AHEAD
        count = min(len(pcm), len(self._waiting), max(0, known))
        beside = np.zeros(len(pcm), np.int16)
        beside[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        self._beside += count
        self._going_on = count == len(pcm)
        if not len(self._waiting):
            self._beside = played
        self.push(pcm, beside)
