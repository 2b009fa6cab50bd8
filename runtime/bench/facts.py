"""Numbers and names in what is said: do they come from the data, the phrases, the documents or the customer?"""

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import date, timedelta
from typing import TYPE_CHECKING

from phonenumbers import NumberParseException

from runtime.agent import Language, Value
from runtime.agent.database import Database
from runtime.agent.numbers import digit_runs
from runtime.agent.pack import Pack
from runtime.agent.phrases import KINDS
from runtime.agent.words import fold
from runtime.messages import Message

if TYPE_CHECKING:
    from runtime.bench.scripted import WatchedTurn

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NAME = re.compile(r"(?<![.?!:»«…] )(?<!^)(?<![¿¡\"«(])\b[A-ZÁÉÍÓÚÑ][\wáéíóúüñ]+")
"""A capital in the middle of a sentence."""
_YEAR = 366
"""Days around today that may be named."""


class Facts:
    """What may be said in one conversation; `learn` adds what its turns bring."""

    def __init__(self, pack: Pack, database: Database, today: date) -> None:
        self._pack = pack
        self._today = today
        self._known: dict[Language, set[str]] = {language: set() for language in pack.manifest.languages}
        with closing(sqlite3.connect(f"{database.path.as_uri()}?mode=ro", uri=True)) as db:
            tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                for row in db.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  names out of the schema
                    self._values(row)
        for day in (today + timedelta(days=offset) for offset in range(-_YEAR, _YEAR)):
            self._values((day.isoformat(),))
        self._values((pack.manifest.name, *pack.manifest.facts.values()))
        for language in pack.manifest.languages:
            for template in pack.phrases[language].templates():
                self._known[language] |= _tokens(template)
        for (_, written), section in pack.knowledge.items():
            for language, known in self._known.items():
                if written == language:
                    known.update(_tokens(section.spoken) | _tokens(section.shown))

    def learn(self, turn: "WatchedTurn") -> None:
        """What the customer said, and what flows hold after it."""
        heard = turn.plan.heard
        for known in self._known.values():
            known.update(_tokens(heard.text))
            known.update(run.digits for run in digit_runs(heard.text, heard.language))
        for state in (turn.plan.state, turn.after):
            for frame in state.stack if state else ():
                self._values(frame.slots.values())

    def strange(self, message: Message, language: Language) -> set[str]:
        """Numbers and names in `message` that come from nowhere."""
        parts = (message.text, message.detail, *(choice.title for choice in message.choices))
        named = {each for part in parts for each in _tokens(part, names=True)}
        return named - self._known[language]

    def _values(self, values: Iterable[Value]) -> None:
        """As they may be written; what left an account is told without its minus."""
        sizes = [each for value in values for each in ((value, -value) if isinstance(value, int | float) else (value,))]
        for language, known in self._known.items():
            phrases = self._pack.phrases[language]
            for value in sizes:
                for kind in KINDS if isinstance(value, int) or (isinstance(value, str) and len(value) < 40) else ("",):
                    try:
                        written = phrases.fill(f"{{v:{kind}}}", {"v": value}, self._today)
                    except (KeyError, ValueError, NumberParseException):
                        continue
                    known.update(_tokens(written))


def _tokens(text: str, *, names: bool = False) -> set[str]:
    """Numbers as they stand and in their parts, and words; with `names` only numbers and names."""
    numbers = _NUMBER.findall(text)
    if names:
        return {*numbers, *(fold(name) for name in _NAME.findall(text))}
    return {*numbers, *(part for number in numbers for part in re.split(r"[.,:]", number)), *fold(text).split()}
