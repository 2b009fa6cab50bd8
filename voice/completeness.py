"""Is what was said finished? Sound, words and language weighed together: a logistic model of five facts. Pure.

Each fact by itself is a poor judge: people end questions on a high note, pause after whole phrases, and a recogniser
puts a full stop after anything. Tuned on one half of the recordings of `mostrador bench turns`, reported on the other.
"""

import math
from dataclasses import dataclass

_ES = """a al ante con de del desde el en entre es hasta la las lo los mi mis o para pero pon por porque que se si sin
sobre su sus tu tus un una unos unas y e u cuando donde como muy"""
_EN = """a about an and are as at because but by can for from i if in into is it's my of on or our so than that the
their to very was were when where which who with would your um uh"""
_NUMBER = """cero uno dos tres cuatro cinco seis siete ocho nueve zero oh one two three four five six seven eight
nine"""
_DIGITS = frozenset(_NUMBER.split())
_WANTING = frozenset(_ES.split()) | frozenset(_EN.split())
"""Words that a sentence does not end with, Spanish and English, without accents."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known at a pause. None: not known, which speaks neither way."""

    text: str
    confidence: float
    """The recogniser's, 0…1: a word that was cut in two makes it doubt."""
    sound: float | None = None
    """Probability that it sounds finished (`voice.endpoint`)."""
    ending: float | None = None
    """Log-probability that a sentence ends after these words, by a language model."""
    answers: bool = False
    """It is just what was asked for: a yes or no, a number with all its digits."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`weight` log-odds a unit away from `usual`."""

    weight: float
    usual: float

    def says(self, value: float | None) -> float:
        return 0.0 if value is None else self.weight * (value - self.usual)


BIAS = -0.27
SOUND = Fact(0.34, 0.35)
"""Of log-odds."""
ENDING = Fact(0.38, -2.9)
CONFIDENCE = Fact(5.9, 0.62)
STOPPED = Fact(0.97, 0.73)
"""The recogniser wrote a full stop, a question or an exclamation mark."""
WANTING = Fact(-0.65, 0.05)
"""The last word wants another one after it."""
ANSWERS = 2.0
"""By judgement, not measured: an answer may still be begun anew («no… el cinco»)."""
_SURE = 0.005
"""Probabilities nearer to 0 or 1 than this are not believed."""


def log_odds(evidence: Evidence) -> float:
    """Of its being finished; above 0: rather finished. Words that were not heard at all are no end."""
    text = evidence.text.strip()
    return (
        BIAS
        + SOUND.says(None if evidence.sound is None else _logit(evidence.sound))
        + ENDING.says(evidence.ending)
        + CONFIDENCE.says(evidence.confidence)
        + STOPPED.says(text.endswith((".", "?", "!")) and not text.endswith(".."))
        + WANTING.says(wants_more(text))
        + ANSWERS * evidence.answers
    )


def wants_more(text: str) -> bool:
    """Whether the last word needs another one after it: «quiero devolver el…»."""
    words = text.lower().rstrip(" .").replace("…", "").split()
    return bool(words) and (words[-1] in _WANTING or words[-1].endswith((",", "-")))


def counting(text: str) -> bool:
    """Whether a number may be under way: people pause between its digits, and any of them sounds finished."""
    words = text.lower().rstrip(" .,?!").split()
    return bool(words) and (words[-1][-1].isdigit() or words[-1] in _DIGITS)


def _logit(probability: float) -> float:
    bounded = min(max(probability, _SURE), 1 - _SURE)
    return math.log(bounded / (1 - bounded))
