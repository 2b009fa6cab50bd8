"""Trunks without registration: kamailio and sipp at the other end, asked and asking with OPTIONS."""

import re
import socket
from pathlib import Path

import pytest

from telephony import pj
from tests.sip.by_hand import HandCall
from tests.sip.datagrams import address, lines, request, stranger
from tests.sip.kamailio import Registrar
from tests.sip.phones import LIMIT, Server, Start, free_port, run_sipp, sipp
from tests.sip.scenario import (
    accept,
    ack,
    answered,
    bye,
    expect,
    invite,
    options,
    pause,
    receive,
    reply,
    ringing,
    scenario,
)

pytestmark = pytest.mark.sip

PLAIN = scenario(invite(), answered(), ack(), pause(300), bye(), receive(200))
ANSWERING = (expect("INVITE"), reply(180), reply(200, sound=True), expect("ACK"), expect("BYE"), accept())


@pytest.fixture
def connect(start: Start) -> Start:
    """Starts a server with one trunk: `connect(proxies, *options, **account)`."""

    def begin(proxies: list[str], *options: str, **account: object) -> Server:
        one = {"name": "trunk", "kind": "trunk", "server": "shop.test", "proxies": proxies, "keepalive": 0.4, **account}
        return start("echo", *options, accounts=[one], response_seconds=1.0)

    return begin


def test_a_trunk_is_up_down_and_up_again(connect: Start, registrar: Registrar) -> None:
    kamailio = registrar()
    server = connect([kamailio.address])
    server.wait(lambda news: news.get("state") == "up")
    kamailio.saw("SAW OPTIONS", 4)
    kamailio.stop()
    assert server.wait(lambda news: news.get("state") == "down")["code"] == 408
    registrar(port=kamailio.port)
    assert len(server.wait_for(lambda news: news.get("state") == "up", 2)) == 2


def test_calls_go_out_through_the_one_that_is_there(connect: Start, registrar: Registrar, tmp_path: Path) -> None:
    outside, dead = free_port(), f"127.0.0.1:{free_port()}"
    kamailio = registrar(outside=outside)
    phone = sipp(tmp_path, scenario(*ANSWERING), "", "-p", str(outside), "-m", "1")
    server = connect([dead, kamailio.address], "--dial", "300", user="shop", secret="sesame")
    assert server.wait(lambda news: news.get("state") == "up")["hop"] == kamailio.address
    assert server.wait(lambda news: news.get("called") == "300" and news["event"] == "Ended")["cause"] == "goodbye"
    kamailio.saw("SAW CALL shop")
    assert phone.wait(LIMIT) == 0


def test_a_trunk_that_is_never_asked_counts_as_there(connect: Start, tmp_path: Path) -> None:
    port = free_port()
    phone = sipp(tmp_path, scenario(*ANSWERING), "", "-p", str(port), "-m", "1")
    server = connect([f"127.0.0.1:{port}"], "--dial", "911", keepalive=0)
    assert server.wait(lambda news: news.get("called") == "911" and news["event"] == "Ended")["cause"] == "goodbye"
    assert phone.wait(LIMIT) == 0


def test_a_peer_that_takes_no_calls_is_down(connect: Start, tmp_path: Path) -> None:
    port = free_port()
    refusing = sipp(tmp_path, scenario(expect("OPTIONS"), reply(503)), "", "-p", str(port), "-m", "2")
    server = connect([f"127.0.0.1:{port}"])
    assert server.wait(lambda news: news.get("state") == "down")["code"] == 503
    assert refusing.wait(LIMIT) == 0


def test_calls_from_the_address_of_a_trunk_come_by_it(connect: Start, tmp_path: Path) -> None:
    server = connect(["127.0.0.1:9"])
    run_sipp(tmp_path, PLAIN, server.address, "-m", "2")
    assert {news["by"] for news in server.wait_for(lambda news: "remote" in news, 2)} == {"trunk"}


def test_an_account_insists_on_srtp_where_others_need_none(connect: Start, tmp_path: Path) -> None:
    strict = connect(["127.0.0.1:9"], srtp="required")
    refused = scenario(invite(), ringing(), receive(488), ack(refused=True))
    run_sipp(tmp_path, refused, strict.address, "-m", "1")
    elsewhere = connect(["198.51.100.1"], srtp="required")
    run_sipp(tmp_path, PLAIN, elsewhere.address, "-m", "1")


