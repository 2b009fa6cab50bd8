"""Sentences that are no examples: which intent the agent takes them for.

A pack brings them in `heldout/<language>.toml`, like its examples: intent → sentences. None of them was looked at when
the examples or the router were made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from runtime.agent import Language
from runtime.agent.controls import control
from runtime.agent.pack import OUT_OF_SCOPE, Pack
from runtime.agent.route import Judge
from runtime.agent.router import Router
from runtime.agent.tomls import read_toml

FALSE_REJECTION = 0.05


@dataclass(frozen=True, slots=True)
class Guess:
    """One sentence; `confidence` is that of the best intent, `known` by the router's own bar."""

    language: Language
    intent: str
    text: str
    guessed: str
    confidence: float
    known: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Shares 0…1. `recall`: out of scope, found at the confidence that rejects 5 % of the rest. `rejected` and
    `caught`: at the router's own bar, which was set on its examples."""

    accuracy: float
    recall: float
    rejected: float
    caught: float
    inside: int
    outside: int


def heldout(pack: Pack) -> list[tuple[Language, str, str]]:
    """(language, intent, sentence) of the pack's heldout/, empty where it has none. Raises PackError."""
    found: list[tuple[Language, str, str]] = []
    for language in pack.manifest.languages:
        path: Path = pack.folder / "heldout" / f"{language}.toml"
        if path.is_file():
            texts = read_toml(path, dict[str, list[str]])
            found += [(language, intent, text) for intent, of in texts.items() for text in of]
    return found


def guess(router: Router, language: Language, intent: str, text: str) -> Guess:
    """What a sentence is taken for: by the rules that work at any moment, else by the router. Blocks."""
    if (ruled := control(text)) is not None:
        return Guess(language, intent, text, ruled, 1.0, known=True)
    routed = router.route(text)
    return Guess(language, intent, text, routed.intent, routed.confidence, routed.known)


def weighed(judge: Judge, guess: Guess) -> Guess:
    """The same, where the language model is asked as well when the router is in doubt. Blocks. Raises ModelError."""
    if control(guess.text) is not None:
        return guess
    return replace(guess, guessed=judge.judge(guess.text).intents[0])


def score(guesses: Sequence[Guess]) -> Score:
    """Raises ValueError when nothing is in scope, or nothing out of it."""
    inside = [one for one in guesses if one.intent != OUT_OF_SCOPE]
    outside = [one for one in guesses if one.intent == OUT_OF_SCOPE]
    if not inside or not outside:
        raise ValueError("sentences in scope and out of it are needed")
    bar = float(np.quantile([one.confidence for one in inside], FALSE_REJECTION))
    return Score(
        accuracy=_share(one.guessed == one.intent for one in inside),
        recall=_share(one.confidence < bar for one in outside),
        rejected=_share(not one.known for one in inside),
        caught=_share(not one.known for one in outside),
        inside=len(inside),
        outside=len(outside),
    )


def _share(each: Iterable[bool]) -> float:
    return float(np.mean(list(each)))
