import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import TelephonyError
from telephony.gate import TOGETHER, Gate, Gatekeeper, Turned, Welcome, closed, host_of, neighbourhood, networks, within

pytestmark = pytest.mark.unit

INVITE = (
    "INVITE sip:911000222@192.0.2.1 SIP/2.0\r\nFrom: <sip:911234567@example.org>;tag=1\r\n"
    "P-Asserted-Identity: <tel:+34600111222>\r\n\r\n"
)


@pytest.mark.parametrize("source", ["127.0.0.1:5060", "127.1.2.3:9", "[::1]:5060", "[::ffff:127.0.0.1]:5060"])
def test_on_loopback_everybody_may_call(source: str) -> None:
    verdict = Gatekeeper(Gate(), "34").judge(source, INVITE, 0.0)
    assert isinstance(verdict, Welcome)
    assert (verdict.caller.number, verdict.called) == ("+34911234567", ("+34911000222",))


@pytest.mark.parametrize("source", ["192.0.2.7:5060", "[2001:db8::1]:5060", "[fe80::1%eth0]:5060", "", "nonsense"])
def test_from_elsewhere_only_the_listed_may(source: str) -> None:
    verdict = Gatekeeper(Gate(), "34").judge(source, INVITE, 0.0)
    assert isinstance(verdict, Turned)
    assert (verdict.why, verdict.code) == ("unknown", 403)


def test_a_listed_network_may_and_is_believed_only_when_trusted() -> None:
    listed = Gatekeeper(Gate(allowed=("192.0.2.0/24",)), "34").judge("192.0.2.7:5060", INVITE, 0.0)
    trusted = Gatekeeper(Gate(("192.0.2.0/24",), ("192.0.2.7",)), "34").judge("192.0.2.7:5060", INVITE, 0.0)
    assert isinstance(listed, Welcome)
    assert isinstance(trusted, Welcome)
    assert (listed.caller.number, trusted.caller.number) == ("+34911234567", "+34600111222")


def test_with_users_a_stranger_is_challenged_once_for_each_algorithm() -> None:
    verdict = Gatekeeper(Gate(users={"ana": "s3cret"}), "").judge("192.0.2.7:5060", INVITE, 0.0)
    assert isinstance(verdict, Turned)
    assert (verdict.why, verdict.code) == ("challenged", 401)
    assert [name for name, _ in verdict.headers] == ["WWW-Authenticate"] * 2


@pytest.mark.parametrize(
    ("gate", "host", "expected"),
    [
        (Gate(), "127.0.0.1", False),
        (Gate(), "::1", False),
        (Gate(), "192.0.2.1", True),
        (Gate(), "0.0.0.0", True),
        (Gate(allowed=()), "192.0.2.1", True),
        (Gate(allowed=("127.0.0.1", "192.0.2.0/24")), "192.0.2.1", False),
        (Gate(allowed=("::/0",)), "2001:db8::1", False),
        (Gate(users={"ana": "s3cret"}), "192.0.2.1", False),
    ],
)
def test_a_port_that_others_reach_and_may_not_use_is_noticed(gate: Gate, host: str, expected: bool) -> None:
    assert closed(gate, host) is expected


def test_secrets_are_in_no_representation() -> None:
    assert "s3cret" not in repr(Gate(users={"ana": "s3cret"}))


def test_a_stranger_who_comes_too_often_hears_when_to_come_again_and_the_listed_go_on() -> None:
    keeper = Gatekeeper(Gate(rate=1.0, burst=3), "")
    whys = [keeper.judge("192.0.2.7:5060", INVITE, 0.0) for _ in range(5)]
    assert [verdict.why for verdict in whys if isinstance(verdict, Turned)] == ["unknown"] * 3 + ["rate"] * 2
    last = whys[-1]
    assert isinstance(last, Turned)
    assert (last.code, last.headers) == (503, (("Retry-After", "5"),))
    assert all(isinstance(keeper.judge("127.0.0.1:5060", INVITE, 0.0), Welcome) for _ in range(100))
    later = keeper.judge("192.0.2.7:5060", INVITE, 1.0)
    assert isinstance(later, Turned)
    assert later.why == "unknown"


def test_forged_addresses_gain_little() -> None:
    keeper = Gatekeeper(Gate(rate=1.0, burst=3), "")
    verdicts = [keeper.judge(f"192.0.{n // 200}.{n % 200}:5060", INVITE, 0.0) for n in range(2_000)]
    assert sum(isinstance(one, Turned) and one.why == "unknown" for one in verdicts) == TOGETHER * 3


def test_a_customers_whole_ipv6_network_is_one_source() -> None:
    assert neighbourhood("2001:db8::1") == neighbourhood("2001:db8::ffff:1")
    assert neighbourhood("192.0.2.1") != neighbourhood("192.0.2.2")


@pytest.mark.parametrize("text", ["192.0.2.300", "192.0.2.1/24", "example.org", ""])
def test_what_is_no_network_is_named(text: str) -> None:
    with pytest.raises(TelephonyError, match="is no network") as caught:
        networks((text,))
    assert caught.value.code == "sip.network"


@given(st.ip_addresses(), st.integers(1, 65_535))
def test_any_address_is_read_with_its_port(address: object, port: int) -> None:
    text = str(address)
    host = host_of(f"[{text}]:{port}" if ":" in text else f"{text}:{port}")
    assert within(host, networks(("0.0.0.0/0", "::/0")))


@given(st.text(), st.text())
def test_any_source_and_message_is_judged(source: str, message: str) -> None:
    assert isinstance(Gatekeeper(Gate(users={"a": "b"}), "34").judge(source, message, 0.0), Turned | Welcome)
