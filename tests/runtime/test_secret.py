"""A number that nobody may know: where its digits go, and where they don't. On virtual time."""

import asyncio
import copy
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import VaultError
from runtime.agent import Reply
from runtime.channels import Caption
from runtime.events import Attached, Dtmf, Hold, HungUp, Kept, Silence, UserSaid, encode
from runtime.journal import Record
from runtime.keys import BETWEEN_HIDDEN, FIRST_HIDDEN, HIDDEN, Keyed, Wanted, press
from runtime.messages import Message
from runtime.secret import Secret
from runtime.trace import turns
from tests.runtime.counter import Counter
from tests.runtime.test_session import talk

pytestmark = pytest.mark.unit

CARD = "4539148803436467"
CARDS = Wanted(13, 19)


def keyed(secret: Secret, keys: str) -> str:
    return "".join(secret.press(key) for key in keys)


def taken(secret: Secret) -> str:
    return secret.take(lambda digits: bytes(digits).decode())


def test_digits_go_to_whoever_keeps_them_and_dots_to_everybody_else() -> None:
    secret = Secret(CARDS)
    assert keyed(secret, f"12*{CARD}#") == f"••*{HIDDEN * 16}#"
    assert repr(secret) == "<Secret of 16 digits>"
    assert taken(secret) == CARD
    assert repr(secret) == "<Secret of 0 digits>"
    assert taken(secret) == "", "once"


def test_what_is_keyed_after_the_end_is_told_to_nobody() -> None:
    secret = Secret(Wanted(4, 4))
    assert keyed(secret, "12345*#A6") == HIDDEN * 4
    assert secret.over
    assert taken(secret) == "1234"


def test_it_is_wiped_whatever_comes_of_it() -> None:
    def fail(digits: memoryview) -> str:
        raise VaultError("vault.unreachable", "no network", retryable=True)

    secret = Secret(CARDS)
    keyed(secret, CARD)
    memory = secret._digits
    with pytest.raises(VaultError):
        secret.take(fail)
    assert not any(memory)
    secret = Secret(CARDS)
    keyed(secret, CARD + "*")
    assert not any(secret._digits)
    keyed(secret, CARD)
    secret.wipe()
    assert not any(secret._digits)


