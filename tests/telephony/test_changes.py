"""A change of a call that waits for its next try, on the stack alone: no library is up."""

from types import SimpleNamespace
from typing import Any

import pytest

from telephony import pj
from telephony.glare import TRIES, Change
from telephony.settings import SipSettings
from telephony.stack import Stack

pytestmark = pytest.mark.sip


class BusyLeg(SimpleNamespace):
    """The other side is always just changing it."""

    def setHold(self, _: object) -> None:
        raise pj.load().Error


@pytest.fixture
def counted() -> list[str]:
    return []


@pytest.fixture
def stack(counted: list[str]) -> Stack:
    return Stack(SipSettings(), SimpleNamespace(), lambda why, _: counted.append(why))  # type: ignore[arg-type]


def leg(stack: Stack, change: Change) -> Any:
    made = stack._legs[1] = BusyLeg(number=1, stack=stack, source="192.0.2.1:5060", outgoing=False, answered=True)
    made.change = change
    return made


def test_a_change_that_cannot_be_sent_when_it_is_due_is_tried_again(stack: Stack, counted: list[str]) -> None:
    busy = leg(stack, Change(hold=True, due=1.0))
    stack._change_again(0.5)
    assert busy.change.due == 1.0
    stack._change_again(2.0)
    assert busy.change.tries == 2
    assert busy.change.due is not None
    assert set(counted) == {"crossed"}


def test_in_the_end_the_other_side_has_its_way(stack: Stack) -> None:
    busy = leg(stack, Change(hold=True, due=1.0, tries=TRIES))
    stack._change_again(2.0)
    assert busy.change is None


def test_the_answer_to_another_change_is_none_to_one_that_waits(stack: Stack) -> None:
    """As when the library refreshes the session meanwhile."""
    waiting = leg(stack, Change(hold=True, due=1e9))
    stack.invite_answered(waiting, 200, "SIP/2.0 200 OK")
    assert waiting.change is not None
    waiting.change.due = None
    stack.invite_answered(waiting, 200, "SIP/2.0 200 OK")
    assert waiting.change is None


def test_what_cannot_be_asked_at_all_leaves_nothing_to_be_tried(stack: Stack) -> None:
    busy = leg(stack, Change(hold=False))
    assert not stack.controls.hold(1)
    assert busy.change is None
