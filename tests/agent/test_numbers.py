"""Digits → words → digits, in every grouping that people use."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from runtime.agent import Language
from runtime.agent.numbers import digit_runs, find_number

pytestmark = pytest.mark.unit

ES = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
EN = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


@st.composite
def groupings(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A five- or six-digit number, and the pieces in which it is said: one, two or three digits at a time."""
    digits = draw(st.from_regex(r"[1-9][0-9]{4,5}", fullmatch=True))
    pieces: list[str] = []
    rest = digits
    while rest:
        size = draw(st.integers(1, min(3, len(rest))))
        piece = rest[:size]
        if piece[0] == "0":
            piece = "0"
        pieces.append(piece)
        rest = rest[len(piece) :]
    return digits, pieces


def ambiguous(pieces: list[str]) -> bool:
    """«veinte, tres» is heard as 23, "three hundred, twenty" as 320, "one, hundred" as 100: nobody could tell."""
    return any(
        len(first) > 1 and first.endswith("0") and second != "0" and len(second.lstrip("0")) < len(first)
        for first, second in pairwise(pieces)
    )


@given(groupings())
def test_spanish_round_trip(spoken: tuple[str, list[str]]) -> None:
    digits, pieces = spoken
    if ambiguous(pieces):
        return
    words = " ".join(num2words(int(piece), lang="es") for piece in pieces)
    assert [run.digits for run in digit_runs(words, "es")] == [digits]


@given(groupings())
def test_english_round_trip(spoken: tuple[str, list[str]]) -> None:
    digits, pieces = spoken
    if ambiguous(pieces):
        return
    words = " ".join(num2words(int(piece), lang="en") for piece in pieces)
    assert [run.digits for run in digit_runs(words, "en")] == [digits]


@given(st.integers(10_000, 999_999), st.sampled_from(["es", "en"]))
def test_whole_number_round_trip(number: int, language: Language) -> None:
    """«cuarenta y ocho mil doscientos trece»."""
    found = find_number(num2words(number, lang=language), language, 5, 6)
    assert found is not None
    assert found.digits == str(number)


@given(st.from_regex(r"[0-9]{5,6}", fullmatch=True), st.sampled_from([" ", ", ", "-", ". "]))
def test_digit_by_digit(digits: str, between: str) -> None:
    for language, words in (("es", ES), ("en", EN)):
        said = between.join(words[int(digit)] for digit in digits)
        assert [run.digits for run in digit_runs(said, language)] == [digits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("language", "text", "digits"),
    [
        ("es", "cuarenta y ocho dos trece", "48213"),
        ("es", "el pedido 48.213", "48213"),
        ("es", "es el 4-8-2-1-3, por favor", "48213"),
        ("es", "cuatro ocho dos y luego uno tres", "48213"),
        ("es", "ciento dieciocho trescientos", "118300"),
        ("es", "cuatro doble ocho uno tres", "48813"),
        ("es", "noventa cuatro cincuenta y cinco", "90455"),
        ("es", "four eight two one three", "48213"),
        ("en", "four eight two, one three", "48213"),
        ("en", "order 48,213 please", "48213"),
        ("en", "nine oh four double five", "90455"),
        ("en", "four ate two won three", "48213"),
        ("en", "for eight to one three", "48213"),
        ("en", "triple four one two", "44412"),
        ("en", "forty-eight two thirteen", "48213"),
        ("en", "it was 48213, no sorry, 48215", "48215"),
    ],
)
def test_as_people_say_it(language: Language, text: str, digits: str) -> None:
    found = find_number(text, language, 5, 6)
    assert found is not None
    assert found.digits == digits


@pytest.mark.parametrize("text", ["", "¿dónde están las bombillas?", "el 24 de diciembre a las 9", "two for one"])
def test_no_number(text: str) -> None:
    assert find_number(text, "es", 5, 6) is None
    assert find_number(text, "en", 5, 6) is None


@given(st.text(max_size=200), st.sampled_from(["es", "en"]))
def test_anything_is_read_without_harm(text: str, language: Language) -> None:
    for run in digit_runs(text, language):
        assert run.digits.isdigit()
        assert run.first <= run.last
