"""Sentences already spoken, kept: what is said often, or is about to be said, costs nothing to say."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable

import numpy as np

from core.claims import Claim, Priority, under
from voice.frames import Pcm

Speak = Callable[[str, str], AsyncIterator[Pcm]]
"""(text, language) → pieces of int16 [n] at `voice.frames.RATE`, made elsewhere, never on the loop. VoiceError."""

_NOTHING = np.zeros(0, np.int16)


class Clip:
    """The sound of one sentence as it grows: what is there may be played while the rest is being made."""

    def __init__(self, pieces: AsyncIterator[Pcm]) -> None:
        self.length = 0
        """Samples that are there."""
        self._pieces: list[Pcm] = []
        with under(Claim(Priority.SPECULATIVE)) as self._claim:
            self._making = asyncio.ensure_future(self._make(pieces))
        self._making.add_done_callback(_seen)

    @property
    def complete(self) -> bool:
        return self._making.done()

    @property
    def failed(self) -> bool:
        return self._making.done() and (self._making.cancelled() or self._making.exception() is not None)

    async def made(self) -> None:
        """Until it is complete. Raises VoiceError; a caller that is cancelled does not stop the making."""
        await asyncio.shield(self._making)

    def hurry(self) -> None:
        """Somebody waits to hear it: the rest is made before what is only wanted soon."""
        self._claim.raise_to(Priority.LIVE)

    def read(self, offset: int, count: int) -> Pcm:
        """At most `count` samples from `offset` on, fewer at the end of a piece; nothing where nothing is yet."""
        for piece in self._pieces:
            if offset < len(piece):
                return piece[offset : offset + max(0, count)]
            offset -= len(piece)
        return _NOTHING

    async def _make(self, pieces: AsyncIterator[Pcm]) -> None:
        async for piece in pieces:
            self._pieces.append(piece)
            self.length += len(piece)


class Clips:
    """A bounded cache of synthesised sentences, shared by all conversations.

    `warm` starts making one without waiting: a plan that is dropped has then cost some compute and nothing else.
    """

    def __init__(self, speak: Speak, seconds: float = 600.0, rate: int = 16_000) -> None:
        self._speak = speak
        self._room = int(seconds * rate)
        self._kept: OrderedDict[tuple[str, str], Clip] = OrderedDict()

    def warm(self, text: str, language: str) -> Clip:
        key = (text, language)
        clip = self._kept.get(key)
        if clip is None or clip.failed:
            clip = self._kept[key] = Clip(self._speak(text, language))
        self._kept.move_to_end(key)
        self._trim()
        return clip

    def _trim(self) -> None:
        held = sum(clip.length for clip in self._kept.values())
        while held > self._room and len(self._kept) > 1:
            _, clip = self._kept.popitem(last=False)
            held -= clip.length


def _seen(task: "asyncio.Task[None]") -> None:
    if not task.cancelled():
        task.exception()  # fetched here, so that a clip nobody came for is not reported as forgotten
