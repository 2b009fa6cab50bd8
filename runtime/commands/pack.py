"""`mostrador pack`: `new` makes one; `check`: does it hold together, and do its conversations end as they should?"""

import json
import sys
import tempfile
import time
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from core.errors import AgentError, MostradorError, PackError

if TYPE_CHECKING:
    from models.embed import Embedder
    from runtime.agent.index import Report
    from runtime.agent.library import Library
    from runtime.agent.pack import Pack
    from runtime.agent.route import Judge
    from runtime.agent.router import Fit
    from runtime.agent.scripts import Played
    from runtime.agent.style import Finding

app = typer.Typer(help="Sector packs: make one, check one.", no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def pack() -> None:
    """Sector packs: make one, check one."""


@app.command()
def new(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder that isn't there yet; its name is the pack's id.")
    ],
    name: Annotated[str, typer.Option("--name", help="What the counter calls itself: the company's name.")],
) -> None:
    """Make a small pack that is whole, to be filled with a trade: docs/packs.md."""
    from runtime.agent.starting import make_pack

    err = Console(stderr=True)
    try:
        written = make_pack(folder.absolute(), name)
    except MostradorError as error:
        err.print(f"[red]{error.code}[/] {error.message}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    console = Console()
    for path in written:
        console.print(str(folder / path.relative_to(folder.absolute())), highlight=False, soft_wrap=True)
    console.print(f"Now: mostrador pack check {folder}", highlight=False, soft_wrap=True)


@app.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A pack's folder; the retail pack if none.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    connect: Annotated[
        bool, typer.Option("--connect", help="Ask MCP servers, too, whether their tools are those that were accepted.")
    ] = False,
    connectors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Tools that take the place of the pack's (agent.connectors).")
    ] = None,
) -> None:
    """Validate a pack, look at its words with the customer's ear, and play its scripted conversations with the real
    models against a database of their own."""
    from runtime.agent.pack import load_pack
    from runtime.agent.style import style
    from runtime.config import Log
    from runtime.log import setup

    setup(Log(level="error"))
    err = Console(stderr=True)
    began = time.monotonic()
    try:
        loaded = load_pack(_folder(folder), connectors)
        if connect:
            _ask_servers(loaded)
        embedder = _embedder()
        library, report = _indexed(loaded, embedder, err)
        with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True) as progress:
            progress.add_task("learning the examples (20 ms each, the first time)")
            judge, fit = _judge(loaded, embedder)
        with tempfile.TemporaryDirectory() as work:
            played = _play(loaded, judge, library, Path(work), err)
        findings = style(loaded)
    except MostradorError as error:
        raise _failed(error, as_json, err) from error
    _report(loaded, played, fit, findings, report, time.monotonic() - began, as_json)
    if findings or any(script.failures for script in played):
        raise typer.Exit(1)


def _ask_servers(pack: "Pack") -> None:
    """Whether the tools of MCP servers are what was accepted. Raises PackError with all that is not."""
    wrong = [f"{name}: {why}" for name, tool in pack.tools.items() if tool.probe is not None and (why := tool.probe())]
    for tool in pack.tools.values():
        tool.close()
    if wrong:
        raise PackError("pack.connector", "\n".join(wrong))


