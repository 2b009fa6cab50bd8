import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.trunk import Peer, first_up, heard, pause

pytestmark = pytest.mark.unit


def story(*codes: int) -> list[str]:
    peer, told = Peer(), []
    for code in codes:
        peer = heard(peer, code)
        told.append(peer.state)
    return told


def test_any_answer_shows_life_and_two_missed_in_a_row_end_it() -> None:
    assert story(200, 408, 404, 408, 408, 405) == ["up", "up", "up", "up", "down", "up"]


def test_who_never_answered_is_down_at_once() -> None:
    assert story(408, 200) == ["down", "up"]
    assert story(503) == ["down"]


def test_after_a_missed_answer_it_is_asked_sooner() -> None:
    assert pause(Peer("up"), 40.0, 0.5) == pytest.approx(40)
    assert pause(Peer("up", misses=1), 40.0, 0.5) == pytest.approx(10)
    assert pause(Peer("down", misses=9), 40.0, 0.5) == pytest.approx(40)


@given(interval=st.floats(0.1, 3600), jitter=st.floats(0, 1))
def test_not_all_devices_ask_at_once(interval: float, jitter: float) -> None:
    assert 0.9 * interval <= pause(Peer("up"), interval, jitter) <= 1.101 * interval


def test_calls_go_through_the_first_that_is_up() -> None:
    assert first_up([Peer("down"), Peer("up"), Peer("up")]) == 1
    assert first_up([Peer("down"), Peer()]) is None


@given(st.lists(st.integers(0, 699), min_size=1, max_size=30))
def test_the_last_answer_decides_unless_it_was_missed(codes: list[int]) -> None:
    peer = Peer()
    for code in codes:
        before, peer = peer, heard(peer, code)
    assert peer.code == codes[-1]
    assert peer.misses in (0, before.misses + 1)
    assert peer.state == "up" or peer.misses
