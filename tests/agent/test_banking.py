"""The banking pack's tools against its database: everything is looked at again when it is done, and done once."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import models.sectors
from core.errors import ToolError
from runtime.agent import Effect, Value
from runtime.agent.database import Database
from runtime.agent.pack import Pack, load_pack

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 24)
NOW = 1_800_000_000.0
LUCIA, JAMES = "301245", "302780"


@pytest.fixture(scope="module")
def banking() -> Pack:
    return load_pack(Path(models.sectors.__file__).parent / "banking")


@pytest.fixture
def bank(banking: Pack, tmp_path: Path) -> Database:
    made = Database(tmp_path / "banking.db", banking)
    made.prepare(TODAY)
    return made


def act(bank: Database, tool: str, key: str, customer: str, **arguments: Value) -> dict[str, Value]:
    return bank.act(Effect(tool, arguments, key), {"today": TODAY, "language": "en", "store": "", "customer": customer})


def value(bank: Database, query: str) -> Any:
    with bank.reading() as db:
        return db.execute(query).fetchone()[0]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("transfer", {"account": "a1", "payee": "p1", "euros": "50"}),
        ("transfer", {"account": "a3", "payee": "p1", "euros": "50"}),
        ("transfer", {"account": "a1", "payee": "p3", "euros": "50"}),
        ("block_card", {"card": "c1"}),
        ("open_dispute", {"charge": "2", "reason": "not_mine"}),
    ],
)
def test_nobody_touches_what_is_somebody_else_s(bank: Database, tool: str, arguments: dict[str, Value]) -> None:
    assert act(bank, tool, "a", JAMES, **arguments)["outcome"] == "refused"
    assert value(bank, "SELECT sum(balance) FROM accounts") == 2_880_615
    assert value(bank, "SELECT count(*) FROM cards WHERE state = 'blocked'") == 1
    assert value(bank, "SELECT count(*) FROM disputes") == 0


def test_money_does_not_leave_twice(bank: Database) -> None:
    first = act(bank, "transfer", "a", LUCIA, account="a1", payee="p1", euros="200")
    assert first == act(bank, "transfer", "a", LUCIA, account="a1", payee="p1", euros="200")
    assert value(bank, "SELECT balance FROM accounts WHERE id = 'a1'") == 215_075
    assert value(bank, "SELECT count(*) FROM movements WHERE account = 'a1' AND amount = -20000") == 1


def test_the_limit_is_of_the_day_and_looked_at_when_it_is_done(bank: Database) -> None:
    for key, euros, outcome in (("a", "2000", "done"), ("b", "400", "refused"), ("c", "350", "done")):
        assert act(bank, "transfer", key, LUCIA, account="a1", payee="p1", euros=euros)["outcome"] == outcome
    with sqlite3.connect(bank.path) as db:
        db.execute("UPDATE accounts SET balance = 900000 WHERE id = 'a1'")
    assert act(bank, "transfer", "d", LUCIA, account="a1", payee="p1", euros="700")["outcome"] == "refused"
    assert act(bank, "transfer", "e", LUCIA, account="a1", payee="p1", euros="650")["outcome"] == "done"
    assert act(bank, "transfer", "f", LUCIA, account="a1", payee="p1", euros="00")["outcome"] == "refused"


def test_savings_are_not_sent(bank: Database) -> None:
    assert act(bank, "transfer", "a", LUCIA, account="a2", payee="p1", euros="50")["outcome"] == "refused"


def test_a_charge_has_one_case(bank: Database) -> None:
    charge = str(value(bank, "SELECT id FROM movements WHERE concept = 'Hotel Miramar'"))
    assert act(bank, "open_dispute", "a", LUCIA, charge=charge, reason="not_mine") == {
        "outcome": "done", "case": "R-4001",
    }  # fmt: skip
    assert act(bank, "open_dispute", "b", LUCIA, charge=charge, reason="twice")["outcome"] == "refused"


def test_two_customers_do_not_get_the_same_time(bank: Database) -> None:
    free = str(value(bank, "SELECT id FROM openings WHERE id NOT IN (SELECT opening FROM appointments)"))
    assert act(bank, "book", "a", LUCIA, opening=free)["outcome"] == "done"
    assert act(bank, "book", "b", JAMES, opening=free)["outcome"] == "taken"


def test_a_code_goes_to_the_telephone_that_the_bank_has(bank: Database, banking: Pack) -> None:
    sent: list[tuple[str, str]] = []

    def deliver(db: sqlite3.Connection, recipient: str, body: str) -> bool:
        sent.append((recipient, body))
        return len(sent) < 3

    supplied = {"customer": LUCIA, "language": "es", "now": NOW, "deliver": deliver}
    outcomes = [bank.check(Effect("send_code", {}, "k", check=True), supplied, {}) for _ in range(4)]
    assert outcomes[0] == {"outcome": "sent", "tail": "4 5"}
    assert [each["outcome"] for each in outcomes] == ["sent", "sent", "failed", "failed"]
    assert len(sent) == 3, "nobody's telephone is flooded"
    assert {recipient for recipient, _ in sent} == {"600555245"}
    kept = bank.path.read_bytes()
    assert not [body for _, body in sent if body[-6:].encode() in kept], "of a code only its hash is kept"


def test_nobody_waits_while_a_code_is_on_its_way(bank: Database) -> None:
    """What was counted is kept before, and others write meanwhile; a failure takes nothing of it back."""
    seen: list[object] = []

    def deliver(_: sqlite3.Connection, recipient: str, body: str) -> bool:
        seen.append(value(bank, f"SELECT sent FROM identity_codes WHERE customer = '{LUCIA}'"))
        seen.append(act(bank, "transfer", "a", LUCIA, account="a1", payee="p1", euros="200")["outcome"])
        raise ToolError("tool.busy", "too many wait")

    supplied = {"customer": LUCIA, "language": "es", "now": NOW, "deliver": deliver}
    with pytest.raises(ToolError):
        bank.check(Effect("send_code", {}, "k", check=True), supplied, {})
    assert seen == [1, "done"]
    assert value(bank, f"SELECT sent FROM identity_codes WHERE customer = '{LUCIA}'") == 1


@pytest.mark.parametrize("days", range(0, 366, 61))
def test_the_data_fit_any_day(banking: Pack, tmp_path: Path, days: int) -> None:
    """What the scripts rely on is there on whatever day the database is made."""
    today = TODAY + timedelta(days=days)
    made = Database(tmp_path / "any.db", banking)
    made.prepare(today)
    with made.reading() as db:
        free = banking.tools["openings"].function(db, today)
        assert len(free) == 3
        assert all(row["day"] > today.isoformat() for row in free)
        assert banking.tools["charges"].function(db, today, JAMES)[0]["concept"] == "Streaming service"
        assert banking.tools["charges"].function(db, today, "304502") == []
