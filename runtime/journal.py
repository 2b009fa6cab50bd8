"""Everything that happened, in order: an append-only event store in SQLite, hash-chained, written off the loop.

Each row's hash covers the row and the hash before it, so that a row which was changed, removed or put in is found by
`verify`. (Rows cut off at the end leave a chain that is whole: that takes a witness elsewhere.)
"""

import asyncio
import contextlib
import hashlib
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import structlog

from core.errors import JournalError
from runtime import events
from runtime.events import Attached, Event, Failed, HungUp
from runtime.metrics import Metrics

SCHEMA = 1
WAITING = 8192
"""Events that wait for the disk before the next one is lost."""
BATCH = 512
"""Events in one transaction at most."""
CLOSE_SECONDS = 5.0
BUSY_SECONDS = 2.0
"""How long one attempt waits for another process to let go of the database."""

_TABLE = """
CREATE TABLE IF NOT EXISTS event (
    seq INTEGER PRIMARY KEY,      -- 1, 2, 3… with no gap
    conversation TEXT NOT NULL,
    at REAL NOT NULL,             -- stream time, seconds
    wall INTEGER NOT NULL,        -- Unix time, nanoseconds
    kind TEXT NOT NULL,
    payload BLOB NOT NULL,        -- msgpack
    hash BLOB NOT NULL            -- SHA-256 of all of the above and of the hash before
);
CREATE INDEX IF NOT EXISTS event_of_conversation ON event (conversation, seq);
CREATE INDEX IF NOT EXISTS event_of_kind ON event (kind, seq);
"""
_START = bytes(32)


@dataclass(frozen=True, slots=True)
class Record:
    """One row: `seq` in the journal, `wall` Unix seconds."""

    seq: int
    conversation: str
    wall: float
    event: Event


@dataclass(frozen=True, slots=True)
class Summary:
    """One conversation in a list. `began` and `ended` Unix seconds; `outcome` is empty while it goes on."""

    id: str
    channel: str
    peer: str
    language: str
    began: float
    ended: float
    turns: int
    outcome: str


@dataclass(frozen=True, slots=True)
class _Waiting:
    conversation: str
    event: Event
    wall: int


