"""A tool that is one SQL statement, on SQLite or PostgreSQL. Values go in as parameters, reads can't write."""

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec import Struct

from core.errors import ToolError
from runtime.agent.connect.loop import within
from runtime.agent.connect.patience import Trouble
from runtime.agent.connect.results import MOST_ROWS
from runtime.agent.connect.secrets import Secret
from runtime.agent.connect.statement import Statement

Found = list[dict[str, Any]] | int
"""Rows; or how many rows a statement without any has changed."""
_TICKS = 1_000
"""Steps of SQLite between two looks at the clock."""
_SERVERS_SHARE = 0.9
"""Of what is left: PostgreSQL itself ends a statement then, and says that nothing was done, before we give it up."""


class SqliteSystem(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="sqlite"):
    """`file`: the database, from the folder of the connectors file if it is not absolute."""

    file: str


class PostgresSystem(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="postgresql"):
    """`conninfo` without a password ("host=db dbname=shop user=agent sslmode=verify-full"); that is `secret`. What it
    says of anything else holds, `options` and `connect_timeout` too."""

    conninfo: str
    secret: Secret | None = None


Run = Callable[[Mapping[str, Any], float], Found]


def mistake(system: PostgresSystem) -> str:
    """What is wrong with a system; empty when nothing is."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        told = conninfo_to_dict(system.conninfo)
    except psycopg.Error:  # which may quote a password
        return "conninfo: is not what PostgreSQL calls a connection string"
    if any("password" in key and value for key, value in told.items()):
        return "conninfo: a password is no part of a pack: use `secret`"
    return ""


def sqlite_runner(system: SqliteSystem, folder: Path, statement: Statement, acts: bool) -> Run:
    path = folder / Path(system.file).expanduser()

    def run(values: Mapping[str, Any], seconds: float) -> Found:
        until, ending = time.monotonic() + seconds, False
        mode = "rw" if acts else "ro"

        def waits() -> str:
            return f"PRAGMA busy_timeout = {max(1, int((until - time.monotonic()) * 1000))}"

        try:
            with closing(
                sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None)
            ) as db:
                db.execute(waits())
                db.execute(f"PRAGMA query_only = {'OFF' if acts else 'ON'}")
                db.set_progress_handler(lambda: time.monotonic() > until, _TICKS)
                db.execute("BEGIN IMMEDIATE" if acts else "BEGIN")
                db.execute(waits())
                cursor = db.execute(statement.text, dict(values))
                changed = 0 if cursor.description else int(db.execute("SELECT changes()").fetchone()[0])
                found = _rows(cursor.description, _fetched(cursor, acts)) if cursor.description else changed
                db.execute(waits())
                ending = acts
                db.execute("COMMIT")  # one that fails is rolled back on closing
                return found
        except sqlite3.OperationalError as error:
            late = "interrupted" in str(error) or "locked" in str(error)
            code = "tool.timeout" if late else "tool.unreachable" if "unable to open" in str(error) else "tool.failed"
            reached = ending and not late
            raise Trouble(code, str(error), again=late, reached=reached, ill=code != "tool.failed") from error
        except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, OverflowError) as error:
            raise Trouble("tool.refused", str(error), again=False, reached=False, ill=False) from error
        except sqlite3.Error as error:
            raise Trouble("tool.failed", str(error), again=False, reached=ending) from error

    return run


def postgres_runner(system: PostgresSystem, statement: Statement, acts: bool) -> Run:
    def run(values: Mapping[str, Any], seconds: float) -> Found:
        import psycopg

        password = system.secret.read() if system.secret else ""
        deed = _Deed(statement, values, acts, time.monotonic() + seconds)
        try:
            return within(seconds, deed.done(system.conninfo, password))
        except TimeoutError:
            raise Trouble("tool.timeout", f"no answer in {seconds:.1f} s", again=True, reached=deed.ending) from None
        except (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable) as error:
            raise Trouble("tool.timeout", _line(error), again=True, reached=False) from error
        except (psycopg.errors.SerializationFailure, psycopg.errors.DeadlockDetected) as error:
            raise Trouble("tool.busy", _line(error), again=True, reached=False, ill=False) from error
        except psycopg.OperationalError as error:
            raise Trouble("tool.unreachable", _line(error), again=True, reached=deed.ending) from error
        except psycopg.Error as error:
            raise Trouble("tool.refused", _line(error), again=False, reached=False, ill=False) from error

    return run


class _Deed:
    """One statement on PostgreSQL, in a transaction that is rolled back wherever it breaks off."""

    def __init__(self, statement: Statement, values: Mapping[str, Any], acts: bool, until: float) -> None:
        self._statement, self._values, self._acts, self._until = statement, values, acts, until
        self.ending = False
        """Whether it has been asked to keep what it did: until then it has surely done nothing."""

    async def done(self, conninfo: str, password: str) -> Found:
        """Raises psycopg.Error, ToolError."""
        import psycopg

        secret: dict[str, Any] = {"password": password} if password else {}
        db = await psycopg.AsyncConnection.connect(conninfo, **secret)
        try:
            await db.set_read_only(not self._acts)
            limit = str(max(1, int((self._until - time.monotonic()) * 1000 * _SERVERS_SHARE)))
            await db.execute(
                "SELECT set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true)", [limit, limit]
            )
            cursor = await db.execute(self._statement.for_psycopg.encode(), dict(self._values))
            found: Found
            if cursor.description:
                fetched = await (cursor.fetchall() if self._acts else cursor.fetchmany(MOST_ROWS + 1))
                found = _rows(cursor.description, fetched)
            elif (found := cursor.rowcount) < 0:
                raise ToolError("tool.refused", "the statement doesn't say what it has changed, and was rolled back")
            self.ending = self._acts
            await db.commit()
            return found
        finally:
            await db.close()


def _fetched(cursor: sqlite3.Cursor, acts: bool) -> list[Any]:
    """At most one row more than may be."""
    return cursor.fetchall() if acts else cursor.fetchmany(MOST_ROWS + 1)


def _rows(description: Any, fetched: Sequence[Any]) -> list[dict[str, Any]]:
    names = [column[0] for column in description]
    return [dict(zip(names, each, strict=True)) for each in fetched]


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
