"""`mostrador trace [ID]`: recent conversations, or one of them turn by turn with a waterfall of its stages."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.box import SIMPLE
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from core.errors import JournalError
from runtime.config import load
from runtime.events import Attached
from runtime.journal import Reader, Record, Summary
from runtime.trace import Bar, Spread, Turn, spreads, turns

HIDDEN = "•••"
WIDTH = 44
"""Columns of the waterfall."""
COLOURS = {"pause": "bright_black", "stt": "cyan", "plan": "magenta", "commit": "yellow", "first_sound": "green"}
EIGHTHS = " ▏▎▍▌▋▊▉"


def trace(
    identity: Annotated[str, typer.Argument(metavar="[ID]", help="A conversation, or how its id begins.")] = "",
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Settings (TOML).")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many conversations to list.")] = 20,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show what was said and who it was.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Recent conversations; with ID, one of them turn by turn with the time that each stage took."""
    with Reader(load(config).data_folder / "journal.db") as journal:
        if identity:
            chosen = _chosen(journal, identity)
            records = journal.records(chosen)
            report: object = as_data(chosen, records, reveal=reveal)
            shown: Group | Table = waterfall(chosen, records, reveal=reveal)
        else:
            summaries = journal.conversations(limit)
            report = [_listed(summary, reveal=reveal) for summary in summaries]
            shown = listing(summaries, reveal=reveal)
    if as_json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    else:
        Console().print(shown)


def _chosen(journal: Reader, prefix: str) -> str:
    """The one conversation that is meant. Raises JournalError."""
    found = journal.matching(prefix)
    if not found:
        raise JournalError("journal.unknown", f"no conversation begins with {prefix!r}: `mostrador trace` lists them")
    if len(found) > 1 and prefix not in found:
        raise JournalError("journal.ambiguous", f"{prefix!r} may be {', '.join(found[:5])}: give more of the id")
    return prefix if prefix in found else found[0]


def listing(summaries: list[Summary], *, reveal: bool) -> Table:
    """The newest first."""
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    for heading in ("id", "began", "channel", *(["who"] if reveal else [])):
        table.add_column(heading, no_wrap=True)
    for heading in ("turns", "seconds"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("ended by")
    for one in summaries:
        began = datetime.fromtimestamp(one.began).astimezone().strftime("%d %b %H:%M:%S")
        who = [one.peer] if reveal else []
        ended = one.outcome or "[yellow]going on, or cut off[/]"
        numbers = (str(one.turns), f"{one.ended - one.began:.0f}")
        table.add_row(one.id, began, f"{one.channel} {one.language}", *who, *numbers, ended)
    return table


def waterfall(identity: str, records: list[Record], *, reveal: bool) -> Group:
    """One conversation; all turns share one scale of time."""
    all_turns = turns(records)
    scale = max((bar.end for turn in all_turns for bar in turn.bars), default=0.0)
    parts: list[Text | Table] = [_headline(identity, records, reveal=reveal)]
    for turn in all_turns:
        parts += [Text(""), _title(turn), *_words(turn, reveal=reveal)]
        if turn.bars:
            parts.append(_chart(turn.bars, scale))
    if summary := spreads(all_turns):
        parts += [Text(""), _summary(summary)]
    return Group(*parts)


def _headline(identity: str, records: list[Record], *, reveal: bool) -> Text:
    first = records[0].event
    line = Text.assemble((identity, "bold"))
    if isinstance(first, Attached):
        began = datetime.fromtimestamp(records[0].wall).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        line.append(f"  {first.channel}  {first.peer if reveal else HIDDEN}  {began}")
    return line


def _title(turn: Turn) -> Text:
    name = "greeting" if turn.number == 0 else f"turn {turn.number}"
    line = Text.assemble((name, "bold"))
    if turn.number:
        line.append(f"  {turn.form}" + (f", {turn.language}" if turn.language else ""))
    if turn.intent:
        line.append(f"  → {turn.intent} ", "bold")
        line.append(f"({turn.why}, {turn.confidence:.2f})")
    if turn.number and turn.total is not None:
        line.append(f"  {_ms(turn.total)} to the first sound", "green")
    return line


def _words(turn: Turn, *, reveal: bool) -> list[Text]:
    lines = []
    if turn.number:
        lines.append(Text(f"  ‹ {turn.heard if reveal else HIDDEN}", "cyan"))
    lines += [Text(f"  › {said if reveal else HIDDEN}") for said in turn.said]
    lines += [Text(f"  done: {effect}", "yellow") for effect in turn.effects]
    lines += [Text(f"  {note}", "red" if note.startswith("failed") else "dim") for note in turn.notes]
    return lines


def _chart(bars: tuple[Bar, ...], scale: float) -> Table:
    chart = Table.grid(padding=(0, 1))
    chart.add_column(width=14, justify="right", style="dim")
    chart.add_column(width=WIDTH, no_wrap=True)
    chart.add_column(width=8, justify="right")
    for bar in bars:
        chart.add_row(bar.stage, Text(drawn(bar, scale), COLOURS.get(bar.stage, "blue")), _ms(bar.seconds))
    return chart


def drawn(bar: Bar, scale: float) -> str:
    """The bar as text, from 0 to `scale` seconds over `WIDTH` columns; never invisible."""
    if scale <= 0:
        return "▏"
    start = min(round(bar.start / scale * WIDTH), WIDTH - 1)
    eighths = max(1, min(round(bar.seconds / scale * WIDTH * 8), (WIDTH - start) * 8))
    return " " * start + "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()


def _summary(summary: list[Spread]) -> Table:
    table = Table(box=SIMPLE)
    table.add_column("stage")
    for heading in ("turns", "p50", "p95"):
        table.add_column(heading, justify="right")
    for spread in summary:
        table.add_row(spread.stage, str(spread.count), _ms(spread.p50), _ms(spread.p95))
    return table


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def as_data(identity: str, records: list[Record], *, reveal: bool) -> dict[str, Any]:
    """The same as plain data: seconds, Unix time."""
    all_turns = turns(records)
    plain: list[dict[str, Any]] = msgspec.to_builtins(all_turns)
    for turn, row in zip(all_turns, plain, strict=True):
        row["total"] = turn.total
        if not reveal:
            row["heard"] = HIDDEN if turn.heard else ""
            row["said"] = [HIDDEN] * len(turn.said)
    return {
        "id": identity,
        "began": records[0].wall,
        "turns": plain,
        "summary": {one.stage: {"count": one.count, "p50": one.p50, "p95": one.p95} for one in spreads(all_turns)},
    }


def _listed(summary: Summary, *, reveal: bool) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(summary)
    if not reveal:
        row["peer"] = HIDDEN
    return row
