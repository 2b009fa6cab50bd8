"""Over all packs: below its level no flow reads what is a customer's, and none does anything, wherever it is begun."""

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import models.sectors
from runtime.agent import LEVELS, Frame, Identity, Value
from runtime.agent.database import Database
from runtime.agent.flow import Ask, Call, Flow, Identify, step_id
from runtime.agent.ground import Ground
from runtime.agent.identity import reached
from runtime.agent.pack import Pack, load_pack
from runtime.agent.tools import Tool
from runtime.agent.walk import walk

pytestmark = pytest.mark.unit

PACKS = sorted(path.parent for path in Path(models.sectors.__file__).parent.glob("*/pack.toml"))
TODAY = date(2026, 11, 24)


def personal(db: sqlite3.Connection) -> set[str]:
    """Tables with a column `customer`, those that such a column points to, and all that point to one of them."""
    tables = [str(row[0]) for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    points = {
        table: {(str(row[2]), str(row[3])) for row in db.execute(f"PRAGMA foreign_key_list({table})")}
        for table in tables
    }
    found = {
        table for table in tables if any(row[1] == "customer" for row in db.execute(f"PRAGMA table_info({table})"))
    }
    found |= {target for table in tables for target, column in points[table] if column == "customer"}
    while more := {table for table in tables if {target for target, _ in points[table]} & found} - found:
        found |= more
    return found


class Watched:
    """A pack that is walked, and what is read meanwhile: (tool, table)."""

    def __init__(self, folder: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from runtime.agent import ground as module

        self.pack = load_pack(folder)
        self.store = Database(work / "watched.db", self.pack)
        self.store.prepare(TODAY)
        self.read: set[tuple[str, str]] = set()
        self.asked: set[str] = set()
        tool = ""
        really = module.call

        def call(found: Tool, db: sqlite3.Connection, supplied: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
            nonlocal tool
            tool = found.name
            if "customer" in found.parameters:
                self.asked.add(tool)
            db.set_authorizer(look)
            try:
                return really(found, db, supplied, given)
            finally:
                db.set_authorizer(None)
                tool = ""

        def look(action: int, table: str | None, *_: str | None) -> int:
            if action == sqlite3.SQLITE_READ and table:
                self.read.add((tool, table))
            return sqlite3.SQLITE_OK

        monkeypatch.setattr(module, "call", call)

    def walk(self, flow: Flow, step: str, slots: dict[str, Value], identity: Identity) -> Any:
        with self.store.reading() as db:
            ground = Ground(self.pack, db, TODAY, "es", {}, "c1", identity)
            return walk(ground, (Frame(flow.id, step, slots),))


@pytest.fixture(params=PACKS, ids=[path.name for path in PACKS])
def watched(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(request.param, tmp_path, monkeypatch)


def below(flow: Flow) -> Iterator[Identity]:
    """Everybody who is not known well enough for it."""
    for level in LEVELS[: LEVELS.index(flow.level)]:
        yield Identity(level, "301245" if level != "anonymous" else "")


def tools_of(pack: Pack, *flows: str) -> set[str]:
    steps = [step for name in flows if name for step in pack.flows[name].steps]
    called = {step.call for step in steps if isinstance(step, Call)}
    called |= {step.identify for step in steps if isinstance(step, Identify)}
    return called | {slot.options for name in flows if name for slot in pack.flows[name].slots.values()}


def test_below_its_level_a_flow_reads_and_does_nothing(watched: Watched) -> None:
    pack, flows = watched.pack, watched.pack.manifest.identity
    with watched.store.reading() as db:
        secret = personal(db)
    identifying = tools_of(pack, flows.claimed, flows.verified)
    for flow in pack.flows.values():
        filled: dict[str, Value] = dict.fromkeys(flow.slots, "1")
        for identity in below(flow):
            for at, step in enumerate(flow.steps):
                for slots in ({}, filled):
                    watched.read.clear()
                    walked = watched.walk(flow, step_id(step, at), dict(slots), identity)
                    where = f"{flow.id}, step {at}, as {identity.level}"
                    assert {
                        each for each in watched.read if each[1] in secret and each[0] not in identifying
                    } == set(), where
                    assert walked.effect is None or walked.effect.check, where
                    assert walked.stack[-1].flow in (flows.claimed, flows.verified), where
                    assert not reached(walked.identity, flow.level), where


def test_a_tool_that_takes_the_customer_is_called_for_a_known_one_alone(watched: Watched) -> None:
    """By reading the flows, and by walking those that anybody may begin."""
    pack = watched.pack
    for flow in pack.flows.values():
        takes = [name for name in tools_of(pack, flow.id) if name and "customer" in pack.tools[name].parameters]
        assert not takes or flow.level != "anonymous", f"{flow.id} calls {takes}"
    for flow in pack.flows.values():
        if flow.level == "anonymous" and all(isinstance(step, Ask) for step in flow.steps[:1]):
            watched.asked.clear()
            watched.walk(flow, step_id(flow.steps[0], 0), {}, Identity())
            assert not watched.asked


def test_the_test_can_see(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Known well enough, the same walk reads the customer's tables."""
    watched = Watched(Path(models.sectors.__file__).parent / "banking", tmp_path, monkeypatch)
    flow = watched.pack.flows["balance"]
    watched.walk(flow, "0", {"account": "a1"}, Identity("verified", "301245", "pin"))
    with watched.store.reading() as db:
        assert personal(db) >= {"customers", "accounts", "cards", "movements", "payees", "transfers", "disputes"}
    assert ("balance", "accounts") in watched.read
    watched.walk(flow, "0", {"account": "a3"}, Identity("verified", "301245", "pin"))
    assert watched.asked == {"balance"}, "and the tool itself looks whose account it is"
