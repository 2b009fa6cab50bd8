import pytest
from structlog.testing import capture_logs

from telephony.unwanted import BURST, CROWD, EVERY, SOURCES, Dropped, Unwanted

pytestmark = pytest.mark.unit


def test_everything_is_counted_and_a_flood_logged_in_few_lines() -> None:
    counted: list[str] = []
    unwanted = Unwanted(lambda why, count: counted.extend([why] * count))
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


def test_many_of_one_source_are_one_line_and_the_next_says_what_came_meanwhile() -> None:
    counted: list[int] = []
    unwanted = Unwanted(lambda _, count: counted.append(count))
    with capture_logs() as lines:
        for second in range(3):
            unwanted.note_many([Dropped("flood", "192.0.2.7:5060", 100)], float(second))
        unwanted.note_many([Dropped("flood", "192.0.2.8:5060", 7)], 3.0)
        unwanted.note_many([], EVERY + 1)
        unwanted.note_many([], 3 * EVERY)
    assert sum(counted) == 307
    assert [(line["source"], line["count"]) for line in lines] == [
        ("192.0.2.7:5060", 100), ("192.0.2.8:5060", 7), ("192.0.2.7:5060", 200),
    ]  # fmt: skip


def test_a_crowd_fills_neither_the_log_nor_memory() -> None:
    unwanted = Unwanted(lambda *_: None)
    with capture_logs() as lines:
        for second in range(10):
            unwanted.note_many([Dropped("flood", f"{second} {n}", 1) for n in range(1_000)], float(second))
    assert sum(line["count"] for line in lines) <= 10_000
    assert len(lines) <= CROWD + 10
    assert len(unwanted._dropped) <= SOURCES + 1
