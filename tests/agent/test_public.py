"""The public administration pack's tools against its database: a time is given once, a case key is given once."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import models.sectors
from runtime.agent import Effect, Value
from runtime.agent.database import Database
from runtime.agent.pack import Pack, load_pack
from runtime.agent.phrases import fields
from runtime.agent.tools import call

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 24)
SUPPLIED = {"today": TODAY, "language": "en", "store": ""}
FREE = (
    "SELECT id FROM openings WHERE day > ? AND id NOT IN (SELECT opening FROM appointments WHERE state = 'booked')"
    " AND office = 'plaza' ORDER BY day, time"
)


@pytest.fixture(scope="module")
def public() -> Pack:
    return load_pack(Path(models.sectors.__file__).parent / "public")


@pytest.fixture
def town(public: Pack, tmp_path: Path) -> Database:
    made = Database(tmp_path / "public.db", public)
    made.prepare(TODAY)
    return made


def act(town: Database, tool: str, key: str, customer: str = "", **arguments: Value) -> dict[str, Value]:
    return town.act(Effect(tool, arguments, key), {**SUPPLIED, "customer": customer})


def rows(town: Database, query: str, *parameters: Any) -> list[Any]:
    with town.reading() as db:
        return [row[0] for row in db.execute(query, parameters)]


def test_two_citizens_do_not_get_the_same_time(town: Database) -> None:
    opening = str(rows(town, FREE, TODAY.isoformat())[0])
    first = act(town, "book", "a", customer="23456789D", procedure="register", opening=opening)
    second = act(town, "book", "b", customer="33445566R", procedure="register", opening=opening)
    assert (first["outcome"], second["outcome"]) == ("done", "taken")
    assert rows(town, "SELECT nif FROM appointments WHERE opening = ? AND state = 'booked'", opening) == ["23456789D"]


def test_nobody_changes_the_appointment_of_somebody_else(town: Database) -> None:
    opening = str(rows(town, FREE, TODAY.isoformat())[0])
    assert act(town, "move", "a", locator="410001", customer="23456789D", opening=opening)["outcome"] == "refused"
    assert act(town, "cancel", "b", locator="410001", customer="23456789D")["outcome"] == "refused"
    assert act(town, "cancel", "c", locator="410001", customer="12345678Z")["outcome"] == "done"


def test_nothing_is_told_of_an_appointment_to_whoever_knows_a_document(public: Pack, town: Database) -> None:
    opening = str(rows(town, FREE, TODAY.isoformat())[0])
    act(town, "book", "a", customer="23456789D", procedure="register", opening=opening)
    bookable = public.tools["bookable"]
    with town.reading() as db:
        found = call(bookable, db, {**SUPPLIED, "today": TODAY, "customer": "23456789D"}, {"procedure": "register"})
    assert found == {"outcome": "already"}
    for phrases in public.phrases.values():
        assert not any(fields(variant) for variant in phrases.variants("book.already"))


def test_each_complaint_has_a_key_of_its_own(town: Database) -> None:
    first = act(town, "file_complaint", "a", subject="noise", words="loud", phone="+34600555070")
    again = act(town, "file_complaint", "a", subject="noise", words="loud", phone="+34600555070")
    other = act(town, "file_complaint", "b", subject="noise", words="loud", phone="+34600555070")
    assert first == again == {"key": "83000013", "day": "2026-11-24", "due": "2026-12-24"}
    assert other["key"] == "83000014"


@pytest.mark.parametrize("days", range(0, 366, 61))
def test_the_data_fit_any_day(public: Pack, tmp_path: Path, days: int) -> None:
    """What the scripts rely on is there on whatever day the database is made."""
    today = TODAY + timedelta(days=days)
    made = Database(tmp_path / "any.db", public)
    made.prepare(today)
    coming = "SELECT o.day FROM appointments AS a JOIN openings AS o ON o.id = a.opening WHERE a.locator > 410000"
    found = rows(made, coming)
    assert len(found) == 4
    assert all(day > today.isoformat() for day in found)
    assert len(rows(made, FREE, today.isoformat())) > 20
