"""What must never wait for an understanding: an emergency, self-harm, a minor, a legal threat, abuse.

Rules on folded text, in both languages whatever is being spoken (`guard_words`). Each leads to the pack's own words,
the phrase "guard.<kind>", and to a person; mild abuse does at the second time. Where words may mean danger or not, the
number to call is given, "guard.maybe_<kind>", and what was asked is answered too. Only what the customer says is looked
at: a name, a document or the result of a tool never gets here.
"""

import re
from typing import Literal

from runtime.agent.guard_words import (
    ABUSE,
    DOUBTFUL,
    EMERGENCY,
    HARMLESS,
    LEGAL_THREAT,
    MAYBE_EMERGENCY,
    MAYBE_SELF_HARM,
    MILD,
    MINOR,
    NO_THREAT,
    NOT_ABUSE,
    NOT_MINOR,
    PEOPLE,
    SELF_HARM,
    THINGS,
)
from runtime.agent.words import BLANK, fold

Danger = Literal["emergency", "self_harm", "minor", "legal_threat", "abuse", "abuse_mild"]
Doubt = Literal["maybe_emergency", "maybe_self_harm"]

DANGERS: tuple[Danger, ...] = ("emergency", "self_harm", "minor", "legal_threat", "abuse", "abuse_mild")
DOUBTS: tuple[Doubt, ...] = ("maybe_emergency", "maybe_self_harm")
"""Each of both has its phrase in every pack."""
NUMBERED: tuple[Danger | Doubt, ...] = ("emergency", "self_harm", *DOUBTS)
"""Their words give a telephone number to call, before anything else."""

_NUMBER_TO_CALL = re.compile(r"\b(?:llam\w+|marc\w+|call|dial|ring|phone)\b[^.!?]{0,60}?\b\d{3}\b", re.IGNORECASE)


def numbered(words: str) -> bool:
    """Whether `words` tell to call a number for help, in digits: «llame al 112», not «a 300 metros»."""
    return bool(_NUMBER_TO_CALL.search(words))


def danger(text: str) -> Danger | None:
    """What comes before anything else that was said: the worst of it, or None."""
    folded = fold(text)
    sure = DOUBTFUL.sub(BLANK, THINGS.sub(BLANK, HARMLESS.sub(BLANK, folded)))
    if SELF_HARM.search(sure):
        return "self_harm"
    if EMERGENCY.search(sure):
        return "emergency"
    if MINOR.search(NOT_MINOR.sub(BLANK, folded)):
        return "minor"
    return "legal_threat" if LEGAL_THREAT.search(NO_THREAT.sub(BLANK, folded)) else None


def doubt(text: str) -> Doubt | None:
    """What may be a danger, where `danger` finds none for sure."""
    possible = HARMLESS.sub(BLANK, fold(text))
    if not PEOPLE.search(possible):
        possible = THINGS.sub(BLANK, possible)
    if SELF_HARM.search(possible) or MAYBE_SELF_HARM.search(possible):
        return "maybe_self_harm"
    return "maybe_emergency" if EMERGENCY.search(possible) or MAYBE_EMERGENCY.search(possible) else None


def abuse(text: str) -> Danger | None:
    """An insult thrown at us, which ends the talk, or a coarse word, which doesn't."""
    said = NOT_ABUSE.sub(BLANK, fold(text))
    if ABUSE.search(said):
        return "abuse"
    return "abuse_mild" if MILD.search(said) else None
