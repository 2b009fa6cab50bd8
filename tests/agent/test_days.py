"""Days as they are said and said back."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.agent import Language
from runtime.agent.days import find_day, said_day

pytestmark = pytest.mark.unit

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("es", "hoy", "2026-11-24"),
        ("es", "¿abrís mañana por la mañana?", "2026-11-25"),
        ("es", "pasado mañana", "2026-11-26"),
        ("es", "los domingos", "2026-11-29"),
        ("es", "el martes", "2026-11-24"),
        ("es", "el veinticuatro de diciembre", "2026-12-24"),
        ("es", "el 6 de enero", "2027-01-06"),
        ("es", "el primero de mayo", "2027-05-01"),
        ("en", "are you open on Saturdays", "2026-11-28"),
        ("en", "the day after tomorrow", "2026-11-26"),
        ("en", "December 24th", "2026-12-24"),
        ("en", "on the twenty fourth of december", "2026-12-24"),
        ("en", "the first of January", "2027-01-01"),
        ("en", "mañana", "2026-11-25"),
    ],
)
def test_find(language: Language, text: str, day: str) -> None:
    assert find_day(text, language, TUESDAY) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text", ["", "a las nueve de la mañana", "may I ask something", "el 31 de febrero", "bombillas"]
)
def test_no_day(text: str) -> None:
    assert find_day(text, "es", TUESDAY) is None
    assert find_day(text, "en", TUESDAY) is None


@given(st.integers(0, 300), st.sampled_from(["es", "en"]))
def test_what_is_said_is_understood(ahead: int, language: Language) -> None:
    day = TUESDAY + timedelta(days=ahead)
    assert find_day(said_day(day, language, TUESDAY), language, TUESDAY) == day
