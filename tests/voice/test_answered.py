"""Who has answered, by sound: scripted ears on virtual time."""

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import numpy.typing as npt
import pytest

from core.errors import VoiceError
from tests.virtual_time import run
from voice.answered import WhoAnswered, until_beep, who_answers
from voice.frames import RATE, AudioFrame, Pcm

pytestmark = pytest.mark.unit

FRAME = RATE // 50
SPEECH = np.random.default_rng(3).normal(0, 3_000, RATE).astype(np.int16)
"""A second of it: noise is no tone."""
BEEP = (6_000 * np.sin(2 * np.pi * 1_000 * np.arange(RATE // 2) / RATE)).astype(np.int16)


def silence(seconds: float) -> Pcm:
    return np.zeros(round(seconds * RATE), np.int16)


class Loud:
    """Whatever is loud is speech."""

    def push(self, frame: AudioFrame) -> bool:
        return bool(np.abs(frame.pcm).max() > 500)


async def line(*parts: Pcm) -> AsyncIterator[AudioFrame]:
    sound = np.concatenate(parts)
    for at in range(0, len(sound) - FRAME + 1, FRAME):
        await asyncio.sleep(0.02)
        yield AudioFrame(sound[at : at + FRAME], RATE, at / RATE)


def who(text: str | VoiceError, *parts: Pcm) -> WhoAnswered:
    async def read(speech: npt.NDArray[np.float32]) -> str:
        await asyncio.sleep(0.2)
        if isinstance(text, VoiceError):
            raise text
        return text

    return run(who_answers(line(*parts), Loud(), read))


def test_a_person() -> None:
    heard = who("Hello?", silence(0.4), SPEECH[: RATE // 2], silence(4))
    assert (heard.verdict, heard.words) == ("person", "Hello?")
    assert heard.at < 1.8


def test_a_machine_by_its_words() -> None:
    assert who("You have reached", silence(0.2), *([SPEECH] * 6)).verdict == "machine"


def test_a_machine_by_its_beep() -> None:
    heard = who("Hey, it's Tom", silence(0.2), SPEECH, BEEP, silence(4))
    assert (heard.verdict, heard.beep) == ("machine", True)


def test_without_recognition_the_sound_decides() -> None:
    assert who(VoiceError("stt.failed", "no"), silence(0.4), SPEECH[: RATE // 2], silence(4)).verdict == "person"


def test_a_line_that_ends_is_no_verdict() -> None:
    assert who("", silence(0.2)).verdict == "unsure"


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ((SPEECH, SPEECH, BEEP, silence(2)), True),
        ((SPEECH, silence(5)), True),
        ((SPEECH,), False),
        ((SPEECH,) * 30, False),
    ],
)
def test_a_machine_is_heard_out(parts: tuple[Pcm, ...], found: bool) -> None:
    assert run(until_beep(line(*parts), Loud(), seconds=20.0, quiet=3.0)) == found


def test_it_is_not_spoken_to_while_it_beeps() -> None:
    frames = line(SPEECH, BEEP, silence(2))
    assert run(until_beep(frames, Loud(), seconds=20.0, quiet=3.0))
