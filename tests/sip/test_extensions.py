"""Session timers, PRACK, rport, symmetric RTP, STUN and ICE."""

import re
import socket
import struct
import threading
from pathlib import Path

import numpy as np
import pytest

from tests.sip.melody import melody
from tests.sip.phones import LIMIT, Baresip, Start, alike, ended, run_sipp
from tests.sip.scenario import ack, answered, bye, cancel, invite, prack, receive, ringing, scenario
from voice import wav
from voice.frames import AudioFrame

pytestmark = pytest.mark.sip

TIMER = "Supported: timer\nSession-Expires: {seconds};refresher=uas\nMin-SE: 90\n"


def test_a_session_timer_is_agreed_on(start: Start, tmp_path: Path) -> None:
    server = start("echo")
    timed = (invite(more=TIMER.format(seconds=120)), ringing(), receive(200, check="Session-Expires"), ack())
    run_sipp(tmp_path, scenario(*timed, bye(), receive(200)), server.address, "-m", "2")


def test_a_session_timer_that_is_too_short_is_refused_with_the_least(start: Start, tmp_path: Path) -> None:
    server = start("echo")
    hasty = (invite(more=TIMER.format(seconds=30)), ringing(), receive(422, check="Min-SE"), ack(refused=True))
    run_sipp(tmp_path, scenario(*hasty), server.address, "-m", "1")


def test_a_required_session_timer_is_insisted_on(start: Start, tmp_path: Path) -> None:
    server = start("echo", session_timer="required")
    plain = (invite(), ringing(), receive(421, check="Require"), ack(refused=True))
    run_sipp(tmp_path, scenario(*plain), server.address, "-m", "1")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [("off", "Require: 100rel\n"), ("offered", "Supported: 100rel\n"), ("required", "Supported: 100rel\n")],
)
def test_ringing_is_acknowledged(start: Start, tmp_path: Path, ours: str, theirs: str) -> None:
    server = start("ring", prack=ours)
    ring = (receive(100, optional=True), receive(180, check="RSeq"), prack(), receive(200))
    run_sipp(
        tmp_path,
        scenario(invite(more=theirs), *ring, cancel(5), receive(200), receive(487), ack(refused=True)),
        server.address, "-m", "1",
    )  # fmt: skip


def test_a_caller_without_prack_is_refused_where_it_is_required(start: Start, tmp_path: Path) -> None:
    server = start("ring", prack="required")
    run_sipp(
        tmp_path, scenario(invite(), ringing(), receive(421), ack(refused=True)), server.address, "-m", "1"
    )  # fmt: skip


class RawPhone:
    """A telephone behind a router: it writes addresses into its messages that nobody can reach."""

    def __init__(self, server: str) -> None:
        host, _, port = server.rpartition(":")
        self.server = (host, int(port))
        self.sip, self.rtp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for one in (self.sip, self.rtp):
            one.bind(("127.0.0.1", 0))
            one.settimeout(LIMIT)

    def call(self) -> str:
        """The 200 that its INVITE is answered with."""
        self._send("INVITE", 1, "", "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
                   "m=audio 4000 RTP/AVP 0\r\n")  # fmt: skip
        answer = self._answer()
        self.tag = re.findall(r"^To:.*(;tag=\S+)", answer, re.MULTILINE)[0]
        self._send("ACK", 1, self.tag)
        return answer

    def hangup(self) -> None:
        self._send("BYE", 2, self.tag)
        self._answer()
        self.sip.close()
        self.rtp.close()

    def _send(self, method: str, number: int, tag: str = "", body: str = "") -> None:
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self.sip.sendto(
            f"{method} sip:counter@{self.server[0]}:{self.server[1]} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 192.0.2.7:5060;rport;branch=z9hG4bK{method}{number}\r\nMax-Forwards: 70\r\n"
            f"From: <sip:far@192.0.2.7>;tag=far\r\nTo: <sip:counter@127.0.0.1>{tag}\r\nCall-ID: far\r\n"
            f"CSeq: {number} {method}\r\nContact: <sip:far@127.0.0.1:{self.sip.getsockname()[1]}>\r\n{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}".encode(),
            self.server,
        )

    def _answer(self) -> str:
        while True:
            text = self.sip.recv(8192).decode()
            if not text.startswith("SIP/2.0 1"):
                return text


