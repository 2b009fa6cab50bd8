"""REFER as text."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.refer import (
    Dialog,
    Transferred,
    allowed,
    dialog_of,
    handoff_headers,
    new_id,
    refer_to,
    result_of,
    tag,
)

pytestmark = pytest.mark.unit

ANSWER = """SIP/2.0 200 OK\r
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r
f: "Counter" <sip:counter@192.0.2.1>;tag=ours\r
To: <sip:200@pbx.example;tag=no>;Tag=theirs;x\r
i: a@b;c\r
CSeq: 1 INVITE\r
Allow: INVITE, ack, BYE\r
Allow: REFER\r
Content-Length: 0\r
\r
"""


def test_a_blind_transfer_takes_the_id_along_in_two_headers() -> None:
    value = refer_to("sip:200@pbx.example;transport=tcp", handoff_headers("0123456789abcdef"))
    assert value == (
        "<sip:200@pbx.example;transport=tcp?User-to-User=000123456789abcdef%3Bencoding%3Dhex%3Bpurpose%3Disdn-uui"
        "%3Bcontent%3Disdn-uui&X-Mostrador-Handoff=0123456789abcdef>"
    )


def test_an_attended_transfer_names_the_call_that_it_replaces_as_the_target_knows_it() -> None:
    dialog = dialog_of(ANSWER, ours="from")
    assert dialog == Dialog("a@b;c", "ours", "theirs", frozenset({"INVITE", "ACK", "BYE", "REFER"}))
    assert refer_to('"Two" <sip:200@pbx.example>;tag=x', (), dialog) == (
        "<sip:200@pbx.example?Replaces=a%40b%3Bc%3Bto-tag%3Dtheirs%3Bfrom-tag%3Dours&Require=replaces>"
    )


def test_who_does_not_list_refer_does_not_transfer_and_who_lists_nothing_may() -> None:
    assert Dialog().transfers
    assert Dialog(allow=frozenset({"INVITE", "REFER"})).transfers
    assert not Dialog(allow=frozenset({"INVITE", "BYE"})).transfers


@given(st.text(st.characters(codec="utf-8")))
def test_no_header_can_break_out_of_the_address(value: str) -> None:
    made = refer_to("sip:200@pbx.example", (("X-A", value),))
    assert re.fullmatch(r"<sip:200@pbx\.example\?X-A=[A-Za-z0-9%_.~-]*>", made)
    assert unquote(made.partition("X-A=")[2][:-1]) == value


def test_ids_tell_nothing_and_are_all_different() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch("[0-9a-f]{16}", one) for one in ids)


@pytest.mark.parametrize(
    ("code", "accepted", "result"),
    [
        (200, True, "done"), (486, True, "busy"), (600, True, "busy"), (480, True, "no_answer"),
        (487, True, "no_answer"), (603, True, "failed"), (404, True, "failed"), (500, True, "failed"),
        (200, False, "done"), (405, False, "unsupported"), (501, False, "unsupported"), (420, False, "unsupported"),
        (403, False, "refused"), (603, False, "refused"), (408, False, "refused"),
    ],
)  # fmt: skip
def test_what_a_status_means(code: int, accepted: bool, result: str) -> None:
    assert result_of(code, accepted=accepted) == Transferred(result, code)  # type: ignore[arg-type]


PATTERNS = ("200@pbx.example", "sip:3*@pbx.example")


@pytest.mark.parametrize(
    "target",
    [
        "sip:200@pbx.example",
        "<sip:200@PBX.example>",
        "sips:301@pbx.example;transport=tls",
        "sip:3@pbx.example",
        "<sip:200@pbx.example?Replaces=a%40b%3Bto-tag%3Dc%3Bfrom-tag%3Dd&Require=replaces>",
    ],
)
def test_a_listed_target_may_be_called(target: str) -> None:
    assert allowed(target, PATTERNS)


@pytest.mark.parametrize(
    "target",
    [
        "", "sip:201@pbx.example", "sip:200@pbx.example.evil", "sip:200@evil", "tel:200", "sip:pbx.example",
        "sip:200@pbx.example?Replaces=a&Route=%3Csip:evil%3E",
        "<sip:200@pbx.example?Route=%3Csip:evil%3E>", "sip:200@pbx.example;method=MESSAGE",
        "sip:200@pbx.example;maddr=192.0.2.9", "sip:3%40evil@pbx.example", "sip:200@evil@pbx.example",
        "sip:200:secret@pbx.example", "<sip:200@pbx.example>, <sip:9@evil>", "sip:200@pbx.example:5070",
    ],
)  # fmt: skip
def test_nothing_else_may(target: str) -> None:
    assert not allowed(target, PATTERNS)
    assert not allowed("sip:200@pbx.example", ())


@given(st.text())
def test_whatever_comes_is_read(target: str) -> None:
    """And text without an address in it is no target."""
    assert not allowed(target, PATTERNS)
    assert tag(target) in target
