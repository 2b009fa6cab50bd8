"""How long a pack keeps what its database holds, and why: what is older is erased."""

import sqlite3
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated

import structlog
from msgspec import Meta, Struct

log = structlog.get_logger(__name__)


class Retention(Struct, frozen=True, forbid_unknown_fields=True):
    """One table of `[retention]` in pack.toml. `erase`: a statement with the parameter `:before`, the first day that
    is still kept (ISO 8601)."""

    days: Annotated[int, Meta(ge=1, le=36600)]
    basis: str
    """The law, or the purpose that is over by then."""
    erase: str


def expire(db: sqlite3.Connection, rules: Mapping[str, Retention], today: date) -> None:
    """Erase what no rule keeps any longer, all in the caller's transaction. Raises sqlite3.Error."""
    for name, rule in rules.items():
        before = (today - timedelta(days=rule.days)).isoformat()
        erased = db.execute(rule.erase, {"before": before}).rowcount
        if erased > 0:
            log.info("retention_erased", kind=name, rows=erased, before=before)


def mistake(schema: str, rule: Retention) -> str:
    """What is wrong with a rule for a database of that schema; empty: nothing. It is not carried out."""
    if not rule.basis.strip():
        return "basis: say why it is kept that long"
    if ":before" not in rule.erase:
        return "erase: has no :before, so it would erase what is kept"
    db = sqlite3.connect(":memory:")
    try:
        db.executescript(schema)
        db.execute(f"EXPLAIN {rule.erase}", {"before": "2000-01-01"})
    except sqlite3.Error as error:
        return f"erase: {error}"
    finally:
        db.close()
    return ""
