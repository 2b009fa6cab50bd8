"""The queue of calls to place, in SQLite: what is asked for, each attempt, and who must never be called.

An attempt is on the disk before anybody is dialled, and its end after; so whatever ends the program in between, no
attempt is dialled twice and none is forgotten. Any process may read and write beside the device. Numbers, names and
messages are sealed by the device's key, which is another file.
"""

import hashlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidTag

from core.errors import CalloutError, RecordingError
from runtime.callouts.request import FINAL, Attempt, History, Outcome, Request, Rules
from runtime.callouts.rules import Now, may_call
from runtime.recording.keys import DeviceKey
from runtime.recording.store import DEVICE_KEY

SCHEMA = 2
"""1 had all in the clear."""
WAIT = 5.0
"""Seconds that one process waits for another's transaction."""
RECENT = 3 * 86_400
"""Seconds of a customer's calls that can matter to the limit of a day, in whatever time zone."""

_TABLES = """
CREATE TABLE IF NOT EXISTS secret (key BLOB NOT NULL);  -- sealed
CREATE TABLE IF NOT EXISTS request (
    id TEXT PRIMARY KEY,
    customer TEXT NOT NULL,
    mark TEXT NOT NULL,           -- of the number, as in `blocked`
    body BLOB NOT NULL,           -- msgpack, sealed
    cancelled REAL,               -- Unix time
    wiped REAL                    -- when its personal data went
);
CREATE TABLE IF NOT EXISTS attempt (
    id INTEGER PRIMARY KEY,
    request TEXT NOT NULL REFERENCES request (id),
    customer TEXT NOT NULL,
    began REAL NOT NULL,
    ended REAL,
    outcome TEXT,                 -- NULL: it goes on, or the program ended in it
    conversation TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS attempt_of_request ON attempt (request, id);
CREATE INDEX IF NOT EXISTS attempt_of_customer ON attempt (customer, began);
CREATE TABLE IF NOT EXISTS blocked (
    kind TEXT NOT NULL CHECK (kind IN ('number', 'customer')),
    mark TEXT NOT NULL,           -- the customer, or a keyed hash of the number
    at REAL NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (kind, mark)
);
"""

Kind = Literal["number", "customer"]


class Entry(msgspec.Struct, frozen=True):
    """A request and all that is known of it. `wiped`: its number, name and words are gone."""

    request: Request
    history: History
    wiped: bool = False


