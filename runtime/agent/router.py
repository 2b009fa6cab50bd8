"""Which intent an utterance is: kernel ridge regression over the pack's examples, with its doubt calibrated.

The kernel adds the likeness of two sentence embeddings to the likeness of their words. Solving it takes
milliseconds, and leave-one-out predictions come exactly from the same inverse (Rifkin & Lippert 2007, section 4), so
both the temperature and the bar for "out of scope" are set on sentences that the model has not seen.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import structlog

from models.embed import Embedder
from runtime.agent import Language
from runtime.agent.wording import Wording
from runtime.agent.words import mask

log = structlog.get_logger(__name__)

Floats = npt.NDArray[np.float32]

WORDS = 0.3
"""Share of the words in the kernel; the rest is the embedding's."""
NARROW = 1.5
"""How fast likeness of meaning falls off: exp(NARROW * (cosine - 1)). A plain cosine has no constant part and does
five points worse on held-out paraphrases."""
RIDGE = 0.1
TEMPERATURES = (0.03, 0.04, 0.05, 0.07, 0.1, 0.14, 0.2)
_LONG = 25
"""Words: a longer utterance is looked at in pieces of this length."""
_PIECES = 4
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
    """Out-of-scope examples below the bar."""
    bar: float
    temperature: float


class Router:
    """Made once from the examples; `route` is pure and thread-safe."""

    def __init__(
        self,
        examples: Mapping[Language, Mapping[str, Sequence[str]]],
        embedder: Embedder,
        cache: Path,
        out_of_scope: str,
        false_rejection: float,
    ) -> None:
        rows = [(text, intent) for of in examples.values() for intent, texts in of.items() for text in texts]
        texts = [text for text, _ in rows]
        self.intents = sorted({intent for _, intent in rows})
        self._outside = self.intents.index(out_of_scope)
        self._embedder = embedder
        answers = np.array([self.intents.index(intent) for _, intent in rows])
        vectors = _embedded([mask(text) for text in texts], embedder, cache)
        self._centre = vectors.mean(axis=0)
        self._meanings = _unit(vectors - self._centre)
        self._wording = Wording(texts)
        self._weights: Floats
        self._weights, left_out = _solve(
            self._kernel(self._meanings, self._wording.among_themselves()), _targets(answers, len(self.intents))
        )
        self.fit = self._calibrate(left_out, answers, false_rejection)

    def route(self, text: str) -> Routed:
        """Blocking, about 20 ms for each 25 words. Raises ModelError."""
        pieces = _pieces(text)
        chances = self._chances(pieces)
        inside = chances.copy()
        inside[:, self._outside] = 0
        best = int(inside.max(axis=1).argmax())
        order = inside[best].argsort()[::-1][:5]
        return Routed(
            tuple((self.intents[at], float(inside[best, at])) for at in order if at != self._outside),
            known=bool(inside[best].max() >= self.fit.bar),
            text=pieces[best],
        )

    def _chances(self, texts: Sequence[str]) -> Floats:
        meanings = _unit(self._embedder.embed([mask(text) for text in texts]) - self._centre)
        words = np.stack([self._wording.likeness(text) for text in texts])
        return _softmax(self._kernel(meanings, words) @ self._weights, self.fit.temperature)

    def _kernel(self, meanings: Floats, words: Floats) -> Floats:
        """[texts, examples], from the likeness of words [texts, examples]."""
        alike = np.exp(NARROW * (meanings @ self._meanings.T - 1))
        kernel: Floats = ((1 - WORDS) * alike + WORDS * words).astype(np.float32)
        return kernel

    def _calibrate(self, left_out: Floats, answers: npt.NDArray[np.int64], false_rejection: float) -> Fit:
        rows = np.arange(len(answers))
        loss = {
            temperature: float(-np.log(_softmax(left_out, temperature)[rows, answers] + 1e-9).mean())
            for temperature in TEMPERATURES
        }
        temperature = min(loss, key=lambda each: loss[each])
        chances = _softmax(left_out, temperature)
        chances[:, self._outside] = 0
        known = answers != self._outside
        top = chances.max(axis=1)
        bar = float(np.quantile(top[known], false_rejection))
        return Fit(
            accuracy=float((chances.argmax(axis=1) == answers)[known].mean()),
            rejected=float((top[known] < bar).mean()),
            caught=float((top[~known] < bar).mean()),
            bar=bar,
            temperature=temperature,
        )


def _targets(answers: npt.NDArray[np.int64], intents: int) -> Floats:
    targets = np.full((len(answers), intents), -1 / (intents - 1), np.float32)
    targets[np.arange(len(answers)), answers] = 1
    return targets


def _solve(kernel: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """Dual weights [examples, intents], and what each example gets from all the others."""
    inverse: Floats = np.linalg.inv(kernel + RIDGE * np.eye(len(kernel), dtype=np.float32)).astype(np.float32)
    weights: Floats = inverse @ targets
    left_out: Floats = targets - weights / np.diag(inverse)[:, None]
    return weights, left_out


def _softmax(scores: Floats, temperature: float) -> Floats:
    scaled = scores / temperature
    chances = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    result: Floats = chances / chances.sum(axis=1, keepdims=True)
    return result


def _unit(rows: Floats) -> Floats:
    result: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return result


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


def _embedded(texts: Sequence[str], embedder: Embedder, cache: Path) -> Floats:
    """Embeddings of the examples, made once and kept in `cache` under a name that depends on every one of them."""
    content = "\n".join((type(embedder).__module__, str(embedder.dimensions), *texts))
    path = cache / f"{hashlib.sha256(content.encode()).hexdigest()[:24]}.npy"
    if path.is_file():
        try:
            kept: Floats = np.load(path, allow_pickle=False)
            if kept.shape == (len(texts), embedder.dimensions):
                return kept
        except (OSError, ValueError) as error:
            log.warning("examples_cache_unreadable", path=str(path), cause=str(error))
    log.info("examples_embedding", count=len(texts))
    made = embedder.embed(list(texts)).astype(np.float32)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.save(file, made)
        part.replace(path)
    except OSError as error:
        log.warning("examples_cache_not_kept", path=str(path), cause=str(error))
    return made
