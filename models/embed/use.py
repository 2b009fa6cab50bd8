"""Universal Sentence Encoder, multilingual v3 (Yang et al. 2020): words and their neighbours, summed; 512 dimensions.

A second opinion beside e5: it was taught which sentences answer each other and which mean the same, in sixteen
languages. The pieces of words are looked up in a table of 128,010 rows of 6 bits, so a sentence takes 2 ms and no
runtime but numpy. The table is unpacked once into the cache, and mapped: only rows that somebody said are in memory.
"""

import zipfile
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import structlog

from core.errors import ModelError
from core.files import replacing
from core.places import cache_home
from models.embed.text import clean
from models.store import Store

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

log = structlog.get_logger(__name__)

MODEL = "use-multilingual-v3"

Floats = npt.NDArray[np.float32]

_TABLES = 17
"""Piece `id` is row `id // 17` of table `id % 17`."""
_PIECES = 128_010
_WIDTH = 512
_ORDERS = ((2, 0), (3, 1), (5, 2))
"""Neighbours that are looked at together, and how many of them stand before."""
_BEGIN, _END = 1, 2


class Use:
    """An `Embedder`. What it holds doesn't change: thread-safe."""

    dimensions = _WIDTH
    parts: tuple[int, ...] = (_WIDTH,)

    def __init__(
        self,
        table: npt.NDArray[np.uint8],
        weights: dict[str, Floats],
        pieces: "SentencePieceProcessor",
        fingerprint: str,
    ) -> None:
        self.fingerprint = fingerprint
        self._table = table
        self._w = weights
        self._pieces = pieces

    def embed(self, texts: Sequence[str]) -> Floats:
        """Unit vectors, float32 [len(texts), 512]; an empty text has one too."""
        return np.stack([self._one(text) for text in texts]) if texts else np.empty((0, self.dimensions), np.float32)

    def _one(self, text: str) -> Floats:
        pieces = np.array([_BEGIN, *self._pieces.encode(clean(text)), _END])
        w, table = self._w, pieces % _TABLES
        words: Floats = self._table[pieces] * w["scale"][table, None] + w["lo"][table, None]
        projected = np.hstack([words @ w[f"proj{order}"] + w[f"proj_b{order}"] for order, _ in _ORDERS])
        gains, shifts = (np.hstack([w[f"{name}{order}"] for order, _ in _ORDERS]) for name in ("ln_g", "ln_b"))
        branches = np.split(_normal(projected, gains, shifts, w["eps"]), len(_ORDERS), axis=1)
        seen = [words]
        for (order, before), branch in zip(_ORDERS, branches, strict=True):
            for layer in (1, 2):
                around = _around(branch, order, before)
                branch = branch + np.maximum(around @ w[f"w{layer}_{order}"] + w[f"b{layer}_{order}"], 0)  # noqa: PLW2901
            seen.append(branch)
        features = _normal(np.hstack(seen), w["ln_g"], w["ln_b"], w["eps"])
        whole = (features.sum(axis=0) @ w["cnn_W"] + len(pieces) * w["cnn_b"]) / np.sqrt(len(pieces))
        middle = np.maximum(whole @ w["p1"] + np.maximum(whole @ w["d0"], 0) @ w["d1"], 0)
        out = np.tanh(middle @ w["p3"] + np.maximum(middle @ w["d2"], 0) @ w["d3"])
        vector: Floats = (out / np.linalg.norm(out)).astype(np.float32)
        return vector


def _normal(rows: Floats, gain: Floats, shift: Floats, eps: Floats) -> Floats:
    """Each row to mean 0 and deviation 1, then `gain` and `shift`."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    result: Floats = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + eps) * gain + shift
    return result


def _around(rows: Floats, order: int, before: int) -> Floats:
    """Each row beside its neighbours, zeros beyond the ends: [n, order * width]."""
    padded = np.pad(rows, ((before, order - 1 - before), (0, 0)))
    return np.hstack([padded[start : start + len(rows)] for start in range(order)])


def load(store: Store) -> Use:
    """Raises ModelError `model.missing`, `model.truncated`, `model.tampered` or `model.engine`."""
    from sentencepiece import SentencePieceProcessor

    folder, fingerprint = store.require(MODEL), store.catalog.model(MODEL).fingerprint
    try:
        with np.load(folder / "weights.npz", allow_pickle=False) as file:
            weights = {name: file[name].astype(np.float32) for name in file.files if not name.startswith("q")}
            table = _table(file, fingerprint)
        pieces = SentencePieceProcessor(model_file=str(folder / "sp.model"))
        return Use(table, weights, pieces, fingerprint)
    except (OSError, ValueError, KeyError, IndexError, RuntimeError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError("model.engine", f"{MODEL} cannot be read: run `mostrador models verify {MODEL}`") from error


def _table(weights: "np.lib.npyio.NpzFile", fingerprint: str) -> npt.NDArray[np.uint8]:
    """uint8 [pieces, 512], mapped out of the cache; in memory where none is kept. Raises what a damaged file does."""
    path = cache_home() / "embed" / f"{fingerprint}.npy"
    if path.is_file():
        try:
            kept: npt.NDArray[np.uint8] = np.load(path, mmap_mode="r", allow_pickle=False)
            if kept.shape == (_PIECES, _WIDTH) and kept.dtype == np.uint8:
                return kept
        except (OSError, ValueError, EOFError) as error:
            log.warning("table_unreadable", path=str(path), cause=str(error))
    table = np.empty((_PIECES, _WIDTH), np.uint8)
    for number in range(_TABLES):
        table[number::_TABLES] = weights[f"q{number + 1}"]
    try:
        with replacing(path) as draft, draft.open("wb") as file:
            np.save(file, table)
        table = np.load(path, mmap_mode="r", allow_pickle=False)
    except OSError as error:
        log.warning("table_not_kept", path=str(path), cause=str(error), memory="65 MB more")
    return table
