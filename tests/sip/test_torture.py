"""All of RFC 4475 against the SIP port, by UDP and TCP, while somebody talks."""

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.sip.datagrams import address, request, unwanted
from tests.sip.phones import Start, run_sipp
from tests.sip.test_bad_input import PLAIN, calling_meanwhile
from tests.sip.torture import Torture, Wanted, messages

pytestmark = pytest.mark.sip

HOST = "127.0.0.1"
PATIENCE = 1.5
"""Seconds after which a silent connection has said all: a body that never ends swallows what follows."""


def test_there_are_all_of_them_and_each_is_another() -> None:
    all_ = messages("x", HOST, 9)
    assert len(all_) == 49
    assert len({each.section for each in all_}) == len({each.raw for each in all_}) == 49


def answers_in(received: bytes, torture: Torture, tag: str) -> list[int]:
    """The status codes of what answers it."""
    found = []
    for piece in re.split(rb"(?=SIP/2\.0 \d{3} )", received):
        ours = f"z9hG4bK-{torture.name}-{tag}".encode() in piece or f"{torture.name}.{tag}".encode() in piece
        if ours and piece.startswith(b"SIP/2.0 "):
            found.append(int(piece[8:11]))
    return found


def sentinel(number: int, port: int, transport: str) -> bytes:
    """It is answered after all that came before it."""
    asking = request(10_000 + number, "OPTIONS").replace(b"127.0.0.2:9", f"{HOST}:{port}".encode())
    return asking.replace(b"SIP/2.0/UDP", f"SIP/2.0/{transport}".encode())


def by_udp(to: tuple[str, int]) -> Iterator[tuple[Torture, list[int]]]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        port.bind((HOST, 0))
        port.settimeout(20)
        here = port.getsockname()[1]
        for number, torture in enumerate(messages("u", HOST, here)):
            port.sendto(torture.raw, to)
            port.sendto(sentinel(number, here, "UDP"), to)
            received = b""
            while f"{10_000 + number}@flood".encode() not in received:
                received += port.recv(65_536)
            yield torture, answers_in(received, torture, "u")


def by_tcp(to: tuple[str, int]) -> Iterator[tuple[Torture, list[int]]]:
    """A connection for each: what cannot be told from the next message costs it."""
    for number, torture in enumerate(messages("t", HOST, 9, "TCP")):
        with socket.create_connection(to, timeout=20) as line:
            line.settimeout(PATIENCE)
            line.sendall(torture.raw + sentinel(number, 9, "TCP"))
            received = b""
            while f"{10_000 + number}@flood".encode() not in received:
                try:
                    piece = line.recv(65_536)
                except (TimeoutError, ConnectionResetError):
                    break
                if not piece:
                    break
                received += piece
        yield torture, answers_in(received, torture, "t")


def judge(torture: Torture, codes: list[int]) -> str:
    """What is wrong with the answers to it; "": nothing."""
    final = [code for code in codes if code >= 200]
    match torture.wanted:
        case Wanted.UNDERSTOOD | Wanted.TOLERATED:
            right = bool(codes) and 400 not in codes
        case Wanted.REFUSED:
            right = all(code >= 400 for code in final) and (bool(final) or not codes)
        case Wanted.SILENT:
            right = not codes
    return "" if right else f"{torture.section} {torture.name}: {codes or 'no answer'}, {torture.wanted.value} wanted"


async def test_torture_messages_are_answered_as_they_should_be_and_a_live_call_hears_nothing_of_it(
    start: Start, tmp_path: Path
) -> None:
    settings = json.dumps({"transports": ["udp", "tcp"]})
    server = start("echo", "--settings", settings)
    wrong: list[str] = []

    def trouble() -> None:
        wrong.extend(filter(None, (judge(*pair) for pair in by_udp(address(server)))))
        tcp = server.uris["tcp"].rpartition("@")[2].partition(";")[0].rpartition(":")[2]
        wrong.extend(filter(None, ("TCP " * bool(said := judge(*pair)) + said for pair in by_tcp((HOST, int(tcp))))))

    back = await calling_meanwhile(server, tmp_path, trouble)
    assert not wrong
    assert np.median(back) > 0.9
    assert unwanted(server)["malformed"] > 10
    run_sipp(tmp_path, PLAIN, server.address, "-m", "2")
