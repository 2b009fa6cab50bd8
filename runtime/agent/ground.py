"""What one turn stands on: the pack, a reading connection, the day, the language, the names that are known."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.errors import AgentError
from runtime.agent import ANONYMOUS, Identity, Language, Value
from runtime.agent.entities import EntityIndex
from runtime.agent.flow import Slot
from runtime.agent.identity import supplied_customer
from runtime.agent.library import Library
from runtime.agent.pack import Pack
from runtime.agent.phrases import Phrases
from runtime.agent.tools import call
from runtime.agent.words import fold
from runtime.messages import Choice, Message

MOST_OPTIONS = 3
"""What an ear keeps."""


@dataclass(frozen=True, slots=True)
class Ground:
    pack: Pack
    db: sqlite3.Connection
    today: date
    language: Language
    entities: Mapping[str, EntityIndex]
    conversation: str
    identity: Identity = ANONYMOUS
    complained: bool = False
    """Nothing may be sold any more."""
    library: Library | None = None
    """The pack's documents, to look up what nothing else answers; None: they are not asked."""

    @property
    def phrases(self) -> Phrases:
        return self.pack.phrases[self.language]

    @property
    def supplied(self) -> dict[str, Any]:
        return supplied(self.pack, self.language, self.today)

    def message(
        self,
        code: str,
        slots: Mapping[str, Value] | None = None,
        *,
        variant: int = 0,
        choices: tuple[Choice, ...] = (),
        source: str = "",
    ) -> Message:
        """A phrase as a message, with its longer form for the screen."""
        values = slots or {}
        try:
            said = self.phrases.say(code, values, self.today, variant)
            detail = self.phrases.detail(code, values, self.today)
        except (KeyError, ValueError, TypeError) as error:
            raise AgentError("agent.tool_failed", f"phrase {code!r} can't be said: {error!r}") from error
        return Message(said, detail=detail, choices=choices, source=source)

    def read(self, tool: str, arguments: Mapping[str, Value]) -> Any:
        """What a reading tool returns: a row, or a list of rows."""
        found = self.pack.tools[tool]
        return call(found, self.db, {**self.supplied, **supplied_customer(found, self.identity)}, arguments)

    def options(self, slot: Slot, slots: Mapping[str, Value], page: int = 0) -> tuple[Choice, ...]:
        """What can be chosen for a slot, in words, three at most; `page` 1 has the next three."""
        rows = self.read(slot.options, filled(slot.arguments, slots))
        first = page * MOST_OPTIONS
        return tuple(
            Choice(str(row["id"]), self.phrases.say(slot.title, row, self.today))
            for row in rows[first : first + MOST_OPTIONS]
        )

    def named(self, entity: str, identity: str) -> str:
        """The name to say for something of an entity."""
        query = self.pack.manifest.entities[entity].title
        row = self.db.execute(query, {"id": identity, "language": self.language}).fetchone()
        return str(row[0]) if row else identity

    def yes_or_no(self) -> tuple[Choice, ...]:
        return (
            Choice("yes", self.phrases.say("yes", {}, self.today)),
            Choice("no", self.phrases.say("no", {}, self.today)),
        )

    def spoken_list(self, choices: tuple[Choice, ...], *, together: bool = False) -> str:
        """«a, b o c», «a u ocho»; `together`: «a, b y c», «a e hijos»."""
        titles = [choice.title for choice in choices]
        last = fold(titles[-1] if titles else "")
        if self.language == "en":
            joint = " and " if together else " or "
        elif together:
            joint = " e " if last.startswith(("i", "hi")) and not last.startswith("hie") else " y "
        else:
            joint = " u " if last.startswith(("o", "ho", "8")) else " o "
        return joint.join([", ".join(titles[:-1]), titles[-1]] if len(titles) > 1 else titles)


def supplied(pack: Pack, language: Language, today: date) -> dict[str, Any]:
    """What tools may ask for by name."""
    return {"today": today, "language": language, "store": pack.manifest.facts.get("store", "")}


def filled(arguments: Mapping[str, Value], slots: Mapping[str, Value]) -> dict[str, Value]:
    """Arguments with "$slot" replaced by what the slot holds (None when it holds nothing)."""
    return {
        key: slots.get(value[1:]) if isinstance(value, str) and value.startswith("$") else value
        for key, value in arguments.items()
    }
