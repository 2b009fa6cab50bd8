"""A recording on disk: a header in the clear, then chunks, each encrypted and authenticated by itself.

    magic 8 | header length 4 | header (msgpack) | chunk length 4, chunk | chunk length 4, chunk | …

Chunks are ChaCha20-Poly1305 (RFC 8439), fast on boards without AES instructions, in the STREAM construction (Hoang,
Reyhanitabar, Rogaway and Vizár 2015): the nonce is a prefix of the file's own, the chunk's number, and whether it is
the last. So chunks cannot be changed, moved, left out, put in or cut off without being found out, and those before that
still play. The header is associated data of each. Lengths are big-endian.
"""

import fcntl
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from msgspec import Struct

from core.errors import RecordingError

MAGIC = b"MOSTREC\x01"
PREFIX = 7
LONGEST = 1 << 22
"""Bytes of a chunk. What claims to be longer is none of ours."""
HEADER_LONGEST = 1 << 14
SYNC_EVERY = 10
"""Chunks after which the disk is told to keep them: what a power cut may take. A killed process takes one at most."""


class Header(Struct, frozen=True, forbid_unknown_fields=True):
    """What is known before a recording begins. Times are Unix seconds; `prefix`: of its nonces."""

    id: str
    conversation: str
    began: float
    expires: float
    language: str
    basis: str
    """Why it may be recorded, in the words of the pack."""
    consent: str
    rate: int
    codec: str
    prefix: bytes


class Writer:
    """Appends chunks. A file that was never closed lacks its last chunk, and is known to."""

    def __init__(self, path: Path, key: bytes, header: Header) -> None:
        """Raises OSError."""
        self._cipher = ChaCha20Poly1305(key)
        self._prefix = header.prefix
        self._head = _head(header)
        self._number = 0
        self.bytes = 0
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # who lists it sees that it goes on
            self._write(self._head)
        except OSError:
            os.close(self._file)
            raise

    def add(self, chunk: bytes, *, last: bool = False) -> None:
        """Raises OSError; what was added before stays whole."""
        sealed = self._cipher.encrypt(_nonce(self._prefix, self._number, last), chunk, self._head)
        self._write(struct.pack(">I", len(sealed)) + sealed)
        self._number += 1
        if last or self._number % SYNC_EVERY == 0:
            os.fdatasync(self._file)

    def close(self) -> None:
        """Safe to call twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _write(self, data: bytes) -> None:
        """All of it or, where the disk refuses, none of it."""
        written = 0
        try:
            while written < len(data):
                written += os.write(self._file, data[written:])
        except OSError:
            os.ftruncate(self._file, self.bytes)
            raise
        self.bytes += written


def read_header(file: BinaryIO) -> tuple[Header, bytes]:
    """(header, its bytes: associated data of the chunks). Raises RecordingError "recording.not_ours"."""
    start = file.read(len(MAGIC) + 4)
    length = int.from_bytes(start[len(MAGIC) :], "big")
    if len(start) < len(MAGIC) + 4 or start[: len(MAGIC)] != MAGIC or length > HEADER_LONGEST:
        raise RecordingError("recording.not_ours", f"{file.name}: no recording, or cut off in its first bytes")
    body = file.read(length)
    try:
        header = msgspec.msgpack.decode(body, type=Header)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RecordingError("recording.not_ours", f"{file.name}: its header cannot be read: {error}") from error
    if len(header.prefix) != PREFIX:
        raise RecordingError("recording.not_ours", f"{file.name}: its header is not of a recording")
    return header, start + body


def read(path: Path, key: bytes, told: Callable[[int], None] = lambda _: None) -> Iterator[bytes]:
    """The chunks in order. Raises RecordingError after the last whole one: "recording.cut" (its end is missing: a
    crash, a full disk, or it goes on), "recording.tampered". `told` hears how many bytes have been read."""
    with path.open("rb") as file:
        header, head = read_header(file)
        cipher = ChaCha20Poly1305(key)
        number = 0
        while True:
            sealed = _next(file, path)
            told(file.tell())
            more = bool(file.peek(1))
            opened = _opened(cipher, _nonce(header.prefix, number, not more), sealed, head)
            if opened is None and not more:
                opened = _opened(cipher, _nonce(header.prefix, number, False), sealed, head)
                if opened is not None:
                    yield opened
                    raise _cut(path)
            if opened is None:
                raise RecordingError(
                    "recording.tampered", f"{path}: chunk {number} is not as it was written, or of another recording"
                )
            yield opened
            if not more:
                return
            number += 1


def last_chunks(path: Path, key: bytes, most: int) -> list[bytes]:
    """The last of the whole chunks, without reading those before. Empty where the file was changed."""
    with path.open("rb") as file:
        header, head = read_header(file)
        cipher = ChaCha20Poly1305(key)
        places: list[tuple[int, int]] = []
        end = path.stat().st_size
        at = file.tell()
        while at + 4 <= end:
            file.seek(at)
            length = int.from_bytes(file.read(4), "big")
            if at + 4 + length > end:
                break
            places.append((at + 4, length))
            at += 4 + length
        found = []
        for number, (place, length) in list(enumerate(places))[-most:]:
            file.seek(place)
            sealed = file.read(length)
            tried = (_opened(cipher, _nonce(header.prefix, number, last), sealed, head) for last in (False, True))
            found += [opened for opened in tried if opened is not None]
        return found


def _next(file: BinaryIO, path: Path) -> bytes:
    start = file.read(4)
    length = int.from_bytes(start, "big")
    if len(start) == 4 and not 16 < length <= LONGEST:
        raise RecordingError("recording.tampered", f"{path}: no chunk is {length} bytes long")
    sealed = file.read(length) if len(start) == 4 else b""
    if len(start) < 4 or len(sealed) < length:
        raise _cut(path)
    return sealed


def _opened(cipher: ChaCha20Poly1305, nonce: bytes, sealed: bytes, head: bytes) -> bytes | None:
    try:
        return cipher.decrypt(nonce, sealed, head)
    except InvalidTag:
        return None


def _cut(path: Path) -> RecordingError:
    return RecordingError("recording.cut", f"{path}: its end is missing; what comes before is whole")


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + struct.pack(">I?", number, last)


def _head(header: Header) -> bytes:
    body = msgspec.msgpack.encode(header)
    return MAGIC + struct.pack(">I", len(body)) + body
