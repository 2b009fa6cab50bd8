"""What the noise bench measures with: noises of the level they claim, and rates that mean what they say."""

import numpy as np
import pytest

from runtime.bench.noise import AROUND, SPEECH, Judge, judge, surroundings
from runtime.bench.room import active, at_level, microphone
from voice.frames import RATE, AudioFrame

pytestmark = pytest.mark.unit


def crowd() -> np.ndarray:
    return np.random.default_rng(4).standard_normal(20 * RATE).astype(np.float32)


def test_noises_have_the_ratio_in_their_name() -> None:
    places = dict(surroundings(crowd()))
    assert len(places) == 13
    assert not places.pop("quiet")(RATE, 1).any()
    for name, noise in places.items():
        ratio = int(name.split()[-2])
        assert 20 * np.log10(noise(4 * RATE, 1).std()) == pytest.approx(SPEECH - ratio, abs=0.01), name
        assert np.array_equal(noise(RATE, 1), noise(RATE, 1))
        assert not np.array_equal(noise(RATE, 1), noise(RATE, 2))


def test_rates_by_frame() -> None:
    speech = np.pad(at_level(np.random.default_rng(5).standard_normal(2 * RATE), SPEECH), AROUND)
    mixed = [microphone(speech)]
    always = judge([speech], mixed, lambda: lambda _: True)
    never = judge([speech], mixed, lambda: lambda _: False)
    assert (always.found, always.false, never.found, never.false) == (1.0, 1.0, 0.0, 0.0)

    def late() -> Judge:
        """Two frames after the truth: costs hits, but at the edge is no false alarm."""
        says = np.roll(active(speech), 2)
        return lambda frame: bool(says[round(frame.start / 0.02)])

    shifted = judge([speech], mixed, late)
    assert shifted.found == pytest.approx(0.98)
    assert shifted.false == 0.0


def test_each_recording_is_heard_by_a_new_stream() -> None:
    made: list[list[float]] = []

    def stream() -> Judge:
        heard: list[float] = []
        made.append(heard)

        def says(frame: AudioFrame) -> bool:
            heard.append(frame.start)
            return False

        return says

    speech = np.pad(at_level(np.random.default_rng(5).standard_normal(RATE), SPEECH), AROUND)
    judge([speech, speech], [microphone(speech)] * 2, stream)
    assert len(made) == 2
    assert made[0] == made[1]
    assert len(made[0]) == len(speech) // 320
