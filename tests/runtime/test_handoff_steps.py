"""The way to a person: each path by itself, and whatever order things happen in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.handoff.steps import (
    Announce,
    Answered,
    AskToAccept,
    Begin,
    Brief,
    Comfort,
    CustomerGone,
    Deed,
    Dial,
    HangUp,
    Happened,
    Join,
    Key,
    Late,
    LeaveCustomer,
    Listen,
    Note,
    Part,
    PersonEnded,
    Phase,
    Recognised,
    Refer,
    Referred,
    State,
    Stopped,
    Told,
    Wait,
    Way,
    Withdrawn,
    step,
)
from telephony.refer import Result

pytestmark = pytest.mark.unit

PRIVATE, BY_ANSWER, BLIND = Way(), Way(accept="answer", briefing="off"), Way("blind")
BRIDGE, TOGETHER = Way("bridge"), Way("bridge", briefing="together")


@dataclass
class World:
    """What the deeds have come to."""

    way: Way
    state: State = field(default_factory=State)
    person: bool = False
    comfort: bool = False
    joined: str = ""
    referring: bool = False
    waiting: Phase | None = None
    left: bool = False
    notes: list[str] = field(default_factory=list)

    def tell(self, *happened: Happened) -> "World":
        for one in happened:
            self._before(one)
            self.state, deeds = step(self.way, self.state, one)
            self._do(deeds)
        return self

    def _before(self, happened: Happened) -> None:
        match happened:
            case PersonEnded():
                self.person = False
                self.joined = ""
            case Referred(result=result):
                self.referring = False
                if result in ("done", "unconfirmed"):
                    self.person = False  # taken over by the customer's telephone

    def _do(self, deeds: Sequence[Deed]) -> None:
        for deed in deeds:
            match deed:
                case Comfort(on=on):
                    self.comfort = on
                case Dial():
                    assert not self.person, "one call at a time"
                    self.person = True
                case HangUp():
                    self.person = False
                case Join(with_us=with_us):
                    assert self.person, "joined with nobody"
                    self.joined = "three" if with_us else "two"
                case Part():
                    self.joined = ""
                case Refer():
                    self.referring = True
                case Wait(phase=phase):
                    self.waiting = phase
                case LeaveCustomer():
                    self.left = True
                case Note(step=name, why=why):
                    self.notes.append(f"{name} {why}".strip())
                case Brief() | Announce() | AskToAccept() | Listen():
                    assert self.person

    def check(self) -> None:
        state = self.state
        if state.phase is Phase.OVER:
            assert not self.person, "no call is left up"
            assert not self.comfort
            assert not self.joined
            assert state.reason is not None
            return
        if state.phase is Phase.NEW:
            return
        assert self.comfort or self.joined, "the customer hears something"
        if state.phase is not Phase.JOINED:
            assert self.referring or self.waiting is state.phase, "every wait has an end"


def test_an_attended_transfer() -> None:
    world = World(PRIVATE).tell(Begin(), Answered(), Key("1"), Told(), PersonEnded("customer"), Referred("done"))
    assert world.notes == ["asked", "answered", "accepted", "briefed", "connected attended"]
    assert world.state.reason == "connected"
    assert world.left


def test_who_accepts_by_answering_and_needs_no_briefing() -> None:
    world = World(BY_ANSWER).tell(Begin(), Answered())
    assert world.referring
    assert world.notes == ["asked", "accepted"]


def test_where_the_customer_s_telephone_does_not_transfer_we_join_the_two() -> None:
    world = World(PRIVATE).tell(Begin(), Answered(), Key("1"), Told(), Referred("unsupported"))
    assert world.state.phase is Phase.JOINED
    assert world.joined == "two"
    world.tell(PersonEnded("customer"))
    assert world.state.reason == "connected"
    assert world.left


def test_a_blind_transfer_that_is_not_supported_becomes_a_call_of_ours() -> None:
    world = World(BLIND).tell(Begin(), Referred("unsupported"))
    assert world.person
    world.tell(Answered(), Key("1"), Told())
    assert world.joined == "two"


@pytest.mark.parametrize("result", ["busy", "no_answer", "failed"])
def test_a_blind_transfer_that_nobody_takes_returns(result: Result) -> None:
    world = World(BLIND).tell(Begin(), Referred(result))
    assert world.state.reason == result
    assert world.notes == ["asked", f"returned {result}"]


@pytest.mark.parametrize(
    ("happened", "reason"),
    [
        ([PersonEnded("busy")], "busy"),
        ([PersonEnded("no_answer")], "no_answer"),
        ([PersonEnded("refused")], "refused"),
        ([PersonEnded("failed")], "failed"),
        ([Late(Phase.CALLING)], "no_answer"),
        ([Answered(), Late(Phase.ACCEPTING)], "not_accepted"),
        ([Answered(), Key("2")], "refused"),
        ([Answered(), PersonEnded("customer")], "refused"),
        ([Answered(), Key("1"), PersonEnded("customer")], "lost"),
        ([Answered(), Key("1"), Told(), PersonEnded("customer"), Referred("failed")], "lost"),
        ([Withdrawn()], "withdrawn"),
        ([Answered(), Withdrawn()], "withdrawn"),
    ],
)
def test_the_customer_comes_back(happened: list[Happened], reason: str) -> None:
    world = World(PRIVATE).tell(Begin(), *happened)
    assert world.state.reason == reason
    assert world.notes[-1] == f"returned {reason}"
    world.check()


def test_a_machine_presses_no_key() -> None:
    world = World(PRIVATE).tell(Begin(), Answered(), Key("5"), Told(), Late(Phase.CALLING))
    assert world.state.phase is Phase.ACCEPTING
    assert "accepted" not in world.notes


def test_a_voice_is_a_person_s_a_machine_s_or_asked_for_the_key() -> None:
    by_voice = Way(accept="voice")
    assert World(by_voice).tell(Begin(), Answered(), Recognised("person")).notes[-1] == "accepted"
    assert World(by_voice).tell(Begin(), Answered(), Recognised("machine")).state.reason == "not_accepted"
    unsure = World(by_voice).tell(Begin(), Answered(), Recognised("unsure"))
    assert unsure.state.phase is Phase.ACCEPTING
    assert unsure.tell(Key("1")).notes[-1] == "accepted"


@pytest.mark.parametrize("before", [[], [Answered()], [Answered(), Key("1")]])
def test_a_customer_who_hangs_up_ends_the_call_to_the_person(before: list[Happened]) -> None:
    world = World(PRIVATE).tell(Begin(), *before, CustomerGone())
    assert world.state.reason == "gone"
    world.check()


def test_a_telephone_that_hangs_up_as_soon_as_it_has_accepted_has_come_through() -> None:
    world = World(PRIVATE).tell(Begin(), Answered(), Key("1"), Told(), CustomerGone())
    assert world.state.phase is Phase.CONNECTING
    world.tell(Referred("unconfirmed"))
    assert world.state.reason == "connected"
    assert world.notes[-1] == "connected attended, unconfirmed"


def test_three_hear_one_another_in_a_briefing_together_and_two_after_it() -> None:
    world = World(TOGETHER).tell(Begin(), Answered(), Key("1"))
    assert world.joined == "three"
    assert not world.comfort
    world.tell(Told())
    assert world.joined == "two"
    world.tell(CustomerGone())
    assert world.state.reason == "connected"
    world.check()


def test_who_knows_enough_cuts_the_briefing_short() -> None:
    assert World(BRIDGE).tell(Begin(), Answered(), Key("1"), Key("1")).joined == "two"


def test_we_are_stopped_while_the_two_talk() -> None:
    world = World(BRIDGE).tell(Begin(), Answered(), Key("1"), Told(), Stopped())
    assert world.notes[-1] == "returned stopped"
    world.check()


WAYS = st.builds(
    Way,
    st.sampled_from(("attended", "blind", "bridge")),
    st.sampled_from(("private", "together", "off")),
    st.sampled_from(("key", "voice", "answer")),
)
HAPPENED = st.one_of(
    st.just(Begin()),
    st.just(Answered()),
    st.builds(Key, st.sampled_from("012#")),
    st.just(Told()),
    st.builds(Recognised, st.sampled_from(("person", "machine", "unsure"))),
    st.builds(PersonEnded, st.sampled_from(("busy", "no_answer", "refused", "failed", "customer", "lost", "goodbye"))),
    st.builds(Referred, st.sampled_from(get_args(Result))),
    st.builds(Late, st.sampled_from(Phase)),
    st.just(Withdrawn()),
    st.just(CustomerGone()),
    st.just(Stopped()),
)


@settings(max_examples=600, deadline=None)
@given(WAYS, st.lists(HAPPENED, max_size=12))
def test_whatever_happens_no_leg_is_left_and_nobody_waits_in_silence(way: Way, happened: list[Happened]) -> None:
    world = World(way).tell(Begin())
    world.check()
    for one in happened:
        if isinstance(one, Referred) and not world.referring:
            continue  # nothing was asked
        if isinstance(one, Answered | Recognised | Key | Told) and not world.person:
            continue  # by nobody
        world.tell(one)
        world.check()
    for _ in range(6):  # nothing more happens: times run out
        if world.referring:
            world.tell(Referred("unsupported"))
        elif world.waiting is not None:
            world.tell(Late(world.waiting))
        world.check()
    assert world.state.phase in (Phase.OVER, Phase.JOINED)
    world.tell(PersonEnded("customer"))
    assert world.state.phase is Phase.OVER
    world.check()
    ended = [note for note in world.notes if note.startswith(("returned", "connected"))]
    assert len(ended) <= 2
    assert step(way, world.state, Begin()) == (world.state, ())
