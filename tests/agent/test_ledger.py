"""What was done is written down: begun, done, taken back; what broke off is never done a second time."""

import dataclasses
import re
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NoReturn

import pytest
from msgspec.structs import replace
from structlog.testing import capture_logs

from core.aside import leaving
from core.errors import PackError, ToolError
from core.verification import new_code
from runtime.agent import Effect
from runtime.agent.briefing import Story
from runtime.agent.connect.file import load_connectors
from runtime.agent.database import Database
from runtime.agent.ledger import UNSURE
from runtime.agent.pack import Pack, load_pack
from runtime.agent.planner import Agent
from runtime.agent.route import Judge
from runtime.agent.undo import calls_off, wants_undo
from tests.agent.conversation import TUESDAY, Conversation

pytestmark = pytest.mark.engine

Talk = Callable[..., Conversation]
OUTSIDE = """

OUTSIDE = ("request_return",)
"""
CRM = """
[system.crm]
kind = "http"
url = "http://127.0.0.1:9"

[tool.request_return]
system = "crm"
request = { method = "POST", path = "/returns/{number}", body = { item = "{item}" } }
parameters = { number = "text", item = "integer" }
returns = { outcome = ["done"], case = "integer", amount = "integer" }
acts = true
"""
DEED = Effect("request_return", {"number": "48215", "item": "1"}, "k1")
FACTS = {"today": TUESDAY, "language": "es", "store": "madrid"}


def states(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT key, state FROM effects ORDER BY rowid").fetchall()


@pytest.fixture
def elsewhere(retail: Pack, database: Database) -> Callable[[Callable[..., object]], Database]:
    """The pack's database with the return done by another system: by the function that is given."""

    def made(function: Callable[..., object]) -> Database:
        tool = dataclasses.replace(retail.tools["request_return"], function=function, outside=True)
        changed = dataclasses.replace(retail, tools={**retail.tools, tool.name: tool})
        return Database(database.path, changed)

    return made


def test_begun_before_and_done_after(elsewhere, database: Database) -> None:
    seen: list[tuple[str, str]] = []

    def deed(_: object, number: str, item: str, today: object) -> dict[str, object]:
        seen.extend(states(database.path))
        return {"outcome": "done", "case": 7, "amount": 100}

    store = elsewhere(deed)
    assert store.act(DEED, FACTS, "c1")["case"] == 7
    assert store.act(DEED, FACTS, "c1")["case"] == 7
    assert seen == [("k1", "begun")]
    assert states(database.path) == [("k1", "done")]


def test_what_surely_did_not_happen_may_be_tried_again(elsewhere, database: Database) -> None:
    tries: list[int] = []

    def deed(_: object, **__: object) -> dict[str, object]:
        tries.append(1)
        if len(tries) == 1:
            raise ToolError("tool.unreachable", "nobody listens")
        return {"outcome": "done", "case": 7, "amount": 100}

    store = elsewhere(deed)
    with pytest.raises(ToolError, match="nobody listens"):
        store.act(DEED, FACTS, "c1")
    assert states(database.path) == []
    assert store.act(DEED, FACTS, "c1")["outcome"] == "done"


@pytest.mark.parametrize("error", [ToolError(UNSURE, "cut"), ConnectionResetError("cut"), KeyboardInterrupt()])
def test_what_broke_off_is_never_done_again(elsewhere, database: Database, error: BaseException) -> None:
    tries: list[int] = []

    def deed(_: object, **__: object) -> dict[str, object]:
        tries.append(1)
        raise error

    store = elsewhere(deed)
    with pytest.raises((ToolError, KeyboardInterrupt)):
        store.act(DEED, FACTS, "c1")
    store.prepare(TUESDAY)  # as after a restart
    with pytest.raises(ToolError) as caught:
        store.act(DEED, FACTS, "c1")
    assert caught.value.code == UNSURE
    assert tries == [1]
    assert states(database.path) == [("k1", "begun")]


def test_asked_for_again_while_it_is_being_done(elsewhere) -> None:
    tries: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def deed(_: object, **__: object) -> dict[str, object]:
        tries.append(1)
        begun.set()
        go_on.wait(10)
        return {"outcome": "done", "case": 7, "amount": 100}

    store = elsewhere(deed)
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.append(store.act(DEED, FACTS, "c1"))) for _ in range(3)]
    threads[0].start()
    assert begun.wait(10)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert tries == [1]
    assert len(results) == 3


