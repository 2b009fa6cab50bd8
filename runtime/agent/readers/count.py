"""How many, in figures or words, within `between`: «dos», «un par», "a dozen", «dos docenas y media»."""

from runtime.agent.flow import Slot
from runtime.agent.numbers import is_weak, pieces
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.words import fold, listed

_NAMED: dict[str, int] = {
    "un par": 2, "a couple": 2, "a pair": 2, "ninguno": 0, "ninguna": 0, "none": 0, "couple": 2, "un centenar": 100,
}  # fmt: skip
_ONE = frozenset(listed("uno una un one"))
_DOZEN = frozenset(listed("docena docenas dozen dozens"))
_OF = frozenset(listed("de of"))
_HALF = frozenset(listed("media medio half"))


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    words = hearing.words
    for at, word in enumerate(words):
        if word in _DOZEN:
            return _checked(*_dozens(hearing, words, at), slot=slot)
    folded = f" {fold(hearing.text)} "
    for phrase, count in _NAMED.items():
        if (start := folded.find(f" {phrase} ")) >= 0:
            first = len(folded[:start].split())
            return _checked(count, frozenset(range(first, first + phrase.count(" ") + 1)), slot=slot)
    for language in (hearing.language, hearing.other):
        found = [
            piece
            for piece in pieces(hearing.text, language)
            if piece.first != piece.last
            or not is_weak(words[piece.first])
            or (hearing.asked and words[piece.first] in _ONE)
        ]
        strong = [piece for piece in found if words[piece.first] not in _ONE] or found
        if len({piece.value for piece in strong}) == 1:  # «dos o tres» is neither
            last = strong[-1]
            return _checked(last.value, frozenset(range(last.first, last.last + 1)), slot=slot, hearing=hearing)
    return None


def _dozens(hearing: Hearing, words: list[str], at: int) -> tuple[int, frozenset[int]]:
    """How many «tres docenas y media» are, with the words that say so; `at`: where the dozen stands."""
    first, count = at, 12
    before = at - 2 if words[at - 1 : at] and words[at - 1] in _OF else at - 1
    if before >= 0 and words[before] in ("par", "couple"):
        first, count = before, 24
    elif before >= 1 and words[before] == "a" and words[before - 1] in _HALF:
        first, count = before - 1, 6
    elif before >= 0 and words[before] in _HALF:
        first, count = before, 6
    else:
        for language in (hearing.language, hearing.other):
            if number := next((each for each in pieces(hearing.text, language) if each.last == before), None):
                first, count = number.first, 12 * number.value
                break
    end = at
    if words[at + 1 : at + 3] in (["y", "media"], ["y", "medio"]):
        count, end = count + 6, at + 2
    elif words[at + 1 : at + 4] == ["and", "a", "half"]:
        count, end = count + 6, at + 3
    return count, frozenset(range(first, end + 1))


def _checked(count: int, taken: frozenset[int], *, slot: Slot, hearing: Hearing | None = None) -> Reading | None:
    least, most = slot.between
    if least <= count <= most:
        return Reading(count, taken=taken, sure=0.6)
    if hearing is not None and not hearing.asked:
        return None
    return Reading(wrong="out_of_range", taken=taken)


def mistake(slot: Slot) -> str:
    return "" if 0 <= slot.between[0] <= slot.between[1] else "`between` is [least, most]"


READER = Reader(
    read,
    order=60,
    called={"es": ("cantidad", "unidades", "cuantos", "cuantas"), "en": ("amount", "quantity", "number", "many")},
    wrong=lambda slot: ("out_of_range",),
    mistake=mistake,
)
