"""Finds the beep of an answering machine: one steady pitch, and nothing beside it."""

import numpy as np

from voice.frames import RATE, AudioFrame, require_rate

LOWEST, HIGHEST = 500.0, 2_500.0
"""Hz: beeps are 600 to 1,500; below lie the tones of exchanges (425, 440), above nothing that a telephone carries."""
PURE = 0.9
"""Share of the sound's energy that lies within three bins of the spectrum."""
STEADY = 40.0
"""Hz that its pitch may move."""
LEAST = 0.12
"""Seconds that it has to last: no vowel is that pure for so long."""
QUIET = 100.0
"""RMS of 32768 below which nothing is a beep."""

_WINDOW = RATE // 25
_WEIGHTS = np.hanning(_WINDOW)


class BeepDetector:
    """One stream, 20 ms frames at 16 kHz."""

    def __init__(self) -> None:
        self._before = np.zeros(_WINDOW // 2, np.int16)
        self._pitch = 0.0
        self._seconds = 0.0

    @property
    def tone(self) -> bool:
        """The last frame was nothing but one tone, which may become a beep."""
        return self._seconds > 0.0

    def push(self, frame: AudioFrame) -> bool:
        """Whether it has been beeping for `LEAST` seconds. Raises RateError."""
        require_rate(frame.rate, RATE, "the beep detector")
        window = np.concatenate((self._before, frame.pcm))[-_WINDOW:]
        self._before = frame.pcm[-_WINDOW // 2 :]
        pitch = pure_pitch(window) if len(window) == _WINDOW else None
        if pitch is None:
            self._seconds = 0.0
        else:
            same = abs(pitch - self._pitch) <= STEADY
            self._seconds = self._seconds + frame.seconds if same else frame.seconds
            self._pitch = pitch
        return self._seconds >= LEAST


def pure_pitch(window: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> float | None:
    """Hz of the one tone that int16 [n] at 16 kHz consists of; None: of something else."""
    sound = window.astype(np.float64)
    if np.sqrt(np.mean(np.square(sound))) < QUIET:
        return None
    power = np.square(np.abs(np.fft.rfft(sound * _WEIGHTS[: len(sound)])))
    peak = int(np.argmax(power))
    pitch = peak * RATE / len(sound)
    around = power[max(0, peak - 2) : peak + 3].sum()
    return pitch if LOWEST <= pitch <= HIGHEST and around >= PURE * power.sum() else None
