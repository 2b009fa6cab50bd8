"""The kiosk's own voice in simulated rooms: how much of it is left, what it is taken for, who can talk over it.

The sound goes through the line of the sound card, its echo canceller, the real voice activity detection and the turn
machine. The echo at the microphone is 6 dB softer than somebody who talks to the kiosk. Every room begins with a
canceller that knows nothing of it.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from hardware.audio import FRAME, SoundCardLine
from models.store import Store
from runtime.agent.pack import load_pack
from runtime.bench import Result, Row, spread
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


async def run(progress: Callable[[str, float], None]) -> Result:
    progress("making the kiosk's words", 0.0)
    sentences = spoken_by_the_kiosk()
    people = some_sentences()
    model = vad.load()
    bare: list[float] = []
    false: list[float] = []
    started: list[float] = []
    learning: list[float] = []
    known: list[float] = []
    softened: dict[int, list[float]] = {louder: [] for louder in LOUDER}
    yielded: dict[int, list[float]] = {louder: [] for louder in LOUDER}
    tries = dict.fromkeys(LOUDER, 0)
    timed = _Timed()
    for number, place in enumerate(map(room, SEEDS)):
        progress(f"room {number + 1} of {len(SEEDS)}", (number + 1) / (len(SEEDS) + 1))
        played = monologue(sentences, place.seed, SECONDS)
        echo = place.echo(played, ECHO)
        mixed = microphone(echo, place.noise(len(played), NOISE))
        bare += (await hear(played, mixed, None, model)).times(Signal.INTERRUPTED)
        heard = await hear(played, mixed, timed if number == 0 else EchoCanceller(), model)
        false += heard.times(Signal.INTERRUPTED)
        started += heard.times(Signal.STARTED)
        clean = (await hear(played, microphone(echo), EchoCanceller(), model)).pcm
        learning.append(erle(echo[: LEARNING * RATE], clean[: LEARNING * RATE]))
        known.append(erle(echo[LEARNING * RATE :], clean[LEARNING * RATE :]))
        for louder in LOUDER:
            said, begun = over(place, people, ECHO + louder)
            mixed = microphone(echo[: len(said)], said, place.noise(len(said), NOISE))
            over_it = await hear(played[: len(said)], mixed, EchoCanceller(), model)
            tries[louder] += len(begun)
            softened[louder] += waits(begun, over_it.times(Signal.STARTED))
            yielded[louder] += waits(begun, over_it.times(Signal.INTERRUPTED))
    minutes = SECONDS * len(SEEDS) / 60
    rows = [
        Row(f"false barge-ins in {minutes:.0f} min at -6 dB", len(false), "", "≤ 1", f"{len(SEEDS)} rooms"),
        Row("  without the canceller", len(bare), ""),
        Row("  times it fell silent for nothing", len(started), "", note="speech taken to begin"),
        Row(f"ERLE, first {LEARNING} s, worst room", min(learning), "dB", note="without noise in the room"),
        Row("ERLE, afterwards, worst room", min(known), "dB"),
        Row("canceller, computing a 20 ms frame", 1000 * timed.seconds / timed.frames, "ms", note="mean"),
    ]
    for louder in LOUDER:
        share = 100 * len(yielded[louder]) / tries[louder]
        rows.append(Row(f"barge-ins heard, {louder:+} dB to the echo", share, "%", note=f"{tries[louder]} people"))
        for name, waited in (("  speech → it falls silent", softened), ("  speech → it gives way", yielded)):
            rows += [row for row in spread(name, waited[louder], "s") if row.name.endswith(("p50", "p95"))]
    samples = {
        **{f"silent {louder:+} dB": values for louder, values in softened.items()},
        **{f"gave way {louder:+} dB": values for louder, values in yielded.items()},
        "erle_learning": learning,
        "erle": known,
    }
    return Result("echo", tuple(rows), samples, machine())


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
