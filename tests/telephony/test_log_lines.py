"""Each line that the telephone writes to the log is explained in docs/telephony.md, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from telephony.unwanted import Why

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
TELEPHONE = ("telephony", "runtime/handoff", "runtime/callouts", "runtime/app.py")
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}


def sources() -> Iterator[Path]:
    for place in TELEPHONE:
        path = ROOT / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def logged(path: Path) -> Iterator[str]:
    """Each line's event. It must be a plain string, so that it can be searched for."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
            if node.func.attr == "exception" and not node.args:
                continue  # of a task
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            assert node.args, where
            assert isinstance(node.args[0], ast.Constant), f"{where}: an event that is put together"
            yield str(node.args[0].value)


def rows() -> dict[str, str]:
    """What the document says of each, with what to do about it."""
    section = (ROOT / "docs/telephony.md").read_text("utf-8").split("## What the log says")[1].split("\n## ")[0]
    return dict(re.findall(r"^\| `(\w+)` \|([^|]{5,}\|[^|]*)\|$", section, re.MULTILINE))


def test_every_line_is_explained_and_every_explanation_has_its_line() -> None:
    found = {event for path in sources() for event in logged(path)}
    assert set(rows()) == found, "docs/telephony.md, What the log says: what has happened, and what to do"


def tables(text: str) -> Iterator[str]:
    """Those that explain lines of the log: names of other things may be the same."""
    return (block for block in text.split("\n\n") if re.match(r"\| (log )?line \|", block.lstrip()))


def test_each_is_explained_once() -> None:
    explained = [
        event
        for path in (ROOT / "docs").glob("*.md")
        for table in tables(path.read_text("utf-8"))
        for event in re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
        if event in rows()
    ]
    assert sorted(explained) == sorted(rows())


def test_every_reason_to_turn_somebody_away_is_explained() -> None:
    section = (ROOT / "docs/telephony-security.md").read_text("utf-8").split("## The log")[1]
    explained = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(explained) == sorted(["why", *get_args(Why)])
