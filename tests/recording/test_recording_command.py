"""`mostrador recording`: list, export, delete; what each leaves in the journal."""

import json
import wave
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from core.errors import RecordingError
from runtime.commands.recording import app
from runtime.events import Recorded
from runtime.journal import Reader
from runtime.recording.container import Writer
from runtime.recording.keys import DeviceKey
from runtime.recording.store import Store
from runtime.recording.track import Track
from tests.recording.test_container import HEADER
from voice.frames import RATE
from voice.tap import PairRing

pytestmark = pytest.mark.unit

SOUND = np.random.default_rng(5).integers(-900, 900, 3 * RATE).astype(np.int16)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with one recording, ab12."""
    monkeypatch.setenv("MOSTRADOR_HOME", str(tmp_path))
    store = Store(tmp_path)
    store.folder.mkdir()
    key = DeviceKey.open(store.device_key).new(store.key("ab12"), "ab12")
    tap = PairRing(8.0)
    track = Track(tap, Writer(store.sound("ab12"), key, HEADER))
    tap.push(SOUND[: 2 * RATE], SOUND[: 2 * RATE][::-1])
    track.pause()
    tap.push(SOUND[2 * RATE :], SOUND[2 * RATE :])
    track.pull()
    track.finish()
    track.close()
    return tmp_path


def run(*words: str) -> tuple[int, str, Exception | None]:
    done = CliRunner().invoke(app, list(words))
    error = done.exception if isinstance(done.exception, Exception) else None
    return done.exit_code, done.stdout, error


def notes(data: Path) -> list[tuple[str, str, bool]]:
    with Reader(data / "journal.db") as journal:
        events = journal.read("ab12")
    return [(event.what, event.why, bool(event.by)) for event in events if isinstance(event, Recorded)]


def test_it_lists_what_there_is(data: Path) -> None:
    code, out, _ = run("list", "--json")
    [one] = json.loads(out)
    assert code == 0
    assert (one["id"], one["state"], one["seconds"], one["consent"]) == ("ab12", "whole", 3.0, "yes")
    assert "ab12" in run("list")[1]
    (data / "recordings" / "ab12.key").unlink()
    assert json.loads(run("list", "--json")[1])[0]["state"] == "erased"


def test_an_export_plays_and_is_written_down_first(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    code, printed, _ = run("export", "ab12", str(out), "--reason", "complaint 4711", "--json")
    report = json.loads(printed)
    assert code == 0
    assert (report["whole"], report["seconds"]) == (True, 3.0)
    assert report["marks"] == [{"at": pytest.approx(1.94), "what": "paused", "seconds": 0.0}]
    assert out.stat().st_mode & 0o777 == 0o600
    with wave.open(str(out), "rb") as sound:
        assert (sound.getnchannels(), sound.getframerate(), sound.getnframes()) == (2, RATE, 3 * RATE)
        pairs = np.frombuffer(sound.readframes(3 * RATE), "<i2").reshape(-1, 2)
    assert np.array_equal(pairs[: int(1.9 * RATE), 0], SOUND[: int(1.9 * RATE)])
    assert not pairs[2 * RATE :].any()
    assert notes(data) == [("exported", "complaint 4711", True)]


@pytest.mark.parametrize("reason", [[], ["--reason", " "]])
def test_nothing_is_exported_without_a_reason(data: Path, tmp_path: Path, reason: list[str]) -> None:
    assert run("export", "ab12", str(tmp_path / "out.wav"), *reason)[0] != 0
    assert not (tmp_path / "out.wav").exists()
    assert not (data / "journal.db").exists()


def test_no_file_is_written_over(data: Path, tmp_path: Path) -> None:
    (tmp_path / "out.wav").write_text("mine")
    _, _, error = run("export", "ab12", str(tmp_path / "out.wav"), "--reason", "x")
    assert isinstance(error, RecordingError)
    assert error.code == "recording.exists"
    assert (tmp_path / "out.wav").read_text() == "mine"


def test_one_that_is_cut_plays_as_far_as_it_goes_and_one_that_was_changed_is_an_error(
    data: Path, tmp_path: Path
) -> None:
    path = Store(data).sound("ab12")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 3 // 4])
    code, printed, _ = run("export", "ab12", str(tmp_path / "cut.wav"), "--reason", "x", "--json")
    report = json.loads(printed)
    assert (code, report["whole"], report["why"]) == (0, False, "recording.cut")
    assert 0 < report["seconds"] < 3
    path.write_bytes(content[:-40] + bytes([content[-40] ^ 1]) + content[-39:])
    _, _, error = run("export", "ab12", str(tmp_path / "changed.wav"), "--reason", "x")
    assert isinstance(error, RecordingError)
    assert error.code == "recording.tampered"


def test_a_deletion_is_for_good(data: Path, tmp_path: Path) -> None:
    assert run("delete", "ab12", "--reason", "asked for")[0] == 0
    assert list((data / "recordings").iterdir()) == []
    assert notes(data) == [("deleted", "asked for", True)]
    for words in (("delete", "ab12"), ("export", "ab12", str(tmp_path / "out.wav"), "--reason", "x")):
        _, _, error = run(*words)
        assert isinstance(error, RecordingError)
        assert error.code == "recording.unknown"
