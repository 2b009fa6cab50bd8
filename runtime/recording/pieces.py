"""What the chunks of a recording hold: a second of both sides, a remark on where something is missing, or the end."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from msgspec import Struct

from core.errors import RecordingError
from runtime.recording import container, flac
from voice.frames import RATE
from voice.tap import Pairs

_AUDIO, _MARK, _END = b"A", b"M", b"E"


class Mark(Struct, frozen=True):
    """From `at` seconds on: both sides are silent for a secret, no longer are, or were lost for `seconds`."""

    at: float
    what: Literal["paused", "resumed", "lost"]
    seconds: float = 0.0


class End(Struct, frozen=True):
    """`why`: "" for the end of the conversation, else the code of what ended it before."""

    seconds: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Sound:
    """`at`: pairs before it."""

    at: int
    pairs: Pairs


Piece = Sound | Mark | End


def write(piece: Piece) -> bytes:
    match piece:
        case Sound(at, pairs):
            setup, packed = flac.pack(pairs)
            return _AUDIO + struct.pack(">QB", at, len(setup)) + setup + packed
        case Mark():
            return _MARK + msgspec.msgpack.encode(piece)
        case End():
            return _END + msgspec.msgpack.encode(piece)


def read(chunk: bytes) -> Piece:
    """Raises RecordingError "recording.codec"."""
    kind, body = chunk[:1], chunk[1:]
    try:
        if kind == _AUDIO:
            at, length = struct.unpack_from(">QB", body)
            return Sound(at, flac.unpack(body[9 : 9 + length], body[9 + length :]))
        if kind == _MARK:
            return msgspec.msgpack.decode(body, type=Mark)
        if kind == _END:
            return msgspec.msgpack.decode(body, type=End)
    except (msgspec.MsgspecError, struct.error) as error:
        raise RecordingError("recording.codec", f"a piece of it cannot be read: {error}") from error
    raise RecordingError("recording.codec", "it was made by a newer version: update")


@dataclass(slots=True)
class Whole:
    """A recording read to its end, or as far as it is whole: then `broken` says why."""

    pairs: Pairs
    marks: list[Mark] = field(default_factory=list)
    end: End | None = None
    broken: RecordingError | None = None


def pieces(path: Path, key: bytes, told: Callable[[int], None] = lambda _: None) -> Iterator[Piece]:
    """Raises RecordingError after the last that is whole. `told` hears how many bytes have been read."""
    for chunk in container.read(path, key, told):
        yield read(chunk)


def load(path: Path, key: bytes) -> Whole:
    """All of it in memory: 64 kB a second. Raises RecordingError where nothing can be read at all."""
    whole = Whole(np.zeros((0, 2), np.int16))
    sounds: list[Pairs] = []
    try:
        for piece in pieces(path, key):
            match piece:
                case Sound():
                    sounds.append(piece.pairs)
                case Mark():
                    whole.marks.append(piece)
                case End():
                    whole.end = piece
    except RecordingError as error:
        if error.code == "recording.not_ours":
            raise
        whole.broken = error
    if sounds:
        whole.pairs = np.concatenate(sounds)
    return whole


def length(path: Path, key: bytes) -> tuple[float, bool]:
    """(seconds, whether it has its end), from its last chunks alone."""
    for chunk in reversed(container.last_chunks(path, key, 3)):
        match read(chunk):
            case Sound(at, pairs):
                return (at + len(pairs)) / RATE, False
            case End(seconds):
                return seconds, True
            case Mark():
                continue
    return 0.0, False
