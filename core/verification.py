"""PINs, one-time codes and answers, checked for a pack's tools: salted hashes, constant time, few tries.

What is known of a customer lies in the pack's own database, in the tables of `SCHEMA`. Failures are counted there, so
hanging up and calling again gives nobody new guesses. Every function works in the caller's transaction.
"""

import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Sequence
from typing import Literal

SCHEMA = """
CREATE TABLE identity_secrets (
    customer  TEXT NOT NULL,
    kind      TEXT NOT NULL,
    salt      BLOB NOT NULL,
    digest    BLOB NOT NULL,
    PRIMARY KEY (customer, kind)
);
CREATE TABLE identity_failures (
    customer  TEXT NOT NULL,
    kind      TEXT NOT NULL,
    failures  INTEGER NOT NULL,
    last      REAL NOT NULL,
    PRIMARY KEY (customer, kind)
);
CREATE TABLE identity_codes (
    customer  TEXT PRIMARY KEY,
    salt      BLOB NOT NULL,
    digest    BLOB,
    expires   REAL NOT NULL,
    sent      INTEGER NOT NULL,
    since     REAL NOT NULL
);
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    made       REAL NOT NULL,
    recipient  TEXT NOT NULL,
    body       TEXT NOT NULL
);
"""

Outcome = Literal["ok", "wrong", "expired", "locked"]

MOST_FAILURES = 3
"""Of one customer, whatever was guessed and in however many calls; then nobody is verified as them for a while."""
LOCKED = 24 * 3600.0
"""Seconds after the last failure. A person may let them in sooner (`unlock`)."""
CODE_DIGITS = 6
CODE_LASTS = 300.0
"""Seconds."""
MOST_CODES, CODES_WITHIN = 3, 3600.0
"""Messages to one customer in so many seconds: nobody's telephone is flooded."""
_COST, _BLOCK = 2**14, 8
"""scrypt: 16 MB and some 50 ms a guess. RFC 7914."""


def digest(secret: bytes | memoryview, salt: bytes) -> bytes:
    """32 bytes."""
    return hashlib.scrypt(secret, salt=salt, n=_COST, r=_BLOCK, p=1, dklen=32)


def keep_secret(db: sqlite3.Connection, customer: str, kind: str, secret: bytes | memoryview) -> None:
    """A new PIN, or whatever `kind` it is: of the secret itself nothing is kept."""
    salt = secrets.token_bytes(16)
    db.execute(
        "INSERT OR REPLACE INTO identity_secrets (customer, kind, salt, digest) VALUES (?, ?, ?, ?)",
        (customer, kind, salt, digest(secret, salt)),
    )


def check_secret(
    db: sqlite3.Connection, customer: str, kind: str, secret: bytes | memoryview, now: float
) -> Literal["ok", "wrong", "locked"]:
    """`now`: seconds since 1970. Who has no such secret is answered as slowly as who has."""
    if locked(db, customer, now):
        return "locked"
    row = db.execute(
        "SELECT salt, digest FROM identity_secrets WHERE customer = ? AND kind = ?", (customer, kind)
    ).fetchone()
    salt, kept = row or (bytes(16), bytes(32))
    right = hmac.compare_digest(digest(secret, salt), kept)
    return counted(db, customer, kind, now, right=right and row is not None)


def check_answers(
    db: sqlite3.Connection, customer: str, given: Sequence[str], right: Sequence[str | None], now: float
) -> Literal["ok", "wrong", "locked"]:
    """Knowledge questions: all of `given`, or none of it counts. Which one was wrong is not said. What is not known of
    a customer (NULL or empty, or no row at all) is no answer that can be right."""
    if locked(db, customer, now):
        return "locked"
    known = [each or "" for each in right]
    same = [hmac.compare_digest(one.encode(), other.encode()) for one, other in zip(given, known, strict=False)]
    whole = 0 < len(given) == len(known)
    return counted(db, customer, "answers", now, right=whole and all(same) and all(known))


def new_code(db: sqlite3.Connection, customer: str, now: float) -> str:
    """A code that takes the place of the one before; empty where they have had too many, or are locked out."""
    row = db.execute("SELECT sent, since FROM identity_codes WHERE customer = ?", (customer,)).fetchone()
    sent, since = row if row and now - row[1] < CODES_WITHIN else (0, now)
    if sent >= MOST_CODES or locked(db, customer, now):
        return ""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    salt = secrets.token_bytes(16)
    db.execute(
        "INSERT OR REPLACE INTO identity_codes (customer, salt, digest, expires, sent, since)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (customer, salt, digest(code.encode(), salt), now + CODE_LASTS, sent + 1, since),
    )
    return code


def check_code(db: sqlite3.Connection, customer: str, code: str, now: float) -> Outcome:
    """A code is good once, and not for long."""
    if locked(db, customer, now):
        return "locked"
    row = db.execute("SELECT salt, digest, expires FROM identity_codes WHERE customer = ?", (customer,)).fetchone()
    salt, kept, expires = row or (bytes(16), None, 0.0)
    right = hmac.compare_digest(digest(code.encode(), salt), kept or bytes(32)) and kept is not None
    if right and now >= expires:
        return "expired"
    if right:
        db.execute("UPDATE identity_codes SET digest = NULL WHERE customer = ?", (customer,))
    outcome = counted(db, customer, "code", now, right=right)
    if outcome == "locked":
        db.execute("UPDATE identity_codes SET digest = NULL WHERE customer = ?", (customer,))
    return outcome


def locked(db: sqlite3.Connection, customer: str, now: float) -> bool:
    """Whether there have been too many failures; those that are long ago are forgotten."""
    failures, last = db.execute(
        "SELECT coalesce(sum(failures), 0), coalesce(max(last), 0) FROM identity_failures WHERE customer = ?",
        (customer,),
    ).fetchone()
    if failures and now - last >= LOCKED:
        unlock(db, customer)
        return False
    return bool(failures >= MOST_FAILURES)


def unlock(db: sqlite3.Connection, customer: str) -> int:
    """Let them try again: a person has made sure who they are. How many failures are forgotten."""
    [failures] = db.execute(
        "SELECT coalesce(sum(failures), 0) FROM identity_failures WHERE customer = ?", (customer,)
    ).fetchone()
    db.execute("DELETE FROM identity_failures WHERE customer = ?", (customer,))
    return int(failures)


def counted(
    db: sqlite3.Connection, customer: str, kind: str, now: float, *, right: bool
) -> Literal["ok", "wrong", "locked"]:
    """One more guess. A right one makes good its own kind's failures only: who knows a birthday gets no new guesses
    at the PIN."""
    if right:
        db.execute("DELETE FROM identity_failures WHERE customer = ? AND kind = ?", (customer, kind))
        return "ok"
    db.execute(
        "INSERT INTO identity_failures (customer, kind, failures, last) VALUES (?, ?, 1, ?)"
        " ON CONFLICT DO UPDATE SET failures = failures + 1, last = excluded.last",
        (customer, kind, now),
    )
    return "locked" if locked(db, customer, now) else "wrong"
