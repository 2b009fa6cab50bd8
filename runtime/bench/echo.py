"""The kiosk's own voice in simulated rooms: how much of it is left, what it is taken for, who can talk over it.

The sound goes through the line of the sound card, its echo canceller, the real voice activity detection and the turn
machine. The echo at the microphone is 6 dB softer than somebody who talks to the kiosk. Every room begins with a
canceller that knows nothing of it.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from statistics import mean

import numpy as np
import numpy.typing as npt

from hardware.audio import FRAME, SoundCardLine
from models.store import Store
from runtime.agent.pack import load_pack
from runtime.bench import Result, Row, spread
from runtime.bench.cores import on_all_cores
from runtime.bench.recordings import some_sentences
from runtime.bench.room import Room, Sound, microphone, onset, room
from runtime.machine import machine
from runtime.minds import pack_folder
from runtime.voices import voice_file
from voice import vad
from voice.echo import EchoCanceller
from voice.frames import RATE, AudioFrame, Pcm
from voice.resample import resample
from voice.turns import Signal, TurnSettings, TurnState, step
from voice.vad import VadModel

SEEDS = (1, 2, 3, 4, 5)
SECONDS = 120
"""In each room: ten minutes in all."""
OVER_SECONDS = 60
"""In each room, of somebody who talks over it again and again."""
TALKER = -26.0
ECHO = TALKER - 6
NOISE = TALKER - 20
"""dBFS at the microphone."""
LOUDER = (6, 0, -6)
"""dB of somebody who talks over it, relative to the echo."""
LEARNING = 5
"""Seconds after which a room counts as known."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came out: `pcm` without the echo, and what the turn machine made of it, in seconds of stream time."""

    pcm: Pcm
    signals: tuple[tuple[float, Signal], ...]

    def times(self, signal: Signal) -> list[float]:
        return [at for at, what in self.signals if what is signal]


class _Timed(EchoCanceller):
    """Counts the seconds of computing that it takes."""

    seconds = 0.0
    frames = 0

    def cancel(self, near: AudioFrame, far: Pcm) -> AudioFrame:
        began = time.thread_time()
        cleaned = super().cancel(near, far)
        self.seconds += time.thread_time() - began
        self.frames += 1
        return cleaned


@dataclass(frozen=True, slots=True)
class Found:
    """In one room. `false`: barge-ins that nobody made, `bare`: without the canceller; `started`: times that speech was
    taken to begin; `learning`, `known`: echo return loss enhancement in dB, at first and then; `frame`: seconds of
    computing one. By dB of the talkers: how many there were, and how long each waited that was noticed."""

    false: int
    bare: int
    started: int
    learning: float
    known: float
    frame: float
    talkers: dict[int, int]
    softened: dict[int, list[float]]
    yielded: dict[int, list[float]]


async def run(progress: Callable[[str, float], None]) -> Result:
    progress("making the kiosk's words", 0.0)
    work = partial(in_room, spoken_by_the_kiosk(), some_sentences())

    def all_rooms() -> list[Found]:
        return list(on_all_cores(work, SEEDS, lambda seed, done: progress(f"room {seed} of {len(SEEDS)}", done)))

    rooms = await asyncio.to_thread(all_rooms)
    minutes = SECONDS * len(SEEDS) / 60
    false = sum(each.false for each in rooms)
    rows = [
        Row(f"false barge-ins in {minutes:.0f} min at -6 dB", false, "", "≤ 1", f"{len(SEEDS)} rooms"),
        Row("  without the canceller", sum(each.bare for each in rooms), ""),
        Row(
            "  times it fell silent for nothing", sum(each.started for each in rooms), "", note="speech taken to begin"
        ),
        Row(f"ERLE, first {LEARNING} s, worst room", min(each.learning for each in rooms), "dB", note="without noise"),
        Row("ERLE, afterwards, worst room", min(each.known for each in rooms), "dB"),
        Row("canceller, computing a 20 ms frame", 1000 * mean(each.frame for each in rooms), "ms", note="mean"),
    ]
    samples = {"erle_learning": [each.learning for each in rooms], "erle": [each.known for each in rooms]}
    for louder in LOUDER:
        softened = [wait for each in rooms for wait in each.softened[louder]]
        yielded = [wait for each in rooms for wait in each.yielded[louder]]
        talkers = sum(each.talkers[louder] for each in rooms)
        share = 100 * len(yielded) / talkers
        rows.append(Row(f"barge-ins heard, {louder:+} dB to the echo", share, "%", note=f"{talkers} people"))
        for name, waited in (("  speech → it falls silent", softened), ("  speech → it gives way", yielded)):
            rows += [row for row in spread(name, waited, "s") if row.name.endswith(("p50", "p95"))]
        samples |= {f"silent {louder:+} dB": softened, f"gave way {louder:+} dB": yielded}
    return Result("echo", tuple(rows), samples, machine())


def in_room(sentences: list[Pcm], people: list[Pcm], seed: int) -> Found:
    """The kiosk talks in one room, alone and then with people who talk over it."""
    return asyncio.run(_in_room(sentences, people, room(seed)))


