"""Calls that are not as they should be, by callers who may call: odd offers, endless headers, races, no sound."""

import asyncio
import json
import random
import socket
import ssl
import threading
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from telephony.sip import SipAgent, SipSettings
from tests.sip.by_hand import HandCall
from tests.sip.certificates import make
from tests.sip.datagrams import address, broken, request
from tests.sip.phones import Server, Start, ended, run_sipp
from tests.sip.test_bad_input import PLAIN, calling_meanwhile

pytestmark = pytest.mark.sip

HEAD = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n"
HERE = "c=IN IP4 127.0.0.1\r\nt=0 0\r\n"
AUDIO = "m=audio 9 RTP/AVP 0\r\n"
OFFERS = {
    "no connection": HEAD + "t=0 0\r\n" + AUDIO,
    "no lines but one": "v=0\r\n",
    "no version": "o=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\n" + HERE + AUDIO,
    "a port too high": HEAD + HERE + "m=audio 99999 RTP/AVP 0\r\n",
    "a port below nothing": HEAD + HERE + "m=audio -1 RTP/AVP 0\r\n",
    "a port with no number": HEAD + HERE + "m=audio x RTP/AVP 0\r\n",
    "a port that is no port": HEAD + HERE + "m=audio 0 RTP/AVP 0\r\n",
    "no sound": HEAD + HERE + "m=video 9 RTP/AVP 31\r\n",
    "nothing at all": HEAD + HERE,
    "no codec": HEAD + HERE + "m=audio 9 RTP/AVP\r\n",
    "codecs that nobody has": HEAD + HERE + "m=audio 9 RTP/AVP 96\r\na=rtpmap:96 Nonsense/12345/9\r\n",
    "a codec without its name": HEAD + HERE + "m=audio 9 RTP/AVP 96\r\n",
    "a name for no codec": HEAD + HERE + AUDIO + "a=rtpmap:\r\na=rtpmap:x\r\na=rtpmap:0 PCMU/0\r\na=rtpmap:0\r\n",
    "a codec of no rate": HEAD + HERE + "m=audio 9 RTP/AVP 96\r\na=rtpmap:96 PCMU/99999999999\r\n",
    "the other internet": HEAD + "c=IN IP6 ::1\r\nt=0 0\r\n" + AUDIO,
    "an address that is none": HEAD + "c=IN IP4 999.1.2.3\r\nt=0 0\r\n" + AUDIO,
    "a name for an address": HEAD + "c=IN IP4 nobody.invalid\r\nt=0 0\r\n" + AUDIO,
    "everybody's address": HEAD + "c=IN IP4 255.255.255.255\r\nt=0 0\r\n" + AUDIO,
    "a group's address": HEAD + "c=IN IP4 224.0.0.1/127\r\nt=0 0\r\n" + AUDIO,
    "another protocol": HEAD + HERE + "m=audio 9 UDP/NONSENSE 0\r\n",
    "keys that are none": HEAD + HERE + "m=audio 9 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\n",
    "many streams": HEAD + HERE + 40 * AUDIO,
    "many codecs": HEAD + HERE + "m=audio 9 RTP/AVP " + " ".join(map(str, range(128))) + "\r\n",
    "many attributes": HEAD + HERE + AUDIO + 400 * "a=x:y\r\n",
    "a long line": HEAD + HERE + AUDIO + "a=" + 6_000 * "x" + "\r\n",
    "packets of no time": HEAD + HERE + AUDIO + "a=ptime:0\r\na=maxptime:-5\r\n",
    "packets of an hour": HEAD + HERE + AUDIO + "a=ptime:3600000\r\n",
    "keys of a keypad of no events": HEAD
    + HERE
    + AUDIO
    + "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-99999999\r\n",
    "bytes": HEAD + HERE + AUDIO + "a=\x00\x01\x02\x7f\r\n",
}

MORE = {
    "64 KB": b"X-Long: " + 64_000 * b"x" + b"\r\n",
    "thousands": 4_000 * b"X-Many: 1\r\n",
    "proxies": 500 * b"Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKx\r\n",
}


async def test_odd_offers_are_answered_and_a_live_call_hears_nothing_of_them(start: Start, tmp_path: Path) -> None:
    server = start("echo", "--settings", json.dumps({"transports": ["udp"]}))
    codes: dict[str, int] = {}

    def trouble() -> None:
        for name, offer in OFFERS.items():
            with HandCall(address(server)) as call:
                call.send("INVITE", body=offer)
                codes[name], _ = call.final()
                call.ack(code=codes[name])
                if codes[name] == 200:
                    assert call.bye() == 200

    back = await calling_meanwhile(server, tmp_path, trouble)
    assert np.median(back) > 0.9
    assert len(codes) == len(OFFERS)
    refused = {name for name, code in codes.items() if code >= 400}
    assert {"no sound", "nothing at all", "codecs that nobody has", "no lines but one"} <= refused
    run_sipp(tmp_path, PLAIN, server.address, "-m", "2")


def test_an_odd_offer_within_a_call_does_not_end_it(start: Start) -> None:
    server = start("echo")
    codes: list[int] = []
    with HandCall(address(server)) as call:
        call.up()
        for number, offer in enumerate(OFFERS.values(), 2):
            call.send("INVITE", number, offer)
            codes.append(call.final("INVITE", number)[0])
            call.ack(number, codes[-1])
        assert call.bye() == 200
    assert server.wait(ended)["cause"] == "customer"
    refused = sum(code >= 400 for code in codes)
    assert refused > 5
    server.wait_for(lambda news: news.get("unwanted") == "malformed", refused)


