"""What happens in a call: keys both ways, hold from either side, another codec, packets lost, a peer that dies.

sipp does the signalling, `RtpPeer` is its sound; baresip is the second opinion.
"""

import asyncio
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from telephony import pj
from telephony.codecs import Codec
from telephony.settings import set_codecs
from telephony.sip import Answered, SipAgent, SipSettings
from telephony.stack import Stack
from tests.sip.legs import Make
from tests.sip.melody import melody
from tests.sip.phones import LIMIT, Baresip, Server, alike, event, run_sipp, sipp
from tests.sip.rtp import PCMA, PCMU, RATE
from tests.sip.scenario import (
    accept,
    ack,
    answered,
    bye,
    expect,
    info,
    invite,
    pause,
    receive,
    scenario,
    sound_of,
)
from voice import wav
from voice.frames import AudioFrame, Pcm

pytestmark = pytest.mark.sip

TURN = 1_200
"""Milliseconds that a state of the call lasts: enough for sound to go round."""


@pytest.fixture
def server() -> Iterator[Server]:
    """Echoes, and does what keys tell it."""
    running = Server("obey", "--lost-after", "3")
    try:
        yield running
        running.stop()
    finally:
        running.kill()


def again(number: int, body: str) -> str:
    """A re-INVITE that is agreed to."""
    return invite(number=number, again=True, body=body) + receive(100, optional=True) + receive(200) + ack(number)


