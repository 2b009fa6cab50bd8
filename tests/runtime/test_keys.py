"""Digits keyed and said, on virtual time."""

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.agent import Expect, Reply
from runtime.events import Dtmf, Hold, UserSaid
from runtime.keys import BETWEEN, HIDDEN, Keyed, Keypad, Outcome, Wanted, ended, joined, patience, press, wanted_of
from runtime.messages import Message
from tests.runtime.counter import Counter
from tests.runtime.test_session import talk
from tests.virtual_time import run

pytestmark = pytest.mark.unit

FREE, FIVE, RANGE = Wanted(), Wanted(5, 5), Wanted(5, 6)


def keyed(keys: str, wanted: Wanted) -> tuple[str, list[Keyed]]:
    held, done = "", []
    for key in keys:
        held, complete = press(held, key, wanted)
        done += [complete] if complete else []
    return held, done


@pytest.mark.parametrize(
    ("keys", "wanted", "held", "done"),
    [
        ("48215", FIVE, "", [Keyed(Outcome.WHOLE, "48215")]),
        ("48215", RANGE, "48215", []),  # a sixth may come
        ("48215#", RANGE, "", [Keyed(Outcome.WHOLE, "48215")]),
        ("482157", RANGE, "", [Keyed(Outcome.WHOLE, "482157")]),
        ("48#", RANGE, "", [Keyed(Outcome.SHORT, "48")]),
        ("48*48215", FIVE, "", [Keyed(Outcome.WHOLE, "48215")]),
        ("4A8B2C1D5", FIVE, "", [Keyed(Outcome.WHOLE, "48215")]),
        ("#", FIVE, "", [Keyed(Outcome.NOTHING)]),
        ("01234", FIVE, "", [Keyed(Outcome.WHOLE, "01234")]),
        ("0", FREE, "", [Keyed(Outcome.PERSON)]),
        ("0", Wanted(1, 1, choice=True), "", [Keyed(Outcome.PERSON)]),
        ("0", Wanted(1, 1), "", [Keyed(Outcome.WHOLE, "0")]),
        ("2", Wanted(1, 1, choice=True), "", [Keyed(Outcome.WHOLE, "2")]),
        ("10#", FREE, "", [Keyed(Outcome.WHOLE, "10")]),
        ("#", FREE, "", []),
        (HIDDEN * 16, Wanted(13, 16), "", [Keyed(Outcome.WHOLE, HIDDEN * 16)]),
    ],
)
def test_a_number_is_complete_by_its_length_or_its_terminator(
    keys: str, wanted: Wanted, held: str, done: list[Keyed]
) -> None:
    assert keyed(keys, wanted) == (held, done)


def test_a_pause_ends_what_there_is_and_no_key_at_all_ends_too_where_that_is_asked_for() -> None:
    assert ended("48", RANGE) == Keyed(Outcome.SHORT, "48")
    assert ended("48215", RANGE) == Keyed(Outcome.WHOLE, "48215")
    assert ended("", RANGE) == Keyed(Outcome.NOTHING)
    assert (patience("", RANGE), patience("4", RANGE)) == (math.inf, BETWEEN)
    assert patience("", Wanted(5, 5, first=8.0)) == 8.0


def test_what_is_asked_for_decides_what_is_collected() -> None:
    assert wanted_of(Expect("digits", 5, 6)) == RANGE
    assert wanted_of(Expect("digits", 5)) == FIVE
    assert wanted_of(Expect("digits", 5, 5, held=3)) == Wanted(2, 5)
    assert wanted_of(Expect("choice")) == Wanted(1, 1, choice=True)
    assert wanted_of(Expect("yes_no")) == Wanted()
    assert wanted_of(Expect("yes_no", most=1)) == Wanted(1, 1, choice=True)
    assert wanted_of(Expect()) == FREE
    assert wanted_of(Expect("secret", 13, 19)).first < math.inf


@pytest.mark.parametrize(
    ("first", "said", "expect", "meant"),
    [
        ("48", "two one five", Expect("digits", 5, 5), "48215"),
        ("48", "4 8 2 1 5", Expect("digits", 5, 5), "4 8 2 1 5"),  # all of it anew
        ("48", "a person please", Expect("digits", 5, 5), "a person please"),
        ("", "two one five", Expect("digits", 5, 5), "two one five"),
        ("48", "two", Expect("digits", 5, 5), "482"),
    ],
)
def test_words_after_keys_are_the_rest_or_something_else(first: str, said: str, expect: Expect, meant: str) -> None:
    assert joined(first, said, "en", expect) == meant


