import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from toy_models import SETTINGS, WEIGHTS, address_model, catalog_of

from core.errors import ModelError
from models.fetch import Silent
from models.store import Store

pytestmark = pytest.mark.unit


def remove(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"!")


def change(path: Path) -> None:
    path.write_bytes(b"!" + path.read_bytes()[1:])


def change_unseen(path: Path) -> None:
    """The same size, and the same time of change as before."""
    before = path.stat()
    change(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def make_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def dangle(path: Path) -> None:
    path.unlink()
    path.symlink_to("/nowhere")


DAMAGE = [
    (remove, "missing"),
    (cut, "truncated"),
    (lengthen, "tampered"),
    (change, "tampered"),
    (change_unseen, "tampered"),
    (make_folder, "tampered"),
    (dangle, "missing"),
]


def test_a_model_in_place(installed: Store) -> None:
    folder = installed.require("toy")
    assert (folder / "weights.bin").read_bytes() == WEIGHTS
    assert installed.path("toy", "config.json").read_bytes() == SETTINGS
    assert installed.is_installed("toy")
    assert [check.state for check in installed.verify(["toy"])] == ["ok", "ok"]


@pytest.mark.parametrize(("damage", "state"), DAMAGE)
@pytest.mark.parametrize("file", ["weights.bin", "config.json"])
def test_damage_is_found_and_the_mend_is_named(
    installed: Store, damage: Callable[[Path], None], state: str, file: str
) -> None:
    installed.require("toy")  # leaves its stamps
    path = installed.folder("toy") / file
    damage(path)
    with pytest.raises(ModelError) as caught:
        installed.require("toy")
    assert caught.value.code == f"model.{state}"
    assert str(path) in caught.value.message
    assert "`mostrador models pull toy`" in caught.value.message
    assert [c.state for c in installed.verify(["toy"]) if c.file == file] == [state]
    assert [c.state for c in installed.verify(["toy"]) if c.file != file] == ["ok"]


@pytest.mark.parametrize(("damage", "state"), [pair for pair in DAMAGE if pair[0] not in (change, change_unseen)])
def test_the_cheap_look_sees_what_size_shows(installed: Store, damage: Callable[[Path], None], state: str) -> None:
    damage(installed.folder("toy") / "weights.bin")
    assert not installed.is_installed("toy")
    with pytest.raises(ModelError) as caught:
        installed.path("toy", "weights.bin")
    assert caught.value.code == f"model.{state}"


def test_a_file_is_hashed_once(installed: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    installed.require("toy")
    hashed: list[Path] = []
    monkeypatch.setattr("models.store.sha256", lambda path, *_: hashed.append(path) or "")
    installed.require("toy")
    Store(installed.root, installed.catalog).require("toy")
    assert hashed == []


def test_a_stamp_of_another_file_does_not_count(installed: Store) -> None:
    installed.require("toy")
    weights = installed.folder("toy") / "weights.bin"
    shutil.copy2(weights, weights.with_name("copy"))
    change(weights.with_name("copy"))
    weights.with_name("copy").replace(weights)
    with pytest.raises(ModelError, match="content has changed"):
        installed.require("toy")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"weights.bin": "yes"}', "\0\xff"])
def test_a_damaged_stamp_only_costs_time(installed: Store, content: str) -> None:
    (installed.folder("toy") / ".verified").write_text(content, encoding="latin-1")
    installed.require("toy")
    change(installed.folder("toy") / "weights.bin")
    (installed.folder("toy") / ".verified").write_text(content, encoding="latin-1")
    with pytest.raises(ModelError):
        installed.require("toy")


def test_an_unknown_model(installed: Store) -> None:
    with pytest.raises(ModelError) as caught:
        installed.require("toi")
    assert caught.value.code == "model.unknown"


def test_the_root_is_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOSTRADOR_MODELS", str(tmp_path))
    assert Store().folder("e5-small") == tmp_path / "e5-small"


def test_only_one_writes(tmp_path: Path) -> None:
    store = Store(tmp_path, catalog_of(address_model("http://127.0.0.1:9")))
    script = (
        "import fcntl, os, sys, time\n"
        "handle = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT)\n"
        "fcntl.flock(handle, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    notes: list[str] = []

    class Told(Silent):
        def note(self, text: str) -> None:
            notes.append(text)

    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / ".lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout
        other.stdout.readline()
        begun = time.monotonic()
        with pytest.raises(ModelError) as caught, store.lock(Told(), timeout=0.3):
            pytest.fail("two hold the lock")
        assert caught.value.code == "model.busy"
        assert caught.value.retryable
        assert time.monotonic() - begun < 30
        assert len(notes) == 1
        other.communicate()
    with store.lock(Told(), timeout=5):
        assert len(notes) == 1


def test_a_store_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    store = Store(tmp_path / "file" / "store", catalog_of(address_model("http://127.0.0.1:9")))
    with pytest.raises(ModelError) as caught:
        store.pull()
    assert caught.value.code == "model.disk"


def test_a_store_that_may_not_be_made() -> None:
    store = Store(Path("/sys/mostrador"), catalog_of(address_model("http://127.0.0.1:9")))
    with pytest.raises(ModelError) as caught:
        store.pull()
    assert caught.value.code == "model.permission"
    assert "MOSTRADOR_MODELS" in caught.value.message
