"""An e-mail address, typed or spelled aloud: «ana punto lópez arroba gmail punto com», "a n a at gmail dot com"."""

import re

from runtime.agent import Value
from runtime.agent.flow import Slot
from runtime.agent.numbers import Piece, pieces
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.spelling import letter_named
from runtime.agent.words import fold, listed

_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_WHOLE = re.compile(r"[a-z0-9][a-z0-9._+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")
_AT = frozenset(listed("arroba at"))
_SIGNS = {
    "punto": ".", "dot": ".", "point": ".", "guion": "-", "dash": "-", "hyphen": "-", "underscore": "_", "mas": "+",
    "plus": "+",
}  # fmt: skip
_TWO_WORDS = {"guion bajo": "_", "barra baja": "_", "under score": "_", "guion medio": "-"}
_BEFORE = frozenset(
    listed(
        "es mi correo email mail electronico direccion el la seria apunte apunta tome is my address it the its use"
        " con and que un una para por favor please si yes vale ok envielo mandelo send to al"
    )
)
_LINKS = frozenset(listed("a y e s"))
"""«Envíelo a ana», "it's john": no letter of the address, where a word follows."""
_SKIPPED = frozenset(listed("todo junto minusculas minuscula mayuscula all together lowercase lower case"))
_MOST_LOCAL = 6
"""Words before the «arroba» that can be a part of an address."""


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    if match := _ADDRESS.search(hearing.text):
        first = len(fold(hearing.text[: match.start()]).split())
        return Reading(match.group().lower(), taken=frozenset(range(first, first + len(fold(match.group()).split()))))
    words = hearing.words
    at = next((place for place, word in enumerate(words) if word in _AT and place + 1 < len(words)), None)
    if at is None or (words[at] == "at" and "dot" not in words[at:] and not hearing.held and not _ends(words)):
        return _without(hearing, words)
    start = _beginning(words, at)
    local = _written(hearing, words, start, at) or hearing.held.partition("@")[0]
    end = _ending(words, at + 1)
    address = f"{local}@{_written(hearing, words, at + 1, end)}".lower()
    taken = frozenset(range(start, end))
    if _WHOLE.fullmatch(address):
        return Reading(address, taken=taken)
    return Reading(wrong="email_shape", taken=taken) if hearing.asked else None


def _ends(words: list[str]) -> bool:
    return words[-1] in ("com", "es", "org", "net")


def _without(hearing: Hearing, words: list[str]) -> Reading | None:
    """Only what stands before the «arroba»; or only what stands after it, where the rest is known."""
    if not hearing.asked or not words or any(word in ("no", "not") for word in words):
        return None
    if hearing.held:
        rest = _written(hearing, words, 0, len(words))
        address = f"{hearing.held.rstrip('@')}@{rest}".lower()
        whole = _WHOLE.fullmatch(address)
        return Reading(address, taken=frozenset(range(len(words)))) if whole else None
    if not any(word in _SIGNS or word.isdigit() for word in words) or len(words) > _MOST_LOCAL:
        return None
    start = _beginning(words, len(words))
    local = _written(hearing, words, start, len(words)).lower()
    return Reading(held=local, taken=frozenset(range(start, len(words)))) if len(local) > 2 else None


def _beginning(words: list[str], at: int) -> int:
    """Where the address begins before the «arroba»."""
    start = at
    while start > 0 and at - start < 40 and words[start - 1] not in _BEFORE:
        start -= 1
    while start < at - 1 and words[start] in _LINKS and (len(words[start + 1]) > 1 or words[start - 1] == "it"):
        start += 1
    return start


def _ending(words: list[str], start: int) -> int:
    """The place after the last part of the domain: what follows its last dot, once."""
    end = start
    for at in range(start, len(words)):
        if words[at] in ("punto", "dot", "point") and at + 1 < len(words):
            end = at + 2
    if end == start:
        return len(words)
    return end


def _written(hearing: Hearing, words: list[str], first: int, end: int) -> str:
    """Words as they stand in an address: signs, digits, letters by their names where two or more follow each other."""
    numbers: dict[int, Piece] = {piece.first: piece for piece in pieces(hearing.text, hearing.language)}
    written, at = "", first
    while at < end:
        two = " ".join(words[at : at + 2])
        if two in _TWO_WORDS:
            written, at = written + _TWO_WORDS[two], at + 2
        elif words[at] in _SIGNS:
            written, at = written + _SIGNS[words[at]], at + 1
        elif words[at] in _SKIPPED:
            at += 1
        elif (piece := numbers.get(at)) and piece.last < end and words[at] not in ("o", "oh", "un", "una", "to", "for"):
            digits = "".join(words[at : piece.last + 1])
            written, at = written + (digits if digits.isdigit() else str(piece.value)), piece.last + 1
        elif (letter := letter_named(words[at])) and _beside_letter(words, at, first, end):
            written, at = written + letter, at + 1
        else:
            written, at = written + words[at], at + 1
    return written


def _beside_letter(words: list[str], at: int, first: int, end: int) -> bool:
    """Whether the name of a letter stands among others: «ge» in «ge a ge a», not in «ge punto»; one letter always."""
    if len(words[at]) == 1:
        return True
    around = [place for place in (at - 1, at + 1) if first <= place < end]
    return any(letter_named(words[place]) for place in around)


def more(held: str) -> tuple[str, dict[str, Value]]:
    return "email_more", {"held": held}


READER = Reader(
    read,
    order=5,
    called={"es": ("correo", "email", "mail", "direccion de correo"), "en": ("email", "e mail", "mail")},
    more=more,
    phrases=("email_more",),
    wrong=lambda slot: ("email_shape",),
)
