"""linphone as the other side, in all that a telephone does."""

import wave
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from telephony.sip import Answered, Ended, Hold, KeyPressed, SipAgent, SipSettings
from tests.sip.certificates import make
from tests.sip.linphone import Linphone
from tests.sip.melody import melody
from tests.sip.phones import Start, alike, ended, event
from voice import wav
from voice.frames import RATE, Pcm
from voice.resample import resample

pytestmark = pytest.mark.sip

Take = Callable[..., Linphone]
SECONDS = 3
RATES = {"PCMU": 8_000, "PCMA": 8_000, "G722": 16_000, "opus": 48_000}


@pytest.fixture
def take(tmp_path: Path) -> Iterator[Take]:
    """Takes up a linphone, which says a melody."""
    phones: list[Linphone] = []

    def begin(codec: str = "PCMA", **options: object) -> Linphone:
        said = tmp_path / f"said-{len(phones)}.wav"
        with wave.open(str(said), "wb") as file:
            file.setparams((1, 2, RATES[codec], 0, "NONE", ""))
            file.writeframes(melody(60.0, RATES[codec]).tobytes())
        phones.append(Linphone(tmp_path / f"linphone-{len(phones)}", said, codec, **options))  # type: ignore[arg-type]
        return phones[-1]

    yield begin
    for phone in phones:
        phone.stop()


@pytest.mark.parametrize("codec", ["PCMA", "PCMU", "G722", "opus"])
def test_it_hears_its_own_voice_come_back_and_presses_keys(start: Start, take: Take, codec: str) -> None:
    server = start("obey")
    phone = take(codec)
    phone.command(f"call {server.uri}")
    phone.wait("Media streams established")
    server.wait(lambda news: news.get("heard", 0) > SECONDS)
    for key in "1*0#":
        phone.command(key)
        server.wait(event("KeyPressed", digit=key))
    phone.command("7")
    for key in "147*0#D":
        phone.wait(f"Receiving tone [{key}] ")
    phone.command("terminate")
    assert server.wait(ended)["cause"] == "customer"
    assert server.keys() == "1*0#7"
    phone.stop()
    rate = RATES[codec]
    heard = wav.read(phone.heard, rate, convert=True).pcm
    assert np.median(alike(melody(60.0, rate)[: SECONDS * rate], heard, rate // 10)) > 0.85


def test_it_holds_and_takes_back_and_so_do_we(start: Start, take: Take) -> None:
    """Each is a re-INVITE, from its side and from ours."""
    server = start("obey")
    phone = take()
    phone.command(f"call {server.uri}")
    phone.wait("Media streams established")
    phone.command("pause")
    phone.wait("is now paused")
    server.wait(event("Hold", on=True, ours=False))
    phone.command("resume")
    server.wait(event("Hold", on=False))
    phone.wait("Media streams established", 2)
    phone.command("6")
    server.wait(event("Hold", on=True, ours=True))
    server.wait_for(event("Hold", on=False), 2)
    phone.wait("Media streams established", 3)
    phone.command("terminate")
    assert server.wait(ended)["cause"] == "customer"


def test_it_gives_up_while_it_rings(start: Start, take: Take) -> None:
    server = start("ring")
    phone = take()
    phone.command(f"call {server.uri}")
    phone.wait("ringing")
    phone.command("terminate")
    assert (server.wait(ended)["cause"], server.wait(ended)["code"]) == ("customer", 487)


def test_it_hears_that_a_full_device_is_busy(start: Start, take: Take) -> None:
    server = start("echo", "--max-calls", "0")
    phone = take()
    phone.command(f"call {server.uri}")
    phone.wait("error")
    assert "SIP/2.0 486" in phone.log()


def test_by_tls_and_srtp(start: Start, take: Take, tmp_path: Path) -> None:
    pair = make(tmp_path, "server")
    tls = {"port": 0, "certificate": str(pair.certificate), "key": str(pair.key)}
    server = start("echo", transports=["tls"], tls=tls, srtp="required")
    phone = take(pair=pair, encrypted=True)
    phone.command(f"call {server.uris['tls'].replace('127.0.0.1', 'localhost')}")
    phone.wait("Media streams established")
    server.wait(lambda news: news.get("heard", 0) > SECONDS)
    phone.command("terminate")
    assert server.wait(ended)["cause"] == "customer"
    phone.stop()
    rate = RATES["PCMA"]
    assert np.median(alike(melody(60.0, rate)[: SECONDS * rate], wav.read(phone.heard, rate).pcm)) > 0.9


async def test_we_call_it_and_it_says_something(take: Take) -> None:
    phone = take()
    agent = SipAgent(SipSettings(port=0))
    await agent.start()
    try:
        call = await agent.dial(phone.uri)
        phone_said: list[Pcm] = []
        events = call.events()
        phone.wait("new incoming call")
        phone.command("answer")
        while not isinstance(await anext(events), Answered):
            pass
        said = melody(float(SECONDS))
        left = said
        async for frame in call.line.heard():
            left = left[call.line.play(left) :]  # it takes two seconds at once
            phone_said.append(frame.pcm)
            if frame.start > SECONDS + 1:
                break
        phone.command("3")
        while not isinstance(key := await anext(events), KeyPressed):
            pass
        assert key.digit == "3"
        assert await call.send_dtmf("9")
        phone.wait("Receiving tone 9 ")
        phone.command("pause")
        while not isinstance(hold := await anext(events), Hold):
            pass
        assert hold.on
        phone.wait("is now paused")
        phone.command("terminate")
        while not isinstance(end := await anext(events), Ended):
            pass
        assert end.cause == "customer"
    finally:
        await agent.stop()
        phone.stop()
    assert "m=audio" in phone.log()
    assert "m=text" not in phone.log()
    assert np.median(alike(melody(60.0, 8_000)[: 8_000 * SECONDS], narrow(np.concatenate(phone_said)))) > 0.9
    assert np.median(alike(narrow(said), wav.read(phone.heard, 8_000).pcm)) > 0.9


def narrow(pcm: Pcm) -> Pcm:
    """From 16 to 8 kHz."""
    return resample(pcm, RATE, 8_000)
