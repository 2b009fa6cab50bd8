"""The way of a customer to a person, as a pure state machine: what has happened goes in, what is to be done comes out.

Whatever happens in whatever order: no call to a person is left up that nobody needs, every wait has an end, and the
customer is with somebody, hears something, or has been told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Literal

from telephony.refer import Result

Kind = Literal["attended", "blind", "bridge"]
Briefing = Literal["private", "together", "off"]
Accept = Literal["key", "voice", "answer"]
"""A person is who presses a key, who sounds like one, or whoever answers."""

ACCEPT, DECLINE = "1", "2"
"""Keys of the person."""
BRIEFING_SECONDS = 60.0
"""However much there is to tell: then the customer comes through."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a person is reached. Seconds: that it rings, and that the person may take to accept."""

    kind: Kind = "attended"
    briefing: Briefing = "private"
    accept: Accept = "key"
    ring_seconds: float = 25.0
    accept_seconds: float = 20.0


class Phase(Enum):
    NEW = auto()
    REFERRING = auto()
    """The customer's telephone has been asked to call the person; nobody has been called by us."""
    CALLING = auto()
    ACCEPTING = auto()
    """Somebody, or something, has answered: who is it?"""
    BRIEFING = auto()
    CONNECTING = auto()
    """The customer's telephone has been asked to take over our call to the person."""
    JOINED = auto()
    """The two talk, and we carry their sound."""
    OVER = auto()


Reason = Literal[
    "busy", "no_answer", "refused", "not_accepted", "failed", "lost", "withdrawn", "gone", "connected", "stopped"
]
"""How it ends. For the customer: the person is busy, does not answer, or does not want to; nobody pressed the key;
there was no way; the person hung up before it came to it; the customer chose to go on with us. Else: the customer has
hung up; the two have talked, or do so without us; we were stopped."""


@dataclass(frozen=True, slots=True)
class State:
    """`person`: our call to them is up or ringing; `customer`: theirs to us is up; `reason` once it is over."""

    phase: Phase = Phase.NEW
    person: bool = False
    customer: bool = True
    reason: Reason | None = None


# What happens


@dataclass(frozen=True, slots=True)
class Begin:
    pass


@dataclass(frozen=True, slots=True)
class Answered:
    """By the person, or a machine of theirs."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """By voice who has answered."""

    who: Literal["person", "machine", "unsure"]


@dataclass(frozen=True, slots=True)
class Key:
    """Pressed by the person."""

    digit: str


@dataclass(frozen=True, slots=True)
class Told:
    """The person has heard what there was to tell."""


@dataclass(frozen=True, slots=True)
class PersonEnded:
    """Their call has ended, or never was. `cause` as of the telephone."""

    cause: str


@dataclass(frozen=True, slots=True)
class Referred:
    """What came of a REFER."""

    result: Result


@dataclass(frozen=True, slots=True)
class Late:
    """The time of `phase` is over."""

    phase: Phase


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The customer would rather go on with us."""


@dataclass(frozen=True, slots=True)
class CustomerGone:
    pass


@dataclass(frozen=True, slots=True)
class Stopped:
    pass


Happened = (
    Begin | Answered | Recognised | Key | Told | PersonEnded | Referred | Late | Withdrawn | CustomerGone | Stopped
)  # fmt: skip

# What is to be done


@dataclass(frozen=True, slots=True)
class Comfort:
    """The customer hears words and music from now on; `on` False: no longer."""

    on: bool


@dataclass(frozen=True, slots=True)
class Dial:
    """Call the person: `PersonEnded` where that can't be done, too."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """The call to the person."""


@dataclass(frozen=True, slots=True)
class Listen:
    """To whoever has answered, then `Recognised`."""


@dataclass(frozen=True, slots=True)
class AskToAccept:
    """Ask the person to press the key, again and again."""


@dataclass(frozen=True, slots=True)
class Brief:
    """Tell them what it is about, then `Told`. `together`: the customer hears it, too."""

    together: bool


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell the customer that the person is there."""


@dataclass(frozen=True, slots=True)
class Refer:
    """Have the customer's telephone call the person; `attended`: instead of our call to them. Then `Referred`."""

    attended: bool


