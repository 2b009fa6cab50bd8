"""Keys as INFO messages write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.dtmf import pressed

pytestmark = pytest.mark.unit

HEAD = "INFO sip:counter@192.0.2.1 SIP/2.0\r\nCSeq: 2 INFO\r\n"


@pytest.mark.parametrize(
    ("header", "body", "key"),
    [
        ("Content-Type: application/dtmf", "5", "5"),
        ("c: application/DTMF", "#\r\n", "#"),
        ("Content-Type:application/dtmf;charset=ascii", "d", "D"),
        ("Content-Type: application/dtmf-relay", "Signal=5\r\n", ""),  # PJSIP reads that one
        ("Content-Type: application/dtmf", "12", ""),
        ("Content-Type: application/dtmf", "", ""),
        ("Content-Type: application/media_control+xml", "5", ""),
        ("Subject: application/dtmf", "5", ""),
    ],
)
def test_a_key_is_all_of_a_dtmf_body(header: str, body: str, key: str) -> None:
    assert pressed(f"{HEAD}{header}\r\nContent-Length: {len(body)}\r\n\r\n{body}") == key


@given(st.text())
def test_any_message_is_a_key_or_none(message: str) -> None:
    assert len(pressed(message)) <= 1
