"""Does somebody ask for a person? Words of talking, passing on, attending and wanting around words for people, and
refusals of the machine, in both languages at once; a bare list of sentences would never be long enough.

Errs towards a person: one who is passed on without need loses a moment, one who is kept from a person was failed.
"""

import re
from itertools import pairwise
from typing import NamedTuple

from runtime.agent.person_words import (
    ANYBODY,
    APPLIANCE,
    ARTICLE,
    ASKS_AFTER,
    ATTEND,
    BETWEEN,
    BREAK,
    DESK,
    ERRANDS,
    FED_UP,
    FILL,
    FIXED,
    FREE,
    GIVING,
    HERE,
    JOINED,
    LINK,
    MACHINE,
    MODAL,
    NEGATIVE,
    NO_PEOPLE,
    NOBODY,
    NOT_ASKED,
    NOT_PEOPLE,
    ORDER,
    PASS,
    PAST,
    PLACES,
    REAL,
    REFUSAL,
    SOFT,
    SOMEBODY,
    TALK,
    TRIGGER,
    WANT,
)
from runtime.agent.words import fold


class _Said(NamedTuple):
    words: list[str]
    starts: frozenset[int]
    """Places at which a new part of the sentence begins, by its punctuation."""


def asks_for_person(text: str) -> bool:
    """Whether `text` asks, in Spanish or English, to be served by a person; pure, well under a millisecond."""
    whole = " | ".join(part for part in (fold(piece) for piece in BREAK.split(text)) if part)
    for pattern, word in JOINED:
        whole = pattern.sub(word, whole)
    whole = " | ".join(NOT_ASKED.sub(" ", part).strip() for part in whole.split(" | "))
    said = _words(whole)
    plain = " ".join(said.words)
    if any(not _refused(said, plain.count(" ", 0, found.start())) for found in FIXED.finditer(plain)):
        return True
    if NO_PEOPLE.search(plain):
        return True
    if "callcentre" in said.words and DESK.search(plain):
        return False
    return any(rule(said) for rule in (_alone, _somebody, _nobody, _put_through, _no_machine))


def _words(whole: str) -> _Said:
    words: list[str] = []
    starts: set[int] = {0}
    for word in whole.split():
        if word == "|":
            starts.add(len(words))
        else:
            words.append(word)
    return _Said(words, frozenset(starts))


def _alone(said: _Said) -> bool:
    """«Hola, una persona, por favor»: people and politeness, nothing else in the sentence or in this part of it."""
    edges = [*sorted(said.starts), len(said.words)]
    parts = [said.words, *(said.words[first:last] for first, last in pairwise(edges))]
    return any(_only_people(part) for part in parts)


def _only_people(words: list[str]) -> bool:
    rest = [word for word in words if not SOMEBODY.fullmatch(word)]
    return len(rest) < len(words) and all(word in SOFT or REAL.fullmatch(word) for word in rest)


def _somebody(said: _Said) -> bool:
    return any(
        _wanted(said, at) for at, word in enumerate(said.words) if SOMEBODY.fullmatch(word) or ANYBODY.fullmatch(word)
    )


def _wanted(said: _Said, at: int) -> bool:
    """Whether the somebody at `at` is wanted for talking, helping or taking over."""
    words = said.words
    strong = bool(SOMEBODY.fullmatch(words[at]))
    first = at
    while first > 0 and (words[first - 1] in ARTICLE - LINK or (words[first - 1] == "a" and first == at)):
        first -= 1
    errand = any(ERRANDS.fullmatch(word) for word in words[at + 1 : at + 5])
    before = words[max(0, first - 8) : first]
    if before and before[-1] in LINK:
        if (
            strong
            and before[-1] in ("con", "with")
            and (first - 1 in said.starts or all(each in SOFT for each in words[: first - 1]))
        ):
            return True
        for back in range(first - 2, max(-1, first - 9), -1):
            verb = words[back]
            if (TALK.fullmatch(verb) or PASS.fullmatch(verb) or ATTEND.fullmatch(verb)) and _leads(said, back, first):
                return not _refused(said, back)
            if (
                strong
                and not errand
                and WANT.fullmatch(verb)
                and all(word in FILL for word in words[back + 1 : first - 1])
            ):
                return not _refused(said, back)
    if strong and not errand and (_near(said, first, WANT, 4) or (first < at and _near(said, first, ATTEND, 5))):
        return True
    if _near(said, first, ATTEND, 5) and strong and not errand:
        return True
    if strong and not errand and any(REAL.fullmatch(word) for word in (*words[first:at], *words[at + 1 : at + 2])):
        return not _refused(said, first)
    if strong and (_offered(said, first, at) or any(word in FREE for word in words[at + 1 : at + 3])):
        return True
    return not errand and words[at] not in PLACES and _able(said, first, at)


