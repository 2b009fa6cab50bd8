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
from telephony.sip import SipAgent, SipCall
from telephony.transfer import transfer
from tests.sip.legs import ID, agent_with, answer, until
from tests.sip.linphone import Linphone
from tests.sip.melody import melody
from tests.sip.phones import alike
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


async def calls(agent: SipAgent, phone: Linphone) -> SipCall:
    """We have answered it."""
    phone.command(f"call {agent.uri}")
    return await answer(agent)


async def said(phone: Linphone, what: str, count: int = 1) -> str:
    return await asyncio.to_thread(phone.wait, what, count)


async def talk(customer: Linphone, person: Linphone) -> None:
    """Each has heard what the other says in the end, long enough to be sure."""
    await asyncio.sleep(4.0)
    for phone in (customer, person):
        phone.stop()
    for phone, who in ((person, "customer"), (customer, "person")):
        sound: Pcm = wav.read(phone.heard, RATE, convert=True).pcm
        assert np.median(alike(sound[-3 * RATE : -RATE], VOICES[who], 800)) > 0.85, who


async def test_an_attended_transfer_brings_customer_and_person_together(agent: SipAgent, take: Take) -> None:
    customer, person = take("customer"), take("person")
    call = await calls(agent, customer)
    consultation = await agent.dial(person.uri, headers=handoff_headers(ID))
    await said(person, "new incoming call")
    person.command("answer")
    await until(consultation, Answered)
    result = await transfer(call, consultation.remote, handoff_headers(ID), consultation=consultation)
    assert result == Transferred("unconfirmed")
    await until(consultation, Ended)
    await said(person, "Media streams established", 2)
    await talk(customer, person)
    assert agent.calls == 0
    assert f"{UUI}: 00{ID};encoding=hex" in person.log()
    assert f"{HANDOFF}: {ID}" in person.log()


async def test_a_blind_transfer_takes_the_id_to_the_person(agent: SipAgent, take: Take) -> None:
    customer, person = take("customer"), take("person")
    call = await calls(agent, customer)
    transferring = asyncio.ensure_future(transfer(call, person.uri, handoff_headers(ID), within=4.0))
    await said(person, "new incoming call")
    person.command("answer")
    assert await transferring == Transferred("unconfirmed")
    await talk(customer, person)
    assert f"{HANDOFF}: {ID}" in person.log()


async def test_a_person_who_declines_leaves_the_customer_with_us(agent: SipAgent, take: Take) -> None:
    customer, person = take("customer"), take("person")
    call = await calls(agent, customer)
    transferring = asyncio.ensure_future(transfer(call, person.uri))
    await said(person, "new incoming call")
    person.command("terminate")
    assert await transferring == Transferred("failed", 603)
    assert call.ended is None


async def test_it_moves_us_to_a_listed_person(take: Take) -> None:
    """The one who transfers is the customer here."""
    mover, person = take("customer"), take("person")
    async with agent_with(transfers=(f"person@127.0.0.1:{person.port}",)) as agent:
        call = await calls(agent, mover)
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
    person.stop()
    sound = wav.read(person.heard, RATE, convert=True).pcm
    assert np.median(alike(mine[::2][:RATE], sound, 800)) > 0.7