@pytest.mark.parametrize(
    ("codecs", "offered", "taken"),
    [(["PCMA"], "0 8 101", "8 101"), (["PCMA", "G722"], "9 0 101", "9 101"), ([], "0 8 101", "0 8 101")],
)
def test_calls_of_an_account_have_its_codecs(connect: Start, codecs: list[str], offered: str, taken: str) -> None:
    server = connect(["127.0.0.1:9"], codecs=codecs)
    assert agreed(server, offered) == [taken.split(maxsplit=1)[0], "101"]
    assert agreed(connect(["198.51.100.1"], codecs=codecs), offered)[0] == offered.split(maxsplit=1)[0], (
        "others are as ever"
    )


def test_a_call_without_a_codec_of_the_account_is_refused_and_counted(connect: Start) -> None:
    server = connect(["127.0.0.1:9"], codecs=["PCMA"])
    with HandCall(address(server)) as call:
        call.send("INVITE", body=call.sdp)
        code, _ = call.final()
        call.ack(code=code)
    assert code == 488
    server.wait(lambda news: news.get("unwanted") == "malformed")


def test_calls_out_by_an_account_offer_its_codecs_in_its_order(connect: Start) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as carrier:
        carrier.bind(("127.0.0.1", 0))
        carrier.settimeout(20)
        at = f"127.0.0.1:{carrier.getsockname()[1]}"
        connect([at], "--dial", "300", keepalive=0, codecs=["PCMU", "PCMA"])
        offer = carrier.recv(8_000).decode()
    assert re.search(r"^m=audio \d+ RTP/AVP 0 8 \d+\r$", offer, re.MULTILINE)
    assert sorted(re.findall(r"^a=rtpmap:\d+ ([^/]+)", offer, re.MULTILINE)) == ["PCMA", "PCMU", "telephone-event"]


def agreed(server: Server, formats: str) -> list[str]:
    """What is taken of the payload types that are offered."""
    with HandCall(address(server)) as call:
        sdp = call.sdp.replace("AVP 0", f"AVP {formats}") + "a=rtpmap:101 telephone-event/8000\r\n"
        call.send("INVITE", body=sdp)
        code, text = call.final()
        assert code == 200
        call.ack()
        assert call.bye() == 200
    found = re.search(r"^m=audio \d+ RTP/AVP (.*)\r$", text, re.MULTILINE)
    assert found is not None
    return found[1].split()


def test_others_come_by_no_account(connect: Start, tmp_path: Path) -> None:
    server = connect(["198.51.100.1"])
    run_sipp(tmp_path, PLAIN, server.address, "-m", "1")
    assert server.wait(lambda news: "remote" in news)["by"] == ""


@pytest.mark.skipif(not pj.can_show_load(), reason="PJSIP was built before it could: make telephone")
def test_options_tell_of_the_load_where_that_is_wanted(start: Start) -> None:
    for told, code, options_ in (
        ("0/7", 200, ("--max-calls", "7", "--settings", '{"show_load": true}')),
        ("0/0", 503, ("--max-calls", "0", "--settings", '{"show_load": true}')),
        ("", 200, ("--max-calls", "7")),
    ):
        server = start("echo", *options_)
        with stranger() as port:
            port.settimeout(LIMIT)
            port.sendto(request(1, "OPTIONS"), address(server))
            answer = port.recv(4_096)
        assert int(answer.split()[1]) == code
        assert lines(answer, b"X-Mostrador-Load") == (f"X-Mostrador-Load: {told}\r\n".encode() if told else b"")


def test_we_answer_options(connect: Start, tmp_path: Path) -> None:
    able = connect(["127.0.0.1:9"])
    run_sipp(tmp_path, scenario(options(), receive(200, check="Allow")), able.address, "-m", "3")
    full = connect(["127.0.0.1:9"], "--max-calls", "0")
    run_sipp(tmp_path, scenario(options(), receive(503, check="Retry-After")), full.address, "-m", "3")
