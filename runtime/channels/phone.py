"""A telephone call as a channel."""

from collections.abc import AsyncIterator, Callable
from typing import Literal

from runtime.agent import Language
from runtime.channels import Screen
from runtime.events import Dtmf, Event, Hold, HungUp
from telephony.sip import Ended, KeyPressed, SipCall
from telephony.sip import Hold as Held
from voice.line import AudioLine


class PhoneChannel:
    """Wraps an answered call; there is no screen, so what is shown is dropped."""

    kind: Literal["phone"] = "phone"

    def __init__(self, call: SipCall, language: Language) -> None:
        self.peer = "anonymous" if call.caller.withheld else call.caller.number or call.remote
        self.language: Language = language
        self.line: AudioLine | None = call.line
        self._call = call

    @property
    def over(self) -> bool:
        return self._call.ended is not None

    async def events(self) -> AsyncIterator[Event]:
        async for event in self._call.events():
            match event:
                case KeyPressed(digit=digit):
                    yield Dtmf(digit=digit)
                case Held(on=on):
                    yield Hold(on=on)
                case Ended(cause=cause):
                    yield HungUp(cause=cause)
                    return
                case _:
                    pass

    async def show(self, update: Screen) -> None:
        """A telephone has no screen."""

    async def hide_keys(self, through: Callable[[str], str] | None) -> bool:
        return await self._call.hide_keys(through)

    async def close(self, cause: str) -> None:
        await self._call.hangup(cause="stopping" if cause == "stopping" else "goodbye")
