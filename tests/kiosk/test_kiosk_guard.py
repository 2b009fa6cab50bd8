"""Host and Origin: names or nothing, and only the same origin is the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.channels.kiosk_guard import hostname, same_origin

pytestmark = pytest.mark.unit


@given(st.text(max_size=40))
@settings(deadline=None)
def test_any_host_header_is_a_name_or_nothing(host: str) -> None:
    assert isinstance(hostname(host), str)
    assert same_origin(f"http://{host}", "127.0.0.1:8080") in (True, False)


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1:8080", True),
        ("https://kiosk.example", "kiosk.example", True),
        ("https://kiosk.example", "kiosk.example:443", True),
        ("http://kiosk.example", "kiosk.example:8080", False),
        ("http://Kiosk.example", "kiosk.EXAMPLE", True),
        ("file://", "127.0.0.1", False),
        ("null", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        ("http://127.0.0.1:99999", "127.0.0.1", False),
    ],
)
def test_same_origin(origin: str, host: str, same: bool) -> None:
    assert same_origin(origin, host) is same
