"""Speech recognition: one protocol, one module an engine."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said. `language` ISO 639-1; `confidence` 0…1 (exp of the mean log-probability a token);
    `no_speech` 0…1; `seconds` of compute."""

    text: str
    language: str
    confidence: float
    no_speech: float
    seconds: float


class Recogniser(Protocol):
    """Loaded once, shared by all conversations, thread-safe; blocking: call it in a worker thread."""

    languages: tuple[str, ...]

    def transcribe(self, speech: npt.NDArray[np.float32], language: str | None = None, hint: str = "") -> Transcript:
        """`speech`: float32 [n] in -1…1 at 16 kHz, up to 30 s (longer is cut into pieces and joined).

        `language` None lets the model find it among `languages`. `hint` biases the words. Raises VoiceError.
        """
