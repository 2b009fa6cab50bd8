"""When a place is open, and how its week is said."""

from datetime import date

import pytest

from core.hours import Hours, hours_on, week_in_words

pytestmark = pytest.mark.unit

DAY = ("09:00", "21:30")
WEEK = {1: DAY, 2: DAY, 3: DAY, 4: DAY, 5: DAY, 6: ("10:00", "14:00")}
MONDAY = date(2026, 11, 23)


def never(_day: date) -> None:
    return None


def test_a_day_like_others() -> None:
    assert hours_on(WEEK, never, MONDAY) == {
        "outcome": "open",
        "day": "2026-11-23",
        "opens": "09:00",
        "closes": "21:30",
    }


def test_a_closed_day_tells_the_next_that_is_open() -> None:
    found = hours_on(WEEK, never, date(2026, 11, 29))
    assert found == {"outcome": "closed", "day": "2026-11-29", "next_day": "2026-11-30", "next_opens": "09:00"}


def test_a_holiday_goes_before_the_week_and_is_passed_over() -> None:
    def special(day: date) -> tuple[str, Hours | None] | None:
        return ("puente", None) if day < date(2026, 11, 26) else None

    found = hours_on(WEEK, special, MONDAY)
    assert (found["outcome"], found["holiday"], found["next_day"]) == ("holiday", "puente", "2026-11-26")


def test_hours_of_one_day_open_what_is_closed_else() -> None:
    found = hours_on(WEEK, lambda _day: ("Black Friday", ("11:00", "20:00")), date(2026, 11, 29))
    assert (found["outcome"], found["opens"], found["closes"]) == ("special", "11:00", "20:00")


def test_a_place_that_never_opens_names_no_day() -> None:
    assert hours_on({}, never, MONDAY) == {"outcome": "closed", "day": "2026-11-23"}


@pytest.mark.parametrize(
    ("week", "es", "en"),
    [
        (
            WEEK,
            "de lunes a viernes, de 9:00 a 21:30; sábado, de 10:00 a 14:00; domingo, cerrado",
            "Monday to Friday from 9:00 to 21:30; Saturday from 10:00 to 14:00; Sunday, closed",
        ),
        (
            dict.fromkeys(range(1, 6), DAY),
            "de lunes a viernes, de 9:00 a 21:30; sábado y domingo, cerrado",
            "Monday to Friday from 9:00 to 21:30; Saturday and Sunday, closed",
        ),
        (dict.fromkeys(range(1, 8), DAY), "de lunes a domingo, de 9:00 a 21:30", "Monday to Sunday from 9:00 to 21:30"),
        ({}, "de lunes a domingo, cerrado", "Monday to Sunday, closed"),
    ],
)
def test_a_week_in_words(week: dict[int, Hours], es: str, en: str) -> None:
    assert (week_in_words(week, "es"), week_in_words(week, "en")) == (es, en)
