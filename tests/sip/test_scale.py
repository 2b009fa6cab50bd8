"""Three devices behind a real Kamailio: who gets a call, who loses one, and that nobody is sent elsewhere.

The devices are SIP servers with a tone or an echo for a conversation: what is tested needs no model.
"""

import json
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path

import pytest

from telephony import pj
from telephony.kamailio.site import Tls
from tests.sip import certificates
from tests.sip.fleet import TELLING, Handset, Metronome, Mute, Proxy, answers, ear, talk
from tests.sip.phones import LIMIT, Server, free_port, run_sipp, sipp
from tests.sip.scenario import invite, scenario

pytestmark = pytest.mark.sip

Fleet = Callable[..., list[Server]]
needs_load = pytest.mark.skipif(not pj.can_show_load(), reason="PJSIP was built before it could: make telephone")


@pytest.fixture
def fleet() -> Iterator[Fleet]:
    """Starts devices that carry so many calls each; all that is not killed must end cleanly."""
    servers: list[Server] = []

    def start(*carry: int, more: tuple[str, ...] = (), settings: Mapping[str, object] = TELLING) -> list[Server]:
        given = ("--settings", json.dumps({**settings}))
        begun = [Server("tone", "--max-calls", str(calls), "--lost-after", "0", *given, *more) for calls in carry]
        servers.extend(begun)
        return begun

    try:
        yield start
        for server in servers:
            if server.alive:
                server.stop()
    finally:
        for server in servers:
            server.kill()


@pytest.fixture
def behind(tmp_path: Path) -> Iterator[Callable[..., Proxy]]:
    """Starts a proxy before devices."""
    proxies: list[Proxy] = []

    def start(nodes: list[str], **more: object) -> Proxy:
        proxies.append(Proxy(tmp_path, nodes, **more))
        return proxies[-1]

    try:
        yield start
    finally:
        for proxy in proxies:
            proxy.stop()


def uris(servers: list[Server]) -> list[str]:
    return [f"sip:{server.address}" for server in servers]


def test_a_device_that_dies_takes_only_its_own_calls(
    fleet: Fleet, behind: Callable[..., Proxy], tmp_path: Path
) -> None:
    servers = fleet(4, 4, 4)
    proxy = behind(uris(servers))
    with ear() as (port, streams), Handset(proxy) as handset, Metronome() as metronome:
        long = talk(30_000).replace("[media_port]", str(port))
        callers = sipp(tmp_path, long, proxy.address, "-m", "6", "-l", "6", "-r", "10")
        try:
            for server in servers:
                server.wait_for(lambda news: news.get("event") == "Answered", 2)
            time.sleep(3)
            killed, rest = servers[0], servers[1:]
            before, at = time.time() - 3, time.time()
            killed.kill()
            call = handset.call()
            assert call.code == 200
            assert call.seconds < 4, "a new call goes elsewhere at once"
            time.sleep(max(0.0, at + 3 - time.time()))
            until = time.time()
            # Each of the six was in it: two fell silent, four went on.
            on = [one for one in streams.values() if one.times[0] < before + 1 and one.gap(at, until) < 1]
            off = [one for one in streams.values() if one.times[0] < before + 1 and one.times[-1] < at + 1]
            assert (len(on), len(off)) == (4, 2)
            assert [one.lost() for one in on] == [0] * 4
            # Nothing but what this machine does to everybody: the seconds before, and a clock beside them, tell that.
            usual = max(one.gap(before, at) for one in on)
            assert max(one.gap(at, until) for one in on) <= max(0.06 + 2 * metronome.worst(at, until), 2 * usual)
            assert handset.hang_up(call) == 200
            proxy.saw(f"device down: .*{killed.address}")
            # It comes back by itself, and has most room then.
            host, _, number = killed.address.rpartition(":")
            [again] = fleet(4, more=("--port", number))
            assert again.address == f"{host}:{number}"
            proxy.saw(f"device up: .*{killed.address}")
            for _ in range(3):
                assert handset.call().code == 200
            again.wait(lambda news: news.get("event") == "Answered")
            assert [len(server.events("Ended")) for server in rest] in ([1, 0], [0, 1])
        finally:
            callers.kill()
            callers.wait()