async def _in_room(sentences: list[Pcm], people: list[Pcm], place: Room) -> Found:
    model = vad.load()
    played = monologue(sentences, place.seed, SECONDS)
    echo = place.echo(played, ECHO)
    mixed = microphone(echo, place.noise(len(played), NOISE))
    bare = await hear(played, mixed, None, model)
    timed = _Timed()
    heard = await hear(played, mixed, timed, model)
    clean = (await hear(played, microphone(echo), EchoCanceller(), model)).pcm
    talkers: dict[int, int] = {}
    softened: dict[int, list[float]] = {}
    yielded: dict[int, list[float]] = {}
    for louder in LOUDER:
        said, begun = over(place, people, ECHO + louder)
        mixed = microphone(echo[: len(said)], said, place.noise(len(said), NOISE))
        over_it = await hear(played[: len(said)], mixed, EchoCanceller(), model)
        talkers[louder] = len(begun)
        softened[louder] = waits(begun, over_it.times(Signal.STARTED))
        yielded[louder] = waits(begun, over_it.times(Signal.INTERRUPTED))
    return Found(
        len(heard.times(Signal.INTERRUPTED)),
        len(bare.times(Signal.INTERRUPTED)),
        len(heard.times(Signal.STARTED)),
        erle(echo[: LEARNING * RATE], clean[: LEARNING * RATE]),
        erle(echo[LEARNING * RATE :], clean[LEARNING * RATE :]),
        timed.seconds / timed.frames,
        talkers,
        softened,
        yielded,
    )


def spoken_by_the_kiosk() -> list[Pcm]:
    """What never changes of what the counter says in English, in its own voice."""
    from voice.tts import piper

    voice = piper.load(voice_file(Store().require("piper-en-us-joe-medium")))
    texts = load_pack(pack_folder("retail")).phrases["en"].fixed(date(2026, 1, 1))
    sounds = ([piece.pcm for piece in voice.speak(text)] for text in texts if len(text) > 25)
    return [resample(np.concatenate(pieces), voice.rate, RATE) for pieces in sounds]


def monologue(sentences: list[Pcm], seed: int, seconds: int) -> Pcm:
    """`sentences` in an order of `seed`, a breath between them."""
    random = np.random.default_rng((seed, 10))
    parts: list[Pcm] = []
    while sum(map(len, parts)) < seconds * RATE:
        for chosen in random.permutation(len(sentences)):
            parts += [sentences[chosen], np.zeros(int(random.uniform(0.2, 1.2) * RATE), np.int16)]
    return np.concatenate(parts)[: seconds * RATE]


def over(place: Room, people: list[Pcm], level: float) -> tuple[Sound, list[tuple[float, float]]]:
    """People who talk over the kiosk, one after the other: their sound at the microphone, when each begins and ends."""
    random = np.random.default_rng((place.seed, 11))
    sound = np.zeros(OVER_SECONDS * RATE)
    begun = []
    start = LEARNING * RATE
    for chosen in random.permutation(len(people)):
        said = place.talker(people[chosen], level)
        end = start + len(said)
        if end + RATE > len(sound):
            break
        sound[start:end] += said
        begun.append(((start + onset(said)) / RATE, end / RATE))
        start = end + int(random.uniform(2.5, 4.0) * RATE)
    return sound, begun


async def hear(played: Pcm, mixed: Pcm, canceller: EchoCanceller | None, model: VadModel) -> Heard:
    """A card that plays the one and hears the other, while our own voice counts as audible all the time."""
    line = SoundCardLine(canceller)
    activity = model.stream()
    settings = TurnSettings()
    state, signals, frames = TurnState(), [], []
    reader = line.heard()
    for out, block in blocks(played, mixed):
        line.play(out)
        line.exchange(block, np.empty(FRAME, np.int16))
        frame = await anext(reader)
        frames.append(frame.pcm)
        speech = activity.push(frame)
        state, signal = step(state, speech, True, frame.seconds, settings.end_pause, settings)
        if signal is not None:
            signals.append((frame.end, signal))
    return Heard(np.concatenate(frames), tuple(signals))


def blocks(*sounds: Pcm) -> Iterator[tuple[Pcm, ...]]:
    for start in range(0, len(sounds[0]) - FRAME + 1, FRAME):
        yield tuple(sound[start : start + FRAME] for sound in sounds)


def waits(begun: list[tuple[float, float]], times: list[float]) -> list[float]:
    """Seconds from each one's first sound to the first of `times` before they have ended."""
    found = (next((at - start for at in times if start < at < end), None) for start, end in begun)
    return [wait for wait in found if wait is not None]


def erle(echo: Sound, left: npt.NDArray[np.int16]) -> float:
    """Echo return loss enhancement in dB: how much weaker the echo is afterwards, where there is one. ITU-T G.168."""
    count = min(len(echo), len(left)) // FRAME * FRAME
    before = np.square(echo[:count].reshape(-1, FRAME)).mean(axis=1)
    after = np.square(left[:count].reshape(-1, FRAME) / 32768.0).mean(axis=1)
    loud = before > before.max() / 1000
    return float(10 * np.log10(before[loud].mean() / (after[loud].mean() + 1e-12)))
