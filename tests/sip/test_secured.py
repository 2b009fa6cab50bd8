"""TCP, TLS, SRTP and IPv6 with sipp and baresip."""

from pathlib import Path

import numpy as np
import pytest

from telephony.caller import Patience, place_call
from telephony.sip import SipSettings
from telephony.transports import TlsSettings
from tests.sip.certificates import Pair, make
from tests.sip.melody import melody
from tests.sip.phones import Baresip, Start, alike, ended, run_sipp
from tests.sip.scenario import ack, answered, bye, invite, pause, receive, ringing, scenario
from voice import wav
from voice.frames import RATE, AudioFrame

pytestmark = pytest.mark.sip

PLAIN = scenario(invite(), answered(), ack(), pause(300), bye(), receive(200))


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return make(tmp_path_factory.mktemp("certificates"), "server")


def address(uri: str) -> str:
    """ "host:port" of a server's URI."""
    return uri.rpartition("@")[2].partition(";")[0]


def secured(pair: Pair) -> dict[str, object]:
    return {"port": 0, "certificate": str(pair.certificate), "key": str(pair.key)}


def test_ten_calls_by_tcp(start: Start, tmp_path: Path) -> None:
    server = start("echo", transports=["udp", "tcp"])
    run_sipp(tmp_path, PLAIN, address(server.uris["tcp"]), "-t", "t1", "-m", "10", "-r", "20", "-rtp_echo")
    run_sipp(tmp_path, PLAIN, address(server.uris["udp"]), "-m", "1")
    assert {news["cause"] for news in server.wait_for(ended, 11)} == {"customer"}


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_calls_by_ipv6(start: Start, tmp_path: Path, transport: str) -> None:
    server = start("echo", host6="::1", transports=["udp", "tcp"])
    there = address(server.uris[f"{transport}6"])
    assert there.startswith("[::1]:")
    run_sipp(tmp_path, PLAIN, there, "-t", "u1" if transport == "udp" else "t1", "-m", "5", "-rtp_echo")
    assert {news["cause"] for news in server.wait_for(ended, 5)} == {"customer"}


def test_a_call_without_srtp_is_refused_where_it_is_required(start: Start, tmp_path: Path) -> None:
    server = start("echo", srtp="required")
    refused = scenario(invite(), ringing(), receive(488), ack(refused=True))
    run_sipp(tmp_path, refused, server.address, "-m", "1")


@pytest.mark.parametrize(
    ("transport", "ours", "theirs"),
    [("tls", "required", "srtp-mand"), ("tls", "offered", "srtp-mand"), ("tcp", "offered", "srtp"), ("udp", "off", "")],
)
def test_baresip_by_tls_and_srtp(
    start: Start, pair: Pair, tmp_path: Path, transport: str, ours: str, theirs: str
) -> None:
    """Sound both ways: what it says comes back to it."""
    server = start("echo", transports=["udp", "tcp", "tls"], tls=secured(pair), srtp=ours)
    said = melody(4.0, 8_000)
    wav.write(tmp_path / "said.wav", AudioFrame(said, 8_000, 0.0))
    account = f";mediaenc={theirs}" if theirs else ""
    trust = f"sip_cafile {pair.certificate}\nsip_verify_server yes\n"
    phone = Baresip(tmp_path, tmp_path / "said.wav", account=account, more=trust)
    try:
        phone.command("dial", server.uris[transport])
        call = server.wait(lambda news: news.get("event") == "Answered")["call"]
        server.wait(lambda news: news.get("heard", 0) >= 3.0 and news["call"] == call)
        phone.command("hangup")
        assert server.wait(ended)["cause"] == "customer"
    finally:
        phone.stop()
    heard = wav.read(phone.heard, 8_000)
    assert np.median(alike(said[: 2 * 8_000], heard.pcm)) > 0.9


async def test_our_own_caller_by_tls_trusts_whom_it_is_told_to(start: Start, pair: Pair, tmp_path: Path) -> None:
    server = start("tone", transports=["tls"], tls=secured(pair), srtp="required")
    wav.write(tmp_path / "said.wav", AudioFrame(melody(0.5), RATE, 0.0))
    settings = SipSettings(
        port=0, user="caller", transports=("udp", "tls"), srtp="required",
        tls=TlsSettings(0, *pair, authorities=pair.certificate),
    )  # fmt: skip
    report = await place_call(
        server.uris["tls"], [tmp_path / "said.wav"], patience=Patience(speech=0.5, pause=0.3), settings=settings
    )
    assert report.ended == "goodbye"
