"""Sound on disk: what comes back is what was put there, or nothing."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.frames import Pcm
from voice.shelf import Shelf

pytestmark = pytest.mark.unit


def sound(seed: int, samples: int = 1_000) -> Pcm:
    return np.random.default_rng(seed).integers(-32_768, 32_767, samples, np.int16)


def test_it_is_there_after_a_restart_and_for_that_voice_alone(tmp_path: Path) -> None:
    Shelf(tmp_path).put("joe", "Hello.", sound(1))
    again = Shelf(tmp_path)
    np.testing.assert_array_equal(again.get("joe", "Hello."), sound(1))
    assert again.get("ana", "Hello.") is None
    assert again.get("joe", "Hello") is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2_031), st.booleans())
def test_a_damaged_file_is_not_there(tmp_path_factory: pytest.TempPathFactory, at: int, cut: bool) -> None:
    folder = tmp_path_factory.mktemp("shelf")
    shelf = Shelf(folder)
    shelf.put("joe", "Hello.", sound(1))
    [file] = folder.iterdir()
    data = bytearray(file.read_bytes())
    file.write_bytes(data[:at] if cut else bytes([*data[:at], data[at] ^ 1, *data[at + 1 :]]))
    assert shelf.get("joe", "Hello.") is None


def test_it_is_bounded_and_the_oldest_go_first(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, limit=5_000)
    for number in range(4):
        shelf.put("joe", str(number), sound(number))
        for file in tmp_path.iterdir():
            stat = file.stat()
            os.utime(file, ns=(stat.st_atime_ns, stat.st_mtime_ns - 10**9))
    assert [number for number in range(4) if shelf.get("joe", str(number)) is not None] == [2, 3]
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 5_000


def test_nothing_is_left_of_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    shelf = Shelf(blocked / "speech")
    assert shelf.get("joe", "Hello.") is None
    with pytest.raises(OSError, match="file"):
        shelf.put("joe", "Hello.", sound(1))
