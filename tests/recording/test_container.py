"""The file of a recording: whatever is done to a byte of it is found out, and what is whole still plays."""

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import RecordingError
from runtime.recording.container import MAGIC, Header, Writer, last_chunks, read, read_header

pytestmark = pytest.mark.unit

KEY = bytes(range(32))
HEADER = Header("ab12", "ab12", 1.0, 2.0, "es", "because", "yes", 16_000, "flac", b"prefix7")
CHUNKS = [b"the first", b"the second, longer", b"3", b"the last of them"]
LIMITS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def written(path: Path, chunks: list[bytes], *, closed: bool = True, header: Header = HEADER) -> bytes:
    path.unlink(missing_ok=True)
    writer = Writer(path, KEY, header)
    for at, chunk in enumerate(chunks):
        writer.add(chunk, last=closed and at == len(chunks) - 1)
    writer.close()
    assert writer.bytes == path.stat().st_size
    return path.read_bytes()


def opened(path: Path, key: bytes = KEY) -> tuple[list[bytes], str]:
    """(chunks, code of the error)."""
    found = []
    try:
        for chunk in read(path, key):
            found.append(chunk)  # noqa: PERF402  as far as it goes
    except RecordingError as error:
        return found, error.code
    return found, ""


@given(st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=8))
@LIMITS
def test_what_is_written_is_read(tmp_path: Path, chunks: list[bytes]) -> None:
    path = tmp_path / "a.rec"
    content = written(path, chunks)
    assert opened(path) == (chunks, "")
    assert path.stat().st_mode & 0o777 == 0o600
    assert not [chunk for chunk in chunks if len(chunk) > 8 and chunk in content]
    with path.open("rb") as file:
        assert read_header(file)[0] == HEADER


def test_a_change_of_any_bit_is_found_out(tmp_path: Path) -> None:
    path = tmp_path / "a.rec"
    content = written(path, CHUNKS)
    for at in range(len(content)):
        for bit in (1, 128):
            changed = bytearray(content)
            changed[at] ^= bit
            path.write_bytes(changed)
            found, code = opened(path)
            assert code in {"recording.tampered", "recording.not_ours", "recording.cut"}, (at, bit)
            assert found == CHUNKS[: len(found)]
            assert len(found) < len(CHUNKS)


def test_cut_anywhere_it_plays_as_far_as_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.rec"
    content = written(path, CHUNKS)
    ends, size = [], len(content)
    for chunk in reversed(CHUNKS):
        ends.insert(0, size)
        size -= len(chunk) + 16 + 4
    for length in range(len(content)):
        path.write_bytes(content[:length])
        found, code = opened(path)
        assert code == ("recording.cut" if length >= size else "recording.not_ours"), length
        assert found == [chunk for chunk, end in zip(CHUNKS, ends, strict=True) if end <= length]
        if length >= size:
            assert last_chunks(path, KEY, 2) == found[-2:]


@given(st.permutations(range(4)), st.integers(0, 3))
@LIMITS
def test_chunks_keep_their_places(tmp_path: Path, order: list[int], without: int) -> None:
    path = tmp_path / "a.rec"
    content = written(path, CHUNKS)
    head = len(content) - sum(len(chunk) + 20 for chunk in CHUNKS)
    pieces, at = [], head
    for chunk in CHUNKS:
        pieces.append(content[at : at + len(chunk) + 20])
        at += len(chunk) + 20
    if order != [0, 1, 2, 3]:
        path.write_bytes(content[:head] + b"".join(pieces[index] for index in order))
        assert opened(path)[1] == "recording.tampered"
    path.write_bytes(content[:head] + b"".join(piece for index, piece in enumerate(pieces) if index != without))
    found, code = opened(path)
    assert code == ("recording.cut" if without == 3 else "recording.tampered")
    assert found == CHUNKS[:without]
    path.write_bytes(content + pieces[without])
    assert opened(path) == (CHUNKS[:3], "recording.tampered")


def test_what_goes_on_is_whole_as_far_as_it_goes(tmp_path: Path) -> None:
    written(tmp_path / "a.rec", CHUNKS, closed=False)
    assert opened(tmp_path / "a.rec") == (CHUNKS, "recording.cut")


def test_another_key_or_another_header_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.rec"
    content = written(path, CHUNKS)
    assert opened(path, bytes(32)) == ([], "recording.tampered")
    other = written(tmp_path / "b.rec", CHUNKS, header=msgspec.structs.replace(HEADER, expires=9.0))
    path.write_bytes(other[: other.index(b"prefix7") + 7] + content[content.index(b"prefix7") + 7 :])
    assert opened(path) == ([], "recording.tampered"), "its day of erasure cannot be moved"


@given(st.binary(max_size=200))
@LIMITS
def test_any_other_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.rec"
    for start in (b"", MAGIC):
        path.write_bytes(start + content)
        assert opened(path)[1] in {"recording.not_ours", "recording.cut", "recording.tampered"}


def test_a_disk_that_takes_no_more_leaves_whole_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.rec"
    writer = Writer(path, KEY, HEADER)
    writer.add(CHUNKS[0])
    real = os.write

    def full(file: int, data: bytes) -> int:
        if len(data) > 40:
            return real(file, data[:40])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        writer.add(bytes(100))
    monkeypatch.undo()
    writer.close()
    assert opened(path) == (CHUNKS[:1], "recording.cut")
