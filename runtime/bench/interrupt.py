"""Somebody speaks over our voice: how soon it falls silent, and how seldom it stops for what was not meant for it.

The greeting is spoken over a hundred times in rehearsal (the real session, ears and recogniser on a virtual clock);
then questions are put over answers in real SIP calls, and the silence is measured in the recording, which includes
the network and the jitter buffers of both sides. Reported is the half of the material that nothing is tuned on.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import numpy as np

from models.store import Store
from runtime import engines
from runtime.bench import Half, Result, Row
from runtime.bench.cores import on_all_cores
from runtime.bench.device import device
from runtime.bench.overlaps import Kind, Overlap, overlaps
from runtime.bench.questions import QUESTIONS, spoken
from runtime.bench.rehearsal import Rehearsal, rehearse
from runtime.config import Settings, Voice
from runtime.engines import Engines
from runtime.machine import machine
from runtime.trace import percentile
from runtime.voices import load as load_voices
from telephony.caller import LOUD, WINDOW, Patience, loudness, place_call
from telephony.codecs import Codec
from telephony.settings import SipSettings
from voice import wav
from voice.frames import RATE, Pcm
from voice.turns import TurnSettings

Seen = dict[Kind, list[tuple[Overlap, Rehearsal]]]

CALLS: tuple[Codec, ...] = ("G722", "PCMU")
"""One call with each."""
QUESTIONS_PER_CALL = 10
OVER = 1.6
"""Seconds of the greeting or of an answer that are heard before the next question is put."""
QUIET = 0.3
"""Seconds of silence in a recording that are one, and not a pause between words."""


async def run(progress: Callable[[str, float], None], half: Half = "held out") -> Result:
    progress("loading", 0.0)
    seen = await asyncio.to_thread(_rehearsed, half, progress)
    yields = [await _over_sip(codec, number, progress) for number, codec in enumerate(CALLS)]
    rows = (
        *_yield("interruption → silence, by SIP", [each for call in yields for each in call], " and ".join(CALLS)),
        *_interruptions(seen["interruption"]),
        *_backchannels("backchannels", seen["backchannel"] + seen["noise"], "≥ 90"),
        *_backchannels("  of them noises", seen["noise"]),
        *_backchannels("asides to somebody else", seen["aside"]),
    )
    samples = {f"yield, {codec}": call for codec, call in zip(CALLS, yields, strict=True)}
    samples |= {f"yield, {kind}": [each.silent for _, each in seen[kind]] for kind in seen}
    samples |= {f"resume, {kind}": [each.resumed for _, each in seen[kind] if each.whole] for kind in seen}
    return Result("interrupt", rows, samples, machine())


def _rehearsed(half: Half, progress: Callable[[str, float], None]) -> Seen:
    material = list(overlaps(half, load_voices(Settings(), Store())))
    seen: Seen = {"interruption": [], "backchannel": [], "noise": [], "aside": []}
    with tempfile.TemporaryDirectory(prefix="mostrador-rehearsal-") as folder:
        became = on_all_cores(
            partial(_rehearse, folder), material, lambda each, done: progress(f"rehearsal: {each.name}", 0.6 * done)
        )
        for each, rehearsal in zip(material, became, strict=True):
            seen[each.kind].append((each, rehearsal))
    return seen


def _rehearse(folder: str, each: Overlap) -> Rehearsal:
    return rehearse(_engines(folder), each.language, each.pcm, 1.0 + 2.0 * each.chance)


@cache
def _engines(folder: str) -> Engines:
    """On one thread each: so processor time is time."""
    own = Path(folder) / str(os.getpid())
    own.mkdir()
    return asyncio.run(engines.load(Settings(data=str(own), voice=Voice(threads=1))))


async def _over_sip(codec: Codec, number: int, progress: Callable[[str, float], None]) -> list[float]:
    """Seconds from the beginning of each question to silence, as the caller hears it.

    Those that came into a pause of ours are left out: nothing is faster than the onset of a turn.
    """
    progress(f"call with {codec}", 0.6 + 0.4 * number / len(CALLS))
    texts = QUESTIONS[number * QUESTIONS_PER_CALL :][:QUESTIONS_PER_CALL]
    with spoken(texts) as files, tempfile.TemporaryDirectory(prefix="mostrador-interrupt-") as folder:
        recording = Path(folder) / "call.wav"
        async with device('[agent]\nlanguage = "en"') as running:
            settings = SipSettings(host="127.0.0.1", port=0, user="caller", codecs=(codec,))
            patience = Patience(greeting=OVER, answer_for=OVER)
            report = await place_call(running.sip, files, recording, patience=patience, settings=settings)
        caller, counter = wav.read_stereo(recording)
    starts = [_onset(caller.pcm, turn.said_from) for turn in report.turns]
    yields = [_silent_from(counter.pcm, start) - start for start in starts]
    return [seconds for seconds in yields if seconds >= TurnSettings().onset]


def _onset(pcm: Pcm, after: float) -> float:
    """Seconds until the first sound at or after `after`."""
    first = int(after * RATE) // WINDOW
    return float(first + np.argmax(loudness(pcm)[first:] > LOUD)) * WINDOW / RATE


def _silent_from(pcm: Pcm, after: float) -> float:
    """Seconds until a silence begins at or after `after`."""
    first = int(after * RATE) // WINDOW
    loud = loudness(pcm)[first:] > LOUD
    quiet = round(QUIET * RATE / WINDOW)
    return (first + next(n for n in range(len(loud) + 1) if not loud[n : n + quiet].any())) * WINDOW / RATE


def _yield(name: str, values: Sequence[float], note: str) -> tuple[Row, ...]:
    return (
        Row(f"{name}, p50", percentile(values, 0.5), "s", note=f"{len(values)} measured; {note}"),
        Row(f"{name}, p95", percentile(values, 0.95), "s", "≤ 0.35"),
        Row(f"{name}, max", max(values), "s"),
    )


def _interruptions(seen: Sequence[tuple[Overlap, Rehearsal]]) -> tuple[Row, ...]:
    missed = [f"{each.name} ({each.language})" for each, became in seen if not became.stopped]
    return (
        *_yield("interruption → silence, rehearsed", [became.silent for _, became in seen], "no network"),
        Row("interruptions missed", 100 * len(missed) / len(seen), "%", note=", ".join(missed)),
    )


def _backchannels(name: str, seen: Sequence[tuple[Overlap, Rehearsal]], bar: str = "") -> tuple[Row, ...]:
    """How many left the answer whole, and how it went on after those."""
    whole = [became for _, became in seen if became.whole]
    stopped = [f"{each.name} ({each.language})" for each, became in seen if not became.whole]
    went_on = Row(
        f"{name}: answer goes on", 100 * len(whole) / len(seen), "%", bar, f"{len(seen)}; {', '.join(stopped)}"
    )
    if not bar:
        return (went_on,)
    resumed, pauses = [each.resumed for each in whole], [each.pause for each in whole]
    return (
        went_on,
        Row("  false stops", 100 * len(stopped) / len(seen), "%"),
        Row("  their end → full voice, p50", percentile(resumed, 0.5), "s"),
        Row("  their end → full voice, p95", percentile(resumed, 0.95), "s"),
        Row("  silent meanwhile, p50", percentile(pauses, 0.5), "s", note="held, not lost"),
        Row("  silent meanwhile, p95", percentile(pauses, 0.95), "s"),
    )
