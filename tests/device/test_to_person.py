"""A caller who wants a person, on a real device: sipp and our own telephone are the people."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from runtime.bench.device import Device, device
from runtime.events import Event, Handoff, HungUp, Said
from telephony.sip import Answered, Ended, SipAgent, SipCall
from tests.device.caller import events_of, talks
from tests.sip import legs
from tests.sip.legs import agent_with, done
from tests.sip.linphone import Linphone
from tests.sip.melody import melody
from tests.sip.phones import LIMIT, alike, free_port
from tests.sip.scenario import accept, expect, invited, late, reply
from voice import wav
from voice.frames import RATE, AudioFrame, Pcm

pytestmark = [pytest.mark.device, pytest.mark.timeout(300)]

PORT = free_port()
GIVEN_UP = (reply(180), expect("CANCEL"), accept(), late(487), expect("ACK"))
"""Rings until nobody wants to talk to it any more."""
SETTINGS = f"""
[agent]
language = "en"
[person]
call = "sip:person@127.0.0.1:{PORT}"
ring_seconds = 4.0
accept_seconds = 8.0
words_seconds = 3.0
[limits]
silence_seconds = 30.0
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def counter() -> AsyncIterator[Device]:
    async with device(SETTINGS) as running:
        yield running


class Telephone:
    """A call of a tester's: says what it is told to, keeps what it hears."""

    def __init__(self, call: SipCall) -> None:
        self.call = call
        self.heard: list[Pcm] = []
        self._tasks = [asyncio.ensure_future(work) for work in (self._listen(), self._follow())]

    async def _listen(self) -> None:
        async for frame in self.call.line.heard():
            self.heard.append(frame.pcm)

    async def _follow(self) -> None:
        async for _ in self.call.events():
            pass

    def sound(self, since: int = 0) -> Pcm:
        return np.concatenate([*self.heard[since:], np.zeros(1, np.int16)])

    async def loud(self, seconds: float) -> None:
        """Until it has heard so much sound."""
        since = len(self.heard)
        async with asyncio.timeout(LIMIT):
            while sum(np.abs(pcm).max() > 500 for pcm in self.heard[since:]) < seconds * 50:
                assert self.call.ended is None
                await asyncio.sleep(0.05)

    async def say(self, pcm: Pcm) -> None:
        while len(pcm):
            pcm = pcm[self.call.line.play(pcm) :]
            await asyncio.sleep(0.02)


async def customer(agent: SipAgent, running: Device) -> Telephone:
    """Has called and asked for a person."""
    call = await agent.dial(running.sip)
    async with asyncio.timeout(LIMIT):
        async for event in call.events():
            assert not isinstance(event, Ended)
            if isinstance(event, Answered):
                break
    phone = Telephone(call)
    await phone.loud(0.3)
    assert await call.send_dtmf("0")
    return phone


def said(text: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, Said) and text in event.text


def steps(events: list[Event]) -> list[str]:
    return [f"{event.step} {event.why}".strip() for event in events if isinstance(event, Handoff)]


