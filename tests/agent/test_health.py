"""The health pack's tools against its database: a time is given once, a bill is paid once."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import models.sectors
from core import verification
from runtime.agent import Effect, Value
from runtime.agent.database import Database
from runtime.agent.pack import Pack, load_pack
from runtime.agent.tools import call

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 24)
SUPPLIED = {"today": TODAY, "language": "en", "store": ""}
FREE = (
    "SELECT id FROM openings WHERE day > ? AND id NOT IN (SELECT opening FROM appointments WHERE state = 'booked')"
    " AND doctor = ? ORDER BY day, time"
)


@pytest.fixture(scope="module")
def health() -> Pack:
    return load_pack(Path(models.sectors.__file__).parent / "health")


@pytest.fixture
def clinic(health: Pack, tmp_path: Path) -> Database:
    made = Database(tmp_path / "health.db", health)
    made.prepare(TODAY)
    return made


def act(clinic: Database, tool: str, key: str, customer: str, **arguments: Value) -> dict[str, Value]:
    return clinic.act(Effect(tool, arguments, key), {**SUPPLIED, "customer": customer})


def rows(clinic: Database, query: str, *parameters: Any) -> list[Any]:
    with clinic.reading() as db:
        return [row[0] for row in db.execute(query, parameters)]


def free(clinic: Database, doctor: str) -> list[str]:
    return [str(each) for each in rows(clinic, FREE, TODAY.isoformat(), doctor)]


def test_two_patients_do_not_get_the_same_time(clinic: Database) -> None:
    opening = free(clinic, "mora")[0]
    assert act(clinic, "book", "a", customer="205190", opening=opening)["outcome"] == "done"
    assert act(clinic, "book", "b", customer="207312", opening=opening)["outcome"] == "taken"
    assert rows(clinic, "SELECT patient FROM appointments WHERE opening = ? AND state = 'booked'", opening) == [
        "205190"
    ]


def test_the_database_itself_refuses_the_same_time_twice(clinic: Database) -> None:
    [taken] = rows(clinic, "SELECT opening FROM appointments WHERE reference = 700101")
    with sqlite3.connect(clinic.path) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute("INSERT INTO appointments VALUES (1, '205190', ?, 'booked', '2026-11-24')", (taken,))


def test_a_time_that_was_given_up_is_free_again(clinic: Database) -> None:
    [taken] = rows(clinic, "SELECT opening FROM appointments WHERE reference = 700101")
    assert act(clinic, "cancel", "a", customer="204518", appointment="700101")["outcome"] == "done"
    assert act(clinic, "book", "b", customer="205190", opening=str(taken))["outcome"] == "done"
    assert act(clinic, "cancel", "c", customer="204518", appointment="700101")["outcome"] == "refused"


def test_nobody_changes_the_appointment_of_somebody_else(clinic: Database) -> None:
    opening = free(clinic, "mora")[0]
    assert act(clinic, "move", "a", customer="205190", appointment="700101", opening=opening)["outcome"] == "refused"
    assert act(clinic, "cancel", "b", customer="205190", appointment="700101")["outcome"] == "refused"
    assert act(clinic, "pay", "c", customer="205190", bill="3021", card="local-1")["outcome"] == "refused"


def test_a_bill_is_paid_once(clinic: Database) -> None:
    first = act(clinic, "pay", "a", customer="204518", bill="3021", card="local-1")
    assert first == {"outcome": "done", "receipt": 500002, "amount": 7000}
    assert act(clinic, "pay", "b", customer="204518", bill="3021", card="local-2")["outcome"] == "already"
    assert rows(clinic, "SELECT card FROM payments WHERE bill = '3021'") == ["local-1"]


@pytest.mark.parametrize("customer", ["204518", "999999"])
@pytest.mark.parametrize("born", ["", "None", "1958"])
def test_a_birthday_that_is_not_known_proves_nothing(health: Pack, customer: str, born: str) -> None:
    """A clinic's own patients may have none: the column of another schema may be NULL."""
    with sqlite3.connect(":memory:") as db:
        db.executescript(f"{verification.SCHEMA} CREATE TABLE patients (number TEXT, born TEXT);")
        db.execute("INSERT INTO patients VALUES ('204518', NULL)")
        found = call(health.tools["check_born"], db, {"customer": customer, "now": 1.8e9}, {"born": born})
    assert found == {"outcome": "wrong"}


@pytest.mark.parametrize("days", range(0, 366, 61))
def test_the_data_fit_any_day(health: Pack, tmp_path: Path, days: int) -> None:
    """What the scripts rely on is there on whatever day the database is made."""
    today = TODAY + timedelta(days=days)
    made = Database(tmp_path / "any.db", health)
    made.prepare(today)
    coming = "SELECT o.day FROM appointments AS a JOIN openings AS o ON o.id = a.opening WHERE a.reference < 700106"
    assert rows(made, "SELECT count(*) FROM appointments WHERE reference BETWEEN 700101 AND 700105") == [5]
    assert all(day > today.isoformat() for day in rows(made, f"{coming} AND a.reference > 700100"))
    assert len(free(made, "beltran")) > 20