@needs_load
def test_calls_go_where_there_is_room(fleet: Fleet, behind: Callable[..., Proxy], tmp_path: Path) -> None:
    """By what the devices say of themselves: nobody has to be refused for it."""
    servers = fleet(6, 2, 1)
    proxy = behind(uris(servers))
    time.sleep(2.5)  # each has been asked
    run_sipp(tmp_path, talk(4_000), proxy.address, "-m", "9", "-l", "9", "-r", "4")
    assert [answers(server) for server in servers] == [6, 2, 1]
    assert len([line for line in proxy.log if "refuses" in line]) <= 1, "what was told may be overtaken by a call"


def test_what_is_full_fails_over_where_devices_say_nothing_of_their_load(
    fleet: Fleet, behind: Callable[..., Proxy], tmp_path: Path
) -> None:
    servers = fleet(6, 2, 1, settings={})
    proxy = behind(uris(servers))
    run_sipp(tmp_path, talk(2_500), proxy.address, "-m", "9", "-l", "9", "-r", "10")
    assert [answers(server) for server in servers] == [6, 2, 1]
    assert proxy.saw("refuses: 486")


def test_all_full_is_said_with_when_to_try_again(fleet: Fleet, behind: Callable[..., Proxy]) -> None:
    servers = fleet(1, 1, 1)
    proxy = behind(uris(servers), retry_after=7)
    with Handset(proxy) as handset:
        calls = [handset.call() for _ in servers]
        assert [call.code for call in calls] == [200] * 3
        refused = handset.call()
        assert (refused.code, refused.header("Retry-After")) == (503, "7")
        assert handset.hang_up(calls[1]) == 200
        assert handset.call().code == 200


def test_a_device_that_stops_loses_no_new_call(fleet: Fleet, behind: Callable[..., Proxy]) -> None:
    servers = fleet(9, 9)
    proxy = behind(uris(servers))
    with Handset(proxy) as handset:
        for number in range(20):
            call = handset.call()
            assert call.code == 200
            if number == 5:  # with a call of its own, perhaps, which it ends itself
                servers[0].ask_to_stop()
            handset.hang_up(call)
    servers[0].stop()
    assert answers(servers[1]) > answers(servers[0]) > 0


def test_weights_share_out_where_loads_are_alike(fleet: Fleet, behind: Callable[..., Proxy], tmp_path: Path) -> None:
    servers = fleet(9, 9)
    proxy = behind(uris(servers), weights=(3, 1))
    run_sipp(tmp_path, talk(2_000), proxy.address, "-m", "8", "-l", "8", "-r", "50")
    assert [answers(server) for server in servers] == [6, 2]


def test_devices_by_tcp(fleet: Fleet, behind: Callable[..., Proxy]) -> None:
    servers = fleet(2, 2, settings={"transports": ["tcp"]})
    proxy = behind(uris(servers), listen=(f"tcp:127.0.0.1:{free_port()}",))
    with Handset(proxy) as handset:
        calls = [handset.call() for _ in range(3)]
        assert [call.code for call in calls] == [200] * 3
        assert [handset.hang_up(call) for call in calls] == [200] * 3
    assert sum(len(server.wait_for(lambda news: news.get("event") == "Ended", 1)) for server in servers) == 2


def test_a_device_that_says_nothing_is_passed_over(fleet: Fleet, behind: Callable[..., Proxy]) -> None:
    """It answers OPTIONS, and is there for all that the proxy knows: each call to it waits for a second, at most."""
    mute = Mute()
    try:
        [server] = fleet(9)
        proxy = behind([mute.uri, *uris([server])])
        with Handset(proxy) as handset:
            calls = [handset.call() for _ in range(4)]
        assert [call.code for call in calls] == [200] * 4
        assert max(call.seconds for call in calls) < 4
        assert mute.invited
        assert proxy.saw(f"no answer from {mute.uri}")
    finally:
        mute.stop()


