"""An e-mail address, typed or spelled aloud: «ana punto lópez arroba gmail punto com», "a n a at gmail dot com"."""

import re

from runtime.agent import Value
from runtime.agent.flow import Slot
from runtime.agent.numbers import pieces
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.spelling import TIMES, explained, letter_named
from runtime.agent.words import fold, listed

_ADDRESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_WHOLE = re.compile(r"[a-z0-9][a-z0-9._+-]*@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")
_AT = frozenset(listed("arroba at"))
_SIGNS = {
    "punto": ".", "dot": ".", "point": ".", "guion": "-", "dash": "-", "hyphen": "-", "underscore": "_", "mas": "+",
    "plus": "+",
}  # fmt: skip
_TWO_WORDS = {
    "guion bajo": "_", "barra baja": "_", "under score": "_", "guion medio": "-", "ge mail": "gmail", "g mail": "gmail",
}  # fmt: skip
_TOKEN = re.compile(r"[^\W_]+|(?<=\w)[._+-](?=\w)|(?<=\s)[._](?=\s\w)|@")
_WRITTEN = {".": "punto", "_": "underscore", "-": "guion", "+": "mas", "@": "arroba"}
_NO_DIGITS = frozenset(listed("o oh un una to for"))
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
    said = _Said(hearing)
    words = said.words
    at = next((place for place, word in enumerate(words) if word in _AT and place + 1 < len(words)), None)
    if at is None or (words[at] == "at" and "dot" not in words[at:] and not hearing.held and not _ends(words)):
        return _without(hearing, said)
    start = _beginning(words, at)
    local = said.written(start, at) or hearing.held.partition("@")[0]
    end = _ending(words, at + 1)
    address = f"{local}@{said.written(at + 1, end)}".lower()
    taken = said.places(start, end)
    if _WHOLE.fullmatch(address):
        return Reading(address, taken=taken)
    return Reading(wrong="email_shape", taken=taken) if hearing.asked else None


class _Said:
    """The folded words, with a word for each sign that was written between two («ana.lopez», «gmail.com»)."""

    def __init__(self, hearing: Hearing) -> None:
        tokens = _TOKEN.findall(hearing.text)
        whole = [fold(token) for token in tokens if token not in _WRITTEN] == hearing.words
        self.words = [_WRITTEN.get(token) or fold(token) for token in tokens] if whole else hearing.words
        self._place: list[int] = []
        """Of each word, which of the folded ones it is; of a sign, the one before."""
        for token in tokens if whole else self.words:
            before = self._place[-1] if self._place else -1
            self._place.append(before if token in _WRITTEN else before + 1)
        self._numbers = {piece.first: piece for piece in pieces(" ".join(self.words), hearing.language)}

    def places(self, first: int, end: int) -> frozenset[int]:
        """The folded words that stand from `first` up to `end`."""
        return frozenset(each for each in self._place[first:end] if each >= 0)

    def written(self, first: int, end: int) -> str:
        """As it stands in an address: signs, digits, letters by their names where two or more follow each other or
        an example comes after one."""
        words, written, at = self.words, "", first
        while at < end:
            two = " ".join(words[at : at + 2]) if at + 2 <= end else ""
            letter, after = (letter_named(two), at + 2) if letter_named(two) else (letter_named(words[at]), at + 1)
            example = explained(words[:end], after, letter) if letter else after
            if two in _TWO_WORDS:
                written, at = written + _TWO_WORDS[two], at + 2
            elif words[at] in _SIGNS:
                written, at = written + _SIGNS[words[at]], at + 1
            elif words[at] in _SKIPPED:
                at += 1
            elif words[at] in TIMES and after == at + 1 and at + 1 < end and letter_named(words[at + 1]):
                written, at = written + letter_named(words[at + 1]) * TIMES[words[at]], at + 2
            elif letter and (after == at + 2 or example > after):
                written, at = written + letter, example
            elif (piece := self._numbers.get(at)) and piece.last < end and words[at] not in _NO_DIGITS:
                digits = "".join(words[at : piece.last + 1])
                written, at = written + (digits if digits.isdigit() else str(piece.value)), piece.last + 1
            elif letter and _beside_letter(words, at, first, end):
                written, at = written + letter, at + 1
            else:
                written, at = written + words[at], at + 1
        return written


def _ends(words: list[str]) -> bool:
    return words[-1] in ("com", "es", "org", "net")


def _without(hearing: Hearing, said: _Said) -> Reading | None:
    """Only what stands before the «arroba»; or only what stands after it, where the rest is known."""
    words = said.words
    if not hearing.asked or not words or any(word in ("no", "not") for word in words):
        return None
    if hearing.held:
        address = f"{hearing.held.rstrip('@')}@{said.written(0, len(words))}".lower()
        whole = _WHOLE.fullmatch(address)
        return Reading(address, taken=said.places(0, len(words))) if whole else None
    if not any(word in _SIGNS or word.isdigit() for word in words) or len(words) > _MOST_LOCAL:
        return None
    start = _beginning(words, len(words))
    local = said.written(start, len(words)).lower()
    return Reading(held=local, taken=said.places(start, len(words))) if len(local) > 2 else None


def _beginning(words: list[str], at: int) -> int:
    """Where the address begins before the «arroba»."""
    start = at
    while start > 0 and at - start < 40 and words[start - 1] not in _BEFORE:
        start -= 1
    while (
        start < at - 1
        and words[start] in _LINKS
        and ((len(words[start + 1]) > 1 and not letter_named(words[start + 1])) or words[start - 1] == "it")
    ):
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
