"""A file that is put in place in one step, whatever happens meanwhile."""

import os
from pathlib import Path

import pytest

from core.files import keep_newest, replacing

pytestmark = pytest.mark.unit


def test_the_old_one_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "kept"
    with replacing(path) as draft:
        draft.write_text("old")
    with replacing(path) as draft:
        draft.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


def test_what_fails_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_text("old")
    with pytest.raises(FileNotFoundError), replacing(path):
        (tmp_path / "nowhere").read_text()
    with pytest.raises(UnicodeEncodeError), replacing(path) as draft:
        draft.write_text("ha\ud800")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_two_writers_have_a_draft_each(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    with replacing(path) as first, replacing(path) as second:
        first.write_text("one")
        second.write_text("two")
    assert path.read_text() == "one"


def test_the_newest_stay(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.npy").touch()
        os.utime(tmp_path / f"{number}.npy", (number, number))
    (tmp_path / "other").touch()
    keep_newest(tmp_path, "*.npy", 2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["3.npy", "4.npy", "other"]
