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


@pytest.mark.parametrize(
    ("tokens", "seconds", "words"),
    [
        ([at(0), 1, 2, 3, at(1.9), at(2.6), 1, 2, 3, at(4.5)], 2.0, [1, 2, 3]),
        ([at(0), 1, 2, 3, at(4.0), at(4.0), 1, 2, 3, at(10.0), at(10.0), 1], 4.15, [1, 2, 3]),
        ([at(0), 1, 2, 3, at(4.0), at(4.0), 1, 2, 3], 4.15, [1, 2, 3]),
        ([at(0), 1, 2, at(1.0), at(1.0), 3, 4, at(1.98)], 2.0, [1, 2, 3, 4]),
        ([at(0), 1, 2, at(1.0), at(1.0), 3, 4, at(2.6)], 2.0, [1, 2, 3, 4]),
        ([at(0), 1, 2, 3], 2.0, [1, 2, 3]),
        ([at(0.2), 1, 2, at(0.5)], 0.1, [1, 2]),
        ([], 2.0, []),
        ([at(0), at(1)], 2.0, []),
    ],
    ids=["late", "mostly late", "late and endless", "two", "a little long", "endless", "very short", "none", "empty"],
)
def test_segments_after_the_speech_are_dropped(tokens: list[int], seconds: float, words: list[int]) -> None:
    assert guard.spoken(tokens, FIRST, seconds) == words


@given(st.lists(st.integers(0, 1500), max_size=40), st.floats(0.1, 30))
def test_what_is_kept_is_the_beginning(tokens: list[int], seconds: float) -> None:
    words = [token for token in tokens if token < FIRST]
    kept = guard.spoken(tokens, FIRST, seconds)
    assert words[: len(kept)] == kept
    assert kept or not words


@pytest.mark.parametrize(
    ("tokens", "seconds", "rest"),
    [
        ([at(0), 1, 2, at(23), at(23)], 26.0, 23.0),
        ([at(0), 1, 2, at(25.8), at(25.8)], 26.0, 0.0),
        ([at(0), 1, 2, at(23)], 26.0, 0.0),
        ([at(0), 1, 2], 26.0, 0.0),
        ([at(0), at(0.2)], 26.0, 0.0),
        ([at(0), 1, at(28), at(28)], 26.0, 0.0),
        ([], 26.0, 0.0),
    ],
)
def test_where_to_read_on(tokens: list[int], seconds: float, rest: float) -> None:
    assert guard.resumes_at(tokens, FIRST, seconds) == pytest.approx(rest)


@pytest.mark.parametrize(
    ("text", "loop"),
    [
        ("Press star to cancel. Press star to cancel.", True),
        ("Or else: to the level, to the Level", True),
        ("no no no", False),
        ("no no no no", True),
        ("por por por por po", True),
        ("one two one two", False),
        ("one two one two one two one two", True),
        ("Where is my order?", False),
        ("", False),
    ],
)
def test_loops(text: str, loop: bool) -> None:
    assert guard.repeats(text) is loop


short = st.lists(st.sampled_from(["uno", "dos", "tres", "cuatro"]), max_size=8)


@given(short, short.filter(lambda words: len(words) >= 3))
def test_any_sentence_said_twice_is_a_loop(before: list[str], sentence: list[str]) -> None:
    assert guard.repeats(" ".join(before + sentence + sentence))


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
        ("Thank you.", "en", -0.9, 0.1, False),
        ("Thank you.", "en", -0.9, 0.5, True),
        ("Subtítulos por la comunidad de Amara.org", "es", -0.4, 0.5, True),
        ("Gracias.", "es", -0.9, 0.5, False),
        ("Where is my order?", "en", -1.3, 0.8, True),
        ("Where is my order?", "en", -0.5, 0.8, False),
        ("No, no, no, no, no, no.", "es", -0.4, 0.6, True),
        ("No, no, no, no, no, no.", "es", -0.4, 0.01, False),
        ("garden furniture", "en", -1.7, 0.2, True),
        ("...", "en", -0.1, 0.0, True),
        ("", "es", 0.0, 0.0, True),
    ],
)
def test_what_nobody_said(text: str, language: str, probability: float, no_speech: float, unspoken: bool) -> None:
    assert guard.unspoken(text, language, probability, no_speech) is unspoken
