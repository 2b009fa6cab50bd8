"""`pack check` on the real models: the retail pack's conversations end well, a broken pack is named."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import models.sectors
from runtime.agent.pack import Pack
from runtime.commands.pack import app

pytestmark = pytest.mark.engine


PACKS = sorted(path.parent for path in Path(models.sectors.__file__).parent.glob("*/pack.toml"))


@pytest.mark.parametrize("folder", PACKS, ids=lambda path: path.name)
def test_a_pack_that_comes_along_ends_well(folder: Path) -> None:
    result = CliRunner().invoke(app, ["check", str(folder), "--json"])
    report = json.loads(result.stdout)
    assert [script for script in report["scripts"] if script["failures"]] == []
    assert result.exit_code == 0
    assert len(report["scripts"]) >= 25
    assert {script["language"] for script in report["scripts"]} == {"es", "en"}
    assert report["router"]["accuracy"] >= 0.8


def test_a_broken_pack_is_named(retail: Pack, tmp_path: Path) -> None:
    folder = shutil.copytree(retail.folder, tmp_path / "pack")
    flow = folder / "flows/where_is.toml"
    flow.write_text(flow.read_text("utf-8").replace('say = "where_is"', 'say = "where_was"'), "utf-8")
    result = CliRunner().invoke(app, ["check", str(folder)])
    assert result.exit_code == 1
    assert "where_is.toml:19" in result.stderr.replace("\n", "")
    assert "where_was" in result.stderr


def test_a_script_that_fails_is_named(retail: Pack, tmp_path: Path) -> None:
    folder = shutil.copytree(retail.folder, tmp_path / "pack")
    for script in (folder / "scripts").glob("*.toml"):
        script.unlink()
    (folder / "scripts/wrong.toml").write_text(
        'today = 2026-11-24\n[[script]]\nname = "wrong aisle"\nlanguage = "en"\n'
        '[[script.turns]]\nsay = "where are the light bulbs?"\nhears = ["aisle 99"]\n',
        "utf-8",
    )
    result = CliRunner().invoke(app, ["check", str(folder), "--json"])
    assert result.exit_code == 1
    [script] = json.loads(result.stdout)["scripts"]
    assert script["name"] == "wrong aisle"
    assert "aisle 99" in script["failures"][0]
    assert "aisle 14" in script["failures"][0]
