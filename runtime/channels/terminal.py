"""Text on a terminal: `mostrador chat`."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Literal

from rich.console import Console

from runtime.agent import Language
from runtime.channels import Caption, Notice, Screen, Shown, Status
from runtime.events import Chose, Event, HungUp, UserSaid
from runtime.messages import Choice
from voice.line import AudioLine


class TerminalChannel:
    """Reads lines, prints messages with their choices numbered; a number picks one. `/quit` or Ctrl-D leaves."""

    kind: Literal["terminal"] = "terminal"
    line: AudioLine | None = None
    over = False

    def __init__(self, reader: asyncio.StreamReader, console: Console, language: Language) -> None:
        self.peer = "terminal"
        self.language: Language = language
        self._reader = reader
        self._console = console
        self._choices: tuple[Choice, ...] = ()

    async def events(self) -> AsyncIterator[Event]:
        while data := await self._reader.readline():
            text = data.decode("utf-8", "replace").strip()
            if text == "/quit":
                break
            if text.isdigit() and 1 <= int(text) <= len(self._choices):
                choice = self._choices[int(text) - 1]
                yield Chose(id=choice.id, title=choice.title)
            elif text:
                yield UserSaid(text=text, language=self.language, spoken=False)
        yield HungUp(cause="customer")

    async def show(self, update: Screen) -> None:
        match update:
            case Shown(message=message):
                self._choices = message.choices
                self._console.print(f"[bold cyan]»[/] {message.detail or message.text}", highlight=False)
                for number, choice in enumerate(message.choices, 1):
                    self._console.print(f"   [dim]{number}[/] {choice.title}", highlight=False)
            case Notice(text=text):
                self._console.print(f"[yellow]! {text}[/]", highlight=False)
            case Status(language=language):
                self.language = language
            case Caption():
                pass  # what was typed and said is on the terminal already

    async def hide_keys(self, through: Callable[[str], str] | None) -> bool:
        return False

    async def close(self, cause: str) -> None:
        self._console.print(f"[dim]— {cause} —[/]", highlight=False)
