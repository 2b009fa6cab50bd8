"""docs/packs.md: its pack is made as it says, checked and played; its broken packs say what it says they say."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from runtime.agent.flow import STEPS
from runtime.agent.pack import load_pack
from runtime.agent.phrases import KINDS
from runtime.agent.readers import types
from runtime.commands.pack import app

pytestmark = pytest.mark.engine

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "packs.md").read_text("utf-8")
FILE = re.compile(r"^(Add to )?`([\w/.]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BROKEN = re.compile(r"^In `([\w/.]+)`, `(.+)` becomes `(.+)`:\n\n```text\n(.+?)\n```$", re.MULTILINE)
NO_PYTHON = TEXT.index("## A new intent needs no Python")


def lay(text: str, folder: Path) -> list[str]:
    """Write, or add to, every file that `text` shows; their paths."""
    for add, path, content in FILE.findall(text):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        before = target.read_text("utf-8") if add else ""
        target.write_text(before + content, "utf-8")
    return [path for _, path, _ in FILE.findall(text)]


@pytest.fixture
def galdos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The library's pack up to the section on new intents, in the working folder."""
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, ["new", "galdos", "--name", "Biblioteca Galdós"]).exit_code == 0
    lay(TEXT[:NO_PYTHON], tmp_path / "galdos")
    return tmp_path / "galdos"


def test_the_pack_of_the_document_works_and_grows_without_python(galdos: Path) -> None:
    code = (galdos / "tools.py").read_bytes()
    intents = set(load_pack(galdos).examples["es"])
    written = lay(TEXT[NO_PYTHON:], galdos)
    assert written
    assert not any(path.endswith((".py", ".sql")) for path in written)
    assert (galdos / "tools.py").read_bytes() == code
    assert set(load_pack(galdos).examples["es"]) == intents | {"join"}
    result = CliRunner().invoke(app, ["check", "galdos", "--json"])
    report = json.loads(result.stdout)
    assert [script for script in report["scripts"] if script["failures"]] == []
    assert result.exit_code == 0
    assert len(report["scripts"]) >= 7


def test_a_new_pack_is_whole_before_anything_is_added(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    assert CliRunner().invoke(app, ["new", str(folder), "--name", "Casa Ñoño"]).exit_code == 0
    assert load_pack(folder).manifest.name == "Casa Ñoño"


@pytest.mark.parametrize(("folder", "name"), [("Shop", "Casa"), ("shop", 'Ca"sa'), ("full", "Casa"), ("shop", " ")])
def test_a_new_pack_that_cannot_be_made_says_why(tmp_path: Path, folder: str, name: str) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full/pack.toml").touch()
    result = CliRunner().invoke(app, ["new", str(tmp_path / folder), "--name", name])
    assert result.exit_code == 1
    assert "pack.new" in result.stderr
    assert not (tmp_path / "shop").exists()


def test_broken_packs_say_what_the_document_says(galdos: Path) -> None:
    broken = BROKEN.findall(TEXT)
    assert len(broken) >= 6
    for path, old, new, message in broken:
        target = galdos / path
        whole = target.read_text("utf-8")
        assert old in whole
        target.write_text(whole.replace(old, new, 1), "utf-8")
        result = CliRunner().invoke(app, ["check", "galdos"])
        assert (result.exit_code, result.stderr.strip()) == (1, message)
        target.write_text(whole, "utf-8")


def test_every_step_slot_and_way_of_writing_is_in_the_document() -> None:
    documented = set(re.findall(r"^\| `(\w+)`", TEXT, re.MULTILINE))
    more = DOCS / "slots.md"
    slots = documented | set(re.findall(r"`(\w+)`", more.read_text("utf-8") if more.is_file() else ""))
    assert set(STEPS) <= documented
    assert set(types()) <= slots
    assert KINDS - {""} <= documented
