"""Speech synthesis: one protocol, one module an engine."""

from collections.abc import Iterator
from typing import Protocol

from voice.frames import AudioFrame


class Synthesiser(Protocol):
    """Loaded once, shared, thread-safe; blocking: call it in a worker thread."""

    language: str
    rate: int
    identity: str
    """Changes whenever the same text would sound different: what keeps spoken sentences goes by it."""

    def speak(self, text: str) -> Iterator[AudioFrame]:
        """Sound of `text`, in one or more pieces at `rate` Hz as they are made. Raises VoiceError."""
