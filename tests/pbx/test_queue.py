"""A customer is handed on at a real Asterisk: to a queue with a person at it, to an extension, and back."""

import asyncio
from collections.abc import Callable

import numpy as np
import pytest

from runtime.bench.device import device
from telephony.refer import handoff_headers, new_id
from telephony.sip import Answered, Ended, SipAgent, SipCall
from telephony.transfer import transfer
from tests.pbx.asterisk import Asterisk
from tests.pbx.steps import Join, called, event, hear, say, state
from tests.sip.linphone import Linphone
from tests.sip.melody import melody
from tests.sip.phones import alike
from voice import wav
from voice.frames import RATE
from voice.resample import resample

pytestmark = pytest.mark.sip

QUEUE = "600"
DID = "+34911000222"

Telephone = Callable[[str], Linphone]


async def customer(pbx: Asterisk, agent: SipAgent, telephone: Telephone) -> tuple[Linphone, SipCall]:
    """Has called the device from 300, and is heard."""
    phone = await asyncio.to_thread(telephone, "300")
    phone.command(f"call sip:{DID}@{pbx.address}")
    call = await called(agent)
    await hear(call, 1.0)
    return phone, call


async def talk(one: Linphone, other: Linphone) -> None:
    """The two have heard each other, long enough to be sure."""
    await asyncio.sleep(4.0)
    one.command("terminate all")
    await asyncio.gather(asyncio.to_thread(one.stop), asyncio.to_thread(other.stop))
    said = melody(60.0, 8_000)
    for phone in (one, other):
        heard = wav.read(phone.heard, 8_000).pcm[-3 * 8_000 :]
        assert np.median(alike(heard[: 2 * 8_000], said, 800)) > 0.85


async def test_an_attended_transfer_to_a_queue(pbx: Asterisk, join: Join, telephone: Telephone) -> None:
    """The person is told first; then the two talk, and the device is out of it."""
    agent = await join("200")
    await state(agent, "registered")
    phone, call = await customer(pbx, agent, telephone)
    person = await asyncio.to_thread(telephone, "301")
    since, identity = len(pbx.log()), new_id()
    consultation = await agent.dial(QUEUE, "pbx", handoff_headers(identity))
    await asyncio.to_thread(person.wait, "new incoming call")
    person.command("answer")
    await event(consultation, Answered)
    told = melody(2.0)
    await say(consultation, told)
    await asyncio.sleep(2.5)
    result = await transfer(call, consultation.remote, handoff_headers(identity), consultation=consultation)
    assert result.result == "done"
    for each in (call, consultation):  # Asterisk hangs up itself, and may be first
        assert (await event(each, Ended)).cause in ("transferred", "customer")
    assert agent.calls == 0
    await talk(phone, person)
    assert np.median(alike(resample(told, RATE, 8_000), wav.read(person.heard, 8_000).pcm, 800)) > 0.85
    assert f"handoff {identity} 00{identity};encoding=hex;purpose=isdn-uui" in pbx.log()[since:]
    assert f"X-Mostrador-Handoff: {identity}" in person.log()


async def test_a_whole_device_brings_a_caller_to_the_queue(pbx: Asterisk, telephone: Telephone) -> None:
    """The caller presses 0; the person 1, twice: to take the call, and when they have heard enough about it."""
    settings = f"""
[agent]
language = "en"
[[sip.accounts]]
name = "pbx"
server = "{pbx.address}"
user = "200"
secret_env = "PBX_PASSWORD"
[person]
call = "{QUEUE}"
account = "pbx"
[limits]
silence_seconds = 60.0
"""
    async with device(settings, {"PBX_PASSWORD": "sesame"}) as running:
        assert (await running.logged("sip_registered"))["hop"] == pbx.address
        phone = await asyncio.to_thread(telephone, "300")
        person = await asyncio.to_thread(telephone, "301")
        since = len(pbx.log())
        phone.command(f"call sip:{DID}@{pbx.address}")
        await asyncio.to_thread(phone.wait, "Media streams established")
        phone.command("0")
        await asyncio.to_thread(person.wait, "new incoming call")
        person.command("answer")
        await asyncio.to_thread(person.wait, "Media streams established")
        await asyncio.sleep(2.0)
        person.command("1")
        await asyncio.sleep(2.0)
        person.command("1")
        handoff = await running.logged("transfer")
        assert (handoff["result"], handoff["attended"]) == ("done", True)
        assert f"handoff {handoff['handoff']} 00{handoff['handoff']};encoding=hex" in pbx.log()[since:]
        ended = await running.logged("conversation_ended")
        assert ended["cause"] == "transferred"
        await talk(phone, person)


async def test_a_blind_transfer_to_an_extension(pbx: Asterisk, join: Join, telephone: Telephone) -> None:
    agent = await join("200")
    await state(agent, "registered")
    phone, call = await customer(pbx, agent, telephone)
    person = await asyncio.to_thread(telephone, "301")
    target = await agent.address("301", "pbx")
    work = asyncio.ensure_future(transfer(call, target, handoff_headers(new_id())))
    await asyncio.to_thread(person.wait, "new incoming call")
    person.command("answer")
    assert (await work).result in ("done", "unconfirmed")
    await event(call, Ended)
    await talk(phone, person)


async def test_a_queue_where_nobody_answers_leaves_the_customer_with_us(
    pbx: Asterisk, join: Join, telephone: Telephone
) -> None:
    agent = await join("200")
    await state(agent, "registered")
    phone, call = await customer(pbx, agent, telephone)
    consultation = await agent.dial(QUEUE, "pbx", handoff_headers(new_id()), patience=3.0)
    assert (await event(consultation, Ended)).cause == "no_answer"
    said = melody(2.0)
    await say(call, said)
    await asyncio.sleep(2.5)
    assert call.ended is None
    await call.hangup()
    await asyncio.to_thread(phone.wait, "ended")
    await asyncio.to_thread(phone.stop)
    assert np.median(alike(resample(said, RATE, 8_000), wav.read(phone.heard, 8_000).pcm, 800)) > 0.85


async def test_a_transfer_to_nobody_leaves_the_customer_with_us(
    pbx: Asterisk, join: Join, telephone: Telephone
) -> None:
    agent = await join("200")
    await state(agent, "registered")
    _, call = await customer(pbx, agent, telephone)
    result = await transfer(call, await agent.address("999", "pbx"))
    assert result.result == "failed"
    assert call.ended is None
    assert len(await hear(call, 1.0))
    await call.hangup()
