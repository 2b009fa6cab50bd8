"""Does it sound finished? Smart Turn v3.2: a small audio model that hears intonation, not words."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.errors import VoiceError
from voice.frames import RATE
from voice.onnx import open_session

if TYPE_CHECKING:
    from faster_whisper.feature_extractor import FeatureExtractor
    from onnxruntime import InferenceSession

SECONDS = 8
"""The model hears the last 8 s."""
TAIL = 0.08
"""Seconds of silence after the last sound that it hears: more drowns what it listens for."""
QUIET = 1e-3
"""Power below that of the loudest 20 ms at which there is no sound of the speaker's: -30 dB."""
FILE = "smart-turn-v3.2-cpu.onnx"


def load(folder: Path) -> "EndOfTurn":
    """Raises VoiceError when the file can't be loaded."""
    from faster_whisper.feature_extractor import FeatureExtractor

    try:
        session = open_session(folder / FILE)
    except Exception as error:  # onnxruntime raises classes of its own, with no common base
        raise VoiceError("endpoint.model", f"cannot load {folder / FILE}: {error}") from error
    return EndOfTurn(session, FeatureExtractor(chunk_length=SECONDS))


class EndOfTurn:
    """Shared by all conversations, thread-safe; blocking (about 0.1 s of one core): call it in a worker thread."""

    def __init__(self, session: "InferenceSession", features: "FeatureExtractor") -> None:
        self._session = session
        self._features = features

    def finished(self, speech: npt.NDArray[np.float32]) -> float:
        """Probability that the turn is over, of float32 [n] at 16 kHz.

        Silence at its end is cut down to `TAIL`, left-padded, and normalised to zero mean and unit variance before
        the log-mel (80 bands, 10 ms).
        """
        heard = np.zeros(SECONDS * RATE, np.float32)
        last = to_last_sound(speech)[-len(heard) :]
        heard[len(heard) - len(last) :] = last
        heard -= heard.mean()
        heard /= np.sqrt(heard.var() + 1e-7)
        mel = self._features(heard, padding=0)[:, : SECONDS * 100].astype(np.float32)
        (probability,) = self._session.run(None, {"input_features": mel[np.newaxis]})
        return float(np.asarray(probability).ravel()[0])


def to_last_sound(speech: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Up to `TAIL` after the last 20 ms that are not quiet. Voice activity detection is later, and by more after a
    word that was cut off."""
    frame = RATE // 50
    count = len(speech) // frame
    if not count:
        return speech
    power = np.square(speech[: count * frame].reshape(count, frame)).mean(axis=1)
    last = int(np.flatnonzero(power >= power.max() * QUIET)[-1]) + 1
    return speech[: last * frame + round(TAIL * RATE)]
