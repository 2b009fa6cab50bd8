from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import TelephonyError
from telephony.settings import SipSettings
from telephony.transports import Listener, TlsSettings, explain, towards, wanted
from tests.sip.certificates import make

pytestmark = pytest.mark.unit

UDP, TCP, TLS = (Listener(kind, "127.0.0.1", 5060) for kind in ("udp", "tcp", "tls"))  # type: ignore[arg-type]
UDP6 = replace(UDP, host="::1")


def refusal(settings: SipSettings) -> TelephonyError:
    with pytest.raises(TelephonyError) as caught:
        wanted(settings)
    return caught.value


def test_udp_on_loopback_is_all_that_is_listened_on_until_configured() -> None:
    assert wanted(SipSettings()) == [Listener("udp", "127.0.0.1", 5060)]


def test_each_transport_is_listened_on_at_each_address(tmp_path: Path) -> None:
    tls = TlsSettings(5061, *make(tmp_path, "server"))
    settings = SipSettings(host6="::1", transports=("udp", "tcp", "tls"), tls=tls)
    assert [(one.transport, one.host, one.port) for one in wanted(settings)] == [
        (kind, host, port)
        for host in ("127.0.0.1", "::1")
        for kind, port in (("udp", 5060), ("tcp", 5060), ("tls", 5061))
    ]


def test_tls_without_files_says_which_settings_to_make(tmp_path: Path) -> None:
    error = refusal(SipSettings(transports=("tls",)))
    assert error.code == "sip.certificate"
    assert "sip.tls.certificate and sip.tls.key" in error.message
    missing = TlsSettings(certificate=tmp_path / "a.pem", key=tmp_path / "a.key")
    assert "a.pem does not exist" in refusal(SipSettings(transports=("tls",), tls=missing)).message


def test_settings_that_make_no_sense_are_refused() -> None:
    assert refusal(SipSettings(transports=())).code == "sip.transports"
    assert refusal(SipSettings(host6="192.0.2.1")).code == "sip.address"
    assert refusal(SipSettings(host="::1", host6="::1")).code == "sip.address"


@pytest.mark.parametrize(
    ("uri", "leaves"),
    [
        ("sip:a@127.0.0.1", UDP),
        ("sip:a@pbx.example;transport=TCP", TCP),
        ("sips:a@pbx.example", TLS),
        ("<sip:a@[::1]:5070>", UDP6),
        ("sip:a@[::1];transport=tls", TLS),  # nothing better is open: PJSIP says why it fails
    ],
)
def test_a_call_leaves_by_the_transport_and_address_it_needs(uri: str, leaves: Listener) -> None:
    listeners = [UDP, TCP, TLS, UDP6]
    assert listeners[towards(uri, listeners)] == leaves


def test_a_transport_that_is_not_open_is_named() -> None:
    with pytest.raises(TelephonyError, match=r'add "tcp" to sip\.transports'):
        towards("sip:a@127.0.0.1;transport=tcp", [UDP])


def test_what_a_socket_fails_for_is_explained() -> None:
    assert explain("Address already in use", TCP).code == "sip.port_in_use"
    assert "TCP port 5060 on 127.0.0.1" in explain("Address already in use", TCP).message
    assert "under [sip.tls]" in explain("Address already in use", TLS).message
    assert "`host6`" in explain("Cannot assign requested address", UDP6).message
    assert explain("Out of memory", UDP).code == "sip.failed"
