import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.policy import Load, Pulse, Refusal, admit, cause_of, load_told, options_answer

pytestmark = pytest.mark.unit


@given(calls=st.integers(0, 1000), limit=st.integers(0, 1000))
def test_a_call_is_admitted_below_the_limit_and_told_when_to_retry_at_it(calls: int, limit: int) -> None:
    refusal = admit(calls, limit, stopping=False)
    if calls < limit:
        assert refusal is None
    else:
        assert refusal is not None
        assert refusal.code == 486
        assert refusal.retry_after > 0


def test_nobody_is_admitted_while_stopping() -> None:
    assert admit(0, 10, stopping=True) == Refusal(503, 30)


def test_proxies_that_ask_are_told_whether_calls_are_taken() -> None:
    assert options_answer(3, 10, stopping=False, full=False) == (200, 0)
    assert options_answer(10, 10, stopping=False, full=False) == (503, 30)
    assert options_answer(0, 10, stopping=True, full=False) == (503, 30)
    assert options_answer(0, 10, stopping=False, full=True) == (503, 30)


def test_proxies_are_told_of_whatever_is_scarcer() -> None:
    assert load_told(3, 10, Load()) == (3, 10)
    assert load_told(1, 10, Load(going_on=2, carries=6)) == (2, 6)
    assert load_told(1, 4, Load(going_on=2, carries=6)) == (2, 4)


def test_what_is_full_says_so_whatever_it_counts() -> None:
    assert load_told(0, 10, Load(going_on=1, carries=6, full=True)) == (6, 6)
    assert load_told(0, 10, Load(going_on=1, carries=1, full=True)) == (1, 1)
    assert load_told(12, 10, Load()) == (12, 10)


@pytest.mark.parametrize(
    ("code", "ours", "answered", "outgoing", "cause"),
    [
        (200, None, True, False, "customer"),
        (200, "goodbye", True, False, "goodbye"),
        (408, None, True, False, "lost"),
        (200, "lost", True, False, "lost"),
        (487, None, False, False, "customer"),
        (488, None, False, False, "failed"),
        (486, None, False, True, "busy"),
        (600, None, False, True, "busy"),
        (603, None, False, True, "refused"),
        (480, None, False, True, "no_answer"),
        (408, None, False, True, "no_answer"),
        (404, None, False, True, "invalid"),
        (302, None, False, True, "failed"),
        (503, "stopping", False, False, "stopping"),
    ],
)
def test_cause_of_an_end(code, ours, answered, outgoing, cause) -> None:  # type: ignore[no-untyped-def]
    assert cause_of(code, ours=ours, answered=answered, outgoing=outgoing) == cause


def test_a_peer_is_dead_after_the_limit_without_packets() -> None:
    pulse = Pulse(30.0)
    assert pulse.alive(10, 0.0)
    assert pulse.alive(11, 29.0)
    assert pulse.alive(11, 58.9)
    assert not pulse.alive(11, 59.0)


def test_a_hold_starts_the_count_anew() -> None:
    pulse = Pulse(30.0)
    assert pulse.alive(10, 0.0)
    pulse.pause()
    assert pulse.alive(10, 100.0)
    assert pulse.alive(10, 129.0)
    assert not pulse.alive(10, 130.0)


def test_no_limit_never_gives_up() -> None:
    pulse = Pulse(0)
    assert pulse.alive(0, 0.0)
    assert pulse.alive(0, 1e6)
