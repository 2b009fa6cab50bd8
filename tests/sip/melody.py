"""What test callers say."""

import numpy as np

from voice.frames import RATE, Pcm


def melody(seconds: float, rate: int = RATE) -> Pcm:
    """Tones of 60 ms that never repeat, 300 to 3,000 Hz: every piece of it is unlike every other."""
    generator = np.random.default_rng(7)
    step = rate * 60 // 1000
    pitch = np.repeat(generator.uniform(300, 3_000, int(seconds * rate) // step + 1), step)[: int(seconds * rate)]
    return (8_000 * np.sin(2 * np.pi * np.cumsum(pitch) / rate)).astype(np.int16)
