"""The sound of keys (ITU-T Q.23), for tests."""

import numpy as np

from voice.frames import RATE, Pcm
from voice.tones import HIGH, LOW

KEYS = "123A456B789C*0#D"


def tone(key: str, seconds: float, level: float = 4_000, twist: float = 0.0, off: float = 0.0, rate: int = RATE) -> Pcm:
    """int16 [n]; `twist` dB that the high tone is above the low one, `off` the share by which both miss their place."""
    row, column = divmod(KEYS.index(key), 4)
    time = np.arange(round(seconds * rate)) / rate
    low = np.sin(2 * np.pi * LOW[row] * (1 + off) * time)
    high = 10 ** (twist / 20) * np.sin(2 * np.pi * HIGH[column] * (1 + off) * time + 1)
    return (level * (low + high)).astype(np.int16)
