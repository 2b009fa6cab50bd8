"""`mostrador models …`: what is installed, fetch it, check it, carry it to a machine without a network."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Column, Table

from core.errors import ModelError
from models.catalog import Model
from models.store import Store
from runtime.config import Log
from runtime.log import setup

app = typer.Typer(
    help="The model store: what is installed, fetch it, check it, carry it to a machine without a network.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_WIDE = 120
"""Columns of a terminal that has room for descriptions."""

Ids = Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="Models or sets; the set `default` if none.")]
Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON.")]


@app.callback()
def _log() -> None:
    setup(Log(level="warning"))  # standard output is for the report


@app.command("list")
def list_models(as_json: Json = False) -> None:
    """Show every model that this program knows, and whether it is installed."""
    with _failures():
        store = Store()
        default = set(store.catalog.sets["default"])
        rows = [(model, _installed(store, model), model.id in default) for model in store.catalog.models.values()]
    if as_json:
        _print_json([{**_row(model), "installed": state, "default": flag} for model, state, flag in rows])
        return
    console = Console()
    table = Table(
        title=f"Models in {store.root}", title_justify="left", caption="* in a plain installation", box=SIMPLE
    )
    for heading in ("id", "for", "lang"):
        table.add_column(heading, no_wrap=True)
    table.add_column("MB", justify="right", no_wrap=True)
    for heading in ("licence", "installed"):
        table.add_column(heading, no_wrap=True)
    if console.width >= _WIDE:
        table.add_column("what")
    marks = {"yes": "[green]yes[/]", "part": "[yellow]in part[/]", "no": "[dim]no[/]"}
    for model, state, flag in rows:
        languages = "any" if "*" in model.languages else ", ".join(model.languages)
        cells = [f"{model.id}{' *' if flag else ''}", model.role, languages, f"{model.size / 1e6:,.1f}"]
        cells += [model.licence, marks[state], model.description]
        table.add_row(*cells[: len(table.columns)])
    console.print(table)


@app.command()
def pull(
    ids: Ids = None,
    folder: Annotated[Path | None, typer.Option("--from", metavar="DIR", help="Look in this folder first.")] = None,
    as_json: Json = False,
) -> None:
    """Fetch what is missing or damaged. Stopped half-way, the same command goes on where it was."""
    with _failures():
        store = Store()
        models = store.catalog.select(ids or [])
        with _bars() as progress:
            fetched = store.pull([model.id for model in models], progress, folder)
    names = ", ".join(model.id for model in models)
    text = f"{len(fetched)} files fetched; installed: {names}" if fetched else f"nothing to do; installed: {names}"
    _report(as_json, {"fetched": fetched, "installed": [model.id for model in models]}, text)


@app.command()
def verify(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="Models or sets.")] = None,
    as_json: Json = False,
) -> None:
    """Read every file and compare its SHA-256. Without ID: the set `default` and all that is installed."""
    with _failures():
        store = Store()
        there = [model.id for model in store.catalog.models.values() if _installed(store, model) != "no"]
        with _bars() as progress:
            checks = store.verify(ids or ["default", *there], progress)
    bad = [check for check in checks if check.state != "ok"]
    if as_json:
        rows = [
            {"model": c.model, "file": c.file, "path": str(c.path), "size": c.size, "state": c.state} for c in checks
        ]
        _print_json({"ok": not bad, "files": rows})
    else:
        table = Table(box=SIMPLE)
        for heading in ("model", "file"):
            table.add_column(heading)
        table.add_column("size, MB", justify="right")
        table.add_column("state")
        for check in checks:
            colour = "green" if check.state == "ok" else "red"
            table.add_row(check.model, check.file, f"{check.size / 1e6:,.1f}", f"[{colour}]{check.state}[/]")
        Console().print(table)
    if bad:
        broken = " ".join(dict.fromkeys(check.model for check in bad))
        _fail(f"{len(bad)} of {len(checks)} files are not right: run `mostrador models pull {broken}`")


@app.command()
def bundle(
    out: Annotated[Path, typer.Argument(metavar="OUT.tar", help="The file to write.")],
    ids: Ids = None,
    as_json: Json = False,
) -> None:
    """Write installed models into one file, for a machine without a network."""
    from models.bundle import write

    with _failures():
        with _bars() as progress:
            models = write(Store(), out, ids or [], progress)
        size = out.stat().st_size
    report = {"bundle": str(out), "bytes": size, "models": models}
    _report(as_json, report, f"{out} ({size / 1e6:,.1f} MB) holds {', '.join(models)}")


@app.command("import")
def import_bundle(
    source: Annotated[Path, typer.Argument(metavar="FILE.tar", help="What `bundle` wrote.")],
    as_json: Json = False,
) -> None:
    """Install the models of a bundle. Every file is checked before the first is put in place."""
    from models.bundle import install

    with _failures(), _bars() as progress:
        models = install(Store(), source, progress)
    _report(as_json, {"installed": models}, f"installed: {', '.join(models)}")


class _Bars:
    """Progress bars on the terminal: one line a file; what is no terminal gets the notes alone."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def begin(self, what: str, total: int) -> None:
        if self._task is not None:
            self._bars.stop_task(self._task)
        self._task = self._bars.add_task(what, total=total or None)

    def at(self, done: int) -> None:
        if self._task is not None:
            self._bars.update(self._task, completed=done)

    def note(self, text: str) -> None:
        self._bars.console.print(text, markup=False, highlight=False)


@contextmanager
def _bars() -> Iterator[_Bars]:
    console = Console(stderr=True)
    whole = Column(no_wrap=True)
    columns = (
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, ratio=1)),
        BarColumn(bar_width=16),
        DownloadColumn(table_column=whole),
        TransferSpeedColumn(table_column=whole),
        TimeRemainingColumn(table_column=whole),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, expand=True) as bars:
        yield _Bars(bars)


@contextmanager
def _failures() -> Iterator[None]:
    """A ModelError ends the command with one line: 2 for a wrong argument, 1 for all else."""
    try:
        yield
    except ModelError as error:
        _fail(error.message, 2 if error.code in ("model.unknown", "model.folder") else 1)


def _fail(message: str, code: int = 1) -> NoReturn:
    print(f"mostrador models: {message}", file=sys.stderr)
    raise typer.Exit(code)


def _installed(store: Store, model: Model) -> str:
    states = [store.quick_state(model, file) for file in model.files]
    if all(state == "ok" for state in states):
        return "yes"
    return "no" if all(state == "missing" for state in states) else "part"


def _row(model: Model) -> dict[str, object]:
    return {
        "id": model.id,
        "role": model.role,
        "languages": list(model.languages),
        "bytes": model.size,
        "licence": model.licence,
        "description": model.description,
    }


def _report(as_json: bool, report: dict[str, object], text: str) -> None:
    if as_json:
        _print_json(report)
    else:
        print(text)


def _print_json(report: object) -> None:
    print(json.dumps(report, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    app()
