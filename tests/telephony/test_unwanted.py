import pytest
from structlog.testing import capture_logs

from telephony.unwanted import BURST, EVERY, Unwanted

pytestmark = pytest.mark.unit


def test_everything_is_counted_and_a_flood_logged_in_few_lines() -> None:
    counted: list[str] = []
    unwanted = Unwanted(counted.append)
    with capture_logs() as lines:
        for _ in range(1_000):
            unwanted.note("rate", "192.0.2.7:5060", 0.0, code=503)
        unwanted.note("malformed", "192.0.2.8:5060", 0.0)
        unwanted.note("rate", "192.0.2.7:5060", EVERY)
    assert counted.count("rate") == 1_001
    rate = [line for line in lines if line["why"] == "rate"]
    assert len(rate) == BURST + 1
    assert rate[-1]["unlogged"] == 1_000 - BURST
    assert rate[0] == {
        "event": "sip_unwanted", "log_level": "warning", "why": "rate", "source": "192.0.2.7:5060", "code": 503,
    }  # fmt: skip
    assert [line["source"] for line in lines if line["why"] == "malformed"] == ["192.0.2.8:5060"]
