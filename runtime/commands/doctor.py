"""`mostrador doctor`: is this machine fit to answer, and what to do where it isn't."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.errors import ConfigError
from runtime.config import Settings, load
from runtime.doctor import Check, examine

MARKS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


def doctor(
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Settings (TOML).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Self-test: processor, memory, disk, clock, models, engines, telephone, kiosk, sound. Exit 1 if any fails."""
    try:
        settings = load(config)
        checks = [Check("settings", "ok", str(config) if config else "the defaults")]
    except ConfigError as error:
        settings = Settings()
        checks = [Check("settings", "fail", error.code, error.message)]
    with Console(stderr=True).status("looking…"):
        checks += examine(settings)
    failed = any(check.state == "fail" for check in checks)
    if as_json:
        rows = [{"name": c.name, "state": c.state, "detail": c.detail, "remedy": c.remedy} for c in checks]
        sys.stdout.write(json.dumps({"ok": not failed, "checks": rows}, ensure_ascii=False, indent=1) + "\n")
    else:
        Console().print(table(checks))
    if failed:
        raise typer.Exit(1)


def table(checks: list[Check]) -> Table:
    shown = Table(box=SIMPLE, show_header=False)
    shown.add_column(width=1)
    shown.add_column(no_wrap=True)
    shown.add_column()
    for check in checks:
        mark, colour = MARKS[check.state]
        text = Text(check.detail)
        if check.remedy and check.state != "ok":
            text.append(f"\n→ {check.remedy}", colour)
        shown.add_row(Text(mark, f"bold {colour}"), check.name, text)
    return shown
