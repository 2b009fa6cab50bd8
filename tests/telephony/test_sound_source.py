"""Whose sound a call has, on virtual time."""

from typing import Any

import pytest

from telephony import pj

pytestmark = pytest.mark.sip

SAID, ROUTER, OTHER = ("192.0.2.7", 4000), ("198.51.100.1", 51_000), ("203.0.113.66", 4000)


@pytest.fixture
def source() -> Any:
    if not pj.can_hold_floods():
        pytest.skip("the public package asks nobody")
    source = pj.load().SoundSource()
    source.expect(*SAID)
    return source


def test_nobody_else_is_heard_however_fast_they_send(source: Any) -> None:
    assert source.hears(*SAID, 0.0)
    assert not any(source.hears(*OTHER, 0.001 * packet) for packet in range(100_000))
    assert source.hears(*SAID, 100.0)


def test_behind_a_router_whoever_sends_first_is_the_other_side(source: Any) -> None:
    assert source.hears(*ROUTER, 0.0)
    assert not source.hears(*OTHER, 0.02)
    assert source.hears(*ROUTER, 0.04)


def test_who_was_first_by_luck_gives_way_to_the_address_that_was_named(source: Any) -> None:
    assert source.hears(*OTHER, 0.0)
    assert source.hears(*SAID, 0.02)
    assert not source.hears(*OTHER, 0.04)


def test_a_router_that_takes_another_port_is_followed_after_a_silence(source: Any) -> None:
    moved = (ROUTER[0], 51_002)
    assert source.hears(*ROUTER, 0.0)
    assert not source.hears(*moved, 0.02)
    assert source.hears(*moved, 3.5)
    assert not source.hears(*ROUTER, 3.52)
    assert not source.hears(*OTHER, 60.0), "another address never"


def test_an_offer_that_names_no_address_leaves_it_to_the_first(source: Any) -> None:
    source.expect("0.0.0.0", 0)
    assert source.hears(*OTHER, 0.0)
    assert not source.hears(*SAID, 0.02)
    assert not source.hears("nonsense", 1, 0.04)


def test_reports_are_believed_from_where_the_sound_is_and_from_nobody_else(source: Any) -> None:
    assert source.hears(*ROUTER, 0.0)
    assert source.believes(ROUTER[0])
    assert source.believes(SAID[0])
    assert not source.believes(OTHER[0])
    assert not source.believes("nonsense")


def test_before_any_sound_a_report_may_come_through_a_router(source: Any) -> None:
    assert source.believes(ROUTER[0])
    assert source.hears(*SAID, 0.0)
    assert not source.believes(ROUTER[0])
