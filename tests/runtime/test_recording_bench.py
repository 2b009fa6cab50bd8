import numpy as np
import pytest

from runtime.bench.recording import in_turns, written
from voice.frames import RATE

pytestmark = pytest.mark.unit


def test_they_speak_in_turns_until_the_time_is_over() -> None:
    theirs = [np.full(RATE, value, np.int16) for value in (1, 2)]
    pairs = in_turns(theirs, [np.full(RATE // 2, 9, np.int16)], seconds=5)
    assert pairs.shape == (5 * RATE, 2)
    assert not (pairs[:, 0].astype(bool) & pairs[:, 1].astype(bool)).any()
    assert set(np.unique(pairs[:, 0])) == {0, 1, 2}


def test_each_second_takes_time_and_room() -> None:
    noise = np.random.default_rng(1).integers(-3_000, 3_000, (4 * RATE, 2)).astype(np.int16)
    seconds, size = written(noise)
    assert seconds > 0
    assert RATE < size < 4 * RATE + 1_000
