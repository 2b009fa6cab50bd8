"""Which Whisper this device reads with, and on how many threads: the best in the store that is quick enough here.

Measured once, then known.
"""

from pathlib import Path

import msgspec
import structlog

from core.files import replacing
from core.places import cache_home
from models.store import Store
from runtime.agent import Language
from runtime.config import Voice
from runtime.machine import cores, machine
from voice.stt import whisper
from voice.stt.whisper import Whisper

_log = structlog.get_logger(__name__)

AUTO = "auto"
DEFAULT = "whisper-base"
QUICK = 0.6
"""Seconds in which a sentence of 3 s must be read: more is heard as a slower answer, behind whatever pause."""
WORTH = 0.15
"""Share of the time that more threads must save: what they take is missing elsewhere."""
ROUNDS = 8
"""Times that each number of threads is tried, in turns: what else the machine does meets them all."""
MEASURED = "recognisers.json"


def load(voice: Voice, store: Store, languages: tuple[Language, ...]) -> Whisper:
    """The one that is set, or the chosen one. Raises ModelError, VoiceError."""
    names = [voice.recogniser] if voice.recogniser != AUTO else candidates(store, languages) or [DEFAULT]
    measured = _Measured(cache_home() / MEASURED)
    for name in names[:-1]:
        engine, seconds = _quickest(name, voice, store, languages, measured)
        if seconds <= QUICK:
            return engine
    if voice.threads:
        return _load(names[-1], voice.threads, store, languages)
    return _quickest(names[-1], voice, store, languages, measured)[0]


def _quickest(
    name: str, voice: Voice, store: Store, languages: tuple[Language, ...], measured: "_Measured"
) -> tuple[Whisper, float]:
    """With as many threads as are set or as serve it best, and the seconds that it takes for a sentence of 3 s."""
    engines: dict[int, Whisper] = {}
    counts = [voice.threads] if voice.threads else _counts(cores())
    seconds = {threads: known for threads in counts if (known := measured.get(name, threads)) is not None}
    if missing := [threads for threads in counts if threads not in seconds]:
        engines = {threads: _load(name, threads, store, languages) for threads in missing}
        paces = [{threads: engine.pace() for threads, engine in engines.items()} for _ in range(ROUNDS)]
        for threads in missing:
            seconds[threads] = measured.put(name, threads, min(pace[threads] for pace in paces))
    threads = _best(seconds)
    _log.info("recogniser", model=name, threads=threads, seconds=round(seconds[threads], 2))
    return engines.get(threads) or _load(name, threads, store, languages), seconds[threads]


def _best(seconds: dict[int, float]) -> int:
    """The fewest threads that are about as quick as any: two that share a core are slower than one."""
    enough = min(seconds.values()) * (1 + WORTH)
    return min(threads for threads, taken in seconds.items() if taken <= enough)


def _counts(cores: int) -> list[int]:
    return [threads for threads in (1, 2, 4) if threads == 1 or threads <= cores]


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


def _load(name: str, threads: int, store: Store, languages: tuple[Language, ...]) -> Whisper:
    return whisper.load(store.require(name), threads=threads, languages=languages)


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
        try:
            with replacing(self._path) as draft:
                draft.write_bytes(msgspec.json.encode(self._seconds))
        except OSError as error:
            _log.warning("measurement_not_kept", reason=str(error))
        return seconds

    def _key(self, model: str, threads: int) -> str:
        return f"{model}, {threads} threads, {self._processor}"
