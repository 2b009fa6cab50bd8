"""The tone that a caller hears while it rings, for early media: 425 Hz, 1.5 s on, 3 s off (Spain; ITU-T E.180)."""

import numpy as np

from voice.frames import Pcm

PITCH = 425.0
ON, OFF = 1.5, 3.0
"""Seconds."""
LEVEL = 3_300
"""Peak of int16: -20 dBm0, as exchanges send it."""


class Ringback:
    """Endless; read in pieces of any length."""

    def __init__(self, rate: int) -> None:
        on = np.arange(round(ON * rate))
        tone = LEVEL * np.sin(2 * np.pi * PITCH * on / rate)
        self._cycle: Pcm = np.concatenate((tone, np.zeros(round(OFF * rate)))).astype(np.int16)
        self._at = 0

    def next(self, samples: int) -> Pcm:
        """The next int16 [samples]."""
        piece: Pcm = np.take(self._cycle, np.arange(self._at, self._at + samples), mode="wrap")
        self._at = (self._at + samples) % len(self._cycle)
        return piece
