"""The law as behaviour, over every pack that comes along; docs/compliance.md names each of these tests."""

import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import cast, get_args, get_type_hints

import pytest
from typer.testing import CliRunner

import models.sectors
from core.errors import PackError
from runtime.agent import DialogState, Expect, Frame, Heard, Language, Plan, Reply
from runtime.agent.database import Database
from runtime.agent.erasure import erase_customer
from runtime.agent.flow import Ask, Confirm, Flow, Offer, step_id
from runtime.agent.pack import Pack, load_pack
from runtime.agent.planner import Agent
from runtime.agent.readers import reader
from runtime.agent.route import Judge, Judged
from runtime.commands.pack import app
from runtime.events import Attached

pytestmark = pytest.mark.unit

TODAY = date(2026, 11, 24)
FOLDERS = sorted(path.parent for path in Path(models.sectors.__file__).parent.glob("*/pack.toml"))
CHANNELS = get_args(get_type_hints(Attached)["channel"])
LANGUAGES: tuple[Language, ...] = ("es", "en")
DOCUMENT = Path(__file__).parents[2] / "docs/compliance.md"

packs = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


class Rules:
    """A judge that may not be asked: what is tested here works by rule."""

    def judge(self, text: str) -> Judged:
        raise AssertionError(f"the router was asked about {text!r}")


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Agent]:
    made: dict[Path, Agent] = {}

    def agent(folder: Path) -> Agent:
        if folder not in made:
            pack = load_pack(folder)
            database = Database(tmp_path_factory.mktemp("agents") / f"{folder.name}.db", pack)
            database.prepare(TODAY)
            made[folder] = Agent(pack, database, cast(Judge, Rules()), lambda: TODAY)
        return made[folder]

    return agent


@pytest.fixture(scope="module")
def seeded(agents: Callable[[Path], Agent], tmp_path_factory: pytest.TempPathFactory) -> Database:
    pack = agents(FOLDERS[0].parent / "telecoms").pack
    database = Database(tmp_path_factory.mktemp("seeded") / "telecoms.db", pack)
    database.prepare(TODAY)
    return database


@pytest.fixture
def telecoms(agents: Callable[[Path], Agent], seeded: Database, tmp_path: Path) -> Agent:
    """With a database of its own."""
    pack = agents(FOLDERS[0].parent / "telecoms").pack
    copied = Path(shutil.copyfile(seeded.path, tmp_path / "telecoms.db"))
    return Agent(pack, Database(copied, pack), cast(Judge, Rules()), lambda: TODAY)


def go_on(agent: Agent, state: DialogState, *turns: str, language: Language = "es") -> tuple[list[Reply], DialogState]:
    """Say, touch what begins with "intent:", or key in what begins with "pin:", one thing after the other."""
    replies: list[Reply] = []
    for turn in turns:
        match turn.partition(":"):
            case "intent", _, _:
                heard = Heard("", language, spoken=False, choice=turn)
            case "pin", _, digits:
                heard = Heard("", language, spoken=False, token=agent.keep(memoryview(digits.encode())))
            case _:
                heard = Heard(turn, language)
        plan = agent.plan(state, heard, "c1")
        reply, state = agent.commit(plan, "c1")
        replies.append(reply)
    return replies, state


def text(reply: Reply) -> str:
    return " ".join(message.text for message in reply.messages)


# EU AI Act, article 50: first contact


@packs
def test_first_contact_says_what_it_is_and_how_to_reach_a_person(agents: Callable[[Path], Agent], folder: Path) -> None:
    agent = agents(folder)
    for language, words in (("es", ("automátic", "persona")), ("en", ("automatic", "person"))):
        for channel in CHANNELS:
            reply, _ = agent.open(cast(Language, language), channel)
            assert all(word in text(reply) for word in words), (language, channel, text(reply))
        called = agent.say("callout.greeting_anyone", cast(Language, language), {"why": "x"})
        assert all(word in called for word in words), called


@packs
def test_who_asks_whether_it_is_a_machine_is_told(agents: Callable[[Path], Agent], folder: Path) -> None:
    agent = agents(folder)
    for language, word in (("es", "automático"), ("en", "automatic")):
        [reply], _ = go_on(agent, DialogState(), "intent:bot", language=cast(Language, language))
        assert word in text(reply)


# Ley 10/2025: a person


PERSON = ("quiero hablar con una persona", "operadora", "páseme con un agente", "I want to talk to a person", "0")


