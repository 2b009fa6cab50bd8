"""The rules against what Whisper adds: loops, late segments, subtitles over noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.stt import guard

pytestmark = pytest.mark.unit

FIRST = 1000
"""The first timestamp token of these tests."""


def at(seconds: float) -> int:
    return FIRST + round(seconds / guard.TICK)


def test_a_segment_after_the_speech_is_dropped() -> None:
    tokens = [at(0), 1, 2, 3, at(1.9), at(2.6), 1, 2, 3, at(4.5)]
    assert guard.spoken(tokens, FIRST, 2.0) == [at(0), 1, 2, 3]


def test_segments_within_the_speech_stay() -> None:
    tokens = [at(0), 1, 2, at(1.0), at(1.0), 3, 4, at(1.98)]
    assert guard.spoken(tokens, FIRST, 2.0) == tokens[:-1]
    assert guard.spoken([], FIRST, 2.0) == []


def test_very_short_speech_keeps_its_first_segment() -> None:
    assert guard.spoken([at(0.2), 1, 2, at(0.5)], FIRST, 0.1) == [at(0.2), 1, 2]


@given(st.lists(st.integers(0, 1500), max_size=40), st.floats(0.1, 30))
def test_what_is_kept_is_the_beginning(tokens: list[int], seconds: float) -> None:
    kept = guard.spoken(tokens, FIRST, seconds)
    assert tokens[: len(kept)] == kept


@pytest.mark.parametrize(
    ("tokens", "loop"),
    [
        ([1, 2, 3, 4, 1, 2, 3, 4], True),
        ([9, 9, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5], True),
        ([1, 2, 3, 1, 2, 3], False),
        ([1, 2, 1, 2, 1, 2, 1, 2], True),
        ([7, 7, 7], False),
        ([7, 7, 7, 7], True),
        ([1, 2, 3, 4, 5], False),
        ([], False),
    ],
)
def test_loops(tokens: list[int], loop: bool) -> None:
    assert guard.repeats(tokens) is loop


@given(st.lists(st.integers(0, 5), max_size=8), st.lists(st.integers(0, 5), min_size=4, max_size=8))
def test_any_sentence_said_twice_is_a_loop(before: list[int], sentence: list[int]) -> None:
    assert guard.repeats(before + sentence + sentence)


@pytest.mark.parametrize(
    ("text", "words", "probability", "doubtful"),
    [
        ("Where is my order?", range(5), -0.3, False),
        ("Where is my order?", range(5), -1.2, True),
        ("", [], -0.1, True),
        ("no no no no", [7, 7, 7, 7], -0.2, True),
        ("word " * 30, range(30), -0.2, True),
        ("much too much for a second", range(60), -0.2, True),
    ],
)
def test_doubt(text: str, words, probability: float, doubtful: bool) -> None:
    assert guard.doubtful(text, list(words), probability, 2.0) is doubtful


@pytest.mark.parametrize(
    ("text", "language", "probability", "no_speech", "unspoken"),
    [
        ("Thank you for watching!", "en", -0.5, 0.4, True),
        ("Thank you.", "en", -0.3, 0.01, False),
        ("Thank you.", "en", -0.9, 0.1, True),
        ("Subtítulos por la comunidad de Amara.org", "es", -0.4, 0.5, True),
        ("Gracias.", "es", -0.9, 0.5, False),
        ("Where is my order?", "en", -1.3, 0.8, True),
        ("Where is my order?", "en", -0.5, 0.8, False),
        ("garden furniture", "en", -1.7, 0.2, True),
        ("...", "en", -0.1, 0.0, True),
        ("", "es", 0.0, 0.0, True),
    ],
)
def test_what_nobody_said(text: str, language: str, probability: float, no_speech: float, unspoken: bool) -> None:
    assert guard.unspoken(text, language, probability, no_speech) is unspoken