@pytest.mark.parametrize(("code", "goes_on"), [(486, True), (503, True), (480, True), (500, True), (488, False)])
def test_another_device_is_tried_where_that_may_help(behind: Callable[..., Proxy], code: int, goes_on: bool) -> None:
    devices = [Mute(code, more="Retry-After: 3\r\n") for _ in range(2)]
    try:
        proxy = behind([device.uri for device in devices])
        with Handset(proxy) as handset:
            outcome = handset.call()
        assert sum(len(device.invited) for device in devices) == (2 if goes_on else 1)
        assert outcome.code == (503 if goes_on else code)
        if goes_on:
            assert outcome.header("Retry-After") == "3", "the soonest that a device has said"
    finally:
        for device in devices:
            device.stop()


def test_a_call_that_has_rung_is_offered_to_nobody_else(behind: Callable[..., Proxy]) -> None:
    devices = [Mute(480, rings=True) for _ in range(3)]
    try:
        proxy = behind([device.uri for device in devices])
        with Handset(proxy) as handset:
            assert handset.call().code == 480
        assert sum(len(device.invited) for device in devices) == 1
    finally:
        for device in devices:
            device.stop()


def test_it_is_nobodys_way_to_elsewhere(fleet: Fleet, behind: Callable[..., Proxy]) -> None:
    [server] = fleet(9)
    proxy = behind(uris([server]), domains=("calls.example",))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere, Handset(proxy) as handset:
        elsewhere.bind(("127.0.0.3", 0))
        target = f"127.0.0.3:{elsewhere.getsockname()[1]}"
        route = f"Route: <sip:{proxy.address};lr>\r\n"
        onward = f"{route}Route: <sip:{target};lr>\r\n"
        assert handset.call(uri=f"sip:+1900@{target}").code == 403
        assert handset.call(uri="sip:+1900@premium.example").code == 403
        assert handset.call(uri=f"sip:+1900@{target}", more=route).code == 403
        for method in ("BYE", "INFO", "INVITE", "REFER", "MESSAGE"):
            assert handset.ask(handset.request(method, f"sip:+1900@{target}", route, tag="x")).code == 403
            assert handset.ask(handset.request(method, "", onward, tag="x")).code == 403
        handset.socket.sendto(handset.request("ACK", f"sip:+1900@{target}", route, tag="x"), ("127.0.0.1", proxy.port))
        for method in ("REGISTER", "MESSAGE", "SUBSCRIBE", "REFER", "PUBLISH"):
            assert handset.ask(handset.request(method)).code == 405
        answer = (
            f"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP {proxy.address};branch=z9hG4bK1\r\n"
            f"Via: SIP/2.0/UDP {target};branch=z9hG4bK2\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\n"
            "Call-ID: forged\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
        )
        handset.socket.sendto(answer.encode(), ("127.0.0.1", proxy.port))
        proxy.saw("an answer to nothing")
        # Its own names are fine, and so is a route through it alone; one further on is not followed.
        assert handset.call(uri="sip:counter@calls.example").code == 200
        assert handset.call(more=onward).code == 200
        elsewhere.settimeout(1.0)
        with pytest.raises(TimeoutError):
            elsewhere.recv(2048)
    server.wait_for(lambda news: news.get("event") == "Answered", 2)


def test_strangers_are_refused_and_their_flood_is_dropped(fleet: Fleet, behind: Callable[..., Proxy]) -> None:
    [server] = fleet(9)
    proxy = behind(uris([server]), strangers_per_second=10)
    with Handset(proxy) as known, Handset(proxy, "127.0.0.2") as stranger:
        assert stranger.call().code == 403
        call = known.call()
        spy = stranger.request(
            "BYE", call.header("Contact").strip("<>"), f"Route: {call.header('Record-Route')}\r\n", "x"
        )
        assert stranger.ask(spy).code == 403, "nor may they end anybody's call"
        for _ in range(300):
            stranger.socket.sendto(stranger.request("OPTIONS"), ("127.0.0.1", proxy.port))
        proxy.saw("flood from 127.0.0.2")
        assert known.call().code == 200
        assert known.hang_up(call) == 200
        stranger.socket.settimeout(0.5)
        assert waiting(stranger.socket) < 150
    assert len([news for news in server.news if "remote" in news]) == 2


