"""What a pack no longer may keep is erased, and nothing else; a rule that would not work is named."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

import models.sectors
from core.errors import PackError
from runtime.agent import Effect
from runtime.agent.database import Database
from runtime.agent.pack import Pack, load_pack

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 24)
PAID = "SELECT count(*) FROM payments"
CANCELLED = "SELECT count(*) FROM appointments WHERE state = 'cancelled'"


@pytest.fixture(scope="module")
def health() -> Pack:
    return load_pack(Path(models.sectors.__file__).parent / "health")


@pytest.fixture
def clinic(health: Pack, tmp_path: Path) -> Database:
    made = Database(tmp_path / "health.db", health)
    made.prepare(TODAY)
    return made


def count(database: Database, query: str) -> int:
    with database.reading() as db:
        return int(db.execute(query).fetchone()[0])


def cancel(clinic: Database, today: date) -> None:
    supplied = {"today": today, "language": "en", "store": "", "customer": "204518"}
    clinic.act(Effect("cancel", {"appointment": "700101"}, str(today)), supplied)


def test_what_the_law_keeps_stays_and_the_rest_goes(health: Pack, clinic: Database) -> None:
    cancel(clinic, TODAY)
    booked = count(clinic, "SELECT count(*) FROM appointments WHERE state = 'booked'")
    later = Database(clinic.path, health)
    later.prepare(TODAY + timedelta(days=80))
    assert count(later, CANCELLED) == 1
    later.prepare(TODAY + timedelta(days=100))
    assert count(later, CANCELLED) == 0
    assert count(later, "SELECT count(*) FROM appointments WHERE state = 'booked'") == booked
    assert count(later, PAID) == 1
    later.prepare(TODAY + timedelta(days=7 * 365))
    assert count(later, PAID) == count(later, "SELECT count(*) FROM appointments") == 0
    assert count(later, "SELECT count(*) FROM bills") == 0


def test_a_device_that_runs_for_weeks_erases_too(clinic: Database) -> None:
    cancel(clinic, TODAY)
    cancel(clinic, TODAY + timedelta(days=100))
    assert count(clinic, CANCELLED) == 0


def test_a_database_that_is_locked_does_not_keep_the_device_from_starting(
    health: Pack, clinic: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancel(clinic, TODAY)
    monkeypatch.setattr("runtime.agent.database.WRITE_WAIT", 0.01)
    later = Database(clinic.path, health)
    other = sqlite3.connect(clinic.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    later.prepare(TODAY + timedelta(days=100))
    assert count(later, CANCELLED) == 1
    other.execute("ROLLBACK")
    other.close()
    later.prepare(TODAY + timedelta(days=100))
    assert count(later, CANCELLED) == 0


def test_what_is_erased_is_in_no_byte_of_the_file(health: Pack, clinic: Database) -> None:
    card = "token-of-a-card-that-is-gone"
    with closing(sqlite3.connect(clinic.path)) as db, db:
        db.execute("UPDATE payments SET card = ?", (card,))
    assert card.encode() in clinic.path.read_bytes()
    Database(clinic.path, health).prepare(TODAY + timedelta(days=7 * 365))
    assert card.encode() not in clinic.path.read_bytes()


def test_what_somebody_still_reads_is_erased_from_the_log_later(
    health: Pack, clinic: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the log can be cut, the erasing is not over, though it is long after it in the same day."""
    monkeypatch.setattr("runtime.agent.database.WRITE_WAIT", 0.01)
    card = "token-of-a-card-that-is-gone"
    day = TODAY + timedelta(days=7 * 365)
    later = Database(clinic.path, health)
    log = clinic.path.with_name(f"{clinic.path.name}-wal")
    with closing(sqlite3.connect(clinic.path, isolation_level=None)) as reader:
        with closing(sqlite3.connect(clinic.path)) as db, db:
            db.execute("UPDATE payments SET card = ?", (card,))
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM payments").fetchone()
        later.prepare(day)
        assert card.encode() in clinic.path.read_bytes() + log.read_bytes()
        reader.execute("ROLLBACK")
        later.prepare(day)
        assert card.encode() not in clinic.path.read_bytes() + log.read_bytes()


def test_a_rule_that_fails_keeps_nobody_from_what_they_came_for(health: Pack, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(health.folder, tmp_path / "pack"))
    text = (folder / "pack.toml").read_text("utf-8")
    wrong = "DELETE FROM patients WHERE '2000-01-01' < :before"  # appointments hold on to them
    (folder / "pack.toml").write_text(text.replace("DELETE FROM effects WHERE done < :before", wrong), "utf-8")
    clinic = Database(tmp_path / "health.db", load_pack(folder))
    clinic.prepare(TODAY)
    cancel(clinic, TODAY)
    assert count(clinic, CANCELLED) == 1


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ("FROM payments WHERE paid < :before", "FROM payment WHERE paid < :before", "no such table: payment"),
        ("FROM payments WHERE paid < :before", "FROM payments", ":before"),
        ('basis = "The agent', 'basis = ""  # "The agent', "basis"),
        ("days = 90", "days = 0", "days"),
    ],
)
def test_a_rule_that_would_not_work_is_named(health: Pack, tmp_path: Path, old: str, new: str, names: str) -> None:
    folder = Path(shutil.copytree(health.folder, tmp_path / "pack"))
    text = (folder / "pack.toml").read_text("utf-8")
    assert old in text
    (folder / "pack.toml").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PackError, match=r"pack\.toml:\d+:") as caught:
        load_pack(folder)
    assert names in caught.value.message
