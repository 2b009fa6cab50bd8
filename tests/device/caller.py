"""A caller who does one thing after another, and what the device's journal says of it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

from runtime.bench.device import Device
from runtime.events import Event, Replied
from runtime.journal import Reader
from telephony.sip import Answered, Ended, SipAgent, SipCall, SipSettings
from voice import wav
from voice.frames import RATE

LIMIT = 60.0


class Caller:
    """An answered call, step by step."""

    def __init__(self, call: SipCall) -> None:
        self._call = call
        self._listening = asyncio.ensure_future(self._listen())

    async def say(self, file: Path) -> None:
        left = wav.read(file, RATE, convert=True).pcm
        while len(left) or self._call.line.queued:
            left = left[self._call.line.play(left) :]
            await asyncio.sleep(0.02)

    async def press(self, keys: str) -> None:
        assert await self._call.send_dtmf(keys)

    async def hold(self) -> None:
        assert await self._call.hold()

    async def resume(self) -> None:
        assert await self._call.resume()

    async def hang_up(self) -> None:
        await self._call.hangup()
        await self._listening

    async def _listen(self) -> None:
        async for _ in self._call.line.heard():
            pass


def talks(running: Device) -> list[list[Event]]:
    """What the journal holds of each conversation, the first one first."""
    if not (running.home / "journal.db").exists():
        return []
    with Reader(running.home / "journal.db") as reader:
        return [reader.read(talk.id) for talk in reversed(reader.conversations(1_000))]


async def events_of(running: Device, wanted: Callable[[Event], bool], before: int = 0) -> list[Event]:
    """What the journal holds, but for the first conversations, so many as there were `before`; once something in it is
    `wanted`."""
    found: list[Event] = []
    until = time.monotonic() + LIMIT
    while time.monotonic() < until:
        found = [event for talk in talks(running)[before:] for event in talk]
        if any(wanted(event) for event in found):
            return found
        await asyncio.sleep(0.05)
    heard = [event for event in found if not isinstance(event, Replied)]
    raise AssertionError(f"the journal never held it: {heard}")


Kind = TypeVar("Kind", bound=Caller)


@contextlib.asynccontextmanager
async def calling(running: Device, kind: type[Kind] = Caller) -> AsyncIterator[Kind]:  # type: ignore[assignment]
    """Answered; hung up in the end."""
    agent = SipAgent(SipSettings(port=0, user="caller"))
    await agent.start()
    try:
        call = await agent.dial(running.sip)
        async for event in call.events():
            assert not isinstance(event, Ended)
            if isinstance(event, Answered):
                break
        caller = kind(call)
        yield caller
        await caller.hang_up()
    finally:
        await agent.stop()
