"""Money, in hundredths: «veinte euros con cincuenta», "twenty fifty", "€20.50", within `between` (hundredths too)."""

import re
from itertools import pairwise

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
_SCALES = {
    **dict.fromkeys(listed("millon millones million"), 1_000_000),
    **dict.fromkeys(listed("mil thousand k"), 1_000),
}
_SCALED = re.compile(r"(?<![\d.,])(\d+)(?:[.,](\d+))?\s?(millones|mill[oó]n|million|mil\b|thousand|k\b)", re.IGNORECASE)
_HALF = frozenset(listed("medio half"))
_APART = frozenset(listed("o u or a to hasta"))
_VAGUE = re.compile(
    r"\b(?:(?:mas|menos) de|al menos|como mucho|(?:more|less) than|at (?:least|most)|up to"
    r"|entre (?:\w+ ){1,4}y|between (?:\w+ ){1,4}and) "
)
"""«Entre veinte y treinta», "less than fifty": no single amount."""
_FROM_TO = re.compile(r"\d\s?(?:€|\$|£)?\s?[-–]\s?(?:€|\$|£)?\d")


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    if _vague(hearing) or _FROM_TO.search(hearing.text) or _several(hearing):
        return None
    for found in (_written(hearing), *(_spoken(hearing, language) for language in (hearing.language, hearing.other))):
        if found:
            cents, taken = found
            least, most = slot.between
            if least <= cents <= most:
                return Reading(cents, taken=taken)
            return Reading(wrong="out_of_range", taken=taken) if hearing.asked else None
    return None


def _vague(hearing: Hearing) -> bool:
    folded = fold(hearing.text)
    for match in _VAGUE.finditer(folded):
        after = len(folded[: match.end()].split())
        for language in (hearing.language, hearing.other):
            if any(number.first == after for number in pieces(hearing.text, language)):
                return True
    return False


def _several(hearing: Hearing) -> bool:
    """Whether there is a choice or a range of two: «veinte o treinta», "20 to 30 euros"."""
    words = hearing.words
    for language in (hearing.language, hearing.other):
        numbers = pieces(hearing.text, language)
        for one, other in pairwise(numbers):
            between = [word for word in words[one.last + 1 : other.first] if word not in _UNITS]
            if len(between) == 1 and between[0] in _APART and one.value != other.value:
                return True
    return False


def _written(hearing: Hearing) -> tuple[int, frozenset[int]] | None:
    if scaled := _SCALED.search(hearing.text):
        scale = _SCALES[fold(scaled[3])]
        rest = re.match(r"\s*(?:\w+\s)?(?:y|and|con)?\s*\d", hearing.text[scaled.end() :])
        if scaled[2] or (scaled[3].lower() == "k" and not rest):
            value = int(scaled[1]) * scale + scale * int(scaled[2] or 0) // 10 ** len(scaled[2] or "")
            return value * 100, _places(hearing.text, scaled)
        return None
    patterns = (_SIGNED, _NAMED, _DECIMAL) if hearing.asked else (_SIGNED, _NAMED)
    match = next((found for pattern in patterns if (found := pattern.search(hearing.text))), None)
    if match is None or (not match[2] and re.match(r"\s*(?:con|y|and)\b", hearing.text[match.end() :])):
        return None
    return int(match[1]) * 100 + int(f"{match[2] or ''}00"[:2]), _places(hearing.text, match)


def _places(text: str, match: re.Match[str]) -> frozenset[int]:
    first = len(fold(text[: match.start()]).split())
    return frozenset(range(first, first + len(fold(match.group()).split())))


def _spoken(hearing: Hearing, language: Language) -> tuple[int, frozenset[int]] | None:
    words, numbers = hearing.words, pieces(hearing.text, language)
    if "medio" in words and _word(words, words.index("medio") + 1) == "euro":
        return 50, frozenset({words.index("medio"), words.index("medio") + 1})
    if whole := _parts(words, numbers):
        return whole
    for at, number in enumerate(numbers):
        after = number.last + 1
        value, following = number.value, numbers[at + 1 :]
        if _SCALES.get(_word(words, after)) == 1_000_000:
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


def _parts(words: list[str], numbers: list[Piece]) -> tuple[int, frozenset[int]] | None:
    """Parts of a million or a thousand: «tres millones y medio», «tres coma cinco millones», "half a million"."""
    by_last = {each.last: each for each in numbers}
    for at, word in enumerate(words):
        scale = _SCALES.get(word)
        if scale is None:
            continue
        before = at - 2 if _word(words, at - 1) == "a" else at - 1
        if _word(words, before) in _HALF:  # "half a million", "two and a half million"
            whole = by_last.get(before - (3 if _word(words, before - 1) == "a" else 2))
            joined = whole and words[whole.last + 1] in ("y", "and")
            first, value = (whole.first, whole.value) if whole and joined else (before, 0)
            return (value * scale + scale // 2) * 100, _span(words, first, at)
        number = by_last.get(at - 1)
        point = number and _word(words, number.first - 1) in ("coma", "punto", "point")
        if number and point and (whole := by_last.get(number.first - 2)):
            value = whole.value * scale + scale * number.value // 10 ** len(str(number.value))
            return value * 100, _span(words, whole.first, at)
        if number and words[at + 1 : at + 3] == ["y", "medio"] and scale > 1_000:
            return (number.value * scale + scale // 2) * 100, _span(words, number.first, at + 2)
        if number and words[at + 1 : at + 4] == ["and", "a", "half"] and scale > 1_000:
            return (number.value * scale + scale // 2) * 100, _span(words, number.first, at + 3)
    return None


def _span(words: list[str], first: int, end: int) -> frozenset[int]:
    """From `first` to `end`, with the currency after it."""
    after = end + 2 if _word(words, end + 1) == "de" else end + 1
    return frozenset(range(first, (after if _word(words, after) in _UNITS else end) + 1))


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
