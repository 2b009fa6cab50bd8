"""Two embedders as one: the cosine of a pair is the mean of their cosines."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.embed import Embedder


class Pair:
    """An `Embedder`."""

    def __init__(self, first: Embedder, second: Embedder) -> None:
        self._both = (first, second)
        self.first = first
        """Alone where the likeness of a question and its answer is wanted: the pair finds fewer of them."""
        self.dimensions = first.dimensions + second.dimensions
        self.parts: tuple[int, ...] = (*first.parts, *second.parts)
        self.fingerprint = f"{first.fingerprint}+{second.fingerprint}"

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, float32 [len(texts), dimensions]. Raises ModelError."""
        vectors: npt.NDArray[np.float32] = np.hstack([one.embed(texts) for one in self._both])
        return vectors * np.float32(0.5**0.5)
