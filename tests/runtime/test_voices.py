"""How a sentence becomes sound: in pieces that others' work fits between, and from the shelf where it never changes."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.claims import Priority
from core.errors import VoiceError
from runtime.voices import LEAD, Voices, from_first_sound
from runtime.workers import Waited, Workers
from voice.frames import RATE, AudioFrame, Pcm
from voice.shelf import Shelf

pytestmark = pytest.mark.unit


class Words:
    """A piece a word, 0.1 s of its length at 22,050 Hz."""

    language, rate = "en", 22_050

    def __init__(self, identity: str = "words 1") -> None:
        self.identity = identity
        self.spoken: list[str] = []

    def speak(self, text: str) -> Iterator[AudioFrame]:
        for word in text.split():
            if word == "broken":
                raise VoiceError("tts.failed", "no voice")
            self.spoken.append(word)
            yield AudioFrame(np.full(self.rate // 10, 100 * len(word), np.int16), self.rate, 0.0)


async def sound(voices: Voices, text: str) -> Pcm:
    return np.concatenate([piece async for piece in voices.speak(text, "en")])


async def test_pieces_come_at_the_rate_of_a_line_one_by_one(tmp_path: Path) -> None:
    voice, workers = Words(), Workers()
    voices = Voices({"en": voice, "es": voice}, workers, Shelf(tmp_path))
    pieces = voices.speak("one two three", "en")
    first = await anext(pieces)
    assert voice.spoken == ["one"], "the rest is not made before the first piece is given"
    rest = [piece async for piece in pieces]
    assert len(first) + sum(map(len, rest)) == pytest.approx(0.3 * RATE, abs=100)
    workers.close()


async def test_two_sentences_are_made_side_by_side(tmp_path: Path) -> None:
    voice, workers = Words(), Workers()
    voices = Voices({"en": voice, "es": voice}, workers, Shelf(tmp_path))
    await asyncio.gather(sound(voices, "a b c d"), sound(voices, "1 2 3 4"))
    assert voice.spoken.index("1") < voice.spoken.index("d")
    workers.close()


async def test_what_never_changes_is_spoken_once_a_voice(tmp_path: Path) -> None:
    voice, workers = Words(), Workers()
    for again in range(2):
        voices = Voices({"en": voice, "es": voice}, workers, Shelf(tmp_path))
        voices.keep("good bye", "en")
        await voices.stock()
        assert len(await sound(voices, "good bye")) == pytest.approx(0.2 * RATE, abs=100)
        assert voice.spoken == ["good", "bye"], f"run {again}"
    other = Words("words 2")
    voices = Voices({"en": other, "es": other}, workers, Shelf(tmp_path))
    voices.keep("good bye", "en")
    await sound(voices, "good bye")
    assert other.spoken == ["good", "bye"]
    workers.close()


async def test_the_shelf_is_stocked_behind_everybody_else(tmp_path: Path) -> None:
    begun: list[Waited] = []
    voice, workers = Words(), Workers(begun.append)
    voices = Voices({"en": voice, "es": voice}, workers, Shelf(tmp_path))
    voices.keep("good bye", "en")
    await voices.stock()
    await sound(voices, "order 12345")
    workers.close()
    kept, live = begun[: len(begun) // 2], begun[len(begun) // 2 :]
    assert {work.priority for work in kept} == {Priority.BACKGROUND}
    assert {work.priority for work in live} == {Priority.LIVE}


async def test_what_changes_is_never_kept(tmp_path: Path) -> None:
    voice, workers = Words(), Workers()
    voices = Voices({"en": voice, "es": voice}, workers, Shelf(tmp_path))
    await sound(voices, "order 12345")
    assert list(tmp_path.iterdir()) == []
    workers.close()


async def test_a_disk_that_is_full_or_a_voice_that_fails_is_no_end(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    voice, workers = Words(), Workers()
    voices = Voices({"en": voice, "es": voice}, workers, Shelf(blocked / "speech"))
    voices.keep("good bye", "en")
    voices.keep("good broken", "en")
    assert len(await sound(voices, "good bye")) > 0
    with pytest.raises(VoiceError):
        await sound(voices, "good broken")
    workers.close()


def test_the_silence_before_the_first_sound_is_not_waited_for() -> None:
    silence, word = np.full(RATE // 10, 20, np.int16), np.full(RATE // 2, 3000, np.int16)
    begun = from_first_sound(np.concatenate([silence, word, silence]))
    assert len(begun) == round(LEAD * RATE) + len(word) + len(silence)
    assert len(from_first_sound(word)) == len(word)
    assert len(from_first_sound(silence)) == len(silence), "nothing to begin with"
    assert len(from_first_sound(word[:0])) == 0
