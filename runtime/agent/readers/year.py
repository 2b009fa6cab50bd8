"""A year that has been, as people say the one that they were born in: «el noventa», "nineteen ninety", 1990, '90."""

import re

from runtime.agent import Expect
from runtime.agent.flow import Slot
from runtime.agent.numbers import DigitRun, digit_runs, find_number, ungrouped
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.words import fold

_FIRST = 1880
_CENTURIES = ("19", "20")
_BORN = re.compile(r"\b(?:naci\w*|nacimiento|born|birth)\b")


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    text, this = ungrouped(hearing.text), hearing.ground.today.year
    if not hearing.asked and not _BORN.search(fold(text)):
        return None
    run = find_number(text, hearing.language, 4, 4)
    if run and _FIRST <= int(run.digits) <= this:
        return Reading(run.digits, taken=_words(run))
    if not hearing.asked:
        return None
    short = [run for run in digit_runs(text, hearing.language) if len(run.digits) == 2]
    if not short:
        return None
    digits, taken = short[-1].digits, _words(short[-1])
    if hearing.held:
        return Reading(hearing.held + digits, taken=taken)
    if digits in _CENTURIES:
        return Reading(held=digits, taken=taken, sure=0.8)
    century = 100 * (this // 100)
    return Reading(str(century + int(digits) - (100 if century + int(digits) > this else 0)), taken=taken)


def _words(run: DigitRun) -> frozenset[int]:
    return frozenset(range(run.first, run.last + 1))


def expected(slot: Slot, held: str) -> Expect:
    return Expect("digits", digits=4, most=4, held=len(held))


READER = Reader(
    read,
    order=50,
    expect=expected,
    called={"es": ("ano", "nacimiento"), "en": ("year", "birth")},
    more=lambda held: ("digits_more", {"held": " ".join(held)}),
    anywhere=True,
)
