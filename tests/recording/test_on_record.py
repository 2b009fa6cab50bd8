"""Being asked, and what comes of it: the session is the real one, on virtual time; what writes is not."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from core.errors import RecordingError
from runtime.agent import Reply
from runtime.agent.recording import RecordingPolicy
from runtime.events import Chose, Consent, Dtmf, Replied, UserSaid
from runtime.messages import Message
from runtime.recording.recorder import Order
from tests.runtime.counter import Counter
from tests.runtime.test_session import talk
from voice.tap import Tap

pytestmark = pytest.mark.unit

ASK = RecordingPolicy("consent", "GDPR 6(1)(a)", 7, 15.0)
TELL = RecordingPolicy("notice", "GDPR 6(1)(f)")


class Tape:
    """A recorder that only remembers what it was asked to do."""

    def __init__(self, seconds: float = 0.05) -> None:
        self.done: list[str] = []
        self.orders: list[Order] = []
        self.broken = False
        self.track = self
        self.on = True
        self.paused = False
        self._seconds = seconds

    async def begin(self, order: Order, tap: Callable[[float], Tap]) -> "Tape":
        await asyncio.sleep(self._seconds)
        if self.broken:
            raise RecordingError("recording.quota", "full")
        tap(8.0)
        self.orders.append(order)
        self.done.append("began")
        return self

    async def end(self, recording: Any) -> None:
        self.done.append("ended")

    async def erase(self, recording: Any) -> None:
        self.done.append("erased")

    def pause(self) -> None:
        if not self.paused:
            self.paused = True
            self.done.append("paused")

    def resume(self) -> None:
        if self.paused:
            self.paused = False
            self.done.append("resumed")

    def key(self) -> None:
        self.done.append("key")


def conversation(policy: RecordingPolicy, customer: Callable[[Counter], Awaitable[None]], tape: Tape) -> Counter:
    return talk(lambda: Counter(recording=policy, tape=tape), customer)


def consents(counter: Counter) -> list[tuple[str, str]]:
    return [(event.answer, event.how) for event in counter.recorder.of(Consent)]


def agrees(customer: Callable[[Counter], Awaitable[None]], how: str) -> None:
    """Asked, says yes in some way, and is recorded to the end."""
    tape = Tape()
    assert consents(conversation(ASK, customer, tape)) == [("yes", how)]
    assert tape.done == ["began", "ended"]


@pytest.mark.parametrize(
    ("said", "answer", "done", "reply"),
    [
        ("yes", "yes", ["began", "ended"], "[recording.yes]"),
        ("no thanks", "no", [], "[recording.no]"),
        ("don't record me", "no", [], "[recording.no]"),
    ],
)
def test_asked_once_before_the_greeting(said: str, answer: str, done: list[str], reply: str) -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(2)
        assert tape.done == [], "nothing before the answer"
        await counter.say(said)
        await asyncio.sleep(4)
        await counter.say("hello")
        await asyncio.sleep(4)

    tape = Tape()
    counter = conversation(ASK, customer, tape)
    assert counter.said() == ["[recording.ask]", reply, "Welcome to the shop.", "You said hello."]
    assert consents(counter) == [(answer, "words")]
    assert counter.recorder.of(Consent)[0].basis == "GDPR 6(1)(a)"
    assert tape.done == done
    if done:
        assert tape.orders == [Order("c1", "en", "GDPR 6(1)(a)", "yes", 7, 15.0)]
    assert counter.script.planned == ["hello"], "the answer is for nobody else"


@pytest.mark.parametrize(("key", "answer"), [("1", "yes"), ("2", "no")])
def test_a_key_answers_at_once(key: str, answer: str) -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(1)
        counter.channel.press(key)
        await asyncio.sleep(1.0)
        assert counter.recorder.of(Consent)
        await asyncio.sleep(4)

    tape = Tape()
    counter = conversation(ASK, customer, tape)
    assert consents(counter) == [(answer, "keys")]
    assert tape.done == (["began", "ended"] if answer == "yes" else [])


def test_a_zero_still_asks_for_a_person_and_is_no_consent() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(1)
        counter.channel.press("0")
        await asyncio.sleep(4)

    tape = Tape()
    counter = conversation(ASK, customer, tape)
    assert "A person will call you." in counter.said()
    assert consents(counter)[0][0] == "none"
    assert tape.done == []


def test_a_touch_answers_too() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(1)
        counter.channel.send(Chose(id="recording:yes", title="Yes"))
        await asyncio.sleep(4)

    agrees(customer, "touch")


def test_whoever_asks_something_else_is_answered_and_not_recorded() -> None:
    async def customer(counter: Counter) -> None:
        await counter.say("where are the bulbs", after=2)
        await asyncio.sleep(4)
        await counter.say("yes")
        await asyncio.sleep(4)

    tape = Tape()
    counter = conversation(ASK, customer, tape)
    assert counter.said() == ["[recording.ask]", "You said where are the bulbs.", "You said yes."]
    assert consents(counter) == [("none", "words")]
    assert tape.done == []
    assert counter.recorder.of(Replied)[0].state.expect.kind == "anything"


def test_silence_is_no_consent_and_ends_nothing() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(14)
        await counter.say("hello")
        await asyncio.sleep(4)

    tape = Tape()
    counter = conversation(ASK, customer, tape)
    assert counter.said() == ["[recording.ask]", "[recording.no]", "Welcome to the shop.", "You said hello."]
    assert consents(counter) == [("none", "silence")]
    assert tape.done == []


def test_a_yes_over_the_question_counts() -> None:
    async def customer(counter: Counter) -> None:
        counter.script.phrase = lambda code, language: f"{code} and so on and on and on and on"  # type: ignore[method-assign]
        await counter.say("yes of course", after=1.0)
        await asyncio.sleep(12)

    agrees(customer, "words")


def test_told_it_is_recorded_from_the_first_word() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(0.2)
        assert tape.done == ["began"]
        await asyncio.sleep(3)

    tape = Tape()
    counter = conversation(TELL, customer, tape)
    assert counter.said() == ["[recording.notice]", "Welcome to the shop."]
    assert consents(counter) == [("told", "notice")]
    assert tape.done == ["began", "ended"]


@pytest.mark.parametrize("policy", [ASK, TELL])
def test_it_is_taken_back_at_any_moment(policy: RecordingPolicy) -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(3)
        if policy is ASK:
            await counter.say("yes")
            await asyncio.sleep(4)
        counter.script.replies["order"] = Reply((Message("What is its number?"),))
        await counter.say("order")
        await asyncio.sleep(4)
        await counter.say("stop recording")
        await asyncio.sleep(6)
        await counter.say("stop recording")
        await asyncio.sleep(4)

    tape = Tape()
    counter = conversation(policy, customer, tape)
    assert tape.done == ["began", "erased"]
    assert consents(counter)[-1] == ("withdrawn", "words")
    assert counter.said()[-2:] == ["[recording.stopped]", "[recording.no]"]
    assert len(counter.recorder.of(Replied)) == 1, "nobody else is asked"


def test_what_the_disk_has_ended_is_taken_back_too() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(3)
        tape.on = False
        await counter.say("stop recording")
        await asyncio.sleep(6)

    tape = Tape()
    counter = conversation(TELL, customer, tape)
    assert tape.done == ["began", "erased"]
    assert counter.said()[-1] == "[recording.stopped]"


def test_it_is_taken_back_over_our_own_voice() -> None:
    async def customer(counter: Counter) -> None:
        counter.script.replies["order"] = Reply((Message("a b c d e f g h i j k l m n o p q r s t"),))
        await counter.say("order", after=3)
        await asyncio.sleep(2)
        await counter.say("no me grabe")
        await asyncio.sleep(6)

    tape = Tape()
    counter = conversation(TELL, customer, tape)
    assert tape.done == ["began", "erased"]
    assert "[recording.stopped]" in counter.said()


def test_a_secret_is_kept_out_until_it_is_kept() -> None:
    async def customer(counter: Counter) -> None:
        counter.script.replies["pay"] = Reply((Message("What is the number of your card?"),))
        await counter.say("pay", after=3)
        await asyncio.sleep(1.0)
        assert tape.done[-1] == "paused", "before it is asked for"
        await asyncio.sleep(3)
        for key in "4539148803436467#":
            counter.channel.press(key)
            await asyncio.sleep(0.3)
        await asyncio.sleep(5)

    tape = Tape()
    conversation(TELL, customer, tape)
    assert [what for what in tape.done if what != "key"] == ["began", "paused", "resumed", "ended"]
    assert tape.done.count("key") == 17


def test_where_it_cannot_be_recorded_that_is_said_and_the_call_goes_on() -> None:
    async def customer(counter: Counter) -> None:
        await counter.say("yes", after=2)
        await asyncio.sleep(5)
        await counter.say("hello")
        await asyncio.sleep(4)

    tape = Tape()
    tape.broken = True
    counter = conversation(ASK, customer, tape)
    assert counter.said()[1:] == ["[recording.failed]", "Welcome to the shop.", "You said hello."]


def test_an_interruption_leaves_no_recording_that_nobody_ends() -> None:
    async def customer(counter: Counter) -> None:
        await counter.say("yes", after=2)
        await asyncio.sleep(1.2)  # it is beginning
        counter.channel.send(Dtmf(digit="7"))
        await asyncio.sleep(12)

    tape = Tape(seconds=6.0)
    counter = conversation(ASK, customer, tape)
    assert tape.done == ["began", "ended"]
    assert consents(counter) == [("yes", "words")]


@pytest.mark.parametrize("text_only", [True, False])
def test_never_is_never(text_only: bool) -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(3)
        counter.channel.send(UserSaid(text="yes", language="en", spoken=False))
        await asyncio.sleep(3)

    tape = Tape()
    policy = ASK if text_only else RecordingPolicy()
    counter = talk(lambda: Counter(recording=policy, tape=tape, text_only=text_only), customer)
    assert counter.said() == ["Welcome to the shop.", "You said yes."]
    assert tape.done == []


def test_people_of_the_shop_are_not_recorded() -> None:
    async def customer(counter: Counter) -> None:
        counter.script.replies["somebody"] = Reply((Message("I put you through."),), "to_person")
        await counter.say("somebody", after=3)
        await asyncio.sleep(8)

    tape = Tape()
    conversation(TELL, customer, tape)
    assert tape.done == ["began", "paused", "resumed", "ended"]