def waiting(port: socket.socket) -> int:
    """How many datagrams have come."""
    for number in count():
        try:
            port.recv(4_096)
        except TimeoutError:
            return number
    raise AssertionError


def test_a_crowd_beyond_the_rate_is_told_to_wait(fleet: Fleet, behind: Callable[..., Proxy], tmp_path: Path) -> None:
    [server] = fleet(200)
    proxy = behind(uris([server]), calls_per_second=5)
    crowd = sipp(tmp_path, scenario(invite()), proxy.address, "-m", "60", "-r", "300", "-l", "60")
    proxy.saw("more calls a second than 5", 20)
    crowd.kill()
    crowd.wait()
    assert len([news for news in server.news if "remote" in news]) < 40


def test_hops_and_broken_messages(fleet: Fleet, behind: Callable[..., Proxy]) -> None:
    proxy = behind(uris(fleet(9)))
    with Handset(proxy) as handset:
        assert handset.ask(handset.request("INVITE", hops=0)).code == 483
        broken = handset.request("INVITE").replace(b"CSeq: 1 INVITE", b"CSeq: 1 BYE")
        assert handset.ask(broken).code == 400
        assert handset.call().code == 200
        assert handset.ask(handset.request("OPTIONS")).code == 200


def test_nobody_is_there(behind: Callable[..., Proxy]) -> None:
    proxy = behind([f"sip:127.0.0.1:{free_port()}"])
    proxy.saw("device down")
    with Handset(proxy) as handset:
        for method in ("INVITE", "OPTIONS"):
            outcome = handset.ask(handset.request(method))
            assert (outcome.code, outcome.header("Retry-After")) == (503, "10")


@pytest.mark.parametrize(("trusted", "asserted"), [((), False), (("127.0.0.1",), True)])
def test_whose_word_for_a_number_reaches_the_devices(
    fleet: Fleet, behind: Callable[..., Proxy], trusted: tuple[str, ...], asserted: bool
) -> None:
    """They trust the proxy: it lets through what it trusts itself."""
    [server] = fleet(9, more=("--trusted", "127.0.0.0/8"))
    proxy = behind(uris([server]), trusted=trusted)
    with Handset(proxy) as handset:
        assert handset.call(more="P-Asserted-Identity: <sip:+34911234567@trunk.example>\r\n").code == 200
    assert server.wait(lambda news: "remote" in news)["asserted"] is asserted


def test_by_tls(fleet: Fleet, behind: Callable[..., Proxy], tmp_path: Path) -> None:
    pair = certificates.make(tmp_path, "proxy")
    port = free_port()
    proxy = behind(
        uris(fleet(9)),
        listen=(f"tls:127.0.0.1:{port}",),
        tls=Tls(str(pair.certificate), str(pair.key)),
    )
    context = ssl.create_default_context(cafile=str(pair.certificate))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with Handset(proxy) as handset, socket.create_connection(("127.0.0.1", port), LIMIT) as plain:
        asking = handset.request("OPTIONS", f"sip:127.0.0.1:{port};transport=tls").replace(
            b"SIP/2.0/UDP", b"SIP/2.0/TLS"
        )
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as secured:
            secured.sendall(asking)
            assert secured.recv(4_096).startswith(b"SIP/2.0 200")
        assert secured.version() is None
    folder = next(tmp_path.glob("proxy-*"))
    assert not [path for path in folder.iterdir() if path.is_file() and "PRIVATE" in path.read_text(errors="replace")]
    assert re.search(r"private_key = /", (folder / "tls.cfg").read_text())
