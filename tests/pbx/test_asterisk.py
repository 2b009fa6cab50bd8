"""The device as an extension of a real Asterisk: it registers, is called, calls, with sound and keys both ways."""

import asyncio
import re
from collections.abc import Callable

import numpy as np
import pytest

from telephony.accounts import AccountSettings
from telephony.sip import Answered, Ended, Hold, KeyPressed, SipAgent, SipSettings
from tests.pbx.asterisk import TRUNK, Asterisk
from tests.pbx.steps import Join, called, converse, event, hear, state
from tests.sip.linphone import Linphone
from tests.sip.melody import melody
from tests.sip.phones import alike
from voice import wav
from voice.frames import RATE
from voice.resample import resample

pytestmark = pytest.mark.sip

SECONDS = 3
DID = "+34911000222"

Telephone = Callable[[str], Linphone]


async def talk(pbx: Asterisk, agent: SipAgent, user: str, *, wide: bool = False) -> str:
    """A call from the PBX with sound both ways, measured; the messages of it."""
    since = len(pbx.log())
    (pbx.folder.parent / "heard.wav").unlink(missing_ok=True)
    pbx.tell(f"channel originate PJSIP/{DID}@{user} extension talk@calls")
    call = await called(agent)
    assert call.account == "pbx"
    assert call.called[0] == DID
    said = melody(float(SECONDS))
    heard = await converse(call, said)
    quality = await call.quality()
    await call.hangup()
    messages = pbx.log()[since:]
    assert np.median(alike(melody(60.0, 8_000)[: 8_000 * SECONDS], heard, 800)) > 0.85
    await asyncio.to_thread(pbx.saw, "End MixMonitor Recording", 1, since)
    recorded = wav.read(pbx.folder.parent / "heard.wav", 8_000, convert=True).pcm
    assert np.median(alike(resample(said, RATE, 8_000), recorded, 800)) > 0.85
    assert quality is not None
    return f"{quality.codec}\n{messages}"


async def test_it_registers_and_talks(pbx: Asterisk, join: Join) -> None:
    agent = await join("200")
    await state(agent, "registered")
    await asyncio.to_thread(pbx.saw, r"Contact 200/\S+ is now Reachable")  # it answers their OPTIONS
    messages = await talk(pbx, agent, "200")
    assert messages.startswith("G722/")
    assert re.search(r"SIP/2.0 200 OK(?:\n.+)*\nSession-Expires: \d+;refresher=", messages.replace("\r", ""))
    await agent.stop()
    await asyncio.to_thread(pbx.saw, "Removed contact 'sip:200@[^']*' from AOR '200' due to request")


@pytest.mark.parametrize(("user", "codec"), [("210", "G722"), ("211", "PCMA"), ("212", "opus")])
async def test_each_codec(pbx: Asterisk, join: Join, user: str, codec: str) -> None:
    agent = await join(user)
    await state(agent, "registered")
    assert (await talk(pbx, agent, user)).startswith(f"{codec}/")


async def test_by_tls_and_srtp(pbx: Asterisk, join: Join) -> None:
    agent = await join("202", transport="tls", srtp="required")
    await state(agent, "registered")
    messages = await talk(pbx, agent, "202")
    assert "RTP/SAVP" in messages


@pytest.mark.parametrize("user", ["200", "201"])
async def test_keys_both_ways(pbx: Asterisk, join: Join, user: str) -> None:
    """By RFC 4733, and by INFO for 201."""
    agent = await join(user)
    await state(agent, "registered")
    since = len(pbx.log())
    pbx.tell(f"channel originate PJSIP/{user} extension press@calls")
    call = await called(agent)
    keys = ""
    while len(keys) < 4:
        pressed = await event(call, KeyPressed)
        assert isinstance(pressed, KeyPressed)
        keys += pressed.digit
    assert keys == "15*#"
    await call.hangup()
    pbx.tell(f"channel originate PJSIP/{user} extension read@calls")
    call = await called(agent)
    await asyncio.sleep(0.5)
    assert await call.send_dtmf("4*71")
    assert await asyncio.to_thread(pbx.saw, r"SAW KEYS ([\d*#]*)\"", 1, since) == "4*71"
    await call.hangup()
    assert ("INFO sip:" in pbx.log()[since:]) == (user == "201")


