"""What a router learns from examples, in seconds and always the same.

Solving the regression takes milliseconds, and leave-one-out predictions come exactly from the same inverse (Rifkin &
Lippert 2007, section 4), so both the temperature and the bar for "out of scope" are set on sentences that the model has
not seen. Where an example comes with paraphrases of it, they are left out together.

A pack can't list all that it is not about. So small talk, trivia, errands and wrong numbers of every kind (`outside/`)
count as out of scope beside its own examples of that, but for those that come close to what it does know.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import structlog

from core.files import keep_newest, replacing
from models.embed import Embedder
from runtime.agent import Language
from runtime.agent.router import Fit, Floats, Learnt, kernel, softmax, unit
from runtime.agent.wording import Wording
from runtime.agent.words import mask

log = structlog.get_logger(__name__)

RIDGE = 0.03
NEAR = 0.8
"""Cosine with an example from which a sentence of `outside/` may be one that the pack knows."""
_KEPT = 100
"""Embeddings of examples that stay: those of all packs and a few versions of each."""
TEMPERATURES = (0.03, 0.04, 0.05, 0.07, 0.1, 0.14, 0.2)


def learn(
    examples: Mapping[Language, Mapping[str, Sequence[str]]],
    embedder: Embedder,
    cache: Path,
    out_of_scope: str,
    false_rejection: float,
    *,
    others: Sequence[str] = (),
    topics: Mapping[str, str] = MappingProxyType({}),
    paraphrases: Callable[[str, Language], Sequence[str]] = lambda _text, _language: (),
) -> Learnt:
    """`others`: what is out of scope for everybody (`outside`). `topics`: intent → what it is about, in few words; as
    good as one more example. `paraphrases`: other ways to say an example.

    `false_rejection`: the share of the examples in scope that may fall below the bar. Raises ModelError.
    """
    rows = [
        (text, intent, language) for language, of in examples.items() for intent, texts in of.items() for text in texts
    ]
    intents = tuple(sorted({intent for _, intent, _ in rows}))
    out = intents.index(out_of_scope)
    texts = [text for text, _, _ in rows]
    answers = [intents.index(intent) for _, intent, _ in rows]
    groups = list(range(len(rows)))
    for at, (text, _, language) in enumerate(rows):
        more = [each for each in paraphrases(text, language) if each != text]
        texts += more
        answers += [answers[at]] * len(more)
        groups += [at] * len(more)
    about = {topic: intent for intent, topic in topics.items() if intent in intents and topic not in texts}
    texts += about
    answers += [intents.index(intent) for intent in about.values()]
    groups += range(len(rows), len(rows) + len(about))
    vectors = _embedded([mask(text) for text in texts], embedder, cache)
    centre: Floats = vectors[: len(rows)].mean(axis=0)
    if others:
        far = _embedded([mask(text) for text in others], embedder, cache)
        known = vectors[[at for at, answer in enumerate(answers) if answer != out]]
        kept = np.flatnonzero((far @ known.T).max(axis=1) < NEAR)
        vectors = np.vstack([vectors, far[kept]])
        texts += [others[int(at)] for at in kept]
        answers += [out] * len(kept)
        groups += range(len(groups), len(groups) + len(kept))
    meanings = unit(vectors - centre, embedder.parts)
    alike = kernel(meanings, meanings, embedder.parts, Wording(texts).among_themselves())
    weights, left_out = _solve(alike, _targets(np.array(answers), len(intents)), np.array(groups))
    fit = _calibrate(left_out[: len(rows)], np.array(answers[: len(rows)]), out, false_rejection)
    return Learnt(intents, out, tuple(texts), centre, meanings, weights, fit)


def outside(languages: Iterable[Language]) -> list[str]:
    """What is out of scope for everybody, in these languages."""
    folder = Path(__file__).parent / "outside"
    return [text for code in languages for text in (folder / f"{code}.txt").read_text("utf-8").splitlines() if text]


def _targets(answers: npt.NDArray[np.int64], intents: int) -> Floats:
    targets = np.full((len(answers), intents), -1 / (intents - 1), np.float32)
    targets[np.arange(len(answers)), answers] = 1
    return targets


def _solve(alike: Floats, targets: Floats, groups: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Dual weights [examples, intents], and what each example gets from those of all other groups."""
    inverse: Floats = np.linalg.inv(alike + RIDGE * np.eye(len(alike), dtype=np.float32)).astype(np.float32)
    weights: Floats = inverse @ targets
    left_out: Floats = targets - weights / np.diag(inverse)[:, None]
    order = np.argsort(groups, kind="stable")
    edges = np.flatnonzero(np.diff(groups[order])) + 1
    for together in np.split(order, edges):
        if len(together) > 1:
            block = inverse[np.ix_(together, together)]
            left_out[together] = targets[together] - np.linalg.solve(block, weights[together])
    return weights, left_out


def _calibrate(left_out: Floats, answers: npt.NDArray[np.int64], outside: int, false_rejection: float) -> Fit:
    rows = np.arange(len(answers))
    loss = {
        temperature: float(-np.log(softmax(left_out, temperature)[rows, answers] + 1e-9).mean())
        for temperature in TEMPERATURES
    }
    temperature = min(loss, key=lambda each: loss[each])
    chances = softmax(left_out, temperature)
    chances[:, outside] = 0
    known = answers != outside
    top = chances.max(axis=1)
    bar = float(np.quantile(top[known], false_rejection))
    return Fit(
        accuracy=float((chances.argmax(axis=1) == answers)[known].mean()),
        rejected=float((top[known] < bar).mean()),
        caught=float((top[~known] < bar).mean()),
        bar=bar,
        temperature=temperature,
    )


def _embedded(texts: Sequence[str], embedder: Embedder, cache: Path) -> Floats:
    """Embeddings of the examples, made once and kept in `cache` under a name that depends on every one of them."""
    content = "\n".join((embedder.fingerprint, *texts))
    path = cache / f"{hashlib.sha256(content.encode()).hexdigest()[:24]}.npy"
    if path.is_file():
        try:
            kept: Floats = np.load(path, allow_pickle=False)
            if kept.shape == (len(texts), embedder.dimensions):
                return kept
        except (OSError, ValueError, EOFError) as error:
            log.warning("examples_cache_unreadable", path=str(path), cause=str(error))
    log.info("examples_embedding", count=len(texts))
    made = embedder.embed(list(texts)).astype(np.float32)
    try:
        with replacing(path) as draft, draft.open("wb") as file:
            np.save(file, made)
        keep_newest(cache, "*.npy", _KEPT)
    except OSError as error:
        log.warning("examples_cache_not_kept", path=str(path), cause=str(error))
    return made
