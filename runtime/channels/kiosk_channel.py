"""One visit at the kiosk, as a channel: what the page says becomes events, what the counter does goes to the page."""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Literal, assert_never

import structlog

from hardware.audio import SoundCardLine
from runtime.agent import Language
from runtime.channels import Screen
from runtime.channels import kiosk_wire as wire
from runtime.channels.kiosk_line import BrowserLine
from runtime.events import Chose, Event, HungUp, LanguageChosen, UserSaid

OUTGOING_MAX = 512
"""Messages waiting for a browser that does not read; more, and it is taken for lost."""
EVENTS_MAX = 64


class KioskChannel:
    """One visit: from the touch that starts it to goodbye."""

    kind: Literal["phone", "kiosk", "terminal", "voice"] = "kiosk"

    def __init__(self, peer: str, language: Language) -> None:
        self.peer = peer
        self.language = language
        self.line: BrowserLine | SoundCardLine | None = None
        self._events: asyncio.Queue[Event] = asyncio.Queue(EVENTS_MAX + 1)
        self._over = False
        self._outgoing: deque[wire.Down] = deque()
        self._waiting = asyncio.Event()
        self._sent = asyncio.Event()

    async def events(self) -> AsyncIterator[Event]:
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, HungUp):
                return

    async def show(self, update: Screen) -> None:
        self.send(update)

    async def hide_keys(self, through: Callable[[str], str] | None) -> bool:
        return False

    async def close(self, cause: str) -> None:
        self.send(wire.Bye(cause))
        self.hang_up(cause)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._sent.wait(), 1.0)

    # The browser's side

    @property
    def over(self) -> bool:
        return self._over

    def hang_up(self, cause: str) -> None:
        """No event comes after this one. Safe to call twice: the first cause stays."""
        if self._over:
            return
        self._over = True
        self._waiting.set()
        self._events.put_nowait(HungUp(at=self._now, cause=cause))
        if self.line is not None:
            self.line.close()

    def send(self, message: wire.Down) -> None:
        """Queue a message for the page; a page that does not read is given up."""
        if self._over:
            return
        if isinstance(message, wire.Hush):
            self._outgoing = deque(item for item in self._outgoing if not isinstance(item, wire.Voice))
        self._outgoing.append(message)
        self._waiting.set()
        if len(self._outgoing) > OUTGOING_MAX:
            structlog.get_logger(__name__).warning("kiosk_page_does_not_read", peer_pii=self.peer)
            self.hang_up("lost")

    def take(self, message: wire.Up) -> bool:
        """What the page says; False if it may not say that now."""
        match message:
            case wire.Typed(text):
                text = " ".join(text.split())
                return not text or self._happened(
                    UserSaid(at=self._now, text=text, language=self.language, spoken=False)
                )
            case wire.Touched(identity, title):
                return self._happened(Chose(at=self._now, id=identity, title=title))
            case wire.Switched(language):
                self.language = language
                return self._happened(LanguageChosen(at=self._now, language=language))
            case wire.Mic():
                return isinstance(self.line, BrowserLine) and self.line.take(message)
            case wire.Played():
                if isinstance(self.line, BrowserLine):
                    self.line.report(message)
                return True
            case wire.Volume(level, microphone):
                if isinstance(self.line, SoundCardLine):
                    self.line.gain, self.line.muted = level, not microphone
                return True
            case wire.Leave():
                self.hang_up("customer")
                return True
            case wire.Hello():
                return False
            case _:
                assert_never(message)

    async def outgoing(self) -> AsyncIterator[bytes]:
        """Encoded messages for the page, until the visit is over and all is sent."""
        while True:
            while self._outgoing:
                yield wire.encode(self._outgoing.popleft())
            if self._over:
                return
            self._waiting.clear()
            await self._waiting.wait()

    def sent(self) -> None:
        """Nothing more can reach the page."""
        self._outgoing.clear()
        self._sent.set()

    @property
    def _now(self) -> float:
        return self.line.now if self.line is not None else 0.0

    def _happened(self, event: Event) -> bool:
        if self._events.qsize() >= EVENTS_MAX:
            return False
        self._events.put_nowait(event)
        return True
