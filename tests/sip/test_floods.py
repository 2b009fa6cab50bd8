"""Floods at what a device allows by default: most of it is never read, live calls go on, later all is as before."""

import contextlib
import json
import random
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from telephony import pj
from telephony.flood import LISTED_CONNECTIONS
from tests.sip.by_hand import HandCall
from tests.sip.certificates import make
from tests.sip.datagrams import address, request, stranger, unwanted
from tests.sip.phones import Server, Start, ended, run_sipp
from tests.sip.test_bad_input import LISTED, PLAIN, calling_meanwhile
from tests.sip.test_secured import secured
from tests.sip.test_who_may_call import STRANGER, TALK, with_password

pytestmark = pytest.mark.sip

FLOOD = 3_000
chance = random.Random(20_261_125)


@pytest.fixture(autouse=True)
def _native() -> None:
    if not pj.can_hold_floods():
        pytest.skip("the public package reads all that comes")


def garbage(_: int) -> bytes:
    return chance.randbytes(600)


def of(method: str) -> Callable[[int], bytes]:
    return lambda number: request(number, method)


@pytest.mark.parametrize(
    "message", [of("INVITE"), of("REGISTER"), of("OPTIONS"), of("BYE"), garbage],
    ids=["INVITE", "REGISTER", "OPTIONS", "BYE", "garbage"],
)  # fmt: skip
async def test_most_of_a_flood_is_never_read(start: Start, tmp_path: Path, message: Callable[[int], bytes]) -> None:
    server = start("echo", *LISTED, "--rate", "0.001")
    memory = server.memory()

    def trouble() -> None:
        with stranger() as port:
            for number in range(FLOOD):
                port.sendto(message(number), address(server))
                if number % 30 == 0:
                    time.sleep(0.01)  # the sender's own queue is no flood
            server.wait_for(lambda news: news.get("unwanted") == "flood", 1)

    back = await calling_meanwhile(server, tmp_path, trouble)
    assert np.median(back) > 0.9
    run_sipp(tmp_path, PLAIN, server.address, "-m", "5")
    assert unwanted(server)["flood"] > FLOOD / 2
    assert server.memory() < memory + 40e6


def test_somebody_in_a_call_goes_on_while_others_at_the_address_send_too_much(start: Start) -> None:
    """Their messages pass by their Call-ID."""
    server = start("echo", *LISTED, "--rate", "0.001")
    with HandCall(address(server)) as call:
        call.up()
        call.move("127.0.0.2")  # where nobody is listed
        with stranger() as port:
            for number in range(FLOOD):
                port.sendto(request(number, "OPTIONS"), address(server))
        server.wait(lambda news: news.get("unwanted") == "flood")
        call.send("INFO", 2)
        assert call.final("INFO", 2)[0] >= 200
        assert call.bye() == 200
    assert server.wait(ended)["cause"] == "customer"


def test_a_stranger_who_was_cut_off_may_call_again_later(start: Start, tmp_path: Path) -> None:
    server = start("echo", *LISTED, "--user", "ana:s3cret", "--algorithm", "MD5", "--rate", "20", "--burst", "4")
    with stranger() as port:
        for number in range(FLOOD):
            port.sendto(request(number, "OPTIONS"), address(server))
        server.wait(lambda news: news.get("unwanted") == "flood")
    run_sipp(tmp_path, with_password("ana", "s3cret", *TALK), server.address, "-m", "1", *STRANGER)
    assert len(server.wait_for(ended, 1)) == 1


async def test_a_listed_source_gone_mad_is_cut_off_and_others_go_on(start: Start, tmp_path: Path) -> None:
    """Its own call that is up goes on, too."""
    server = start("echo", "--allowed", "127.0.0.0/8", "--listed-rate", "60")
    with HandCall(address(server), "127.0.0.2") as call:
        call.up()

        def trouble() -> None:
            with stranger() as port:  # 127.0.0.2, which is listed here
                for number in range(FLOOD):
                    port.sendto(request(number, "OPTIONS"), address(server))
                    if number % 30 == 0:
                        time.sleep(0.01)
            server.wait_for(lambda news: news.get("unwanted") == "flood", 1)
            call.send("INFO", 2)
            assert call.final("INFO", 2)[0] >= 200

        back = await calling_meanwhile(server, tmp_path, trouble)
        assert call.bye(3) == 200
    assert np.median(back) > 0.9
    run_sipp(tmp_path, PLAIN, server.address, "-m", "5")
    assert unwanted(server)["flood"] > FLOOD / 2


