"""Days as they are said and said back."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.agent import Language
from runtime.agent.days import When, find_day, read_day, said_day

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


WEEKDAYS: dict[Language, list[str]] = {
    "es": ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}


@pytest.mark.parametrize("today", [TUESDAY + timedelta(days=ahead) for ahead in range(7)], ids=lambda day: f"{day:%a}")
@pytest.mark.parametrize("weekday", range(7))
def test_each_weekday_seen_from_each(today: date, weekday: int) -> None:
    """«Este» and the bare name: from today on. «Que viene», «próximo»: after today. "Next": of next week."""
    upcoming = today + timedelta(days=(weekday - today.weekday()) % 7)
    after = upcoming if upcoming > today else upcoming + timedelta(days=7)
    of_next_week = today + timedelta(days=7 - today.weekday() + weekday)
    spanish, english = WEEKDAYS["es"][weekday], WEEKDAYS["en"][weekday]
    for part in ("", " por la mañana", " por la tarde", " a las cinco"):
        assert find_day(f"el {spanish}{part}", "es", today) == upcoming
        assert find_day(f"este {spanish}{part}", "es", today) == upcoming
        assert find_day(f"el {spanish} que viene{part}", "es", today) == after
        assert find_day(f"el próximo {spanish}{part}", "es", today) == after
        assert find_day(f"el {spanish} de la semana que viene{part}", "es", today) == of_next_week
    for part in ("", " morning", " in the afternoon", " at five"):
        assert find_day(f"on {english}{part}", "en", today) == upcoming
        assert find_day(f"this {english}{part}", "en", today) == upcoming
        assert find_day(f"next {english}{part}", "en", today) == of_next_week
        assert find_day(f"{english} of next week{part}", "en", today) == of_next_week


@pytest.mark.parametrize(
    ("language", "text", "today", "day"),
    [
        ("es", "el 29 de febrero", "2026-11-24", "2028-02-29"),
        ("es", "el 29 de febrero", "2028-02-29", "2028-02-29"),
        ("en", "February 29th", "2028-03-01", "2032-02-29"),
        ("es", "mañana", "2026-12-31", "2027-01-01"),
        ("es", "el viernes que viene", "2026-12-28", "2027-01-01"),
        ("en", "in three days", "2026-12-30", "2027-01-02"),
        ("es", "dentro de dos semanas", "2026-12-24", "2027-01-07"),
        ("es", "dentro de una semana", "2026-11-24", "2026-12-01"),
        ("en", "a week on Friday", "2026-11-24", "2026-12-04"),
        ("en", "Friday week", "2026-11-24", "2026-12-04"),
        ("en", "a week from tomorrow", "2026-11-24", "2026-12-02"),
        ("es", "mañana", "2026-03-28", "2026-03-29"),  # the clocks go forward
        ("es", "el domingo", "2026-10-24", "2026-10-25"),  # and back
        ("en", "next Sunday", "2026-10-17", "2026-10-25"),
        ("es", "el 3 de enero de 2028", "2026-11-24", "2028-01-03"),
        ("es", "el tres de enero de dos mil veintiocho", "2026-11-24", "2028-01-03"),
        ("en", "January 3rd, 2028", "2026-11-24", "2028-01-03"),
        ("en", "the third of January twenty twenty eight", "2026-11-24", "2028-01-03"),
        ("es", "3/1/2028", "2026-11-24", "2028-01-03"),
        ("en", "1/3/2028", "2026-11-24", "2028-01-03"),
        ("es", "03-01-28", "2026-11-24", "2028-01-03"),
        ("es", "2028-01-03", "2026-11-24", "2028-01-03"),
        ("es", "el martes 24 a las cinco", "2026-11-20", "2026-11-24"),
        ("es", "el día 2", "2026-11-24", "2026-12-02"),
        ("en", "two tickets for December 5th", "2026-11-24", "2026-12-05"),
    ],
)
def test_ends_of_years_leap_days_and_changes_of_the_clock(language: Language, text: str, today: str, day: str) -> None:
    assert find_day(text, language, date.fromisoformat(today)) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("el 5 de mayo de 1980", "es", "1980-05-05"),
        ("el cinco de mayo de mil novecientos ochenta", "es", "1980-05-05"),
        ("el 5 del 5 del 80", "es", "1980-05-05"),
        ("5/5/80", "es", "1980-05-05"),
        ("cinco de mayo del 80", "es", "1980-05-05"),
        ("May fifth nineteen eighty", "en", "1980-05-05"),
        ("the 5th of May 2001", "en", "2001-05-05"),
        ("ayer", "es", "2026-11-23"),
        ("el lunes", "es", "2026-11-23"),
        ("el 24 de diciembre", "es", "2025-12-24"),
    ],
)
def test_days_that_are_past(text: str, language: Language, day: str | None) -> None:
    found = read_day(text, language, TUESDAY, "past")
    assert (found and found.day and found.day.isoformat()) == day


@pytest.mark.parametrize(
    ("text", "when", "wrong"),
    [
        ("el 31 de abril", "future", "no_such_day"),
        ("el viernes 24 de noviembre", "future", "no_such_day"),
        ("2027-02-29", "future", "no_such_day"),
        ("el 5 de mayo de 2020", "future", "day_gone"),
        ("el 5 de mayo de 2030", "past", "day_to_come"),
    ],
)
def test_days_that_cannot_be(text: str, when: When, wrong: str) -> None:
    found = read_day(text, "es", TUESDAY, when)
    assert found is not None
    assert (found.day, found.wrong) == (None, wrong)
