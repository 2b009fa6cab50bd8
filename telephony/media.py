"""A call's sound as an audio line: ring port on one side, `AudioFrame`s on the other."""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import numpy as np

from core.errors import TelephonyError
from telephony import pj
from voice.frames import FRAME_MS, RATE, AudioFrame, Pcm
from voice.tap import Pairs, Tap

HEARD_MS = 2_000
PLAY_MS = 2_000
FRAME = RATE * FRAME_MS // 1000


def open_port() -> Any:
    """A port for one call, not yet in the bridge: `RingPort`, or the same in Python. Call it on the SIP thread."""
    if pj.is_native():
        return pj.load().RingPort(RATE, FRAME_MS, HEARD_MS, PLAY_MS)
    from telephony.fallback import PythonPort

    return PythonPort(RATE, FRAME_MS, HEARD_MS, PLAY_MS)


class Ear:
    """Wakes the lines of this process when one of their ports has heard something: one eventfd for all."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lines: set[RingLine] = set()
        if pj.is_native():
            self._fd = int(pj.load().ringEventFd())
        else:
            from telephony.fallback import event_fd

            self._fd = event_fd()
        loop.add_reader(self._fd, self._wake)

    def add(self, line: "RingLine") -> None:
        self._lines.add(line)

    def remove(self, line: "RingLine") -> None:
        self._lines.discard(line)

    def close(self) -> None:
        self._loop.remove_reader(self._fd)

    def _wake(self) -> None:
        try:
            os.read(self._fd, 8)
        except BlockingIOError:
            return
        for line in self._lines:
            line.wake()


class RingLine:
    """`AudioLine` of one call, 16 kHz. It stays readable after the call: nothing more comes, what is played is lost."""

    rate = RATE

    def __init__(self, port: Any) -> None:
        self._port = port
        self._ready = asyncio.Event()
        self._closed = False
        self._next = 0

    async def heard(self) -> AsyncIterator[AudioFrame]:
        while True:
            if self._port.available() >= FRAME:
                pcm = np.empty(FRAME, np.int16)
                self._port.readInto(pcm)
                start = self._port.readStart()
                self._next = start + FRAME
                yield AudioFrame(pcm, RATE, start / RATE)
            elif self._closed:
                return
            else:
                self._ready.clear()
                await self._ready.wait()

    def play(self, pcm: Pcm) -> int:
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise TelephonyError("sip.samples", f"a call plays mono int16 samples, got {pcm.dtype} {pcm.shape}")
        if self._closed:
            return len(pcm)  # nobody is there: taken and gone, or a speaker would wait for ever
        return int(self._port.write(np.ascontiguousarray(pcm)))

    def hush(self) -> int:
        return int(self._port.clear())

    @property
    def queued(self) -> int:
        return int(self._port.queued())

    @property
    def played(self) -> int:
        return int(self._port.played())

    @property
    def now(self) -> float:
        """Stream time of the bridge's clock in seconds: what is heard from here on was not yet delivered."""
        return (self._next + int(self._port.available())) / RATE

    @property
    def lost(self) -> int:
        """Heard samples that were dropped because nobody read them in time."""
        return int(self._port.droppedHeard())

    @property
    def underruns(self) -> int:
        """Times that what was to be played ran out in the middle of a frame."""
        return int(self._port.underruns())

    def skip(self) -> None:
        """Read all that has been heard, and drop it."""
        self._port.readInto(np.empty(int(self._port.available()), np.int16))

    def tap(self, seconds: float) -> Tap:
        return PortTap(self._port, seconds)

    def wake(self) -> None:
        """Something was heard, perhaps on this line."""
        if not self._ready.is_set() and self._port.available() >= FRAME:
            self._ready.set()

    def close(self) -> None:
        self._closed = True
        self._port.clear()
        self._ready.set()


class PortTap:
    """A `Tap` in the port itself, filled at each tick of the bridge: the loop has no part in it. One for each call."""

    def __init__(self, port: Any, seconds: float) -> None:
        if not hasattr(port, "tap"):
            raise TelephonyError("sip.old_build", "this build of PJSIP cannot record: `make telephone` builds it anew")
        self._port = port
        port.tap(round(1000 * seconds))

    @property
    def now(self) -> int:
        return int(self._port.tapNow())

    def read(self, pairs: Pairs) -> tuple[int, int]:
        count = int(self._port.readTap(pairs.reshape(-1))) // 2
        return int(self._port.tapStart()), count

    def beep(self, pcm: Pcm) -> None:
        self._port.overlay(pcm)

    def close(self) -> None:
        self._port.tap(0)


async def from_now(line: RingLine) -> AsyncIterator[AudioFrame]:
    """What is heard from now on: before a call is answered it is the network's tone."""
    since = line.now
    async for frame in line.heard():
        if frame.start >= since:
            yield frame
