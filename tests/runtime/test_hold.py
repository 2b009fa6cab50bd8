"""A call on hold, on virtual time: nobody is asked, nothing is lost, nothing is heard."""

import asyncio

import pytest

from runtime.agent import Reply
from runtime.events import Hold, Said, Silence, UserSaid
from runtime.messages import Message
from tests.runtime.counter import Counter
from tests.runtime.test_session import LONG, talk

pytestmark = pytest.mark.unit


def test_on_hold_nobody_is_asked_whether_they_are_there() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(4)
        counter.channel.send(Hold(on=True))
        await asyncio.sleep(120)
        assert counter.said() == ["Welcome to the shop."]
        counter.channel.send(Hold(on=False))
        await counter.say("hello again", after=4)
        await asyncio.sleep(4)

    counter = talk(Counter, customer)
    assert counter.said() == ["Welcome to the shop.", "You said hello again."]
    assert not counter.recorder.of(Silence)
    assert [event.on for event in counter.recorder.of(Hold)] == [True, False]


def test_after_it_silence_is_asked_about_again() -> None:
    async def customer(counter: Counter) -> None:
        await asyncio.sleep(3)
        counter.channel.send(Hold(on=True))
        await asyncio.sleep(30)
        counter.channel.send(Hold(on=False))
        await asyncio.sleep(11)

    assert talk(Counter, customer).said() == ["Welcome to the shop.", "[silence]"]


def test_what_was_being_said_waits_and_goes_on() -> None:
    lengths: list[int] = []

    async def customer(counter: Counter) -> None:
        counter.script.replies["first"] = Reply((Message(LONG),))
        await counter.say("first", after=3)
        await asyncio.sleep(3)
        counter.channel.send(Hold(on=True))
        for seconds in (0.1, 20):
            await asyncio.sleep(seconds)
            lengths.append(len(counter.line.sound))
        counter.channel.send(Hold(on=False))
        await asyncio.sleep(8)

    counter = talk(Counter, customer)
    assert lengths[0] == lengths[1], "nothing is played into a held call"
    assert counter.said()[1] == LONG
    assert not counter.recorder.of(Said)[1].cut


def test_music_on_hold_is_no_turn() -> None:
    async def customer(counter: Counter) -> None:
        await counter.say("", words=2, after=4)  # in the middle of a turn
        counter.channel.send(Hold(on=True))
        await counter.say("", words=20)
        counter.channel.send(Hold(on=False))
        await asyncio.sleep(4)

    counter = talk(Counter, customer)
    assert not counter.recorder.of(UserSaid)
    assert counter.said() == ["Welcome to the shop."]
