"""What was really played, on virtual time."""

import asyncio
import re
from collections.abc import AsyncIterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import VoiceError
from tests.virtual_time import run
from tests.voice.fake_line import FakeLine
from voice.clips import Clips
from voice.frames import RATE, Pcm
from voice.speaker import DUCKED, REWIND, Speaker

pytestmark = pytest.mark.unit

SECOND_A_WORD = 0.3
TEXT = "one two three, four five six seven, eight nine ten."


def split(text: str) -> list[str]:
    return [part.strip() for part in re.findall(r"[^,]+,?", text.strip())]


async def speak(text: str, language: str) -> AsyncIterator[Pcm]:
    """0.3 s a word, at level 10,000, word by word; making each takes 0.05 s."""
    if "broken" in text:
        raise VoiceError("tts.failed", "no voice")
    for _ in text.split():
        await asyncio.sleep(0.05)
        yield np.full(round(SECOND_A_WORD * RATE), 10_000, np.int16)


def speaker_on(line: FakeLine) -> Speaker:
    return Speaker(line, Clips(speak), split, lambda text, language: text)


def test_a_whole_reply_is_said_to_its_end() -> None:
    async def main() -> None:
        line = FakeLine()
        clauses: list[str] = []
        spoken = await speaker_on(line).say(TEXT, "en", clauses.append)
        assert not spoken.cut
        assert spoken.text.split() == TEXT.split()
        assert spoken.seconds == pytest.approx(10 * SECOND_A_WORD, abs=0.01)
        assert spoken.first_sound < 0.1
        assert " ".join(clauses).split() == TEXT.split()
        assert len(line.sound) == int(10 * SECOND_A_WORD * RATE)

    run(main())


def test_hush_stops_within_a_tick_and_remembers_only_what_was_heard() -> None:
    async def main() -> None:
        line = FakeLine()
        speaker = speaker_on(line)
        saying = asyncio.ensure_future(speaker.say(TEXT, "en"))
        await asyncio.sleep(1.3)
        assert speaker.speaking
        speaker.hush()
        assert line.queued == 0
        assert not speaker.speaking
        spoken = await saying
        assert spoken.cut
        assert spoken.text == "one two three, four"
        assert spoken.seconds == pytest.approx(1.25, abs=0.05)

    run(main())


def test_duck_is_heard_at_once_and_nothing_is_lost() -> None:
    async def main() -> None:
        line = FakeLine()
        speaker = speaker_on(line)
        saying = asyncio.ensure_future(speaker.say(TEXT, "en"))
        await asyncio.sleep(1.0)
        speaker.duck()
        assert line.queued, "lower, with no hole in it"
        at = line.played
        await asyncio.sleep(0.5)
        speaker.unduck()
        assert line.queued
        spoken = await saying
        assert not spoken.cut
        sound = line.sound
        assert len(sound) == int(10 * SECOND_A_WORD * RATE)
        assert abs(int(sound[at + RATE // 5]) - 10_000 * DUCKED) < 50
        assert int(sound[at + int((0.5 + 0.04) * RATE)]) == 10_000, "and back at once"
        assert int(sound[at - 1]) == 10_000

    run(main())


def test_hold_is_silent_and_goes_on_with_the_word_that_was_cut() -> None:
    async def main() -> None:
        line = FakeLine()
        speaker = speaker_on(line)
        saying = asyncio.ensure_future(speaker.say(TEXT, "en"))
        await asyncio.sleep(1.0)
        speaker.duck()
        speaker.hold()
        assert line.queued == 0
        assert not speaker.speaking
        at = line.played
        await asyncio.sleep(2.0)
        assert line.played == at, "not a sample while it is held"
        speaker.unduck()
        spoken = await saying
        assert not spoken.cut
        assert spoken.text.split() == TEXT.split()
        again = len(line.sound) - int(10 * SECOND_A_WORD * RATE)
        assert 0 < again <= REWIND * RATE

    run(main())


def test_what_is_held_and_then_ended_was_heard_up_to_the_hold() -> None:
    async def main() -> None:
        line = FakeLine()
        speaker = speaker_on(line)
        saying = asyncio.ensure_future(speaker.say(TEXT, "en"))
        await asyncio.sleep(1.3)
        speaker.hold()
        await asyncio.sleep(1.0)
        speaker.hush()
        spoken = await saying
        assert spoken.cut
        assert spoken.text == "one two three, four"

    run(main())


def test_finish_ends_with_the_clause_that_is_being_said() -> None:
    async def main() -> None:
        line = FakeLine()
        speaker = speaker_on(line)
        saying = asyncio.ensure_future(speaker.say(TEXT, "en"))
        await asyncio.sleep(1.3)
        speaker.finish()
        spoken = await saying
        assert spoken.text == "one two three, four five six seven,"
        assert spoken.cut

    run(main())


def test_a_voice_that_fails_is_an_error_and_silence() -> None:
    async def main() -> None:
        line = FakeLine()
        with pytest.raises(VoiceError):
            await speaker_on(line).say("broken", "en")
        assert line.queued == 0

    run(main())


def test_nothing_to_say_says_nothing() -> None:
    async def main() -> None:
        spoken = await speaker_on(FakeLine()).say("  ", "en")
        assert (spoken.text, spoken.seconds, spoken.cut) == ("", 0.0, False)

    run(main())


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.0, 4.0),
    st.lists(st.tuples(st.floats(0.01, 1.0), st.sampled_from(["duck", "unduck", "hold"])), max_size=5),
)
def test_said_is_never_more_than_played(stop: float, moves: list[tuple[float, str]]) -> None:
    async def main() -> None:
        line = FakeLine()
        speaker = speaker_on(line)
        saying = asyncio.ensure_future(speaker.say(TEXT, "en"))
        for pause, move in moves:
            await asyncio.sleep(pause)
            getattr(speaker, move)()
        await asyncio.sleep(stop)
        speaker.hush()
        spoken = await saying
        heard = len(line.sound) / RATE
        assert spoken.seconds == pytest.approx(heard, abs=0.001)
        words = len(spoken.text.split())
        assert words <= heard / SECOND_A_WORD + 0.01
        again = REWIND * sum(move == "hold" for _, move in moves)
        assert words >= (heard - again) / SECOND_A_WORD - 1.01
        assert TEXT.split()[:words] == spoken.text.split()

    run(main())