@app.command()
def train(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A pack's folder; the retail pack if none.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Which paraphrases are drawn; the same seed, the same file.")] = 0,
    beside: Annotated[
        bool, typer.Option("--beside", help="Put it into the pack's folder, not into the cache.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Make the pack's own understanding model from its examples and paraphrases, with a card that says how good it is.

    The agent uses it from its next start on, as long as the examples stay as they are.
    """
    import msgspec

    from models.embed import load
    from models.store import Store
    from runtime.agent import training
    from runtime.agent.pack import load_pack
    from runtime.config import Log
    from runtime.log import setup

    setup(Log(level="error"))
    err = Console(stderr=True)
    try:
        loaded = load_pack(_folder(folder))
        with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True) as progress:
            progress.add_task("learning (25 ms a sentence, the first time)")
            made = training.train(loaded, load(Store()), seed, beside=beside)
    except (MostradorError, OSError) as error:
        code = error.code if isinstance(error, MostradorError) else "pack.train"
        if as_json:
            print(json.dumps({"error": {"code": code, "message": str(error)}}, ensure_ascii=False))
        else:
            err.print(f"[red]{code}[/] {error}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    if as_json:
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(made, enc_hook=str), indent=2).decode() + "\n")
        return
    Console().print(Markdown(made.card.read_text("utf-8")))
    Console().print(f"{made.path}\n{made.card}", highlight=False, soft_wrap=True)


@app.command()
def erase(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Whoever the company's system calls so.")],
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Settings (TOML).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Remove a customer from the database of the device's pack, but for what the law keeps (`[erasure]`)."""
    from runtime.agent.erasure import erase_customer
    from runtime.agent.pack import load_pack
    from runtime.config import load
    from runtime.minds import pack_database, pack_folder

    err = Console(stderr=True)
    settings = load(config)
    try:
        manifest = load_pack(pack_folder(settings.agent.pack)).manifest
        if manifest.erasure is None:
            raise PackError("pack.erasure", f"the pack {manifest.id} has no [erasure] in its pack.toml")
        rows = erase_customer(pack_database(settings.agent.pack, settings), manifest.erasure, customer)
    except MostradorError as error:
        err.print(f"[red]{error.code}[/] {error.message}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    if as_json:
        print(json.dumps({"customer": customer, "rows": rows, "keeps": manifest.erasure.keeps}, ensure_ascii=False))
    else:
        Console().print(f"{customer} is erased: {rows} rows. Kept: {manifest.erasure.keeps}", highlight=False)


@app.command()
def unlock(
    customer: Annotated[
        str, typer.Argument(metavar="CUSTOMER", help="Who is locked out, as the flow identified them.")
    ],
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Settings (TOML).")] = None,
) -> None:
    """Let a customer try again who failed to prove who they are, once a person has made sure of it."""
    from runtime.agent.database import Database
    from runtime.agent.pack import load_pack
    from runtime.config import load
    from runtime.minds import pack_database, pack_folder

    err = Console(stderr=True)
    settings = load(config)
    try:
        loaded = load_pack(pack_folder(settings.agent.pack))
        path = pack_database(settings.agent.pack, settings)
        if not path.is_file():
            raise AgentError("agent.database_missing", f"{path}: there is no such database")
        failures = Database(path, loaded).unlock(customer)
    except MostradorError as error:
        err.print(f"[red]{error.code}[/] {error.message}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from error
    if not failures:
        err.print(f"{customer} has failed at nothing: nothing is changed", highlight=False, soft_wrap=True)
        raise typer.Exit(1)
    Console().print(f"{customer} may try again: {failures} failures are forgotten", highlight=False)


@app.command()
def index(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="A pack's folder; the retail pack if none.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Index a pack's documents (Markdown and PDF), so that a device has nothing to do at its first start."""
    from runtime.agent.pack import load_pack
    from runtime.config import Log
    from runtime.log import setup

    setup(Log(level="warning"))
    err = Console(stderr=True)
    began = time.monotonic()
    try:
        _, report = _indexed(load_pack(_folder(folder)), _embedder(), err)
    except MostradorError as error:
        raise _failed(error, as_json, err) from error
    fit = report.fit
    if as_json:
        print(json.dumps({**_documents(report), "seconds": round(time.monotonic() - began, 1)}, ensure_ascii=False))
        return
    state = "made" if report.made else "as it was: nothing has changed"
    lines = [f"{report.sections} sections, {report.passages} passages ({state}): {report.path}"]
    if fit.tried + fit.unanswerable:
        lines.append(
            f"Of {fit.tried} questions that the bar was not set with {fit.right} are answered right and {fit.wrong}"
            f" wrong; of {fit.unanswerable} that no document answers, {fit.invented} are answered. The bar is"
            f" {report.bar:.2f}."
        )
    Console().print("\n".join(lines), highlight=False, soft_wrap=True)


def _failed(error: MostradorError, as_json: bool, err: Console) -> typer.Exit:
    if as_json:
        print(json.dumps({"error": {"code": error.code, "message": error.message}}, ensure_ascii=False))
    else:
        err.print(f"[red]{error.code}[/] {error.message}", highlight=False, soft_wrap=True)
    return typer.Exit(1)


def _indexed(pack: "Pack", embedder: "Embedder", err: Console) -> "tuple[Library, Report]":
    """With a bar on `err` while the passages are embedded."""
    from runtime.agent.index import make_index, open_library

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task("indexing documents", total=None)
        report = make_index(pack, embedder, lambda done, of: progress.update(task, completed=done, total=of))
    return open_library(pack, embedder), report


def _documents(report: "Report") -> dict[str, object]:
    return {"path": str(report.path), "made": report.made, "sections": report.sections, "passages": report.passages,
            "bar": round(report.bar, 3), "questions": report.fit.tried, "right": report.fit.right,
            "wrong": report.fit.wrong, "unanswerable": report.fit.unanswerable,
            "invented": report.fit.invented}  # fmt: skip


def _embedder() -> "Embedder":
    from models.embed import load
    from models.store import Store

    return load(Store())


def _folder(folder: Path | None) -> Path:
    if folder is not None:
        return folder
    import models.sectors

    return Path(models.sectors.__file__).parent / "retail"


def _judge(pack: "Pack", embedder: "Embedder") -> "tuple[Judge, Fit]":
    """The pack's understanding on the installed models."""
    from models.llm import smollm2
    from models.store import Store
    from runtime.agent.route import Judge, make_router

    router = make_router(pack, embedder)
    return Judge(pack, router, smollm2.load(Store())), router.fit


def _play(pack: "Pack", judge: "Judge", library: "Library", work: Path, err: Console) -> "list[Played]":
    from runtime.agent.database import Database
    from runtime.agent.planner import Agent
    from runtime.agent.scripts import play_all

    def agent_for(path: Path, today: date) -> Agent:
        database = Database(path, pack)
        database.prepare(today)
        return Agent(pack, database, judge, cache(lambda: today), library=library)

    played: list[Played] = []
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True) as progress:
        task = progress.add_task("")
        for script in play_all(pack, agent_for, work):
            played.append(script)
            progress.update(task, description=f"{len(played)} conversations")
    return played


def _report(
    pack: "Pack",
    played: "list[Played]",
    fit: "Fit",
    findings: "list[Finding]",
    documents: "Report",
    seconds: float,
    as_json: bool,
) -> None:
    failed = sum(bool(script.failures) for script in played)
    if as_json:
        report = {
            "pack": pack.manifest.id,
            "flows": len(pack.flows),
            "intents": len(set().union(*pack.examples.values())),
            "scripts": [
                {"file": each.file, "name": each.name, "language": each.language, "turns": each.turns,
                 "failures": each.failures}
                for each in played
            ],
            "failed": failed,
            "router": {"accuracy": round(fit.accuracy, 3), "out_of_scope_caught": round(fit.caught, 3),
                       "in_scope_rejected": round(fit.rejected, 3), "bar": round(fit.bar, 3)},
            "documents": _documents(documents),
            "style": [{"file": each.file, "line": each.line, "what": each.what} for each in findings],
            "seconds": round(seconds, 1),
        }  # fmt: skip
        json.dump(report, sys.stdout, ensure_ascii=False, indent=2)
        print()
        return
    console = Console()
    table = Table(title=f"Pack {pack.manifest.id}", title_justify="left", box=SIMPLE)
    table.add_column("script")
    table.add_column("", no_wrap=True)
    table.add_column("turns", justify="right")
    table.add_column("result")
    for each in played:
        table.add_row(each.name, each.language, str(each.turns), _result(each))
    console.print(table)
    for finding in findings:
        place = f"{pack.folder / finding.file}:{finding.line}"
        console.print(f"[red]{escape(place)}[/]: {escape(finding.what)}", highlight=False, soft_wrap=True)
    console.print(
        f"{len(played) - failed} of {len(played)} conversations end well. Examples, each left out in turn:"
        f" {fit.accuracy:.0%} right, {fit.caught:.0%} of what is out of scope caught at {fit.rejected:.0%} false"
        f" rejection. {seconds:.1f} s.",
        highlight=False,
    )


def _result(script: "Played") -> str:
    return f"[red]{escape(script.failures[0])}[/]" if script.failures else "[green]well[/]"


if __name__ == "__main__":
    app()