def test_a_listed_source_has_many_connections_and_not_all_of_them(start: Start, tmp_path: Path) -> None:
    server = start("echo", "--allowed", "127.0.0.0/8", "--settings", json.dumps({"transports": ["udp", "tcp"]}))
    with lines(port_of(server, "tcp"), 80) as opened:
        server.wait_for(lambda news: news.get("unwanted") == "connections", 1)
        assert still_open(opened) == LISTED_CONNECTIONS
        run_sipp(tmp_path, PLAIN, "127.0.0.1:" + str(port_of(server, "tcp")[1]), "-t", "t1", "-m", "3")


def test_who_does_not_trust_our_certificate_is_counted(start: Start, tmp_path: Path) -> None:
    """As when it has expired: nobody else tells."""
    pair, other = make(tmp_path, "server"), make(tmp_path, "other")
    server = start("echo", "--settings", json.dumps({"transports": ["udp", "tls"], "tls": secured(pair)}))
    context = ssl.create_default_context(cafile=other.certificate)
    with socket.create_connection(port_of(server, "tls"), timeout=20) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="127.0.0.1")
    server.wait(lambda news: news.get("unwanted") == "handshake")
    with lines(port_of(server, "tls"), 1) as [line]:
        line.sendall(b"OPTIONS sip:counter@127.0.0.1 SIP/2.0\r\n\r\n")
        server.wait_for(lambda news: news.get("unwanted") == "handshake", 2)
    assert unwanted(server)["handshake"] == 2


@contextlib.contextmanager
def lines(to: tuple[str, int], many: int) -> Iterator[list[socket.socket]]:
    """Connections from an address that is not listed; some may be closed at once."""
    opened: list[socket.socket] = []
    try:
        for _ in range(many):
            with contextlib.suppress(ConnectionError):  # turned away already
                opened.append(socket.create_connection(to, timeout=20, source_address=("127.0.0.2", 0)))
        yield opened
    finally:
        for line in opened:
            line.close()


def still_open(opened: list[socket.socket]) -> int:
    """How many the other side has not closed."""
    left = 0
    for line in opened:
        line.settimeout(0.1)
        try:
            left += line.recv(1) != b""
        except TimeoutError:
            left += 1
        except ConnectionError:
            pass
    return left


def port_of(server: Server, transport: str) -> tuple[str, int]:
    return "127.0.0.1", int(server.uris[transport].rpartition("@")[2].partition(";")[0].rpartition(":")[2])


@pytest.mark.parametrize("transport", ["tcp", "tls"])
def test_a_stranger_has_few_connections_and_others_go_on(start: Start, tmp_path: Path, transport: str) -> None:
    """Some say nothing, some a byte now and then, some begin a handshake and never end it."""
    pair = make(tmp_path, "server")
    settings = {"transports": ["udp", "tcp", "tls"], "tls": secured(pair)}
    server = start("echo", *LISTED, "--burst", "40", "--settings", json.dumps(settings))
    with lines(port_of(server, transport), 60) as opened:
        server.wait_for(lambda news: news.get("unwanted") == "connections", 1)
        for line in opened:
            with contextlib.suppress(OSError):
                line.send(b"I")
        assert still_open(opened) <= 8
        context = ssl.create_default_context(cafile=pair.certificate)
        with socket.create_connection(port_of(server, "tls"), timeout=20) as plain:
            context.wrap_socket(plain, server_hostname="127.0.0.1").close()
        run_sipp(tmp_path, PLAIN, "127.0.0.1:" + str(port_of(server, "tcp")[1]), "-t", "t1", "-m", "3")
        run_sipp(tmp_path, PLAIN, server.address, "-m", "3")
    assert unwanted(server)["connections"] >= 52


def test_a_connection_on_which_nothing_comes_to_its_end_is_ended(start: Start, tmp_path: Path) -> None:
    """A handshake that stays away, and a message of which a byte comes each second."""
    settings = {"transports": ["udp", "tcp", "tls"], "tls": secured(make(tmp_path, "server"))}
    server = start("echo", *LISTED, "--settings", json.dumps(settings))
    with lines(port_of(server, "tls"), 1) as silent, lines(port_of(server, "tcp"), 1) as slow:
        assert ended_within(60, slow[0])
        silent[0].settimeout(20)
        assert silent[0].recv(1) == b""


def ended_within(seconds: float, line: socket.socket) -> bool:
    """Whether the other side closes it, which gets a byte a second until then."""
    line.settimeout(1)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            line.send(b"a")
            if line.recv(1) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False
