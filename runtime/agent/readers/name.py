"""A person's name, as it was typed or heard; spelled («ele, o, pe, e, zeta»), it is what the letters say."""

import re

from runtime.agent import Expect
from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.slots import is_question, yes_no
from runtime.agent.spelling import spelled
from runtime.agent.words import BLANK, fold, listed

_TOLD = re.compile(
    r"^\W*(?:(?:hola|buenas|hello|hi|perdón|perdon|no|sorry)\W+)?"
    r"(?:me llamo|(?:mi|el) nombre es|a nombre de|soy|es|(?:my|the) name is|my name's|it's|it is|i am|i'm)\s+",
    re.IGNORECASE,
)
_IN_OPENING = re.compile(r"\b(?:me llamo|mi nombre es|my name is|my name's)\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_ENDS = re.compile(
    rf"[,.;:!?]|\s(?:y|and|con|para|pero|but|i|mi|my|quiero|quería|want|por favor|please|gracias|thanks|{BLANK})\s|$",
    re.IGNORECASE,
)
_SMALL = frozenset(listed("de del la las los y i da do dos van von der den di"))
_NEVER = frozenset(
    listed(
        "no nada nadie eso esto cliente quiero necesito nothing nobody that this want need persona person si yes"
        " momento segundo minuto rato espera espere moment second minute sec wait"
    )
)
_SPELL = frozenset(listed("se escribe spelled that is with con"))
_MOST = 6
_FEWEST_LETTERS = 3


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    if not hearing.asked:
        lead = _IN_OPENING.search(hearing.text)
        return _named(hearing.text[lead.end() :], fold(hearing.text[: lead.end()])) if lead else None
    lead = _TOLD.match(hearing.text)
    if is_question(hearing.text) or (lead is None and yes_no(hearing.text) is not None):
        return None
    if found := _spelled(hearing, len(fold(lead.group()).split()) if lead else 0):
        return found
    return _named(hearing.text[lead.end() if lead else 0 :], fold(hearing.text[: lead.end()] if lead else ""))


def _spelled(hearing: Hearing, start: int) -> Reading | None:
    """Letters by their names: the name, or that one of its words from `start` on that they are most like."""
    from rapidfuzz import fuzz

    for language in (hearing.language, hearing.other):
        runs = [run for run in spelled(hearing.text, language) if run.letters >= _FEWEST_LETTERS and run.text.isalpha()]
        if not runs:
            continue
        words = hearing.words
        taken = {at for run in runs for at in range(run.first, run.last + 1)}
        letters = [run.text.capitalize() for run in runs]
        kept = [word for at, word in enumerate(words) if at >= start and at not in taken and word not in _SPELL]
        if kept and len(letters) == 1:
            like = [fuzz.ratio(word, letters[0].lower()) for word in kept]
            if max(like) >= 60:
                kept[like.index(max(like))] = letters[0]
                return Reading(" ".join(map(_capital, kept)), taken=frozenset(range(len(words))))
        return Reading(" ".join(letters), taken=frozenset(taken))
    return None


def _named(text: str, before: str) -> Reading | None:
    end = _ENDS.search(text)
    words = _WORD.findall(text[: end.start()] if end else text)
    folded = [fold(word) for word in words]
    if not 1 <= len(words) <= _MOST or not all(folded) or set(folded) & _NEVER or re.search(r"\d", text):
        return None
    first = len(before.split())
    name = " ".join(words)
    if name == name.lower() or name == name.upper():
        name = " ".join(_capital(word) for word in words)
    return Reading(name, taken=frozenset(range(first, first + len(" ".join(folded).split()))), sure=0.3)


def _capital(word: str) -> str:
    return word if word in _SMALL else word[:1].upper() + word[1:].lower()


READER = Reader(
    read,
    order=50,
    expect=lambda slot, held: Expect("name"),
    called={"es": ("nombre", "apellido", "apellidos"), "en": ("name", "surname", "family name")},
    by_name=True,
)
