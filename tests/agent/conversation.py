"""Says things to an agent the way a session does."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date

from runtime.agent import DialogState, Heard, Language, Plan, Reply
from runtime.agent.database import Database
from runtime.agent.planner import Agent

TUESDAY = date(2026, 11, 24)


def count(database: Database, table: str) -> int:
    """How many rows `table` has."""
    with closing(sqlite3.connect(database.path)) as db:
        return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


class Conversation:
    """One conversation: `say` plans and commits."""

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


Talk = Callable[..., Conversation]
