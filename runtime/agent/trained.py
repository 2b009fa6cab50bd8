"""A pack's own understanding model, made by `mostrador pack train`: one file of numbers, and a card that says how good.

The file holds what the router learnt from the examples and from paraphrases of them, in 8 and 16 bits. It goes by the
examples that it was made of, the embedder and this version of the learning: when any of them changes the name of the
file changes, and the agent learns from the examples again as if there were none.
"""

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import structlog

from core.files import replacing
from models.embed import Embedder
from runtime.agent.learning import outside
from runtime.agent.pack import Pack
from runtime.agent.router import Fit, Learnt

log = structlog.get_logger(__name__)

VERSION = "2"
"""Of the learning and of the file; another one is another model."""


def name_of(pack: Pack, embedder: Embedder) -> str:
    """ "<pack>-<hash of all that it is made of>.npz"."""
    made_of = [
        VERSION, embedder.fingerprint, str(pack.manifest.thresholds.false_rejection),
        msgspec.json.encode((pack.examples, pack.manifest.topics), order="sorted").decode(),
        *outside(pack.manifest.languages),
    ]  # fmt: skip
    return f"{pack.manifest.id}-{hashlib.sha256(chr(0).join(made_of).encode()).hexdigest()[:16]}.npz"


def places(pack: Pack, embedder: Embedder) -> tuple[Path, Path]:
    """Where it may lie: beside the pack, else in the cache."""
    from core.places import cache_home

    name = name_of(pack, embedder)
    return pack.folder / "trained" / name, cache_home() / "trained" / name


def find(pack: Pack, embedder: Embedder) -> Learnt | None:
    """The trained model of exactly this pack, if there is one that can be read."""
    for path in places(pack, embedder):
        if path.is_file():
            try:
                return read(path)
            except Exception as error:  # noqa: BLE001 - a damaged archive fails in as many ways as zlib and zipfile know
                log.warning("trained_unreadable", path=str(path), cause=repr(error))
    return None


class _Rest(msgspec.Struct, frozen=True):
    """What of a model is no array."""

    intents: tuple[str, ...]
    outside: int
    texts: tuple[str, ...]
    fit: Fit


def write(learnt: Learnt, path: Path) -> None:
    """In 8 bits (meanings, each row by its largest) and 16 (weights), put in place in one step."""
    scale = np.abs(learnt.meanings).max(axis=1) / 127
    rest = _Rest(learnt.intents, learnt.outside, learnt.texts, learnt.fit)
    with replacing(path) as draft, draft.open("wb") as file:
        np.savez_compressed(
            file,
            meanings=np.round(learnt.meanings / scale[:, None]).astype(np.int8),
            scale=scale.astype(np.float32),
            weights=learnt.weights.astype(np.float16),
            centre=learnt.centre.astype(np.float32),
            rest=np.frombuffer(msgspec.json.encode(rest), np.uint8),
        )


def read(path: Path) -> Learnt:
    """Raises whatever a damaged archive makes numpy, zipfile, zlib or msgspec raise."""
    with np.load(path, allow_pickle=False) as file:
        rest = msgspec.json.decode(file["rest"].tobytes(), type=_Rest)
        meanings = file["meanings"].astype(np.float32) * file["scale"][:, None]
        learnt = Learnt(
            rest.intents, rest.outside, rest.texts, file["centre"], meanings.astype(np.float32),
            file["weights"].astype(np.float32), rest.fit,
        )  # fmt: skip
    if learnt.weights.shape != (len(rest.texts), len(rest.intents)) or len(learnt.meanings) != len(rest.texts):
        raise ValueError("its arrays don't fit each other")
    return learnt
