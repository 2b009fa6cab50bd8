"""A number that names something, of `digits` = [fewest, most]: an order, a case. The digits as text."""

from dataclasses import dataclass

from runtime.agent import Expect, Language
from runtime.agent.clock import read_time
from runtime.agent.days import read_day
from runtime.agent.flow import Slot
from runtime.agent.numbers import DigitRun, digit_runs, find_number, is_weak, ungrouped
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.words import fold

BEGINNING = 3
"""Digits at the end of a sentence from which they are the beginning of the number asked for."""

_MOST_AROUND = 4
"""Words around some digits that still make them a part of an answer."""


@dataclass(frozen=True, slots=True)
class Number:
    """Digits that were said: all that there are to it (`whole`), or only some of them, or too many."""

    digits: str
    whole: bool
    taken: frozenset[int]
    """Which of the folded words said them."""
    others: int
    """Words that are not of the number."""

    @property
    def alone(self) -> bool:
        """Hardly anything but digits was said."""
        return self.others <= _MOST_AROUND


def said(text: str, language: Language, shortest: int, longest: int, *, strict: bool = False) -> Number | None:
    """A number of `shortest`…`longest` digits; else all digits together. `strict`: as in `digit_runs`."""
    words = len(fold(text).split())
    if run := find_number(text, language, shortest, longest, strict=strict):
        return Number(run.digits, True, _words(run), words - len(_words(run)))
    runs = digit_runs(text, language)
    if not runs:
        return None
    taken = frozenset().union(*map(_words, runs))
    return Number("".join(run.digits for run in runs), False, taken, words - len(taken))


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    shortest, longest = slot.digits
    text = ungrouped(hearing.text)
    number = said(text, hearing.language, shortest, longest, strict=not hearing.asked)
    if number is None:
        return None
    if number.whole:
        return Reading(number.digits, taken=number.taken)
    if not hearing.asked:
        last = digit_runs(text, hearing.language)[-1]
        begins = last.last == len(fold(text).split()) - 1 and BEGINNING <= len(last.digits) < shortest
        return Reading(held=last.digits, taken=_words(last)) if begins else None
    weak = all(is_weak(hearing.words[at]) for at in number.taken)
    if not number.alone or (weak and number.others and not hearing.held):  # "the first one"
        return None
    before, digits, taken = str(hearing.before or ""), number.digits, number.taken
    if before and weak:  # "no, the other one"
        return None
    if before and (read_time(text, hearing.language) or read_day(text, hearing.language, hearing.ground.today)):
        return None  # «no, a las seis» is no end of it
    if before:  # «no, el cinco»: the last digits of the one that was said
        ending = before[: -len(digits)] + digits if len(digits) < len(before) else ""
        return Reading(ending, taken=taken, sure=0.5) if ending else None
    digits = hearing.held + digits
    if shortest <= len(digits) <= longest:
        return Reading(digits, taken=taken)
    if len(digits) > longest:
        return Reading(wrong="too_many_digits", taken=taken, notes={"held": None})
    return Reading(held=digits, taken=taken, sure=0.8)


def _words(run: DigitRun) -> frozenset[int]:
    return frozenset(range(run.first, run.last + 1))


def expected(slot: Slot, held: str) -> Expect:
    return Expect("digits", digits=slot.digits[0], most=slot.digits[1], held=len(held))


def mistake(slot: Slot) -> str:
    return "" if 1 <= slot.digits[0] <= slot.digits[1] else "`digits` is [fewest, most]"


READER = Reader(
    read,
    order=40,
    expect=expected,
    called={"es": ("numero", "numeros", "cifras"), "en": ("number", "numbers", "digits")},
    more=lambda held: ("digits_more", {"held": " ".join(held)}),
    mistake=mistake,
    anywhere=True,
)