def test_who_asks_again_and_may_not_even_wait_is_told_no_more_than_is_known(elsewhere) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def deed(_: object, **__: object) -> dict[str, object]:
        begun.set()
        go_on.wait(10)
        return {"outcome": "done", "case": 7, "amount": 100}

    def leave() -> NoReturn:
        raise ToolError("tool.busy", "too many others wait", retryable=True)

    store = elsewhere(deed)
    first = threading.Thread(target=store.act, args=(DEED, FACTS, "c1"))
    first.start()
    assert begun.wait(10)
    with leaving(leave), pytest.raises(ToolError) as caught:
        store.act(DEED, FACTS, "c1")
    go_on.set()
    first.join()
    assert caught.value.code == UNSURE
    assert store.act(DEED, FACTS, "c1")["case"] == 7


def test_what_fits_no_parameter_was_not_sent(elsewhere, database: Database, tmp_path: Path) -> None:
    file = tmp_path / "connectors.toml"
    file.write_text(CRM, "utf-8")
    store = elsewhere(load_connectors(file)["request_return"].function)
    with pytest.raises(ToolError) as caught:
        store.act(replace(DEED, arguments={"number": "48215", "item": "the first"}), FACTS, "c1")
    assert caught.value.code == "tool.refused"
    assert states(database.path) == []


