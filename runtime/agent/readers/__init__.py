"""How each type of slot is read out of what was said: one module a type, named after it, with its `READER`.

A new type is one new file here, a row in docs/slots.md, and the phrases that `Reader.wrong` and `Reader.more` name.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from runtime.agent import Expect, Language, Value
from runtime.agent.flow import Slot
from runtime.agent.ground import Ground
from runtime.agent.slots import AROUND
from runtime.agent.words import fold
from runtime.messages import Choice

MOST_AROUND = 3
"""Words of weight around a value that still make it an answer and nothing else: "the number is"."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a reader reads, and all that it may lean on."""

    text: str
    ground: Ground
    asked: bool = True
    """It was asked for. Otherwise the sentence may be about anything, and only what is surely of the type counts."""
    spoken: bool = True
    """False: typed, so that every letter counts."""
    held: str = ""
    """The part of the value that is known already."""
    options: tuple[Choice, ...] = ()
    """What can be chosen, where the type has options."""
    before: Value = None
    """The value that is being corrected."""

    @property
    def language(self) -> Language:
        return self.ground.language

    @property
    def other(self) -> Language:
        return "en" if self.language == "es" else "es"

    @property
    def words(self) -> list[str]:
        return fold(self.text).split()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: a whole `value`, or a part of it (`held`), or one that can't be right (`wrong`: the reason)."""

    value: Value = None
    title: str = ""
    """How it is said back, where the value itself is only an id."""
    held: str = ""
    wrong: str = ""
    taken: frozenset[int] = frozenset()
    """Which of the folded words said it."""
    sure: float = 0.9
    """How much like this type it sounds, 0…1: of two slots that a correction fits, the surer one is meant."""
    notes: Mapping[str, Value] = field(default_factory=dict)
    """What else the flow keeps about the slot, by the name of the note."""

    def around(self, words: Sequence[str]) -> int:
        """How many words of weight were said besides, of so many folded ones."""
        return sum(at not in self.taken and word not in AROUND for at, word in enumerate(words))

    def alone(self, words: Sequence[str]) -> bool:
        """Whether hardly anything else was said."""
        return self.around(words) <= MOST_AROUND


def _any_slot(slot: Slot) -> str:
    return ""


def _never_wrong(slot: Slot) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Reader:
    """One type of slot."""

    read: Callable[[Hearing, Slot], Reading | None]
    order: int
    """Types that leave no doubt read an opening sentence first, and what they took is gone for the others."""
    expect: Callable[[Slot, str], Expect] | None = None
    """(slot, held) → what the turn logic and the keypad should wait for; none: the type itself."""
    called: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    """Folded words for such a value: «la fecha no, la hora» says which slot is meant."""
    more: Callable[[str], tuple[str, Mapping[str, Value]]] | None = None
    """held → the phrase that asks for the rest of the value, and its fields."""
    phrases: tuple[str, ...] = ()
    """The phrases of `more`, which a pack that uses the type has."""
    wrong: Callable[[Slot], tuple[str, ...]] = _never_wrong
    """Reasons for which a value can't be right: a pack that uses the type has the phrases "wrong.<reason>"."""
    mistake: Callable[[Slot], str] = _any_slot
    """What is wrong with how a pack writes the slot; empty: nothing."""
    opening: bool = True
    """Whether a sentence that was not asked for can fill it."""
    by_name: bool = False
    """Whether a correction fits it only where it names the slot: almost anything could be such a value."""
    takes: bool = True
    """Whether the words that said it can say nothing else in an opening sentence."""
    anywhere: bool = False
    """Whether it is an answer also as one word of a longer question."""
    entity: bool = True
    """Whether `of`, where the slot has it, is an entity of the pack."""

    def expected(self, slot: Slot, held: str = "") -> Expect:
        return self.expect(slot, held) if self.expect else Expect(slot.type)


@cache
def types() -> tuple[str, ...]:
    """All types of slot, by name."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__)))


@cache
def reader(kind: str) -> Reader:
    """The reader of a type. Raises KeyError."""
    if kind not in types():
        raise KeyError(kind)
    found: Reader = importlib.import_module(f"{__name__}.{kind}").READER
    return found


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    """What `slot` is in what was heard."""
    return reader(slot.type).read(hearing, slot)
