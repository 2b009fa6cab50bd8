import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.ringback import LEVEL, Ringback

pytestmark = pytest.mark.unit


def test_a_tone_of_a_second_and_a_half_and_three_of_silence() -> None:
    cycle = Ringback(8_000).next(36_000)
    assert np.abs(cycle[:12_000]).max() == LEVEL
    assert not cycle[12_000:].any()
    spectrum = np.abs(np.fft.rfft(cycle[:8_000]))
    assert int(spectrum.argmax()) == 425


@settings(deadline=None)
@given(st.lists(st.integers(0, 50_000), min_size=1, max_size=20))
def test_pieces_are_the_whole(lengths: list[int]) -> None:
    tone, whole = Ringback(8_000), Ringback(8_000)
    pieces = np.concatenate([tone.next(length) for length in lengths])
    assert np.array_equal(pieces, whole.next(sum(lengths)))
