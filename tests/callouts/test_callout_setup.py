"""Settings → rules: hours of the laws, holidays of the pack, and what is wrong with them said."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.errors import ConfigError
from runtime.callouts.request import Consent, History, Request, Window
from runtime.callouts.rules import NotBefore, may_call
from runtime.callouts.setup import LAWS, rules_of
from runtime.config import parse

pytestmark = pytest.mark.unit

WEEK = (1, 2, 3, 4, 5)


def rules(text: str = "", data: Path | None = None) -> object:
    return rules_of(parse((f'data = "{data}"\n' if data else "") + f"[callouts]\n{text}"))


def test_it_is_off_until_it_is_asked_for() -> None:
    assert not parse("").callouts.enabled


def test_the_hours_of_the_laws_are_the_defaults(tmp_path: Path) -> None:
    assert rules("", tmp_path).windows == (Window(WEEK, 9 * 60, 21 * 60),)  # type: ignore[attr-defined]
    assert rules('law = "us"', tmp_path).windows == (LAWS["us"],)  # type: ignore[attr-defined]


def test_own_hours_and_days_come_before_them(tmp_path: Path) -> None:
    own = rules('hours = "10:30-24:00"\ndays = [6]', tmp_path)
    assert own.windows == (Window((6,), 630, 1440),)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('hours = "9-21"', "callouts.hours"),
        ('hours = "21:00-09:00"', "ends before it begins"),
        ('hours = "25:00-26:00"', "callouts.hours"),
        ("days = [0]", "callouts.days"),
        ('zone = "Mars/Olympus"', "no time zone"),
        ('holidays = ["24-12-2026"]', "callouts.holidays"),
        ('holidays = ["2026-13-24"]', "callouts.holidays"),
        ('machine = "shout"', "callouts.machine"),
        ('account = "trunk"', "no account"),
    ],
)
def test_what_is_wrong_is_named(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=says):
        rules(text, tmp_path)


def test_the_pack_s_holidays_count_and_those_of_the_settings(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "retail.db")) as db:
        db.executescript(Path("models/sectors/retail/data/schema.sql").read_text("utf-8"))
        db.execute("INSERT INTO special_days VALUES ('2026-12-08', NULL, 'la Inmaculada', 'x', NULL, NULL)")
        db.execute("INSERT INTO special_days VALUES ('2026-12-07', 'madrid', 'fiesta local', 'x', NULL, NULL)")
        db.commit()
    found = rules('holidays = ["2026-12-09"]', tmp_path)
    assert found.holidays == {date(2026, 12, 8), date(2026, 12, 9)}  # type: ignore[attr-defined]
    consent = Consent(("delivery",), 1.0, "form")
    request = Request("r1", "C-17", "+34600111222", "delivery", consent, "es", "", "")
    at = datetime(2026, 12, 8, 12, tzinfo=UTC)
    verdict = may_call(at, request, History(), found)  # type: ignore[arg-type]
    assert verdict == NotBefore(datetime(2026, 12, 10, 8, tzinfo=UTC), "hours")
