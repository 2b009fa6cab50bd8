"""`mostrador talk` and `mostrador chat`: one conversation on this terminal."""

import asyncio
import signal
import sys
from pathlib import Path

import msgspec
from rich.console import Console

from core.errors import ConfigError
from runtime import engines
from runtime.agent import Language
from runtime.channels import Channel
from runtime.channels.sound import SoundChannel
from runtime.channels.terminal import TerminalChannel
from runtime.config import Log, Settings, load
from runtime.journal import Journal
from runtime.log import setup
from runtime.metrics import Metrics
from runtime.session import Session


async def chat(config: Path | None, language: str, console: Console) -> None:
    """Until `/quit` or the end of standard input."""
    settings = _settings(config)
    with console.status("loading the models…"):
        loaded = await engines.load_text(settings)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    channel = TerminalChannel(reader, console, _language(language, settings))
    await _converse(channel, loaded, settings)


async def talk(config: Path | None, language: str, device: str, console: Console) -> None:
    """Until Ctrl-C or goodbye. Raises HardwareError when there is no sound card."""
    from hardware.audio import open_line

    settings = _settings(config)
    line = open_line(device or None, settings.kiosk.echo_cancelled)
    with console.status("loading the models…"):
        loaded = await engines.load(settings)
        await loaded.warm()
    channel = SoundChannel(line, console, _language(language, settings))
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, channel.leave)
    await _converse(channel, loaded, settings)


async def _converse(channel: Channel, loaded: engines.Engines, settings: Settings) -> None:
    journal = Journal.open(settings.data_folder / "journal.db")
    exercise = asyncio.ensure_future(loaded.exercise())
    try:
        await Session("terminal", channel, loaded, journal, Metrics(), settings.limits).run()
    finally:
        exercise.cancel()
        await journal.close()
        loaded.workers.close()


def _settings(config: Path | None) -> Settings:
    """The device's settings, with the log kept off the conversation unless asked for."""
    settings = load(config)
    if settings.log == Log():
        settings = msgspec.structs.replace(settings, log=Log(level="error"))
    setup(settings.log)
    return settings


def _language(wanted: str, settings: Settings) -> Language:
    match wanted:
        case "":
            return settings.agent.language
        case "es" | "en":
            return wanted
        case _:
            raise ConfigError("config.value", f"--language {wanted}: es or en")
