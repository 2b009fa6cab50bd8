"""`mostrador recording`: what there is, a copy of it that plays, and its end. Who asked, and why, is kept."""

import asyncio
import getpass
import json
import os
import sys
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from core.errors import RecordingError
from runtime.config import load
from runtime.events import Recorded
from voice.frames import RATE

if TYPE_CHECKING:
    from runtime.recording.store import Listed, Store

app = typer.Typer(help="Recorded conversations: list, export, delete.", no_args_is_help=True)

Config = Annotated[Path | None, typer.Option("--config", "-c", help="Settings (TOML).")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]
Identity = Annotated[str, typer.Argument(metavar="ID", help="Of the conversation, as `mostrador trace` shows it.")]


@app.callback()
def recording() -> None:
    """Recorded conversations: list, export, delete."""


@app.command("list")
def list_(config: Config = None, as_json: Json = False) -> None:
    """The recordings on this device, the newest first."""
    listed = _store(load(config).data_folder).listing()
    if as_json:
        _print([_plain(one) for one in listed])
        return
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0))
    for heading in ("id", "began", "erased on", "consent", "state"):
        table.add_column(heading, no_wrap=True)
    for heading in ("seconds", "kB"):
        table.add_column(heading, justify="right")
    for one in listed:
        began, expires = (datetime.fromtimestamp(at).astimezone() for at in (one.header.began, one.header.expires))
        state = one.state if one.state in ("whole", "going on") else f"[yellow]{one.state}[/]"
        numbers = (f"{one.seconds:.0f}", f"{one.bytes / 1000:.0f}")
        table.add_row(
            one.header.id, f"{began:%d %b %H:%M:%S}", f"{expires:%d %b %Y}", one.header.consent, state, *numbers
        )
    Console().print(table)


@app.command()
def export(
    identity: Identity,
    out: Annotated[Path, typer.Argument(metavar="OUT.wav", help="Stereo: customer left, counter right.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it is listened to: goes into the journal.")],
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Decrypt a recording into a WAV file that anybody can play. Only its owner may read that file."""
    from runtime.recording import pieces
    from runtime.recording.pieces import End, Mark, Sound

    data = load(config).data_folder
    store = _store(data)
    key = store.unlock(identity)
    if not reason.strip():
        raise RecordingError("recording.reason", "say why: --reason")
    if out.exists():
        raise RecordingError("recording.exists", f"{out} is there already: choose another name")
    _note(data, identity, "exported", reason)
    report: dict[str, Any] = {"id": identity, "file": str(out), "seconds": 0.0, "marks": [], "whole": False}
    path = store.sound(identity)
    with _wav(out) as sound, Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("decrypting", total=path.stat().st_size)
        try:
            for piece in pieces.pieces(path, key, lambda at: progress.update(task, completed=at)):
                match piece:
                    case Sound():
                        sound.writeframes(piece.pairs.astype("<i2", copy=False).tobytes())
                        report["seconds"] += len(piece.pairs) / RATE
                    case Mark():
                        report["marks"].append(msgspec.to_builtins(piece))
                    case End():
                        report["whole"], report["why"] = not piece.why, piece.why
        except RecordingError as error:
            report["why"] = error.code
            if error.code != "recording.cut":
                _report(report, as_json)
                raise
    _report(report, as_json)


@app.command()
def delete(
    identity: Identity,
    reason: Annotated[str, typer.Option("--reason", help="Goes into the journal.")] = "",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Erase a recording for good: its key first, then its sound."""
    data = load(config).data_folder
    if not _store(data).erase(identity):
        raise RecordingError("recording.unknown", f"there is no recording {identity}: `mostrador recording list`")
    _note(data, identity, "deleted", reason)
    if as_json:
        _print({"id": identity, "deleted": True})
    else:
        Console().print(f"{identity} is erased")


def _store(data: Path) -> "Store":
    from runtime.recording.store import Store

    return Store(data)


def who() -> str:
    """Whose hands these are."""
    name = getpass.getuser()
    before = os.environ.get("SUDO_USER", "")
    return f"{before} as {name}" if before else name


def _note(data: Path, identity: str, what: Literal["exported", "deleted"], reason: str) -> None:
    """In the journal, before anything comes of it. Raises JournalError."""
    from runtime.journal import Journal

    async def note() -> None:
        journal = Journal.open(data / "journal.db")
        try:
            journal.append(identity, Recorded(recording=identity, what=what, why=reason, by=who()))
            await journal.flush()
        finally:
            await journal.close()

    asyncio.run(note())


@contextmanager
def _wav(path: Path) -> Iterator[wave.Wave_write]:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as opened, wave.open(opened, "wb") as sound:
        sound.setnchannels(2)
        sound.setsampwidth(2)
        sound.setframerate(RATE)
        yield sound


def _report(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        _print(report)
        return
    console = Console()
    console.print(f"{report['file']}: {report['seconds']:.1f} s, customer left, counter right", highlight=False)
    for mark in report["marks"]:
        console.print(f"  {mark['at']:8.1f} s  {mark['what']}", highlight=False)
    if not report["whole"]:
        console.print(f"  [yellow]it ends early[/]: {report['why']}", highlight=False)


def _plain(one: "Listed") -> dict[str, Any]:
    header = msgspec.to_builtins(one.header)
    names = ("id", "conversation", "began", "expires", "language", "basis", "consent")
    return {name: header[name] for name in names} | {"seconds": one.seconds, "bytes": one.bytes, "state": one.state}


def _print(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