async def test_a_telephone_calls_the_number_of_the_shop(pbx: Asterisk, join: Join, telephone: Telephone) -> None:
    """Who calls and what was dialled are known; a hold of its is told, not played."""
    agent = await join("200")
    await state(agent, "registered")
    phone = await asyncio.to_thread(telephone, "300")
    phone.command(f"call sip:{DID}@{pbx.address}")
    call = await called(agent)
    assert (call.account, call.called[0], call.caller.number, call.caller.name) == ("pbx", DID, "300", "Ana García")
    said = melody(float(SECONDS))
    heard = await converse(call, said)
    assert np.median(alike(melody(60.0, 8_000)[: 8_000 * SECONDS], heard, 800)) > 0.85
    phone.command("pause")
    hold = await event(call, Hold)
    assert (hold.on, hold.ours) == (True, False)
    await asyncio.to_thread(phone.wait, "is now paused")
    phone.command("resume")
    hold = await event(call, Hold)
    assert not hold.on
    assert len(await hear(call, 1.0))
    phone.command("terminate")
    ended = await event(call, Ended)
    assert ended.cause == "customer"
    await asyncio.to_thread(phone.stop)
    assert np.median(alike(resample(said, RATE, 8_000), wav.read(phone.heard, 8_000).pcm, 800)) > 0.85


async def test_it_calls_a_telephone(pbx: Asterisk, join: Join, telephone: Telephone) -> None:
    agent = await join("200")
    await state(agent, "registered")
    phone = await asyncio.to_thread(telephone, "300")
    call = await agent.dial("300", "pbx")
    await asyncio.to_thread(phone.wait, "new incoming call")
    phone.command("answer")
    await event(call, Answered)
    said = melody(float(SECONDS))
    heard = await converse(call, said)
    phone.command("7")
    pressed = await event(call, KeyPressed)
    assert pressed.digit == "7"
    assert await call.send_dtmf("2")
    await asyncio.to_thread(phone.wait, "Receiving tone 2 ")
    assert await call.hold()
    assert await event(call, Hold) == Hold(True, ours=True)
    assert await call.resume()
    assert await event(call, Hold) == Hold(False)
    await call.hangup()
    await asyncio.to_thread(phone.wait, "ended")
    await asyncio.to_thread(phone.stop)
    assert np.median(alike(melody(60.0, 8_000)[: 8_000 * SECONDS], heard, 800)) > 0.85
    assert np.median(alike(resample(said, RATE, 8_000), wav.read(phone.heard, 8_000).pcm, 800)) > 0.85


@pytest.mark.parametrize(("number", "cause"), [("701", "busy"), ("999", "invalid")])
async def test_it_hears_why_a_call_did_not_come_about(pbx: Asterisk, join: Join, number: str, cause: str) -> None:
    agent = await join("200")
    await state(agent, "registered")
    call = await agent.dial(number, "pbx")
    ended = await event(call, Ended)
    assert ended.cause == cause


async def test_as_a_trunk_it_needs_no_password(pbx: Asterisk) -> None:
    host, port = TRUNK
    account = AccountSettings(name="pbx", kind="trunk", server=pbx.address, keepalive=1.0)
    agent = SipAgent(SipSettings(host=host, port=port, accounts=(account,), response_seconds=1.0, country="34"))
    await agent.start()
    try:
        await state(agent, "up")
        await asyncio.to_thread(pbx.saw, r"Contact mostrador/\S+ is now Reachable")
        await talk(pbx, agent, "mostrador")
        call = await agent.dial("700", "pbx")
        await event(call, Answered)
        await call.hangup()
    finally:
        await agent.stop()


async def test_a_wrong_password_is_refused_and_said(
    pbx: Asterisk, join: Join, capsys: pytest.CaptureFixture[str]
) -> None:
    agent = await join("200", "wrong")
    await state(agent, "refused")
    assert agent.accounts["pbx"].code in (401, 403)
    assert agent.accounts["pbx"].retry > 20
    assert "sip_registration_refused" in capsys.readouterr().out


async def test_it_comes_back_when_the_pbx_does(pbx: Asterisk, join: Join) -> None:
    agent = await join("200")
    await state(agent, "registered")
    pbx.stop()
    await state(agent, "unreachable")
    await asyncio.to_thread(pbx.start)
    since = len(pbx.log())
    await state(agent, "registered")
    await asyncio.to_thread(pbx.saw, "REGISTER sip:", 1, since)
    await talk(pbx, agent, "200")
