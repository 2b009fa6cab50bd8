"""What a test does with the device and waits for."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from telephony.events import CallEvent
from telephony.sip import SipAgent, SipCall
from tests.sip.phones import LIMIT
from voice.frames import RATE, Pcm
from voice.resample import resample

Kind = TypeVar("Kind", bound=CallEvent)
Join = Callable[..., Any]
"""Switches on the device as an extension: `await join("200")`."""


async def until(condition: Callable[[], bool], what: str) -> None:
    for _ in range(round(LIMIT / 0.05)):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(what)


async def state(agent: SipAgent, name: str) -> None:
    await until(lambda: "pbx" in agent.accounts and agent.accounts["pbx"].state == name, f"{name}: {agent.accounts}")


async def called(agent: SipAgent) -> SipCall:
    """The next call that comes, answered."""
    async with asyncio.timeout(LIMIT):
        call = await anext(agent.incoming())
    assert await call.answer()
    return call


async def event(call: SipCall, kind: type[Kind]) -> Kind:
    """The next event of that kind."""
    async with asyncio.timeout(LIMIT):
        async for each in call.events():
            if isinstance(each, kind):
                return each
    raise AssertionError(f"{kind} never came")


async def say(call: SipCall, pcm: Pcm) -> None:
    """All of it; the line takes two seconds at once. Returns when the rest is on its way."""
    while len(pcm):
        pcm = pcm[call.line.play(pcm) :]
        await asyncio.sleep(0.02)


async def converse(call: SipCall, pcm: Pcm) -> Pcm:
    """Say it, and what is heard meanwhile and a little longer, at 8 kHz."""
    _, heard = await asyncio.gather(say(call, pcm), hear(call, len(pcm) / RATE + 1.5))
    return heard


async def hear(call: SipCall, seconds: float) -> Pcm:
    pieces: list[Pcm] = []
    async with asyncio.timeout(LIMIT):
        async for frame in call.line.heard():
            pieces.append(frame.pcm)
            if len(pieces) * len(frame.pcm) >= seconds * frame.rate:
                break
    return resample(np.concatenate(pieces), RATE, 8_000)
