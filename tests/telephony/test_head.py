import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.head import Head, read, split, unquoted

pytestmark = pytest.mark.unit


def test_names_are_long_and_low_and_folded_lines_are_joined() -> None:
    head = read("INVITE sip:a@b SIP/2.0\r\nf: one\r\n\ttwo\r\nVIA : x\r\nno header\r\n\r\nFrom: in the body")
    assert head == Head("INVITE", "sip:a@b", (("from", "one two"), ("via", "x")))
    assert head.value("to") == ""


def test_only_what_is_outside_of_quotes_and_brackets_divides() -> None:
    assert split('"a, \\", b" <sip:c,d>, e,, f', ",") == ['"a, \\", b" <sip:c,d>', "e", "f"]


def test_quotes_and_escapes_go() -> None:
    assert unquoted('"a \\"b\\" \\\\"') == 'a "b" \\'
    assert unquoted("plain") == "plain"


@given(st.text())
def test_any_text_has_a_head(text: str) -> None:
    head = read(text)
    assert all(name == name.lower() and name for name, _ in head.fields)
    assert all(split(value, ",") is not None for _, value in head.fields)


@given(st.text())
def test_quoting_and_back(text: str) -> None:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    assert unquoted(f'"{escaped}"') == text