def _leads(said: _Said, verb: int, first: int) -> bool:
    """Whether the verb goes with the link before `first`: «pasar a recogerlo otra persona» does not."""
    link = said.words[first - 1]
    between = said.words[verb + 1 : first - 1]
    if link in ("a", "al"):
        passes = re.fullmatch(r"\w+(?:me|nos)", said.words[verb]) or said.words[max(0, verb - 1)] in ("me", "nos", "se")
        return bool(passes) and all(word in FILL for word in between)
    return not any(ERRANDS.fullmatch(word) or word in ("para", "sobre", "about") for word in between)


def _near(said: _Said, first: int, kind: re.Pattern[str], reach: int) -> bool:
    """Whether a verb of `kind` stands before `first`, with nothing of weight between and no refusal before it."""
    for back in range(first - 1, max(-1, first - 1 - reach), -1):
        word = said.words[back]
        if kind.fullmatch(word) and not _past(said, back):
            begins = back in said.starts or said.words[back - 1] in (
                "please",
                "just",
                "you",
                "now",
                "and",
                "so",
                "hey",
                "oye",
            )
            for_me = word not in GIVING or begins or {"me", "us", "nos"} & set(said.words[back : first + 1])
            return bool(for_me) and not _refused(said, back)
        if word not in FILL and word not in ARTICLE:
            return False
    return False


def _past(said: _Said, at: int) -> bool:
    return any(word in PAST for word in said.words[max(0, at - 2) : at])


def _offered(said: _Said, first: int, at: int) -> bool:
    """«¿Hay algún agente?», "is there an operator": a role, not just anybody."""
    before = said.words[max(0, first - 3) : first]
    vague = said.words[at] in (
        "alguien",
        "someone",
        "somebody",
        "persona",
        "personas",
        "person",
        "callcentre",
        "personal",
        "responsable",
        "manager",
    )
    is_there = any(word in ("hay", "habra", "habria", "queda", "teneis", "tienen", "there") for word in before)
    return is_there and not vague


def _able(said: _Said, first: int, at: int) -> bool:
    """«Alguien con quien hablar», "can somebody help me"."""
    words = said.words
    asked = first > 0 and words[first - 1] in MODAL
    for on in range(at + 1, min(len(words), at + 7)):
        word = words[on]
        if word in PAST:
            return False
        if (ATTEND.fullmatch(word) or TALK.fullmatch(word)) and asked:
            return not _refused(said, first)
        asked = asked or word in TRIGGER
        if word not in BETWEEN:
            return False
    return False


def _nobody(said: _Said) -> bool:
    """«¿No hay nadie ahí?», "is nobody there": a question, unlike «no quiero hablar con nadie»."""
    words = said.words
    for at, word in enumerate(words):
        if not (NOBODY.fullmatch(word) or word in ("anyone", "anybody", "someone", "somebody", "alguien")):
            continue
        before, after = words[max(0, at - 4) : at], words[at + 1 : at + 6]
        negative = bool(NOBODY.fullmatch(word)) or any(
            each in ("isn", "isnt", "aren", "no", "not", "cant") for each in before
        )
        if any(each in ("si", "if", "cuando", "when", "porque", "because") for each in before):
            continue
        there = any(
            each in ("hay", "queda", "esta", "habra", "habria", "there", "is", "isn", "isnt", "aren", "teneis")
            for each in before
        )
        here = all(each in HERE for each in after) if after else all(each in ASKS_AFTER for each in words[:at])
        if negative and there and here:
            return True
        if any(each in ("puedo", "puede", "podria", "cant", "can", "podeis") for each in before) and any(
            TALK.fullmatch(each) or ATTEND.fullmatch(each) or PASS.fullmatch(each) for each in before
        ):
            return True
        if there and after and _able(said, at, at):
            return True
        served = [place for place in range(max(0, at - 4), at) if ATTEND.fullmatch(words[place])]
        if (
            NOBODY.fullmatch(word)
            and "me" in words[max(0, at - 5) : at]
            and any(not _refused(said, each) for each in served)
        ):
            return True
    return False


