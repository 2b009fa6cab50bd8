"""What is said over our voice is judged once, and a few doubtful words are heard a second time."""

import pytest

from core.errors import VoiceError
from runtime.agent import Expect, Heard
from runtime.overheard import Overheard

pytestmark = pytest.mark.unit

FREE, YES_NO = Expect(), Expect("yes_no")


class Ears:
    """Hears `again` at the second hearing; nothing comes of anything where it leads `nowhere`; `for_us`: a chance."""

    def __init__(self, again: str = "", *, nowhere: bool = False, for_us: float = 1.0) -> None:
        self.again, self.nowhere, self.chance = again, nowhere, for_us
        self.hints: list[str] = []
        self.overheard = Overheard(self.hear_again, self.leads_nowhere, self.for_us)

    async def for_us(self, text: str) -> float:
        return self.chance

    async def hear_again(self, hint: str) -> str:
        self.hints.append(hint)
        if self.again == "broken":
            raise VoiceError("stt.failed", "the model is gone")
        return self.again

    async def leads_nowhere(self, heard: Heard) -> bool:
        return self.nowhere

    async def goes_on(self, text: str, confidence: float = 0.4, expect: Expect = FREE) -> bool:
        return await self.overheard.goes_on(Heard(text, "es", confidence=confidence), expect)


async def test_a_backchannel_is_not_heard_twice() -> None:
    ears = Ears()
    assert await ears.goes_on("Vale.")
    assert not ears.hints


@pytest.mark.parametrize(("first", "again", "goes_on"), [("Dale", "Vale.", True), ("Arece", "¡Para!", False)])
async def test_a_few_doubtful_words_are_heard_again(first: str, again: str, goes_on: bool) -> None:
    ears = Ears(again)
    assert await ears.goes_on(first) is goes_on
    assert "Vale" in ears.hints[0]
    assert "Para" in ears.hints[0]


@pytest.mark.parametrize(
    ("text", "confidence", "expect"),
    [("Dale", 0.9, FREE), ("Quiero devolver una cosa", 0.3, FREE), ("Dale", 0.4, YES_NO)],
    ids=["sure of it", "a sentence", "an answer is expected"],
)
async def test_what_is_sure_or_long_or_an_answer_is_taken_as_heard(
    text: str, confidence: float, expect: Expect
) -> None:
    ears = Ears("Vale.")
    assert not await ears.goes_on(text, confidence, expect)
    assert not ears.hints


async def test_hearing_nothing_the_second_time_says_nothing() -> None:
    assert not await Ears("").goes_on("Dale", 0.4)
    assert await Ears("", nowhere=True).goes_on("cccccccc"), "one letter, and nothing comes of it"
    assert not await Ears("", nowhere=True).goes_on("epera"), "it may ask for attention"


async def test_the_turn_after_a_pause_is_not_judged_anew_but_the_next_one_is() -> None:
    ears = Ears("Vale.")
    assert await ears.goes_on("Dale")
    assert await ears.goes_on("Dale")
    assert len(ears.hints) == 1
    assert await ears.goes_on("Dale")
    assert len(ears.hints) == 2


async def test_where_it_cannot_be_heard_again_the_answer_stops() -> None:
    assert not await Ears("broken").goes_on("Dale")


@pytest.mark.parametrize(
    ("nowhere", "for_us", "goes_on"), [(True, 0.4, True), (True, 0.6, False), (False, 0.4, False), (False, 0.01, True)]
)
async def test_what_is_said_to_somebody_else_leaves_the_answer_alone(
    nowhere: bool, for_us: float, goes_on: bool
) -> None:
    ears = Ears(nowhere=nowhere, for_us=for_us)
    assert await ears.goes_on("cierra la puerta por favor", 0.7) is goes_on
    assert not await ears.goes_on("ciega la vuelta por favor", 0.3), "that may be anything"
    assert not await ears.goes_on("cierra la puerta por favor", expect=YES_NO), "an answer is expected"


async def test_brief_words_that_ask_for_attention_are_no_aside() -> None:
    assert not await Ears(nowhere=True, for_us=0.0).goes_on("espera, hija")
    assert await Ears(nowhere=True, for_us=0.0).goes_on("ven aquí, hija", 0.7)
