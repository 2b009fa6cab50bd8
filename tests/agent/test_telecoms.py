"""The telecoms pack's tools against its database: a technician is sent once, a plan changes once and back."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import models.sectors
from runtime.agent import Effect, Value
from runtime.agent.database import Database
from runtime.agent.pack import Pack, load_pack

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 24)
SUPPLIED = {"today": TODAY, "language": "en", "store": ""}


@pytest.fixture(scope="module")
def telecoms() -> Pack:
    return load_pack(Path(models.sectors.__file__).parent / "telecoms")


@pytest.fixture
def network(telecoms: Pack, tmp_path: Path) -> Database:
    made = Database(tmp_path / "telecoms.db", telecoms)
    made.prepare(TODAY)
    return made


def act(network: Database, tool: str, key: str, **arguments: Value) -> dict[str, Value]:
    return network.act(Effect(tool, arguments, key), SUPPLIED)


def rows(network: Database, query: str) -> list[Any]:
    with network.reading() as db:
        return [row[0] for row in db.execute(query)]


def book(network: Database, line: str, window: str) -> Value:
    return act(network, "book_visit", f"{line} {window}", line=line, window=window, reason="asked")["outcome"]


def test_a_line_has_one_visit_and_a_window_has_an_end(network: Database) -> None:
    assert book(network, "910204815", "2026-11-25 12:00") == "done"
    assert book(network, "910204815", "2026-11-25 16:00") == "refused"
    assert book(network, "910164301", "2026-11-25 12:00") == "done"
    others = rows(network, "SELECT number FROM lines WHERE area = 'centro' AND number LIKE '9110%' LIMIT 1")
    assert book(network, others[0], "2026-11-25 12:00") == "full"
    assert rows(network, "SELECT count(*) FROM visits WHERE state = 'booked'") == [3]


def test_a_visit_is_moved_with_its_place_and_cancelled_with_it(network: Database) -> None:
    taken = "SELECT sum(taken) FROM visit_windows WHERE area = 'centro'"
    [before] = rows(network, taken)
    assert act(network, "move_visit", "a", line="910894752", window="2026-11-27 16:00")["case"] == 400001
    assert rows(network, taken) == [before]
    assert act(network, "cancel_visit", "b", line="910894752")["outcome"] == "done"
    assert rows(network, taken) == [before - 1]
    assert act(network, "cancel_visit", "c", line="910894752")["outcome"] == "refused"


def test_a_plan_that_is_not_on_offer_is_refused(network: Database) -> None:
    for line, plan in (
        ("910204815", "mobile_60"),  # a plan for another kind of line
        ("910204815", "fibre_300"),  # the one that it has
        ("668894752", "mobile_all"),  # a change is under way
    ):
        assert act(network, "change_plan", f"{line}{plan}", customer=line, plan=plan)["outcome"] == "refused"
    assert act(network, "undo_plan_change", "u", customer="910204815")["outcome"] == "refused"
    assert rows(network, "SELECT count(*) FROM plan_changes WHERE state = 'pending'") == [1]


def test_a_change_can_be_undone_and_made_again(network: Database) -> None:
    for turn in range(2):
        changed = act(network, "change_plan", f"c{turn}", customer="910204815", plan="fibre_1000")
        undone = act(network, "undo_plan_change", f"u{turn}", customer="910204815")
        assert (changed["outcome"], undone["outcome"]) == ("done", "done")
    assert rows(network, "SELECT state FROM plan_changes WHERE line = '910204815'") == ["undone", "undone"]


def test_a_complaint_has_one_key_and_fifteen_working_days(network: Database) -> None:
    first = act(network, "open_complaint", "a", line="910204815", topic="billing")
    again = act(network, "open_complaint", "b", line="910204815", topic="billing")
    assert first["case"] == again["case"] == 300003
    assert first["due"] == "2026-12-16"  # 8 December is a holiday
    assert rows(network, "SELECT count(*) FROM complaints") == [3]


def test_what_is_under_way_is_kept_and_the_rest_goes(telecoms: Pack, network: Database) -> None:
    Database(network.path, telecoms).prepare(TODAY + timedelta(days=7 * 365))
    assert rows(network, "SELECT state FROM complaints") == ["open"]
    assert rows(network, "SELECT state FROM plan_changes") == ["pending"]
    for table in ("bills", "bill_items", "visits", "outage_notices", "sim_orders"):
        assert rows(network, f"SELECT count(*) FROM {table}") == [0]
