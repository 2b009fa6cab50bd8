"""The browser's microphone and loudspeaker as an audio line, at the far end of a WebSocket."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable

import numpy as np
import structlog

from runtime.channels.kiosk_tap import PageTap
from runtime.channels.kiosk_wire import Hush, Mic, Played, Voice
from voice.frames import RATE, AudioFrame, Pcm
from voice.tap import Tap

FRAME = RATE // 50
HEARD_MAX = 250
"""Frames (5 s) kept for a late reader."""
QUEUED_MAX = 10 * RATE
"""Samples on their way to the loudspeaker."""
GAP_MAX = 2 * RATE
"""Samples of the microphone that may be missing at once."""
AHEAD_MAX = 0.1
"""Seconds that playing may have gone on since the last report."""
STALLED_AFTER = 3.0
"""Seconds without progress after which the loudspeaker is taken for dead."""


class BrowserLine:
    """Full-duplex at 16 kHz. What was played is what the page says that its loudspeaker took.

    The page reports every 40 ms. At a hush what was played since then is estimated (`AHEAD_MAX` at most), so
    `played` plus what was dropped plus `queued` is always what was taken.
    """

    def __init__(self, send: Callable[[Voice | Hush], None], clock: Callable[[], float] = time.monotonic) -> None:
        """`send` must drop the `Voice` messages still before a `Hush`: they are not to reach the page."""
        self._send = send
        self._clock = clock
        self._frames: deque[AudioFrame] = deque(maxlen=HEARD_MAX)
        self._arrived = asyncio.Event()
        self._closed = False
        self._next = 0
        self._epoch = 0
        self._acknowledged = True
        self._taken = 0
        self._dropped = 0
        self._taken_before = 0
        """Samples taken before the last hush."""
        self._played_before = 0
        """What the page had played at the last hush, by its own count."""
        self._report = 0
        self._progress = clock()
        self._stalled = False
        self._tap: PageTap | None = None

    @property
    def rate(self) -> int:
        return RATE

    @property
    def now(self) -> float:
        """Seconds of stream time: the end of the last sound that came in."""
        return self._next / RATE

    async def heard(self) -> AsyncIterator[AudioFrame]:
        while True:
            while self._frames:
                yield self._frames.popleft()
            if self._closed:
                return
            self._arrived.clear()
            await self._arrived.wait()

    def play(self, pcm: Pcm) -> int:
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise TypeError(f"a line plays int16 [n], not {pcm.dtype} {list(pcm.shape)}")
        if self._closed:
            return 0
        if self._stalled:  # nobody hears it: let the conversation go on by its captions
            self._taken += len(pcm)
            self._taken_before += len(pcm)
            self._dropped += len(pcm)
            return len(pcm)
        queued = self.queued
        if not queued:
            self._progress = self._clock()
        pcm = pcm[: QUEUED_MAX - queued]
        if len(pcm):
            self._taken += len(pcm)
            self._send(Voice(pcm.astype("<i2", copy=False).tobytes()))
            if self._tap is not None:
                self._tap.queue(pcm)
        return len(pcm)

    def hush(self) -> int:
        waiting = self._taken - self._taken_before
        since = self._since_hush()
        if since:
            since += round(min(self._clock() - self._progress, AHEAD_MAX) * RATE)
        return self._drop(waiting - min(since, waiting))

    @property
    def queued(self) -> int:
        waiting = self._taken - self._taken_before - self._since_hush()
        if waiting and not self._stalled and self._clock() - self._progress > STALLED_AFTER:
            structlog.get_logger(__name__).warning("kiosk_loudspeaker_stalled", samples=waiting)
            self._stalled = True
            self._drop(waiting)
            return 0
        return waiting

    @property
    def played(self) -> int:
        queued = self.queued  # may find a stall and change the other two
        return self._taken - self._dropped - queued

    def tap(self, seconds: float) -> Tap:
        self._tap = PageTap(seconds, self.played)
        return self._tap

    # The far end

    def take(self, sound: Mic) -> bool:
        """Sound of the microphone; False if it goes back in time."""
        if sound.at < self._next:
            return False
        pcm = np.frombuffer(sound.pcm, "<i2").astype(np.int16, copy=False)
        for offset in range(0, len(pcm), FRAME):
            self._frames.append(AudioFrame(pcm[offset : offset + FRAME], RATE, (sound.at + offset) / RATE))
        if self._tap is not None:
            if gap := min(sound.at - self._next, GAP_MAX):  # what the page had to drop
                self._tap.heard(np.zeros(gap, np.int16), self.played)
            self._tap.heard(pcm, self.played)
        self._next = sound.at + len(pcm)
        self._arrived.set()
        return True

    def report(self, played: Played) -> None:
        """The page's loudspeaker took more, or has hushed."""
        if played.epoch != self._epoch or played.samples < self._report:
            return  # from before the last hush, which has settled it
        if not self._acknowledged:
            self._acknowledged = True
            self._played_before = played.samples
        if played.samples > self._report or played.samples == self._played_before:
            self._progress = self._clock()
        self._stalled = False
        self._report = played.samples

    def close(self) -> None:
        self._closed = True
        self._arrived.set()

    def _since_hush(self) -> int:
        """Samples that the page has played of those taken since the last hush."""
        if not self._acknowledged:
            return 0
        return min(max(0, self._report - self._played_before), self._taken - self._taken_before)

    def _drop(self, samples: int) -> int:
        if self._taken == self._taken_before:
            return 0
        self._dropped += samples
        if self._tap is not None:
            self._tap.drop(samples)
        self._taken_before = self._taken
        self._epoch += 1
        self._acknowledged = False
        self._send(Hush(self._epoch))
        return samples
