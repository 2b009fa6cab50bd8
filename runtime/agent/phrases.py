"""The pack's words: templates with `{slot:kind}`, in several variants, so that nothing is asked twice in one way."""

import string
from collections.abc import Iterator, Mapping
from datetime import date

from msgspec import Struct

from runtime.agent import Language, Value
from runtime.agent.clock import said_moment, said_time
from runtime.agent.days import said_day, short_day
from runtime.agent.defaults import DEFAULTS
from runtime.agent.phones import said_phone

KINDS = frozenset({"", "day", "weekday", "time", "clock", "moment", "money", "term", "phone", "spelled"})
"""What may follow the colon of a field: the way a value is written for the ear."""

CORE = (
    "greeting", "silence", "silence_again", "not_heard", "error", "wait", "goodbye",
    "goodbye_silence", "busy", "stopping", "to_person", "no_person", "unknown", "anything_else", "language_switched",
    "other_language", "slower", "nothing_to_repeat", "cancelled", "nothing_to_cancel", "go_ahead", "clarify",
    "digits_more", "resume", "yes", "no", "person_calling", "person_waiting", "person_found", "person_busy",
    "person_no_answer", "person_lost", "person_back", "brief_accept", "brief_together", "brief_wanted", "brief_asked",
)  # fmt: skip
"""Codes that every pack has: the agent itself says them, or the session does."""


class PhraseFile(Struct, frozen=True, forbid_unknown_fields=True):
    """phrases/<language>.toml: code → variants; code → longer form for a screen; what a stored word is called."""

    say: dict[str, list[str]]
    detail: dict[str, str] = {}
    terms: dict[str, str] = {}


class Phrases:
    """The words of one language."""

    def __init__(self, language: Language, file: PhraseFile, facts: Mapping[str, Value]) -> None:
        self._language = language
        self._file = file
        self._facts = facts
        self._say = {**DEFAULTS[language], **file.say}

    def __contains__(self, code: str) -> bool:
        return code in self._say

    def nearest(self, code: str) -> str:
        """`code`, or what is before its last dot, and so on; "error" at the end."""
        while code not in self:
            code = code.rpartition(".")[0] or "error"
        return code

    def templates(self) -> Iterator[str]:
        """All that is written, for the ear and for a screen, and what stored words are called."""
        for templates in self._file.say.values():
            yield from templates
        yield from self._file.detail.values()
        yield from self._file.terms.values()

    def variants(self, code: str) -> list[str]:
        """All templates of `code`. Raises KeyError."""
        return self._say[code]

    def fixed(self, today: date) -> Iterator[str]:
        """Every phrase that is the same whatever is asked: its fields, if it has any, are facts of the pack."""
        for templates in self._say.values():
            for template in templates:
                if all(name in self._facts for name, _ in fields(template)):
                    yield self.fill(template, {}, today)

    def say(self, code: str, slots: Mapping[str, Value], today: date, variant: int = 0) -> str:
        """`code` for the ear; `variant` counts how often it has been said. After the last one the last two take turns:
        never the same words twice in a row, where there are two."""
        templates = self._say[code]
        last = len(templates) - 1
        at = variant if variant <= last else last - (variant - last) % min(2, len(templates))
        return self.fill(templates[at], slots, today)

    def receipt(self, code: str) -> str:
        """The template of the longer form of `code`, or empty."""
        return self._file.detail.get(code, "")

    def detail(self, code: str, slots: Mapping[str, Value], today: date) -> str:
        """The longer form of `code` for a screen, or empty."""
        template = self._file.detail.get(code, "")
        return self.fill(template, slots, today) if template else ""

    def fill(self, template: str, slots: Mapping[str, Value], today: date) -> str:
        """A template with its fields written out. What a value holds is never read as a template. Raises KeyError."""
        parts: list[str] = []
        for literal, field, kind, _ in string.Formatter().parse(template):
            parts.append(literal)
            if field is not None:
                value = slots[field] if field in slots else self._facts[field]
                parts.append(self._write(value, kind or "", today))
        return "".join(parts)

    def _write(self, value: Value, kind: str, today: date) -> str:
        match kind:
            case "day":
                return said_day(date.fromisoformat(str(value)), self._language, today)
            case "weekday":
                return short_day(date.fromisoformat(str(value)), self._language)
            case "time":
                return str(value).lstrip("0") if not str(value).startswith("00") else str(value)[1:]
            case "clock":
                return said_time(str(value), self._language)
            case "moment":
                return said_moment(str(value), self._language, today)
            case "phone":
                return said_phone(str(value))
            case "spelled":
                return ", ".join(letter for letter in str(value).upper() if not letter.isspace())
            case "money":
                return _money(int(value or 0), self._language)
            case "term":
                return self._file.terms[str(value)]
            case _:
                return str(value)


def _money(cents: int, language: Language) -> str:
    """«12,50 €», "€12.50"; whole amounts without cents."""
    whole, rest = divmod(cents, 100)
    if language == "es":
        return f"{whole},{rest:02d} €" if rest else f"{whole} €"
    return f"€{whole}.{rest:02d}" if rest else f"€{whole}"


def fields(template: str) -> list[tuple[str, str]]:
    """(name, kind) of every field in a template. Raises ValueError when its braces don't match."""
    return [(name, kind or "") for _, name, kind, _ in string.Formatter().parse(template) if name is not None]
