"""A tool that is one SQL statement, on SQLite or PostgreSQL. Values go in as parameters, reads can't write."""

import sqlite3
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from msgspec import Struct

from runtime.agent.connect.patience import Trouble
from runtime.agent.connect.results import MOST_ROWS
from runtime.agent.connect.secrets import Secret
from runtime.agent.connect.statement import Statement

Found = list[dict[str, Any]] | int
"""Rows; or how many rows a statement without any has changed."""
_TICKS = 1_000
"""Steps of SQLite between two looks at the clock."""


class SqliteSystem(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="sqlite"):
    """`file`: the database, from the folder of the connectors file if it is not absolute."""

    file: str


class PostgresSystem(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="postgresql"):
    """`conninfo` without a password ("host=db dbname=shop user=agent sslmode=verify-full"); that is `secret`."""

    conninfo: str
    secret: Secret | None = None


Run = Callable[[Mapping[str, Any], float], Found]


def sqlite_runner(system: SqliteSystem, folder: Path, statement: Statement, acts: bool) -> Run:
    path = folder / Path(system.file).expanduser()

    def run(values: Mapping[str, Any], seconds: float) -> Found:
        until = time.monotonic() + seconds
        mode = "rw" if acts else "ro"
        try:
            with closing(
                sqlite3.connect(
                    f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=seconds, isolation_level=None
                )
            ) as db:
                db.execute(f"PRAGMA query_only = {'OFF' if acts else 'ON'}")
                db.set_progress_handler(lambda: time.monotonic() > until, _TICKS)
                db.execute("BEGIN IMMEDIATE" if acts else "BEGIN")
                cursor = db.execute(statement.text, dict(values))
                found = _found(cursor, acts)
                db.execute("COMMIT")  # one that fails is rolled back on closing
                return found
        except sqlite3.OperationalError as error:
            late = "interrupted" in str(error) or "locked" in str(error)
            code = "tool.timeout" if late else "tool.unreachable" if "unable to open" in str(error) else "tool.failed"
            raise Trouble(code, str(error), again=late, reached=False, ill=code != "tool.failed") from error
        except sqlite3.Error as error:
            raise Trouble("tool.refused", str(error), again=False, reached=False, ill=False) from error

    return run


def postgres_runner(system: PostgresSystem, statement: Statement, acts: bool) -> Run:
    def run(values: Mapping[str, Any], seconds: float) -> Found:
        import psycopg

        reached = False
        password: dict[str, Any] = {"password": system.secret.read()} if system.secret else {}
        milliseconds = max(1, int(seconds * 1000))
        try:
            with closing(
                psycopg.connect(
                    system.conninfo,
                    connect_timeout=max(2, round(seconds)),  # libpq takes no less
                    options=f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}",
                    tcp_user_timeout=milliseconds,
                    **password,
                )
            ) as db:
                db.read_only = not acts
                cursor = db.execute(statement.for_psycopg.encode(), dict(values))
                found = _found(cursor, acts)
                reached = acts
                db.commit()
                return found
        except (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable) as error:
            raise Trouble("tool.timeout", _line(error), again=True, reached=False) from error
        except psycopg.OperationalError as error:
            raise Trouble("tool.unreachable", _line(error), again=True, reached=reached) from error
        except psycopg.Error as error:
            raise Trouble("tool.refused", _line(error), again=False, reached=False, ill=False) from error

    return run


def _found(cursor: Any, acts: bool) -> Found:
    """At most one row more than may be."""
    if cursor.description is None:
        return int(cursor.rowcount)
    names = [column[0] for column in cursor.description]
    fetched = cursor.fetchall() if acts else cursor.fetchmany(MOST_ROWS + 1)
    return [dict(zip(names, each, strict=True)) for each in fetched]


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
