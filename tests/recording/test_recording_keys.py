"""Keys of recordings: who may read them, and what is left when they are gone."""

import os
from pathlib import Path

import pytest

from core.errors import RecordingError
from runtime.recording.keys import DeviceKey, erase

pytestmark = pytest.mark.unit


def code(path: Path, *, make: bool = True) -> str:
    with pytest.raises(RecordingError) as caught:
        DeviceKey.open(path, make=make)
    return caught.value.code


def test_a_key_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "device.key"
    DeviceKey.open(path)
    content = path.read_bytes()
    assert (len(content), path.stat().st_mode & 0o777) == (32, 0o600)
    DeviceKey.open(path)
    assert path.read_bytes() == content
    assert [file.name for file in path.parent.iterdir()] == ["device.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o620])
def test_a_key_that_others_may_touch_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "device.key"
    DeviceKey.open(path)
    path.chmod(mode)
    assert code(path) == "recording.key"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_key_of_somebody_elses_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "device.key"
    DeviceKey.open(path)
    os.chown(path, 12_345, -1)
    assert code(path) == "recording.key"


def test_a_key_that_is_missing_or_cut_is_never_made_anew_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "device.key"
    assert code(path, make=False) == "recording.key_missing"
    path.write_bytes(bytes(31))
    path.chmod(0o600)
    assert code(path) == "recording.key"


def test_each_recording_has_its_own_which_nobody_else_unwraps(tmp_path: Path) -> None:
    device = DeviceKey.open(tmp_path / "device.key")
    one, other = device.new(tmp_path / "a.key", "a"), device.new(tmp_path / "b.key", "b")
    assert one != other
    assert one not in (tmp_path / "a.key").read_bytes()
    assert device.unwrap(tmp_path / "a.key", "a") == one
    with pytest.raises(RecordingError, match="another device"):
        device.unwrap(tmp_path / "a.key", "b")
    with pytest.raises(RecordingError, match="another device"):
        DeviceKey.open(tmp_path / "2.key").unwrap(tmp_path / "a.key", "a")
    (tmp_path / "a.key").write_bytes(b"")
    with pytest.raises(RecordingError, match="changed"):
        device.unwrap(tmp_path / "a.key", "a")


def test_an_erased_key_is_gone(tmp_path: Path) -> None:
    device = DeviceKey.open(tmp_path / "device.key")
    device.new(tmp_path / "a.key", "a")
    (tmp_path / "again").hardlink_to(tmp_path / "a.key")
    assert erase(tmp_path / "a.key")
    assert not any((tmp_path / "again").read_bytes()), "overwritten before it was removed"
    assert not erase(tmp_path / "a.key")
    with pytest.raises(RecordingError) as caught:
        device.unwrap(tmp_path / "a.key", "a")
    assert caught.value.code == "recording.erased"