def waiting(pack: Pack) -> Iterator[tuple[Flow, str, Expect]]:
    """Every step at which a flow waits for the customer."""
    for flow in pack.flows.values():
        for at, step in enumerate(flow.steps):
            if isinstance(step, Ask) and not flow.slots[step.ask].optional:
                yield flow, step_id(step, at), reader(flow.slots[step.ask].type).expected(flow.slots[step.ask])
            elif isinstance(step, Confirm | Offer):
                yield flow, step_id(step, at), Expect("yes_no")


@packs
def test_a_person_at_every_step_of_every_flow(agents: Callable[[Path], Agent], folder: Path) -> None:
    agent = agents(folder)
    steps = list(waiting(agent.pack))
    assert len(steps) > len(agent.pack.flows) / 2
    for flow, step, expect in steps:
        state = DialogState((Frame(flow.id, step),), expect)
        spoken = () if expect.kind == "secret" else PERSON  # nothing is listened to while a secret is keyed in
        heard = [Heard(words, language) for words in spoken for language in LANGUAGES]
        for each in (*heard, Heard("", "es", spoken=False, choice="person")):
            plan = agent.plan(state, each, "c1")
            assert plan.reply is not None, (flow.id, step, each)
            assert (plan.reply.action, plan.effects) == ("to_person", ()), (flow.id, step, each)


@packs
def test_a_person_from_the_first_word_on(agents: Callable[[Path], Agent], folder: Path) -> None:
    agent = agents(folder)
    for language in LANGUAGES:
        for channel in CHANNELS:
            _, state = agent.open(language, channel)
            for words in PERSON:
                assert go_on(agent, state, words, language=language)[0][0].action == "to_person"


# A complaint: a key and a receipt, and nothing sold


@packs
def test_a_complaint_gets_a_key_or_a_person(agents: Callable[[Path], Agent], folder: Path) -> None:
    """Either the pack registers it (and `pack check` asks for key and receipt), or a person does."""
    agent = agents(folder)
    assert agent.pack.complaints or "complaint" in agent.pack.manifest.sensitive
    if "complaint" in agent.pack.manifest.sensitive:
        assert go_on(agent, DialogState(), "intent:complaint")[0][0].action == "to_person"


COMPLAINT = ("intent:complaint", "factura", "910204815")
BILL = ("intent:bill", "910204815", "pin:4821")


@pytest.mark.parametrize(("language", "yes"), [("es", "sí"), ("en", "yes")])
def test_a_complaint_leaves_its_key_in_words_and_a_receipt_on_a_screen(
    telecoms: Agent, language: Language, yes: str
) -> None:
    topic = {"es": "la factura", "en": "the bill"}[language]
    replies, _ = go_on(telecoms, DialogState(), "intent:complaint", topic, "910204815", yes, language=language)
    [message] = replies[-1].messages
    with telecoms.database.reading() as db:
        [case] = db.execute("SELECT max(case_number) FROM complaints").fetchone()
    assert str(case) in message.text
    assert all(word in message.detail for word in (str(case), "910204815", TODAY.isoformat()))


def test_a_complaint_that_was_made_twice_has_one_key(telecoms: Agent) -> None:
    first, state = go_on(telecoms, DialogState(), *COMPLAINT, "sí")
    again, _ = go_on(telecoms, state, *COMPLAINT)
    [case] = re.findall(r"\d{6}", text(first[-1]))
    assert case in text(again[-1])


def test_nothing_is_sold_during_a_complaint_nor_after_it(telecoms: Agent) -> None:
    offer = telecoms.phrase("bill.cheaper", "es")
    assert offer in text(go_on(telecoms, DialogState(), *BILL)[0][-1])
    for before in (
        COMPLAINT[:1],
        COMPLAINT[:2],
        (*COMPLAINT, "sí"),
        (*COMPLAINT, "no"),
        ("intent:complaint", "cancelar"),
    ):
        _, state = go_on(telecoms, DialogState(), *before)
        replies, state = go_on(telecoms, state, *BILL)
        assert not any(offer in text(reply) for reply in replies), before
        replies, _ = go_on(telecoms, state, "cancelar", "in English please", "en español por favor", BILL[0])
        assert not any(offer in text(reply) for reply in replies), before


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDERS[0].parent / "telecoms", tmp_path / "pack"))


