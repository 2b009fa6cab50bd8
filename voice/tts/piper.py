"""Piper: a neural voice from one ONNX file, on ONNX Runtime, heard while it is still being made."""

import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import structlog

from core.errors import VoiceError
from voice.frames import AudioFrame
from voice.onnx import open_session
from voice.resample import to_int16
from voice.tts.clauses import LETTERS, plain, split
from voice.tts.vits import Sound, Vits

if TYPE_CHECKING:
    from piper import PiperVoice

_log = structlog.get_logger(__name__)

Decode = Callable[[list[int]], Iterator[Sound]]
"""Phoneme ids of one sentence → its sound in pieces, float32 in -1…1."""

_VOLUME = 0.8
"""Of full range, at the loudest sample lately: leaves room for resampling and for a loudspeaker."""
_PEAK = 0.7
"""The loudest sample of a voice before it has said anything."""
_FORGETS = 0.98
"""How fast a loud sentence is forgotten, a sentence. The level cannot be set by what has not been made yet."""


def load(onnx: Path, threads: int = 1) -> "Piper":
    """A voice from `NAME.onnx`, with `NAME.onnx.json` beside it. Raises VoiceError.

    One thread is faster than two on a machine that has other work.
    """
    for file in (onnx, _settings(onnx)):
        if not file.is_file():
            raise VoiceError("tts.missing", f"the voice file {file} is missing: run «mostrador models pull»")
    from piper import PiperVoice
    from piper.config import PiperConfig

    logging.getLogger("piper.voice").setLevel(logging.INFO)  # its debug lines hold what is said to the customer
    try:
        settings = json.loads(_settings(onnx).read_text("utf-8"))
        voice = PiperVoice(session=None, config=PiperConfig.from_dict(settings))
        sound = _in_pieces(onnx, voice, threads) or _at_once(onnx, voice, threads)
    except Exception as error:  # onnx and onnxruntime raise classes of their own, with no common base
        raise VoiceError("tts.model", f"cannot load {onnx.name}: {error}; run «mostrador models verify»") from error
    language = str(settings.get("language", {}).get("family") or voice.config.espeak_voice.partition("-")[0])
    made = onnx.stat()
    return Piper(voice, sound, language, f"{onnx.name} {made.st_size} {made.st_mtime_ns}")


def _in_pieces(onnx: Path, voice: "PiperVoice", threads: int) -> Decode | None:
    """None for a voice that is built differently and cannot be split."""
    config = voice.config
    scales = (config.noise_scale, config.length_scale, config.noise_w_scale)
    try:
        return Vits(onnx, threads, scales, config.default_speaker_id).sound
    except ValueError as error:
        _log.warning("voice_not_split", voice=onnx.name, reason=str(error))
        return None


def _at_once(onnx: Path, voice: "PiperVoice", threads: int) -> Decode:
    voice.session = open_session(onnx, threads)

    def decode(phonemes: list[int]) -> Iterator[Sound]:
        yield np.asarray(voice.phoneme_ids_to_audio(phonemes))

    return decode


def _settings(onnx: Path) -> Path:
    return onnx.with_name(f"{onnx.name}.json")


class Piper:
    """One voice. Sound comes in pieces, the first one soon."""

    def __init__(self, voice: "PiperVoice", decode: Decode, language: str, identity: str) -> None:
        self.language = language
        self.identity = identity
        self.rate: int = voice.config.sample_rate
        self._voice = voice
        self._decode = decode
        self._peak = _PEAK

    def speak(self, text: str) -> Iterator[AudioFrame]:
        """Sound of `text`, a few pieces for each sentence; nothing for text without letters or digits."""
        start = 0.0
        for part in split(text) if len(text) > LETTERS else [text]:  # memory grows with the length of a sentence
            if not (written := plain(part)):
                continue
            try:
                for phonemes in self._voice.phonemize(written):
                    for sound in self._levelled(self._voice.phonemes_to_ids(phonemes)):
                        frame = AudioFrame(to_int16(sound), self.rate, start)
                        start = frame.end
                        yield frame
            except Exception as error:  # onnxruntime raises classes of its own, with no common base
                raise VoiceError("tts.failed", f"Piper could not speak: {error}", retryable=True) from error

    def _levelled(self, phonemes: list[int]) -> Iterator[Sound]:
        """One sentence, all of it at the same gain."""
        gain, loudest = _VOLUME / self._peak, 0.0
        for sound in self._decode(phonemes):
            loudest = max(loudest, float(np.abs(sound).max(initial=0.0)))
            yield sound * gain
        self._peak = max(loudest, _FORGETS * self._peak)
