"""The two-way audio line that a channel gives to a conversation: a call, a browser, a sound card, a test."""

from collections.abc import AsyncIterator
from typing import Protocol

from voice.frames import AudioFrame, Pcm
from voice.tap import Tap


class AudioLine(Protocol):
    """Full-duplex mono audio in 20 ms frames at `rate` Hz. Every method is called on the asyncio loop."""

    @property
    def rate(self) -> int:
        """Hz, the same both ways: `voice.frames.RATE`. A line converts at its own door."""

    def heard(self) -> AsyncIterator[AudioFrame]:
        """What comes from the customer, in stream time from 0; ends when the line closes. A bounded queue:
        when the reader is late the oldest frames are dropped, and `start` shows the gap."""

    def play(self, pcm: Pcm) -> int:
        """Queue int16 [n] samples to be played; returns how many were taken (bounded queue, never blocks)."""

    def hush(self) -> int:
        """Drop what is queued and not yet played; returns the number of samples dropped."""

    @property
    def queued(self) -> int:
        """Samples taken and not yet played."""

    @property
    def played(self) -> int:
        """Samples that have really left for the customer since the line opened (silence fill not counted)."""

    def tap(self, seconds: float) -> Tap:
        """Both sides from now on, for one who records them and reads at least every `seconds`."""
