"""Whisper on CTranslate2, encoding only what was said.

Whisper was trained on windows of 30 s and engines pad every utterance to that, which is most of the time they take.
Here the window is the speech and a margin; what a short window makes Whisper add is cut or asked again (guard.py).
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.errors import VoiceError
from voice.frames import RATE
from voice.stt import Transcript, guard

if TYPE_CHECKING:
    from ctranslate2 import StorageView
    from ctranslate2.models import Whisper as Model
    from ctranslate2.models import WhisperGenerationResult
    from faster_whisper.feature_extractor import FeatureExtractor
    from faster_whisper.tokenizer import Tokenizer

Speech = npt.NDArray[np.float32]

MARGIN = 1.5
"""Seconds of silence after the speech in the first window."""
WIDER = 5.0
"""Seconds that a second window has more; the third, for all but a few words, is Whisper's own."""
WINDOW = 30.0
BRIEF = 2.0
"""Seconds below which Whisper's own window finds nothing more: 13 of 20 Spanish numbers are read right without it, 11
with it, and a noise takes a quarter of the time."""
BEAM = 3
"""Greedy search loses 4 points of word error rate in Spanish and saves a sixth of the time."""
DOUBT_BEAM = 5
SHORTEST = 0.1
"""Seconds below which there is nothing to recognise."""
_PIECE = 28.0
_QUIETEST_FROM = 14.0
"""A longer recording is cut at its quietest point between these two."""
_HINT_TOKENS = 100
_CONTEXT = 448
"""Tokens of prompt and text that Whisper can hold."""
_FILES = ("model.bin", "config.json", "tokenizer.json")
_SILENT = 1e-4


