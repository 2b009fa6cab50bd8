"""Where keys of a telephone sound (DTMF, ITU-T Q.23) in what is heard: found to be taken out, rather once too often."""

import numpy as np
import numpy.typing as npt

from voice.frames import RATE, Pcm

LOW = (697.0, 770.0, 852.0, 941.0)
HIGH = (1209.0, 1336.0, 1477.0, 1633.0)
WINDOW = RATE * 25 // 1000
HOP = RATE * 5 // 1000
SHARE = 0.5
"""Of the power that lies in one low and one high tone. Of recorded prompts 0.01 % reach it; tones at 20 dB over noise
do from 30 ms on."""
TWIST = 12.0
"""dB between both tones at most: Q.24 lets 8 arrive."""
QUIETEST = 20.0
"""Root mean square, of 32768."""
BEFORE = RATE * 60 // 1000
"""Samples that go before what was found: its onset, and what a gateway let through ahead of an event (RFC 4733)."""
AFTER = RATE * 40 // 1000

Span = tuple[int, int]
"""Samples since the beginning: first, and the first that is none of it."""

_SHAPE = np.hanning(WINDOW + 2)[1:-1].astype(np.float32)
_PHASES = 2 * np.pi * np.outer(np.arange(WINDOW) / RATE, LOW + HIGH)
_BASIS = (_SHAPE[:, None] * np.concatenate([np.cos(_PHASES), np.sin(_PHASES)], axis=1)).astype(np.float32)
_PURE = float(_SHAPE.sum() ** 2 / np.square(_SHAPE).sum() / 2)
"""Power at its own frequency of a tone, over its power in the window."""


class ToneFinder:
    """One stream of sound, in pieces of any length."""

    def __init__(self) -> None:
        self._left = np.zeros(0, np.int16)
        self._at = 0
        """Samples before `_left`."""
        self._hit = False

    def push(self, pcm: Pcm) -> list[Span]:
        """What is to be taken out because of this piece; may begin `BEFORE` and a window before it, or before 0."""
        left = np.concatenate([self._left, pcm])
        count = (len(left) - WINDOW) // HOP + 1
        if count <= 0:
            self._left = left
            return []
        hits = np.concatenate([[self._hit], _hits(left, count)])
        twice = np.flatnonzero(hits[1:] & hits[:-1])  # one window alone is chance
        first = self._at
        self._left, self._at, self._hit = left[count * HOP :], self._at + count * HOP, bool(hits[-1])
        return [
            (first + (int(run[0]) - 1) * HOP - BEFORE, first + int(run[-1]) * HOP + WINDOW + AFTER)
            for run in np.split(twice, np.flatnonzero(np.diff(twice) > 1) + 1)
            if len(run)
        ]


def _hits(pcm: Pcm, count: int) -> npt.NDArray[np.bool_]:
    """Which of the windows, one each `HOP`, hold a key's two tones."""
    windows = np.lib.stride_tricks.sliding_window_view(pcm, WINDOW)[::HOP][:count].astype(np.float32)
    parts = windows @ _BASIS
    powers = np.square(parts[:, :8]) + np.square(parts[:, 8:])
    low, high = powers[:, :4].max(axis=1), powers[:, 4:].max(axis=1)
    power = np.square(windows * _SHAPE).sum(axis=1) + 1e-6
    loud = power > QUIETEST**2 * float(np.square(_SHAPE).sum())
    twisted = np.abs(10 * np.log10((high + 1e-6) / (low + 1e-6))) > TWIST
    found: npt.NDArray[np.bool_] = loud & ~twisted & (low + high > SHARE * _PURE * power)
    return found
