"""Sound from somebody who is not in the call: neither instead of the other side's nor mixed with it."""

import audioop
import json
import random
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from telephony import pj
from tests.sip.by_hand import HandCall
from tests.sip.certificates import make
from tests.sip.datagrams import address, unwanted
from tests.sip.melody import melody
from tests.sip.phones import Baresip, Server, Start, alike, ended
from tests.sip.rtp import PCMU, RATE, RtpPeer
from tests.sip.test_secured import secured
from voice import wav
from voice.frames import AudioFrame, Pcm

pytestmark = pytest.mark.sip

TONE: Pcm = (20_000 * np.sin(2 * np.pi * 1_700 * np.arange(160) / RATE)).astype(np.int16)


@pytest.fixture(autouse=True)
def _native() -> None:
    if not pj.can_hold_floods():
        pytest.skip("the public package changes over to whoever sends enough")


def ports_of(pid: int) -> set[int]:
    """UDP ports that a process has open."""
    mine = {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    lines = [line.split() for line in Path(f"/proc/{pid}/net/udp").read_text().splitlines()[1:]]
    return {int(line[1].rpartition(":")[2], 16) for line in lines if f"socket:[{line[9]}]" in mine}


@contextmanager
def attack(ports: set[int], host: str = "127.0.0.3") -> Iterator[list[int]]:
    """A thousand packets a second to each of `ports`, plain and such as look encrypted; the list has how many."""
    over, sent, chance = threading.Event(), [0], random.Random(4)

    def send() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
            port.bind((host, 0))
            while not over.is_set():
                head = struct.pack("!BBHII", 0x80, PCMU, sent[0] & 0xFFFF, 160 * sent[0] & 0xFFFFFFFF, 666)
                for there in ports:
                    port.sendto(head + audioop.lin2ulaw(TONE.tobytes(), 2), ("127.0.0.1", there))
                    port.sendto(head + chance.randbytes(170), ("127.0.0.1", there))
                sent[0] += 1
                time.sleep(0.002)

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        yield sent
    finally:
        over.set()
        thread.join(10)


def sounds(server: Server) -> set[int]:
    return ports_of(server.pid) - {address(server)[1]}


def test_sound_of_a_third_party_is_not_heard_and_counted(start: Start) -> None:
    """It stays quiet even while the other side is silent."""
    server = start("echo")
    said = melody(2.0, RATE)
    peer = RtpPeer(said)
    try:
        with HandCall(address(server), sound=peer.port) as call:
            call.up()
            peer.more(50)
            with attack(sounds(server)):
                begin = len(peer.heard)
                peer.more(200)
                talking = np.concatenate([pcm for _, pcm in peer.heard[begin + 25 :]])
                peer.silent.set()
                peer.more(50)
                begin = len(peer.heard)
                peer.more(100)
                silent = np.concatenate([pcm for _, pcm in peer.heard[begin:]])
                server.wait_for(lambda news: news.get("unwanted") == "sound", 2)
            assert call.bye() == 200
    finally:
        peer.close()
    assert np.median(alike(said, talking)) > 0.9
    assert max(alike(np.tile(TONE, 10), talking)) < 0.6
    assert np.sqrt(np.mean(silent.astype(np.float64) ** 2)) < 300
    assert unwanted(server)["sound"] > 500


def test_behind_a_router_sound_comes_from_elsewhere_than_the_sdp_says(start: Start) -> None:
    """And later from another port of the router, which has forgotten the first; a third party gets nothing of it."""
    server = start("echo")
    said = melody(2.0, RATE)
    first, second = RtpPeer(said), RtpPeer(said)
    try:
        with HandCall(address(server), sound=9) as call:
            there = ("127.0.0.1", call.up())
            first._to = there
            first.more(150)
            assert np.median(alike(said, np.concatenate([pcm for _, pcm in first.heard[25:]]))) > 0.9
            with attack(sounds(server)):
                first.silent.set()
                server.wait_for(lambda news: news.get("unwanted") == "sound", 5)
                second._to = there
                second.more(150)
            assert np.median(alike(said, np.concatenate([pcm for _, pcm in second.heard[25:]]))) > 0.9
            call.bye()
    finally:
        first.close()
        second.close()


SENDER = 200
"""RTCP: a sender's report."""


def report(kind: int) -> bytes:
    """RTCP of somebody's: an empty receiver report, and another of `kind` (203: goodbye)."""
    return struct.pack("!BBHI", 0x80, 201, 1, 666) + struct.pack("!BBHI", 0x81, kind, 1, 666)


def peer_with_reports() -> tuple[RtpPeer, socket.socket]:
    """The other side's sound, and the socket beside it that reports come to."""
    while True:
        peer, reports = RtpPeer(melody(2.0, RATE)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            reports.bind(("127.0.0.1", peer.port + 1))
        except OSError:
            peer.close()
            reports.close()
        else:
            reports.settimeout(20)
            return peer, reports


def test_reports_of_a_third_party_are_ignored_and_counted(start: Start) -> None:
    """Ours go on to the other side, and never to whoever sends."""
    server = start("echo")
    before = ports_of(server.pid)
    peer, reports = peer_with_reports()
    try:
        with (
            reports,
            HandCall(address(server), sound=peer.port) as call,
            socket.socket(type=socket.SOCK_DGRAM) as other,
        ):
            other.bind(("127.0.0.3", 0))
            call.up()
            peer.more(50)
            for _ in range(50):
                for there in ports_of(server.pid) - before:
                    other.sendto(report(203), ("127.0.0.1", there))
            server.wait(lambda news: news.get("unwanted") == "sound")
            while reports.recv(2_048)[1] != SENDER:
                pass
            other.settimeout(6)  # longer than from one report to the next
            with pytest.raises(TimeoutError):
                other.recv(2_048)
            assert call.bye() == 200
    finally:
        peer.close()
    assert unwanted(server)["sound"] == 100


def test_with_srtp_forged_packets_fail_authentication(start: Start, tmp_path: Path) -> None:
    pair = make(tmp_path, "server")
    server = start(
        "echo", "--settings", json.dumps({"transports": ["udp", "tls"], "tls": secured(pair), "srtp": "required"})
    )
    said = melody(4.0, RATE)
    wav.write(tmp_path / "said.wav", AudioFrame(said, RATE, 0.0))
    phone = Baresip(
        tmp_path, tmp_path / "said.wav", account=";mediaenc=srtp-mand",
        more=f"sip_cafile {pair.certificate}\nsip_verify_server yes\n",
    )  # fmt: skip
    try:
        phone.command("dial", server.uris["tls"])
        call = server.wait(lambda news: news.get("event") == "Answered")["call"]
        with attack(sounds(server)) as sent:
            server.wait(lambda news: news.get("heard", 0) >= 3.0 and news["call"] == call)
        assert sent[0] > 500
        phone.command("hangup")
        assert server.wait(ended)["cause"] == "customer"
    finally:
        phone.stop()
    heard = wav.read(phone.heard, RATE).pcm
    found = alike(said, heard)
    assert np.median(found) > 0.9
    assert max(alike(np.tile(TONE, 10), heard)) < 0.6
