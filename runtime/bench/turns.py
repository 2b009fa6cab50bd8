"""How soon a finished sentence is taken for finished, and how often one that was only paused in is cut off.

Human recordings at 8 kHz and Piper's sentences at 16 kHz, each once whole and once cut at its quietest point between
a third and three quarters of its length. Each goes through the real voice activity detection, the models that judge
and `patience_for`. Thresholds and weights were tuned on other recordings (`evidence("tuning")`).

How long people pause within a sentence no recording here tells. Pauses are taken to be log-normal (Campione and
Véronis 2002) around 0.4 s, as a typical pause lasts a quarter to half a second (Lundholm Fors 2015).
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count

import numpy as np
import numpy.typing as npt

from models.llm import smollm2
from models.store import Store
from runtime.bench import Half, Result, Row
from runtime.bench.cores import on_all_cores
from runtime.bench.questions import QUESTIONS
from runtime.bench.recordings import recordings
from runtime.machine import machine
from runtime.trace import percentile
from runtime.voices import voice_file
from voice import endpoint, vad
from voice.completeness import Evidence, log_odds
from voice.frames import RATE, AudioFrame, Pcm
from voice.listener import POST_ROLL, PRE_ROLL, TAIL
from voice.resample import resample, to_float
from voice.stt import whisper
from voice.turns import TurnSettings, patience_for

FRAME = RATE // 50
FALSE = 0.05
"""Share of pauses within sentences that may be taken for their end."""
MEDIAN, SPREAD = 0.4, 0.6
"""Of the pauses, seconds; and of their natural logarithm."""
LONGER = 0.5
"""Another median, to show what the first is worth."""
CAUGHT = 0.8
"""Share of finished sentences that are to be known as such after 0.3 s."""
HISS = 8.0
"""Root mean square of the line's own noise, of 32768: -72 dB."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Clip:
    """A sentence, whole or cut. `rate` is that of the line it came over."""

    name: str
    language: str
    rate: int
    finished: bool
    pcm: Pcm


@dataclass(frozen=True, slots=True)
class Judged:
    """`lag`: seconds from the last sound until voice activity detection has noticed."""

    clip: Clip
    evidence: Evidence
    lag: float

    @property
    def log_odds(self) -> float:
        return log_odds(self.evidence)

    def patience(self, settings: TurnSettings) -> float:
        known = self.log_odds if self.evidence.text else None
        return patience_for(known, self.evidence.text, 0, settings)


async def run(progress: Callable[[str, float], None]) -> Result:
    judged = list(evidence("held out", progress))
    settings = TurnSettings()
    rows: list[Row] = []
    for rate in (8_000, 16_000):
        some = [one for one in judged if one.clip.rate == rate]
        rows += _rows(some, settings, f"{rate // 1000} kHz")
    whole, cut = _odds(judged)
    threshold = float(np.quantile(whole, 1 - CAUGHT))
    odds = {"finished": whole.tolist(), "cut": cut.tolist()}
    rows = [
        Row(
            "taken for finished at a 300 ms pause, of the cut",
            100 * float((cut >= threshold).mean()),
            "%",
            "≤ 20",
            f"where {CAUGHT:.0%} of the finished are; {len(whole)} finished, {len(cut)} cut",
        ),
        Row(
            f"delay at {FALSE:.0%} false cut-offs",
            _delay_at(judged, settings, MEDIAN),
            "s",
            "≤ 0.85",
            f"pauses of {MEDIAN} s",
        ),
        Row("  were pauses longer", _delay_at(judged, settings, LONGER), "s", note=f"pauses of {LONGER} s"),
        *rows,
        Row("voice activity ends after the last sound, p50", percentile([one.lag for one in judged], 0.5), "s"),
    ]
    return Result("turns", tuple(rows), odds, machine())


def _rows(judged: Sequence[Judged], settings: TurnSettings, where: str) -> list[Row]:
    waits = [one.patience(settings) for one in judged if one.clip.finished]
    missed = [float(lasts(one.patience(settings))) for one in judged if not one.clip.finished]
    return [
        Row(f"as it is set, {where}: false cut-offs", 100 * float(np.mean(missed)), "%", note=f"{len(missed)} cut"),
        Row("  delay, mean", float(np.mean(waits)), "s", note=f"{len(waits)} finished"),
        Row("  delay, p50", percentile(waits, 0.5), "s"),
        Row("  delay, p95", percentile(waits, 0.95), "s"),
    ]


def _odds(judged: Sequence[Judged]) -> tuple[Floats, Floats]:
    """Of the finished, of the cut."""
    whole = np.array([one.log_odds for one in judged if one.clip.finished])
    return whole, np.array([one.log_odds for one in judged if not one.clip.finished])


def lasts(seconds: float, median: float = MEDIAN) -> float:
    """Probability that a pause within a sentence is longer."""
    return 0.5 * math.erfc(math.log(seconds / median) / SPREAD / math.sqrt(2))


