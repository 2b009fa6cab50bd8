"""What the bench of the agent counts: it must find what is wrong, not only pass what is right."""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from runtime.agent import DialogState, Heard
from runtime.agent.database import Database
from runtime.agent.heldout import Guess, heldout, score
from runtime.agent.library import Library
from runtime.agent.pack import OUT_OF_SCOPE, Pack, load_pack
from runtime.agent.planner import Agent
from runtime.agent.route import Judge
from runtime.agent.words import fold
from runtime.bench.agent import EXAMPLES, few
from runtime.bench.facts import Facts
from runtime.bench.scripted import gets_a_person, play_pack, waits_for_yes
from runtime.messages import Message
from tests.agent.conversation import TUESDAY

pytestmark = pytest.mark.engine

SCRIPT = """
today = 2026-11-24
[[script]]
name = "move a delivery"
language = "en"
ends = { "SELECT count(*) FROM effects" = 1 }
[[script.turns]]
say = "can you bring order 48213 another day?"
[[script.turns]]
say = "the second one"
[[script.turns]]
say = "yes please"
effects = ["change_delivery"]
"""


@pytest.fixture
def one_script(retail: Pack, tmp_path: Path) -> Pack:
    folder = shutil.copytree(retail.folder, tmp_path / "retail")
    shutil.rmtree(folder / "scripts")
    (folder / "scripts").mkdir()
    (folder / "scripts/one.toml").write_text(SCRIPT, "utf-8")
    return load_pack(folder)


def test_a_script_with_all_that_another_customer_might_say(one_script: Pack, judge: Judge, library: Library) -> None:
    found = play_pack(one_script, judge, library, lambda _: None)
    assert [one.failures for one in found.played] == [[]]
    assert found.effects == 1
    assert found.perturbed > 15
    assert found.unconfirmed == []
    assert found.strange == []
    assert found.refused == []
    assert len(found.seconds) == 3


def test_an_agent_that_takes_anything_for_a_yes_is_found(
    one_script: Pack, judge: Judge, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runtime.agent.understand.confirmed", lambda *_: "yes")
    found = play_pack(one_script, judge, library, lambda _: None)
    assert any("«no»" in line for line in found.unconfirmed)


def test_a_ledger_that_forgets_is_found(
    one_script: Pack, judge: Judge, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, times = Database.act, itertools.count()

    def again(self, effect, supplied, conversation=""):  # type: ignore[no-untyped-def]
        return act(self, replace(effect, key=f"{effect.key}{next(times)}"), supplied, conversation)

    monkeypatch.setattr(Database, "act", again)
    found = play_pack(one_script, judge, library, lambda _: None)
    assert any("done twice" in line for line in found.unconfirmed)


def test_a_person_is_one_yes_away_at_most(agent: Agent) -> None:
    _, state = agent.open("es", "phone")
    assert gets_a_person(agent, state, "quiero hablar con una persona", "es", "c1")
    assert not gets_a_person(agent, state, "¿dónde están las bombillas?", "es", "c2")


def test_a_read_back_is_what_waits_for_a_yes(agent: Agent) -> None:
    _, state = agent.open("en", "phone")
    assert not waits_for_yes(agent.pack, state)

    def say(state: DialogState, text: str) -> DialogState:
        return agent.commit(agent.plan(state, Heard(text, "en"), "c1"), "c1")[1]

    state = say(state, "can you bring order 48213 another day?")
    assert not waits_for_yes(agent.pack, state)
    assert waits_for_yes(agent.pack, say(state, "the second one"))


def test_numbers_and_names_from_nowhere_are_found(retail: Pack, database: Database) -> None:
    facts = Facts(retail, database, TUESDAY)
    assert facts.strange(Message("Your order 48213 comes on Thursday the 26th, it was €5.90."), "en") == set()
    assert facts.strange(Message("Your order 48213 costs €7312.77, says Bartholomew."), "en") == {
        "7312.77", "bartholomew",
    }  # fmt: skip


def test_the_share_that_is_found_is_counted_where_one_in_twenty_is_rejected() -> None:
    inside = [Guess("en", "a", str(at), "a" if at else "b", at / 20, known=at > 4) for at in range(20)]
    outside = [Guess("en", OUT_OF_SCOPE, "", "a", confidence, known=False) for confidence in (0.0, 0.01, 0.9, 0.9)]
    found = score([*inside, *outside])
    assert found.accuracy == 0.95
    assert found.rejected == 0.25
    assert found.recall == 0.5
    assert found.caught == 1.0
    with pytest.raises(ValueError, match="out of it"):
        score(inside)


def test_ten_examples_are_drawn_the_same_way_each_time(retail: Pack) -> None:
    drawn = few(retail, 3)
    assert drawn == few(retail, 3)
    assert drawn != few(retail, 4)
    assert {len(texts) for of in drawn.values() for texts in of.values()} == {EXAMPLES}


def packs() -> Iterator[Path]:
    import models.sectors

    yield from sorted(Path(models.sectors.__file__).parent.glob("*/heldout"))


@pytest.mark.parametrize("folder", packs(), ids=lambda path: path.parent.name)
def test_what_is_held_out_is_no_example(folder: Path) -> None:
    pack = load_pack(folder.parent)
    sentences = heldout(pack)
    for language, examples in pack.examples.items():
        known = {fold(text) for of in examples.values() for text in of}
        of = [(intent, text) for code, intent, text in sentences if code == language]
        assert {intent for intent, _ in of} <= set(examples)
        assert [text for _, text in of if fold(text) in known] == []
        assert len({fold(text) for _, text in of}) == len(of)