@dataclass(frozen=True, slots=True)
class Join:
    """Let the two hear each other, and us if `with_us`."""

    with_us: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Each is alone with us again."""


@dataclass(frozen=True, slots=True)
class Wait:
    """`Late(phase)` after so many seconds, unless another `Wait` comes first."""

    phase: Phase
    seconds: float


@dataclass(frozen=True, slots=True)
class Note:
    """For the journal."""

    step: Literal["asked", "ringing", "answered", "accepted", "briefed", "connected", "returned"]
    why: str = ""


@dataclass(frozen=True, slots=True)
class LeaveCustomer:
    """The customer is with the person, or was: our call to them ends."""


Deed = (
    Comfort | Dial | HangUp | Listen | AskToAccept | Brief | Announce | Refer | Join | Part | Wait | Note
    | LeaveCustomer
)  # fmt: skip

Next = tuple[State, Sequence[Deed]]


def step(way: Way, state: State, happened: Happened) -> Next:
    """What comes next, and what is to be done for it, in this order. What does not matter any more changes nothing."""
    if state.phase is Phase.OVER:
        return state, ()
    match happened:
        case Begin() if state.phase is Phase.NEW:
            return _begin(way, state)
        case Stopped():
            return _end(state, "stopped")
        case CustomerGone():
            return _without_customer(replace(state, customer=False))
        case PersonEnded(cause=cause):
            return _without_person(state, cause)
        case Referred(result=result):
            return _referred(way, state, result)
        case Withdrawn() if state.phase in (Phase.CALLING, Phase.ACCEPTING, Phase.BRIEFING):
            return _end(state, "withdrawn")
        case Late(phase=phase) if phase is state.phase:
            return _late(way, state)
        case Answered() if state.phase is Phase.CALLING:
            return _answered(way, state)
        case Recognised(who=who) if state.phase is Phase.ACCEPTING:
            return _recognised(way, state, who)
        case Key(digit=digit):
            return _key(way, state, digit)
        case Told() if state.phase is Phase.BRIEFING:
            return _connect(way, state, Note("briefed"))
        case _:
            return state, ()


def _begin(way: Way, state: State) -> Next:
    if way.kind == "blind":
        return replace(state, phase=Phase.REFERRING), (Note("asked"), Comfort(on=True), Refer(attended=False))
    return _call(way, state, Note("asked"), Comfort(on=True))


def _call(way: Way, state: State, *before: Deed) -> Next:
    calling = replace(state, phase=Phase.CALLING, person=True)
    return calling, (*before, Wait(Phase.CALLING, way.ring_seconds), Dial())


def _answered(way: Way, state: State) -> Next:
    if way.accept == "answer":
        return _accepted(way, state)
    who: Deed = AskToAccept() if way.accept == "key" else Listen()
    return replace(state, phase=Phase.ACCEPTING), (Note("answered"), Wait(Phase.ACCEPTING, way.accept_seconds), who)


def _recognised(way: Way, state: State, who: str) -> Next:
    """A voice that may be either is asked for the key."""
    match who:
        case "person":
            return _accepted(way, state)
        case "machine":
            return _end(state, "not_accepted")
        case _:
            return state, (Wait(Phase.ACCEPTING, way.accept_seconds), AskToAccept())


def _key(way: Way, state: State, digit: str) -> Next:
    if state.phase is Phase.ACCEPTING and digit == ACCEPT:
        return _accepted(way, state)
    if state.phase is Phase.ACCEPTING and digit == DECLINE:
        return _end(state, "refused")
    if state.phase is Phase.BRIEFING and digit == ACCEPT:  # heard enough
        return _connect(way, state, Note("briefed"))
    return state, ()


def _accepted(way: Way, state: State) -> Next:
    if way.briefing == "off":
        return _connect(way, state, Note("accepted"))
    together = way.briefing == "together"
    joined = (Comfort(on=False), Join(with_us=True)) if together else ()
    deeds = (Note("accepted"), *joined, Wait(Phase.BRIEFING, BRIEFING_SECONDS), Brief(together))
    return replace(state, phase=Phase.BRIEFING), deeds


def _connect(way: Way, state: State, *before: Deed) -> Next:
    together = way.briefing == "together"
    hello = () if together else (Comfort(on=False), Announce())
    if way.kind != "attended":
        return _join(state, *before, *hello)
    apart = (Part(), Comfort(on=True)) if together else (Comfort(on=True),)
    return replace(state, phase=Phase.CONNECTING), (*before, *hello, *apart, Refer(attended=True))


def _join(state: State, *before: Deed) -> Next:
    joined = replace(state, phase=Phase.JOINED)
    return joined, (*before, Comfort(on=False), Join(with_us=False), Note("connected", "joined"))


def _late(way: Way, state: State) -> Next:
    match state.phase:
        case Phase.CALLING:
            return _end(state, "no_answer")
        case Phase.ACCEPTING:
            return _end(state, "not_accepted")
        case Phase.BRIEFING:
            return _connect(way, state)
        case _:
            return state, ()


def _referred(way: Way, state: State, result: Result) -> Next:
    if state.phase not in (Phase.REFERRING, Phase.CONNECTING):
        return state, ()
    if result in ("done", "unconfirmed"):
        kind = "blind" if state.phase is Phase.REFERRING else "attended"
        return _end(state, "connected", Note("connected", kind if result == "done" else f"{kind}, unconfirmed"))
    if result == "gone" or not state.customer:
        return _end(state, "gone")
    if state.phase is Phase.CONNECTING:
        return _join(state) if state.person else _end(state, "lost")
    match result:
        case "unsupported" | "refused":
            return _call(way, state)
        case "busy" | "no_answer":
            return _end(state, result)
        case _:
            return _end(state, "failed")


def _without_customer(state: State) -> Next:
    """Where a transfer is under way its outcome tells whether they have come through."""
    if state.phase in (Phase.REFERRING, Phase.CONNECTING):
        return state, ()
    return _end(state, "connected" if state.phase is Phase.JOINED else "gone")


def _without_person(state: State, cause: str) -> Next:
    gone = replace(state, person=False)
    match state.phase:
        case Phase.CALLING:
            return _end(gone, _missed(cause))
        case Phase.ACCEPTING:
            return _end(gone, "refused")
        case Phase.BRIEFING:
            return _end(gone, "lost")
        case Phase.JOINED:
            return _end(gone, "connected")
        case _:  # taken over by the customer's telephone, most likely: the outcome tells
            return gone, ()


def _missed(cause: str) -> Reason:
    match cause:
        case "busy":
            return "busy"
        case "refused":
            return "refused"
        case "no_answer":
            return "no_answer"
        case "customer" | "lost":  # answered and gone at once
            return "refused"
        case _:
            return "failed"


def _end(state: State, reason: Reason, *before: Deed) -> Next:
    deeds: list[Deed] = [*before, Comfort(on=False)]
    if state.phase in (Phase.BRIEFING, Phase.JOINED):
        deeds.append(Part())
    if state.person:
        deeds.append(HangUp())
    if reason == "connected" and state.customer:
        deeds.append(LeaveCustomer())
    if reason not in ("connected", "gone"):
        deeds.append(Note("returned", reason))
    return replace(state, phase=Phase.OVER, person=False, reason=reason), tuple(deeds)
