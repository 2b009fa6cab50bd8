import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.outcome import BY_Q850, BY_STATUS, outcome, q850_in, worth_another_hop
from telephony.policy import cause_of

pytestmark = pytest.mark.unit

HEAD = "SIP/2.0 480 Temporarily Unavailable\r\nVia: SIP/2.0/UDP 192.0.2.1\r\n"


@pytest.mark.parametrize(
    ("code", "q850", "cause"),
    [
        (486, 0, "busy"),
        (600, 0, "busy"),
        (480, 0, "no_answer"),
        (487, 0, "no_answer"),
        (403, 0, "refused"),
        (603, 0, "refused"),
        (607, 0, "refused"),
        (404, 0, "invalid"),
        (410, 0, "invalid"),
        (484, 0, "invalid"),
        (604, 0, "invalid"),
        (302, 0, "failed"),
        (407, 0, "failed"),
        (488, 0, "failed"),
        (503, 0, "failed"),
        (480, 17, "busy"),  # what a gateway makes of it is coarser than what it has heard
        (503, 1, "invalid"),
        (500, 21, "refused"),
        (603, 17, "busy"),
        (486, 16, "busy"),  # "normal clearing" tells nothing
        (404, 31, "invalid"),
        (404, 127, "invalid"),
    ],
)
def test_what_became_of_a_call(code: int, q850: int, cause: str) -> None:
    assert outcome(code, q850) == cause


def test_every_result_of_a_call_that_was_not_answered_is_in_both_tables() -> None:
    assert set(BY_Q850.values()) == set(BY_STATUS.values()) == {"busy", "no_answer", "refused", "invalid", "failed"}


@pytest.mark.parametrize(
    ("header", "cause"),
    [
        ('Reason: Q.850;cause=17;text="User busy"', 17),
        ("reason:q.850 ; cause = 1", 1),
        ('Reason: SIP;cause=200;text="Call completed elsewhere", Q.850;cause=26', 26),
        ("Reason: SIP;cause=486\r\nReason: Q.850;cause=21", 21),
        ("Reason: SIP;cause=486", 0),
        ("Reason: Q.850", 0),
        ("Reason: Q.850;cause=abc", 0),
        ("X-Reason: Q.850;cause=17", 0),
        ("", 0),
    ],
)
def test_the_network_s_own_words_are_found(header: str, cause: int) -> None:
    assert q850_in(f"{HEAD}{header}\r\n\r\n") == cause


def test_a_body_that_looks_like_a_header_is_none() -> None:
    assert q850_in(f"{HEAD}\r\n\r\nReason: Q.850;cause=17\r\n") == 0


@given(st.text())
def test_nothing_that_comes_is_too_much(message: str) -> None:
    assert 0 <= q850_in(message) <= 999


@given(code=st.integers(300, 699), silent=st.booleans())
def test_a_telephone_that_has_rung_is_not_rung_through_another_proxy(code: int, silent: bool) -> None:
    assert not worth_another_hop(code, rang=True, silent=silent)


@given(code=st.integers(300, 699))
def test_a_decision_is_not_asked_for_again(code: int) -> None:
    assert worth_another_hop(code, rang=False, silent=False) == (code in {408, 500, 502, 503, 504})


def test_where_nothing_was_answered_no_telephone_has_rung() -> None:
    assert cause_of(408, ours=None, answered=False, outgoing=True, silent=True) == "failed"
    assert cause_of(408, ours="no_answer", answered=False, outgoing=True, silent=True) == "no_answer"
