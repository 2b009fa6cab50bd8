"""Whether it is finished: each fact pulls its own way, none decides alone, and what is not known says nothing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.completeness import Evidence, counting, log_odds, wants_more

pytestmark = pytest.mark.unit

FINISHED = Evidence("Where are the light bulbs?", 0.75, sound=0.95, ending=-1.5)
PAUSED = Evidence("Where are the", 0.5, sound=0.05, ending=-8.0)


def test_a_finished_question_and_one_that_is_paused_in() -> None:
    assert log_odds(FINISHED) > 1.5
    assert log_odds(PAUSED) < -3


@pytest.mark.parametrize(
    "weaker",
    [{"sound": 0.1}, {"ending": -7.0}, {"confidence": 0.5}, {"text": "Where are the light bulbs"}],
)
def test_each_fact_counts(weaker: dict[str, object]) -> None:
    assert log_odds(replace(FINISHED, **weaker)) < log_odds(FINISHED)  # type: ignore[arg-type]


@given(st.text(max_size=40), st.floats(0, 1), st.none() | st.floats(0, 1), st.none() | st.floats(-25, 0))
def test_no_sound_and_no_words_break_it(
    text: str, confidence: float, sound: float | None, ending: float | None
) -> None:
    assert -20 < log_odds(Evidence(text, confidence, sound, ending)) < 20


def test_just_what_was_asked_for_is_likelier_over() -> None:
    assert log_odds(replace(PAUSED, answers=True)) > log_odds(PAUSED)


def test_what_is_not_known_lies_between() -> None:
    known = [log_odds(replace(FINISHED, sound=sound)) for sound in (0.02, 0.98)]
    assert known[0] < log_odds(replace(FINISHED, sound=None)) < known[1]


@pytest.mark.parametrize("text", ["Quiero devolver el...", "Where are the", "the red one,", "Busco una"])
def test_a_word_that_wants_another(text: str) -> None:
    assert wants_more(text)


@pytest.mark.parametrize("text", ["", "Where are the bulbs?", "Quiero devolverlo."])
def test_words_that_may_be_the_last(text: str) -> None:
    assert not wants_more(text)


@pytest.mark.parametrize("text", ["4, 8, 2", "My number is 48.", "Seis, nueve", "it is four oh"])
def test_a_number_may_be_under_way(text: str) -> None:
    assert counting(text)


@pytest.mark.parametrize("text", ["", "...", "Where are the bulbs?", "Quiero el uno y ya está."])
def test_none_is(text: str) -> None:
    assert not counting(text)
