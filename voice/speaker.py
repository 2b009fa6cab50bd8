"""Our own voice on one line: clause by clause, ducked or cut at any moment, and sure of what was really played."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from voice.clips import Clip, Clips
from voice.frames import RATE, Pcm, require_rate
from voice.line import AudioLine

LEAD = 0.24
"""Seconds queued ahead on the line: covers a late loop, and is all that a duck must take back."""
REWIND = 0.4
"""Seconds at most that are said again after a hold."""
TICK = 0.04
STARVED_TICK = 0.01
"""While the next sound is still being made."""
LETTER = 0.08
"""Seconds that a letter takes, for a clause cut off before its sound was complete: rather too long than too short."""
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


@dataclass(slots=True)
class _Stream:
    """One reply, clause after clause, as far as its sound is there."""

    count: int = 0
    """Clauses that it has in all."""
    clauses: list[tuple[str, Clip]] = field(default_factory=list)
    position: int = 0
    all_there: bool = False
    """Every clause is in `clauses` and complete."""
    again: int = 0
    """Samples that were played and will be once more, after a hold."""
    finishing: bool = False
    """No clause is begun any more."""

    def spans(self) -> Iterator[tuple[int, int, str, Clip]]:
        """(start, end so far, text, clip) of the clauses whose start is known."""
        start = 0
        for text, clip in self.clauses:
            yield start, start + clip.length, text, clip
            if not clip.complete:
                return
            start += clip.length

    @property
    def length(self) -> int:
        return sum(clip.length for _, clip in self.clauses)

    def hurry(self) -> None:
        """Nothing is left to play: the clause that is being made is waited for."""
        for _, clip in self.clauses[-1:]:
            clip.hurry()

    def ahead(self, count: int) -> Pcm:
        """At most `count` samples from the position on, of one piece of sound."""
        for start, end, _, clip in self.spans():
            if self.position < end:
                return clip.read(self.position - start, count)
        return _NOTHING

    def before(self, count: int) -> Pcm:
        """At most `count` samples up to the position, of the clause that it is in."""
        for start, end, _, clip in self.spans():
            if self.position <= end:
                first = max(start, self.position - count)
                pieces, at = [_NOTHING], first
                while at < self.position and len(piece := clip.read(at - start, self.position - at)):
                    pieces.append(piece)
                    at += len(piece)
                return np.concatenate(pieces)
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
        self._held = False
        self._busy = False
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
        asked = loop.time()
        self._stopped = self._held = False
        self._busy = True
        stream = self._stream = _Stream()
        played_before = self._line.played
        making = asyncio.ensure_future(self._make(stream, text, language))
        first_sound = 0.0
        announced = 0
        try:
            while not self._stopped:
                if making.done() and making.exception() is not None:
                    making.result()
                if self._held:
                    await asyncio.sleep(TICK)
                    continue
                if self._feed(stream) and not first_sound:
                    first_sound = loop.time() - asked
                begun = [clause for start, _, clause, _ in stream.spans() if stream.position > start]
                for clause in begun[announced:]:
                    heard(clause)
                announced = max(announced, len(begun))
                over = stream.all_there and stream.position == stream.length
                if over and not self._line.queued:
                    break
                if starved := stream.position == stream.length and not making.done():
                    stream.hurry()
                self._speaking = self._line.queued > 0
                await asyncio.sleep(STARVED_TICK if starved else TICK)
        finally:
            making.cancel()
            if self._line.queued and (self._stopped or not stream.all_there or stream.position < stream.length):
                self._line.hush()
            self._speaking = self._busy = self._held = False
        return _spoken(stream, self._line.played - played_before, RATE, first_sound)

    def duck(self) -> None:
        """Lower our voice at once: what is queued is taken back and said again, more quietly."""
        self._turn_to(DUCKED)

    def unduck(self) -> None:
        """Speak at full voice at once; after a hold, go on with the word that was cut."""
        self._turn_to(1.0)
        if self._held:
            self._held = False
            stream = self._stream
            back = _back_to_a_gap(stream.before(round(REWIND * RATE)))
            stream.position -= back
            stream.again += back

    def hold(self) -> None:
        """Be silent at once; `unduck` goes on, `hush` ends it."""
        if self._busy and not self._held:
            self._held = True
            self._stream.position = max(0, self._stream.position - self._line.hush())
            self._speaking = False

    def hush(self) -> None:
        """Stop at once; `say` returns what was heard until now."""
        self._stopped = True
        self._held = False
        self._gain = 1.0
        self._line.hush()
        self._speaking = False

    def finish(self) -> None:
        """Stop at the end of the clause that is being said."""
        stream = self._stream
        stream.finishing = True
        spans = list(stream.spans())
        now = next((i for i, (_, end, _, clip) in enumerate(spans) if end >= stream.position or not clip.complete), 0)
        del stream.clauses[now + 1 :]

    def _turn_to(self, gain: float) -> None:
        if self._gain == gain:
            return
        self._gain = gain
        if self._speaking:
            self._stream.position = max(0, self._stream.position - self._line.hush())
            self._feed(self._stream)

    async def _make(self, stream: _Stream, text: str, language: str) -> None:
        clauses = list(self._split(text))
        spoken = [self._ear(clause, language) for clause in clauses]
        stream.count = len(clauses)
        for index, clause in enumerate(clauses):
            if stream.finishing:
                break
            for ahead in spoken[index : index + AHEAD]:
                self._clips.warm(ahead, language)
            clip = self._clips.warm(spoken[index], language)
            stream.clauses.append((clause, clip))
            await clip.made()
        stream.all_there = True

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


def _back_to_a_gap(sound: Pcm) -> int:
    """Samples from its end back to the quietest 20 ms of `sound`: between two words, most likely."""
    frame = RATE // 50
    count = len(sound) // frame
    if count < 2:
        return 0
    frames = sound[len(sound) - count * frame :].reshape(count, frame).astype(np.float32)
    return (count - int(np.argmin(np.square(frames).mean(axis=1)))) * frame


def _spoken(stream: _Stream, played: int, rate: int, first_sound: float) -> Spoken:
    """The text of the samples that were played: whole clauses, and of the last one the words that had passed."""
    seconds = played / rate
    played -= stream.again
    said: list[str] = []
    for start, there, text, clip in stream.spans():
        end = there if clip.complete else max(there, start + int(len(text) * LETTER * rate))
        if played >= end:
            said.append(text)
        elif played > start:
            words = text.split()
            said.append(" ".join(words[: int(len(words) * (played - start) / (end - start))]))
    cut = not stream.all_there or len(stream.clauses) < stream.count or played < stream.length
    return Spoken(" ".join(part for part in said if part), cut, seconds, first_sound)
