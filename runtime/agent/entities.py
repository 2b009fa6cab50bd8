"""Names that a pack knows (products, stores) found in what was said, in spite of plurals and small errors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runtime.agent import Language
from runtime.agent.words import FUNCTION, fold, stem

ALIKE = 85.0
"""rapidfuzz ratio from which two words of five letters or more are one misheard word."""
_MOST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Term:
    """One way of naming `id`; `language` empty: in any language."""

    id: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Match:
    id: str
    score: float
    """0…1: how much like the term it sounded."""
    words: frozenset[int]
    """Which words of the text it took."""


class EntityIndex:
    """All terms of one entity, matched at once."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._terms = [(term, tuple(stem(word) for word in fold(term.text).split())) for term in terms]
        self._vocabulary = sorted({word for _, words in self._terms for word in words})
        self._place = {word: at for at, word in enumerate(self._vocabulary)}

    def find(self, text: str, language: Language) -> list[Match]:
        """What `text` names, longest terms first; several when it names several. Empty: nothing that is known."""
        words = [stem(word) for word in fold(text).split()[:_MOST_WORDS]]
        if not words or not self._terms:
            return []
        scores = self._likeness(words)
        found: list[Match] = []
        for term, parts in self._terms:
            if term.language not in ("", language):
                continue
            match = _match(term.id, [scores[self._place[part]] for part in parts])
            if match is not None:
                found.append(match)
        found.sort(key=lambda match: (len(match.words), match.score), reverse=True)
        return _best(found)

    def _likeness(self, words: Sequence[str]) -> list[list[float]]:
        """[vocabulary][words], 0…1."""
        from rapidfuzz import fuzz, process

        table = process.cdist(self._vocabulary, words, scorer=fuzz.ratio, score_cutoff=ALIKE)
        return [
            [
                0.0 if known != word and not _confusable(known, word) else score / 100
                for word, score in zip(words, row, strict=True)
            ]
            for known, row in zip(self._vocabulary, table.tolist(), strict=True)
        ]


_NEVER = frozenset(stem(word) for word in FUNCTION)


def _confusable(known: str, word: str) -> bool:
    """Whether one may be the other misheard: long enough, the same beginning, no word of every question."""
    return min(len(known), len(word)) >= 5 and known[0] == word[0] and word not in _NEVER


def _match(identity: str, rows: Sequence[Sequence[float]]) -> Match | None:
    """All words of a term, in their order and near each other."""
    taken: list[int] = []
    score = 1.0
    for row in rows:
        start = taken[-1] + 1 if taken else 0
        after = [(value, -at) for at, value in enumerate(row) if at >= start and value > 0]
        if not after:
            return None
        value, place = max(after)
        taken.append(-place)
        score = min(score, value)
    if taken[-1] - taken[0] > len(taken) + 1:
        return None
    return Match(identity, score, frozenset(taken))


def _best(found: Sequence[Match]) -> list[Match]:
    """A longer term wins over a shorter one inside it; the same words may still mean two things."""
    kept: list[Match] = []
    for match in found:
        if any(match.id == other.id for other in kept):
            continue
        inside = any(match.words < other.words for other in kept)
        weaker = any(match.words == other.words and match.score < other.score for other in kept)
        if not inside and not weaker:
            kept.append(match)
    return kept
