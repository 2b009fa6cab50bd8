"""The one audio type that crosses folders."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import RateError

Pcm = npt.NDArray[np.int16]
"""Mono samples, int16 [n]."""

RATE = 16_000
"""Hz: what the voice layer works at. Channels convert at their own door."""

FRAME_MS = 20


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """Mono sound: `pcm` int16 [n], `rate` Hz, `start` seconds of stream time (samples counted, no clock)."""

    pcm: Pcm
    rate: int
    start: float

    @property
    def seconds(self) -> float:
        return len(self.pcm) / self.rate

    @property
    def end(self) -> float:
        return self.start + self.seconds


def require_rate(rate: int, expected: int, where: str) -> None:
    """Refuse sound at a rate that `where` was not made for: a wrong rate fails quietly inside a model."""
    if rate != expected:
        raise RateError("voice.rate", f"{where} takes {expected} Hz, got {rate} Hz: resample with voice.resample first")