def load(folder: Path, threads: int = 1, languages: Sequence[str] = ("es", "en")) -> "Whisper":
    """A CTranslate2 Whisper model, run as int8. An English-only model has one language. Raises VoiceError."""
    for name in _FILES:
        if not (folder / name).is_file():
            raise VoiceError("stt.missing", f"{folder / name} is missing: run «mostrador models pull»")
    import tokenizers
    from ctranslate2.models import Whisper as Model
    from faster_whisper.feature_extractor import FeatureExtractor
    from faster_whisper.tokenizer import Tokenizer

    try:
        model = Model(str(folder), device="cpu", compute_type="int8", intra_threads=threads)
        vocabulary = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
    except Exception as error:  # tokenizers raises plain Exception, CTranslate2 RuntimeError and ValueError
        raise VoiceError("stt.model", f"cannot load {folder.name}: {error}; run «mostrador models verify»") from error
    spoken = tuple(languages) if model.is_multilingual else ("en",)
    try:
        written = {code: Tokenizer(vocabulary, model.is_multilingual, "transcribe", code) for code in spoken}
    except ValueError as error:
        raise VoiceError("stt.language", f"{folder.name} does not know one of {spoken}: {error}") from error
    return Whisper(model, written, FeatureExtractor(feature_size=model.n_mels), threads)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one window gave: `words` are tokens without timestamps, `log_probability` a mean over tokens.

    `rest`: the second from which it is to be read on, 0 when it was read to its end.
    """

    text: str
    words: tuple[int, ...]
    log_probability: float
    no_speech: float
    rest: float = 0.0


class Whisper:
    """Stateless between calls: any thread may call; CTranslate2 queues them."""

    def __init__(
        self, model: "Model", tokenizers: "dict[str, Tokenizer]", features: "FeatureExtractor", threads: int
    ) -> None:
        self.languages = tuple(tokenizers)
        self.threads = threads
        self._model = model
        self._tokenizers = tokenizers
        self._features = features
        some = next(iter(tokenizers.values()))
        controls = (some.transcribe, some.translate, some.sot, some.sot_prev, some.sot_lm, some.no_speech)
        self._suppressed = sorted({*some.non_speech_tokens, *controls})

    def transcribe(self, speech: Speech, language: str | None = None, hint: str = "") -> Transcript:
        """Words of `speech`, float32 [n] in -1…1 at 16 kHz; `hint` names words to expect. Raises VoiceError.

        Nothing, too little or no speech gives an empty text.
        """
        began = time.perf_counter()
        _check(speech)
        if language is not None and language not in self.languages:
            raise VoiceError("stt.language", f"{language!r} is not recognised here, only {', '.join(self.languages)}")
        readings: list[_Reading] = []
        pieces = _pieces(speech)
        while pieces:
            piece = pieces.pop(0)
            try:
                reading, language = self._read(piece, language, hint)
            except (RuntimeError, ValueError) as error:  # what CTranslate2 raises
                raise VoiceError("stt.failed", f"recognition failed: {error}", retryable=True) from error
            readings.append(reading)
            if reading.rest:
                pieces.insert(0, piece[int(reading.rest * RATE) :])
        return _transcript(readings, language or self.languages[0], time.perf_counter() - began)

    def pace(self) -> float:
        """Seconds in which a sentence of 3 s with 12 tokens is read here, this time. Raises VoiceError."""
        tokenizer = next(iter(self._tokenizers.values()))
        prompt, silence = list(tokenizer.sot_sequence), np.zeros(3 * RATE, np.float32)
        began = time.perf_counter()
        try:
            encoded = self._encode(silence, 3 + MARGIN)
            self._generate(encoded, prompt, 12, BEAM, [*self._suppressed, tokenizer.eot])
        except (RuntimeError, ValueError) as error:
            raise VoiceError("stt.failed", f"recognition failed: {error}", retryable=True) from error
        return time.perf_counter() - began

    def _read(self, piece: Speech, language: str | None, hint: str) -> tuple[_Reading, str | None]:
        """The best of up to three windows, each wider than the last."""
        seconds = len(piece) / RATE
        if seconds < SHORTEST or float(np.abs(piece).max()) < _SILENT:
            return _Reading("", (), 0.0, 1.0), language
        best: _Reading | None = None
        for window in _windows(seconds):
            encoded = self._encode(piece, window)
            language = language or self._language(encoded)
            reading = self._decode(encoded, seconds, language, hint, DOUBT_BEAM if best else BEAM)
            if best is None or _better(reading, best, seconds):
                best = reading
            silent = guard.silent(reading.log_probability, reading.no_speech)
            if silent or not _doubtful(reading, seconds):
                break
        assert best is not None
        assert language is not None
        if guard.unspoken(best.text, language, best.log_probability, best.no_speech):
            best = _Reading("", (), best.log_probability, best.no_speech)
        return best, language

    def _encode(self, piece: Speech, window: float) -> "StorageView":
        from ctranslate2 import StorageView

        padded = np.zeros(int(window * RATE), np.float32)
        padded[: len(piece)] = piece
        features = self._features(padded, padding=0)
        return self._model.encode(StorageView.from_array(np.ascontiguousarray(features[np.newaxis], np.float32)))

    def _language(self, encoded: "StorageView") -> str:
        if len(self.languages) == 1:
            return self.languages[0]
        found = {token[2:-2]: probability for token, probability in self._model.detect_language(encoded)[0]}
        return max(self.languages, key=lambda code: found.get(code, 0.0))

    def _decode(self, encoded: "StorageView", seconds: float, language: str, hint: str, beam: int) -> _Reading:
        tokenizer = self._tokenizers[language]
        prompt = list(tokenizer.sot_sequence)
        expected = tokenizer.encode(" " + hint.strip())[-_HINT_TOKENS:] if hint.strip() else []
        hinted = [tokenizer.sot_prev, *expected, *prompt] if expected else prompt
        result = self._generate(encoded, hinted, guard.token_budget(seconds), beam)
        tokens = result.sequences_ids[0]
        words = guard.spoken(tokens, tokenizer.timestamp_begin, seconds)
        mean = result.scores[0] * len(tokens) / (len(tokens) + 1)
        # A hint makes Whisper sure of speech in any noise: it is asked about that without one, which is one step.
        no_speech = (self._generate(encoded, prompt, 1, 1) if expected else result).no_speech_prob
        rest = guard.resumes_at(tokens, tokenizer.timestamp_begin, seconds)
        return _Reading(tokenizer.decode(words).strip(), tuple(words), mean, no_speech, rest)

    def _generate(
        self, encoded: "StorageView", prompt: list[int], tokens: int, beam: int, suppressed: list[int] | None = None
    ) -> "WhisperGenerationResult":
        return self._model.generate(
            encoded,
            [prompt],
            beam_size=beam,
            max_length=min(_CONTEXT, len(prompt) + tokens),
            suppress_tokens=suppressed or self._suppressed,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]


def _check(speech: Speech) -> None:
    if speech.dtype != np.float32 or speech.ndim != 1:
        kind = f"{speech.dtype} {speech.shape}"
        raise VoiceError("stt.samples", f"recognition takes mono float32 samples at {RATE} Hz, got {kind}")
    if len(speech) and not float(np.abs(speech).max()) <= 4.0:  # written so that NaN fails
        raise VoiceError("stt.samples", "recognition takes samples in -1…1: divide int16 samples by 32768")


def _windows(seconds: float) -> list[float]:
    """Widths to try, whole ticks of the encoder."""
    tick = 2 * guard.TICK
    widths = [seconds + MARGIN, seconds + MARGIN + WIDER]
    if seconds >= BRIEF:
        widths.append(WINDOW)
    return sorted({min(WINDOW, round(math.ceil(width / tick) * tick, 2)) for width in widths})


def _doubtful(reading: _Reading, seconds: float) -> bool:
    return guard.doubtful(reading.text, reading.words, reading.log_probability, seconds)


def _better(new: _Reading, old: _Reading, seconds: float) -> bool:
    """A reading that repeats or is empty loses; otherwise the likelier one wins."""

    def rank(reading: _Reading) -> tuple[bool, bool, float]:
        looped = guard.repeats(reading.text) or len(reading.words) >= guard.token_budget(seconds)
        return bool(reading.text), not looped, reading.log_probability

    return rank(new) > rank(old)


def _pieces(speech: Speech) -> list[Speech]:
    """Pieces of up to 28 s, cut where it is quietest."""
    pieces = []
    frame = RATE // 10
    while len(speech) > _PIECE * RATE:
        first, last = int(_QUIETEST_FROM * RATE), int(_PIECE * RATE)
        frames = speech[first:last].reshape(-1, frame)
        power = np.convolve(np.square(frames).mean(axis=1), np.ones(3), "same")
        cut = first + int(np.argmin(power)) * frame + frame // 2
        pieces.append(speech[:cut])
        speech = speech[cut:]
    return [*pieces, speech]


def _transcript(readings: list[_Reading], language: str, seconds: float) -> Transcript:
    """The pieces joined; confidence over all tokens of the pieces that hold words."""
    said = [reading for reading in readings if reading.text]
    tokens = sum(len(reading.words) for reading in said)
    mean = sum(reading.log_probability * len(reading.words) for reading in said) / tokens if tokens else -math.inf
    no_speech = min(reading.no_speech for reading in readings)
    return Transcript(" ".join(reading.text for reading in said), language, math.exp(mean), no_speech, seconds)
