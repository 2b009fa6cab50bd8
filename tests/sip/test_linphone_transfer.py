"""Transfers with linphone: as the customer, as the person, and as the one who moves us to somebody else.

Version 5.1 ends its last NOTIFY with "reason=reason=noresource", which PJSIP does not read: it never says that a
transfer has worked.
"""

import asyncio
import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from telephony.events import Answered, Ended
from telephony.refer import HANDOFF, UUI, Transferred, handoff_headers
from telephony.sip import SipAgent, SipSettings
from telephony.transfer import transfer
from tests.sip.linphone import Linphone
from tests.sip.phones import alike
from tests.sip.test_caller import melody
from tests.sip.test_transfer import ID, answer, until
from voice import wav
from voice.frames import Pcm

pytestmark = pytest.mark.sip

Take = Callable[[str], Linphone]
RATE = 8_000
VOICES = {"customer": melody(60.0, RATE), "person": melody(60.0, RATE)[::-1].copy()}


@pytest.fixture
def take(tmp_path: Path) -> Iterator[Take]:
    """Takes up a linphone, which says what is in `VOICES` under its name."""
    phones: list[Linphone] = []

    def begin(name: str) -> Linphone:
        said = tmp_path / f"{name}.wav"
        with wave.open(str(said), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(VOICES[name].tobytes())
        phones.append(Linphone(tmp_path / name, said, "PCMA", user=name))
        return phones[-1]

    yield begin
    for phone in phones:
        phone.stop()


async def said(phone: Linphone, what: str, count: int = 1) -> str:
    return await asyncio.to_thread(phone.wait, what, count)


def found(phone: Linphone, who: str) -> float:
    """How well the last that `phone` heard is what `who` says: median of pieces of 0.1 s."""
    sound: Pcm = wav.read(phone.heard, RATE, convert=True).pcm
    return float(np.median(alike(sound[-3 * RATE : -RATE], VOICES[who], 800)))


async def test_an_attended_transfer_brings_customer_and_person_together(take: Take) -> None:
    customer, person = take("customer"), take("person")
    agent = SipAgent(SipSettings(port=0))
    await agent.start()
    try:
        customer.command(f"call {agent.uri}")
        call = await answer(agent)
        consultation = await agent.dial(person.uri, headers=handoff_headers(ID))
        await said(person, "new incoming call")
        person.command("answer")
        await until(consultation, Answered)
        result = await transfer(call, consultation.remote, handoff_headers(ID), consultation=consultation)
        assert result == Transferred("unconfirmed")
        await until(consultation, Ended)
        await said(person, "Media streams established", 2)
        await asyncio.sleep(4.0)
        assert agent.calls == 0
    finally:
        await agent.stop()
    customer.stop()
    person.stop()
    assert found(person, "customer") > 0.85
    assert found(customer, "person") > 0.85
    log = person.log()
    assert f"{UUI}: 00{ID};encoding=hex" in log
    assert f"{HANDOFF}: {ID}" in log


async def test_a_blind_transfer_takes_the_id_to_the_person(take: Take) -> None:
    customer, person = take("customer"), take("person")
    agent = SipAgent(SipSettings(port=0))
    await agent.start()
    try:
        customer.command(f"call {agent.uri}")
        call = await answer(agent)
        transferring = asyncio.ensure_future(transfer(call, person.uri, handoff_headers(ID), within=8.0))
        await said(person, "new incoming call")
        person.command("answer")
        assert await transferring == Transferred("unconfirmed")
        await asyncio.sleep(4.0)
    finally:
        await agent.stop()
    customer.stop()
    person.stop()
    assert found(person, "customer") > 0.85
    assert found(customer, "person") > 0.85
    assert f"{HANDOFF}: {ID}" in person.log()


async def test_a_person_who_declines_leaves_the_customer_with_us(take: Take) -> None:
    customer, person = take("customer"), take("person")
    agent = SipAgent(SipSettings(port=0))
    await agent.start()
    try:
        customer.command(f"call {agent.uri}")
        call = await answer(agent)
        transferring = asyncio.ensure_future(transfer(call, person.uri))
        await said(person, "new incoming call")
        person.command("terminate")
        assert (await transferring).result in ("failed", "busy")
        assert call.ended is None
    finally:
        await agent.stop()


async def test_it_moves_us_to_a_listed_person(take: Take) -> None:
    """The one who transfers is the customer here."""
    mover, person = take("customer"), take("person")
    agent = SipAgent(SipSettings(port=0, transfers=(f"person@127.0.0.1:{person.port}",)))
    await agent.start()
    try:
        mover.command(f"call {agent.uri}")
        call = await answer(agent)
        mover.command(f"transfer {person.uri}")
        await said(person, "new incoming call")
        person.command("answer")
        await said(person, "Media streams established")
        await asyncio.sleep(1.0)
        mine = melody(3.0)
        call.line.play(mine[:30_000])
        await asyncio.sleep(3.0)
        assert call.ended is None
        await call.hangup()
    finally:
        await agent.stop()
    person.stop()
    sound = wav.read(person.heard, RATE, convert=True).pcm
    assert np.median(alike(mine[::2][:RATE], sound, 800)) > 0.7