def _put_through(said: _Said) -> bool:
    """«Pásame con facturación», «quiero hablar con la tienda», "transfer me to billing": it is people, whoever."""
    words = said.words
    for at, word in enumerate(words):
        if word not in ("con", "to", "with", "through", "kon"):
            continue
        after = [each for each in words[at + 1 : at + 5] if each not in ARTICLE]
        if not after or NOT_PEOPLE.fullmatch(after[0]) or MACHINE.fullmatch(after[0]) or NOBODY.fullmatch(after[0]):
            continue
        before = words[max(0, at - 5) : at]
        for back, verb in enumerate(before, max(0, at - 5)):
            mine = (
                re.fullmatch(r"\w+(?:me|nos)", verb)
                or words[max(0, back - 1)] in ("me", "nos")
                or words[back + 1] in ("me", "us")
            )
            if PASS.fullmatch(verb) and mine and all(each in FILL for each in words[back + 1 : at]):
                return not _refused(said, back)
            if (
                re.fullmatch(r"h?ablar|conversar|charlar|speak|talk", verb)
                and back > 0
                and all(each in FILL or each in ("un", "momento", "moment", "minuto") for each in words[back + 1 : at])
            ):
                wants = any(
                    WANT.fullmatch(each) or each in ("puedo", "podria", "can", "could", "may", "dejame", "let")
                    for each in words[max(0, back - 3) : back]
                )
                return wants and not _refused(said, back)
    return False


def _no_machine(said: _Said) -> bool:
    """«No quiero hablar con una máquina», "I hate talking to robots", «nada de contestadores»."""
    words = said.words
    for at, word in enumerate(words):
        if not MACHINE.fullmatch(word) or (words[at + 1 : at + 2] and words[at + 1] in APPLIANCE):
            continue
        first = at
        while first > 0 and words[first - 1] in ARTICLE:
            first -= 1
        back = range(max(0, first - 9), first)
        fed_up = any(FED_UP.fullmatch(words[place]) for place in back)
        talked = any(TALK.fullmatch(each) for each in words[at + 1 : at + 4]) and bool(
            NEGATIVE & set(words[at + 1 : at + 4])
        )
        if talked and words[first - 1 : first] and words[first - 1] in LINK:
            return True
        talked = any(
            TALK.fullmatch(words[place]) or ATTEND.fullmatch(words[place]) for place in range(max(0, first - 5), first)
        )
        if fed_up and talked:
            return True
        indefinite = not {"el", "la", "los", "the", "my", "mi"} & set(words[first:at])
        next_to = any(FED_UP.fullmatch(words[place]) for place in range(max(0, first - 3), first))
        follows = words[at + 1 : at + 2]
        if (
            next_to
            and indefinite
            and (not follows or at + 1 in said.starts or WANT.fullmatch(follows[0]) or follows[0] in ("por", "please"))
        ):
            return True
    return False


def _refused(said: _Said, at: int) -> bool:
    """Whether a «no» governs the word at `at`: «no quiero que me pases con nadie», but not «no, quiero …»."""
    back, skipped = at, []
    while back > 0 and back not in said.starts and said.words[back - 1] in REFUSAL:
        back -= 1
        skipped.append(said.words[back])
    if back == 0 or back in said.starts or said.words[back - 1] not in NEGATIVE:
        return False
    if skipped and set(skipped) <= {"me", "nos"}:
        return bool(ORDER.fullmatch(said.words[at]))
    return True
