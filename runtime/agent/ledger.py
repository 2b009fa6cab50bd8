"""What was done, each deed by its key: "begun" before it happens elsewhere, "done" with its result after.

A deed in the pack's own database and its line here are one transaction, so such a line is always "done". One that
stays "begun" is of a deed elsewhere whose end nobody knows: it is never done again, a person looks.
"""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from core import verification
from runtime.agent import Effect, Value

LEDGER = f"""
{verification.SCHEMA}
CREATE TABLE effects (
    key          TEXT PRIMARY KEY,
    tool         TEXT NOT NULL,
    arguments    TEXT NOT NULL,
    result       TEXT NOT NULL,
    done         TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
    state        TEXT NOT NULL DEFAULT 'done',
    conversation TEXT NOT NULL DEFAULT '',
    undone       INTEGER NOT NULL DEFAULT 0,
    customer     TEXT NOT NULL DEFAULT ''
);
CREATE TABLE about (pack TEXT NOT NULL, schema TEXT NOT NULL, seeded TEXT NOT NULL);
"""
UNSURE = "tool.unsure"
"""The code of a ToolError after which nobody knows whether a deed elsewhere was done."""
DONE = "done"
"""The outcome with which a tool says that it has taken back what it was asked to."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One line. `sure` False: begun, and nobody knows how it ended."""

    row: int
    tool: str
    sure: bool
    facts: Mapping[str, Value]
    """Its arguments and what came of it."""


def bring_up_to_date(db: sqlite3.Connection) -> None:
    """Add what a database of an earlier version lacks."""
    for statement in lacks(db):
        db.execute(statement)


def lacks(db: sqlite3.Connection) -> list[str]:
    """The statements that add the tables and columns which a database of an earlier version has not."""
    statements = []
    with closing(sqlite3.connect(":memory:")) as new:
        new.executescript(LEDGER)
        for table, made in new.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall():
            there = {row[1] for row in db.execute(f"PRAGMA table_info({table})")}
            if not there:
                statements.append(str(made))
                continue
            statements += [
                f"ALTER TABLE {table} ADD COLUMN {name} {kind} {'NOT NULL' if never_null else ''} DEFAULT {default}"
                for _, name, kind, never_null, default, _ in new.execute(f"PRAGMA table_info({table})").fetchall()
                if name not in there
            ]
    return statements


def kept(db: sqlite3.Connection, key: str) -> tuple[str, dict[str, Value]] | None:
    """The state and the result of the deed with this key, if there is one."""
    row = db.execute("SELECT state, result FROM effects WHERE key = ?", (key,)).fetchone()
    return row and (str(row[0]), json.loads(row[1]))


def begin(db: sqlite3.Connection, effect: Effect, conversation: str, customer: str = "") -> None:
    """`customer`: for whom the tool does it, where it takes one."""
    db.execute(
        "INSERT INTO effects (key, tool, arguments, result, state, conversation, customer)"
        " VALUES (?, ?, ?, '{}', 'begun', ?, ?)",
        (effect.key, effect.tool, json.dumps(effect.arguments), conversation, customer),
    )


def finish(db: sqlite3.Connection, effect: Effect, result: Mapping[str, Any]) -> None:
    """It is done. What it took back may be done anew: its key is free again."""
    db.execute(
        "UPDATE effects SET state = 'done', result = ?, done = CURRENT_TIMESTAMP WHERE key = ?",
        (json.dumps(result), effect.key),
    )
    if effect.undoes and result.get("outcome") == DONE:
        db.execute(
            "UPDATE effects SET undone = 1, key = key || '~' || rowid WHERE rowid = ? AND undone = 0", (effect.undoes,)
        )


def withdraw(db: sqlite3.Connection, effect: Effect) -> None:
    """It has surely not happened."""
    db.execute("DELETE FROM effects WHERE key = ? AND state = 'begun'", (effect.key,))


def last_deed(db: sqlite3.Connection, conversation: str, customer: str) -> Deed | None:
    """What was done last in a conversation and not taken back; of another customer than `customer` nothing is told."""
    row = db.execute(
        "SELECT rowid, tool, state, arguments, result FROM effects WHERE conversation = ? AND undone = 0"
        " AND customer IN ('', ?) ORDER BY rowid DESC LIMIT 1",
        (conversation, customer),
    ).fetchone()
    if row is None:
        return None
    facts = {**json.loads(row[3]), **json.loads(row[4])}
    return Deed(int(row[0]), str(row[1]), row[2] == "done", facts)


def unfinished(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """(tool, key) of what was begun and never finished."""
    return [(str(tool), str(key)) for tool, key in db.execute("SELECT tool, key FROM effects WHERE state = 'begun'")]
