"""The device's voices: which one speaks a language, and how a sentence becomes sound without blocking anybody."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import structlog

from core.claims import Claim, Priority, under
from models.store import Store
from runtime.agent import Language
from runtime.config import Settings
from runtime.workers import Workers
from voice.frames import RATE, Pcm
from voice.resample import Resampler
from voice.shelf import Shelf
from voice.tts import Synthesiser

_log = structlog.get_logger(__name__)

SILENT = 200
"""Of 32768: no sample of a voice that is heard stays below it."""
LEAD = 0.01
"""Seconds kept before the first sound: its soft beginning."""
LANGUAGES: tuple[Language, ...] = ("es", "en")


class Voices:
    """`speak` is what `voice.clips.Clips` makes its clips of. Sentences named by `keep` stay on the shelf."""

    def __init__(self, synthesisers: dict[Language, Synthesiser], workers: Workers, shelf: Shelf) -> None:
        self._synthesisers = synthesisers
        self._workers = workers
        self._shelf = shelf
        self._kept: set[tuple[str, Language]] = set()

    def keep(self, text: str, language: Language) -> None:
        """`text` (a clause, as it is read) never changes."""
        self._kept.add((text, language))

    async def speak(self, text: str, language: str) -> AsyncIterator[Pcm]:
        """Pieces of int16 [n] at `voice.frames.RATE`. Raises VoiceError, or MostradorError (see `Workers.run`)."""
        code: Language = "es" if language == "es" else "en"
        voice = self._synthesisers[code]
        lasting = (text, code) in self._kept
        if lasting and (kept := await asyncio.to_thread(self._shelf.get, voice.identity, text)) is not None:
            yield from_first_sound(kept)
            return
        made: list[Pcm] = []
        pieces = _pieces(voice, text)
        while (piece := await self._workers.run("tts", next, pieces, None)) is not None:
            begun = bool(made)
            made.append(piece)
            yield piece if begun else from_first_sound(piece)
        if lasting:
            await asyncio.to_thread(self._put, voice.identity, text, made)

    async def stock(self) -> None:
        """Speak whatever is to be kept and is not there yet, piece by piece, behind everybody else's work."""
        with under(Claim(Priority.BACKGROUND)):
            for text, language in sorted(self._kept):
                voice = self._synthesisers[language]
                if await asyncio.to_thread(self._shelf.get, voice.identity, text) is None:
                    async for _ in self.speak(text, language):
                        pass

    def _put(self, voice: str, text: str, pieces: list[Pcm]) -> None:
        try:
            self._shelf.put(voice, text, np.concatenate(pieces))
        except OSError as error:
            _log.warning("speech_not_kept", reason=str(error))


def from_first_sound(pcm: Pcm) -> Pcm:
    """Without the silence before it, but for `LEAD`: a Piper voice begins with some 60 ms that a caller waits for."""
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > SILENT)
    return pcm[max(0, int(loud[0]) - round(LEAD * RATE)) :] if len(loud) else pcm


def load(settings: Settings, store: Store) -> dict[Language, Synthesiser]:
    """A voice for each language: the one set, else the first in the store, else espeak-ng. Raises VoiceError."""
    from voice.tts import espeak, piper

    voices: dict[Language, Synthesiser] = {}
    for language in LANGUAGES:
        model = settings.voice.voices.get(language) or _installed(language, store)
        voices[language] = piper.load(voice_file(store.require(model))) if model else espeak.load(language)
    return voices


def voice_file(folder: Path) -> Path:
    """A Piper voice is one ONNX file, with its settings beside it."""
    return next(folder.glob("*.onnx"))


def _installed(language: Language, store: Store) -> str:
    """The catalog's first voice for a language that is in the store; empty: there is none."""
    voices = (model for model in store.catalog.models.values() if model.role == "tts" and language in model.languages)
    return next((model.id for model in voices if store.is_installed(model.id)), "")


def _pieces(voice: Synthesiser, text: str) -> Iterator[Pcm]:
    """Making one piece leaves room for others' in between."""
    resampler = Resampler(voice.rate, RATE)
    for frame in voice.speak(text):
        yield resampler.push(frame.pcm)
    yield resampler.flush()
