"""`mostrador bench NAME…`: measures this device, prints a table, writes JSON."""

import asyncio
import importlib
import inspect
import pkgutil
import sys
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Annotated, cast

import msgspec
import typer
from rich.console import Console, Group
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import runtime.bench
from runtime.bench import Result, meets
from runtime.bench.plots import draw

Bench = Callable[[Callable[[str, float], None]], Coroutine[None, None, Result]]

MOST_WRONG = 20
"""Lines under a table of what counts against a bar."""

out = Console()
err = Console(stderr=True)


def benches() -> dict[str, Bench]:
    """Every module of `runtime/bench` that has a `run`, by name."""
    found: dict[str, Bench] = {}
    for module in pkgutil.iter_modules(runtime.bench.__path__):
        run = getattr(importlib.import_module(f"runtime.bench.{module.name}"), "run", None)
        if run is not None:
            found[module.name] = run
    return found


def bench(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME …]", help="Which; without any, all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    to: Annotated[Path | None, typer.Option("--out", help="Write the JSON here as well.")] = None,
    plots: Annotated[Path | None, typer.Option("--plots", help="Draw curves into this folder, as SVG.")] = None,
    minutes: Annotated[
        float | None, typer.Option("--minutes", min=0.1, help="How long calls last, where a bench lets that be chosen.")
    ] = None,
    whole: Annotated[
        bool, typer.Option("--whole", help="All of the material, where a bench takes a part of it.")
    ] = False,
    pack: Annotated[
        str, typer.Option("--pack", help="One sector pack (name or folder), where a bench takes all.")
    ] = "",
    spoken: Annotated[
        bool, typer.Option("--spoken", help="Conversations by telephone as well, where a bench plays them as text.")
    ] = False,
    scripts: Annotated[
        int | None, typer.Option("--scripts", min=1, help="So many conversations of each kind, where all take long.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="What is drawn, where a part is taken.")] = None,
) -> None:
    """Measure this device: start, latency, …; what the documents have in tables comes from here."""
    known = benches()
    if unknown := [name for name in names or [] if name not in known]:
        raise typer.BadParameter(f"no bench {', '.join(unknown)}; there are {', '.join(known)}")
    options = {
        "minutes": minutes, "whole": whole, "pack": pack, "spoken": spoken, "scripts": scripts, "seed": seed,
    }  # fmt: skip
    results = []
    for name in names or list(known):
        results.append(_measure(name, _with(known[name], **options)))
        if not as_json:
            out.print(table(results[-1]))
        if plots is not None and (drawn := draw(results[-1], plots)) is not None:
            err.print(f"drawn: {drawn}")
    data = msgspec.json.format(msgspec.json.encode(results), indent=1)
    if to is not None:
        to.write_bytes(data + b"\n")
    if as_json:
        sys.stdout.write(data.decode() + "\n")


def _with(run: Bench, **options: float | str | None) -> Bench:
    """The options that are given, where the bench knows them."""
    known = inspect.signature(run).parameters
    given = {name: value for name, value in options.items() if value and name in known}
    return partial(cast(Callable[..., Coroutine[None, None, Result]], run), **given)


def _measure(name: str, run: Bench) -> Result:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(name, total=1.0)
        began = time.monotonic()
        result = asyncio.run(
            run(lambda doing, share: progress.update(task, description=f"{name}: {doing}", completed=share))
        )
        return msgspec.structs.replace(result, took=time.monotonic() - began)


def table(result: Result) -> Group:
    """The figures with their bars, and the machine they were taken on."""
    rows = Table("measure", "value", "bar", "", title=f"[bold]{result.bench}[/]", title_justify="left")
    rows.columns[1].justify = "right"
    for row in result.rows:
        met = meets(row)
        colour = {True: "green", False: "red", None: ""}[met]
        value = f"{row.value:.2f} {row.unit}" if row.value < 100 else f"{row.value:.0f} {row.unit}"
        rows.add_row(row.name, f"[{colour}]{value}[/]" if colour else value, row.bar, f"[dim]{row.note}[/]")
    wrong = [f"[red]{escape(line)}[/]" for line in result.wrong[:MOST_WRONG]]
    if more := len(result.wrong) - MOST_WRONG:
        wrong += [f"[dim]… and {more} more: --json tells all[/]"] if more > 0 else []
    minutes, seconds = divmod(round(result.took), 60)
    ran = ", ".join((*result.machine.values(), f"{minutes} min {seconds:02d} s"))
    return Group(rows, *wrong, f"[dim]{ran}[/]")
