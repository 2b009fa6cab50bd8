"""Times of day as they are said, and said back."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.agent import Language
from runtime.agent.clock import read_part, read_time, said_moment, said_time
from voice.readable import readable

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("language", "text", "time"),
    [
        ("es", "a las cinco", "17:00"),
        ("es", "a las cinco de la mañana", "05:00"),
        ("es", "a las cinco y media", "17:30"),
        ("es", "las nueve y cuarto", "09:15"),
        ("es", "a las seis menos diez de la tarde", "17:50"),
        ("es", "a la una menos cuarto", "12:45"),
        ("es", "a la una", "13:00"),
        ("es", "a las diecisiete treinta", "17:30"),
        ("es", "a las veinte y cinco", "20:05"),
        ("es", "a las siete y veinticinco", "19:25"),
        ("es", "las doce de la mañana", "12:00"),
        ("es", "las doce de la noche", "00:00"),
        ("es", "a mediodía", "12:00"),
        ("es", "a las ocho de la tarde", "20:00"),
        ("es", "17:30", "17:30"),
        ("es", "a las 5:30", "17:30"),
        ("es", "a las 17h", "17:00"),
        ("es", "las tres de la madrugada", "03:00"),
        ("en", "at five", "17:00"),
        ("en", "five thirty in the afternoon", "17:30"),
        ("en", "at half past nine", "09:30"),
        ("en", "half five", "17:30"),
        ("en", "quarter to six", "17:45"),
        ("en", "ten to one", "12:50"),
        ("en", "twenty past ten", "10:20"),
        ("en", "ten o'clock", "10:00"),
        ("en", "at five oh five", "17:05"),
        ("en", "5 pm", "17:00"),
        ("en", "5:30 p.m.", "17:30"),
        ("en", "12 am", "00:00"),
        ("en", "7am", "07:00"),
        ("en", "noon", "12:00"),
        ("en", "at eight in the evening", "20:00"),
        ("en", "a las cinco", "17:00"),
    ],
)
def test_as_people_say_it(language: Language, text: str, time: str) -> None:
    found = read_time(text, language)
    assert found is not None
    assert found.time == time


@pytest.mark.parametrize(
    "text",
    ["", "cinco", "quiero dos", "the pedido 48213", "the first one", "20,50 euros", "el 24 de diciembre", "son 3.20 €"],
)
def test_no_time(text: str) -> None:
    assert read_time(text, "es") is None
    assert read_time(text, "en") is None


def test_parts_of_the_day() -> None:
    for language, said in (("es", ["por la mañana", "por la tarde", "por la noche"]),
                           ("en", ["in the morning", "in the afternoon", "tonight"])):  # fmt: skip
        for words, part in zip(said, ("morning", "afternoon", "evening"), strict=True):
            found = read_part(f"mañana {words}" if language == "es" else f"tomorrow, {words}", language)  # type: ignore[arg-type]
            assert found is not None
            assert found[0] == part


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(["es", "en"]))
def test_what_is_read_aloud_is_understood(hour: int, minute: int, language: Language) -> None:
    time = f"{hour:02d}:{minute:02d}"
    lead = "a las" if language == "es" else "at"
    spoken = readable(f"{lead} {said_time(time, language)}", language)
    found = read_time(spoken, language)
    assert found is not None, spoken
    assert found.time == time, spoken


def test_a_moment_is_said_with_its_article() -> None:
    today = date(2026, 11, 24)
    assert said_moment("2026-11-25 13:00", "es", today) == "mañana a la 13:00"
    assert said_moment("2026-11-25 evening", "en", today) == "tomorrow in the evening"
