"""From one sample rate to another: whole recordings through soxr, live frames through a short filter of our own.

soxr's stream hands speech on in bursts (60-115 ms late between 8 and 16 kHz, measured), which a caller would hear as
a slower answer. `Resampler` costs about the same and is 3 ms late.
"""

from functools import lru_cache
from math import ceil, gcd

import numpy as np
import numpy.typing as npt

from core.errors import RateError, VoiceError
from voice.frames import Pcm

Floats = npt.NDArray[np.float32]

_HALF_WIDTH = 24
"""Of the filter, in samples of the lower rate: 3 ms at 8 kHz, 1.5 ms at 16 kHz."""
_CUTOFF = 0.455
"""Of the lower rate: -6 dB at 3.64 kHz for telephone speech, which ends at 3.4 kHz."""
_KAISER_BETA = 6.5
"""About 65 dB of stop band."""
_PIECE = 8_192
"""Samples filtered at a time: bounds the memory when a long recording is pushed at once."""


def resample(pcm: Pcm, source: int, target: int) -> Pcm:
    """A whole recording, int16 [n] at `source` Hz → int16 [round(n * target / source)] at `target` Hz."""
    _check(pcm, source, target)
    if source == target or len(pcm) == 0:
        return pcm
    import soxr

    converted: Pcm = soxr.resample(pcm, source, target, quality="HQ")
    return converted


def to_float(pcm: Pcm) -> Floats:
    """int16 [n] → float32 [n] in -1…1."""
    return pcm.astype(np.float32) / np.float32(32768)


def to_int16(sound: npt.NDArray[np.floating]) -> Pcm:
    """Floating point [n] in -1…1 → int16 [n], rounded and clipped."""
    return _rounded(sound * 32768)


class Resampler:
    """One direction of a live stream. `push` gives len * target / source samples, `delay` seconds late.

    One stream, one thread at a time. A frame whose length divides well comes back as a frame of constant length.
    """

    def __init__(self, source: int, target: int) -> None:
        _check_rates(source, target)
        common = gcd(source, target)
        self.source, self.target = source, target
        self._up, self._down = target // common, source // common
        self._filters = _filters(self._up, self._down)
        self._taps = self._filters.shape[1]
        self._past = np.zeros(self._taps - 1, np.float32)
        self._next = 0  # where the next output sample falls, in 1 / up of a source sample after the past

    @property
    def delay(self) -> float:
        """Seconds."""
        return 0.0 if self._up == self._down else (self._taps - 1) / 2 / self.source

    def push(self, pcm: Pcm) -> Pcm:
        """int16 [n] at `source` Hz → int16 at `target` Hz."""
        _check(pcm, self.source, self.target)
        if self._up == self._down:
            return pcm
        pieces = [self._filter(pcm[i : i + _PIECE]) for i in range(0, len(pcm), _PIECE)]
        if len(pieces) == 1:
            return pieces[0]
        return np.concatenate(pieces) if pieces else np.empty(0, np.int16)

    def flush(self) -> Pcm:
        """The last `delay` seconds, still in the filter; the stream starts anew after it."""
        tail = self.push(np.zeros(ceil(self.delay * self.source), np.int16))
        self._past[:] = 0
        self._next = 0
        return tail

    def _filter(self, pcm: Pcm) -> Pcm:
        sound = np.concatenate((self._past, pcm))
        ticks = np.arange(self._next, len(pcm) * self._up, self._down)
        at, phase = np.divmod(ticks, self._up)
        windows = np.lib.stride_tricks.sliding_window_view(sound, self._taps)[at]
        filtered = np.einsum("ij,ij->i", windows, self._filters[phase])
        self._next += len(ticks) * self._down - len(pcm) * self._up
        self._past = sound[len(sound) - self._taps + 1 :]
        return _rounded(filtered)


def _rounded(samples: npt.NDArray[np.floating]) -> Pcm:
    pcm: Pcm = np.clip(np.rint(samples), -32768, 32767).astype(np.int16)
    return pcm


@lru_cache(maxsize=8)
def _filters(up: int, down: int) -> Floats:
    """The polyphase bank of a Kaiser-windowed sinc, float32 [up, taps], each row in the order of time."""
    half = ceil(_HALF_WIDTH * max(1, down / up))  # source samples to each side
    offset = np.arange(-half * up, half * up + up)  # in 1 / up of a source sample; the last `up - 1` are zeros
    lower = min(1, up / down)  # the lower rate over the source rate
    kernel = 2 * _CUTOFF * lower * np.sinc(2 * _CUTOFF * lower * offset / up)
    kernel[: 2 * half * up + 1] *= np.kaiser(2 * half * up + 1, _KAISER_BETA)
    kernel[2 * half * up + 1 :] = 0
    bank = kernel.reshape(2 * half + 1, up).T[:, ::-1]
    return np.ascontiguousarray(bank / bank.sum(axis=1, keepdims=True), np.float32)


def _check(pcm: Pcm, source: int, target: int) -> None:
    _check_rates(source, target)
    if pcm.dtype != np.int16 or pcm.ndim != 1:
        raise VoiceError("voice.samples", f"resampling takes mono int16 samples, got {pcm.dtype} {pcm.shape}")


def _check_rates(source: int, target: int) -> None:
    if source <= 0 or target <= 0:
        raise RateError("voice.rate", f"no such sample rates: {source} Hz to {target} Hz")
