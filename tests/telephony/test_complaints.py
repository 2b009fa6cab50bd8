import pytest

from telephony.complaints import source_of

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("10:01:02.003  sip_transport.c Dropping 12 bytes packet from UDP 192.0.2.7:5061: x", "192.0.2.7:5061"),
        ("sip_endpoint.c  Error processing packet from 192.0.2.7:5061: Missing header", "192.0.2.7:5061"),
        ("Error processing 9 bytes packet from UDP 2001:db8::1:5061 : x\nfrom UDP 1.1.1.1:1", "2001:db8::1:5061"),
        ("pjsua_call.c  Unable to accept incoming call\nDropping 1 bytes packet from UDP 1.1.1.1:1", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_source_of_what_could_not_be_read(line: str, source: str) -> None:
    assert source_of(line) == source
