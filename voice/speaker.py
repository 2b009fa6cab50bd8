"""Our own voice on one line: clause by clause, ducked or cut at any moment, and sure of what was really played."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from voice.clips import Clips
from voice.frames import RATE, Pcm, require_rate
from voice.line import AudioLine

LEAD = 0.24
"""Seconds queued ahead on the line: covers a late loop, and is all that a duck must take back."""
TICK = 0.04
DUCKED = 0.3
"""Gain while it is not clear whether somebody interrupts: about -10 dB."""
AHEAD = 2
"""Clauses synthesised ahead of the one that plays."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the customer really heard. `first_sound`: seconds from `say` to the first sample queued."""

    text: str
    cut: bool
    seconds: float
    first_sound: float


@dataclass(slots=True)
class _Stream:
    """The sound of one reply as it grows, and where each clause ends in it."""

    pcm: Pcm
    ends: list[tuple[int, str]]
    position: int = 0
    complete: bool = False
    limit: int | None = None
    """Where to stop, set by `finish`: the end of the clause that is being said."""


class Speaker:
    """Speaks on one line, one reply at a time."""

    def __init__(
        self, line: AudioLine, clips: Clips, split: Callable[[str], Sequence[str]], ear: Callable[[str, str], str]
    ) -> None:
        """`split` cuts text into clauses; `ear(text, language)` writes a clause as it is read aloud."""
        require_rate(line.rate, RATE, "the speaker")
        self._line = line
        self._clips = clips
        self._split = split
        self._ear = ear
        self._gain = 1.0
        self._level = 1.0
        self._stopped = False
        self._speaking = False
        self._stream = _Stream(np.zeros(0, np.int16), [])

    @property
    def speaking(self) -> bool:
        """Our voice is audible now."""
        return self._speaking

    def prepare(self, text: str, language: str) -> None:
        """Begin to synthesise the first clause of `text`, in case it is said."""
        for clause in self._split(text)[:1]:
            self._clips.warm(self._ear(clause, language), language)

    async def say(self, text: str, language: str, heard: Callable[[str], None] = lambda _: None) -> Spoken:
        """Speak `text` until its end or until `hush`. `heard` gets each clause as it begins to play.

        Raises VoiceError when nothing can be synthesised; what was played until then has been played.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        self._stopped = False
        stream = self._stream = _Stream(np.zeros(0, np.int16), [])
        played_before = self._line.played
        making = asyncio.ensure_future(self._make(stream, text, language))
        first_sound = 0.0
        announced = 0
        try:
            while not self._stopped:
                if making.done() and making.exception() is not None:
                    making.result()
                if self._feed(stream) and not first_sound:
                    first_sound = loop.time() - began
                while announced < len(stream.ends) and stream.position > _start(stream, announced):
                    heard(stream.ends[announced][1])
                    announced += 1
                over = stream.complete and stream.position == len(stream.pcm)
                if (over or stream.position == stream.limit) and not self._line.queued:
                    break
                if stream.position == len(stream.pcm) and not making.done():
                    self._speaking = self._line.queued > 0
                    await asyncio.wait({making}, timeout=TICK / 2)
                else:
                    await asyncio.sleep(TICK)
        finally:
            making.cancel()
            if self._line.queued and (self._stopped or not stream.complete or stream.position < len(stream.pcm)):
                self._line.hush()
            self._speaking = False
        return _spoken(stream, self._line.played - played_before, RATE, first_sound)

    def duck(self) -> None:
        """Lower our voice at once: what is queued is taken back and said again, more quietly."""
        if self._gain == DUCKED:
            return
        self._gain = DUCKED
        if self._speaking:
            self._stream.position = max(0, self._stream.position - self._line.hush())

    def unduck(self) -> None:
        self._gain = 1.0

    def hush(self) -> None:
        """Stop at once; `say` returns what was heard until now."""
        self._stopped = True
        self._gain = 1.0
        self._line.hush()
        self._speaking = False

    def finish(self) -> None:
        """Stop at the end of the clause that is being said."""
        stream = self._stream
        stream.limit = next((end for end, _ in stream.ends if end >= stream.position), stream.position)

    async def _make(self, stream: _Stream, text: str, language: str) -> None:
        clauses = list(self._split(text))
        spoken = [self._ear(clause, language) for clause in clauses]
        for index, clause in enumerate(clauses):
            for ahead in spoken[index : index + AHEAD]:
                self._clips.warm(ahead, language)
            pcm = await self._clips.clip(spoken[index], language)
            stream.pcm = np.concatenate([stream.pcm, pcm])
            stream.ends.append((len(stream.pcm), clause))
        stream.complete = True

    def _feed(self, stream: _Stream) -> bool:
        """Keep the line's queue `LEAD` seconds long; whether anything was queued."""
        room = int(LEAD * RATE) - self._line.queued
        end = stream.position + max(0, room)
        chunk = stream.pcm[stream.position : end if stream.limit is None else min(end, stream.limit)]
        if not len(chunk):
            return False
        if not (self._gain == self._level == 1.0):
            ramp = np.full(len(chunk), self._gain, np.float32)
            edge = min(len(chunk), RATE // 50)
            ramp[:edge] = np.linspace(self._level, self._gain, edge, dtype=np.float32)
            chunk = (chunk * ramp).astype(np.int16)
            self._level = self._gain
        stream.position += self._line.play(chunk)
        self._speaking = True
        return True


def _start(stream: _Stream, index: int) -> int:
    return stream.ends[index - 1][0] if index else 0


def _spoken(stream: _Stream, played: int, rate: int, first_sound: float) -> Spoken:
    """The text of the samples that were played: whole clauses, and of the last one the words that had passed."""
    said: list[str] = []
    start = 0
    for end, clause in stream.ends:
        if played >= end:
            said.append(clause)
        elif played > start:
            words = clause.split()
            said.append(" ".join(words[: int(len(words) * (played - start) / (end - start))]))
        start = end
    cut = not stream.complete or played < len(stream.pcm)
    return Spoken(" ".join(part for part in said if part), cut, played / rate, first_sound)