@pytest.mark.parametrize("write", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_written_down(write: object) -> None:
    assert callable(write)
    with pytest.raises(TypeError):
        write(Secret(CARDS))


@given(st.text("0123456789*#ABCD", max_size=60), st.integers(1, 8), st.integers(0, 8))
def test_the_conversation_counts_what_the_secret_holds(keys: str, fewest: int, more: int) -> None:
    """Both sides see the same keys, one with digits and one without: they must end at the same key."""
    wanted = Wanted(fewest, fewest + more)
    secret = Secret(wanted)
    held, done = "", None
    for key in keys:
        told = secret.press(key)
        assert told in ("", HIDDEN, "*", "#")
        if told and done is None:
            held, done = press(held, told, wanted)
        assert secret.over == (done is not None)
    count = len(done.digits) if isinstance(done, Keyed) else len(held)
    assert len(taken(secret)) == count


# In a conversation


async def asked(counter: Counter) -> None:
    counter.script.replies["pay"] = Reply((Message("What is the number of your card?"),))
    await counter.say("pay", after=3)
    await asyncio.sleep(4)


async def press_all(counter: Counter, keys: str) -> None:
    for key in keys:
        counter.channel.press(key)
        await asyncio.sleep(0.3)


def written(counter: Counter) -> bytes:
    """All that is remembered, shown or said, in one."""
    shown = repr(counter.channel.shown).encode()
    return b"".join(encode(event) for event in counter.recorder.events) + shown + repr(counter.said()).encode()


def keys_told(counter: Counter) -> str:
    return "".join(event.digit for event in counter.recorder.of(Dtmf))


def test_a_card_keyed_in_is_a_token_to_everybody() -> None:
    async def customer(counter: Counter) -> None:
        await asked(counter)
        await press_all(counter, f"{CARD}#")
        await asyncio.sleep(5)
        counter.channel.press("7")
        await asyncio.sleep(5)

    counter = talk(Counter, customer)
    [kept] = counter.recorder.of(Kept)
    assert kept.digits == 16
    assert kept.token.startswith("local-")
    assert f"Kept {kept.token}." in counter.said()
    assert keys_told(counter) == f"{HIDDEN * 16}#7", "afterwards keys are keys again"
    assert Caption("customer", HIDDEN * 3, 2, final=False) in counter.channel.shown
    assert Caption("customer", HIDDEN * 16, 2) in counter.channel.shown
    assert CARD.encode() not in written(counter)
    assert not any(digit in keys_told(counter) for digit in CARD if digit != "7")


def test_a_trace_shows_dots() -> None:
    events = [
        Attached(channel="phone", peer="x", language="en"),
        Kept(digits=16, token="t"),
        Kept(digits=2, why="short"),
    ]
    _, kept, short = turns(Record(at, "c1", 0.0, event) for at, event in enumerate(events))
    assert (kept.form, kept.heard, kept.notes) == ("keyed", HIDDEN * 16, ())
    assert (short.heard, short.notes) == (HIDDEN * 2, ("not kept: short",))


def test_while_it_is_on_nothing_is_heard_and_nobody_asked_whether_they_are_there() -> None:
    async def customer(counter: Counter) -> None:
        await asked(counter)
        await counter.say("four five three nine", words=8)
        await asyncio.sleep(9)
        await press_all(counter, CARD)
        await asyncio.sleep(BETWEEN_HIDDEN + 5)
        counter.hears.clear()
        await counter.say("thank you")
        await asyncio.sleep(4)

    counter = talk(Counter, customer)
    assert [event.text for event in counter.recorder.of(UserSaid)] == ["pay", "thank you"]
    assert "four" not in " ".join(counter.script.planned)
    assert not counter.recorder.of(Silence)
    assert counter.recorder.of(Kept)[0].token, "a pause ended it"


def test_words_on_their_way_when_it_begins_are_dropped() -> None:
    async def customer(counter: Counter) -> None:
        await asked(counter)
        counter.channel.send(UserSaid(text="4539 1488", language="en"))
        await asyncio.sleep(2)

    counter = talk(Counter, customer)
    assert b"4539" not in written(counter)
    assert not [text for text in counter.script.planned if "4539" in text]


@pytest.mark.parametrize(("keys", "why"), [("12#", "short"), ("4539148803436468#", "vault.refused"), ("", "nothing")])
def test_what_is_no_number_is_asked_for_again(keys: str, why: str) -> None:
    async def customer(counter: Counter) -> None:
        await asked(counter)
        await press_all(counter, keys)
        await asyncio.sleep(5 if keys else FIRST_HIDDEN + 5)
        await press_all(counter, f"{CARD}#")
        await asyncio.sleep(5)

    counter = talk(Counter, customer)
    first, second = counter.recorder.of(Kept)
    assert (first.token, first.why) == ("", why)
    assert second.token
    assert "Once more, your card?" in counter.said()
    assert b"45391488" not in written(counter)


def test_a_key_told_of_too_late_does_not_stop_what_is_on_its_way() -> None:
    async def customer(counter: Counter) -> None:
        counter.workers.seconds["commit"] = 2.0
        await asked(counter)
        await press_all(counter, CARD)
        await asyncio.sleep(BETWEEN_HIDDEN)
        counter.channel.send(Dtmf(digit=HIDDEN))
        await asyncio.sleep(8)

    [kept] = talk(Counter, customer).recorder.of(Kept)
    assert kept.token


def test_a_hold_in_the_middle_of_it_loses_and_tells_nothing() -> None:
    async def customer(counter: Counter) -> None:
        await asked(counter)
        await press_all(counter, CARD[:8])
        counter.channel.send(Hold(on=True))
        await asyncio.sleep(60)
        counter.channel.send(Hold(on=False))
        await counter.say("four five", words=4)  # still not for our ears
        await press_all(counter, f"{CARD[8:]}#")
        await asyncio.sleep(5)

    counter = talk(Counter, customer)
    assert counter.recorder.of(Kept)[0].token
    assert len(counter.recorder.of(UserSaid)) == 1


def test_where_there_are_no_keys_a_person_takes_over() -> None:
    async def customer(counter: Counter) -> None:
        counter.channel.has_keys = False
        await asked(counter)
        await asyncio.sleep(5)
        await counter.say("hello", after=1)
        await asyncio.sleep(4)

    counter = talk(Counter, customer)
    assert "[to_person]" in counter.said()
    assert "What is the number of your card?" not in counter.said()
    assert [event.text for event in counter.recorder.of(UserSaid)] == ["pay", "hello"], "and is heard again"


def test_hanging_up_in_the_middle_of_it_wipes_it() -> None:
    secrets: list[Secret] = []

    async def customer(counter: Counter) -> None:
        await asked(counter)
        await press_all(counter, CARD[:12])
        assert counter.channel.through is not None
        secrets.append(counter.channel.through.__self__)  # type: ignore[attr-defined]
        counter.channel.send(HungUp(cause="lost"))
        await asyncio.sleep(1)

    talk(Counter, customer)
    assert not any(secrets[0]._digits)
