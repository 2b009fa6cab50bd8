import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.registration import BACK_OFF, REFUSED_BACK_OFF, Answer, Registration, after, back_off

pytestmark = pytest.mark.unit


def story(codes: list[int], proxies: int, jitter: float = 1.0) -> list[tuple[str, int, float | None]]:
    """State, next proxy and wait after each answer."""
    now, told = Registration(), []
    for code in codes:
        now, wait = after(now, Answer(code), proxies, jitter)
        told.append((now.state, now.proxy, wait))
    return told


def test_success_stays_where_it_is_and_waits_for_nothing() -> None:
    assert story([200], 2) == [("registered", 0, None)]


def test_each_proxy_is_tried_in_turn_before_it_backs_off() -> None:
    assert story([408, 503, 500, 408, 200], 2) == [
        ("unreachable", 1, 1.0), ("unreachable", 0, 4.0), ("unreachable", 1, 1.0), ("unreachable", 0, 8.0),
        ("registered", 0, None),
    ]  # fmt: skip


def test_a_lone_server_is_asked_ever_more_rarely() -> None:
    assert [wait for _, _, wait in story([408] * 9, 1)] == [4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_after_a_success_it_begins_anew() -> None:
    assert story([408, 408, 200, 408], 1)[-1] == ("unreachable", 0, 4.0)


@pytest.mark.parametrize("code", [401, 403, 404, 405, 423])
def test_a_refusal_changes_no_proxy_and_waits_long(code: int) -> None:
    assert story([code, code], 3) == [("refused", 0, 60.0), ("refused", 0, 120.0)]


@pytest.mark.parametrize("code", [0, 408, 480, 491, 500, 503, 603])
def test_what_may_pass_is_tried_elsewhere(code: int) -> None:
    assert story([code], 3)[0][:2] == ("unreachable", 1)


def test_retry_after_is_kept_once_nobody_else_is_left() -> None:
    assert after(Registration(), Answer(503, retry_after=77), 1, 0.0)[1] == 77
    assert after(Registration(), Answer(503, retry_after=77), 2, 1.0)[1] == 1.0
    assert after(Registration(), Answer(403, retry_after=500), 1, 0.0)[1] == 500


@given(
    codes=st.lists(st.integers(0, 699), min_size=1, max_size=80), proxies=st.integers(1, 6), jitter=st.floats(0.0, 1.0)
)
def test_whatever_comes_it_goes_on(codes: list[int], proxies: int, jitter: float) -> None:
    for (state, proxy, wait), code in zip(story(codes, proxies, jitter), codes, strict=True):
        assert 0 <= proxy < proxies
        assert (wait is None) == (state == "registered") == (200 <= code < 300)
        assert wait is None or 0 < wait <= REFUSED_BACK_OFF[1]


@given(failures=st.integers(1, 10_000), jitter=st.floats(0.0, 1.0))
def test_devices_do_not_come_back_at_once(failures: int, jitter: float) -> None:
    assert back_off(failures, BACK_OFF, 1.0) / 2 <= back_off(failures, BACK_OFF, jitter) <= BACK_OFF[1]
