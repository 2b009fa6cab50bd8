"""Echo cancellation on noise that swells like speech: what is played goes, what somebody says stays."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RateError, VoiceError
from voice.echo import BLOCK, EchoCanceller
from voice.frames import RATE, AudioFrame, Pcm

pytestmark = pytest.mark.engine

FRAME = RATE // 50
LATE = 128
"""Samples by which AEC3 hands sound on later: 8 ms."""


def syllables(seconds: float, seed: int) -> Pcm:
    """Noise as loud and soft as speech, never the same twice; about -20 dBFS."""
    random = np.random.default_rng(seed)
    count = int(seconds * RATE)
    loudness = np.repeat(random.uniform(0, 1, count * 6 // RATE + 1) ** 2, RATE // 6 + 1)[:count]
    sound = np.convolve(random.standard_normal(count), [0.25] * 4, "same") * loudness
    return (sound * 3_277 / sound.std()).clip(-32_768, 32_767).astype(np.int16)


def delayed(pcm: Pcm, seconds: float, gain: float = 0.5) -> Pcm:
    """What the microphone hears of `pcm`."""
    late = round(seconds * RATE)
    return (np.concatenate([np.zeros(late), pcm])[: len(pcm)] * gain).astype(np.int16)


def cancelled(canceller: EchoCanceller, near: Pcm, far: Pcm) -> Pcm:
    frames = [
        canceller.cancel(AudioFrame(near[at : at + FRAME], RATE, at / RATE), far[at : at + FRAME]).pcm
        for at in range(0, len(near), FRAME)
    ]
    return np.concatenate(frames)


def decibels(pcm: npt.NDArray[np.integer]) -> float:
    return float(10 * np.log10(np.square(pcm.astype(float)).mean() + 1))


def likeness(left: Pcm, sound: Pcm) -> float:
    """How much of `sound` is in what is left after the first five seconds: correlation, -1…1."""
    return float(np.corrcoef(left[5 * RATE + LATE :], sound[5 * RATE : -LATE])[0, 1])


@pytest.mark.parametrize("delay", [0.0, 0.02, 0.1, 0.3, 0.45])
def test_an_echo_is_taken_out_however_late_it_comes(delay: float) -> None:
    far = syllables(6, 1)
    near = delayed(far, delay)
    left = cancelled(EchoCanceller(), near, far)
    known = slice(3 * RATE, None)
    assert decibels(near[known]) - decibels(left[known]) > 25


def test_somebody_who_talks_stays() -> None:
    """Alone they are as loud as before; over our own voice they come through, and it does not."""
    far, talker = syllables(8, 1), syllables(8, 2)
    alone = cancelled(EchoCanceller(), talker, np.zeros_like(talker))
    assert decibels(alone[RATE:]) == pytest.approx(decibels(talker[RATE:]), abs=1)
    talker[: 4 * RATE] = 0
    echo = delayed(far, 0.08)
    left = cancelled(EchoCanceller(), echo + talker, far)
    assert likeness(left, talker) > 0.6
    assert abs(likeness(left, echo)) < 0.1


def test_a_restart_learns_another_delay_sooner() -> None:
    far = syllables(8, 1)
    near = np.concatenate([delayed(far, 0.1)[: 4 * RATE], delayed(far, 0.07)[4 * RATE :]])
    left = []
    for restarts in (False, True):
        canceller = EchoCanceller()
        cancelled(canceller, near[: 4 * RATE], far[: 4 * RATE])
        if restarts:
            canceller.restart()
        left.append(decibels(cancelled(canceller, near[4 * RATE : 6 * RATE], far[4 * RATE : 6 * RATE])))
    assert left[1] < left[0] - 6


def test_cancellers_do_not_hear_each_other() -> None:
    far, other = syllables(2, 1), syllables(2, 3)
    near = delayed(far, 0.05)
    alone = cancelled(EchoCanceller(), near, far)
    one, two = EchoCanceller(), EchoCanceller()
    beside = []
    for at in range(0, len(near), FRAME):
        beside.append(cancelled(one, near[at : at + FRAME], far[at : at + FRAME]))
        cancelled(two, other[at : at + FRAME], other[at : at + FRAME])
    assert np.array_equal(np.concatenate(beside), alone)


def test_silence_stays_silent() -> None:
    silence = np.zeros(RATE, np.int16)
    assert not cancelled(EchoCanceller(), silence, silence).any()


@given(
    st.integers(0, 1_000),
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from([0, 1, 32_768]), st.booleans()), min_size=1, max_size=12),
)
@settings(deadline=None, max_examples=40)
def test_any_sound_comes_back_in_the_same_shape(seed: int, script: list[tuple[int, int, bool]]) -> None:
    """Blocks of any length, silent, faint or clipped, and a restart anywhere."""
    random = np.random.default_rng(seed)
    canceller = EchoCanceller()
    for number, (count, loudness, restarts) in enumerate(script):
        heard, played = random.integers(-loudness, loudness + 1, (2, count * BLOCK)).clip(-32_768, 32_767)
        near = AudioFrame(heard.astype(np.int16), RATE, 0.02 * number)
        cleaned = canceller.cancel(near, played.astype(np.int16))
        assert (cleaned.rate, cleaned.start) == (near.rate, near.start)
        assert (cleaned.pcm.dtype, cleaned.pcm.shape) == (np.int16, near.pcm.shape)
        assert np.array_equal(near.pcm, heard)
        if restarts:
            canceller.restart()


def test_a_wrong_rate_is_refused() -> None:
    with pytest.raises(RateError, match="8000 Hz"):
        EchoCanceller().cancel(AudioFrame(np.zeros(160, np.int16), 8_000, 0.0), np.zeros(160, np.int16))


@pytest.mark.parametrize(
    ("near", "far"),
    [
        (np.zeros(FRAME, np.int16), np.zeros(BLOCK, np.int16)),
        (np.zeros(FRAME + 1, np.int16), np.zeros(FRAME + 1, np.int16)),
        (np.zeros(0, np.int16), np.zeros(0, np.int16)),
        (np.zeros(FRAME, np.float32), np.zeros(FRAME, np.int16)),
        (np.zeros(FRAME, np.int16), np.zeros(FRAME, np.float32)),
        (np.zeros((FRAME, 2), np.int16), np.zeros((FRAME, 2), np.int16)),
    ],
    ids=["lengths", "no whole block", "nothing", "float heard", "float played", "stereo"],
)
def test_wrong_blocks_are_refused(near: np.ndarray, far: np.ndarray) -> None:
    with pytest.raises(VoiceError, match="blocks of 160") as refused:
        EchoCanceller().cancel(AudioFrame(near, RATE, 0.0), far)
    assert refused.value.code == "echo.frame"