def _delay_at(judged: Sequence[Judged], settings: TurnSettings, median: float) -> float:
    """Mean delay of the finished when every patience is stretched until `FALSE` of the pauses are cut off."""
    whole = np.array([one.patience(settings) for one in judged if one.clip.finished])
    cut = [one.patience(settings) for one in judged if not one.clip.finished]
    stretch = next(
        step / 100 for step in count(20) if float(np.mean([lasts(wait * step / 100, median) for wait in cut])) <= FALSE
    )
    return float(whole.mean()) * stretch


def evidence(half: Half, progress: Callable[[str, float], None] = lambda _doing, _share: None) -> Iterator[Judged]:
    """What the listener would know of every clip of one half at the first pause."""
    for judged in on_all_cores(_judge, list(_clips(half)), lambda clip, done: progress(clip.name, done)):
        if judged is not None:
            yield judged


def _judge(clip: Clip) -> Judged | None:
    """None where voice activity detection finds nothing."""
    models = _models()
    heard, first, last = _on_the_line(clip.pcm, models.activity)
    if first is None:
        return None
    begin = max(0, first - round(PRE_ROLL * 50)) * FRAME
    speech = to_float(heard[begin : last * FRAME + round(POST_ROLL * RATE)])
    words = models.recogniser.transcribe(speech, clip.language)
    evidence = Evidence(
        words.text,
        words.confidence,
        models.sounds.finished(to_float(heard[begin : (last + TAIL) * FRAME])),
        models.finisher.ends(words.text) if words.text else None,
    )
    return Judged(clip, evidence, lag=(last - LEAD) / 50 - last_sound(clip.pcm) / RATE)


@dataclass(frozen=True, slots=True)
class _Models:
    activity: vad.VadModel
    sounds: endpoint.EndOfTurn
    recogniser: whisper.Whisper
    finisher: smollm2.SmolLM2


@cache
def _models() -> _Models:
    store = Store()
    return _Models(
        vad.load(),
        endpoint.load(store.require("smart-turn-v3.2")),
        whisper.load(store.require("whisper-base")),
        smollm2.load(store, threads=1),
    )


LEAD = 15
"""Frames of an open line before the sentence."""


def _on_the_line(pcm: Pcm, model: vad.VadModel) -> tuple[Pcm, int | None, int]:
    """With the line's noise around it; the first frame that is taken for speech, and the end of the last."""
    around = np.concatenate([np.zeros(LEAD * FRAME, np.int16), pcm, np.zeros(RATE, np.int16)])
    noise = np.random.default_rng(len(pcm)).normal(0.0, HISS, len(around))
    heard = np.clip(around + noise, -32768, 32767).astype(np.int16)
    stream, first, last = model.stream(), None, 0
    for number in range(len(heard) // FRAME):
        frame = heard[number * FRAME : (number + 1) * FRAME]
        if stream.push(AudioFrame(frame, RATE, number / 50)):
            first = number if first is None else first
            last = number + 1
    return heard, first, last


def _clips(half: Half) -> Iterator[Clip]:
    for recording in recordings(half):
        if recording.finished:
            yield Clip(recording.name, recording.language, 8_000, True, recording.pcm)
        if ". " not in recording.words:  # a cut after the first of two sentences is none
            yield Clip(recording.name, recording.language, 8_000, False, cut(recording.pcm))
    from voice.tts import piper

    voice = piper.load(voice_file(Store().require("piper-en-us-joe-medium")))
    for text in QUESTIONS[half == "held out" :: 2]:
        pcm = resample(np.concatenate([frame.pcm for frame in voice.speak(text)]), voice.rate, RATE)
        yield Clip(text, "en", 16_000, True, pcm)
        yield Clip(text, "en", 16_000, False, cut(pcm))


def cut(pcm: Pcm) -> Pcm:
    """Up to the quietest 60 ms between a third and three quarters of what is said: between two words, mostly."""
    power = _power(pcm)
    loud = np.flatnonzero(power >= power.max() * endpoint.QUIET)
    begin, length = int(loud[0]), int(loud[-1] - loud[0])
    first, last = begin + round(0.35 * length), begin + round(0.75 * length)
    quiet = int(np.argmin(np.convolve(power, np.ones(3), "same")[first:last]))
    return pcm[: (first + quiet) * FRAME + FRAME // 2]


def last_sound(pcm: Pcm) -> int:
    """The sample after the last 20 ms that are not quiet."""
    power = _power(pcm)
    return (int(np.flatnonzero(power >= power.max() * endpoint.QUIET)[-1]) + 1) * FRAME


def _power(pcm: Pcm) -> Floats:
    frames = pcm[: len(pcm) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    return np.asarray(np.square(frames).mean(axis=1))
