"""The small language model: it only chooses among a few grounded candidates, and knows where a sentence may end."""

from collections.abc import Sequence
from typing import Protocol


class Chooser(Protocol):
    """Loaded once, shared, thread-safe; blocking: call it in a worker thread."""

    def choose(self, prompt: str, candidates: Sequence[str]) -> list[float]:
        """Probability of each candidate as the continuation of `prompt`; sums to 1. Raises ModelError."""


class Finisher(Protocol):
    """Like a `Chooser`: loaded once, thread-safe, blocking."""

    def ends(self, text: str) -> float:
        """Log-probability that a sentence ends after the words of `text`. Raises ModelError."""


def topic_prompt(sentence: str) -> str:
    """The prompt under which a small model tells best what a sentence is about; the candidates are short noun phrases
    ("opening hours", "order status"), in English whatever the language of `sentence`."""
    said = " ".join(sentence.replace('"', "'").split())
    return (
        "Say the topic of each sentence of a customer.\n"
        '"what is the price of this" -> price\n'
        '"my card was charged twice" -> payment problem\n'
        '"do you have this in blue" -> product availability\n'
        f'"{said}" ->'
    )