def test_answers_and_sound_go_where_the_caller_really_is(start: Start) -> None:
    server = start("tone")
    phone = RawPhone(server.address)
    answer = phone.call()
    assert answer.startswith("SIP/2.0 200")
    assert f"rport={phone.sip.getsockname()[1]}" in answer
    assert "received=127.0.0.1" in answer
    port = int(re.findall(r"^m=audio (\d+)", answer, re.MULTILINE)[0])
    for number in range(50):
        phone.rtp.sendto(struct.pack(">BBHII", 0x80, 0, number, 160 * number, 7) + bytes(160), ("127.0.0.1", port))
    sound = phone.rtp.recv(2048)  # not to 192.0.2.7, as its SDP says
    assert sound[1] & 0x7F == 0
    phone.hangup()


class StunServer:
    """Tells everybody that they are at 192.0.2.77 (RFC 5389; 12.2: those of RFC 3489 get MAPPED-ADDRESS)."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                asked, (_, port) = self._socket.recvfrom(2048)
                kind, mask = (0x0020, 0x2112A442) if asked[4:8] == b"\x21\x12\xa4\x42" else (0x0001, 0)
                seen = int.from_bytes(socket.inet_aton("192.0.2.77"), "big") ^ mask
                mapped = struct.pack(">HHBBHI", kind, 8, 0, 1, port ^ (mask >> 16), seen)
                self._socket.sendto(struct.pack(">HH", 0x0101, len(mapped)) + asked[4:20] + mapped, ("127.0.0.1", port))
            except OSError:
                return

    def stop(self) -> None:
        self._socket.close()


def test_the_address_that_stun_tells_is_advertised(start: Start) -> None:
    stun = StunServer()
    try:
        server = start("tone", nat={"stun": [stun.address]})
        assert server.address.startswith("192.0.2.77:")
        phone = RawPhone(f"127.0.0.1:{server.address.rpartition(':')[2]}")
        answer = phone.call()
        assert "c=IN IP4 192.0.2.77" in answer
        phone.hangup()
    finally:
        stun.stop()


def test_a_stun_server_that_is_dead_stops_nobody(start: Start, tmp_path: Path) -> None:
    server = start("echo", nat={"stun": ["127.0.0.1:9"]})
    run_sipp(tmp_path, scenario(invite(), answered(), ack(), bye(), receive(200)), server.address, "-m", "1")


def test_a_public_address_that_is_known_is_advertised(start: Start) -> None:
    server = start("tone", nat={"public": "192.0.2.88"})
    phone = RawPhone(f"127.0.0.1:{server.address.rpartition(':')[2]}")
    assert "c=IN IP4 192.0.2.88" in phone.call()
    phone.hangup()


def test_ice_with_baresip(start: Start, tmp_path: Path) -> None:
    """Over an address of this machine: loopback is none that ICE would try. Sound both ways on what was agreed."""
    address = own_address()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    server = start("echo", "--allowed", f"{address}/32", nat={"ice": True}, host=address)
    said = melody(4.0, 8_000)
    wav.write(tmp_path / "said.wav", AudioFrame(said, 8_000, 0.0))
    phone = Baresip(tmp_path, tmp_path / "said.wav", account=";medianat=ice", address=address)
    try:
        phone.command("dial", f"sip:counter@{server.address}")
        call = server.wait(lambda news: news.get("event") == "Answered")["call"]
        server.wait(lambda news: news.get("heard", 0) >= 3.0 and news["call"] == call)
        phone.command("hangup")
        assert server.wait(ended)["cause"] == "customer"
    finally:
        phone.stop()
    assert "ice: audio: connectivity check is complete" in (tmp_path / "baresip.log").read_text()
    assert np.median(alike(said[: 2 * 8_000], wav.read(phone.heard, 8_000).pcm)) > 0.9


def own_address() -> str | None:
    """IPv4 of this machine that is not loopback. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address: str = probe.getsockname()[0]
    return None if address.startswith("127.") else address


def test_ice_leaves_loopback_alone(start: Start, tmp_path: Path) -> None:
    server = start("echo", nat={"ice": True})
    run_sipp(tmp_path, scenario(invite(), answered(), ack(), bye(), receive(200)), server.address, "-m", "1")
