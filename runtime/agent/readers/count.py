"""How many, in figures or words, within `between`: «dos», «un par», "a dozen"."""

from runtime.agent.flow import Slot
from runtime.agent.numbers import is_weak, pieces
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.words import fold, listed

_NAMED: dict[str, int] = {
    "media docena": 6, "half a dozen": 6, "un par": 2, "una docena": 12, "a couple": 2, "a dozen": 12, "a pair": 2,
    "ninguno": 0, "ninguna": 0, "none": 0, "docena": 12, "couple": 2, "dozen": 12,
}  # fmt: skip
_ONE = frozenset(listed("uno una un one"))


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    folded = f" {fold(hearing.text)} "
    for phrase, count in _NAMED.items():
        if (at := folded.find(f" {phrase} ")) >= 0:
            first = len(folded[:at].split())
            return _checked(count, slot, frozenset(range(first, first + phrase.count(" ") + 1)))
    words = hearing.words
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
            return _checked(last.value, slot, frozenset(range(last.first, last.last + 1)), hearing)
    return None


def _checked(count: int, slot: Slot, taken: frozenset[int], hearing: Hearing | None = None) -> Reading | None:
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
