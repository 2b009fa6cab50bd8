"""Yes, no, one of a few: clear or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.agent import Language
from runtime.agent.slots import is_plain, is_question, other_numbers, pick, says_yes, undecided, yes_no
from runtime.messages import Choice

pytestmark = pytest.mark.unit

WINDOWS = (
    Choice("a", "miércoles 25 de 12:00 a 15:00"),
    Choice("b", "miércoles 25 de 15:00 a 18:00"),
    Choice("c", "jueves 26 de 9:00 a 12:00"),
)


@pytest.mark.parametrize(
    "text",
    ["sí", "si", "Sí, por favor", "claro que sí", "vale", "correcto", "de acuerdo", "eso es", "por supuesto",
     "adelante", "sí sí", "vale, confirmo", "sí, devuélvelo",
     "yes, cancel that one", "no hay problema", "yes", "yeah", "yep", "right", "sure, go ahead",
     "that's right", "yes please", "why not", "ok", "of course"],
)  # fmt: skip
def test_yes(text: str) -> None:
    assert yes_no(text) is True


@pytest.mark.parametrize(
    "text",
    ["no", "No, gracias", "mejor no", "para nada", "no es correcto", "todavía no", "nope", "no thanks", "not really",
     "that's not right", "I'd rather not", "no, no lo confirmo", "claro que no", "por supuesto que no",
     "of course not"],
)  # fmt: skip
def test_no(text: str) -> None:
    assert yes_no(text) is False


@pytest.mark.parametrize(
    "text",
    ["", "no sé", "no entiendo", "sí y no", "I'm not sure", "¿a qué hora cierran?", "si pudiera lo cambiaba mañana",
     "the second one",
     "¿cuánto vale?", "¿vale la pena?", "si compro dos", "right now?", "ok but when", "yes no maybe", "48213"],
)  # fmt: skip
def test_neither(text: str) -> None:
    assert yes_no(text) is None


@pytest.mark.parametrize(
    "text",
    ["sí, pero no", "sí, pero…", "sí, espera", "vale, un momento", "sí, antes dime el precio", "sí, salvo el jueves",
     "claro, menos la lámpara", "correcto, aunque", "bueno, espere", "no, espera", "sí, a ver", "no sé", "no lo sé",
     "ni idea", "ni sí ni no", "sí, siempre que sea gratis", "no me acuerdo", "déjame pensar", "sí, un segundo",
     "yes but", "yes, but make it two", "yes, wait", "ok, hold on", "yes, except the lamp", "no, wait",
     "yes, one moment", "ok let me think", "yes, unless it costs", "yes, if it is free", "I don't know", "no idea",
     "I can't remember", "hang on", "not sure", "yes, just a second"],
)  # fmt: skip
def test_what_is_put_off_or_not_known_is_neither(text: str) -> None:
    assert yes_no(text) is None
    assert undecided(text)
    assert not is_plain(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("sí, cuanto antes mejor", None), ("no, señor", False), ("no hay problema", True), ("no se preocupe, sí", None),
     ("sí, si es gratis", None), ("si si por favor", True), ("sí, el segundo", True), ("sí, espero", True)],
)  # fmt: skip
def test_words_that_put_nothing_off(text: str, meant: bool | None) -> None:
    assert yes_no(text) is meant
    assert not undecided(text)


@pytest.mark.parametrize(
    "text", ["sí", "no", "no, gracias", "sí, por favor", "yes please", "de acuerdo", "no, mejor no"]
)
def test_plain(text: str) -> None:
    assert is_plain(text)


@pytest.mark.parametrize("text", ["sí no sí no", "sí, no", "yes and no", "sí, no tan deprisa", "no, sí"])
def test_a_yes_with_a_no_is_none(text: str) -> None:
    assert not says_yes(text)


@pytest.mark.parametrize("text", ["sí, el jueves", "no, el cinco", "no, una", "yes, one", "quizá", "48215", ""])
def test_not_plain(text: str) -> None:
    assert not is_plain(text)


@pytest.mark.parametrize(
    ("text", "asked"),
    [("¿y el jueves?", True), ("no, espera, cuándo era", True), ("sorry, what time was it", True),
     ("no, el cinco", False), ("sí, cuando quiera", True), ("wait, make it five", False)],
)  # fmt: skip
def test_questions(text: str, asked: bool) -> None:
    assert is_question(text) is asked


@pytest.mark.parametrize(
    ("text", "choice"),
    [("el primero", "a"), ("la segunda", "b"), ("the last one", "c"), ("número tres", "c"), ("el jueves", "c"),
     ("a las quince", "b"), ("de nueve a doce", "c"), ("el dos", "b"), ("JUEVES 26 de 9:00 a 12:00", "c")],
)  # fmt: skip
def test_pick(text: str, choice: str) -> None:
    found = pick(text, WINDOWS, "es")
    assert found is not None
    assert found.id == choice


@pytest.mark.parametrize("text", ["", "el miércoles", "ninguno", "el viernes", "no sé"])
def test_pick_nothing(text: str) -> None:
    assert pick(text, WINDOWS, "es") is None


@pytest.mark.parametrize(
    ("text", "choice"),
    [("la más barata", "drill bit"), ("the most expensive", "drill"), ("the cheapest one", "drill bit")],
)
def test_pick_by_price(text: str, choice: str) -> None:
    priced = (
        Choice("drill", "Drill, €1,299.90"),
        Choice("drill bit", "Drill bit, 45 €"),
        Choice("saw", "Saw, 1.299 €"),
    )
    found = pick(text, priced, "es")
    assert found is not None
    assert found.id == choice


def test_pick_the_last_of_none() -> None:
    assert pick("la última", (), "es") is None


@given(st.text(max_size=300), st.sampled_from(["es", "en"]))
def test_anything_is_read_without_harm(text: str, language: Language) -> None:
    assert yes_no(text) in (True, False, None)
    found = pick(text, WINDOWS, language)
    assert found is None or found in WINDOWS


@pytest.mark.parametrize(
    ("text", "title", "language", "other"),
    [
        ("el jueves a las once", "jueves 26 a las 11:00", "es", False),
        ("el cuatro de diciembre", "viernes 27 a las 9:20", "es", True),
        ("Friday the 4th", "Friday the 27th at 9:20", "en", True),
        ("the Friday one", "Friday the 27th at 9:20", "en", False),
    ],
)
def test_a_number_that_an_option_does_not_have(text: str, title: str, language: Language, other: bool) -> None:
    assert other_numbers(text, title, language) is other


@pytest.mark.parametrize(
    "text",
    ["great", "lovely, thank you", "brilliant, thanks", "sounds perfect", "that's lovely", "wonderful", "great stuff",
     "perfect, thank you so much", "cool, go for it", "that'll do", "yeah, go on then", "works for me",
     "genial, gracias", "estupendo, muchas gracias", "de lujo", "me viene bien", "vale, genial", "ok lovely"],
)  # fmt: skip
def test_joy_is_a_yes(text: str) -> None:
    assert yes_no(text) is True


@pytest.mark.parametrize(
    "text",
    ["not great", "great, but not on Friday", "thanks", "gracias", "lovely weather today", "I'm good", "no, great",
     "genial, pero otro día", "great service you have there", "how nice"],
)  # fmt: skip
def test_joy_that_is_no_yes(text: str) -> None:
    assert yes_no(text) is not True
