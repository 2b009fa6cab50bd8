"""`mostrador …`: the one command. Each subcommand loads only what it needs."""

import asyncio
import os
import signal
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from core.errors import MostradorError
from runtime.commands import bench, callout, doctor, models, pack, recording, scale, trace

app = typer.Typer(
    name="mostrador",
    help="[bold]Mostrador[/]: an offline-first voice-and-text agent for kiosks and call centres.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(models.app, name="models")
app.add_typer(pack.app, name="pack")
app.add_typer(recording.app, name="recording")
app.add_typer(callout.app, name="callout")
app.add_typer(scale.app, name="scale")

app.command("bench")(bench.bench)
app.command("trace")(trace.trace)
app.command("doctor")(doctor.doctor)

out = Console()
err = Console(stderr=True)

Config = Annotated[
    Path | None, typer.Option("--config", "-c", help="Settings (TOML). Without it everything is on loopback.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]


@app.callback(invoke_without_command=True)
def mostrador(
    show_version: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    from runtime.config import Log
    from runtime.log import setup

    setup(Log(level="warning"))  # standard output belongs to what a command prints
    if show_version:
        try:
            out.print(version("mostrador"), highlight=False)
        except PackageNotFoundError:
            out.print("mostrador (from the source tree)", highlight=False)
        raise typer.Exit


@app.command()
def run(config: Config = None) -> None:
    """Run the device: phone, kiosk, all that is configured, until SIGTERM or Ctrl-C."""
    from runtime.memory import few_heaps

    few_heaps()
    from runtime.app import App, Ready
    from runtime.config import load
    from runtime.log import setup

    settings = load(config)
    setup(settings.log)

    def ready(up: Ready) -> None:
        out.print(f"[bold green]ready[/] in {up.seconds:.1f} s", highlight=False)
        if up.sip:
            out.print(f"  telephone  [bold]{up.sip}[/]", highlight=False)
        if up.kiosk:
            out.print(f"  kiosk      [bold]{up.kiosk}[/]", highlight=False)

    asyncio.run(App(settings).run(ready))


@app.command()
def call(
    uri: Annotated[str, typer.Argument(metavar="SIP-URI", help="Whom to call, e.g. sip:demo@127.0.0.1:5060")],
    more: Annotated[list[Path] | None, typer.Argument(metavar="[FILE.wav …]", show_default=False)] = None,
    say: Annotated[list[Path] | None, typer.Option("--say", help="What to say, one WAV a turn.")] = None,
    record: Annotated[Path | None, typer.Option("--record", help="Write the call here: WAV, caller left.")] = None,
    after: Annotated[
        float | None, typer.Option("--after", min=0, help="Speak so many seconds after the answer, over the greeting.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Place a call as a caller would: hear the greeting, say each file, hear each answer, hang up."""
    from runtime.commands.call import place, table

    report = asyncio.run(place(uri, [*(say or []), *(more or [])], record, after))
    if as_json:
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        out.print(table(report))


@app.command()
def chat(config: Config = None, language: Annotated[str, typer.Option(help="es or en")] = "") -> None:
    """Talk to the counter by typing."""
    from runtime.commands.talk import chat as chat_

    asyncio.run(chat_(config, language, out))


@app.command()
def talk(
    config: Config = None,
    language: Annotated[str, typer.Option(help="es or en")] = "",
    device: Annotated[str, typer.Option(help="Sound device by (part of its) name.")] = "",
) -> None:
    """Talk to the counter with this machine's microphone and loudspeaker."""
    from runtime.commands.talk import talk as talk_

    asyncio.run(talk_(config, language, device, out))


def main() -> None:
    """Exit codes: 0 done, 1 failed (one line says why and what to do), 2 usage."""
    # Before any engine loads its OpenMP: threads that spin while they wait starve the others on a small machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        app()
    except MostradorError as error:
        err.print(f"[bold red]{error.code}[/]: {escape(error.message)}", highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
