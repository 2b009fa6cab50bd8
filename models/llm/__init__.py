"""The small language model: it only chooses among a few grounded candidates."""

from collections.abc import Sequence
from typing import Protocol


class Chooser(Protocol):
    """Loaded once, shared, thread-safe; blocking: call it in a worker thread."""

    def choose(self, prompt: str, candidates: Sequence[str]) -> list[float]:
        """Probability of each candidate as the continuation of `prompt`; sums to 1. Raises ModelError."""
