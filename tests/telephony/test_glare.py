import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.glare import TRIES, Change, wait_after_glare

pytestmark = pytest.mark.unit


@given(draw=st.floats(0, 1))
def test_whoever_made_the_call_waits_longer(draw: float) -> None:
    """RFC 3261, section 14.1: 2.1 to 4 s, or up to 2 s, in steps of 10 ms."""
    ours, theirs = wait_after_glare(True, lambda: draw), wait_after_glare(False, lambda: draw)
    assert 2.1 <= ours <= 4.0
    assert 0.0 <= theirs <= 2.0
    assert round(ours * 100) == pytest.approx(ours * 100)
    assert round(theirs * 100) == pytest.approx(theirs * 100)


def test_the_other_side_has_its_way_in_the_end() -> None:
    change, now = Change(hold=True), 100.0
    for _ in range(TRIES - 1):
        assert change.refused(491, now, ours=True, draw=random.random)
        assert change.due is not None
        assert 2.1 <= change.due - now <= 4.0
    assert not change.refused(491, now, ours=True, draw=random.random)


def test_another_refusal_is_final() -> None:
    assert not Change(hold=True).refused(488, 0.0, ours=True, draw=random.random)
