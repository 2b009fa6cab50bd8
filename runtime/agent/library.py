"""Questions that no flow answers, looked up in the pack's documents: an extract with its section, or nothing.

The index is one SQLite file: passages for FTS5 (BM25 over stems, FTS5 folding what the stems leave) and their
embeddings. A passage is scored by how much of what the question says it says too, rare words weighing more, and by
likeness of meaning; below the bar there is no answer. Nothing in a document is more than text to be said.
"""

import json
import math
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from models.embed import Embedder
from runtime.agent import Language
from runtime.agent.knowledge import Section
from runtime.agent.stems import Stemmer
from runtime.agent.words import mask

Floats = npt.NDArray[np.float32]

CANDIDATES = 20
"""Passages from each of the two searches that are looked at closely."""
MEANING = 0.6
"""Share of the meaning in a score; the rest is that of the words."""
TOGETHER = 0.3
"""What is added where words and meaning agree."""
NEARBY = 0.3
"""What a word counts that stands elsewhere in the section."""
BAR = 0.75
"""Where a pack has no questions to set it with."""
_MOST_STEMS = 30
_LONGEST = 400
"""Characters of a question that are read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`text`: one or two whole sentences of `section`."""

    section: Section
    text: str
    score: float


class Library:
    """An index that has been made (`index.py`), open for reading. Doesn't change: thread-safe."""

    def __init__(self, path: Path, embedder: Embedder, stemmers: Mapping[Language, Stemmer]) -> None:
        self._embedder = embedder
        self._stemmers = stemmers
        self._reading = threading.Lock()
        self._db = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, check_same_thread=False)
        (bar,) = self._db.execute("SELECT bar FROM made").fetchone()
        self.bar = float(bar)
        self._rarity = self._rarities()
        self._unseen = max(self._rarity.values(), default=1.0)
        self._vectors = {language: self._meanings(language) for language in stemmers}

    def close(self) -> None:
        self._db.close()

    def find(self, question: str, language: Language) -> Answer | None:
        """What answers it, or None. Blocking, about 20 ms. Raises ModelError."""
        best = self.best(question, language)
        return best if best is not None and best.score >= self.bar else None

    def best(self, question: str, language: Language) -> Answer | None:
        """The likeliest answer, however unlikely; None: nothing of weight was asked, or there are no documents."""
        stems = self._stemmers[language].stems(question[:_LONGEST])
        asked = marked(language, list(dict.fromkeys(stems))[:_MOST_STEMS])
        numbers, vectors, centre = self._vectors[language]
        if not asked or not len(numbers):
            return None
        meaning = _unit(self._embedder.embed([mask(question[:_LONGEST])]) - centre)[0]
        alike: Floats = vectors @ meaning
        near = numbers[np.argsort(-alike)[:CANDIDATES]]
        with self._reading:
            wanted = {*(int(each) for each in near), *self._worded(asked)}
            rows = self._rows(wanted)
        cosine = {number: float(alike[np.searchsorted(numbers, number)]) for number in wanted}
        scored = [(self._score(asked, row, cosine[row.number]), row) for row in rows]
        score, found = max(scored, key=lambda pair: pair[0])
        with self._reading:
            section = self.section(found.section, language)
        return Answer(section, found.text, score)

    def section(self, identity: str, language: Language) -> Section:
        row = self._db.execute(
            "SELECT id, language, title, spoken, shown FROM sections WHERE id = ? AND language = ?",
            (identity, language),
        ).fetchone()
        return Section(*row)

    def _score(self, asked: Sequence[str], row: "_Row", cosine: float) -> float:
        weights = {stem: self._rarity.get(stem, self._unseen) for stem in asked}
        said = sum(
            weight * (1.0 if stem in row.words else NEARBY if stem in row.around else 0.0)
            for stem, weight in weights.items()
        )
        words, meaning = said / sum(weights.values()), max(cosine, 0.0)
        return (1 - MEANING) * words + MEANING * meaning + TOGETHER * words * meaning

    def _worded(self, asked: Iterable[str]) -> list[int]:
        rows = self._db.execute(
            "SELECT rowid FROM searched WHERE searched MATCH ? ORDER BY bm25(searched, 1.0, 0.7) LIMIT ?",
            (" OR ".join(asked), CANDIDATES),
        )
        return [int(number) for (number,) in rows]

    def _rows(self, numbers: Iterable[int]) -> list["_Row"]:
        rows = self._db.execute(
            "SELECT number, section, text, words, about, around FROM passages"
            " WHERE number IN (SELECT value FROM json_each(?))",
            (json.dumps(list(numbers)),),
        )
        return [
            _Row(number, section, text, frozenset(f"{words} {about}".split()), frozenset(around.split()))
            for number, section, text, words, about, around in rows
        ]

    def _rarities(self) -> dict[str, float]:
        """How telling a stem is: the fewer passages have it, the more."""
        (count,) = self._db.execute("SELECT count(*) FROM passages").fetchone()
        rows = self._db.execute("SELECT term, doc FROM terms")
        return {term: math.log(1 + (count - doc + 0.5) / (doc + 0.5)) for term, doc in rows}

    def _meanings(self, language: Language) -> tuple[npt.NDArray[np.int64], Floats, Floats]:
        """Numbers of the passages, their embeddings about the middle of them all, and that middle."""
        rows = self._db.execute(
            "SELECT number, vector FROM passages WHERE language = ? ORDER BY number", (language,)
        ).fetchall()
        numbers = np.array([number for number, _ in rows], np.int64)
        if not rows:
            return numbers, np.zeros((0, self._embedder.dimensions), np.float32), np.zeros(1, np.float32)
        vectors = np.frombuffer(b"".join(vector for _, vector in rows), np.float16).reshape(len(rows), -1)
        vectors = vectors.astype(np.float32)
        centre: Floats = vectors.mean(axis=0)
        return numbers, _unit(vectors - centre), centre


def marked(language: Language, stems: Iterable[str]) -> list[str]:
    """Stems with their language before them, so that one table holds them all and «sin» is never "sin"."""
    return [f"{language}{stem}" for stem in stems]


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    section: str
    text: str
    words: frozenset[str]
    """Stems of the passage and of the headings above it."""
    around: frozenset[str]
    """Stems of the whole section."""


def _unit(rows: Floats) -> Floats:
    result: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return result