async def test_damaged_messages_of_those_who_may_call_end_nothing(start: Start, tmp_path: Path) -> None:
    server = start("echo", "--max-calls", "8")
    chance = random.Random(4_475)

    def trouble() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
            port.bind(("127.0.0.1", 0))
            for number in range(600):
                port.sendto(
                    broken(request(number, chance.choice(["INVITE", "INVITE", "BYE", "UPDATE"])), chance),
                    address(server),
                )
                for _ in range(number % 3):
                    port.sendto(chance.randbytes(chance.randrange(33, 1_400)), address(server))
            server.wait_for(lambda news: news.get("unwanted") == "malformed", 200)

    back = await calling_meanwhile(server, tmp_path, trouble)
    assert np.median(back) > 0.9


@pytest.mark.parametrize("transport", ["udp", "tcp"])
@pytest.mark.parametrize("name", MORE)
def test_endless_headers_cost_nobody_a_call(start: Start, tmp_path: Path, transport: str, name: str) -> None:
    server = start("echo", "--settings", json.dumps({"transports": ["udp", "tcp"]}))
    memory = server.memory()
    message = request(1).replace(b"Max-Forwards", MORE[name] + b"Max-Forwards")
    to = ("127.0.0.1", int(server.uris[transport].rpartition("@")[2].partition(";")[0].rpartition(":")[2]))
    for _ in range(50):
        if transport == "udp":
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
                port.bind(("127.0.0.1", 0))
                port.sendto(message[:65_000], to)
        else:
            with socket.create_connection(to, timeout=20) as line:
                try:
                    line.sendall(message)
                    line.recv(1)
                except OSError:
                    continue  # cut off: so it should be
    run_sipp(tmp_path, PLAIN, server.address, "-m", "3")
    server.wait(lambda news: news.get("unwanted") == "malformed")
    assert server.memory() < memory + 30e6


@pytest.mark.parametrize("order", ["CANCEL", "BYE", "CANCEL BYE", "BYE CANCEL", "INVITE BYE", "BYE BYE", "BYE INVITE"])
def test_races_of_a_call_s_beginning_and_end(start: Start, tmp_path: Path, order: str) -> None:
    """Whatever overtakes what, before the answer and after it, nothing is left."""
    server = start("echo")
    for answered in (False, True):
        with HandCall(address(server)) as call:
            call.send("INVITE", body=call.sdp)
            if answered:
                assert call.final()[0] == 200
                call.ack()
            for number, method in enumerate(order.split(), 2):
                if method == "CANCEL":
                    call.send("CANCEL", 1, branch="INVITE1")
                else:
                    call.send(method, number, call.sdp if method == "INVITE" else "")
            if not answered:
                code, _ = call.final()
                call.ack(code=code)
            call.send("BYE", 90)
            call.final("BYE", 90)
    server.wait_for(ended, 2)
    run_sipp(tmp_path, PLAIN, server.address, "-m", "2")


def test_a_call_that_never_sends_sound_ends_with_a_cause_and_is_counted(start: Start) -> None:
    server = start("echo", "--lost-after", "2")
    with HandCall(address(server)) as call:
        call.up()
        assert server.wait(ended)["cause"] == "lost"
    assert server.wait(lambda news: news.get("unwanted") == "no_sound")["count"] == 1


async def test_what_a_call_is_given_up_for_is_logged_with_its_source_and_counted() -> None:
    counted: list[str] = []
    settings = SipSettings(port=0, lost_after=1.0, hold_limit=1.0)
    agent = SipAgent(settings, counted=lambda why, _: counted.append(why))
    await agent.start()

    def given_up(call: HandCall, *, acknowledged: bool, direction: str) -> None:
        call.send("INVITE", body=call.sdp + f"a={direction}\r\n")
        assert call.final()[0] == 200
        if acknowledged:
            call.ack()

    sources: list[str] = []
    with capture_logs() as logs:
        try:
            for acknowledged, direction in ((True, "sendrecv"), (True, "inactive"), (False, "sendrecv")):
                with HandCall(("127.0.0.1", int(agent.uri.rpartition(":")[2]))) as call:
                    sources.append(call.here)
                    calling = asyncio.ensure_future(
                        asyncio.to_thread(given_up, call, acknowledged=acknowledged, direction=direction)
                    )
                    came = await anext(agent.incoming())
                    assert await came.answer()
                    await calling
                    assert await came.gone(30)
        finally:
            await agent.stop()
    lines = {line["event"]: line.get("source") for line in logs}
    assert [lines[event] for event in ("sip_peer_lost", "sip_held_too_long", "sip_no_ack")] == sources
    assert counted == ["no_sound", "held", "no_ack"]


def test_a_server_with_an_expired_certificate_is_hung_up_on(start: Start, tmp_path: Path) -> None:
    pair = make(tmp_path, "expired", end="20210101000000Z")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    with socket.create_server(("127.0.0.1", 0)) as door:

        def welcome() -> None:
            try:
                while True:
                    line, _ = door.accept()
                    try:
                        context.wrap_socket(line, server_side=True).close()
                    except OSError:
                        line.close()
            except OSError:
                return  # the door is closed

        threading.Thread(target=welcome, daemon=True).start()
        account = {
            "name": "pbx", "server": f"127.0.0.1:{door.getsockname()[1]}", "kind": "register", "user": "100",
            "secret": "s3cret", "transport": "tls",
        }  # fmt: skip
        good = make(tmp_path, "good")
        tls = {
            "port": 0,
            "certificate": str(good.certificate),
            "key": str(good.key),
            "authorities": str(pair.certificate),
        }
        server: Server = start(
            "echo", "--settings", json.dumps({"transports": ["udp", "tls"], "tls": tls, "accounts": [account]})
        )
        server.wait(lambda news: news.get("unwanted") == "certificate")
        assert not [news for news in server.news if news.get("account") and news.get("state") == "registered"]