@dataclass(frozen=True, slots=True)
class _Flush:
    loop: asyncio.AbstractEventLoop
    done: "asyncio.Future[None]"

    def settle(self, error: JournalError | None = None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone, and with it whoever waited
            self.loop.call_soon_threadsafe(self._on_loop, error)

    def _on_loop(self, error: JournalError | None) -> None:
        if self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


class Journal:
    """The writing side: one thread with a connection of its own. Other processes may read, and write, beside it."""

    def __init__(self, path: Path, metrics: Metrics) -> None:
        self.path = path
        self._metrics = metrics
        self._log = structlog.get_logger(__name__)
        self._queue: queue.Queue[_Waiting | _Flush | None] = queue.Queue(WAITING)
        self._lost = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)

    @classmethod
    def open(cls, path: Path, metrics: Metrics | None = None) -> "Journal":
        """Make or open the store, readable by its owner alone. Raises JournalError that says what to do."""
        _prepare(path)
        journal = cls(path, metrics or Metrics())
        journal._thread.start()
        return journal

    def append(self, conversation: str, event: Event) -> None:
        """Note an event; returns at once. When the disk is so late that the queue is full it is lost, loudly.

        Call it from one thread (the loop).
        """
        try:
            if self._lost:
                gap = Failed(stage="journal", code="journal.overflow", message=f"{self._lost} events lost")
                self._queue.put_nowait(_Waiting(conversation, gap, time.time_ns()))
                self._lost = 0
            self._queue.put_nowait(_Waiting(conversation, event, time.time_ns()))
        except queue.Full:
            self._lost += 1
            self._metrics.dropped("journal")
            if self._lost == 1:
                self._log.error("journal_overflow", waiting=WAITING, path=str(self.path))

    async def flush(self) -> None:
        """Wait until all that was appended so far is on the disk. Raises JournalError if the disk refuses now."""
        if self._closing.is_set():
            raise JournalError("journal.closed", f"{self.path}: the journal is closed")
        loop = asyncio.get_running_loop()
        flush = _Flush(loop, loop.create_future())
        try:
            self._queue.put_nowait(flush)
        except queue.Full:
            raise JournalError("journal.overflow", f"{self.path}: the disk is too slow", retryable=True) from None
        await flush.done

    async def close(self) -> None:
        """Write what waits and end the thread; gives up after `CLOSE_SECONDS` if the disk refuses."""
        self._closing.set()
        with contextlib.suppress(queue.Full):  # a full queue wakes the thread as well
            self._queue.put_nowait(None)
        await asyncio.to_thread(self._thread.join, CLOSE_SECONDS)
        if self._thread.is_alive():
            self._log.error("journal_unwritten", waiting=self._queue.qsize(), path=str(self.path))

    # The thread

    def _run(self) -> None:
        with closing(_connect(self.path)) as database:
            while not (self._closing.is_set() and self._queue.empty()):
                self._write(database, self._batch())

    def _batch(self) -> list[_Waiting | _Flush | None]:
        """All that waits, at least one and at most a batch."""
        items = [self._queue.get()]
        while len(items) < BATCH:
            try:
                items.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return items

    def _write(self, database: sqlite3.Connection, items: Sequence[_Waiting | _Flush | None]) -> None:
        """One transaction for all of them, tried again until the disk takes it; meanwhile the queue fills."""
        rows = [item for item in items if isinstance(item, _Waiting)]
        flushes = [item for item in items if isinstance(item, _Flush)]
        pause = 0.1
        while rows:
            try:
                _commit(database, rows)
                break
            except sqlite3.Error as error:
                failure = _failure(self.path, error)
                self._metrics.failed(failure.code)
                self._log.error("journal_write_failed", code=failure.code, cause=failure.message, waiting=len(rows))
                while flushes:
                    flushes.pop().settle(failure)
                if self._closing.is_set():
                    self._log.error("journal_unwritten", waiting=len(rows), path=str(self.path))
                    break
                self._closing.wait(pause)
                pause = min(pause * 2, 5.0)
        for flush in flushes:
            flush.settle()


class Reader:
    """The reading side; works beside a device that is writing. Each call sees what is on the disk by then."""

    def __init__(self, path: Path) -> None:
        """Raises JournalError when there is no journal, or it is not one of ours."""
        if not path.exists():
            raise JournalError("journal.missing", f"{path}: no journal yet; the first conversation makes it")
        self.path = path
        try:
            self._database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)
            _check_version(path, self._database)
        except sqlite3.Error as error:
            raise _failure(path, error) from error

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._database.close()

    def read(self, conversation: str) -> list[Event]:
        return [record.event for record in self.records(conversation)]

    def records(self, conversation: str) -> list[Record]:
        """Raises JournalError when a row is not an event of ours."""
        rows = self._rows("SELECT seq, wall, payload FROM event WHERE conversation = ? ORDER BY seq", (conversation,))
        return [Record(seq, conversation, wall / 1e9, self._event(seq, payload)) for seq, wall, payload in rows]

    def matching(self, prefix: str) -> list[str]:
        """Ids of the conversations that begin with `prefix`, the newest first."""
        rows = self._rows(
            "SELECT conversation FROM event WHERE kind = 'Attached' AND substr(conversation, 1, ?) = ?"
            " GROUP BY conversation ORDER BY max(seq) DESC",
            (len(prefix), prefix),
        )
        return [name for (name,) in rows]

    def conversations(self, limit: int = 20) -> list[Summary]:
        """The newest first."""
        rows = self._rows(
            "SELECT conversation FROM event WHERE kind = 'Attached' GROUP BY conversation"
            " ORDER BY min(seq) DESC LIMIT ?",
            (limit,),
        )
        return [self._summary(name) for (name,) in list(rows)]

    def verify(self) -> int | None:
        """The `seq` of the first row that breaks the chain, or None."""
        previous, expected = _START, 1
        for row in self._rows("SELECT seq, conversation, at, wall, kind, payload, hash FROM event ORDER BY seq"):
            if row[0] != expected or _hash(previous, row[:-1]) != row[-1]:
                return expected
            previous, expected = row[-1], expected + 1
        return None

    def _summary(self, name: str) -> Summary:
        [(attached, began, ended, turns, hung_up)] = self._rows(
            "SELECT (SELECT payload FROM event WHERE conversation = :id AND kind = 'Attached' ORDER BY seq LIMIT 1),"
            " min(wall), max(wall), sum(kind IN ('UserSaid', 'Chose')),"
            " (SELECT payload FROM event WHERE conversation = :id AND kind = 'HungUp' ORDER BY seq DESC LIMIT 1)"
            " FROM event WHERE conversation = :id",
            {"id": name},
        )
        first = self._event(0, attached)
        last = self._event(0, hung_up) if hung_up else None
        if not isinstance(first, Attached):
            raise JournalError("journal.corrupt", f"{self.path}: conversation {name} begins with something else")
        outcome = last.cause if isinstance(last, HungUp) else ""
        return Summary(name, first.channel, first.peer, first.language, began / 1e9, ended / 1e9, turns, outcome)

    def _rows(self, query: str, values: Sequence[object] | Mapping[str, object] = ()) -> Iterator[tuple[Any, ...]]:
        try:
            yield from self._database.execute(query, values)
        except sqlite3.Error as error:
            raise _failure(self.path, error) from error

    def _event(self, seq: int, payload: bytes) -> Event:
        try:
            return events.decode(payload)
        except msgspec.MsgspecError as error:
            raise JournalError("journal.corrupt", f"{self.path}: row {seq} is not an event: {error}") from error


