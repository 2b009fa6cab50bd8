"""Sentences that are kept, and played while they are still being made, on virtual time."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from core.claims import Claim, Priority, current
from core.errors import VoiceError
from tests.virtual_time import run
from voice.clips import Clips
from voice.frames import Pcm

pytestmark = pytest.mark.unit

PIECE = 1_600


class Voice:
    """Three pieces a sentence, 0.1 s each; fails as often as it is told to."""

    def __init__(self, failures: int = 0) -> None:
        self.failures = failures
        self.asked: list[str] = []
        self.claims: list[Claim] = []

    async def speak(self, text: str, language: str) -> AsyncIterator[Pcm]:
        self.asked.append(text)
        self.claims.append(current())
        for piece in range(3):
            await asyncio.sleep(0.1)
            if self.failures:
                self.failures -= 1
                raise VoiceError("tts.failed", "no voice", retryable=True)
            yield np.full(PIECE, piece, np.int16)


def test_what_is_there_can_be_read_while_the_rest_is_made() -> None:
    async def main() -> None:
        clip = Clips(Voice().speak).warm("hello", "en")
        assert clip.length == len(clip.read(0, 100)) == 0
        await asyncio.sleep(0.15)
        assert clip.length == PIECE
        assert not clip.complete
        assert len(clip.read(PIECE - 10, 100)) == 10, "up to the end of a piece"
        await clip.made()
        assert clip.length == 3 * PIECE
        assert set(clip.read(PIECE, PIECE)) == {1}
        assert len(clip.read(3 * PIECE, 1)) == 0

    run(main())


def test_a_sentence_is_made_once() -> None:
    async def main() -> None:
        voice = Voice()
        clips = Clips(voice.speak)
        await asyncio.gather(*(clips.warm("hello", "en").made() for _ in range(3)))
        assert voice.asked == ["hello"]

    run(main())


def test_one_that_failed_is_made_again() -> None:
    async def main() -> None:
        voice = Voice(failures=1)
        clips = Clips(voice.speak)
        with pytest.raises(VoiceError):
            await clips.warm("hello", "en").made()
        await clips.warm("hello", "en").made()
        assert voice.asked == ["hello", "hello"]

    run(main())


def test_a_caller_who_leaves_does_not_stop_the_making() -> None:
    async def main() -> None:
        clip = Clips(Voice().speak).warm("hello", "en")
        waiting = asyncio.ensure_future(clip.made())
        await asyncio.sleep(0.15)
        waiting.cancel()
        await asyncio.sleep(0.3)
        assert clip.length == 3 * PIECE

    run(main())


def test_the_oldest_go_when_there_is_no_room() -> None:
    async def main() -> None:
        voice = Voice()
        clips = Clips(voice.speak, seconds=0.5)
        for text in ("one", "two", "three", "one"):
            await clips.warm(text, "en").made()
        assert voice.asked == ["one", "two", "three", "one"]

    run(main())


def test_a_sentence_may_be_wanted_soon_until_somebody_waits_for_it() -> None:
    async def main() -> list[Priority]:
        voice = Voice()
        clips = [Clips(voice.speak).warm(text, "en") for text in ("one", "two")]
        await asyncio.sleep(0)
        clips[1].hurry()
        await asyncio.gather(*(clip.made() for clip in clips))
        return [claim.priority for claim in voice.claims]

    assert run(main()) == [Priority.SPECULATIVE, Priority.LIVE]
