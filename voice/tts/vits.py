"""A VITS voice that can be heard before it is made: its text half runs once, its sound half piece by piece.

The sound half is convolutions, so frames decoded with enough of their neighbours equal those of one long run
(streaming-vits); the first piece of a sentence is there after about a third of the time, whatever its length.
"""

import contextlib
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.places import cache_home

PIECES = (32, 72, 176, 400)
"""Frames a piece, of some 12 ms; the last goes on. Each covers the making of the next one, with half to spare."""
LEFT, RIGHT = 48, 40
"""Frames decoded around a piece and dropped: with them a piece differs from one long run by less than 1e-4."""

Sound = npt.NDArray[np.float32]


class Vits:
    """One voice, split in two graphs. Thread-safe."""

    def __init__(self, onnx: Path, threads: int) -> None:
        """Splits the voice at first use, which takes some seconds, and keeps the halves in the cache.

        Raises what streaming-vits and onnx raise when the voice cannot be split: ValueError, OSError, …
        """
        halves = _halves(onnx)
        try:
            self._voice = _open(onnx, halves, threads)
        except Exception:  # noqa: BLE001  onnxruntime has no common base: halves that a power cut left are made anew
            shutil.rmtree(halves, ignore_errors=True)
            self._voice = _open(onnx, _halves(onnx), threads)

    def sound(self, phonemes: list[int]) -> Iterator[Sound]:
        """Pieces of float32 in -1…1 for the ids of one sentence."""
        z, mask, speaker = self._voice.frontend(np.array([phonemes], np.int64))
        frames, start = z.shape[2], 0
        for piece in _pieces(frames):
            yield self._voice.decode_chunk(z, mask, speaker, start, start + piece)
            start += piece


def _open(onnx: Path, halves: Path, threads: int) -> Any:
    from streaming_vits import Profile, StreamingTTS

    profile = Profile(left=LEFT, right=RIGHT, schedule=list(PIECES), threads=threads)
    return StreamingTTS(str(onnx), profile=profile, threads=threads, verbose=False, cache=str(halves), use_cached=False)


def _pieces(frames: int) -> Iterator[int]:
    """Frames of each piece; what would be left over for a last short one is taken along."""
    place = 0
    while frames > 0:
        wanted = PIECES[min(place, len(PIECES) - 1)]
        piece = frames if frames < wanted + PIECES[0] else wanted
        yield piece
        frames -= piece
        place += 1


def _halves(onnx: Path) -> Path:
    """The folder with both halves of a voice; it appears whole or not at all."""
    made = onnx.stat()
    name = hashlib.sha256(f"{onnx.name} {made.st_size} {made.st_mtime_ns}".encode()).hexdigest()[:16]
    folder = cache_home() / "voices" / f"{onnx.stem}-{name}"
    if folder.is_dir():
        return folder
    from streaming_vits.graph import split

    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".splitting-", dir=folder.parent))
    try:
        split(str(onnx), str(scratch), verbose=False)
        with contextlib.suppress(OSError):  # somebody else was faster
            scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder
