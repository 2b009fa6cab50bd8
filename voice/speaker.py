"""Our own voice on one line: clause by clause, ducked or cut at any moment, and sure of what was really played."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

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


_NOTHING = np.zeros(0, np.int16)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the customer really heard. `first_sound`: seconds from `say` to the first sample queued."""

    text: str
    cut: bool
    seconds: float
    first_sound: float


@dataclass(frozen=True, slots=True)
class _Clause:
    """Its place in the stream, in samples, and its sound, which is the cache's own."""

    start: int
    end: int
    text: str
    pcm: Pcm


@dataclass(slots=True)
class _Stream:
    """The sound of one reply as it grows, clause after clause."""

    clauses: list[_Clause] = field(default_factory=list)
    position: int = 0
    complete: bool = False
    limit: int | None = None
    """Where to stop, set by `finish`: the end of the clause that is being said."""

    @property
    def length(self) -> int:
        return self.clauses[-1].end if self.clauses else 0

    def add(self, text: str, pcm: Pcm) -> None:
        self.clauses.append(_Clause(self.length, self.length + len(pcm), text, pcm))

    def ahead(self, count: int) -> Pcm:
        """At most `count` samples from the position on, up to the end of their clause."""
        end = self.position + count if self.limit is None else min(self.position + count, self.limit)
        for clause in self.clauses:
            if self.position < clause.end:
                return clause.pcm[self.position - clause.start : max(0, end - clause.start)]
        return _NOTHING


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
        self._stream = _Stream()

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
        stream = self._stream = _Stream()
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
                while announced < len(stream.clauses) and stream.position > stream.clauses[announced].start:
                    heard(stream.clauses[announced].text)
                    announced += 1
                over = stream.complete and stream.position == stream.length
                if (over or stream.position == stream.limit) and not self._line.queued:
                    break
                if stream.position == stream.length and not making.done():
                    self._speaking = self._line.queued > 0
                    await asyncio.wait({making}, timeout=TICK / 2)
                else:
                    await asyncio.sleep(TICK)
        finally:
            making.cancel()
            if self._line.queued and (self._stopped or not stream.complete or stream.position < stream.length):
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
        stream.limit = next((c.end for c in stream.clauses if c.end >= stream.position), stream.position)

    async def _make(self, stream: _Stream, text: str, language: str) -> None:
        clauses = list(self._split(text))
        spoken = [self._ear(clause, language) for clause in clauses]
        for index, clause in enumerate(clauses):
            for ahead in spoken[index : index + AHEAD]:
                self._clips.warm(ahead, language)
            stream.add(clause, await self._clips.clip(spoken[index], language))
        stream.complete = True

    def _feed(self, stream: _Stream) -> bool:
        """Keep the line's queue `LEAD` seconds long; whether anything was queued."""
        fed = False
        while len(chunk := stream.ahead(max(0, int(LEAD * RATE) - self._line.queued))):
            taken = self._line.play(self._weighted(chunk))
            stream.position += taken
            self._speaking = fed = True
            if taken < len(chunk):
                break
        return fed

    def _weighted(self, chunk: Pcm) -> Pcm:
        """At the gain of now, with 20 ms to get there."""
        if self._gain == self._level == 1.0:
            return chunk
        ramp = np.full(len(chunk), self._gain, np.float32)
        edge = min(len(chunk), RATE // 50)
        ramp[:edge] = np.linspace(self._level, self._gain, edge, dtype=np.float32)
        self._level = self._gain
        return (chunk * ramp).astype(np.int16)


def _spoken(stream: _Stream, played: int, rate: int, first_sound: float) -> Spoken:
    """The text of the samples that were played: whole clauses, and of the last one the words that had passed."""
    said: list[str] = []
    for clause in stream.clauses:
        if played >= clause.end:
            said.append(clause.text)
        elif played > clause.start:
            words = clause.text.split()
            share = (played - clause.start) / (clause.end - clause.start)
            said.append(" ".join(words[: int(len(words) * share)]))
    cut = not stream.complete or played < stream.length
    return Spoken(" ".join(part for part in said if part), cut, played / rate, first_sound)
