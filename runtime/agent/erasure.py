"""Everything of one customer out of a pack's database, but for what the law keeps."""

import sqlite3
from contextlib import closing
from pathlib import Path

import structlog
from msgspec import Struct

from core.errors import AgentError

log = structlog.get_logger(__name__)

WAIT = 3.0
"""Seconds that it waits for a lock."""


class Erasure(Struct, frozen=True, forbid_unknown_fields=True):
    """`[erasure]` of pack.toml. `:customer` is whoever the company's system calls so, in each statement."""

    who: str
    """A query that finds something if there is such a customer."""
    erase: list[str]
    """Statements, carried out in this order, all or none."""
    keeps: str
    """What stays, until its retention is over, and the law that keeps it."""


def erase_customer(path: Path, erasure: Erasure, customer: str) -> int:
    """Carry it out, and leave no trace of it in the file or its log; how many rows that took. Raises AgentError."""
    if not path.is_file():
        raise AgentError("agent.database_missing", f"{path}: there is no such database")
    try:
        with closing(sqlite3.connect(path, timeout=WAIT, isolation_level=None)) as db:
            rows = _erase(db, erasure, customer)
            db.execute("VACUUM")  # an erased row lives on in a free page
            [(read_elsewhere, _, _)] = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error as error:
        raise AgentError(
            "agent.not_erased", f"{path}: {error}: end what else uses it, and erase once more", retryable=True
        ) from error
    if read_elsewhere:
        raise AgentError(
            "agent.still_read",
            f"{customer} is erased, but {path} is read by another program, for which the old is still there: end it,"
            " and erase once more",
            retryable=True,
        )
    log.info("customer_erased", rows=rows)
    return rows


def _erase(db: sqlite3.Connection, erasure: Erasure, customer: str) -> int:
    values = {"customer": customer}
    db.execute("PRAGMA foreign_keys = ON")
    db.execute("PRAGMA secure_delete = ON")
    if db.execute(erasure.who, values).fetchone() is None:
        raise AgentError("agent.no_customer", f"the database has no customer {customer!r}")
    db.execute("BEGIN IMMEDIATE")
    try:
        rows = sum(max(db.execute(statement, values).rowcount, 0) for statement in erasure.erase)
        db.execute("COMMIT")
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
    return rows


def mistake(schema: str, erasure: Erasure) -> str:
    """What is wrong with it for a database of that schema; empty: nothing. It is not carried out."""
    if not erasure.keeps.strip():
        return "keeps: say what stays, and by which law; or that nothing does"
    with closing(sqlite3.connect(":memory:")) as db:
        for name, statement in [("who", erasure.who), *(("erase", each) for each in erasure.erase)]:
            if ":customer" not in statement:
                return f"{name}: has no :customer, so it is not about one: {statement}"
            try:
                if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
                    db.executescript(schema)
                db.execute(f"EXPLAIN {statement}", {"customer": ""})
            except sqlite3.Error as error:
                return f"{name}: {error}"
    return ""
