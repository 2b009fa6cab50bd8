"""The queue of calls: what is kept, what is forgotten, and that no crash dials twice or forgets a call."""

import hashlib
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from core.errors import CalloutError
from runtime.callouts.book import _TABLES, Book
from runtime.callouts.request import Consent, Request
from runtime.recording.store import DEVICE_KEY
from tests.callouts.placing import RULES

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
CONSENT = Consent(("delivery",), datetime(2026, 1, 2, tzinfo=UTC).timestamp(), "signed form 12")
NUMBER = "+34600111222"


def asked(identity: str = "r1", customer: str = "C-17", number: str = NUMBER, **more: object) -> Request:
    return Request(identity, customer, number, "delivery", CONSENT, "es", "un pedido", "Llega mañana, Ana.",
                   "Ana López", **more)  # type: ignore[arg-type]  # fmt: skip


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "data" / "callouts.db")


def held(book: Book) -> bytes:
    """Every byte of it on the disk."""
    return b"".join(path.read_bytes() for path in book.path.parent.iterdir())


def test_only_its_owner_may_read_it(book: Book) -> None:
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600


def test_what_was_asked_for_is_there_in_order(book: Book) -> None:
    book.add(asked("r1"))
    book.add(asked("r2", "C-18"))
    again = Book(book.path)
    assert [entry.request for entry in again.entries()] == [asked("r1"), asked("r2", "C-18")]
    assert again.entry("r3") is None


def test_the_same_twice_is_once_and_another_of_its_name_a_mistake(book: Book) -> None:
    book.add(asked(added=5.0))
    book.add(asked(added=9.0))
    assert len(book.entries()) == 1
    with pytest.raises(CalloutError) as caught:
        book.add(asked(customer="C-18"))
    assert caught.value.code == "callout.twice"


def test_an_attempt_is_known_before_it_is_dialled(book: Book) -> None:
    book.add(asked())
    attempt = book.begin("r1", NOW, RULES)
    assert attempt is not None
    entry = Book(book.path).entry("r1")
    assert entry is not None
    assert [one.outcome for one in entry.history.attempts] == [None]
    assert book.begin("r1", NOW, RULES) is None  # it goes on
    book.end(attempt, NOW + timedelta(seconds=30), "busy")
    assert book.begin("r1", NOW + timedelta(minutes=1), RULES) is None
    assert book.begin("r1", NOW + timedelta(hours=2), RULES) is not None


def test_the_end_of_an_attempt_stands(book: Book) -> None:
    book.add(asked())
    attempt = book.begin("r1", NOW, RULES)
    assert attempt is not None
    assert book.recover(NOW) == 1
    book.end(attempt, NOW, "reached")
    entry = book.entry("r1")
    assert entry is not None
    assert [one.outcome for one in entry.history.attempts] == ["interrupted"]


@pytest.mark.parametrize(("kind", "who"), [("number", NUMBER), ("customer", "C-17")])
def test_the_list_wins_over_what_is_queued_and_what_comes(book: Book, kind: str, who: str) -> None:
    book.add(asked())
    book.block(kind, who, NOW, "asked on the telephone")  # type: ignore[arg-type]
    book.block(kind, who, NOW, "again")  # type: ignore[arg-type]
    assert book.begin("r1", NOW, RULES) is None
    with pytest.raises(CalloutError) as caught:
        book.add(asked("r2"))
    assert caught.value.code == "callout.blocked"
    assert len(book.blocked()) == 1


def test_the_list_holds_no_number(book: Book) -> None:
    book.block("number", NUMBER, NOW, "")
    assert NUMBER.encode() not in held(book)
    assert b"600111222" not in held(book)


@pytest.mark.parametrize("how", ["reached", "cancelled"])
def test_what_is_over_keeps_nothing_personal(book: Book, how: str) -> None:
    book.add(asked())
    if how == "cancelled":
        assert book.cancel("r1", NOW)
    else:
        attempt = book.begin("r1", NOW, RULES)
        assert attempt is not None
        book.end(attempt, NOW, "reached")
    entry = book.entry("r1")
    assert entry is not None
    assert entry.wiped
    assert entry.request.customer == "C-17"
    assert (entry.request.number, entry.request.person, entry.request.message) == ("", "", "")
    for personal in (NUMBER, "Ana", "Llega"):
        assert personal.encode() not in held(book)
    assert book.begin("r1", NOW + timedelta(days=1), RULES) is None


def test_what_is_cancelled_is_not_called(book: Book) -> None:
    book.add(asked())
    assert not book.cancel("r2", NOW)
    assert book.cancel("r1", NOW)
    assert book.begin("r1", NOW, RULES) is None


def test_what_waits_is_read_by_nobody_without_the_key_of_the_device(book: Book) -> None:
    book.add(asked())
    assert not any(personal.encode() in held(book) for personal in (NUMBER, "600111222", "Ana", "Llega", "form 12"))
    key = book.path.with_name(DEVICE_KEY)
    ours = key.read_bytes()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    key.unlink()
    with pytest.raises(CalloutError) as none:
        Book(book.path)
    assert not key.exists(), "no other is made in its place"
    key.write_bytes(bytes(32))
    key.chmod(0o600)
    with pytest.raises(CalloutError) as other:
        Book(book.path)
    assert {none.value.code, other.value.code} == {"callout.key"}
    key.write_bytes(ours)
    assert [entry.request for entry in Book(book.path).entries()] == [asked()]


def test_a_request_is_not_exchanged_for_another(book: Book) -> None:
    book.add(asked("r1"))
    book.add(asked("r2", "C-18", "+34600333444"))
    with closing(sqlite3.connect(book.path)) as db:
        db.execute("UPDATE request SET body = (SELECT body FROM request WHERE id = 'r2') WHERE id = 'r1'")
        db.commit()
    with pytest.raises(CalloutError) as caught:
        book.entries()
    assert caught.value.code == "callout.key"


