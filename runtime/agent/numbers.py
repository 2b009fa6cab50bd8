"""Digits out of speech: "four eight two one three", «cuarenta y ocho dos trece», "48,213", "double three"."""

import re
from dataclasses import dataclass

from runtime.agent import Language
from runtime.agent.words import fold, listed

_ES_UNITS = listed("cero uno dos tres cuatro cinco seis siete ocho nueve")
_ES_TEENS = listed(
    "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos"
    " veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
)
_ES_TENS = listed("treinta cuarenta cincuenta sesenta setenta ochenta noventa")
_ES_HUNDREDS = listed("doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos")
_EN_UNITS = listed("zero one two three four five six seven eight nine")
_EN_TEENS = listed("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
_EN_TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")


@dataclass(frozen=True, slots=True)
class _Words:
    """The number words of one language. `joins` may stand inside a number; `loose`: what recognisers write
    for a digit, believed only when nothing else makes a number of the right length."""

    values: dict[str, int]
    hundred: frozenset[str]
    thousand: str
    joins: frozenset[str]
    repeats: dict[str, int]
    loose: dict[str, int]


_ES = _Words(
    values={
        **{word: value for value, word in enumerate(_ES_UNITS)},
        **{word: value for value, word in enumerate(_ES_TEENS, 10)},
        **{word: value * 10 for value, word in enumerate(_ES_TENS, 3)},
        **{word: value * 100 for value, word in enumerate(_ES_HUNDREDS, 2)},
        **{f"{word[:-2]}as": value * 100 for value, word in enumerate(_ES_HUNDREDS, 2)},
        "un": 1, "una": 1, "veintiun": 21, "veintiuna": 21, "cien": 100, "ciento": 100,
    },
    hundred=frozenset(),
    thousand="mil",
    joins=frozenset({"y"}),
    repeats={"doble": 2, "triple": 3},
    loose={"sero": 0, "o": 0, "sinco": 5, "sais": 6, "osho": 8, "nuebe": 9, "dose": 12, "trese": 13},
)  # fmt: skip
_EN = _Words(
    values={
        **{word: value for value, word in enumerate(_EN_UNITS)},
        **{word: value for value, word in enumerate(_EN_TEENS, 10)},
        **{word: value * 10 for value, word in enumerate(_EN_TENS, 2)},
        "oh": 0, "o": 0, "nought": 0, "fourty": 40,
    },
    hundred=frozenset({"hundred"}),
    thousand="thousand",
    joins=frozenset({"and"}),
    repeats={"double": 2, "triple": 3, "treble": 3},
    loose={"to": 2, "too": 2, "for": 4, "ate": 8, "won": 1, "tree": 3, "sex": 6, "fife": 5, "niner": 9, "owe": 0},
)  # fmt: skip
_NUMBERS: dict[Language, _Words] = {"es": _ES, "en": _EN}
_BETWEEN = {"es": {"luego", "despues", "guion", "coma", "punto"}, "en": {"then", "dash", "hyphen", "comma", "point"}}
_ONES = frozenset(listed("un una one 1"))
_HUNDREDS = frozenset([*range(1, 10), *range(11, 20)])
"""How many of them are said: "six hundred", "fifteen hundred"."""
_WEAK = frozenset(listed("un una o oh one to too for ate won tree sex owe"))
"""Words that are digits only among digits: «una bombilla», "the other one", "two for one"."""
_PAUSES = frozenset(
    listed(
        "momento momentito segundo segundito minuto minutito instante rato ratito moment second sec minute bit while"
    )
)
"""What «un» and "one" ask for that want to be waited for."""
_GROUPED = re.compile(r"\b\d{1,3}(?:[.,]\d{3})+\b")


@dataclass(frozen=True, slots=True)
class DigitRun:
    """`digits` said in one breath, and the folded words [first, last] that said them."""

    digits: str
    first: int
    last: int


def digit_runs(
    text: str, language: Language, *, loose: bool = False, apart: bool = False, strict: bool = False
) -> list[DigitRun]:
    """Every stretch of digits in `text`, in order.

    `loose` also takes what a recogniser writes for a digit; `apart` reads "ninety four" as 90, 4 and not as 94.
    `strict`, for a sentence that may be about anything: not those in which most words only may be digits («una»).
    """
    reader = _Reader(_folded(text), _NUMBERS[language], _BETWEEN[language], loose, apart)
    runs: list[DigitRun] = []
    at = 0
    while at < len(reader.words):
        run = reader.run(at)
        if run is None:
            at += 1
            continue
        said = reader.words[run.first : run.last + 1]
        if not strict or sum(word in _WEAK for word in said) * 2 <= len(said):
            runs.append(run)
        at = run.last + 1
    return runs


@dataclass(frozen=True, slots=True)
class Piece:
    """One number as people say it (`value`), and the folded words [first, last] that said it."""

    value: int
    first: int
    last: int


class Pieces:
    """The numbers of a text, wherever one begins; below a million."""

    def __init__(self, text: str, language: Language) -> None:
        self._reader = _Reader(_folded(text), _NUMBERS[language], set(), False, False)

    def at(self, place: int) -> Piece | None:
        """The number that begins with the folded word at `place`."""
        if place >= len(self._reader.words):
            return None
        found = self._reader.piece(place)
        return Piece(int(found[0]), place, found[1] - 1) if found else None

    def all(self) -> list[Piece]:
        """One after the other: «las cinco y veinte» is 5 and 20."""
        found: list[Piece] = []
        at = 0
        while at < len(self._reader.words):
            piece = self.at(at)
            at += 1
            if piece:
                found.append(piece)
                at = piece.last + 1
        return found


def pieces(text: str, language: Language) -> list[Piece]:
    """Every number in `text` by itself."""
    return Pieces(text, language).all()


def is_weak(word: str) -> bool:
    """Whether a folded word is a number only among numbers: «una», "to"."""
    return word in _WEAK


def find_number(text: str, language: Language, shortest: int, longest: int, *, strict: bool = False) -> DigitRun | None:
    """The run with the right number of digits; the last one, since people correct themselves forwards.

    `strict`: as in `digit_runs`.
    """
    other: Language = "en" if language == "es" else "es"
    readings = [(language, False, False), (language, True, False), (other, False, False)]
    if language == "es":
        readings.insert(1, (language, False, True))
    for spoken, loose, apart in readings:
        runs = digit_runs(text, spoken, loose=loose, apart=apart, strict=strict)
        right = [run for run in runs if shortest <= len(run.digits) <= longest]
        if right:
            return right[-1]
    return None


def ungrouped(text: str) -> str:
    """«48.213», "48,213" without their separators."""
    return _GROUPED.sub(lambda match: re.sub(r"[.,]", "", match.group()), text)


def _folded(text: str) -> list[str]:
    return fold(ungrouped(text)).split()


class _Reader:
    """Walks folded words and reads digits from them."""

    def __init__(self, words: list[str], numbers: _Words, between: set[str], loose: bool, apart: bool) -> None:
        self.words = words
        self._apart = apart
        self._numbers = numbers
        self._between = between
        self._values = numbers.values | numbers.loose if loose else numbers.values

    def run(self, at: int) -> DigitRun | None:
        """Digits from word `at` on, or None when no number begins there."""
        first, digits, last = at, "", at
        while at < len(self.words):
            piece = self.piece(at)
            if piece is None:
                if not digits or self.words[at] not in self._between | self._numbers.joins:
                    break
                at += 1
                continue
            text, at = piece
            digits, last = digits + text, at - 1
        return DigitRun(digits, first, last) if digits else None

    def piece(self, at: int) -> tuple[str, int] | None:
        """One number as people say it: written digits, "double three", or a number up to 999,999."""
        word = self.words[at]
        if word in _ONES and self._word(at + 1) in _PAUSES:
            return None
        if word.isdigit():
            return (
                self._thousands(int(word), at + 1) if self._word(at + 1) == self._numbers.thousand else (word, at + 1)
            )
        if times := self._numbers.repeats.get(word):
            inner = self.piece(at + 1) if at + 1 < len(self.words) else None
            if inner and len(inner[0]) == 1:
                return inner[0] * times, inner[1]
            return None
        return self._big(at)

    def _big(self, at: int) -> tuple[str, int] | None:
        if self._word(at) == self._numbers.thousand and self._numbers is _ES:
            value, after = 1, at
        else:
            below = self._below_thousand(at)
            if below is None:
                return None
            value, after = below
            if self._word(after) != self._numbers.thousand or value == 0:
                return str(value), after
        return self._thousands(value, after)

    def _thousands(self, value: int, after: int) -> tuple[str, int]:
        """`value` thousands and what comes after the word for them at `after`."""
        after += 1
        skip = after + 1 if self._word(after) in self._numbers.joins else after
        rest = self._below_thousand(skip)
        if rest is None or not 1 <= rest[0] < 1000:
            return str(value * 1000), after
        return str(value * 1000 + rest[0]), rest[1]

    def _below_thousand(self, at: int) -> tuple[int, int] | None:
        """Value and the word after it. «cuatrocientos ochenta y dos», "four hundred and eighty two"."""
        value = self._values.get(self._word(at))
        if self._numbers is _EN and self._word(at) == "a" and self._word(at + 1) in ("hundred", "thousand"):
            value = 1
        if value is None:
            return None
        after = at + 1
        if self._word(after) in self._numbers.hundred and value in _HUNDREDS:
            value, after = value * 100, after + 1
        if value < 100:
            return self._tens(value, after)
        rest_at = after + 1 if self._word(after) in self._numbers.joins else after
        rest = self._values.get(self._word(rest_at))
        begins_another = self._word(rest_at + 1) in self._numbers.hundred  # "one hundred, one hundred"
        if rest is None or not 1 <= rest < 100 or begins_another:
            return value, after
        tens, after = self._tens(rest, rest_at + 1)
        return value + tens, after

    def _tens(self, value: int, after: int) -> tuple[int, int]:
        """«cuarenta y ocho», "forty eight": a ten and a unit are one number, a unit and a unit are two."""
        if value < 20 or value % 10:
            return value, after
        joined = self._numbers is _ES and self._word(after) in self._numbers.joins
        if self._apart and not joined:
            return value, after
        unit_at = after + 1 if joined else after
        unit = self._values.get(self._word(unit_at))
        begins_another = self._word(unit_at + 1) in self._numbers.hundred
        if unit is not None and 1 <= unit <= 9 and not begins_another:
            return value + unit, unit_at + 1
        return value, after

    def _word(self, at: int) -> str:
        return self.words[at] if at < len(self.words) else ""
