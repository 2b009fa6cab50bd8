"""What the benches compare words by."""

import pytest

from runtime.bench.recordings import bare, recordings, word_errors

pytestmark = pytest.mark.unit


def test_case_accents_punctuation_and_digits_are_no_difference() -> None:
    assert bare("¡Presióne el 9!", "es") == ["presione", "el", "nueve"]
    assert word_errors("Press nine for more entries.", "press 9, for more entries", "en") == (0, 5)


@pytest.mark.parametrize(("read", "wrong"), [("", 3), ("no more", 1), ("no more messages messages", 1), ("a b c", 3)])
def test_words_that_are_missing_wrong_or_too_many_count(read: str, wrong: int) -> None:
    assert word_errors("No more messages.", read, "en") == (wrong, 3)


def test_the_halves_have_no_recording_in_common() -> None:
    halves = [{(one.name, one.language) for one in recordings(half)} for half in ("tuning", "held out")]
    assert not halves[0] & halves[1]
    assert min(map(len, halves)) >= 50