def _prepare(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with closing(_connect(path)) as database:
            _check_version(path, database)
            database.execute("PRAGMA journal_mode = WAL")
            database.executescript(_TABLE)
            database.execute(f"PRAGMA user_version = {SCHEMA}")
    except OSError as error:
        raise JournalError("journal.unwritable", f"{path}: {error.strerror}: give this user the folder") from error
    except sqlite3.Error as error:
        raise _failure(path, error) from error


def _connect(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    database.execute("PRAGMA synchronous = FULL")
    return database


def _check_version(path: Path, database: sqlite3.Connection) -> None:
    [found] = database.execute("PRAGMA user_version").fetchone()
    if found > SCHEMA:
        raise JournalError(
            "journal.version", f"{path}: written by a newer version (schema {found}, this one knows {SCHEMA}): update"
        )


def _commit(database: sqlite3.Connection, rows: Sequence[_Waiting]) -> None:
    """Chain and insert. The tail is read inside the transaction: another process may have written meanwhile."""
    try:
        database.execute("BEGIN IMMEDIATE")
        last = database.execute("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        seq, previous = last or (0, _START)
        chained = []
        for row in rows:
            seq += 1
            event = row.event
            at = float(event.at) + 0.0  # -0.0 comes back from SQLite as 0.0, and would break the chain
            content = (seq, row.conversation, at, row.wall, type(event).__name__, events.encode(event))
            previous = _hash(previous, content)
            chained.append((*content, previous))
        database.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", chained)
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def _hash(previous: bytes, content: tuple[Any, ...]) -> bytes:
    return hashlib.sha256(previous + msgspec.msgpack.encode(content)).digest()


def _failure(path: Path, error: sqlite3.Error) -> JournalError:
    """What a database error means and what to do about it."""
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            code, hint = "journal.full", "the disk is full: free some space"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            code, hint = "journal.locked", "another process holds the database: end it"
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            code, hint = "journal.corrupt", "move the file away and keep it; a new one is made at the next start"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            code, hint = "journal.unwritable", "give this user the folder and the file"
        case _:
            code, hint = "journal.disk", "look at the disk (`mostrador doctor`)"
    retryable = code in {"journal.full", "journal.locked", "journal.disk"}
    return JournalError(code, f"{path}: {error}: {hint}", retryable=retryable)
