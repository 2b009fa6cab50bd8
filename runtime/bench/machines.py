"""Who has answered: how often people and machines are told apart, and how soon. On virtual time: recognition takes the
processor time that it is measured to take.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.store import Store
from runtime.bench import Half, Result, Row, spread, virtual_time
from runtime.bench.greetings import Greeting, greetings
from runtime.machine import machine
from runtime.voices import voice_file
from voice import vad
from voice.answered import WhoAnswered, who_answers
from voice.answering import AnsweringSettings
from voice.frames import RATE, AudioFrame
from voice.stt import Recogniser, whisper
from voice.tts import piper

FRAME = RATE // 50


@dataclass(frozen=True, slots=True)
class Judged:
    greeting: Greeting
    heard: WhoAnswered


async def run(progress: Callable[[str, float], None]) -> Result:
    judged = await asyncio.to_thread(judge_all, "held out", progress)
    people = [one for one in judged if not one.greeting.machine]
    machines = [one for one in judged if one.greeting.machine]
    alone = [one for one in people if one.greeting.who == "person"]
    met = [one for one in people if one.heard.verdict == "person" and one.heard.at >= one.greeting.until]
    unsure = [one for one in judged if one.heard.verdict == "unsure"]
    rows = [
        Row("people taken for machines", _share(people, "machine"), "%", "≤ 2", f"{len(people)} answers"),
        Row("machines found", _share(machines, "machine"), "%", "≥ 80", f"{len(machines)} announcements"),
        Row("machines taken for people", _share(machines, "person"), "%", "≤ 5"),
        Row("right, unsure counted as a person", 100 * float(np.mean([_right(one) for one in judged])), "%", "≥ 90"),
        *(_by(judged, name, test) for name, test in PARTS),
        *spread("answer → a person who says a word or two", _times(alone, "person"), "s", "≤ 3"),
        *spread("their last word → the verdict", [one.heard.at - one.greeting.until for one in met], "s", "≤ 1"),
        *spread("answer → a machine", _times(machines, "machine"), "s", "≤ 3"),
        Row("still speaking, and unsure, at", AnsweringSettings().longest, "s", note=f"{len(unsure)} of all"),
    ]
    samples = {
        f"{kind}, {verdict}": _times(some, verdict)
        for kind, some in (("people", people), ("machines", machines))
        for verdict in ("person", "machine", "unsure")
    }
    return Result("machines", tuple(rows), samples, machine())


PARTS: tuple[tuple[str, Callable[[Greeting], bool]], ...] = (
    ("  recorded voices", lambda one: one.human),
    ("  synthetic voices", lambda one: not one.human),
    ("  English", lambda one: one.language == "en"),
    ("  Spanish", lambda one: one.language == "es"),
    ("  people who answer for a company", lambda one: one.who == "company"),
)


def _by(judged: Sequence[Judged], name: str, test: Callable[[Greeting], bool]) -> Row:
    some = [one for one in judged if test(one.greeting)]
    return Row(f"{name}: right", 100 * float(np.mean([_right(one) for one in some])), "%", note=f"{len(some)} calls")


def _right(one: Judged) -> bool:
    return (one.heard.verdict == "machine") == one.greeting.machine


def _share(judged: Sequence[Judged], verdict: str) -> float:
    return 100 * float(np.mean([one.heard.verdict == verdict for one in judged]))


def _times(judged: Sequence[Judged], verdict: str) -> list[float]:
    return [one.heard.at for one in judged if one.heard.verdict == verdict]


def judge_all(
    half: Half,
    progress: Callable[[str, float], None] = lambda _doing, _share: None,
    settings: AnsweringSettings | None = None,
) -> list[Judged]:
    """Every greeting of one half. Blocks; not on a loop's thread."""
    store = Store()
    recogniser = whisper.load(store.require("whisper-base"), threads=1)  # so that processor time is time
    activity = vad.load()
    voice = piper.load(voice_file(store.require("piper-en-us-joe-medium")))
    material = list(greetings(half, {"en": voice}))
    judged = []
    for number, greeting in enumerate(material):
        progress(greeting.name, number / len(material))
        judged.append(Judged(greeting, virtual_time.run(_judge(greeting, activity, recogniser, settings))))
    return judged


async def _judge(
    greeting: Greeting, activity: vad.VadModel, recogniser: Recogniser, settings: AnsweringSettings | None
) -> WhoAnswered:
    async def read(sound: npt.NDArray[np.float32]) -> str:
        began = time.process_time()
        words = recogniser.transcribe(sound, greeting.language, "").text
        await asyncio.sleep(time.process_time() - began)
        return words

    return await who_answers(_frames(greeting), activity.stream(), read, settings)


async def _frames(greeting: Greeting) -> AsyncIterator[AudioFrame]:
    for number in range(len(greeting.pcm) // FRAME):
        await asyncio.sleep(0.02)
        yield AudioFrame(greeting.pcm[number * FRAME : (number + 1) * FRAME], RATE, number / 50)
