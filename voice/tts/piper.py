"""Piper: a neural voice from one ONNX file, on ONNX Runtime."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import VoiceError
from voice.frames import AudioFrame
from voice.resample import to_int16
from voice.tts.clauses import LETTERS, plain, split

if TYPE_CHECKING:
    from piper import PiperVoice

_VOLUME = 0.8
"""Piper scales each sentence to full range; this leaves room for resampling and for a loudspeaker."""


def load(onnx: Path, threads: int = 1) -> "Piper":
    """A voice from `NAME.onnx`, with `NAME.onnx.json` beside it. Raises VoiceError.

    One thread is faster than two on a machine that has other work.
    """
    for file in (onnx, _settings(onnx)):
        if not file.is_file():
            raise VoiceError("tts.missing", f"the voice file {file} is missing: run «mostrador models pull»")
    import onnxruntime
    from piper import PiperVoice
    from piper.config import PiperConfig

    logging.getLogger("piper.voice").setLevel(logging.INFO)  # its debug lines hold what is said to the customer
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        settings = json.loads(_settings(onnx).read_text("utf-8"))
        config = PiperConfig.from_dict(settings)
        session = onnxruntime.InferenceSession(str(onnx), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises classes of its own, with no common base
        raise VoiceError("tts.model", f"cannot load {onnx.name}: {error}; run «mostrador models verify»") from error
    language = str(settings.get("language", {}).get("family") or config.espeak_voice.partition("-")[0])
    return Piper(PiperVoice(session=session, config=config), language)


def _settings(onnx: Path) -> Path:
    return onnx.with_name(f"{onnx.name}.json")


class Piper:
    """One voice. Sound comes sentence by sentence."""

    def __init__(self, voice: "PiperVoice", language: str) -> None:
        self.language = language
        self.rate: int = voice.config.sample_rate
        self._voice = voice

    def speak(self, text: str) -> Iterator[AudioFrame]:
        """Sound of `text`, a piece for each sentence; nothing for text without letters or digits."""
        from piper import SynthesisConfig

        start = 0.0
        for part in split(text) if len(text) > LETTERS else [text]:  # memory grows with the length of a sentence
            if not (written := plain(part)):
                continue
            try:
                for chunk in self._voice.synthesize(written, SynthesisConfig(volume=_VOLUME)):
                    frame = AudioFrame(to_int16(chunk.audio_float_array), self.rate, start)
                    start = frame.end
                    yield frame
            except Exception as error:  # onnxruntime raises classes of its own, with no common base
                raise VoiceError("tts.failed", f"Piper could not speak: {error}", retryable=True) from error
