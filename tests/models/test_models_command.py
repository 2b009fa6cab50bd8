import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from toy_models import SETTINGS, WEIGHTS, FileServer, address_model, catalog_of
from typer.testing import CliRunner, Result

from models import store as store_module
from models.store import Store
from runtime.commands.models import app

pytestmark = pytest.mark.unit


@pytest.fixture
def _log_afterwards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command sends the log to its own standard error; put all back as it was."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = before
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture
def home(_log_afterwards: None, server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store, and a catalog of one model that `server` has."""
    server.put("/weights.bin", WEIGHTS)
    server.put("/config.json", SETTINGS)
    models = catalog_of(address_model(server.base))
    monkeypatch.setattr(store_module, "catalog", lambda: models)
    monkeypatch.setenv("MOSTRADOR_MODELS", str(tmp_path / "store"))
    return tmp_path / "store"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_a_model_from_nothing_to_another_machine(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert json.loads(run("list", "--json").stdout)[0]["installed"] == "no"
    pulled = run("pull", "--json")
    assert pulled.exit_code == 0
    assert json.loads(pulled.stdout) == {"fetched": ["toy/weights.bin", "toy/config.json"], "installed": ["toy"]}
    assert "nothing to do" in run("pull").stdout
    assert json.loads(run("list", "--json").stdout)[0]["installed"] == "yes"
    assert json.loads(run("verify", "--json").stdout)["ok"] is True
    bundled = json.loads(run("bundle", str(tmp_path / "b.tar"), "toy", "--json").stdout)
    assert bundled["bytes"] == (tmp_path / "b.tar").stat().st_size
    monkeypatch.setenv("MOSTRADOR_MODELS", str(tmp_path / "other"))
    assert run("import", str(tmp_path / "b.tar")).stdout == "installed: toy\n"
    assert run("verify").exit_code == 0


def test_verify_finds_the_damage_and_pull_mends_it(home: Path) -> None:
    run("pull")
    (home / "toy" / "weights.bin").write_bytes(WEIGHTS[::-1])
    found = run("verify", "--json")
    assert found.exit_code == 1
    states = {row["file"]: row["state"] for row in json.loads(found.stdout)["files"]}
    assert states == {"weights.bin": "tampered", "config.json": "ok"}
    assert "mostrador models pull toy" in found.stderr
    assert run("pull").exit_code == 0
    assert run("verify").exit_code == 0


def test_what_is_missing_fails_verify(home: Path) -> None:
    assert run("verify").exit_code == 1


def test_list_shows_sizes_and_marks(home: Path) -> None:
    shown = run("list").stdout
    assert "toy *" in shown
    assert "0.3" in shown


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["pull", "toi"], 2),
        (["verify", "toi"], 2),
        (["bundle"], 2),
        (["nonsense"], 2),
        (["list", "--jason"], 2),
        (["pull", "--from", "/nowhere"], 2),
        (["import", "/nowhere.tar"], 1),
        (["bundle", "/nowhere/b.tar", "toy"], 1),
    ],
)
def test_exit_codes(home: Path, arguments: list[str], code: int) -> None:
    run("pull")
    result = run(*arguments)
    assert result.exit_code == code
    assert "Traceback" not in result.output


def test_a_failure_is_one_line(home: Path, server: FileServer) -> None:
    server.files.clear()
    result = run("pull")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith("mostrador models: cannot get toy/weights.bin: ")


def test_it_runs_by_itself(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "runtime.commands.models", "list", "--json"]
    environment = {"MOSTRADOR_MODELS": str(tmp_path), "PATH": "/usr/bin:/bin"}
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0
    assert done.stderr == ""
    assert {row["id"] for row in json.loads(done.stdout)} == set(Store().catalog.models)