def person(folder: Path, *script: str) -> "subprocess.Popen[str]":
    return legs.person(folder, *script, port=PORT)[0]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_person_is_asked_briefed_and_talks_to_the_customer(counter: Device) -> None:
    """The customer's telephone refuses to transfer, as ours does: the device carries the sound, both ways."""
    one, other = melody(4.0), melody(4.0)[::-1].copy()
    before = len(talks(counter))
    async with agent_with(port=PORT, user="tester") as agent:
        phone = await customer(agent, counter)
        async with asyncio.timeout(LIMIT):
            call = await anext(aiter(agent.incoming()))
        await phone.loud(1.0)  # words, or music
        await call.answer()
        helper = Telephone(call)
        await helper.loud(2.0)
        assert await call.send_dtmf("1")
        events = await events_of(counter, happened("connected"), before)
        assert steps(events) == ["asked", "ringing", "answered", "accepted", "briefed", "connected joined"]
        await asyncio.sleep(0.5)
        since = len(phone.heard), len(helper.heard)
        await asyncio.gather(phone.say(one), helper.say(other))
        await asyncio.sleep(1.5)
        assert await call.hangup()
        assert await phone.call.gone(LIMIT)
        events = await events_of(counter, lambda event: isinstance(event, HungUp), before)
    assert np.median(alike(one[: 2 * RATE], helper.sound(since[1]))) > 0.9
    assert np.median(alike(other[: 2 * RATE], phone.sound(since[0]))) > 0.9
    assert events[-1].cause == "transferred"  # type: ignore[union-attr]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("script", "why", "words"),
    [
        ((expect("INVITE"), reply(180), reply(486), expect("ACK")), "busy", "busy with another customer"),
        ((expect("INVITE"), reply(603), expect("ACK")), "refused", "Nobody is available"),
        (
            (invited(check="User-to-User", like="00[0-9a-f]+;encoding=hex;purpose=isdn-uui"), *GIVEN_UP),
            "no_answer", "nobody answers",
        ),
        (
            (expect("INVITE"), reply(200, sound=True), expect("ACK"), expect("BYE"), accept()),
            "not_accepted", "nobody answers",
        ),
    ],
    ids=["busy", "refused", "no answer", "machine"],
)  # fmt: skip
async def test_the_customer_comes_back_and_is_told(
    counter: Device, tmp_path: Path, script: tuple[str, ...], why: str, words: str
) -> None:
    before = len(talks(counter))
    helper = person(tmp_path, *script)
    async with agent_with(user="tester") as agent:
        phone = await customer(agent, counter)
        events = await events_of(counter, said(words), before)
        assert steps(events)[-1] == f"returned {why}"
        assert phone.call.ended is None
        await phone.call.hangup()
    await done(helper)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_customer_who_hangs_up_while_it_rings_ends_the_call(counter: Device, tmp_path: Path) -> None:
    before = len(talks(counter))
    helper = person(tmp_path, invited(), *GIVEN_UP)
    async with agent_with(user="tester") as agent:
        phone = await customer(agent, counter)
        await events_of(counter, happened("ringing"), before)
        await phone.call.hangup()
        events = await events_of(counter, lambda event: isinstance(event, HungUp), before)
    await done(helper)
    assert steps(events)[:2] == ["asked", "ringing"]
    assert events[-1].cause == "customer"  # type: ignore[union-attr]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_person_who_hangs_up_in_the_briefing_returns_the_customer(counter: Device) -> None:
    before = len(talks(counter))
    async with agent_with(port=PORT, user="tester") as agent:
        phone = await customer(agent, counter)
        async with asyncio.timeout(LIMIT):
            call = await anext(aiter(agent.incoming()))
        await call.answer()
        helper = Telephone(call)
        await helper.loud(1.0)
        assert await call.send_dtmf("1")
        await events_of(counter, happened("accepted"), before)
        await call.hangup()
        events = await events_of(counter, said("lost them"), before)
        assert steps(events)[-1] == "returned lost"
        await phone.call.hangup()


@pytest.mark.asyncio(loop_scope="module")
async def test_two_telephones_are_brought_together_and_the_device_is_out_of_it(tmp_path: Path) -> None:
    """linphone as the customer and as the person, by an attended transfer."""
    voices = {"customer": melody(60.0, 8_000), "person": melody(60.0, 8_000)[::-1].copy()}
    phones: dict[str, Linphone] = {}
    try:
        for name, voice in voices.items():
            wav.write(tmp_path / f"{name}.wav", AudioFrame(voice, 8_000, 0.0))
            phones[name] = Linphone(tmp_path / name, tmp_path / f"{name}.wav", "PCMA", user=name)
        caller, helper = phones["customer"], phones["person"]
        settings = SETTINGS.replace(f"sip:person@127.0.0.1:{PORT}", helper.uri)
        async with device(settings.replace("ring_seconds = 4.0", "ring_seconds = 20.0")) as running:
            caller.command(f"call {running.sip}")
            await asyncio.to_thread(caller.wait, "Media streams established")
            await asyncio.sleep(1.0)
            caller.command("0")
            await asyncio.to_thread(helper.wait, "new incoming call")
            helper.command("answer")
            await events_of(running, happened("answered"))
            await asyncio.sleep(1.0)
            helper.command("1")
            events = await events_of(running, lambda event: isinstance(event, HungUp))
            await asyncio.to_thread(helper.wait, "Media streams established", 2)
            await asyncio.sleep(3.0)
            log = running.log.read_text("utf-8")
    finally:
        for phone in phones.values():
            phone.stop()
    assert steps(events)[-1].startswith("connected attended")
    assert events[-1].cause == "transferred"  # type: ignore[union-attr]
    identity = next(event.id for event in events if isinstance(event, Handoff))
    assert f"X-Mostrador-Handoff: {identity}" in helper.log()
    assert identity in log
    for name, other in (("customer", "person"), ("person", "customer")):
        sound = wav.read(phones[name].heard, 8_000, convert=True).pcm[-24_000:-8_000]
        assert np.median(alike(sound, voices[other], 800)) > 0.85


def happened(step: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, Handoff) and event.step == step
