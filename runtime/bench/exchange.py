"""A telephone and nothing else, in a process of its own: `python -m runtime.bench.exchange CALLS`.

It answers each call, plays a tone into it and reads what it hears. Its first line is its address; SIGTERM ends it, and
its last line is JSON: `calls`, `underruns` (of sound to be played, in the middle of it) and `lost` seconds that were
heard and not read in time.
"""

import asyncio
import contextlib
import json
import logging
import signal
import sys

import numpy as np
import structlog

from telephony.gate import Gate
from telephony.media import RingLine
from telephony.sip import Ended, SipAgent, SipCall, SipSettings
from voice.frames import RATE

CHUNK = RATE // 2
"""Played at a time; twice as much is kept waiting in the ring."""
TONE = (8_000 * np.sin(2 * np.pi * 440 * np.arange(CHUNK) / RATE)).astype(np.int16)


class Tally:
    """Of all calls that are over."""

    def __init__(self) -> None:
        self.calls = self.underruns = 0
        self.lost = 0.0

    def add(self, line: RingLine) -> None:
        self.calls += 1
        self.underruns += line.underruns
        self.lost += line.lost / RATE


async def serve(calls: int) -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    agent = SipAgent(SipSettings(gate=Gate(listed_rate=0), port=0, max_calls=calls, lost_after=0))
    await agent.start()
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    print(agent.uri.rpartition("@")[2], flush=True)
    tally, talking = Tally(), set[asyncio.Task[None]]()

    async def take() -> None:
        async for call in agent.incoming():
            task = asyncio.create_task(attend(call, tally))
            talking.add(task)
            task.add_done_callback(talking.discard)

    taking = asyncio.create_task(take())
    await stopping.wait()
    await agent.stop()
    await taking
    if talking:
        await asyncio.wait(talking, timeout=5)
    print(json.dumps({"calls": tally.calls, "underruns": tally.underruns, "lost": tally.lost}), flush=True)


async def attend(call: SipCall, tally: Tally) -> None:
    await call.answer()
    sound = asyncio.create_task(play(call.line))
    async for event in call.events():
        if isinstance(event, Ended):
            break
    sound.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await sound
    tally.add(call.line)


async def play(line: RingLine) -> None:
    while True:
        while line.queued < 2 * CHUNK:
            line.play(TONE)
        line.skip()
        await asyncio.sleep(0.25)


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
