"""A number begun by key and ended aloud, and a call on hold: a real call to a device on real models."""

import asyncio

import pytest

from runtime.bench.device import device
from runtime.bench.questions import spoken
from runtime.events import Dtmf, Event, Hold, HungUp, Replied, Silence, UserSaid
from tests.device.caller import calling, events_of

pytestmark = [pytest.mark.device, pytest.mark.timeout(300)]

REST = "The rest is: two, one, five."
QUESTION = "What are your opening hours on Saturday?"


async def test_a_number_begun_by_key_is_ended_aloud_and_a_hold_changes_nothing() -> None:
    def waits_for_a_number(event: Event) -> bool:
        return isinstance(event, Replied) and event.state.expect.kind == "digits"

    def has_both(event: Event) -> bool:  # how well three short words are recognised is another test's business
        return isinstance(event, UserSaid) and event.text.startswith("48") and len(event.text) > 2

    async with device('[agent]\nlanguage = "en"\n[limits]\nsilence_seconds = 4.0') as running:
        async with calling(running) as caller:
            with spoken(("I would like to know the status of my order.", REST, QUESTION)) as files:
                await asyncio.sleep(2.0)
                await caller.say(files[0])
                await events_of(running, waits_for_a_number)
                await caller.press("48")
                await events_of(running, lambda event: isinstance(event, Dtmf) and event.digit == "8")
                await caller.say(files[1])
                await events_of(running, has_both)
                await caller.hold()
                await events_of(running, lambda event: isinstance(event, Hold) and event.on)
                await asyncio.sleep(9.0)  # more than twice as long as anybody may be silent
                await caller.resume()
                await events_of(running, lambda event: isinstance(event, Hold) and not event.on)
                await caller.say(files[2])
                await events_of(running, lambda event: isinstance(event, Replied) and event.intent == "hours")
        events = await events_of(running, lambda event: isinstance(event, HungUp))
    first, last = (at for at, event in enumerate(events) if isinstance(event, Hold))
    assert not [event for event in events[first:last] if isinstance(event, Silence)]
