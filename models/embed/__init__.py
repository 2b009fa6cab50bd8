"""Sentence embeddings: Spanish and English in one space."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from models.store import Store


class Embedder(Protocol):
    """Loaded once, shared, thread-safe; blocking: call it in a worker thread."""

    dimensions: int
    parts: tuple[int, ...]
    """Dimensions of each encoder that it is made of, in their order: `dimensions` in all."""
    fingerprint: str
    """Of the model and its weights: vectors of another one can't be compared with these."""

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, float32 [len(texts), dimensions]. Raises ModelError."""


def load(store: "Store") -> Embedder:
    """The best that the store has: e5, and beside it the sentence encoder where it is there. Raises ModelError."""
    from models.embed import e5, use
    from models.embed.pair import Pair

    first = e5.load(store)
    return Pair(first, use.load(store)) if store.is_installed(use.MODEL) else first
