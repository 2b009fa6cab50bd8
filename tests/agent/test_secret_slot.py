"""A slot that only the payment provider may know."""

from pathlib import Path

import pytest

from core.errors import ConfigError, PackError
from runtime import engines
from runtime.agent import DialogState, Expect, Heard, Plan
from runtime.agent.database import Database
from runtime.agent.pack import load_pack
from runtime.agent.planner import Agent
from runtime.agent.route import Judge
from runtime.config import Agent as AgentSettings
from runtime.config import Settings
from tests.agent.conversation import TUESDAY
from tests.paying_pack import paying_pack

pytestmark = pytest.mark.engine


@pytest.fixture
def paying(judge: Judge, tmp_path: Path) -> Agent:
    pack = load_pack(paying_pack(tmp_path))
    database = Database(tmp_path / "paying.db", pack)
    database.prepare(TUESDAY)
    return Agent(pack, database, judge, lambda: TUESDAY)


def answer(agent: Agent, state: DialogState, text: str = "", token: str = "", choice: str = "") -> Plan:
    return agent.plan(state, Heard(text, "en", spoken=not token, token=token, choice=choice), "c1")


@pytest.fixture
def asked(paying: Agent) -> DialogState:
    plan = answer(paying, DialogState(), "what is your address?")
    assert plan.reply is not None
    assert "key in the number of your card" in plan.reply.messages[-1].text
    return plan.state


def test_a_token_fills_it_and_the_flow_goes_on(paying: Agent, asked: DialogState) -> None:
    assert asked.expect == Expect("secret", 13, 19)
    plan = answer(paying, asked, "•" * 16, token="local-1")
    assert plan.reply is not None
    assert "is at" in plan.reply.messages[0].text
    assert plan.state.stack[-1].slots["card"] == "local-1"


def test_nothing_that_is_said_or_typed_fills_it(paying: Agent, asked: DialogState) -> None:
    for text in ("4539148803436467", "four five three nine", "yes", "", "local-1"):
        plan = answer(paying, asked, text)
        assert plan.state.stack[-1].slots.get("card") is None
        assert plan.reply is not None
        assert plan.reply.messages[-1].text == "Please key it in once more."


def test_a_second_failure_leads_to_a_person(paying: Agent, asked: DialogState) -> None:
    again = answer(paying, asked).state
    assert again.expect.kind == "secret"
    plan = answer(paying, again)
    assert plan.reply is not None
    assert plan.reply.action == "to_person"
    assert plan.state.expect.kind != "secret"


def test_a_button_still_leads_out_of_it(paying: Agent, asked: DialogState) -> None:
    plan = answer(paying, asked, choice="person")
    assert plan.reply is not None
    assert plan.reply.action == "to_person"


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [
        ('ask = "card.ask"', 'ask = "card.ask"\noptional = true', "neither optional"),
        ('ask = "card"', 'ask = "card"\n\n[[steps]]\nsay = "card.said"', "says the secret {card}"),
    ],
)
def test_a_pack_that_would_give_it_away_is_refused(tmp_path: Path, old: str, new: str, names: str) -> None:
    pack = paying_pack(tmp_path)
    flow = pack / "flows" / "address.toml"
    text = flow.read_text("utf-8")
    flow.write_text(
        text.replace(old, new, 1) if "optional" in new else text.replace(f"{old}\n", f"{new}\n", 1), "utf-8"
    )
    for language in ("es", "en"):
        phrases = pack / "phrases" / f"{language}.toml"
        said = phrases.read_text("utf-8").replace("go_ahead =", '"card.said" = ["{card}"]\ngo_ahead =', 1)
        phrases.write_text(said, "utf-8")
    with pytest.raises(PackError, match=names):
        load_pack(pack)


async def test_a_device_without_a_provider_does_not_take_such_a_pack(tmp_path: Path) -> None:
    settings = Settings(agent=AgentSettings(pack=str(paying_pack(tmp_path))), data=str(tmp_path))
    with pytest.raises(ConfigError, match=r"address asks for a secret.*\[payments\]"):
        await engines.load_text(settings)
