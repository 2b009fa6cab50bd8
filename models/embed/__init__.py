"""Sentence embeddings: Spanish and English in one space."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt


class Embedder(Protocol):
    """Loaded once, shared, thread-safe; blocking: call it in a worker thread."""

    dimensions: int

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, float32 [len(texts), dimensions]. Raises ModelError."""
