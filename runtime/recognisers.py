"""Which Whisper this device reads with: the best in the store that is quick enough here. Measured once, then known."""

import os
from pathlib import Path

import msgspec
import structlog

from core.places import cache_home
from models.store import Store
from runtime.agent import Language
from runtime.config import Voice
from runtime.machine import machine
from voice.stt import whisper
from voice.stt.whisper import Whisper

_log = structlog.get_logger(__name__)

AUTO = "auto"
DEFAULT = "whisper-base"
QUICK = 0.6
"""Seconds in which a sentence of 3 s must be read: more is heard as a slower answer, behind whatever pause."""
MEASURED = "recognisers.json"


def load(voice: Voice, store: Store, languages: tuple[Language, ...]) -> Whisper:
    """The one that is set, or the chosen one. Raises ModelError, VoiceError."""
    if voice.recogniser != AUTO:
        return _load(voice.recogniser, voice, store, languages)
    *better, last = candidates(store, languages) or [DEFAULT]
    measured = _Measured(cache_home() / MEASURED)
    for name in better:
        engine = None
        if (seconds := measured.get(name, voice.threads)) is None:
            engine = _load(name, voice, store, languages)
            seconds = measured.put(name, voice.threads, engine.pace())
        if seconds <= QUICK:
            _log.info("recogniser", model=name, seconds=round(seconds, 2))
            return engine or _load(name, voice, store, languages)
    return _load(last, voice, store, languages)


def candidates(store: Store, languages: tuple[Language, ...]) -> list[str]:
    """Those in the store that know every one of `languages`, the largest first."""
    fitting = [
        model
        for model in store.catalog.models.values()
        if model.role == "stt" and store.is_installed(model.id) and _knows(model.languages, languages)
    ]
    fitting.sort(key=lambda model: sum(file.size for file in model.files), reverse=True)
    return [model.id for model in fitting]


def _knows(spoken: tuple[str, ...], wanted: tuple[Language, ...]) -> bool:
    return "*" in spoken or set(wanted) <= set(spoken)


def _load(name: str, voice: Voice, store: Store, languages: tuple[Language, ...]) -> Whisper:
    return whisper.load(store.require(name), threads=voice.threads, languages=languages)


class _Measured:
    """Seconds by model, threads and processor, in a file that may be lost at any time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._processor = machine()["processor"]
        try:
            self._seconds = msgspec.json.decode(path.read_bytes(), type=dict[str, float])
        except (OSError, msgspec.DecodeError):
            self._seconds = {}

    def get(self, model: str, threads: int) -> float | None:
        return self._seconds.get(self._key(model, threads))

    def put(self, model: str, threads: int, seconds: float) -> float:
        self._seconds[self._key(model, threads)] = seconds
        part = self._path.with_suffix(f".{os.getpid()}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(msgspec.json.encode(self._seconds))
            part.replace(self._path)
        except OSError as error:
            _log.warning("measurement_not_kept", reason=str(error))
        return seconds

    def _key(self, model: str, threads: int) -> str:
        return f"{model}, {threads} threads, {self._processor}"
