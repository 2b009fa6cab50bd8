"""Where a customer stands: one file a channel."""

from collections.abc import AsyncIterator, Callable
from typing import Literal, Protocol

from msgspec import Struct

from runtime.agent import Language
from runtime.events import Event
from runtime.messages import Message
from voice.line import AudioLine


class Caption(Struct, frozen=True, tag=True):
    """Words on the screen. `final` False: still being spoken or recognised; a later one with the same
    `turn` and `who` replaces it."""

    who: Literal["customer", "counter"]
    text: str
    turn: int
    final: bool = True


class Status(Struct, frozen=True, tag=True):
    state: Literal["idle", "listening", "thinking", "speaking"]
    language: Language


class Shown(Struct, frozen=True, tag=True):
    """A whole message of the counter: its `detail` and `choices` belong on the screen."""

    message: Message
    turn: int


class Notice(Struct, frozen=True, tag=True):
    """Something went wrong or is about to happen, in the customer's words."""

    code: str
    text: str


Screen = Caption | Status | Shown | Notice


class Channel(Protocol):
    """A way in. Everything is called on the asyncio loop."""

    @property
    def kind(self) -> Literal["phone", "kiosk", "terminal", "voice"]: ...

    @property
    def peer(self) -> str:
        """Who: a SIP address, a browser session. Personal data."""

    @property
    def language(self) -> Language:
        """The language to begin in."""

    @property
    def line(self) -> AudioLine | None:
        """None: text only."""

    @property
    def over(self) -> bool:
        """Nobody is there any more, whether the conversation has been told already or not."""

    def events(self) -> AsyncIterator[Event]:
        """What the customer does other than speak: `Chose`, `Dtmf`, `Hold`, `LanguageChosen`, typed `UserSaid`,
        `HungUp`.

        The last event is always `HungUp`; after it the iterator ends.
        """

    async def show(self, update: Screen) -> None:
        """Put something on the screen; a channel without one ignores it. Never blocks for longer than a queue put."""

    async def hide_keys(self, through: Callable[[str], str] | None) -> bool:
        """From now on each key goes to `through`, on a thread of its own, and `Dtmf` tells what that returns. None: no
        longer. False: there are no keys here, or nobody to press them."""

    async def close(self, cause: str) -> None:
        """End it from our side: hang up, or return the screen to idle. Safe to call twice."""
