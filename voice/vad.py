"""Voice activity: webrtcvad opens a cheap gate, Silero decides behind it.

webrtcvad takes street noise and line beeps for speech; Silero does not, but costs forty times as much. In silence
only the first one runs.

Both hear the sound with its noise. Suppressing it first finds no more speech in pink noise, traffic or line beeps, and
lifts other people's voices until they are taken for the customer's: `mostrador bench noise`.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.errors import VoiceError
from voice.frames import FRAME_MS, RATE, AudioFrame, require_rate
from voice.onnx import open_session

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SPEECH = 0.5
"""Silero's probability from which a frame is speech."""
STILL_SPEECH = 0.35
"""… and from which it still is: keeps the decision from flickering inside a word."""

_FRAME = RATE * FRAME_MS // 1000
_WINDOW = 512
"""Samples Silero judges at a time at 16 kHz; it also sees the 64 before them."""
_CONTEXT = 64
_CATCH_UP = 3 * _WINDOW
"""Samples from before the gate opened that Silero hears first: about 100 ms, so that it knows an onset."""
_GATE_HOLD = 15
"""Frames that the gate stays open after webrtcvad's last yes."""
_SILENT = -96.0
"""dBFS of digital silence in 16 bits."""


def load(model: Path | None = None) -> "VadModel":
    """Silero's ONNX file; None: the one that comes with faster-whisper. Raises VoiceError."""
    path = model or _bundled()
    if not path.is_file():
        raise VoiceError("vad.missing", f"the voice activity model is missing: {path} (reinstall faster-whisper)")
    try:
        return VadModel(open_session(path, arena=True))
    except Exception as error:  # onnxruntime raises classes of its own, with no common base
        raise VoiceError("vad.model", f"cannot load {path}: {error}") from error


def _bundled() -> Path:
    spec = find_spec("faster_whisper")  # found, not imported: importing it takes a second
    folders = spec.submodule_search_locations if spec else None
    return Path(folders[0] if folders else "faster_whisper") / "assets" / "silero_vad_v6.onnx"


class VadModel:
    """The weights, shared by all streams."""

    def __init__(self, session: "InferenceSession") -> None:
        self._session = session

    def stream(self) -> "Vad":
        return Vad(self._session)


class Vad:
    """One stream, frame by frame; one thread at a time.

    `probability` (0…1, Silero's, 0 while the gate is closed) and `level` (dBFS) are those of the last frame.
    """

    def __init__(self, session: "InferenceSession") -> None:
        import webrtcvad

        self.probability = 0.0
        self.level = _SILENT
        self._speech = False
        self._gate = webrtcvad.Vad(3)
        self._open = 0  # frames that the gate is still open
        self._session = session
        self._sound = np.zeros(_CONTEXT + _CATCH_UP + _FRAME, np.float32)
        self._unjudged = 0  # of the last samples of `_sound`
        self._inputs = {
            "input": np.zeros((1, _CONTEXT + _WINDOW), np.float32),
            "h": np.zeros((1, 1, 128), np.float32),
            "c": np.zeros((1, 1, 128), np.float32),
        }

    def push(self, frame: AudioFrame) -> bool:
        """Whether the frame (20 ms at 16 kHz) is speech. Raises RateError, VoiceError."""
        require_rate(frame.rate, RATE, "voice activity detection")
        if frame.pcm.dtype != np.int16 or frame.pcm.shape != (_FRAME,):
            got = f"{frame.pcm.dtype} {frame.pcm.shape}"
            raise VoiceError("vad.frame", f"voice activity takes frames of {_FRAME} int16 samples, got {got}")
        self._take(frame)
        if self._gate.is_speech(frame.pcm.tobytes(), RATE):
            self._open = _GATE_HOLD
        elif self._open and not self._speech:
            self._open -= 1
        if self._open:
            while self._unjudged >= _WINDOW:
                self._judge()
        elif self._unjudged >= _CATCH_UP:
            self._unjudged = _CATCH_UP
            self._forget()
        self._speech = self.probability >= (STILL_SPEECH if self._speech else SPEECH)
        return self._speech

    def _take(self, frame: AudioFrame) -> None:
        sound = self._sound
        sound[:-_FRAME] = sound[_FRAME:]
        fresh = sound[-_FRAME:]
        np.multiply(frame.pcm, np.float32(1 / 32768), out=fresh)
        power = float(fresh @ fresh) / _FRAME
        self.level = max(_SILENT, 10 * float(np.log10(power))) if power > 0 else _SILENT
        self._unjudged += _FRAME

    def _judge(self) -> None:
        start = len(self._sound) - self._unjudged
        self._inputs["input"][0] = self._sound[start - _CONTEXT : start + _WINDOW]
        probability, self._inputs["h"], self._inputs["c"] = self._session.run(None, self._inputs)
        self.probability = float(probability[0])
        self._unjudged -= _WINDOW

    def _forget(self) -> None:
        """The gate has been closed for longer than Silero's memory is fed: it starts anew at the next onset."""
        if self.probability:
            self.probability = 0.0
            self._inputs["h"] = np.zeros((1, 1, 128), np.float32)
            self._inputs["c"] = np.zeros((1, 1, 128), np.float32)