@pytest.mark.parametrize(
    ("path", "old", "new", "names"),
    [
        ("flows/complaint.toml", 'say = "complaint.done"', 'say = "complaint.done"\nsells = true', "nothing is sold"),
        ("flows/complaint.toml", '"result.case"', '"result.cases"', "result.cases"),
        ("flows/complaint.toml", '"result.case"', '"found.case"', "found.case"),
        ("phrases/en.toml", "Your case key is {result.case}: please keep it.", "Keep it.", "receipt (en)"),
        ("phrases/es.toml", "reclamación\\nClave: {result.case}", "reclamación", "receipt (es)"),
        ("pack.toml", 'WHERE id = :customer"\nerase', 'WHERE id = 1"\nerase', "no :customer"),
        ("pack.toml", "DELETE FROM sim_orders WHERE line IN", "DELETE FROM sim_order WHERE line IN", "sim_order"),
        ("pack.toml", 'keeps = "', 'keeps = ""  # "', "keeps"),
    ],
)
def test_a_pack_that_would_break_the_rules_is_named(copy: Path, path: str, old: str, new: str, names: str) -> None:
    whole = (copy / path).read_text("utf-8")
    assert old in whole
    (copy / path).write_text(whole.replace(old, new, 1), "utf-8")
    with pytest.raises(PackError, match=r"\.toml:\d+: ") as caught:
        load_pack(copy)
    assert names in caught.value.message


# The customer's language


@packs
def test_the_language_changes_at_any_question(agents: Callable[[Path], Agent], folder: Path) -> None:
    """What was open is asked again in the language that was asked for."""
    agent = agents(folder)
    for intent, flow in agent.pack.by_intent.items():
        _, state = go_on(agent, DialogState(), f"intent:{intent}", language="es")
        plan: Plan = agent.plan(state, Heard("English please", "es"), "c1")
        assert plan.reply is not None
        assert plan.reply.language == "en", flow.id
        assert text(plan.reply).startswith(agent.phrase("language_switched", "en")), flow.id
        if state.stack and state.expect.kind != "anything":
            assert len(plan.reply.messages) > 1, flow.id


# What is kept


@packs
def test_every_pack_says_how_long_it_keeps_what(agents: Callable[[Path], Agent], folder: Path) -> None:
    assert "effects" in agents(folder).pack.manifest.retention


def on_disk(path: Path) -> bytes:
    """The database's file and its log, as they lie there."""
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


def test_what_has_expired_is_in_no_byte_of_the_file(telecoms: Agent) -> None:
    path = telecoms.database.path
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(
            "INSERT INTO effects (key, tool, arguments, result, done)"
            " VALUES ('k', 't', 'LETRERO-VIEJO', '{}', '2025-01-01')"
        )
    assert b"LETRERO-VIEJO" in on_disk(path)
    Database(path, telecoms.pack).prepare(TODAY)
    assert b"LETRERO-VIEJO" not in on_disk(path)


def test_a_customer_who_asks_for_it_is_in_no_byte_of_the_file(telecoms: Agent, tmp_path: Path) -> None:
    path = telecoms.database.path
    go_on(telecoms, DialogState(), "intent:no_signal", "612304815", "no", "no", "sí")
    assert telecoms.pack.manifest.erasure is not None
    assert b"Marta Navarro" in on_disk(path)
    assert b'{"line": "612304815"}' in on_disk(path)
    assert erase_customer(path, telecoms.pack.manifest.erasure, "1") >= 3
    assert b"Marta Navarro" not in on_disk(path)
    assert b'{"line": "612304815"}' not in on_disk(path)
    with telecoms.database.reading() as db:
        assert db.execute("SELECT count(*) FROM bills WHERE line = '612304815'").fetchone() == (2,)  # the law keeps
        assert db.execute("SELECT count(*) FROM sim_orders").fetchone() == (0,)
        assert db.execute("SELECT name FROM customers WHERE id = 2").fetchone() == ("Iván Serrano",)


