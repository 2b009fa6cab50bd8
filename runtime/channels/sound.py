"""The device's own microphone and loudspeaker as a channel: `mostrador talk`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Literal

from rich.console import Console

from runtime.agent import Language
from runtime.channels import Caption, Notice, Screen
from runtime.events import Event, HungUp
from voice.line import AudioLine


class SoundChannel:
    """Speech in and out, captions on the terminal; ends when `leave` is called (Ctrl-C)."""

    kind: Literal["voice"] = "voice"
    peer = "microphone"

    def __init__(self, line: AudioLine, console: Console, language: Language) -> None:
        self.language: Language = language
        self.line: AudioLine | None = line
        self._console = console
        self._left = asyncio.Event()

    @property
    def over(self) -> bool:
        return self._left.is_set()

    def leave(self) -> None:
        self._left.set()

    async def events(self) -> AsyncIterator[Event]:
        await self._left.wait()
        yield HungUp(cause="customer")

    async def show(self, update: Screen) -> None:
        match update:
            case Caption(who="customer", text=text, final=True):
                self._console.print(f"[bold]‹[/] {text}", highlight=False)
            case Caption(who="counter", text=text, final=True):
                self._console.print(f"[bold cyan]»[/] {text}", highlight=False)
            case Notice(text=text):
                self._console.print(f"[yellow]! {text}[/]", highlight=False)
            case _:
                pass

    async def hide_keys(self, through: Callable[[str], str] | None) -> bool:
        return False

    async def close(self, cause: str) -> None:
        self._left.set()