KEYS = st.lists(st.tuples(st.floats(0.05, 8.0), st.sampled_from("0123456789#AD" + HIDDEN)), max_size=40)
WANTED = st.builds(
    lambda fewest, more, first, between: Wanted(fewest, fewest + more, first, between),
    st.integers(1, 6), st.integers(0, 3), st.sampled_from([math.inf, 1.0, 5.0]), st.sampled_from([1.0, 3.0]),
)  # fmt: skip


@given(KEYS, WANTED)
def test_no_digit_is_lost_made_up_or_late(keys: list[tuple[float, str]], wanted: Wanted) -> None:
    async def main() -> list[tuple[float, Keyed]]:
        loop = asyncio.get_running_loop()
        done: list[tuple[float, Keyed]] = []
        pad = Keypad(lambda keyed: done.append((loop.time(), keyed)))
        pad.wanted = wanted
        last = loop.time()
        for gap, key in keys:
            await asyncio.sleep(gap)
            at = loop.time()
            for late, keyed in done:
                if last < late < at and keyed.digits:
                    assert late == pytest.approx(last + wanted.between)
            last = at
            if complete := pad.press(key):
                done.append((at, complete))
        await asyncio.sleep(10)
        assert pad.held == ""
        return done

    done = [keyed for _, keyed in run(main())]
    assert "".join(keyed.digits for keyed in done) == "".join(key for _, key in keys if key not in "#AD")
    for keyed in done:
        match keyed.outcome:
            case Outcome.WHOLE:
                assert wanted.fewest <= len(keyed.digits) <= wanted.most
            case Outcome.SHORT:
                assert 0 < len(keyed.digits) < wanted.fewest
            case Outcome.NOTHING:
                assert not keyed.digits
            case Outcome.PERSON:
                raise AssertionError("0 is a digit while a number is wanted")


# In a conversation


async def asked(counter: Counter) -> None:
    counter.script.replies["order"] = Reply((Message("Which number?"),))
    await counter.say("order", after=3)
    await asyncio.sleep(3)


async def press_all(counter: Counter, keys: str) -> None:
    for key in keys:
        counter.channel.send(Dtmf(digit=key))
        await asyncio.sleep(0.4)


def texts(counter: Counter) -> list[str]:
    return [event.text for event in counter.recorder.of(UserSaid)]


def test_a_number_begun_by_key_is_ended_aloud() -> None:
    async def customer(counter: Counter) -> None:
        await asked(counter)
        await press_all(counter, "48")
        await counter.say("two one five", words=12)  # longer than a pause between keys
        await asyncio.sleep(5)

    assert texts(talk(Counter, customer)) == ["order", "48215"]


def test_a_cough_between_keys_loses_none() -> None:
    async def customer(counter: Counter) -> None:
        await asked(counter)
        await press_all(counter, "48")
        await counter.say("", words=2)
        await asyncio.sleep(1)
        await press_all(counter, "215")
        await asyncio.sleep(5)

    assert texts(talk(Counter, customer)) == ["order", "48215"]


def test_a_hold_between_keys_loses_none() -> None:
    async def customer(counter: Counter) -> None:
        await asked(counter)
        await press_all(counter, "48")
        counter.channel.send(Hold(on=True))
        await asyncio.sleep(60)
        counter.channel.send(Hold(on=False))
        await press_all(counter, "215")
        await asyncio.sleep(5)

    assert texts(talk(Counter, customer)) == ["order", "48215"]


def test_the_last_key_of_a_whole_number_is_answered_at_once_and_a_pause_ends_a_short_one() -> None:
    async def customer(counter: Counter) -> None:
        await asked(counter)
        await press_all(counter, "48215")
        assert texts(counter) == ["order", "48215"]
        await asked(counter)
        await press_all(counter, "482")
        assert len(texts(counter)) == 3
        await asyncio.sleep(BETWEEN)
        assert texts(counter)[-1] == "482"

    talk(Counter, customer)
