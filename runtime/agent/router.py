"""Which intent an utterance is: kernel ridge regression over the pack's examples, with its doubt calibrated.

The kernel adds the likeness of two sentences to each encoder to the likeness of their words. `learning.py` makes what
the router goes by.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.embed import Embedder
from runtime.agent import Language
from runtime.agent.numbers import digit_runs
from runtime.agent.wording import Wording
from runtime.agent.words import BLANK, blanked, mask

Floats = npt.NDArray[np.float32]

WORDS = 0.05
"""Share of the words in the kernel; the rest is the embeddings'. With ten examples an intent of all packs and the rest
of their examples to tell, 0.2 does 0.6 points worse, none 0.1."""
NARROW = 1.5
"""How fast likeness of meaning falls off: exp(NARROW * (cosine - 1)). A plain cosine has no constant part and does
five points worse on held-out paraphrases."""
_LONG = 25
"""Words: a longer utterance is looked at in pieces of this length."""
_PIECES = 4
_LONG_NUMBER = 4
"""Digits."""
_LANGUAGES: tuple[Language, ...] = ("es", "en")
_BLANKS = re.compile(rf"{BLANK}(?:\W+{BLANK})*")
_SENTENCE = re.compile(r"(?<=[.?!…])\s+")


@dataclass(frozen=True, slots=True)
class Routed:
    """The intents by probability, best first; `known` False: more likely out of scope than any of them."""

    ranked: tuple[tuple[str, float], ...]
    known: bool
    text: str = ""
    """The piece of a long utterance that decided."""

    @property
    def intent(self) -> str:
        return self.ranked[0][0]

    @property
    def confidence(self) -> float:
        return self.ranked[0][1]


@dataclass(frozen=True, slots=True)
class Fit:
    """How the router does on its own examples, each left out in turn."""

    accuracy: float
    """Of in-scope examples, the right intent among the in-scope ones."""
    rejected: float
    """In-scope examples below the bar."""
    caught: float
    """Of the pack's own out-of-scope examples, those below the bar."""
    bar: float
    temperature: float


@dataclass(frozen=True, slots=True)
class Learnt:
    """All that was learnt from `texts`: `meanings` [texts, dimensions], about `centre`, unit rows in each part;
    `weights` [texts, intents]. `outside`: the place of what is out of scope among `intents`."""

    intents: tuple[str, ...]
    outside: int
    texts: tuple[str, ...]
    centre: Floats
    meanings: Floats
    weights: Floats
    fit: Fit


class Router:
    """`route` is pure and thread-safe."""

    def __init__(self, learnt: Learnt, embedder: Embedder) -> None:
        self.learnt = learnt
        self._embedder = embedder
        self._wording = Wording(learnt.texts)

    @property
    def fit(self) -> Fit:
        return self.learnt.fit

    @property
    def intents(self) -> tuple[str, ...]:
        return self.learnt.intents

    def route(self, text: str) -> Routed:
        """Blocking, about 25 ms for each 25 words. Raises ModelError."""
        pieces = _pieces(text)
        inside = self._chances(pieces)
        inside[:, self.learnt.outside] = 0
        best = int(inside.max(axis=1).argmax())
        order = inside[best].argsort()[::-1][:5]
        return Routed(
            tuple((self.intents[at], float(inside[best, at])) for at in order if at != self.learnt.outside),
            known=bool(inside[best].max() >= self.fit.bar),
            text=pieces[best],
        )

    def _chances(self, pieces: Sequence[str]) -> Floats:
        texts, parts = [figures(piece) for piece in pieces], self._embedder.parts
        meanings = unit(self._embedder.embed([mask(text) for text in texts]) - self.learnt.centre, parts)
        words = np.stack([self._wording.likeness(text) for text in texts])
        scores = kernel(meanings, self.learnt.meanings, parts, words) @ self.learnt.weights
        return softmax(scores, self.fit.temperature)


def figures(text: str) -> str:
    """`text` with long numbers that are said in words as figures: a dozen of such words would drown the others."""
    for language in _LANGUAGES:
        runs = [run for run in digit_runs(text, language, strict=True) if len(run.digits) >= _LONG_NUMBER]
        for run in reversed([run for run in runs if run.last > run.first]):
            said = frozenset(range(run.first, run.last + 1))
            text = _BLANKS.sub(run.digits, blanked(text, said), count=1)
    return text


def kernel(meanings: Floats, learnt: Floats, parts: Sequence[int], words: Floats) -> Floats:
    """[texts, examples], from their meanings by each encoder (unit rows in each part) and the likeness of their words.

    Each encoder has a say of its own: what only one of them takes for the same is still half the same.
    """
    likeness = [np.exp(NARROW * (one @ other.T - 1)) for one, other in _parted(parts, meanings, learnt)]
    result: Floats = ((1 - WORDS) * np.mean(likeness, axis=0) + WORDS * words).astype(np.float32)
    return result


def softmax(scores: Floats, temperature: float) -> Floats:
    scaled = scores / temperature
    chances = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    result: Floats = chances / chances.sum(axis=1, keepdims=True)
    return result


def unit(rows: Floats, parts: Sequence[int]) -> Floats:
    """Of length 1 in each of the parts."""
    result: Floats = np.hstack(
        [one / np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-9) for (one,) in _parted(parts, rows)]
    )
    return result


def _parted(parts: Sequence[int], *many: Floats) -> Iterator[tuple[Floats, ...]]:
    """The columns of each encoder."""
    edges = np.cumsum(parts)[:-1]
    yield from zip(*(np.split(rows, edges, axis=1) for rows in many), strict=True)


def _pieces(text: str) -> list[str]:
    """Sentences joined to at most `_LONG` words; of many, questions before the rest and the last before the first."""
    pieces: list[str] = []
    for sentence in _SENTENCE.split(text):
        words = sentence.split()
        for start in range(0, len(words), _LONG):
            part = words[start : start + _LONG]
            if pieces and len(pieces[-1].split()) + len(part) <= _LONG and not pieces[-1].endswith("?"):
                pieces[-1] += " " + " ".join(part)
            else:
                pieces.append(" ".join(part))
    ranked = sorted(range(len(pieces)), key=lambda at: ("?" in pieces[at], at), reverse=True)
    return [pieces[at] for at in sorted(ranked[:_PIECES])] or [text]
