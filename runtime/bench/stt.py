"""Recognition against stock faster-whisper, on the same weights, sentence by sentence in turn.

Stock pads every sentence to Whisper's window of 30 s, searches with a beam of 5 and takes up to four cores; that is
what it does when nothing is set. Ours runs as it would on this device, on as many threads as it found best. What the
threads alone are worth is told as well: stock on that many.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.store import Store
from runtime import recognisers
from runtime.agent import Language
from runtime.bench import Result, Row, spread
from runtime.bench.recordings import Recording, recordings, word_errors
from runtime.config import Voice
from runtime.machine import cores, machine
from voice.resample import to_float
from voice.stt import Recogniser, whisper

LONGEST = 10.0
"""Seconds: the bar is for sentences up to this."""
THIRD = 3
"""Of the recordings one in so many is read, unless all are wanted: they take some four minutes more."""
EVERY = 4
"""Stock on our threads reads one sentence in so many: all would take a minute more."""


class Read(Protocol):
    def __call__(self, speech: npt.NDArray[np.float32], language: Language, /) -> str: ...


@dataclass(slots=True)
class _Tally:
    """One recogniser's errors and seconds."""

    read: Read
    seconds: list[float] = field(default_factory=list)
    errors: dict[Language, int] = field(default_factory=lambda: {"en": 0, "es": 0})
    words: dict[Language, int] = field(default_factory=lambda: {"en": 0, "es": 0})

    def take(self, recording: Recording) -> None:
        began = time.perf_counter()
        text = self.read(to_float(recording.pcm), recording.language)
        self.seconds.append(time.perf_counter() - began)
        wrong, said = word_errors(recording.words, text, recording.language)
        self.errors[recording.language] += wrong
        self.words[recording.language] += said

    def rate(self, *languages: Language) -> float:
        """Word error rate in percent."""
        return 100 * sum(self.errors[code] for code in languages) / sum(self.words[code] for code in languages)


async def run(progress: Callable[[str, float], None], whole: bool = False) -> Result:
    store = Store()
    folder = store.require("whisper-base")
    best = recognisers.load(Voice(recogniser="whisper-base"), store, ("es", "en"))
    stock, ours, same = _Tally(_stock(folder, 0)), _Tally(_ours(best)), _Tally(_stock(folder, best.threads))
    tiny = _Tally(_ours(whisper.load(store.require("whisper-tiny.en"), best.threads)))
    heard = [recording for recording in recordings("held out") if recording.seconds <= LONGEST]
    heard = heard if whole else heard[::THIRD]
    for number, recording in enumerate(heard):
        progress(recording.name, number / len(heard))
        for tally in (stock, ours, tiny) if recording.language == "en" else (stock, ours):
            tally.take(recording)
        if number % EVERY == 0:
            same.take(recording)
    faster = [theirs / mine for theirs, mine in zip(stock.seconds, ours.seconds, strict=True)]
    both: tuple[Language, Language] = ("en", "es")
    rows = (
        Row("times faster than stock", sum(stock.seconds) / sum(ours.seconds), "", "≥ 3", f"{len(heard)} sentences"),
        Row(
            "  than stock on the same threads",
            sum(same.seconds) / sum(ours.seconds[::EVERY]),
            "",
            note=f"{best.threads} of {cores()}, {len(same.seconds)} sentences",
        ),
        Row(
            "  word error rate, points over stock",
            ours.rate(*both) - stock.rate(*both),
            "",
            "≤ 0.3",
            f"{ours.rate(*both):.1f} % against {stock.rate(*both):.1f} %",
        ),
        Row("  slowest sentence, times faster", min(faster), ""),
        *(
            Row(f"  word error rate, {code}: base", ours.rate(code), "%", note=f"stock {stock.rate(code):.2f} %")
            for code in both
        ),
        Row("  word error rate, en: tiny.en", tiny.rate("en"), "%"),
        *spread("base, a sentence", ours.seconds, "s"),
        *spread("stock, a sentence", stock.seconds, "s"),
        *spread("tiny.en, a sentence", tiny.seconds, "s"),
    )
    samples = {"stock": stock.seconds, "base": ours.seconds, "tiny.en": tiny.seconds}
    return Result("stt", rows, samples, machine())


def _stock(folder: Path, threads: int) -> Read:
    """`threads`: 0: as it is when nothing is set."""
    from faster_whisper import WhisperModel

    model: WhisperModel = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)

    def read(speech: npt.NDArray[np.float32], language: Language) -> str:
        segments, _ = model.transcribe(speech, language=language)
        return " ".join(segment.text.strip() for segment in segments)

    return read


def _ours(recogniser: Recogniser) -> Read:
    return lambda speech, language: recogniser.transcribe(speech, language).text
