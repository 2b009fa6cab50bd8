"""A call to the bank in the real session, with the real agent: keyed in, checked, answered, and written nowhere."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

import models.sectors
from models.embed import Embedder
from runtime.agent.database import Database
from runtime.agent.pack import load_pack
from runtime.agent.planner import Agent
from runtime.agent.route import Judge, make_router
from runtime.events import Kept, Replied, UserSaid
from tests.agent.conversation import TUESDAY
from tests.runtime.counter import Counter
from tests.runtime.test_secret import press_all, written
from tests.runtime.test_session import talk

pytestmark = pytest.mark.engine

PIN, WRONG, BALANCE = "7730", "9518", "1120.40"


@pytest.fixture(scope="module")
def judge(embedder: Embedder) -> Judge:
    pack = load_pack(Path(models.sectors.__file__).parent / "banking")
    return Judge(pack, make_router(pack, embedder), None)


@pytest.fixture
def agent(judge: Judge, tmp_path: Path) -> Agent:
    pack = load_pack(Path(models.sectors.__file__).parent / "banking")
    store = Database(tmp_path / "bank.db", pack)
    store.prepare(TUESDAY)
    return Agent(pack, store, judge, lambda: TUESDAY)


async def typed(counter: Counter, text: str) -> None:
    counter.channel.send(UserSaid(text=text, language="en", spoken=False))
    await asyncio.sleep(14)


def test_a_balance_by_pin(agent: Agent, tmp_path: Path) -> None:
    heard: dict[str, list[str]] = {}

    async def customer(counter: Counter) -> None:
        counter.channel.language = "en"
        await asyncio.sleep(20)
        await typed(counter, "what's my balance?")
        await typed(counter, "302780")
        await typed(counter, "with the PIN")
        heard["before"] = counter.said()
        await press_all(counter, WRONG)
        await asyncio.sleep(14)
        heard["wrong"] = counter.said()
        await press_all(counter, PIN)
        await asyncio.sleep(14)

    def counter() -> Counter:
        made = Counter()
        made.script = agent  # type: ignore[assignment]
        made.vault = None  # type: ignore[assignment]
        return made

    with capture_logs() as logs:
        call = talk(counter, customer)
    assert BALANCE not in repr(heard)
    assert f"€{BALANCE}" in " ".join(call.said())
    assert len(call.recorder.of(Kept)) == 2
    assert call.recorder.of(Replied)[-1].state.identity.level == "verified"
    everything = written(call) + repr(logs).encode()
    everything += b"".join(path.read_bytes() for path in tmp_path.glob("bank.db*"))
    for digits in (PIN, WRONG):
        assert digits.encode() not in everything
        assert " ".join(digits).encode() not in everything


def test_where_there_are_no_keys_no_pin_is_asked_for_aloud(agent: Agent) -> None:
    async def customer(counter: Counter) -> None:
        counter.channel.has_keys = False
        await asyncio.sleep(20)
        await typed(counter, "what's my balance?")
        await typed(counter, "302780")
        await typed(counter, "with the PIN")

    def counter() -> Counter:
        made = Counter()
        made.script = agent  # type: ignore[assignment]
        return made

    call = talk(counter, customer)
    assert "key it in" not in " ".join(call.said())
    assert any("put you through to a person" in said for said in call.said())
    assert BALANCE not in repr(call.said())
