"""What is heard becomes turns with words, on virtual time with a scripted recogniser."""

import asyncio

import numpy as np
import pytest

from core.errors import MostradorError
from tests.runtime.counter import Loud, speech
from tests.virtual_time import run
from tests.voice.fake_line import FakeLine
from voice.frames import RATE
from voice.listener import FREEZE_AFTER, Drafted, Glimpsed, GoneOn, Hearing, Listener, Started, Utterance
from voice.stt import Transcript
from voice.turns import TurnSettings

pytestmark = pytest.mark.unit


class Counting:
    """Transcribes sound to its length: "3.2" for 3.2 s; takes a tenth of that."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, sound: np.ndarray, language: str | None, hint: str) -> Transcript:  # type: ignore[type-arg]
        seconds = len(sound) / RATE
        self.seconds.append(seconds)
        await asyncio.sleep(seconds / 10)
        return Transcript(f"{seconds:.1f}", "en", 0.9, 0.0, seconds / 10)


def listen(*parts: tuple[int, float]) -> tuple[list[Hearing], Counting]:
    """(words, seconds of pause after them) → what was heard."""

    async def main() -> tuple[list[Hearing], Counting]:
        line, heard, words = FakeLine(), [], Counting()
        listener = Listener(line, Loud(), words, heard.append)
        running = asyncio.ensure_future(listener.run())
        await asyncio.sleep(1)
        for count, pause in parts:
            sound = speech(count)
            line.feed(sound)
            await asyncio.sleep(len(sound) / RATE + pause)
        line.close()
        await running
        return heard, words

    return run(main())


def test_the_sound_given_to_the_recogniser_has_margins_and_no_long_silence() -> None:
    heard, words = listen((4, 3.0))
    [utterance] = [hearing for hearing in heard if isinstance(hearing, Utterance)]
    assert words.seconds == [pytest.approx(1.2 + 0.3 + 0.1, abs=0.1)]
    assert utterance.start == pytest.approx(0.7, abs=0.1)
    assert utterance.speech_end == pytest.approx(2.2, abs=0.05)
    assert utterance.voiced == pytest.approx(1.2, abs=0.05)
    assert utterance.waited == 0.0


def test_a_turn_with_pauses_is_transcribed_whole_at_its_end() -> None:
    heard, words = listen((3, 0.5), (3, 0.5), (3, 2.0))
    kinds = [type(hearing) for hearing in heard]
    assert kinds == [Started, Drafted, GoneOn, Drafted, GoneOn, Drafted, Utterance]
    [utterance] = [hearing for hearing in heard if isinstance(hearing, Utterance)]
    assert utterance.transcript.text == f"{words.seconds[-1]:.1f}"
    assert words.seconds[-1] == pytest.approx(2.7 + 1.0 + 0.4, abs=0.15)


def test_a_letter_read_aloud_is_not_transcribed_again_and_again() -> None:
    heard, words = listen(*[(10, 0.6)] * 30, (4, 3.0))
    [utterance] = [hearing for hearing in heard if isinstance(hearing, Utterance)]
    told = sum(float(part) for part in utterance.transcript.text.split())
    assert told == pytest.approx(utterance.speech_end - utterance.start + 0.1, rel=0.03), "nothing lost, nothing twice"
    assert max(words.seconds) < FREEZE_AFTER + 12
    assert sum(words.seconds) < 6 * told, "the work grows with the length, not with its square"


def test_the_language_of_a_word_over_our_voice_is_taken_for_ours() -> None:
    async def main(words: int, ours: bool) -> str | None:
        line, languages = FakeLine(), []

        async def transcribe(sound: np.ndarray, language: str | None, hint: str) -> Transcript:  # type: ignore[type-arg]
            languages.append(language)
            return Transcript("", language or "en", 0.9, 0.0, 0.0)

        listener = Listener(line, Loud(), transcribe, lambda _: None, lambda: ours)
        listener.leaning = "es"
        running = asyncio.ensure_future(listener.run())
        line.feed(speech(words))
        await asyncio.sleep(3)
        line.close()
        await running
        return languages[-1]

    assert run(main(1, True)) == "es"
    assert run(main(1, False)) is None
    assert run(main(5, True)) is None


def test_each_turn_is_its_own() -> None:
    heard, _ = listen((3, 2.0), (6, 2.0))
    texts = [hearing.transcript.text for hearing in heard if isinstance(hearing, Utterance)]
    assert [float(text) for text in texts] == [pytest.approx(1.3, abs=0.1), pytest.approx(2.2, abs=0.1)]


def ended_after(ending: float | MostradorError, sound: float | MostradorError) -> float:
    """The pause after which a turn is over, by what the models say of it."""

    async def main() -> float:
        line, heard = FakeLine(), []

        async def told(answer: float | MostradorError) -> float:
            await asyncio.sleep(0.05)
            if isinstance(answer, MostradorError):
                raise answer
            return answer

        async def words(sound: object, language: str | None, hint: str) -> Transcript:
            await asyncio.sleep(0.1)
            return Transcript("Where are the bulbs?", "en", 0.9, 0.0, 0.1)

        listener = Listener(
            line, Loud(), words, heard.append, finished=lambda _: told(sound), ending=lambda _: told(ending)
        )
        running = asyncio.ensure_future(listener.run())
        line.feed(speech(4))
        await asyncio.sleep(4)
        line.close()
        await running
        [utterance] = [hearing for hearing in heard if isinstance(hearing, Utterance)]
        return utterance.pause

    return run(main())


def test_what_is_surely_finished_is_over_sooner() -> None:
    settings, failed = TurnSettings(), MostradorError("turn.timeout", "late", retryable=True)
    sure, unsure, unknown = ended_after(-1.0, 0.98), ended_after(-9.0, 0.02), ended_after(failed, failed)
    assert sure == pytest.approx(settings.sure_pause, abs=0.1)
    assert unsure > unknown > sure
    assert unsure <= settings.unsure_pause + 0.04


def test_words_are_glimpsed_while_they_are_said_and_only_then() -> None:
    async def main(glimpses: bool) -> list[Hearing]:
        line, heard = FakeLine(), []
        listener = Listener(line, Loud(), Counting(), heard.append)
        listener.glimpses = glimpses
        running = asyncio.ensure_future(listener.run())
        sound = speech(20)
        line.feed(sound)
        await asyncio.sleep(len(sound) / RATE + 2)
        line.close()
        await running
        return heard

    heard = run(main(True))
    seen = [float(hearing.transcript.text) for hearing in heard if isinstance(hearing, Glimpsed)]
    assert seen == sorted(seen)
    assert len(seen) >= 3
    assert isinstance(heard[-1], Utterance)
    assert float(heard[-1].transcript.text) > seen[-1]
    assert not any(isinstance(hearing, Glimpsed) for hearing in run(main(False)))


def test_a_second_hearing_keeps_the_words_that_were_final() -> None:
    async def main() -> tuple[str, str]:
        line, heard = FakeLine(), []
        listener = Listener(line, Loud(), Counting(), heard.append)
        running = asyncio.ensure_future(listener.run())
        for words in (round(FREEZE_AFTER / 0.3) + 2, 4):
            sound = speech(words)
            line.feed(sound)
            await asyncio.sleep(len(sound) / RATE + 0.5)
        await asyncio.sleep(3)
        again = await listener.hear_again("bulbs")
        line.close()
        await running
        [utterance] = [hearing for hearing in heard if isinstance(hearing, Utterance)]
        return utterance.transcript.text, again

    first, again = run(main())
    assert len(first.split()) == 2
    assert again == first
