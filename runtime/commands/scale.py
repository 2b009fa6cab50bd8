"""`mostrador scale kamailio`: the configuration of a proxy that spreads calls over several devices."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core.errors import ConfigError
from core.files import replacing
from runtime.config import read
from telephony.kamailio.files import MARK, render
from telephony.kamailio.site import Node, Site, contradictions, plain_path

app = typer.Typer(help="Several devices behind one address.", no_args_is_help=True, pretty_exceptions_enable=False)

DEBIAN = "/usr/sbin/kamailio"
"""Not on everybody's path."""


@app.callback()
def scale() -> None:
    """Beyond one machine: several devices behind a proxy."""


@app.command()
def kamailio(
    site: Annotated[
        Path | None, typer.Argument(metavar="[SITE.toml]", help="What stands where: docs/telephony.md.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the files.")] = Path("kamailio"),
    at: Annotated[
        str, typer.Option("--at", metavar="DIR", help="Where they will lie on the proxy, if elsewhere.")
    ] = "",
    listen: Annotated[list[str] | None, typer.Option(help="udp:192.0.2.1:5060, instead of SITE.toml.")] = None,
    node: Annotated[list[str] | None, typer.Option(help="A device: sip:192.0.2.11:5060.")] = None,
    source: Annotated[list[str] | None, typer.Option("--from", help="A network that calls come from.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Write Kamailio's configuration for several devices: calls go to whichever has most room, a dead one is passed
    over."""
    given = (
        load(site) if site else Site(tuple(listen or ()), tuple(source or ()), tuple(Node(one) for one in node or ()))
    )
    if site and (listen or node or source):
        raise ConfigError("scale.both", f"{site} and --listen, --node or --from: say it in one place")
    if wrong := list(contradictions(given)):
        where = str(site) if site else "options"
        raise ConfigError("scale.value", "\n".join(f"{where}: {problem}" for problem in wrong))
    written = write(out, render(given, _folder(at or str(out.resolve()))))
    checked = check(out / "kamailio.cfg") if not at else None
    if as_json:
        report = {"folder": str(out), "files": [path.name for path in written], "checked": checked is not None}
        sys.stdout.write(json.dumps(report) + "\n")
        return
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"[bold]{len(given.nodes)}[/] devices behind {', '.join(given.listen)}: {out}/")
    for path in written:
        console.print(f"  {path.name}")
    console.print(checked or "Not tried with Kamailio here: kamailio -c -f kamailio.cfg, where it runs.")
    console.print(f"How to run it: {out}/README")


def load(path: Path) -> Site:
    """Raises ConfigError."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("scale.unreadable", f"{path}: cannot be read: {error}") from error
    return read(text, str(path), Site)


def write(folder: Path, texts: Mapping[str, str]) -> list[Path]:
    """Each file whole or as it was; what is not ours is left alone. Raises ConfigError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in texts:
            path = folder / name
            if path.exists() and MARK not in path.read_text("utf-8", errors="replace")[:200]:
                raise ConfigError("scale.foreign", f"{path} was not made by this command: give another folder, --out")
        for name, text in texts.items():
            with replacing(folder / name) as draft:
                draft.write_text(text, "utf-8")
    except OSError as error:
        raise ConfigError("scale.unwritable", f"{folder}: cannot be written: {error}") from error
    return [folder / name for name in texts]


def check(file: Path) -> str | None:
    """What Kamailio says of its configuration; None where there is none. Raises ConfigError when it refuses it."""
    program = shutil.which("kamailio") or (DEBIAN if Path(DEBIAN).exists() else None)
    if program is None:
        return None
    done = subprocess.run([program, "-c", "-f", str(file)], capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        said = "\n".join(line for line in done.stderr.splitlines() if "INFO" not in line)
        raise ConfigError("scale.refused", f"Kamailio does not take {file}:\n{said}")
    return "Kamailio reads it without complaint (kamailio -c)."


def _folder(text: str) -> str:
    """Raises ConfigError."""
    folder = text.rstrip("/")
    if not plain_path(folder):
        raise ConfigError("scale.folder", f"{text!r}: Kamailio needs a whole path of plain letters: --at or --out")
    return folder
