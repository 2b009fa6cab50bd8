"""The two sides of a call that is handed on: sipp as the customer who has called us, and as the person."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from telephony.events import Answered, CallEvent, Ended
from telephony.refer import handoff_headers
from telephony.sip import SipAgent, SipCall, SipSettings
from tests.sip.phones import LIMIT, free_port, sipp
from tests.sip.rtp import RtpPeer
from tests.sip.scenario import accept, ack, answered, expect, invite, reply, scenario

ID = "0123456789abcdef"
TARGET = "sip:200@127.0.0.1:5099"
UP = invite() + answered() + ack()
"""The customer's side of a call that we have answered."""
CALLED = expect("INVITE") + reply(180) + reply(200, sound=True) + expect("ACK")
"""The person's side of a call that they have answered."""
LEFT = expect("BYE") + accept()

Make = Callable[..., RtpPeer]
"""Makes the sound of one side; melody unless told."""


@contextlib.asynccontextmanager
async def agent_with(
    counted: Callable[[str, int], object] = lambda *_: None, **settings: object
) -> AsyncIterator[SipAgent]:
    """`counted`: told of what is unwanted; `settings`: of SipSettings."""
    agent = SipAgent(SipSettings(**{"port": 0, **settings}), counted=counted)  # type: ignore[arg-type]
    await agent.start()
    try:
        yield agent
    finally:
        await agent.stop()


def customer(agent: SipAgent, folder: Path, *steps: str, up: str = UP) -> "subprocess.Popen[str]":
    return sipp(folder, scenario(up, *steps), agent.uri.rpartition("@")[2], "-m", "1")


def person(folder: Path, *steps: str, port: int = 0) -> "tuple[subprocess.Popen[str], str]":
    port = port or free_port()
    called = sipp(folder, scenario(*steps), "", "-m", "1", "-p", str(port), "-trace_msg")
    return called, f"sip:200@127.0.0.1:{port}"


async def done(*processes: "subprocess.Popen[str]") -> None:
    """Each went by its scenario."""
    for process in processes:
        assert await asyncio.to_thread(process.wait, LIMIT) == 0, process.stdout and process.stdout.read()[-3000:]


async def answer(agent: SipAgent) -> SipCall:
    async for call in agent.incoming():
        await call.answer()
        await until(call, Answered)
        return call
    raise AssertionError("nobody called")


async def until(call: SipCall, kind: type[CallEvent]) -> CallEvent:
    async with asyncio.timeout(LIMIT):
        async for event in call.events():
            if isinstance(event, kind):
                return event
            assert not isinstance(event, Ended), event
    raise AssertionError("it never came")


async def dialled(agent: SipAgent, uri: str) -> SipCall:
    call = await agent.dial(uri, headers=handoff_headers(ID))
    await until(call, Answered)
    return call


def answer_with(body: str) -> str:
    return reply(200, more="Content-Type: application/sdp\n").replace("\n\n]]>", f"\n\n{body}]]>")
