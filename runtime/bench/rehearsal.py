"""A conversation with the real session, ears and recogniser on a virtual clock and a virtual line.

Work takes the processor time that it is measured to take, one piece after another in each stage; everything else takes
none. So a minute of talk passes in seconds, and delays are those of a device that does nothing else, on a line
without a network. Let the engines have one thread each: then processor time is time.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar, TypeVarTuple, cast

import numpy as np

from runtime.agent import Language
from runtime.bench import virtual_time
from runtime.channels import Screen
from runtime.config import Limits
from runtime.engines import Engines
from runtime.events import Event, HungUp, Interrupted, Said, UserSaid
from runtime.journal import Journal
from runtime.metrics import Metrics
from runtime.session import Session
from runtime.workers import Workers
from voice.clips import Clips
from voice.frames import RATE, AudioFrame, Pcm
from voice.resample import to_float
from voice.tap import PairRing, Tap

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

TICK = 0.02
FRAME = RATE // 50
LOUDNESS = 3_000
"""RMS of our voice, which is noise: so how loud it is tells whether it is ducked."""
LETTER = 0.06
"""Seconds that it takes over a letter."""
FULL = 0.9
"""Of its loudness: it is at full voice."""
_SILENCE = np.zeros(FRAME, np.int16)


@dataclass(slots=True)
class Rehearsal:
    """What became of the greeting when somebody spoke over it. `volume`: of our voice, 0…1, every 20 ms."""

    volume: list[float] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    made: int = 0
    """Samples that the greeting has."""
    began: float = 0.0
    """When the sound began that was said over it, and when it ended, in seconds."""
    ended: float = 0.0

    @property
    def stopped(self) -> bool:
        return any(isinstance(event, Interrupted | UserSaid) for event in self.events)

    @property
    def whole(self) -> bool:
        """The greeting was said to its end, and nothing of it is missing."""
        said = [event for event in self.events if isinstance(event, Said)]
        return not self.stopped and bool(said) and not said[0].cut and sum(v > 0 for v in self.volume) >= self._ticks

    @property
    def _ticks(self) -> int:
        return self.made // FRAME

    @property
    def silent(self) -> float:
        """From the beginning of the sound until our voice falls silent, for a tenth of a second or at its end."""
        rest = self.volume[round(self.began / TICK) :]
        return next((n * TICK for n in range(len(rest)) if not any(rest[n : n + 5])), len(rest) * TICK)

    @property
    def resumed(self) -> float:
        """From the end of the sound until our voice is at full again, and stays it for a tenth of a second."""
        rest = self.volume[round(self.ended / TICK) :]
        return next((n * TICK for n in range(len(rest)) if min(rest[n : n + 5]) >= FULL), len(rest) * TICK)

    @property
    def pause(self) -> float:
        """Seconds that our voice was silent in the middle of the greeting."""
        heard = [n for n, volume in enumerate(self.volume) if volume]
        return (heard[-1] - heard[0] + 1 - len(heard)) * TICK if heard else 0.0


def rehearse(engines: Engines, language: Language, sound: Pcm, after: float) -> Rehearsal:
    """Say `sound` over the greeting, `after` seconds from its beginning. Blocks; not on a loop's thread."""
    return virtual_time.run(_rehearse(engines, language, sound, after))


async def _rehearse(engines: Engines, language: Language, sound: Pcm, after: float) -> Rehearsal:
    assert engines.sound is not None
    seen = Rehearsal()
    line = _Line(seen.volume)
    workers = _Measured()
    channel = _Channel(language, line)
    recorder = _Recorder(seen.events)
    rehearsed = replace(
        engines, workers=workers, sound=replace(engines.sound, workers=workers, clips=Clips(_speak(seen)))
    )
    session = Session("rehearsal", channel, rehearsed, cast(Journal, recorder), Metrics(), Limits())
    running = asyncio.ensure_future(session.run())
    await line.begun.wait()
    await asyncio.sleep(after)
    seen.began = line.say(sound)
    seen.ended = seen.began + len(sound) / RATE
    await recorder.said.wait()
    await asyncio.sleep(1.5)
    channel.left.set()
    await running
    return seen


def _speak(seen: Rehearsal) -> Callable[[str, str], AsyncIterator[Pcm]]:
    async def speak(text: str, language: str) -> AsyncIterator[Pcm]:
        noise = np.random.default_rng(len(text)).normal(0, LOUDNESS, round(len(text) * LETTER * RATE))
        seen.made += len(noise)
        yield noise.astype(np.int16)

    return speak


class _Measured(Workers):
    """Work that blocks the clock while it runs and then lets so much of it pass, one at a time in each stage."""

    def __init__(self) -> None:
        self._free: dict[str, float] = {}

    async def run(self, stage: str, work: Callable[[*Ts], T], *args: *Ts) -> T:
        now = asyncio.get_running_loop().time()
        began = time.process_time()
        result = work(*args)
        self._free[stage] = max(now, self._free.get(stage, 0.0)) + time.process_time() - began
        await asyncio.sleep(self._free[stage] - now)
        return result


class _Recorder:
    def __init__(self, events: list[Event]) -> None:
        self.said = asyncio.Event()
        self._events = events

    def append(self, conversation: str, event: Event) -> None:
        self._events.append(event)
        if isinstance(event, Said):
            self.said.set()


class _Line:
    """Both ways in steps of 20 ms, with nothing between the ear and us."""

    rate = RATE

    def __init__(self, volume: list[float]) -> None:
        self.queued = self.played = 0
        self.begun = asyncio.Event()
        self._volume = volume
        self._queue = np.zeros(0, np.int16)
        self._in = np.zeros(0, np.int16)

    def say(self, sound: Pcm) -> float:
        """From now on, in seconds of the line."""
        self._in = np.concatenate((sound, np.zeros(-len(sound) % FRAME, np.int16)))
        return len(self._volume) * TICK

    async def heard(self) -> AsyncIterator[AudioFrame]:
        while True:
            await asyncio.sleep(TICK)
            out, self._queue = self._queue[:FRAME], self._queue[FRAME:]
            self.queued, self.played = len(self._queue), self.played + len(out)
            self._volume.append(
                float(np.sqrt(np.mean(np.square(to_float(out))))) * 32768 / LOUDNESS if len(out) else 0.0
            )
            frame, self._in = self._in[:FRAME], self._in[FRAME:]
            yield AudioFrame(frame if len(frame) else _SILENCE, RATE, (len(self._volume) - 1) * TICK)

    def tap(self, seconds: float) -> Tap:
        return PairRing(seconds)

    def play(self, pcm: Pcm) -> int:
        self.begun.set()
        self._queue = np.concatenate((self._queue, pcm))
        self.queued = len(self._queue)
        return len(pcm)

    def hush(self) -> int:
        dropped, self._queue, self.queued = self.queued, self._queue[:0], 0
        return dropped


class _Channel:
    kind: Literal["phone"] = "phone"
    peer = ""

    def __init__(self, language: Language, line: _Line) -> None:
        self.language = language
        self.line = line
        self.left = asyncio.Event()
        self.over = False

    async def events(self) -> AsyncIterator[Event]:
        await self.left.wait()
        yield HungUp(cause="customer")

    async def show(self, update: Screen) -> None: ...

    async def hide_keys(self, through: Callable[[str], str] | None) -> bool:
        return False

    async def close(self, cause: str) -> None: ...
