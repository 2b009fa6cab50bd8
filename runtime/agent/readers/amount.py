"""Money, in hundredths: «veinte euros con cincuenta», "twenty fifty", "€20.50", within `between` (hundredths too)."""

import re

from runtime.agent import Language
from runtime.agent.flow import Slot
from runtime.agent.numbers import Piece, pieces
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.words import fold, listed

_SIGNED = re.compile(r"(?:€|eur|\$|£)\s?(\d+)(?:[.,](\d{1,2}))?(?![\d.,]\d)", re.IGNORECASE)
_NAMED = re.compile(r"(?<![\d.,])(\d+)(?:[.,](\d{1,2}))?\s?(?:€|eur\b|euros?\b|\$|£)", re.IGNORECASE)
_DECIMAL = re.compile(r"(?<![\d.,:/-])(\d+)[.,](\d{1,2})(?![\d.,:/-])")
_UNITS = frozenset(listed("euro euros eur dolar dolares dollar dollars libra libras pound pounds pavos"))
_HUNDREDTHS = frozenset(listed("centimo centimos centavo centavos cent cents penique peniques penny pence"))
_AND = frozenset(listed("con y coma punto and point de"))
_MILLION = frozenset(listed("millon millones million"))


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    for found in (_written(hearing), *(_spoken(hearing, language) for language in (hearing.language, hearing.other))):
        if found:
            cents, taken = found
            least, most = slot.between
            if least <= cents <= most:
                return Reading(cents, taken=taken)
            return Reading(wrong="out_of_range", taken=taken) if hearing.asked else None
    return None


def _written(hearing: Hearing) -> tuple[int, frozenset[int]] | None:
    patterns = (_SIGNED, _NAMED, _DECIMAL) if hearing.asked else (_SIGNED, _NAMED)
    match = next((found for pattern in patterns if (found := pattern.search(hearing.text))), None)
    if match is None or (not match[2] and re.match(r"\s*(?:con|y|and)\b", hearing.text[match.end() :])):
        return None
    first = len(fold(hearing.text[: match.start()]).split())
    taken = frozenset(range(first, first + len(fold(match.group()).split())))
    return int(match[1]) * 100 + int(f"{match[2] or ''}00"[:2]), taken


def _spoken(hearing: Hearing, language: Language) -> tuple[int, frozenset[int]] | None:
    words, numbers = hearing.words, pieces(hearing.text, language)
    if "medio" in words and _word(words, words.index("medio") + 1) == "euro":
        return 50, frozenset({words.index("medio"), words.index("medio") + 1})
    for at, number in enumerate(numbers):
        after = number.last + 1
        value, following = number.value, numbers[at + 1 :]
        if _word(words, after) in _MILLION:
            value, after = value * 1_000_000, after + 1
            if following and following[0].first == after:
                value, after, following = value + following[0].value, following[0].last + 1, following[1:]
            if _word(words, after) == "de":
                after += 1
        if _word(words, after) in _HUNDREDTHS and value < 100:
            return value, frozenset(range(number.first, after + 1))
        named = _word(words, after) in _UNITS
        if not named and not hearing.asked:
            continue
        if not named and len(numbers) > 2:
            continue
        end = after if named else after - 1
        cents, end = _cents(words, following, end)
        return value * 100 + cents, frozenset(range(number.first, end + 1))
    return None


def _cents(words: list[str], following: list[Piece], end: int) -> tuple[int, int]:
    """What comes after the whole: «con cincuenta», "fifty", "and five cents", «y medio»; with its last word."""
    joint = _word(words, end + 1) in _AND
    at = end + 2 if joint else end + 1
    if joint and _word(words, at) == "medio":
        return 50, at
    digits = [each for each in following if each.first == at]
    if not digits or digits[0].value > 99:
        return 0, end
    cents, last = digits[0].value, digits[0].last
    if _word(words, end + 1) in ("coma", "punto", "point") and cents < 10 and cents:  # «coma cinco», "point five zero"
        second = next((each for each in following if each.first == last + 1 and each.value < 10), None)
        cents, last = cents * 10 + (second.value if second else 0), second.last if second else last
    if _word(words, last + 1) in _HUNDREDTHS:
        last += 1
    return cents, last


def _word(words: list[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""


def mistake(slot: Slot) -> str:
    return "" if 0 <= slot.between[0] <= slot.between[1] else "`between` is [least, most], in hundredths"


READER = Reader(
    read,
    order=20,
    called={"es": ("importe", "cantidad", "precio", "dinero"), "en": ("amount", "sum", "price", "money")},
    wrong=lambda slot: ("out_of_range",),
    mistake=mistake,
)
