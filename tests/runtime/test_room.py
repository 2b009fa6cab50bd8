"""The simulated room does what its numbers say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.bench.room import Room, active, at_level, level, microphone, onset, pink, room
from voice.frames import RATE, Pcm

pytestmark = pytest.mark.unit

STILL = Room(seed=1, reverberation=0.2, delay=0.05, drift=0.0, drive=1.0, moving=0.0)


def click(at: float, seconds: float = 1.0) -> Pcm:
    pcm = np.zeros(int(seconds * RATE), np.int16)
    pcm[int(at * RATE)] = 20_000
    return pcm


def noise(seconds: float, seed: int) -> Pcm:
    return (3_000 * np.random.default_rng(seed).standard_normal(int(seconds * RATE))).astype(np.int16)


@given(st.integers(0, 10_000))
@settings(deadline=None, max_examples=25)
def test_any_room_gives_an_echo_of_the_level_asked_for(seed: int) -> None:
    place = room(seed)
    played = noise(2, seed)
    echo = place.echo(played, -32.0)
    assert len(echo) == len(played)
    assert level(echo) == pytest.approx(-32.0, abs=0.01)
    assert 0.02 <= place.delay <= 0.12
    assert np.array_equal(echo, room(seed).echo(played, -32.0))


def test_the_echo_comes_after_the_delay_and_dies_away() -> None:
    echo = STILL.echo(click(0.1), -20.0)
    assert abs(int(np.argmax(np.abs(echo))) / RATE - 0.15) < 0.001
    late = np.square(echo[int(0.15 * RATE) :])
    assert late[: RATE // 20].sum() > 10 * late[RATE // 10 : RATE // 5].sum()
    assert late[RATE // 4 : RATE // 2].sum() < 1e-5 * late.sum()


def test_clocks_that_drift_move_the_echo() -> None:
    drifting = Room(seed=1, reverberation=0.2, delay=0.05, drift=30.0, drive=1.0, moving=0.0)
    played = click(19.0, 20.0)
    moved = int(np.argmax(np.abs(drifting.echo(played, -20.0)))) - int(np.argmax(np.abs(STILL.echo(played, -20.0))))
    assert moved == pytest.approx(30e-6 * 19.05 * RATE, abs=1)


def test_a_loudspeaker_pushed_hard_is_not_linear() -> None:
    def distortion(drive: float) -> float:
        driven = Room(seed=1, reverberation=0.2, delay=0.05, drift=0.0, drive=drive, moving=0.0)
        time = np.arange(RATE) / RATE
        spectrum = np.abs(np.fft.rfft(driven.echo((20_000 * np.sin(2 * np.pi * 500 * time)).astype(np.int16), -20.0)))
        return float(spectrum[1_500] / spectrum[500])

    assert distortion(2.0) > 3 * distortion(0.5)


def test_levels_are_those_of_speech_not_of_its_pauses() -> None:
    speech = np.concatenate([np.zeros(RATE), noise(1, 3) / 32_768, np.zeros(RATE)])
    assert level(speech) == pytest.approx(level(speech[RATE : 2 * RATE]), abs=0.1)
    assert level(at_level(speech, -26.0)) == pytest.approx(-26.0, abs=0.01)
    assert onset(speech) == RATE
    assert active(speech).sum() == 50


def test_noise_has_its_level_and_what_is_too_loud_is_clipped() -> None:
    quiet = STILL.noise(5 * RATE, -46.0)
    assert 20 * np.log10(quiet.std()) == pytest.approx(-46.0, abs=0.01)
    octaves = np.square(np.abs(np.fft.rfft(pink(10 * RATE, np.random.default_rng(1)))))
    assert octaves[5_000:10_000].sum() == pytest.approx(octaves[20_000:40_000].sum(), rel=0.1)
    assert set(microphone(np.full(9, 0.9), np.full(9, 0.9)).tolist()) == {32_767}
