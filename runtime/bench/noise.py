"""Whether WebRTC's noise suppression helps to tell speech from noise: people in four noises, through voice activity.

As the device does it, with the suppressed sound for the cheap gate alone, and with it for Silero too.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from runtime.bench import Result, Row
from runtime.bench.recordings import some_sentences
from runtime.bench.room import FRAME, Sound, active, at_level, microphone, pink
from runtime.machine import machine
from voice import vad
from voice.frames import RATE, AudioFrame, Pcm
from voice.resample import to_float
from voice.vad import VadModel

SPEECH = -26.0
"""dBFS."""
RATIOS = (10, 5, 0)
"""dB of speech over noise."""
AROUND = 3 * RATE
"""Samples without speech before and after each person."""
EDGE = 12
"""Frames around speech that count neither way: a judge of 32 ms windows may be a little early or late."""
SUPPRESSION = 2
"""WebRTC's level: by 18 dB."""

Judge = Callable[[AudioFrame], bool]


@dataclass(frozen=True, slots=True)
class Judged:
    """Of frames that are speech, the share found; of the others, the share taken for it; seconds a frame."""

    found: float
    false: float
    cost: float


async def run(progress: Callable[[str, float], None]) -> Result:
    people = some_sentences()
    crowd = np.concatenate([to_float(pcm) for pcm in people[1::3]])
    speech = [np.pad(at_level(to_float(pcm).astype(float), SPEECH), AROUND) for pcm in people[::3]]
    model = vad.load()
    rows: list[Row] = []
    samples: dict[str, list[float]] = {}
    places = list(surroundings(crowd))
    for number, (place, noise) in enumerate(places):
        progress(place, number / len(places))
        mixed = [microphone(sound, noise(len(sound), seed)) for seed, sound in enumerate(speech)]
        for name, hear in JUDGES.items():
            judged = judge(speech, mixed, partial(hear, model))
            samples[f"{place}, {name}"] = [judged.found, judged.false, judged.cost]
            note = f"{100 * judged.false:.1f} % false, {1000 * judged.cost:.2f} ms a frame"
            rows.append(Row(f"{place}: {name}", 100 * judged.found, "%", note=note))
    return Result("noise", tuple(rows), samples, machine())


def surroundings(crowd: npt.NDArray[np.floating]) -> Iterator[tuple[str, Callable[[int, int], Sound]]]:
    """Name and (samples, seed) → noise."""

    def babble(samples: int, random: np.random.Generator) -> Sound:
        return np.asarray(sum(np.roll(crowd, -at)[:samples] for at in random.integers(0, len(crowd), 8)), float)

    def noisy(make: Callable[[int, np.random.Generator], Sound], ratio: int) -> Callable[[int, int], Sound]:
        def noise(samples: int, seed: int) -> Sound:
            sound = make(samples, np.random.default_rng((seed, 20)))
            return np.asarray(sound / sound.std() * 10 ** ((SPEECH - ratio) / 20))

        return noise

    yield "quiet", lambda samples, _: np.zeros(samples)
    for name, make in (("pink", pink), ("babble", babble), ("street", street), ("line beeps", beeps)):
        for ratio in RATIOS:
            yield f"{name} {ratio} dB", noisy(make, ratio)


def street(samples: int, random: np.random.Generator) -> Sound:
    """Traffic that swells and fades, hum of the mains, a horn now and then."""
    seconds = np.arange(samples) / RATE + random.uniform(0, 60)
    traffic = pink(samples, random) * (1 + 0.8 * np.sin(2 * np.pi * seconds / 3.1))
    hum = 0.4 * np.sin(2 * np.pi * 50 * seconds) + 0.2 * np.sin(2 * np.pi * 150 * seconds)
    horn = 1.5 * np.sin(2 * np.pi * 1_400 * seconds) * (seconds % 3 < 0.2)
    return np.asarray(traffic + hum + horn)


def beeps(samples: int, random: np.random.Generator) -> Sound:
    """The ringing tone of a line, 425 Hz."""
    seconds = np.arange(samples) / RATE + random.uniform(0, 1)
    return np.asarray(np.sin(2 * np.pi * 425 * seconds) * (seconds % 0.8 < 0.4))


def judge(speech: list[Sound], mixed: list[Pcm], stream: Callable[[], Judge]) -> Judged:
    """What a new `stream` for each of `mixed` says to it; `speech` is the same without the noise."""
    found = spoken = false = still = 0
    began = time.process_time()
    for clean, noisy in zip(speech, mixed, strict=True):
        truth = active(clean)
        says = stream()
        frames = noisy[: len(truth) * FRAME].reshape(-1, FRAME)
        heard = np.array([says(AudioFrame(pcm, RATE, 0.02 * at)) for at, pcm in enumerate(frames)])
        apart = ~(np.convolve(truth, np.ones(2 * EDGE + 1), "same") > 0)
        found, spoken = found + int(heard[truth].sum()), spoken + int(truth.sum())
        false, still = false + int(heard[apart].sum()), still + int(apart.sum())
    frames_judged = sum(len(noisy) // FRAME for noisy in mixed)
    return Judged(found / spoken, false / still, (time.process_time() - began) / frames_judged)


def _as_it_is(model: VadModel) -> Judge:
    return model.stream().push


def _gate_suppressed(model: VadModel) -> Judge:
    from pywebrtc_audio import NoiseSuppressor

    stream, suppressor = model.stream(), NoiseSuppressor(RATE, 1, SUPPRESSION)
    gate = stream._gate

    class Suppressed:
        def is_speech(self, pcm: bytes, rate: int) -> bool:
            quieter = suppressor.process(np.frombuffer(pcm, np.int16))
            return bool(gate.is_speech(quieter.tobytes(), rate))

    stream._gate = Suppressed()
    return stream.push


def _suppressed(model: VadModel) -> Judge:
    from pywebrtc_audio import NoiseSuppressor

    stream, suppressor = model.stream(), NoiseSuppressor(RATE, 1, SUPPRESSION)
    return lambda frame: stream.push(AudioFrame(suppressor.process(frame.pcm), frame.rate, frame.start))


JUDGES: dict[str, Callable[[VadModel], Judge]] = {
    "as it is": _as_it_is,
    "gate suppressed": _gate_suppressed,
    "all suppressed": _suppressed,
}
