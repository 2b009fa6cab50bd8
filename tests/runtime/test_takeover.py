"""A conversation whose customer wants a person, on virtual time: who hears what, and what is remembered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import pytest

from core.errors import TelephonyError
from runtime.config import Limits
from runtime.config import Person as PersonSettings
from runtime.events import Dtmf, Handoff, Hold, HungUp, Said, Stopping
from runtime.handoff.person import Person
from telephony.events import Answered, CallEvent, Cause, Ended, KeyPressed, Transferring
from telephony.refer import Dialog
from tests.runtime.counter import Counter
from tests.runtime.test_session import talk
from tests.voice.fake_line import FakeLine
from voice.answered import WhoAnswered
from voice.clips import Clips
from voice.speaker import Speaker

pytestmark = pytest.mark.unit


class Call:
    """A call whose events come as they are told."""

    def __init__(self, allow: Sequence[str] = (), refer: Sequence[Transferring] = ()) -> None:
        self.line = FakeLine()
        self.remote = "<sip:200@pbx.example>"
        self.ended: Ended | None = None
        self.overheard: list[Callable[[CallEvent], None]] = []
        self.referred: list[str] = []
        self.joined: list[bool] = []
        self._refer = refer
        self._dialog = Dialog("id", "ours", "theirs", frozenset(allow))
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()

    def tell(self, *events: CallEvent) -> None:
        for event in events:
            if isinstance(event, Ended):
                if self.ended is not None:
                    return
                self.ended = event
            self._events.put_nowait(event)
            for told in list(self.overheard):
                told(event)

    async def events(self) -> AsyncIterator[CallEvent]:
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, Ended):
                return

    async def hangup(self, code: int = 0, cause: Cause = "goodbye") -> bool:
        self.tell(Ended(cause, 200))
        return True

    async def dialog(self) -> Dialog:
        return self._dialog

    async def refer(self, to: str) -> bool:
        self.referred.append(to)
        for step in self._refer:
            self.tell(step)
        return True

    async def join(self, other: "Call", *, with_us: bool) -> bool:
        self.joined.append(with_us)
        return self.ended is None and other.ended is None

    async def part(self) -> bool:
        return True


class Telephone:
    """Dials people who do what they are told to."""

    def __init__(self, person: Callable[[Call], Awaitable[None]] | None) -> None:
        self.called: list[tuple[str, dict[str, str]]] = []
        self.calls: list[Call] = []
        self._person = person
        self._tasks: list[asyncio.Future[None]] = []

    async def dial(
        self, uri: str, account: str = "", headers: Sequence[tuple[str, str]] = (), patience: float = 60
    ) -> Call:
        if self._person is None:
            raise TelephonyError("sip.account_down", "the account is down")
        self.called.append((uri, dict(headers)))
        self.calls.append(call := Call())
        self._tasks.append(asyncio.ensure_future(self._person(call)))  # type: ignore[arg-type]
        return call

    async def address(self, uri: str, account: str = "") -> str:
        return uri


def counter_with(
    person: Callable[[Call], Awaitable[None]] | None,
    *,
    allow: Sequence[str] = ("INVITE",),
    refer: Sequence[Transferring] = (),
    limits: Limits | None = None,
    **settings: Any,
) -> Callable[[], Counter]:
    def make() -> Counter:
        counter = Counter(limits=limits or Limits())
        counter.customer = Call(allow, refer)  # type: ignore[attr-defined]
        counter.customer.overheard.append(  # type: ignore[attr-defined]
            lambda event: counter.channel.send(HungUp(cause=event.cause)) if isinstance(event, Ended) else None
        )
        counter.telephone = telephone = Telephone(person)  # type: ignore[attr-defined]
        ways: Any = {"call": "sip:200@pbx.example", **settings}

        def speaker(line: Any) -> Speaker:
            return Speaker(line, Clips(counter._speak), lambda text: [text] if text else [], lambda text, _: text)

        agent: Any = telephone

        async def who(frames: Any, language: str) -> WhoAnswered:
            await asyncio.sleep(1.0)
            return WhoAnswered("machine" if person is machine else "person", 1.0)

        counter.person = Person(PersonSettings(**ways), agent, counter.customer, speaker, who, "en")  # type: ignore[attr-defined]
        return counter

    return make


def steps(counter: Counter) -> list[str]:
    return [f"{event.step} {event.why}".strip() for event in counter.recorder.of(Handoff)]


async def answers_and_accepts(call: Call) -> None:
    await asyncio.sleep(3)
    call.tell(Answered())
    await asyncio.sleep(4)
    call.tell(KeyPressed("1"))


async def asks(counter: Counter, seconds: float = 60) -> None:
    await counter.say("person please", after=3)
    await asyncio.sleep(seconds)


def test_a_person_answers_accepts_is_briefed_and_talks_until_one_hangs_up() -> None:
    async def customer(counter: Any) -> None:
        await asks(counter, 40)
        assert counter.customer.joined == [False]
        assert steps(counter)[-1] == "connected joined"
        [person] = counter.telephone.calls
        assert len(person.line.sound) > 16_000, "they were asked and briefed"
        person.tell(Ended("customer", 200))
        await asyncio.sleep(2)
        assert counter.customer.ended

    counter: Any = talk(counter_with(answers_and_accepts), customer)
    assert counter.cause == "transferred"
    assert counter.said()[:4] == ["Welcome to the shop.", "To a person.", "[person_calling]", "[person_found]"]
    assert steps(counter) == ["asked", "ringing", "answered", "accepted", "briefed", "connected joined"]
    [(uri, headers)] = counter.telephone.called
    identity = counter.recorder.of(Handoff)[0].id
    assert uri == "sip:200@pbx.example"
    assert headers["X-Mostrador-Handoff"] == identity
    assert headers["User-to-User"].startswith(f"00{identity};encoding=hex")
    assert counter.recorder.events[-1] == HungUp(at=counter.recorder.events[-1].at, cause="transferred")


def test_two_who_talk_are_not_ended_by_the_limit_of_a_conversation() -> None:
    async def customer(counter: Any) -> None:
        await asks(counter, 300)
        assert counter.customer.ended is None
        counter.customer.tell(Ended("customer", 200))
        await asyncio.sleep(2)
        [person] = counter.telephone.calls
        assert person.ended

    counter = talk(counter_with(answers_and_accepts, limits=Limits(conversation_seconds=60)), customer)
    assert counter.cause == "transferred"  # type: ignore[attr-defined]


def test_a_telephone_that_transfers_takes_over_the_call() -> None:
    done = [Transferring(100, False), Transferring(200, True)]

    async def customer(counter: Any) -> None:
        await asks(counter, 30)
        [to] = counter.customer.referred
        assert "Replaces=id%3Bto-tag%3Dtheirs%3Bfrom-tag%3Dours" in to
        assert counter.customer.ended.cause == "transferred"

    counter: Any = talk(counter_with(answers_and_accepts, allow=("INVITE", "REFER"), refer=done), customer)
    assert counter.cause == "transferred"
    assert steps(counter)[-1] == "connected attended"
    assert all(call.ended for call in counter.telephone.calls)


def test_all_three_hear_the_briefing_and_then_the_two_are_alone() -> None:
    async def customer(counter: Any) -> None:
        await asks(counter, 40)
        assert counter.customer.joined == [True, False]
        counter.customer.tell(Ended("customer", 200))
        await asyncio.sleep(2)

    counter: Any = talk(counter_with(answers_and_accepts, kind="bridge", briefing="together"), customer)
    assert counter.said()[2:5] == ["[person_calling]", "[brief_together]", "They wanted talk."]
    assert "[person_found]" not in counter.said()


@pytest.mark.parametrize(
    ("final", "said", "step"),
    [(200, "To a person.", "connected blind"), (486, "[person_busy]", "returned busy")],
)
def test_a_blind_transfer_calls_nobody_itself(final: int, said: str, step: str) -> None:
    told = [Transferring(100, False), Transferring(180, False), Transferring(final, True)]

    async def customer(counter: Any) -> None:
        await asks(counter, 5)
        assert steps(counter)[-1] == step
        assert bool(counter.customer.ended) is (final == 200)

    counter: Any = talk(counter_with(never_answers, kind="blind", allow=("REFER",), refer=told), customer)
    assert counter.said()[-1] == said
    assert counter.telephone.called == []


def test_a_blind_transfer_that_is_refused_becomes_a_call_of_ours() -> None:
    refused = [Transferring(603, True)]

    async def customer(counter: Any) -> None:
        await asks(counter, 40)
        assert counter.customer.joined == [False]

    counter: Any = talk(counter_with(answers_and_accepts, kind="blind", allow=("REFER",), refer=refused), customer)
    assert len(counter.telephone.called) == 1


async def busy(call: Call) -> None:
    await asyncio.sleep(1)
    call.tell(Ended("busy", 486))


async def never_answers(call: Call) -> None:
    await asyncio.sleep(300)


async def machine(call: Call) -> None:
    """Answers, speaks, and presses nothing."""
    await asyncio.sleep(2)
    call.tell(Answered())


async def hangs_up_in_the_briefing(call: Call) -> None:
    await answers_and_accepts(call)
    await asyncio.sleep(0.3)
    call.tell(Ended("customer", 200))


@pytest.mark.parametrize(
    ("person", "why", "words"),
    [
        (busy, "busy", "[person_busy]"),
        (never_answers, "no_answer", "[person_no_answer]"),
        (machine, "not_accepted", "[person_no_answer]"),
        (hangs_up_in_the_briefing, "lost", "[person_lost]"),
        (None, "failed", "[no_person]"),
    ],
)
def test_the_customer_comes_back_is_told_and_goes_on(person: Any, why: str, words: str) -> None:
    async def customer(counter: Any) -> None:
        await asks(counter, 0)
        while not steps(counter) or not steps(counter)[-1].startswith("returned"):
            await asyncio.sleep(0.1)
        assert steps(counter)[-1] == f"returned {why}"
        await asyncio.sleep(1.5)
        await counter.say("where are the bulbs")
        await asyncio.sleep(5)

    counter: Any = talk(counter_with(person), customer)
    assert counter.said()[-2:] == [words, "You said where are the bulbs."]
    assert all(call.ended for call in counter.telephone.calls)


@pytest.mark.parametrize(
    ("person", "last"), [(machine, "returned not_accepted"), (answers_and_accepts, "connected joined")]
)
def test_a_machine_is_told_by_its_voice(person: Any, last: str) -> None:
    async def customer(counter: Any) -> None:
        await asks(counter, 12)
        assert steps(counter)[-1] == last

    talk(counter_with(person, accept="voice"), customer)


def test_who_waits_hears_music_and_words_and_nothing_is_silent_for_long() -> None:
    quiet: list[float] = []

    async def customer(counter: Any) -> None:
        await counter.say("person please", after=3)
        await asyncio.sleep(4)
        for _ in range(60):
            before = counter.line.played
            await asyncio.sleep(0.25)
            quiet.append(0.25 if counter.line.played == before else 0.0)

    counter: Any = talk(counter_with(never_answers, words_seconds=5.0), customer)
    assert sum(quiet) < 1.0
    words = [said.text for said in counter.recorder.of(Said)]
    assert words.count("[person_waiting]") >= 2


def test_star_brings_the_customer_back_and_other_keys_do_nothing() -> None:
    async def customer(counter: Any) -> None:
        await asks(counter, 4)
        counter.channel.send(Dtmf(digit="0"))
        await asyncio.sleep(1)
        assert steps(counter)[-1] == "ringing"
        counter.channel.send(Dtmf(digit="*"))
        await asyncio.sleep(4)

    counter: Any = talk(counter_with(never_answers), customer)
    assert counter.said()[-1] == "[person_back]"
    assert steps(counter)[-1] == "returned withdrawn"
    assert all(call.ended for call in counter.telephone.calls)


def test_a_customer_who_hangs_up_ends_the_call_to_the_person() -> None:
    async def customer(counter: Any) -> None:
        await asks(counter, 4)
        counter.customer.tell(Ended("customer", 200))
        await asyncio.sleep(2)
        assert all(call.ended for call in counter.telephone.calls)

    counter: Any = talk(counter_with(never_answers), customer)
    assert counter.cause == "customer"


def test_a_device_that_stops_hangs_up_and_says_goodbye() -> None:
    async def customer(counter: Any) -> None:
        await asks(counter, 30)
        assert counter.customer.joined == [False]
        counter.channel.send(Stopping())
        await asyncio.sleep(4)

    counter: Any = talk(counter_with(answers_and_accepts), customer)
    assert counter.said()[-1] == "[stopping]"
    assert all(call.ended for call in counter.telephone.calls)


def test_a_customer_who_holds_us_keeps_the_person_waiting_for_some_seconds_only() -> None:
    async def customer(counter: Any) -> None:
        await asks(counter, 6)
        counter.channel.send(Hold(on=True))
        await asyncio.sleep(25)
        assert counter.customer.joined == [False]

    talk(counter_with(answers_and_accepts), customer)


def test_what_is_said_meanwhile_is_not_for_the_agent() -> None:
    async def customer(counter: Any) -> None:
        await asks(counter, 4)
        await counter.say("hello is anybody there")
        await asyncio.sleep(2)
        assert steps(counter)[-1] == "ringing"

    counter: Any = talk(counter_with(never_answers), customer)
    assert "You said hello is anybody there." not in counter.said()


def test_without_anybody_to_call_that_is_said() -> None:
    async def customer(counter: Any) -> None:
        await asks(counter, 5)

    assert talk(Counter, customer).said()[-1] == "[no_person]"


def test_a_voice_that_fails_still_brings_them_together() -> None:
    async def person(call: Call) -> None:
        await answers_and_accepts(call)

    async def customer(counter: Any) -> None:
        await counter.say("person please", after=3)
        await asyncio.sleep(2.5)
        counter.mute = True
        await asyncio.sleep(30)
        assert counter.customer.joined == [False]

    talk(counter_with(person), customer)
