"""What the SIP port gets from the street: floods, random bytes, broken messages. A live call hears nothing of it."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from telephony.caller import Patience, place_call
from tests.sip.datagrams import address, broken, request, stranger, unwanted
from tests.sip.melody import melody
from tests.sip.phones import Server, Start, alike, ended, run_sipp, sipp
from tests.sip.scenario import ack, answered, bye, invite, options, receive, receive_either, scenario
from tests.sip.test_who_may_call import LISTED, STRANGER
from voice import wav
from voice.frames import RATE, AudioFrame

pytestmark = pytest.mark.sip

PLAIN = scenario(invite(), answered(), ack(), bye(), receive(200))
METHODS = (
    "INVITE",
    "ACK",
    "BYE",
    "CANCEL",
    "OPTIONS",
    "REGISTER",
    "MESSAGE",
    "NOTIFY",
    "INFO",
    "REFER",
    "UPDATE",
    "PRACK",
)
FLOOD = 400
BURST = 5
SLOW = ("--rate", "0.001", "--burst", str(BURST), "--messages", "1000")
"""So slow that no token comes back while a test lasts: what is let through is counted, not timed. All messages are
read."""


async def calling_meanwhile(server: Server, folder: Path, trouble: Callable[[], None]) -> list[float]:
    """How well what a live caller says comes back while there is `trouble`, each tenth of a second: 0 to 1."""
    said = melody(4.0)
    wav.write(folder / "said.wav", AudioFrame(said, RATE, 0.0))
    record = folder / "call.wav"
    patience = Patience(greeting=0.5, first_sound=10, pause=1.0)
    call = asyncio.ensure_future(place_call(server.uri, [folder / "said.wav"], record, patience=patience))
    await asyncio.to_thread(server.wait, lambda news: news.get("event") == "Answered")
    await asyncio.to_thread(trouble)
    report = await call
    assert report.ended == "goodbye"
    _, back = wav.read_stereo(record)
    return alike(said, back.pcm)


def flooded(folder: Path, text: str, address: str) -> None:
    process = sipp(folder, text, address, "-m", str(FLOOD), "-r", "200", "-l", str(FLOOD), *STRANGER)
    screen, _ = process.communicate(timeout=120)
    assert process.returncode == 0, screen[-2_000:]


async def test_a_flood_of_invites_is_turned_away_and_a_live_call_hears_nothing_of_it(
    start: Start, tmp_path: Path
) -> None:
    server = start("echo", *LISTED, *SLOW)
    either = scenario(invite(), receive(100, optional=True), receive_either(403, 503), ack(refused=True))
    back = await calling_meanwhile(server, tmp_path, lambda: flooded(tmp_path, either, server.address))
    assert np.median(back) > 0.9
    assert unwanted(server) == {"unknown": BURST, "rate": FLOOD - BURST}
    await asyncio.to_thread(run_sipp, tmp_path, PLAIN, server.address, "-m", "5")
    assert len(server.wait_for(ended, 6)) == 6


async def test_callers_who_never_acknowledge_being_turned_away_keep_no_line(start: Start, tmp_path: Path) -> None:
    """More of them than PJSIP has lines for, all within a second or two."""
    server = start("echo", *LISTED, *SLOW, "--max-calls", "8")

    def trouble() -> None:
        with stranger() as port:
            for number in range(FLOOD):
                port.sendto(request(number), address(server))
            server.wait_for(lambda news: news.get("unwanted") == "rate", FLOOD - BURST)

    back = await calling_meanwhile(server, tmp_path, trouble)
    assert np.median(back) > 0.9
    assert unwanted(server) == {"unknown": BURST, "rate": FLOOD - BURST}
    await asyncio.to_thread(run_sipp, tmp_path, PLAIN, server.address, "-m", "5")


async def test_a_flood_of_options_is_answered_and_a_live_call_hears_nothing_of_it(start: Start, tmp_path: Path) -> None:
    server = start("echo", *LISTED, "--messages", "1000")
    asking = scenario(options(), receive(200))
    back = await calling_meanwhile(server, tmp_path, lambda: flooded(tmp_path, asking, server.address))
    assert np.median(back) > 0.9
    await asyncio.to_thread(run_sipp, tmp_path, PLAIN, server.address, "-m", "1")


async def test_random_bytes_and_broken_messages_end_nothing(start: Start, tmp_path: Path) -> None:
    server = start("echo", *LISTED, *SLOW)
    chance = random.Random(20_261_124)

    def trouble() -> None:
        with stranger() as port:
            for number in range(FLOOD):
                port.sendto(chance.randbytes(chance.randrange(1, 1_400)), address(server))
                port.sendto(broken(request(number, chance.choice(METHODS)), chance), address(server))
            port.sendto(request(0).replace(b"Call-ID", b"Call-IX"), address(server))
            server.wait(lambda news: news.get("unwanted") == "malformed")

    back = await calling_meanwhile(server, tmp_path, trouble)
    assert np.median(back) > 0.9
    await asyncio.to_thread(run_sipp, tmp_path, PLAIN, server.address, "-m", "5")
    counted = unwanted(server)
    assert counted["malformed"] >= FLOOD, "random bytes are no SIP"
    assert 0 < counted["unknown"] <= BURST
    assert len([news for news in server.news if "remote" in news]) == 6


def test_a_name_that_is_no_text_becomes_text(start: Start) -> None:
    """Bytes that are no UTF-8, in the name and the number: whatever is kept of them can be written down."""
    server = start("echo")
    with stranger() as port:
        named = request(1).replace(b"From: <sip:stranger@", b'From: "\xff\xfe Ana" <sip:%ff%00a@')
        port.sendto(named, address(server))
        call = server.wait(lambda news: "remote" in news)
    assert call["name"] == "Ana"
    for text in (call["remote"], call["number"]):
        assert text.encode("utf-8")


def test_nobody_may_subscribe(start: Start) -> None:
    server = start("echo")
    for number, event in enumerate(("presence", "message-summary", "dialog")):
        asking = request(number, "SUBSCRIBE").replace(b"Max-Forwards", f"Event: {event}\r\nMax-Forwards".encode())
        with stranger() as port:
            port.settimeout(20)
            port.sendto(asking, address(server))
            assert int(port.recv(4_096).split()[1]) >= 400


def test_an_invite_that_cannot_be_used_is_counted_with_the_broken_ones(start: Start) -> None:
    server = start("echo")
    for number, (old, new) in enumerate(((b"v=0", b"rubbish"), (b"application/sdp", b"text/plain"))):
        with stranger() as port:
            port.settimeout(20)
            port.sendto(request(number).replace(old, new), address(server))
            assert 400 <= int(port.recv(4_096).split()[1]) < 500
    server.wait_for(lambda news: news.get("unwanted") == "malformed", 2)
    assert not [news for news in server.news if "remote" in news]
