"""A line on virtual time: 20 ms frames of what is fed to it, else silence; what is played leaves at its rate."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

import numpy as np

from voice.frames import RATE, AudioFrame, Pcm
from voice.tap import PairRing, Tap

SILENCE = np.zeros(320, np.int16)


class FakeLine:
    rate = RATE

    def __init__(self) -> None:
        self.out: list[Pcm] = []
        self._in: deque[Pcm] = deque()
        self._open = True
        self._taken = 0
        self._played = 0
        self._since: float | None = None
        self._dropped = 0
        self._tap: PairRing | None = None

    def feed(self, pcm: Pcm) -> None:
        for start in range(0, len(pcm) - 319, 320):
            self._in.append(pcm[start : start + 320])

    def close(self) -> None:
        self._open = False

    async def heard(self) -> AsyncIterator[AudioFrame]:
        time = 0.0
        while self._open:
            await asyncio.sleep(0.02)
            pcm = self._in.popleft() if self._in else SILENCE
            if self._tap is not None:
                self._tap.push(pcm, SILENCE)
            yield AudioFrame(pcm, self.rate, time)
            time += 0.02

    def _advance(self) -> None:
        now = asyncio.get_running_loop().time()
        if self._since is not None:
            self._played = min(self._taken, self._played + round((now - self._since) * self.rate))
        self._since = now if self._played < self._taken else None

    def play(self, pcm: Pcm) -> int:
        self._advance()
        self.out.append(pcm.copy())
        self._taken += len(pcm)
        if self._since is None:
            self._since = asyncio.get_running_loop().time()
        return len(pcm)

    def hush(self) -> int:
        self._advance()
        dropped = self._taken - self._played
        self._taken = self._played
        self._since = None
        left = dropped
        while left and self.out:
            last = self.out.pop()
            if len(last) > left:
                self.out.append(last[: len(last) - left])
                left = 0
            else:
                left -= len(last)
        return dropped

    def tap(self, seconds: float) -> Tap:
        self._tap = PairRing(seconds)
        return self._tap

    @property
    def queued(self) -> int:
        self._advance()
        return self._taken - self._played

    @property
    def played(self) -> int:
        self._advance()
        return self._played

    @property
    def sound(self) -> Pcm:
        """All that was really played."""
        return np.concatenate(self.out)[: self.played] if self.out else np.zeros(0, np.int16)
