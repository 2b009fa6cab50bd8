"""Sentences already spoken, kept: what is said often, or is about to be said, costs nothing to say."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from voice.frames import Pcm

Speak = Callable[[str, str], Awaitable[Pcm]]
"""(text, language) → int16 [n] at `voice.frames.RATE`; runs elsewhere, never on the loop. Raises VoiceError."""


class Clips:
    """A bounded cache of synthesised sentences, shared by all conversations.

    `warm` starts making one without waiting: a plan that is dropped has then cost some compute and nothing else.
    """

    def __init__(self, speak: Speak, seconds: float = 600.0, rate: int = 16_000) -> None:
        self._speak = speak
        self._room = int(seconds * rate)
        self._kept: OrderedDict[tuple[str, str], asyncio.Task[Pcm]] = OrderedDict()

    def warm(self, text: str, language: str) -> "asyncio.Task[Pcm]":
        key = (text, language)
        task = self._kept.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.ensure_future(self._speak(text, language))
            self._kept[key] = task
            task.add_done_callback(_seen)
        self._kept.move_to_end(key)
        self._trim()
        return task

    async def clip(self, text: str, language: str) -> Pcm:
        """The sound of `text`. Raises VoiceError; a caller that is cancelled does not stop the making."""
        return await asyncio.shield(self.warm(text, language))

    def _trim(self) -> None:
        held = sum(len(task.result()) for task in self._kept.values() if _made(task))
        while held > self._room and len(self._kept) > 1:
            _, task = self._kept.popitem(last=False)
            held -= len(task.result()) if _made(task) else 0


def _made(task: "asyncio.Task[Pcm]") -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


def _seen(task: "asyncio.Task[Pcm]") -> None:
    if not task.cancelled():
        task.exception()  # fetched here, so that a clip nobody came for is not reported as forgotten