def test_what_was_not_done_and_can_not_be_taken_out_again_is_told_as_not_done(
    elsewhere, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And from then on as in doubt: a person looks."""
    monkeypatch.setattr("runtime.agent.database.WRITE_WAIT", 0.01)
    other = sqlite3.connect(database.path, isolation_level=None)

    def deed(_: object, **__: object) -> dict[str, object]:
        other.execute("BEGIN IMMEDIATE")
        raise ToolError("tool.unreachable", "nobody listens")

    store = elsewhere(deed)
    with closing(other), capture_logs() as logs, pytest.raises(ToolError, match="nobody listens"):
        store.act(DEED, FACTS, "c1")
    assert [line["event"] for line in logs] == ["effect_not_withdrawn"]
    with pytest.raises(ToolError) as caught:
        store.act(DEED, FACTS, "c1")
    assert caught.value.code == UNSURE


def test_who_wanted_it_is_told_and_a_person_looks(elsewhere, retail: Pack, judge: Judge) -> None:
    def deed(_: object, **__: object) -> dict[str, object]:
        raise ConnectionResetError("cut")

    store = elsewhere(deed)
    conversation = Conversation(Agent(retail, store, judge, lambda: TUESDAY), "es")
    conversation.say("quiero devolver el pedido 48215")
    conversation.say("la primera")
    said = conversation.say("sí")
    assert "no sé si ha llegado a hacerse" in said
    assert conversation.reply.action == "to_person"
    assert conversation.reply.failed == UNSURE
    story = Story().after("return_request", conversation.state, (), unsure=True)
    briefed = " ".join(conversation.agent.brief(story, "es"))
    assert "compruebe" in briefed
    assert "ya está solicitada" not in briefed
    assert "no sé si ha llegado a hacerse" in conversation.say("deshazlo")
    assert conversation.reply.action == "to_person"


def test_a_ledger_of_an_earlier_version_goes_on(database: Database) -> None:
    with closing(sqlite3.connect(database.path)) as db, db:
        db.execute("DROP TABLE effects")
        db.execute(
            "CREATE TABLE effects (key TEXT PRIMARY KEY, tool TEXT NOT NULL, arguments TEXT NOT NULL,"
            " result TEXT NOT NULL, done TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP)"
        )
        db.execute(
            """INSERT INTO effects (key, tool, arguments, result) VALUES ('k1', 'request_return', '{}', '{"x": 1}')"""
        )
    database.prepare(TUESDAY)
    assert database.act(DEED, FACTS, "c1") == {"x": 1}
    assert database.act(replace(DEED, key="k2"), FACTS, "c1")["outcome"] == "done"


def test_a_database_from_before_people_were_identified_goes_on(database: Database) -> None:
    def columns(path: Path) -> dict[str, list[tuple[object, ...]]]:
        with closing(sqlite3.connect(path)) as db:
            tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {table: db.execute(f"PRAGMA table_info({table})").fetchall() for table in tables}

    new = columns(database.path)
    with closing(sqlite3.connect(database.path)) as db, db:
        for table in new:
            if table.startswith("identity_") or table == "outbox":
                db.execute(f"DROP TABLE {table}")
        db.execute("ALTER TABLE effects DROP COLUMN customer")
    database.prepare(TUESDAY)
    assert columns(database.path) == new
    with closing(sqlite3.connect(database.path)) as db:
        assert new_code(db, "7", 1_800_000_000.0)


# Undo


def test_only_what_this_conversation_did(talk: Talk) -> None:
    one, two = talk("en", "one"), talk("en", "two")
    one.say("I want to return order 48215")
    one.say("the first one")
    one.say("yes")
    assert one.reply.messages[-1].choices[-1].id == "undo"
    assert "nothing to undo" in two.say("undo that")
    one.say("", choice="undo")
    assert one.state.expect.kind == "yes_no"
    one.say("no")
    assert "200001" in one.say("cancel that")  # with nothing open, what was done is meant
    one.say("yes")
    assert one.plan is not None
    assert [effect.tool for effect in one.plan.effects] == ["withdraw_return"]


def test_what_has_no_way_back_is_offered_to_a_person(talk: Talk) -> None:
    conversation = talk("en")
    conversation.say("change the delivery of order 48213")
    conversation.say("November 26th")
    while conversation.state.expect.kind != "yes_no":
        conversation.say("the first one")
    conversation.say("yes")
    assert conversation.reply.messages[-1].choices == ()
    assert "can't undo it" in conversation.say("undo that")
    conversation.say("yes please")
    assert conversation.reply.action == "to_person"


@pytest.mark.parametrize(
    "text",
    ["deshazlo", "quiero deshacerlo", "¿puede deshacer eso?", "deshaga la devolución", "undo", "undo that, please",
     "can you undo it?", "échelo para atrás", "déjalo como estaba", "please revert that"],
)  # fmt: skip
def test_asks_to_undo(text: str) -> None:
    assert wants_undo(text)


@pytest.mark.parametrize(
    "text",
    ["quiero deshacer de la mesa", "deshacerme de un sofá", "quiero devolver un pedido", "cancelar", "take it back",
     "can I bring back a drill", "vuelva a decirlo", "undoing"],
)  # fmt: skip
def test_asks_for_something_else(text: str) -> None:
    assert not wants_undo(text)


def test_calling_off() -> None:
    assert calls_off("cancélalo")
    assert calls_off("anule eso")
    assert not calls_off("déjalo")


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("flows/withdraw_return.toml", 'undoes = "request_return"', 'undoes = "refund"', "changes nothing"),
        ("flows/withdraw_return.toml", 'undoes = "request_return"', 'undoes = "change_delivery"', "effect.case"),
        ("flows/withdraw_return.toml", 'undoes = "request_return"', "", "intents"),
        ("flows/withdraw_return.toml", "$effect.case", "$effect.cases", "effect.cases"),
        ("tools.py", 'outcome: Literal["done", "refused"]\n\n\ndef with', "outcome: str\n\n\ndef with", "undoes"),
        (
            "tools.py",
            "today: date, number: str, item: str) -> Return:",
            "deliver: object, number: str, item: str) -> Return:",
            "deliver",
        ),
        ("tools.py", "RETURN_DAYS = 30", 'OUTSIDE = ("refund",)\nRETURN_DAYS = 30', "not in ACTS"),
    ],
)
def test_mistakes(tmp_path: Path, retail: Pack, file: str, old: str, new: str, named: str) -> None:
    folder = Path(shutil.copytree(retail.folder, tmp_path / "pack"))
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(PackError, match=named) as caught:
        load_pack(folder)
    assert re.search(r"(withdraw_return.toml|tools.py):\d+: ", caught.value.message)
