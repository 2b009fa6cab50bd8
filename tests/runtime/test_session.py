"""The conversation on virtual time: who speaks when, and what is remembered."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from core.errors import VoiceError
from runtime.agent import Reply
from runtime.channels import Caption, Notice, Status
from runtime.config import Limits
from runtime.events import (
    Chose,
    Dtmf,
    Event,
    Failed,
    HungUp,
    Interrupted,
    LanguageChosen,
    Replied,
    Said,
    Stopping,
    UserSaid,
)
from runtime.messages import Message
from tests.runtime.counter import WORD, Counter
from tests.virtual_time import run
from voice.turns import TurnSettings

pytestmark = pytest.mark.unit

LONG = "a b c d e f g h i j k l m n o p q r s t"
"""Six seconds of answer."""


def talk(counter_: Callable[[], Counter], customer: Callable[[Counter], Awaitable[None]]) -> Counter:
    """Run a conversation until the customer is done and hangs up."""

    async def main() -> Counter:
        counter = counter_()
        session = asyncio.ensure_future(counter.session().run())
        await customer(counter)
        if not session.done():
            counter.channel.send(HungUp(cause="customer"))
        counter.cause = await asyncio.wait_for(session, 60)  # type: ignore[attr-defined]
        return counter

    return run(main())


def test_a_question_is_answered_within_the_second() -> None:
    async def customer(counter: Counter) -> None:
        await counter.say("where are the bulbs", after=3)
        before = len(counter.line.sound)
        await asyncio.sleep(0.95)
        assert len(counter.line.sound) > before
        await asyncio.sleep(5)

    counter = talk(Counter, customer)
    assert counter.said() == ["Welcome to the shop.", "You said where are the bulbs."]
    [turn] = counter.recorder.of(UserSaid)
    assert turn.timings["pause"] < TurnSettings().even_pause, "the words were there to judge by"
    assert turn.timings["stt_wait"] == 0.0, "the draft was transcribed in the pause"
    assert counter.channel.closed == "customer"


def test_a_number_has_a_greeting_of_its_own() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(5)

    counter = talk(lambda: Counter(greeting="The bakery."), customer)
    assert counter.said() == ["The bakery."]


def test_the_plan_made_at_the_pause_is_used_and_made_once() -> None:
    async def customer(counter: Counter) -> None:
        await counter.say("hello there", after=3)
        await asyncio.sleep(5)

    assert talk(Counter, customer).script.planned == ["hello there"]


def test_going_on_after_a_pause_is_one_turn_and_the_draft_leaves_no_trace() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(3)
        counter.hears.append("buy")
        await counter.say("", words=2)
        await asyncio.sleep(0.55)
        counter.hears[0] = "never mind"
        await counter.say("", words=2)
        await asyncio.sleep(5)

    counter = talk(Counter, customer)
    assert [turn.text for turn in counter.recorder.of(UserSaid)] == ["never mind"]
    assert counter.script.done == []
    assert [reply.intent for reply in counter.recorder.of(Replied)] == ["talk"]


def test_an_interruption_silences_us_and_is_answered() -> None:
    async def customer(counter: Counter) -> None:
        counter.script.replies["first"] = Reply((Message(LONG),))
        await counter.say("first", after=3)
        await asyncio.sleep(2.5)
        await counter.say("no I meant the other one")
        await asyncio.sleep(5)

    counter = talk(Counter, customer)
    assert counter.recorder.of(Interrupted)
    cut = counter.recorder.of(Said)[1]
    assert cut.cut
    assert LONG.startswith(cut.text)
    assert 0 < len(cut.text.split()) < 10, "what was not heard is not remembered as said"
    assert counter.said()[-1] == "You said no I meant the other one."


def test_a_backchannel_does_not_stop_the_answer() -> None:
    async def customer(counter: Counter) -> None:
        counter.script.replies["first"] = Reply((Message(LONG),))
        await counter.say("first", after=3)
        await asyncio.sleep(2.5)
        await counter.say("okay")
        await asyncio.sleep(8)

    counter = talk(Counter, customer)
    assert not counter.recorder.of(Interrupted)
    assert counter.said()[1] == LONG
    assert len(counter.recorder.of(UserSaid)) == 1


@pytest.mark.parametrize(("text", "stops"), [("cc", False), ("epera", True), ("bulbs", True)])
def test_what_is_too_short_to_mean_anything_does_not_stop_the_answer(text: str, stops: bool) -> None:
    async def customer(counter: Counter) -> None:
        counter.script.replies["first"] = Reply((Message(LONG),))
        counter.script.lost = {"cc", "epera"}
        await counter.say("first", after=3)
        await asyncio.sleep(2.5)
        await counter.say(text)
        await asyncio.sleep(8)

    counter = talk(Counter, customer)
    assert counter.recorder.of(Said)[1].cut is stops
    assert (counter.said()[1] == LONG) is not stops


def test_a_short_real_answer_over_our_voice_is_heard() -> None:
    async def customer(counter: Counter) -> None:
        counter.script.replies["first"] = Reply((Message(LONG),))
        await counter.say("first", after=3)
        await asyncio.sleep(2.5)
        await counter.say("stop")
        await asyncio.sleep(5)

    counter = talk(Counter, customer)
    assert counter.recorder.of(Said)[1].cut
    assert counter.said()[-1] == "You said stop."


def test_a_side_effect_under_way_is_done_once_though_the_customer_speaks() -> None:
    async def customer(counter: Counter) -> None:
        counter.workers.seconds["commit"] = 3.0
        await counter.say("buy the red one", after=3)
        await asyncio.sleep(1.0)
        await counter.say("and what else")
        await asyncio.sleep(10)

    counter = talk(Counter, customer)
    assert counter.script.done == ["buy the red one"]
    assert [reply.intent for reply in counter.recorder.of(Replied)] == ["buy", "talk"]


def test_a_call_that_drops_in_an_answer_keeps_what_was_heard_and_done() -> None:
    async def customer(counter: Counter) -> None:
        counter.script.replies["first"] = Reply((Message(LONG),))
        await counter.say("first", after=3)
        await asyncio.sleep(2.5)
        counter.channel.send(HungUp(cause="lost"))
        await asyncio.sleep(1)

    counter = talk(Counter, customer)
    last = counter.recorder.of(Said)[-1]
    assert last.cut
    assert 0 < len(last.text.split()) < 10
    assert isinstance(counter.recorder.events[-1], HungUp | Said)


def test_a_call_that_drops_during_a_commit_still_records_its_end() -> None:
    async def customer(counter: Counter) -> None:
        counter.workers.seconds["commit"] = 3.0
        await counter.say("buy it", after=3)
        await asyncio.sleep(1.2)
        counter.channel.send(HungUp(cause="lost"))
        await asyncio.sleep(5)

    counter = talk(Counter, customer)
    assert counter.script.done == ["buy it"]
    assert counter.recorder.of(Replied)


def test_a_caller_who_says_nothing_is_asked_twice_and_then_bidden_goodbye() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(50)

    counter = talk(Counter, customer)
    assert counter.said() == ["Welcome to the shop.", "[silence]", "[silence_again]", "[goodbye_silence]"]
    assert counter.channel.closed == "silence"


def test_noise_without_words_ends_politely_too() -> None:
    async def customer(counter: Counter) -> None:
        for _ in range(4):
            await counter.say("", words=4, after=4)

    counter = talk(Counter, customer)
    assert counter.said()[:4] == ["Welcome to the shop.", "[not_heard]", "[not_heard]", "[goodbye_silence]"]
    assert counter.channel.closed == "silence"


def test_a_cough_is_not_answered() -> None:
    async def customer(counter: Counter) -> None:
        await counter.say("", words=1, after=3)
        await asyncio.sleep(3)

    assert talk(Counter, customer).said() == ["Welcome to the shop."]


@pytest.mark.parametrize(("words", "text"), [(3, ""), (3, "okay right yes")])
def test_a_long_noise_or_backchannel_holds_our_words_and_they_go_on(words: int, text: str) -> None:
    held: list[int] = []

    async def customer(counter: Counter) -> None:
        counter.script.replies["first"] = Reply((Message(LONG),))
        await counter.say("first", after=3)
        await asyncio.sleep(2.5)
        speaking = asyncio.ensure_future(counter.say(text, words=words))
        await asyncio.sleep(0.65)
        held.append(len(counter.line.sound))
        await asyncio.sleep(0.2)
        held.append(len(counter.line.sound))
        await speaking
        await asyncio.sleep(8)

    counter = talk(Counter, customer)
    assert held[0] == held[1], "silent while somebody speaks"
    assert counter.said()[1] == LONG, "and then said to its end"
    assert not counter.recorder.of(Interrupted)
    assert len(counter.recorder.of(UserSaid)) == 1


def test_what_takes_long_is_announced_once() -> None:
    async def customer(counter: Counter) -> None:
        counter.workers.seconds["commit"] = 4.0
        await counter.say("buy the red one", after=3)
        await asyncio.sleep(8)

    assert talk(Counter, customer).said()[1:] == ["[wait]", "Bought."]


def test_what_is_quick_is_not_announced() -> None:
    async def customer(counter: Counter) -> None:
        await counter.say("buy the red one", after=3)
        await asyncio.sleep(8)

    assert talk(Counter, customer).said()[1:] == ["Bought."]


def test_an_answer_interrupted_while_it_is_announced_is_not_given() -> None:
    async def customer(counter: Counter) -> None:
        counter.workers.seconds["plan"] = 2.0
        await counter.say("first thing", after=3)
        await asyncio.sleep(1.2)
        await counter.say("no the second thing please")
        await asyncio.sleep(10)

    assert counter_texts(talk(Counter, customer)) == ["You said no the second thing please."]


def counter_texts(counter: Counter) -> list[str]:
    """What was said but the greeting and the filler."""
    return [text for text in counter.said()[1:] if text and not "[wait]".startswith(text)]


def test_zero_is_a_person_and_a_key_interrupts() -> None:
    async def customer(counter: Counter) -> None:
        counter.script.replies["first"] = Reply((Message(LONG),))
        await counter.say("first", after=3)
        await asyncio.sleep(2.5)
        counter.channel.send(Dtmf(digit="0"))
        await asyncio.sleep(4)

    counter = talk(Counter, customer)
    assert counter.recorder.of(Said)[1].cut
    assert counter.said()[-1] == "A person will call you."


@pytest.mark.parametrize("keys", ["12345", "1234#", "0123"])
def test_keyed_numbers_are_collected(keys: str) -> None:
    async def customer(counter: Counter) -> None:
        counter.script.replies["order"] = Reply((Message("Which number?"),))
        await counter.say("order", after=3)
        await asyncio.sleep(3)
        for key in keys:
            counter.channel.send(Dtmf(digit=key))
            await asyncio.sleep(0.4)
        await asyncio.sleep(8)

    counter = talk(Counter, customer)
    assert f"You said {keys.rstrip('#')}." in counter.said()


def test_recognition_that_fails_has_words_and_the_conversation_goes_on() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(3)
        counter.hears.append(VoiceError("stt.failed", "out of memory"))
        await counter.say("", words=3)
        await asyncio.sleep(4)
        await counter.say("are you there")
        await asyncio.sleep(4)

    counter = talk(Counter, customer)
    assert counter.said() == ["Welcome to the shop.", "[error.stt.failed]", "You said are you there."]
    assert counter.recorder.failures == ["stt.failed"]


def test_a_plan_that_fails_has_words() -> None:
    async def customer(counter: Counter) -> None:
        counter.script.broken = "plan"
        await counter.say("hello", after=3)
        await asyncio.sleep(4)

    counter = talk(Counter, customer)
    assert counter.said()[-1] == "[error.agent.failed]"
    assert counter.recorder.of(Failed)[0].code == "agent.failed"


def test_a_voice_that_fails_leaves_the_words_on_the_screen() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(3)
        counter.mute = True
        await counter.say("hello")
        await asyncio.sleep(4)

    counter = talk(Counter, customer)
    assert [failed.code for failed in counter.recorder.of(Failed)] == ["tts.failed"]
    assert any(isinstance(shown, Notice) for shown in counter.channel.shown)
    assert Caption("counter", "You said hello.", 1) in counter.channel.shown


def test_stopping_says_goodbye_within_five_seconds() -> None:
    async def customer(counter: Counter) -> None:
        counter.script.replies["first"] = Reply((Message(LONG * 3),))
        await counter.say("first", after=3)
        await asyncio.sleep(2)
        counter.channel.send(Stopping())
        await asyncio.sleep(5)
        assert counter.channel.closed == "stopping"

    assert talk(Counter, customer).said()[-1] == "[stopping]"


def test_goodbye_ends_the_call_after_it_was_said() -> None:
    async def customer(counter: Counter) -> None:
        counter.script.replies["bye"] = Reply((Message("Goodbye then."),), action="goodbye")
        await counter.say("bye", after=3)
        await asyncio.sleep(4)

    counter = talk(Counter, customer)
    assert counter.said()[-1] == "Goodbye then."
    assert counter.channel.closed == "goodbye"


def test_language_and_buttons_work_without_sound() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(0.1)
        counter.channel.send(LanguageChosen(language="es"))
        await asyncio.sleep(0.5)
        counter.channel.send(Chose(id="hours", title="Horario"))
        await asyncio.sleep(1)
        counter.channel.send(UserSaid(text="gracias", language="es", spoken=False))
        await asyncio.sleep(1)

    counter = talk(lambda: Counter(text_only=True), customer)
    assert counter.said() == ["Welcome to the shop.", "[language_switched]", "You said Horario.", "You said gracias."]
    assert Status("listening", "es") in counter.channel.shown


def test_a_conversation_has_an_end() -> None:
    async def customer(counter: Counter) -> None:
        for _ in range(10):
            await counter.say("more", after=2)

    counter = talk(lambda: Counter(limits=Limits(conversation_seconds=12)), customer)
    assert counter.channel.closed == "too_long"


def test_captions_of_both_sides_reach_the_screen() -> None:
    async def customer(counter: Counter) -> None:
        await counter.say("where is it", after=3)
        await asyncio.sleep(2 + 6 * WORD)

    shown = talk(Counter, customer).channel.shown
    assert Caption("customer", "where is it", 1, final=False) in shown
    assert Caption("customer", "where is it", 1) in shown
    assert Caption("counter", "You said where is it.", 1) in shown
    states = [update.state for update in shown if isinstance(update, Status)]
    assert states[-3:] == ["thinking", "speaking", "listening"]


def test_a_channel_that_breaks_ends_in_words_and_a_goodbye() -> None:
    async def broken() -> AsyncIterator[Event]:
        await asyncio.sleep(4)
        raise RuntimeError("a fault of ours")
        yield HungUp()  # type: ignore[unreachable]

    def counter() -> Counter:
        made = Counter()
        made.channel.events = broken  # type: ignore[method-assign]
        return made

    async def customer(counter: Counter) -> None:
        await asyncio.sleep(20)

    ended = talk(counter, customer)
    assert [failed.stage for failed in ended.recorder.of(Failed)] == ["pump"]
    assert ended.channel.closed == "stopping"
    assert len(ended.said()) >= 2, "it says that something is wrong, or goodbye, after the greeting"