@pytest.mark.parametrize(
    ("pack", "customer", "given", "gone", "stays"),
    [
        (
            "retail", "682262062", "UPDATE effects SET arguments = '{\"number\": \"48215\"}'",
            ("SELECT 1 FROM orders WHERE phone = '682262062'", "SELECT 1 FROM effects"),
            ("SELECT 1 FROM orders WHERE number = '48215'", "SELECT 1 FROM order_lines WHERE number = '48215'"),
        ),
        (
            "retail", "602201054", "", (), ("SELECT 1 FROM orders WHERE phone = '602201054' AND state = 'shipped'",),
        ),
        (
            "banking", "301245", ("INSERT INTO openings VALUES (9000, '2020-01-08', '10:00');"
            " INSERT INTO appointments VALUES (1, '301245', 9000, '2020-01-07')"),
            ("SELECT 1 FROM appointments WHERE customer = '301245'", "SELECT 1 FROM payees WHERE id = 'p2'"),
            ("SELECT 1 FROM payees WHERE id = 'p1'", "SELECT 1 FROM transfers", "SELECT 1 FROM effects"),
        ),
        (
            "health", "205190", "UPDATE effects SET customer = '205190'",
            ("SELECT 1 FROM patients WHERE phone = '600 555 090'", "SELECT 1 FROM effects"),
            ("SELECT 1 FROM patients WHERE number = '205190' AND name <> ''",),
        ),
        (
            "health", "204518", ("UPDATE openings SET day = '9999-01-01' WHERE id IN (SELECT opening FROM appointments"
            " WHERE reference = 700101)"),
            (), ("SELECT 1 FROM patients WHERE phone = '600 555 018'", "SELECT 1 FROM effects"),
        ),
        (
            "public", "12345678Z", ("UPDATE appointments SET state = 'cancelled' WHERE locator = 410001;"
            " UPDATE effects SET customer = '12345678Z'"),
            ("SELECT 1 FROM appointments WHERE locator = 410001", "SELECT 1 FROM effects"),
            ("SELECT 1 FROM files WHERE nif = '12345678Z'",),
        ),
    ],
)  # fmt: skip
def test_erasing_takes_what_no_law_keeps(
    pack: str, customer: str, given: str, gone: tuple[str, ...], stays: tuple[str, ...], tmp_path: Path
) -> None:
    loaded = load_pack(FOLDERS[0].parent / pack)
    database = Database(tmp_path / "pack.db", loaded)
    database.prepare(TODAY)
    with closing(sqlite3.connect(database.path)) as db, db:
        db.execute("INSERT INTO effects (key, tool, arguments, result) VALUES ('k', 't', '{}', '{}')")
        db.executescript(given)
        for query in (*gone, *stays):
            assert db.execute(query).fetchone(), f"nothing there to begin with: {query}"
    assert loaded.manifest.erasure is not None
    erase_customer(database.path, loaded.manifest.erasure, customer)
    with database.reading() as db:
        assert [query for query in gone if db.execute(query).fetchone()] == []
        assert [query for query in stays if not db.execute(query).fetchone()] == []


@packs
def test_every_pack_can_erase_a_customer(folder: Path) -> None:
    erasure = load_pack(folder).manifest.erasure
    assert erasure is not None
    assert erasure.keeps


def test_erasing_from_the_command_line(telecoms: Agent, tmp_path: Path) -> None:
    config = tmp_path / "device.toml"
    config.write_text(f'[agent]\npack = "telecoms"\ndatabase = "{telecoms.database.path}"\n', "utf-8")
    done = CliRunner().invoke(app, ["erase", "1", "--config", str(config), "--json"])
    assert done.exit_code == 0
    assert '"customer": "1"' in done.stdout
    without = shutil.copytree(FOLDERS[0].parent / "telecoms", tmp_path / "without")
    manifest = (without / "pack.toml").read_text("utf-8")
    start = manifest.index("[erasure]")
    (without / "pack.toml").write_text(manifest[:start] + manifest[manifest.index("[facts]") :], "utf-8")
    for customer, pack, code in (("999999", "telecoms", "agent.no_customer"), ("1", without, "pack.erasure")):
        config.write_text(f'[agent]\npack = "{pack}"\ndatabase = "{telecoms.database.path}"\n', "utf-8")
        refused = CliRunner().invoke(app, ["erase", customer, "--config", str(config)])
        assert refused.exit_code == 1
        assert code in refused.stderr


def test_a_database_that_is_read_elsewhere_is_said_to_be(telecoms: Agent) -> None:
    from core.errors import AgentError

    assert telecoms.pack.manifest.erasure is not None
    with closing(sqlite3.connect(telecoms.database.path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM customers").fetchone()
        with pytest.raises(AgentError) as caught:
            erase_customer(telecoms.database.path, telecoms.pack.manifest.erasure, "1")
    assert caught.value.retryable
    assert erase_customer(telecoms.database.path, telecoms.pack.manifest.erasure, "1") >= 1


# The document


def test_every_test_that_the_document_names_is_there() -> None:
    root = Path(__file__).parents[1]
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", DOCUMENT.read_text("utf-8"))
    assert len(named) >= 12
    for path, test in named:
        assert re.search(rf"def {test}\(", (root.parent / path).read_text("utf-8")), (path, test)
    mine = set(re.findall(r"^def (test_\w+)\(", Path(__file__).read_text("utf-8"), re.MULTILINE))
    assert mine - {test for _, test in named} <= {"test_every_test_that_the_document_names_is_there"}