class Book:
    """Every method opens the file, does one transaction and closes it: threads share nothing. All may block for
    seconds, and raise CalloutError."""

    def __init__(self, path: Path) -> None:
        """Made where it is not there, for its owner alone."""
        self.path = path
        with self._failures():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(self._connect()) as db:
                [version] = db.execute("PRAGMA user_version").fetchone()
                if version > SCHEMA:
                    raise CalloutError("callout.version", f"{path}: written by a newer version: update")
                db.execute("PRAGMA journal_mode = WAL")
                db.executescript(_TABLES)
            try:
                self._device = DeviceKey.open(path.with_name(DEVICE_KEY), make=version < SCHEMA)
            except RecordingError as error:
                raise CalloutError("callout.key", error.message) from None
        with self._writing() as db:
            self._key = self._secret(db)
        if version < SCHEMA:
            self._forget_the_old()

    def add(self, request: Request) -> None:
        """Twice the same is once; another request of the same id is a mistake."""
        with self._writing() as db:
            if self._is_blocked(db, request.customer, self.mark(request.number)):
                raise CalloutError("callout.blocked", f"{request.customer} must not be called: see `callout block`")
            done = db.execute("SELECT body FROM request WHERE id = ?", (request.id,)).fetchone()
            if done is not None:
                known = self._read(request.id, done[0])
                if msgspec.structs.replace(known, added=request.added) != request:
                    raise CalloutError("callout.twice", f"there is another request {request.id!r}: give it another id")
                return
            db.execute(
                "INSERT INTO request (id, customer, mark, body) VALUES (?, ?, ?, ?)",
                (request.id, request.customer, self.mark(request.number), self._sealed(request)),
            )

    def cancel(self, identity: str, now: datetime) -> bool:
        """False: there is no such request. One that goes on is hung up by the device."""
        with self._writing() as db:
            done = db.execute(
                "UPDATE request SET cancelled = coalesce(cancelled, ?) WHERE id = ?", (now.timestamp(), identity)
            )
            self._wipe(db, identity, now)
            return done.rowcount > 0

    def block(self, kind: Kind, who: str, now: datetime, why: str) -> None:
        """Never call this number, or this customer, again."""
        mark = self.mark(who) if kind == "number" else who
        with self._writing() as db:
            db.execute("INSERT OR IGNORE INTO blocked VALUES (?, ?, ?, ?)", (kind, mark, now.timestamp(), why))

    def unblock(self, kind: Kind, who: str) -> bool:
        """They have changed their mind; False: they were not on the list."""
        mark = self.mark(who) if kind == "number" else who
        with self._writing() as db:
            return db.execute("DELETE FROM blocked WHERE kind = ? AND mark = ?", (kind, mark)).rowcount > 0

    def erase(self, customer: str) -> int:
        """Everything that was asked for and tried for a customer, out of the file and its log; how many requests those
        were. Whom not to call stays: forgotten, they would be called again."""
        with self._writing() as db:
            going_on = "SELECT 1 FROM attempt WHERE customer = ? AND outcome IS NULL"
            if db.execute(going_on, (customer,)).fetchone() is not None:
                raise CalloutError(
                    "callout.going_on",
                    f"{customer} is being called: wait for its end, or start the device if it ended in that call",
                    retryable=True,
                )
            db.execute("DELETE FROM attempt WHERE customer = ?", (customer,))
            erased = db.execute("DELETE FROM request WHERE customer = ?", (customer,)).rowcount
        if not self._forget_the_old():
            raise CalloutError(
                "callout.still_read",
                f"{customer} is erased, but {self.path} is read by another program, for which the old is still there:"
                " end it, and erase once more",
                retryable=True,
            )
        return erased

    def begin(self, identity: str, now: datetime, rules: Rules, conversation: str = "") -> int | None:
        """Note an attempt, before it is dialled; None: it may not be called now, whatever was thought before."""
        with self._writing() as db:
            entry = self._entry(db, identity)
            if entry is None or entry.wiped or may_call(now, entry.request, entry.history, rules) != Now():
                return None
            made = db.execute(
                "INSERT INTO attempt (request, customer, began, conversation) VALUES (?, ?, ?, ?)",
                (identity, entry.request.customer, now.timestamp(), conversation),
            )
            return made.lastrowid

    def end(self, attempt: int, now: datetime, outcome: Outcome) -> None:
        """How it went. What is over for good keeps no number."""
        with self._writing() as db:
            db.execute(
                "UPDATE attempt SET ended = ?, outcome = ? WHERE id = ? AND outcome IS NULL",
                (now.timestamp(), outcome, attempt),
            )
            if outcome in FINAL:
                [(request,)] = db.execute("SELECT request FROM attempt WHERE id = ?", (attempt,)).fetchall()
                self._wipe(db, request, now)

    def recover(self, now: datetime) -> int:
        """What was going on when the program ended has been interrupted; how many those are. At the start."""
        with self._writing() as db:
            done = db.execute(
                "UPDATE attempt SET ended = ?, outcome = 'interrupted' WHERE outcome IS NULL", (now.timestamp(),)
            )
            return done.rowcount

    def wipe(self, identity: str, now: datetime) -> None:
        """Forget number, name and words of a request that will not be called any more."""
        with self._writing() as db:
            self._wipe(db, identity, now)

    def entry(self, identity: str) -> Entry | None:
        with self._failures(), closing(self._connect()) as db:
            return self._entry(db, identity)

    def entries(self, *, waiting: bool = False) -> list[Entry]:
        """All of them, or those that still have a number, in the order in which they were asked for."""
        query = "SELECT id FROM request WHERE wiped IS NULL ORDER BY rowid"
        with self._failures(), closing(self._connect()) as db:
            db.execute("BEGIN")
            ids = db.execute(query if waiting else query.replace("WHERE wiped IS NULL ", "")).fetchall()
            return [entry for (identity,) in ids if (entry := self._entry(db, identity)) is not None]

    def blocked(self) -> list[tuple[Kind, str, float, str]]:
        """(kind, customer or the number's hash, when, why), oldest first."""
        with self._failures(), closing(self._connect()) as db:
            return db.execute("SELECT kind, mark, at, why FROM blocked ORDER BY at").fetchall()

    def mark(self, number: str) -> str:
        """What stands for a number where only its being the same matters. Whoever has this file and the device's key
        can try all numbers."""
        return hashlib.blake2b(number.encode(), key=self._key, digest_size=16).hexdigest()

    def _entry(self, db: sqlite3.Connection, identity: str) -> Entry | None:
        row = db.execute(
            "SELECT customer, mark, body, cancelled, wiped FROM request WHERE id = ?", (identity,)
        ).fetchone()
        if row is None:
            return None
        customer, mark, body, cancelled, wiped = row
        attempts = db.execute(
            "SELECT began, ended, outcome FROM attempt WHERE request = ? ORDER BY id", (identity,)
        ).fetchall()
        [(latest,)] = db.execute("SELECT max(began) FROM attempt WHERE customer = ?", (customer,)).fetchall()
        calls = db.execute(
            "SELECT began FROM attempt WHERE customer = ? AND began >= ? ORDER BY id",
            (customer, (latest or 0.0) - RECENT),
        ).fetchall()
        history = History(
            tuple(Attempt(*attempt) for attempt in attempts),
            tuple(began for (began,) in calls),
            self._is_blocked(db, customer, mark),
            cancelled is not None,
        )
        return Entry(self._read(identity, body), history, wiped is not None)

    def _secret(self, db: sqlite3.Connection) -> bytes:
        """Under which numbers are hashed; with the first one all that is older is sealed."""
        [version] = db.execute("PRAGMA user_version").fetchone()
        row = db.execute("SELECT key FROM secret").fetchone()
        if version == SCHEMA:
            return self._unsealed(row[0], "callouts")
        key = bytes(row[0]) if row else os.urandom(32)
        db.execute("DELETE FROM secret")
        db.execute("INSERT INTO secret VALUES (?)", (self._device.seal(key, "callouts"),))
        for identity, body in db.execute("SELECT id, body FROM request").fetchall():
            known = msgspec.msgpack.decode(body, type=Request)
            db.execute("UPDATE request SET body = ? WHERE id = ?", (self._sealed(known), identity))
        db.execute(f"PRAGMA user_version = {SCHEMA}")
        return key

    def _sealed(self, request: Request) -> bytes:
        return self._device.seal(msgspec.msgpack.encode(request), f"callout {request.id}")

    def _read(self, identity: str, body: bytes) -> Request:
        return msgspec.msgpack.decode(self._unsealed(body, f"callout {identity}"), type=Request)

    def _unsealed(self, sealed: bytes, what: str) -> bytes:
        try:
            return self._device.unseal(sealed, what)
        except (InvalidTag, ValueError):
            raise CalloutError(
                "callout.key",
                f"{self.path} was sealed by another key than {self.path.with_name(DEVICE_KEY)}: restore that one",
            ) from None

    def _wipe(self, db: sqlite3.Connection, identity: str, now: datetime) -> None:
        row = db.execute("SELECT body FROM request WHERE id = ? AND wiped IS NULL", (identity,)).fetchone()
        if row is not None:
            rest = msgspec.structs.replace(self._read(identity, row[0]), number="", person="", message="")
            db.execute(
                "UPDATE request SET body = ?, wiped = ? WHERE id = ?", (self._sealed(rest), now.timestamp(), identity)
            )

    def _forget_the_old(self) -> bool:
        """Out of the log, too; False: somebody still reads it."""
        with self._failures(), closing(self._connect()) as db:
            [(read_elsewhere, _, _)] = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return not read_elsewhere

    def _is_blocked(self, db: sqlite3.Connection, customer: str, mark: str) -> bool:
        query = "SELECT 1 FROM blocked WHERE (kind = 'customer' AND mark = ?) OR (kind = 'number' AND mark = ?)"
        return db.execute(query, (customer, mark)).fetchone() is not None

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None)
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA secure_delete = ON")
        return db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._failures(), closing(self._connect()) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            finally:
                if db.in_transaction:
                    db.execute("ROLLBACK")

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            busy = getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            raise CalloutError(
                "callout.disk", f"{self.path}: {error}: look at the disk and who owns the file", retryable=busy
            ) from error


def new_id() -> str:
    return secrets.token_hex(6)


def utc(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
