"""The pack's embedded database: made on first use, read without being able to write, written once per effect."""

import sqlite3
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import structlog

from core import verification
from core.aside import aside
from core.errors import AgentError, ToolError
from core.files import replacing
from runtime.agent import Effect, Value
from runtime.agent.delivery import Deliver
from runtime.agent.ledger import LEDGER, UNSURE, begin, bring_up_to_date, finish, kept, lacks, unfinished, withdraw
from runtime.agent.pack import Pack
from runtime.agent.retention import expire
from runtime.agent.tools import Tool, call

log = structlog.get_logger(__name__)

READ_WAIT = 0.25
"""Seconds that a question waits for a lock."""
WRITE_WAIT = 3.0

PATIENCE = 12.0
"""Seconds that a second wish for the same deed waits for the first."""


class Database:
    """One SQLite file. Every method opens what it needs and closes it, so that threads share nothing."""

    def __init__(self, path: Path, pack: Pack) -> None:
        self.path = path
        self._pack = pack
        self._writing = threading.Lock()
        self._expired = date.min
        """The day on which what is kept no longer was erased last."""
        self._under_way: dict[str, Future[dict[str, Value]]] = {}
        """Deeds elsewhere that are being done, by key."""

    def prepare(self, today: date) -> None:
        """Make the file from the pack's data when it isn't there. Raises AgentError when it is of another pack."""
        if not self.path.exists():
            self._build(today)
        with self.reading() as db:
            row = db.execute("SELECT pack, schema FROM about").fetchone()
            outdated = lacks(db)
        if row != (self._pack.manifest.id, self._pack.schema):
            raise AgentError(
                "agent.database_outdated",
                f"{self.path} was made for another version of this pack: move it away and it is made anew",
            )
        if outdated:
            with self._writable() as db:
                bring_up_to_date(db)
            log.info("database_brought_up_to_date", path=str(self.path), changes=len(outdated))
        with self.reading() as db:
            for tool, key in unfinished(db):
                log.warning("effect_never_finished", tool=tool, key=key)
        self._expire(today)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that can't change anything. sqlite3 errors become AgentError."""
        with self._failures():
            if not self.path.is_file():
                raise AgentError("agent.database_missing", f"{self.path} is gone: restart, and it is made anew")
            with closing(sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True, timeout=READ_WAIT)) as db:
                db.execute("PRAGMA query_only = ON")
                yield db

    def act(self, effect: Effect, supplied: Mapping[str, Any], conversation: str = "") -> dict[str, Value]:
        """Carry out `effect`; again: the same result, nothing done.

        Here, in one transaction with its line in the ledger. Elsewhere, begun in the ledger first: a ToolError with
        the code "tool.unsure" means that nobody knows whether it was done, every other that it was not.
        """
        tool = self._pack.tools[effect.tool]
        supplied = {**supplied, "key": effect.key}
        self._expire(supplied["today"])
        act = self._act_elsewhere if tool.outside else self._act_here
        result = act(tool, effect, supplied, conversation)
        log.info("effect_done", tool=effect.tool, key=effect.key)
        return result

    def _act_here(self, tool: Tool, effect: Effect, supplied: Mapping[str, Any], conversation: str) -> dict[str, Value]:
        with self._writable() as db:
            if before := kept(db, effect.key):
                return before[1]
            begin(db, effect, conversation, str(supplied.get("customer", "")))
            result: dict[str, Value] = dict(call(tool, db, supplied, effect.arguments))
            finish(db, effect, result)
        return result

    def _act_elsewhere(
        self, tool: Tool, effect: Effect, supplied: Mapping[str, Any], conversation: str
    ) -> dict[str, Value]:
        mine: Future[dict[str, Value]] = Future()
        first = self._under_way.setdefault(effect.key, mine)
        if first is not mine:  # somebody stopped waiting for it and asks again
            try:
                with aside():
                    return first.result(PATIENCE)
            except TimeoutError:
                raise ToolError(UNSURE, f"{effect.tool} {effect.key} is still being done") from None
            except ToolError as error:
                if first.done() and first.exception() is error:
                    raise
                raise ToolError(UNSURE, f"{effect.tool} {effect.key} is being done: {error.message}") from error
        try:
            result = self._begin_and_do(tool, effect, supplied, conversation)
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(result)
            return result
        finally:
            self._under_way.pop(effect.key, None)

    def _begin_and_do(
        self, tool: Tool, effect: Effect, supplied: Mapping[str, Any], conversation: str
    ) -> dict[str, Value]:
        with self.reading() as db:  # opened first: once it is begun, nothing but the deed can fail
            with self._writable() as ledger:
                if before := kept(ledger, effect.key):
                    if before[0] == "begun":
                        raise ToolError(UNSURE, f"{effect.tool} {effect.key} was begun before and never finished")
                    return before[1]
                begin(ledger, effect, conversation, str(supplied.get("customer", "")))
            try:
                result: dict[str, Value] = dict(call(tool, db, supplied, effect.arguments))
            except ToolError as error:
                if error.code != UNSURE:
                    self._not_done(effect)
                raise
            except Exception as error:
                raise ToolError(UNSURE, f"{effect.tool} {effect.key} broke off: {error!r}") from error
        try:
            with self._writable() as db:
                finish(db, effect, result)
        except AgentError as error:  # done all the same: the customer is told so, and it stays begun
            log.error("effect_not_written", tool=effect.tool, key=effect.key, code=error.code, cause=error.message)
        return result

    def _not_done(self, effect: Effect) -> None:
        """Take it out of the ledger. Where that fails it stays begun, which is told from then on."""
        try:
            with self._writable() as db:
                withdraw(db, effect)
        except AgentError as error:
            log.error("effect_not_withdrawn", tool=effect.tool, key=effect.key, code=error.code, cause=error.message)

    @contextmanager
    def _writable(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction that is kept when nothing goes wrong inside."""
        with self._failures(), self._writing:
            if not self.path.is_file():
                raise AgentError("agent.database_missing", f"{self.path} is gone: restart, and it is made anew")
            with closing(sqlite3.connect(self.path, timeout=WRITE_WAIT, isolation_level=None)) as db:
                db.execute("PRAGMA synchronous = FULL")
                db.execute("PRAGMA foreign_keys = ON")
                db.execute("BEGIN IMMEDIATE")
                try:
                    yield db
                    db.execute("COMMIT")
                except BaseException:
                    if db.in_transaction:
                        db.execute("ROLLBACK")
                    raise

    def _expire(self, today: date) -> None:
        """Erase what the pack's retention no longer keeps, once a day. What fails keeps no customer waiting: it is
        logged, and the next effect tries again."""
        rules = self._pack.manifest.retention
        if not rules or today == self._expired or not self.path.is_file():
            return
        try:
            with self._failures(), self._writing, closing(sqlite3.connect(self.path, timeout=WRITE_WAIT)) as db:
                db.execute("PRAGMA foreign_keys = ON")
                db.execute("PRAGMA secure_delete = ON")
                with db:
                    expire(db, rules, today)
                busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if busy:  # what was erased is in the log until then
                    raise AgentError("agent.database_locked", "it is being read: the erased is still in its log")
        except AgentError as error:
            log.warning("retention_not_erased", path=str(self.path), code=error.code, cause=error.message)
            return
        self._expired = today

    def unlock(self, customer: str) -> int:
        """Let a customer try again who was locked out: how many failures are forgotten. Raises AgentError."""
        with self._writable() as db:
            return verification.unlock(db, customer)

    def check(self, effect: Effect, supplied: Mapping[str, Any], arguments: Mapping[str, Any]) -> dict[str, Value]:
        """Run a tool that identifies the customer. It may write what is counted and sent for that and nothing else,
        and no ledger keeps what it was asked. `arguments`: those of `effect`, with digits for tokens.

        Before a message is sent, what the tool has written is kept: nobody waits for a lock while it is on its way.
        """
        tool = self._pack.tools[effect.tool]
        with (
            self._failures(),
            closing(
                sqlite3.connect(f"{self.path.as_uri()}?mode=rw", uri=True, timeout=WRITE_WAIT, isolation_level=None)
            ) as db,
            ExitStack() as turn,
        ):
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA secure_delete = ON")
            send: Deliver | None = supplied.get("deliver")

            def deliver(_: sqlite3.Connection, recipient: str, body: str) -> bool:
                assert send is not None
                turn.close()
                try:
                    with aside():
                        return send(db, recipient, body)
                finally:
                    turn.enter_context(self._identifying(db))

            turn.enter_context(self._identifying(db))
            try:
                result: dict[str, Value] = dict(call(tool, db, {**supplied, "deliver": deliver}, arguments))
            except sqlite3.DatabaseError as error:
                if "not authorized" in str(error) or "prohibited" in str(error):
                    raise AgentError("agent.tool_failed", f"tool {tool.name} is in CHECKS: {error}") from error
                raise
        log.info("identity_checked", tool=effect.tool, outcome=result.get("outcome"))
        return result

    @contextmanager
    def _identifying(self, db: sqlite3.Connection) -> Iterator[None]:
        """A transaction that writes nothing but what identification needs; kept when nothing goes wrong inside."""
        with self._writing:
            db.execute("BEGIN IMMEDIATE")
            db.set_authorizer(_identifying_only)
            try:
                yield
                db.set_authorizer(None)
                db.execute("COMMIT")
            finally:
                db.set_authorizer(None)
                if db.in_transaction:
                    db.execute("ROLLBACK")

    def _build(self, today: date) -> None:
        """schema.sql, then seed_*.sql in order, with the one-row table `clock (today)`; put in place in one step."""
        data = self._pack.folder / "data"
        with self._failures(), replacing(self.path) as draft, closing(sqlite3.connect(draft)) as db:
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("CREATE TEMP TABLE clock (today TEXT NOT NULL)")
            db.execute("INSERT INTO clock VALUES (?)", (today.isoformat(),))
            _run(db, data / "schema.sql")
            db.executescript(LEDGER)
            for script in sorted(data.glob("seed_*.sql")):
                _run(db, script)
            db.execute(
                "INSERT INTO about VALUES (?, ?, ?)",
                (self._pack.manifest.id, self._pack.schema, today.isoformat()),
            )
            db.commit()
            db.execute("PRAGMA journal_mode = WAL")
        log.info("database_made", path=str(self.path))

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _typed(error, self.path) from error
        except OSError as error:
            raise AgentError("agent.database_missing", f"{self.path} can't be used: {error}") from error


def _identifying_only(action: int, table: str | None, *_: str | None) -> int:
    """SQLite's authorizer: reading is free, writing is for the tables of identification."""
    if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE):
        return sqlite3.SQLITE_OK
    written = action in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE)
    allowed = written and bool(table) and (str(table).startswith("identity_") or table == "outbox")
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _run(db: sqlite3.Connection, script: Path) -> None:
    try:
        db.executescript(script.read_text("utf-8"))
    except sqlite3.Error as error:
        raise AgentError("agent.database_seed", f"{script}: {error}") from error


def _typed(error: sqlite3.Error, path: Path) -> AgentError:
    text = str(error)
    if "locked" in text or "busy" in text:
        return AgentError("agent.database_locked", f"{path} is locked by another program: {text}", retryable=True)
    if "unable to open" in text:
        return AgentError("agent.database_missing", f"{path} can't be opened: {text}")
    if not isinstance(error, sqlite3.OperationalError):
        return AgentError("agent.database_corrupt", f"{path} is damaged ({text}): move it away and it is made anew")
    return AgentError("agent.database_failed", f"{path}: {text}")
