"""Sentences that never change, on disk: spoken once a voice, there after a restart. Bounded; the oldest go first.

A file that a power cut left short is only a sentence that is spoken anew.
"""

import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np

from voice.frames import Pcm

LIMIT = 96 * 2**20
"""Bytes: about 50 minutes of speech."""
_HEAD = 32
"""Bytes of SHA-256 before the samples."""


class Shelf:
    """Sound by voice and text. Blocking (a millisecond or so): call it off the loop. Any thread may."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit

    def get(self, voice: str, text: str) -> Pcm | None:
        """int16 [n] at `voice.frames.RATE`; None when it is not there, or not whole."""
        try:
            data = self._file(voice, text).read_bytes()
        except OSError:
            return None
        samples = data[_HEAD:]
        if hashlib.sha256(samples).digest() != data[:_HEAD]:
            return None
        return np.frombuffer(samples, "<i2").astype(np.int16, copy=False)

    def put(self, voice: str, text: str, pcm: Pcm) -> None:
        """Raises OSError when the disk will not take it."""
        samples = pcm.astype("<i2", copy=False).tobytes()
        file = self._file(voice, text)
        file.parent.mkdir(parents=True, exist_ok=True)
        number, part = tempfile.mkstemp(suffix=".part", dir=file.parent)
        with os.fdopen(number, "wb") as out:
            out.write(hashlib.sha256(samples).digest() + samples)
        Path(part).replace(file)
        self._trim()

    def _file(self, voice: str, text: str) -> Path:
        name = hashlib.sha256(f"{voice}\0{text}".encode()).hexdigest()[:40]
        return self._folder / f"{name}.pcm"

    def _trim(self) -> None:
        files = [(found.stat(), Path(found.path)) for found in os.scandir(self._folder)]
        held = sum(stat.st_size for stat, _ in files)
        for stat, path in sorted(files, key=lambda pair: pair[0].st_mtime_ns):
            if held <= self._limit:
                return
            path.unlink(missing_ok=True)
            held -= stat.st_size
