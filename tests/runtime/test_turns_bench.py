"""What the bench of turns cuts, and how it counts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.bench.turns import MEDIAN, cut, last_sound, lasts
from voice.frames import RATE

pytestmark = pytest.mark.unit


def test_it_cuts_between_two_words() -> None:
    word, gap = np.full(RATE // 2, 4000, np.int16), np.full(RATE // 10, 3, np.int16)
    sentence = np.concatenate([gap, word, gap, word, gap])
    assert len(cut(sentence)) / RATE == pytest.approx(0.65, abs=0.05)
    assert last_sound(sentence) / RATE == pytest.approx(1.2, abs=0.02)


@given(st.floats(0.05, 3), st.floats(0.05, 3))
def test_longer_pauses_are_rarer(one: float, other: float) -> None:
    short, long = sorted((one, other))
    assert 1 >= lasts(short) >= lasts(long) >= 0
    assert lasts(MEDIAN) == pytest.approx(0.5)
