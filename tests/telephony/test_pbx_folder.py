"""What `setup/pbx.py` says and does without fetching anything."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]


def run(cache: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "setup/pbx.py")]
    environment = {"PATH": str(cache), "MOSTRADOR_CACHE": str(cache)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_without_mmdebstrap_it_says_what_to_install(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.returncode == 1
    assert "apt-get install mmdebstrap" in done.stderr


def test_what_is_there_is_taken(tmp_path: Path) -> None:
    program = tmp_path / "pbx/usr/sbin/asterisk"
    program.parent.mkdir(parents=True)
    program.touch()
    done = run(tmp_path)
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "pbx"))
