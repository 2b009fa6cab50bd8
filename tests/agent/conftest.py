"""The retail pack on the real embedder; a database of its own for each test that asks for one."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import models.sectors
from models.embed import Embedder
from runtime.agent import DialogState, Heard, Language, Plan, Reply
from runtime.agent.database import Database
from runtime.agent.pack import Pack, load_pack
from runtime.agent.planner import Agent
from runtime.agent.route import Judge, make_router

RETAIL = Path(models.sectors.__file__).parent / "retail"
TUESDAY = date(2026, 11, 24)


@pytest.fixture(scope="session")
def retail() -> Pack:
    return load_pack(RETAIL)


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    from models.embed import e5
    from models.store import Store

    return e5.load(Store())


@pytest.fixture(scope="session")
def judge(retail: Pack, embedder: Embedder) -> Judge:
    """Without the language model: what stays in doubt is asked."""
    return Judge(retail, make_router(retail, embedder), None)


@pytest.fixture
def database(retail: Pack, tmp_path: Path) -> Database:
    made = Database(tmp_path / "retail.db", retail)
    made.prepare(TUESDAY)
    return made


@pytest.fixture
def agent(retail: Pack, database: Database, judge: Judge) -> Agent:
    return Agent(retail, database, judge, lambda: TUESDAY)


class Conversation:
    """Says things to an agent the way a session does."""

    def __init__(self, agent: Agent, language: Language = "es", identity: str = "c1") -> None:
        self.agent = agent
        self.language = language
        self.identity = identity
        self.greeting, self.state = agent.open(language, "phone")
        self.reply: Reply = self.greeting
        self.plan: Plan | None = None

    def hear(self, text: str, choice: str = "") -> Plan:
        """Plan only: nothing is done."""
        return self.agent.plan(self.state, Heard(text, self.language, choice=choice), self.identity)

    def say(self, text: str, choice: str = "") -> str:
        """Plan and commit; the words of the reply."""
        self.plan = self.hear(text, choice)
        self.reply, self.state = self.agent.commit(self.plan, self.identity)
        self.language = self.reply.language or self.language
        return " ".join(message.text for message in self.reply.messages)

    def back_to(self, state: DialogState) -> None:
        self.state = state


@pytest.fixture
def talk(agent: Agent) -> Callable[..., Conversation]:
    """Begin a conversation: `talk("en")`."""
    return lambda language="es", identity="c1": Conversation(agent, language, identity)
