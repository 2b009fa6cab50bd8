"""The device's own voice taken out of what its microphone hears: WebRTC's AEC3."""

from typing import Protocol

import numpy as np

from core.errors import VoiceError
from voice.frames import RATE, AudioFrame, Pcm, require_rate

BLOCK = RATE // 100
"""Samples that AEC3 works on: 10 ms."""


class Canceller(Protocol):
    """The echo of one loudspeaker in one microphone, frame by frame; one thread at a time."""

    def cancel(self, near: AudioFrame, far: Pcm) -> AudioFrame:
        """`near` without the echo of `far`, which the loudspeaker was given while `near` was recorded."""

    def restart(self) -> None:
        """The sound card has lost samples: learn the room and the delay anew."""


class EchoCanceller:
    """AEC3: finds the echo's delay, up to half a second, and follows clocks that drift.

    0.2 ms a frame, without the GIL: little enough for the event loop. Sound comes out 8 ms late. It is told no delay:
    the hint wins nothing where it is right, and loses the first half second where it is 50 ms too long.
    """

    def __init__(self) -> None:
        from pywebrtc_audio import EchoCanceller as Aec3

        self._aec = Aec3(RATE)

    def cancel(self, near: AudioFrame, far: Pcm) -> AudioFrame:
        """Both 16 kHz, int16 [n], in whole blocks of 10 ms. Raises RateError, VoiceError."""
        require_rate(near.rate, RATE, "echo cancellation")
        for pcm in (near.pcm, far):
            if pcm.dtype != np.int16 or pcm.ndim != 1 or not len(pcm) == len(near.pcm) > 0 or len(pcm) % BLOCK:
                raise VoiceError(
                    "echo.frame",
                    f"echo cancellation takes int16 in blocks of {BLOCK} samples, as many heard as played; "
                    f"got {near.pcm.dtype} {near.pcm.shape} heard, {far.dtype} {far.shape} played",
                )
        return AudioFrame(self._aec.process(near.pcm, far), near.rate, near.start)

    def restart(self) -> None:
        self._aec.reset()
