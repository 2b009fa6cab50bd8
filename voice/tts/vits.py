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
from voice.onnx import open_session

PIECES = (32, 72, 176, 400)
"""Frames a piece, of some 12 ms; the last goes on. Each covers the making of the next one, with half to spare."""
LEFT, RIGHT = 48, 40
"""Frames decoded around a piece and dropped: with them a piece differs from one long run by less than 1e-4."""

Sound = npt.NDArray[np.float32]
Latent = list[npt.NDArray[Any]]
"""Float32 [1, channels, frames], which of the frames count [1, 1, frames], and the speaker where a voice has many."""
Scales = tuple[float, float, float]
"""How varied its tone is, how slow it is, how varied its lengths are."""


class Vits:
    """One voice, split in two graphs. Thread-safe."""

    def __init__(self, onnx: Path, threads: int, scales: Scales = (0.667, 1.0, 0.8), speaker: int = 0) -> None:
        """Splits the voice at first use, which takes some seconds, and keeps the halves in the cache.

        Raises what streaming-vits and onnx raise when the voice cannot be split: ValueError, OSError, …
        """
        self._scales, self._speaker = np.array(scales, np.float32), np.array([speaker], np.int64)
        folder = _folder(onnx)
        try:
            self._open(folder, threads)
        except Exception:  # noqa: BLE001  onnxruntime has no common base: halves that a power cut left are made anew
            shutil.rmtree(folder, ignore_errors=True)
            self._open(_folder(onnx), threads)

    def _open(self, folder: Path, threads: int) -> None:
        from streaming_vits.graph import SplitModel

        (described,) = folder.glob("*.split.json")
        halves = SplitModel.load(described)
        self._takes, self._hop = frozenset(halves.frontend_inputs), halves.hop
        self._seam = [name for name in (halves.seam.z_p, halves.seam.mask, halves.seam.g) if name]
        self._text = open_session(folder / halves.frontend, threads)
        self._sound = open_session(folder / halves.decoder, threads)

    def sound(self, phonemes: list[int]) -> Iterator[Sound]:
        """Pieces of float32 in -1…1 for the ids of one sentence."""
        latent = self.latent(phonemes)
        frames, start = latent[0].shape[2], 0
        for piece in _pieces(frames):
            yield self.decode(latent, start, start + piece)
            start += piece

    def latent(self, phonemes: list[int]) -> Latent:
        """The text half: how the sentence sounds, frame by frame. Its noise is drawn anew each time."""
        given = {
            "input": np.array([phonemes], np.int64),
            "input_lengths": np.array([len(phonemes)], np.int64),
            "scales": self._scales,
            "sid": self._speaker,
        }
        wanted = {name: value for name, value in given.items() if name in self._takes}
        return [np.asarray(part) for part in self._text.run(self._seam, wanted)]

    def decode(self, latent: Latent, start: int, end: int) -> Sound:
        """The sound half, of the frames from `start` to `end`: the same as these frames of one long run."""
        first, last = max(0, start - LEFT), end + RIGHT
        framed, speaker = latent[:2], latent[2:]
        parts = [part[:, :, first:last] for part in framed] + speaker
        (sound,) = self._sound.run(None, dict(zip(self._seam, parts, strict=True)))
        samples = np.asarray(sound, np.float32).reshape(-1)
        return samples[(start - first) * self._hop : (end - first) * self._hop]


def _pieces(frames: int) -> Iterator[int]:
    """Frames of each piece; what would be left over for a last short one is taken along."""
    place = 0
    while frames > 0:
        wanted = PIECES[min(place, len(PIECES) - 1)]
        piece = frames if frames < wanted + PIECES[0] else wanted
        yield piece
        frames -= piece
        place += 1


def _folder(onnx: Path) -> Path:
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
