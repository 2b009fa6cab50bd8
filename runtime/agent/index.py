"""Makes the index of a pack's documents: one SQLite file, put in place in one step, made anew when they change."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import structlog

from core.errors import AgentError
from core.files import keep_newest, replacing
from core.places import cache_home
from models.embed import Embedder
from models.embed.pair import Pair
from runtime.agent import Language
from runtime.agent.knowledge import Section
from runtime.agent.library import BAR, Answer, Library, marked
from runtime.agent.pack import Pack
from runtime.agent.passages import Passage, document_titles, passages, pdf_sections
from runtime.agent.questions import Question, read_questions
from runtime.agent.stems import Stemmer, make_stemmer
from runtime.agent.words import mask

log = structlog.get_logger(__name__)

_VERSION = "3"
_BATCH = 16
_KEPT = 4
"""Indexes of one pack that stay: that of another version, or of a copy of it, is soon wanted again."""

_SCHEMA = """
CREATE TABLE made (digest TEXT NOT NULL, bar REAL NOT NULL, tried INTEGER NOT NULL, right INTEGER NOT NULL,
                   wrong INTEGER NOT NULL, unanswerable INTEGER NOT NULL, invented INTEGER NOT NULL);
CREATE TABLE sections (id TEXT NOT NULL, language TEXT NOT NULL, title TEXT NOT NULL, spoken TEXT NOT NULL,
                       shown TEXT NOT NULL, PRIMARY KEY (id, language));
CREATE TABLE passages (number INTEGER PRIMARY KEY, language TEXT NOT NULL, section TEXT NOT NULL, text TEXT NOT NULL,
                       words TEXT NOT NULL, about TEXT NOT NULL, around TEXT NOT NULL, vector BLOB NOT NULL,
                       hash TEXT NOT NULL);
CREATE INDEX of_language ON passages (language);
CREATE VIRTUAL TABLE searched USING fts5 (words, about, tokenize = 'unicode61 remove_diacritics 2');
CREATE VIRTUAL TABLE terms USING fts5vocab (searched, row);
"""


@dataclass(frozen=True, slots=True)
class Fit:
    """How the half of the pack's questions fares that the bar was not set with."""

    tried: int = 0
    """Questions that the documents answer."""
    right: int = 0
    wrong: int = 0
    """Answered from another place."""
    unanswerable: int = 0
    invented: int = 0
    """Questions that the documents do not answer, and that were answered."""


@dataclass(frozen=True, slots=True)
class Report:
    """What an index holds. `made`: False when it was there already."""

    path: Path
    made: bool
    sections: int
    passages: int
    bar: float
    fit: Fit


def open_library(pack: Pack, embedder: Embedder, progress: Callable[[int, int], None] | None = None) -> Library:
    """The index of the pack's documents, made first where it is not there. Raises PackError, AgentError, ModelError."""
    report = make_index(pack, embedder, progress)
    return Library(report.path, _alone(embedder), _stemmers(pack))


def make_index(pack: Pack, embedder: Embedder, progress: Callable[[int, int], None] | None = None) -> Report:
    """`progress` is told passages done, of how many. Raises PackError, AgentError, ModelError."""
    embedder = _alone(embedder)
    digest = _digest(pack, embedder)
    folder = cache_home() / "knowledge"
    path = folder / f"{pack.manifest.id}-{digest[:16]}.db"
    if report := _kept(path, digest):
        return report
    try:
        with replacing(path) as draft:
            sections = [*pack.knowledge.values(), *pdf_sections(pack.folder / "knowledge")]
            _write(draft, pack, sections, embedder, _vectors(folder, pack), progress or (lambda done, of: None))
            _set_bar(draft, pack, sections, embedder, digest)
        keep_newest(folder, f"{pack.manifest.id}-*.db", _KEPT)
    except (OSError, sqlite3.Error) as error:
        raise AgentError(
            "agent.knowledge_unwritable", f"{path} can't be written ({error}): free or grant it"
        ) from error
    report = _kept(path, digest)
    assert report is not None
    log.info("knowledge_indexed", pack=pack.manifest.id, sections=report.sections, passages=report.passages)
    return Report(report.path, True, report.sections, report.passages, report.bar, report.fit)


def _alone(embedder: Embedder) -> Embedder:
    return embedder.first if isinstance(embedder, Pair) else embedder


def _stemmers(pack: Pack) -> dict[Language, Stemmer]:
    return {language: make_stemmer(language, pack.synonyms[language]) for language in pack.manifest.languages}


def _digest(pack: Pack, embedder: Embedder) -> str:
    """Of all that the index depends on."""
    digest = hashlib.sha256(f"{_VERSION} {embedder.fingerprint}".encode())
    for path in sorted((pack.folder / "knowledge").glob("*")):
        if path.suffix in (".md", ".pdf", ".toml"):
            digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    for language in pack.manifest.languages:
        digest.update("\0".join((language, *pack.synonyms[language])).encode())
    return digest.hexdigest()


def _kept(path: Path, digest: str) -> Report | None:
    """What is there already, if it is whole."""
    if not path.is_file():
        return None
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
            found, bar, *fit = db.execute("SELECT * FROM made").fetchone()
            (sections,) = db.execute("SELECT count(*) FROM sections").fetchone()
            (count,) = db.execute("SELECT count(*) FROM passages").fetchone()
    except (sqlite3.Error, TypeError) as error:
        log.warning("knowledge_index_unreadable", path=str(path), cause=str(error))
        return None
    return Report(path, False, sections, count, bar, Fit(*fit)) if found == digest else None


def _vectors(folder: Path, pack: Pack) -> dict[str, bytes]:
    """Embeddings out of earlier indexes of this pack, by the hash of what they are of."""
    known: dict[str, bytes] = {}
    for path in folder.glob(f"{pack.manifest.id}-*.db"):
        try:
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
                known.update(db.execute("SELECT hash, vector FROM passages"))
        except sqlite3.Error as error:
            log.warning("knowledge_index_unreadable", path=str(path), cause=str(error))
    return known


def _write(
    draft: Path,
    pack: Pack,
    written: Sequence[Section],
    embedder: Embedder,
    known: dict[str, bytes],
    progress: Callable[[int, int], None],
) -> None:
    stemmers = _stemmers(pack)
    titles = document_titles(pack.folder / "knowledge")
    sections = [section for section in written if section.language in stemmers]
    pieces = [piece for section in sections for piece in passages(section, _title(section, titles))]
    log.info("knowledge_indexing", pack=pack.manifest.id, passages=len(pieces))
    with closing(sqlite3.connect(draft)) as db:
        db.executescript(_SCHEMA)
        db.executemany(
            "INSERT OR REPLACE INTO sections VALUES (?, ?, ?, ?, ?)",
            [(each.id, each.language, each.title, each.spoken, each.shown) for each in sections],
        )
        number = 0
        for start in range(0, len(pieces), _BATCH):
            batch = pieces[start : start + _BATCH]
            for piece, (key, vector) in zip(batch, _embedded(batch, embedder, known), strict=True):
                number += 1
                language: Language = "en" if piece.section.language == "en" else "es"
                words, about, around = (
                    " ".join(marked(language, stemmers[language].stems(text)))
                    for text in (piece.text, piece.about, piece.section.shown)
                )
                db.execute(
                    "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (number, language, piece.section.id, piece.text, words, about, around, vector, key),
                )
                db.execute("INSERT INTO searched (rowid, words, about) VALUES (?, ?, ?)", (number, words, about))
            progress(min(start + _BATCH, len(pieces)), len(pieces))
        db.execute("INSERT INTO made VALUES ('', ?, 0, 0, 0, 0, 0)", (BAR,))
        db.commit()


def _title(section: Section, titles: dict[tuple[str, str], str]) -> str:
    return titles.get((section.id.partition("#")[0], section.language), section.title)


def _embedded(batch: Sequence[Passage], embedder: Embedder, known: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """(hash, float16 vector) of each: with its headings, which say what it is about."""
    texts = [f"{piece.about}: {mask(piece.text)}" for piece in batch]
    keys = [hashlib.sha256(f"{embedder.fingerprint}\0{text}".encode()).hexdigest()[:32] for text in texts]
    missing = [at for at, key in enumerate(keys) if key not in known]
    if missing:
        vectors = embedder.embed([texts[at] for at in missing]).astype(np.float16)
        known.update({keys[at]: vector.tobytes() for at, vector in zip(missing, vectors, strict=True)})
    return ((key, known[key]) for key in keys)


def _set_bar(draft: Path, pack: Pack, sections: Sequence[Section], embedder: Embedder, digest: str) -> None:
    """On every other question of the pack; the rest tell how good it is."""
    asked = read_questions(pack, sections)
    library = Library(draft, embedder, _stemmers(pack))
    try:
        found = [(question, library.best(question.ask, question.language)) for question in asked]
    finally:
        library.close()
    bar = choose_bar(found[::2])
    fit = measure(found[1::2], bar)
    with closing(sqlite3.connect(draft)) as db, db:
        db.execute(
            "UPDATE made SET digest = ?, bar = ?, tried = ?, right = ?, wrong = ?, unanswerable = ?, invented = ?",
            (digest, bar, fit.tried, fit.right, fit.wrong, fit.unanswerable, fit.invented),
        )


def choose_bar(found: Sequence[tuple[Question, Answer | None]]) -> float:
    """The bar with the most right answers where a wrong one costs as much as three; `BAR` where nothing was asked."""
    scores = sorted({answer.score for _, answer in found if answer})
    if not scores:
        return BAR
    bars = [(low + high) / 2 for low, high in zip(scores, [*scores[1:], scores[-1] + 0.1], strict=True)]

    def worth(bar: float) -> tuple[int, float]:
        fit = measure(found, bar)
        return fit.right - 3 * (fit.wrong + fit.invented), bar

    return max(bars, key=worth)


def measure(found: Sequence[tuple[Question, Answer | None]], bar: float) -> Fit:
    tried = right = wrong = unanswerable = invented = 0
    for question, answer in found:
        given = answer is not None and answer.score >= bar
        if not question.section:
            unanswerable += 1
            invented += given
            continue
        tried += 1
        if given and answer is not None:
            right += question.answered_by(answer)
            wrong += not question.answered_by(answer)
    return Fit(tried, right, wrong, unanswerable, invented)
