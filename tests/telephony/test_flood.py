from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from telephony import pj
from telephony.flood import Flood, read
from telephony.gate import Gate
from telephony.unwanted import Dropped

pytestmark = pytest.mark.sip

EACH, BURST, TOGETHER = 1.0, 5, 12
BYE = "BYE sip:counter@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7\r\n{name}: {call}\r\nCSeq: 2 BYE\r\n\r\n"


@pytest.fixture
def gate() -> Iterator[Any]:
    if not pj.can_hold_floods():
        pytest.skip("the public package holds none")
    library = pj.load()
    library.floodForget()
    library.floodLimits(EACH, BURST, EACH, TOGETHER)
    library.floodKnownLimit(0, 0)
    yield library
    library.floodForget()
    library.floodLimits(1e9, 1e9, 1e9, 1e9)


def admitted(gate: Any, address: str, times: int, now: float, message: str = "OPTIONS sip:x SIP/2.0\r\n\r\n") -> int:
    return sum(gate.floodAdmits(address, message, now) for _ in range(times))


def test_a_stranger_has_a_burst_and_then_a_rate(gate: Any) -> None:
    assert admitted(gate, "198.51.100.7", 100, 10.0) == BURST
    assert admitted(gate, "198.51.100.7", 100, 12.0) == 2 * EACH
    assert admitted(gate, "198.51.100.8", 100, 12.0) == BURST, "another's bucket is its own"


def test_forged_addresses_have_one_bucket_together(gate: Any) -> None:
    assert sum(admitted(gate, f"198.51.{n // 250}.{n % 250}", 1, 10.0) for n in range(10_000)) == TOGETHER


def test_a_network_of_ipv6_is_one_stranger(gate: Any) -> None:
    assert sum(admitted(gate, f"2001:db8::{n:x}", 1, 10.0) for n in range(1, 50)) == BURST
    assert admitted(gate, "2001:db8:0:1::1", 50, 10.0) == BURST


@pytest.mark.parametrize(
    ("network", "inside", "outside"),
    [
        (("192.0.2.0", 24), ("192.0.2.1", "192.0.2.255", "::ffff:192.0.2.9"), "192.0.3.1"),
        (("192.0.2.128", 25), ("192.0.2.128",), "192.0.2.127"),
        (("192.0.2.7", 32), ("192.0.2.7",), "192.0.2.6"),
        (("2001:db8::", 33), ("2001:db8:7fff::1",), "2001:db8:8000::1"),
        (("2001:db8::1", 128), ("2001:db8::1",), "2001:db8::2"),
        (("::", 0), ("2001:db8::1", "192.0.2.1"), ""),
    ],
)
def test_who_is_known_passes(gate: Any, network: tuple[str, int], inside: tuple[str, ...], outside: str) -> None:
    assert gate.floodKnow(*network)
    for address in inside:
        assert admitted(gate, address, 1_000, 10.0) == 1_000, address
    assert not outside or admitted(gate, outside, 1_000, 10.0) == BURST


def test_who_is_known_and_goes_mad_has_a_limit_and_others_lose_nothing_by_it(gate: Any) -> None:
    gate.floodKnow("192.0.2.0", 24)
    gate.floodKnownLimit(100, 200)
    gate.floodCall("7f@192.0.2.1", True)
    of_call = BYE.format(name="Call-ID", call="7f@192.0.2.1")
    assert admitted(gate, "192.0.2.1", 10_000, 10.0) == 200
    assert admitted(gate, "192.0.2.1", 10_000, 10.0, of_call) == 200, "calls that are up have their own"
    assert admitted(gate, "192.0.2.2", 100, 10.0) == 100, "another address of the network"
    assert sum(admitted(gate, f"192.0.2.{n}", 150, 20.0) for n in range(1, 101)) == 15_000, "nothing together"
    assert admitted(gate, "198.51.100.7", 100, 10.0) == BURST, "strangers as ever"
    assert admitted(gate, "192.0.2.1", 10_000, 22.0) == 200
    gate.floodCall("7f@192.0.2.1", False)


def test_nonsense_is_no_network(gate: Any) -> None:
    assert not gate.floodKnow("nonsense", 8)
    assert not gate.floodKnow("", 0)


@pytest.mark.parametrize("name", ["Call-ID", "call-id", "i", "I ", "Call-ID  "])
def test_messages_of_a_call_that_is_up_pass_within_a_limit_of_their_own(gate: Any, name: str) -> None:
    gate.floodCall("7f@192.0.2.1", True)
    admitted(gate, "198.51.100.7", 100, 10.0)
    ours, other = BYE.format(name=name, call="7f@192.0.2.1"), BYE.format(name=name, call="7f@192.0.2.12")
    assert admitted(gate, "198.51.100.7", 20, 10.0, ours) == 20
    assert admitted(gate, "198.51.100.7", 20, 10.0, other) == 0
    assert admitted(gate, "198.51.100.7", 1_000, 10.0, ours) < 100
    gate.floodCall("7f@192.0.2.1", False)
    assert admitted(gate, "198.51.100.7", 1, 10.5, ours) == 0


@pytest.mark.parametrize(
    "message", ["", "\n", "\r\ni", "\r\ni:", "\r\nCall-ID", "\r\nCall-ID:", "\n" * 9_000, "\0" * 99]
)
def test_a_message_that_ends_anywhere_is_read_to_its_end_only(gate: Any, message: str) -> None:
    gate.floodCall("x", True)
    assert admitted(gate, "198.51.100.7", 100, 10.0, message) <= BURST
    gate.floodCall("x", False)


def test_long_messages_count_as_many(gate: Any) -> None:
    assert admitted(gate, "198.51.100.7", 100, 10.0, "x" * 4_096) == BURST // 3


def test_the_report_is_read() -> None:
    lines = "messages 192.0.2.1 5060 17\nconnections 2001:db8::1 9 1\nhandshakes 192.0.2.1 7 2\nsound * 0 3\n"
    assert read(lines) == [
        Dropped("flood", "192.0.2.1:5060", 17),
        Dropped("connections", "[2001:db8::1]:9", 1),
        Dropped("handshake", "192.0.2.1:7", 2),
        Dropped("sound", "*", 3),
    ]
    assert read("") == []


def test_a_build_that_cannot_hold_them_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pj, "can_hold_floods", lambda: False)
    with capture_logs() as lines:
        Flood(Gate()).open()
    assert [line["event"] for line in lines] == ["sip_unguarded"]
