"""What a site of several devices may say, and the files that come of it."""

import re
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.kamailio.files import MARK, render
from telephony.kamailio.site import Node, Site, Tls, contradictions

pytestmark = pytest.mark.unit

GOOD = Site(("udp:192.0.2.1:5060",), ("192.0.2.128/28",), (Node("sip:192.0.2.11:5060"), Node("sip:192.0.2.12", 3)))


@dataclass(frozen=True, slots=True)
class Wrong:
    change: dict[str, object]
    said: str


def test_a_site_that_holds_together() -> None:
    assert list(contradictions(GOOD)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        Wrong({"listen": ()}, "listen is empty"),
        Wrong({"sources": ()}, "sources is empty"),
        Wrong({"nodes": ()}, "nodes is empty"),
        Wrong({"listen": ("udp:192.0.2.1:5060", "192.0.2.1")}, "listen.2 = '192.0.2.1': write udp:"),
        Wrong({"listen": ("udp:0.0.0.0:5060",)}, "is every address"),
        Wrong({"listen": ("udp:192.0.2.300:5060",)}, "192.0.2.300 is no address"),
        Wrong({"listen": ("udp:192.0.2.1:70000",)}, "70000 is no port"),
        Wrong({"sources": ("192.0.2.0/24", "192.0.2.7/24")}, "sources.2 = '192.0.2.7/24'"),
        Wrong({"sources": ("0.0.0.0/0",)}, "is everybody"),
        Wrong({"sources": ("::/0",)}, "is everybody"),
        Wrong({"trusted": ("trunk",)}, "trusted.1 = 'trunk'"),
        Wrong({"domains": ('calls.example" alias="evil',)}, "domains.1 = "),
        Wrong({"nodes": (Node("192.0.2.11"),)}, "nodes.1.uri = '192.0.2.11': write sip:"),
        Wrong({"nodes": (Node("sip:user@192.0.2.11"),)}, "nodes.1.uri"),
        Wrong({"nodes": (Node("sip:192.0.2.999:5060"),)}, "192.0.2.999 is no address"),
        Wrong({"nodes": (Node("sip:192.0.2.11:0"),)}, "0 is no port"),
        Wrong({"nodes": (Node("sip:192.0.2.11;transport=tcp"),)}, "does not listen by it"),
        Wrong({"nodes": (Node("sip:192.0.2.1"),)}, "is where the proxy itself listens"),
        Wrong({"nodes": (Node("sip:192.0.2.11"), Node("sip:192.0.2.11"))}, "nodes.2.uri = 'sip:192.0.2.11' is there"),
        Wrong({"nodes": (Node("sip:192.0.2.11\n2 sip:evil"),)}, "nodes.1.uri"),
        Wrong({"listen": ("tls:192.0.2.1:5061",)}, "tls.certificate is missing"),
        Wrong({"tls": Tls("/etc/a.pem", "/etc/a.key")}, "nothing is listened on by TLS"),
        Wrong({"listen": ("tls:192.0.2.1:5061",), "tls": Tls("a.pem", "/etc/a.key")}, "tls.certificate = 'a.pem'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(wrong: Wrong) -> None:
    said = list(contradictions(msgspec.structs.replace(GOOD, **wrong.change)))
    assert any(wrong.said in sentence for sentence in said), said


def test_the_files() -> None:
    made = render(GOOD, "/etc/kamailio/counter")
    assert sorted(made) == ["README", "dispatcher.list", "kamailio.cfg", "routing.cfg", "sources.list"]
    assert all(MARK in text for text in made.values())
    assert made["dispatcher.list"].splitlines()[1:] == [
        "1 sip:192.0.2.11:5060 0 0 share=1",
        "1 sip:192.0.2.12 0 0 share=3",
    ]
    assert made["sources.list"].splitlines()[1:] == ["1 192.0.2.128 28"]
    assert 'include_file "/etc/kamailio/counter/routing.cfg"' in made["kamailio.cfg"]
    assert "listen=udp:192.0.2.1:5060" in made["kamailio.cfg"]
    assert 'allowed = ["192.0.2.1"]' in made["README"]


def test_every_word_that_the_routing_takes_is_given() -> None:
    made = render(GOOD, "/etc/kamailio")
    given = {line.split("!")[2] for line in made["kamailio.cfg"].splitlines() if line.startswith("#!substdef")}
    used = set(re.findall(r"\bM_[A-Z_]+", made["routing.cfg"]))
    assert used == given


def test_addresses_of_either_kind() -> None:
    site = msgspec.structs.replace(GOOD, sources=("2001:db8::/32", "192.0.2.7"), trusted=("2001:db8::1",))
    assert list(contradictions(site)) == []
    assert render(site, "/k")["sources.list"].splitlines()[1:] == [
        "1 [2001:db8::] 32",
        "1 192.0.2.7 32",
        "2 [2001:db8::1] 128",
    ]


def test_tls_names_its_files_and_holds_no_key() -> None:
    tls = Tls("/etc/ssl/a.pem", "/etc/ssl/a.key", "/etc/ssl/ca.pem")
    site = msgspec.structs.replace(GOOD, listen=(*GOOD.listen, "tls:192.0.2.1:5061"), tls=tls)
    assert list(contradictions(site)) == []
    made = render(site, "/k")
    assert "private_key = /etc/ssl/a.key" in made["tls.cfg"]
    assert "verify_certificate = yes" in made["tls.cfg"]
    assert "enable_tls=yes" in made["kamailio.cfg"]


@given(st.sampled_from("\n\r\"'!{}#;\\ "), st.text(max_size=10), st.data())
def test_nothing_that_is_written_breaks_out_of_its_line(sign: str, text: str, data: st.DataObject) -> None:
    """What has room for a second statement in Kamailio's language is not taken, wherever in a value it stands."""

    def broken(value: str) -> str:
        at = data.draw(st.integers(0, len(value)))
        return value[:at] + sign + text + value[at:]

    for change in (
        {"listen": (broken("udp:192.0.2.1:5060"),)},
        {"sources": (broken("192.0.2.128/28"),)},
        {"trusted": (broken("192.0.2.128/28"),)},
        {"domains": (broken("calls.example"),)},
        {"nodes": (Node(broken("sip:192.0.2.11:5060")),)},
    ):
        changed = msgspec.structs.replace(GOOD, **change)
        assert list(contradictions(changed)), change