def test_a_book_from_before_it_was_sealed_goes_on_and_keeps_nothing_in_the_clear(tmp_path: Path) -> None:
    path = tmp_path / "callouts.db"
    secret = bytes(range(32))
    mark = hashlib.blake2b(NUMBER.encode(), key=secret, digest_size=16).hexdigest()
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(_TABLES)
        db.execute("INSERT INTO secret VALUES (?)", (secret,))
        for number in range(50):  # more than one page
            one = asked(f"r{number}", f"C-{number}")
            body = msgspec.msgpack.encode(one)
            db.execute("INSERT INTO request (id, customer, mark, body) VALUES (?, ?, ?, ?)", (one.id, "C", mark, body))
        db.execute("INSERT INTO blocked VALUES ('number', ?, 0, '')", (mark,))
        db.execute("PRAGMA user_version = 1")
        db.commit()
    assert NUMBER.encode() in path.read_bytes()
    book = Book(path)
    assert len(book.entries()) == 50
    assert book.entry("r1") is not None
    assert not any(word in held(book) for word in (NUMBER.encode(), b"Ana", secret))
    with pytest.raises(CalloutError) as caught:
        book.add(asked("new", "C-99"))
    assert caught.value.code == "callout.blocked", "the list goes on, too"


def test_a_file_that_is_none_of_ours_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "callouts.db").write_bytes(b"no database" * 100)
    with pytest.raises(CalloutError) as caught:
        Book(tmp_path / "callouts.db")
    assert caught.value.code == "callout.disk"


def test_killed_between_any_two_steps_nobody_is_rung_twice_or_forgotten(tmp_path: Path) -> None:
    """kill -9 after one step, after two, …, then the device is started again until there is nothing left to do."""
    steps, killed = 0, True
    while killed:
        steps += 1
        folder = tmp_path / str(steps)
        book = Book(folder / "callouts.db")
        for name in ("r1", "r2"):
            book.add(asked(name, f"C-{name}"))
        killed = run(folder, NOW, steps) == -signal.SIGKILL
        now = NOW
        for _ in range(8):
            now += timedelta(hours=3)
            assert run(folder, now, 10**9) == 0
        dialled = (folder / "dialled").read_text().split()
        assert len(dialled) == len(set(dialled)), f"dialled twice for one attempt after {steps} steps"
        for entry in book.entries():
            outcomes = [attempt.outcome for attempt in entry.history.attempts]
            assert outcomes[-1] == "reached", (steps, outcomes)
            assert None not in outcomes
            assert len(outcomes) <= RULES.attempts
    assert steps > 20


def run(folder: Path, now: datetime, steps: int) -> int:
    """Placing itself, in a fork: a process of its own without the start of one."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        import tests.callouts.placing as placing

        sys.argv = ["placing", str(folder / "callouts.db"), str(folder / "dialled"), str(now.timestamp()), str(steps)]
        try:
            placing.main()
        except BaseException:  # noqa: BLE001  the child's end
            os._exit(3)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def test_it_is_placed_by_a_process_too(tmp_path: Path) -> None:
    Book(tmp_path / "callouts.db").add(asked())
    command = [sys.executable, "-m", "tests.callouts.placing", str(tmp_path / "callouts.db"), str(tmp_path / "dialled")]
    done = subprocess.run([*command, str(NOW.timestamp()), "5"], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL


@pytest.mark.parametrize(("kind", "who"), [("number", NUMBER), ("customer", "C-17")])
def test_who_is_off_the_list_may_be_called_again(book: Book, kind: str, who: str) -> None:
    assert not book.unblock(kind, who)  # type: ignore[arg-type]
    book.block(kind, who, NOW, "")  # type: ignore[arg-type]
    assert book.unblock(kind, who)  # type: ignore[arg-type]
    book.add(asked())
    assert book.begin("r1", NOW, RULES) is not None


def test_of_an_erased_customer_nothing_is_on_the_disk(book: Book) -> None:
    book.add(asked("r1", number="+34600999888"))
    book.add(asked("r2", "C-18"))
    attempt = book.begin("r1", NOW, RULES, conversation="talk-4711")
    assert attempt is not None
    with pytest.raises(CalloutError) as caught:
        book.erase("C-17")
    assert (caught.value.code, caught.value.retryable) == ("callout.going_on", True)
    book.end(attempt, NOW, "no_answer")
    with closing(sqlite3.connect(book.path)) as device:  # the file is never closed for good while one runs
        assert device.execute("SELECT count(*) FROM request").fetchone() == (2,)
        words = (b"C-17", b"talk-4711")
        assert all(word in held(book) for word in words)
        assert book.erase("C-17") == 1
        assert not any(word in held(book) for word in words)
    assert [entry.request.customer for entry in book.entries()] == ["C-18"]
    assert book.erase("C-17") == 0


def test_what_another_program_still_reads_is_said_and_gone_afterwards(book: Book) -> None:
    book.add(asked())
    with closing(sqlite3.connect(book.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM request").fetchone()
        with pytest.raises(CalloutError) as caught:
            book.erase("C-17")
        assert (caught.value.code, caught.value.retryable) == ("callout.still_read", True)
        reader.execute("COMMIT")
        assert book.erase("C-17") == 0
        assert b"C-17" not in held(book)


def test_whom_not_to_call_outlives_erasing(book: Book) -> None:
    book.add(asked())
    book.block("number", NUMBER, NOW, "")
    book.erase("C-17")
    with pytest.raises(CalloutError) as caught:
        book.add(asked("r9", "C-99"))
    assert caught.value.code == "callout.blocked"
