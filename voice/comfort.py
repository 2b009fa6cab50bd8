"""What somebody hears who waits: slow, soft arpeggios that a telephone carries well. Made here, nobody's music."""

from functools import cache

import numpy as np

from voice.frames import RATE, Pcm

NOTE = 0.5
"""Seconds from one note to the next; each rings on for three of them."""
CHORDS = ((262, 330, 392, 523), (220, 330, 440, 523), (294, 349, 440, 587), (247, 392, 494, 587))
"""Hz: C, A minor, D minor, G."""
LEVEL = 2_200
"""Peak of one note, of int16: well below speech."""


class Comfort:
    """Endless; read in pieces of any length."""

    def __init__(self) -> None:
        self._at = 0

    def next(self, samples: int) -> Pcm:
        """The next int16 [samples] at 16 kHz."""
        cycle = _cycle()
        piece: Pcm = np.take(cycle, np.arange(self._at, self._at + samples), mode="wrap")
        self._at = (self._at + samples) % len(cycle)
        return piece


@cache
def _cycle() -> Pcm:
    """All chords once, up and down; the end rings on into the beginning."""
    notes = [pitch for chord in CHORDS for pitch in (*chord, *chord[2:0:-1])]
    step, length = round(NOTE * RATE), round(3 * NOTE * RATE)
    time = np.arange(length) / RATE
    shape = np.minimum(time / 0.02, 1.0) * np.exp(-2.2 * time) * np.minimum((time[-1] - time) / 0.1, 1.0)
    sound = np.zeros(len(notes) * step)
    for at, pitch in enumerate(notes):
        tone = np.sin(2 * np.pi * pitch * time) + 0.3 * np.sin(4 * np.pi * pitch * time)
        place = (at * step + np.arange(length)) % len(sound)
        sound[place] += LEVEL * shape * tone
    return np.clip(sound, -20_000, 20_000).astype(np.int16)