def loud(pcm: Pcm) -> int:
    """20 ms frames with sound in them."""
    frames = pcm[: len(pcm) // 160 * 160].reshape(-1, 160).astype(np.float64)
    return int(np.count_nonzero(np.sqrt(np.mean(frames**2, axis=1)) > 200))


# Keys


def test_keys_by_info_of_either_type(server: Server, tmp_path: Path) -> None:
    """What is no key of application/dtmf is PJSIP's to answer."""
    keys = [info("1", 2), receive(200), info("2", 3, bare=True), receive(200), info("#", 4, bare=True), receive(200)]
    keys += [info("12", 5, bare=True), receive(500)]
    run_sipp(tmp_path, scenario(invite(), answered(), ack(), *keys, bye(9), receive(200)), server.address, "-m", "1")
    server.wait(event("Ended"))
    assert server.keys() == "12#"


def test_keys_by_rfc_4733_are_told_once_each(server: Server, speak: Make, tmp_path: Path) -> None:
    peer = speak()
    talk = scenario(invite(body=sound_of(port=peer.port)), answered(), ack(), expect("BYE"), accept())
    caller = sipp(tmp_path, talk, server.address, "-m", "1")
    peer.more(10)
    for digit in "1*04#D11":
        peer.key(digit)
    server.wait_for(event("KeyPressed"), 8)
    peer.silent.set()
    assert server.wait(event("Ended"))["cause"] == "lost"
    assert server.keys() == "1*04#D11"
    assert caller.wait(LIMIT) == 0


def test_our_keys_go_out_by_rfc_4733(server: Server, speak: Make, tmp_path: Path) -> None:
    peer = speak()
    talk = scenario(invite(body=sound_of(port=peer.port)), answered(), ack(), pause(3_500), bye(), receive(200))
    caller = sipp(tmp_path, talk, server.address, "-m", "1")
    peer.more(10)
    peer.key("7")
    peer.wait(lambda peer: peer.keys == "147*0#D")
    assert caller.wait(LIMIT) == 0
    assert server.wait(lambda news: "done" in news)["done"]


def test_our_keys_go_out_by_info_where_rfc_4733_was_not_agreed_to(server: Server, speak: Make, tmp_path: Path) -> None:
    peer = speak()
    offer = sound_of(port=peer.port, keys=False)
    ours = [step for _ in "147*0#D" for step in (expect("INFO"), accept())]
    talk = scenario(invite(body=offer), answered(), ack(), info("7", 2), receive(200), *ours, bye(3), receive(200))
    run_sipp(tmp_path, talk, server.address, "-m", "1")
    assert server.wait(lambda news: "done" in news)["done"]


def test_hidden_keys_are_in_no_event_and_not_in_the_log(speak: Make, tmp_path: Path) -> None:
    """At PJSIP's own level 5, which prints whole messages."""
    server = Server("obey", "--trace", "5")
    try:
        peer = speak()
        talk = scenario(
            invite(body=sound_of(port=peer.port)), answered(), ack(), info("5", 2), receive(200), pause(TURN),
            info("3", 3), receive(200), info("4", 4, bare=True), receive(200), pause(TURN), bye(9), receive(200),
        )  # fmt: skip
        caller = sipp(tmp_path, talk, server.address, "-m", "1")
        server.wait(lambda news: news.get("key") == "5")
        peer.key("8")
        assert caller.wait(LIMIT) == 0
        server.wait(event("Ended"))
        assert server.keys() == "5•••"
        assert any("Signal=5" in line for line in server.noise)
        assert not any("Signal=3" in line or line.strip() == "4" for line in server.noise)
        server.stop()
    finally:
        server.kill()


# Hold


@pytest.mark.parametrize("hold", ["sendonly", "inactive", "0.0.0.0"])
def test_held_by_the_far_side_nothing_is_sent_and_afterwards_sound_goes_both_ways(
    server: Server, speak: Make, tmp_path: Path, hold: str
) -> None:
    peer = speak()
    offer = sound_of(port=peer.port, address=hold) if hold == "0.0.0.0" else sound_of(hold, port=peer.port)
    plain = sound_of(port=peer.port)
    talk = scenario(
        invite(body=plain), answered(), ack(), pause(TURN),
        again(2, offer), pause(4_000),  # longer than a dead peer is waited for: on hold nobody is dead
        again(3, plain), pause(2 * TURN), bye(4), receive(200),
    )  # fmt: skip
    caller = sipp(tmp_path, talk, server.address, "-m", "1")
    server.wait(event("Hold", on=True, ours=False))
    time.sleep(0.2)  # what was on its way
    before = len(peer.heard)
    time.sleep(1.0)
    assert len(peer.heard) == before
    server.wait(event("Hold", on=False))
    assert caller.wait(LIMIT) == 0
    assert server.wait(event("Ended"))["cause"] == "customer"
    after = np.concatenate([pcm for _, pcm in peer.heard[before:]])
    assert loud(after) > 0.7 * 2 * TURN / 20
    assert np.median(alike(after[RATE // 2 :], melody(60.0, RATE), 800)) > 0.9


def test_a_call_that_comes_held_is_taken_when_it_is_taken_back(server: Server, speak: Make, tmp_path: Path) -> None:
    peer = speak()
    talk = scenario(
        invite(body=sound_of("inactive", port=peer.port)), answered(), ack(), pause(TURN),
        again(2, sound_of(port=peer.port)), pause(TURN), bye(4), receive(200),
    )  # fmt: skip
    run_sipp(tmp_path, talk, server.address, "-m", "1")
    assert [news["on"] for news in server.events("Hold")] == [True, False]


def test_we_hold_and_take_back(server: Server, speak: Make, tmp_path: Path) -> None:
    peer = speak()
    agree = sound_of(port=peer.port)
    talk = scenario(
        invite(body=agree), answered(), ack(), pause(TURN),
        info("8", 2), receive(200), expect("INVITE"), accept(sound_of("recvonly", port=peer.port)), expect("ACK"),
        pause(TURN), info("9", 3), receive(200), expect("INVITE"), accept(agree), expect("ACK"),
        pause(TURN), bye(4), receive(200),
    )  # fmt: skip
    caller = sipp(tmp_path, talk, server.address, "-m", "1")
    server.wait(event("Hold", on=True, ours=True))
    time.sleep(0.2)
    before = len(peer.heard)
    server.wait(event("Hold", on=False))
    assert loud(np.concatenate([np.zeros(160, np.int16), *(pcm for _, pcm in peer.heard[before:])])) == 0
    assert caller.wait(LIMIT) == 0
    assert loud(np.concatenate([pcm for _, pcm in peer.heard[before:]])) > 0.7 * TURN / 20
    assert [news["done"] for news in server.news if "done" in news] == [True, True]


def test_baresip_holds_and_takes_back(server: Server, tmp_path: Path) -> None:
    wav.write(tmp_path / "said.wav", AudioFrame(melody(60.0, RATE), RATE, 0.0))
    phone = Baresip(tmp_path, tmp_path / "said.wav")
    try:
        phone.command("dial", server.uri)
        server.wait(event("Answered"))
        for on, command in ((True, "hold"), (False, "resume")):
            phone.command(command)
            server.wait(event("Hold", on=on, ours=False))
        phone.command("sndcode", "6")
        server.wait(event("Hold", on=True, ours=True))
        server.wait_for(event("Hold", on=False), 2)
        phone.command("hangup")
        assert server.wait(event("Ended"))["cause"] == "customer"
    finally:
        phone.stop()


def test_a_hold_that_never_ends_is_ended(tmp_path: Path) -> None:
    server = Server("echo", "--hold-limit", "2")
    try:
        talk = scenario(invite(), answered(), ack(), again(2, sound_of("inactive")), expect("BYE"), accept())
        run_sipp(tmp_path, talk, server.address, "-m", "1")
        assert server.wait(event("Ended"))["cause"] == "lost"
        server.stop()
    finally:
        server.kill()


# Sound


CODECS: tuple[Codec, ...] = ("opus", "G722", "PCMA")


async def test_from_opus_to_g722_to_pcma_in_one_call(server: Server) -> None:
    """Our own caller: another rate each time."""
    caller = SipAgent(SipSettings(port=0, user="caller", codecs=("opus",)))
    await caller.start()
    try:
        call = await caller.dial(server.uri)
        stack, said, heard = caller._stack, melody(3.0, 2 * RATE), []
        assert stack is not None
        async for what in call.events():
            if isinstance(what, Answered):
                break
        for codec in CODECS:
            await stack.run(partial(offer, stack, codec))
            while (quality := await call.quality()) is None or quality.codec.split("/")[0] != codec:
                await asyncio.sleep(0.05)  # the other side has yet to agree
            sound: list[Pcm] = []
            call.line.play(said)
            async for frame in call.line.heard():
                sound.append(frame.pcm)
                if len(sound) == 200:
                    break
            heard.append(np.concatenate(sound))
        await call.hangup()
    finally:
        await caller.stop()
    for sound_heard in heard:
        assert np.median(alike(said[: 3 * RATE], sound_heard)) > 0.85
    assert not server.events("Hold")


def offer(stack: Stack, codec: Codec) -> None:
    """A re-INVITE with no other codec."""
    library = pj.load()
    set_codecs(library.Endpoint.instance(), (codec,))
    for leg in stack._legs.values():
        leg.reinvite(library.CallOpParam(True))


def test_another_codec_in_mid_call_sounds_the_same(server: Server, speak: Make, tmp_path: Path) -> None:
    peer = speak()
    talk = scenario(
        invite(body=sound_of(port=peer.port)), answered(), ack(), pause(2_000),
        again(2, sound_of(port=peer.port, codec=PCMA)), pause(2_000),
        again(3, sound_of(port=peer.port, codec=PCMU)), pause(2_000), bye(4), receive(200),
    )  # fmt: skip
    run_sipp(tmp_path, talk, server.address, "-m", "1")
    kinds = [kind for kind, _ in peer.heard]
    changes = [kind for before, kind in zip([None, *kinds], kinds, strict=False) if kind != before]
    assert changes == [PCMU, PCMA, PCMU]
    for kind in (PCMU, PCMA):
        sound = peer.sound(kind)
        assert len(sound) > 1.5 * RATE
        assert np.median(alike(sound[RATE // 2 :], melody(60.0, RATE), 800)) > 0.9
    assert not server.events("Hold")


def test_lost_packets_are_concealed(server: Server, speak: Make, tmp_path: Path) -> None:
    """One packet in ten is lost on its way to us; no hole comes back."""
    tone = (8_000 * np.sin(2 * np.pi * 400 * np.arange(60 * RATE) / RATE)).astype(np.int16)
    peer = speak(tone, lose=lambda number: number % 10 == 0)
    talk = scenario(invite(body=sound_of(port=peer.port)), answered(), ack(), pause(4_000), bye(), receive(200))
    run_sipp(tmp_path, talk, server.address, "-m", "1")
    steady = peer.sound(PCMU)[RATE : 3 * RATE]
    frames = steady.reshape(-1, 160).astype(np.float64)
    assert loud(steady) >= 0.98 * len(frames)


def test_a_peer_whose_sound_ends_in_mid_call_is_lost(server: Server, speak: Make, tmp_path: Path) -> None:
    peer = speak()
    talk = scenario(invite(body=sound_of(port=peer.port)), answered(), ack(), expect("BYE"), accept())
    caller = sipp(tmp_path, talk, server.address, "-m", "1")
    peer.more(50)
    assert not server.events("Ended")
    peer.silent.set()
    assert server.wait(event("Ended"))["cause"] == "lost"
    assert caller.wait(LIMIT) == 0
