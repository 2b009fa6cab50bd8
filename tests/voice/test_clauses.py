"""Clauses: the first is short, nothing is lost, and what belongs together stays together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.tts.clauses import FIRST_WORDS, LETTERS, WORDS, plain, split

pytestmark = pytest.mark.unit

WHOLE = [
    "9:30 a. m.",
    "12,50 €",
    "€ 12.50",
    "1 234,56 euros",
    "24 de noviembre de 2026",
    "November 24, 2026",
    "91 123 45 67",
    "de 9:00 a 21:00",
    "from 9 to 21",
    "ana.perez@tienda.example",
    "Av. de la Paz",
    "Sr. García",
    "Dr. Smith",
    "3 kg",
    "2 de 3",
    "J. R. Pérez",
    "3.141,59",
]

FILLER = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliett", "kilo", "lima"]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", []),
        ("Hello.", ["Hello."]),
        ("No lo sé. ¿Quiere que le pase con una persona?", ["No lo sé.", "¿Quiere que le pase con una persona?"]),
        ("I'm sorry, I don't know that.", ["I'm sorry,", "I don't know that."]),
        ("Sí, claro.", ["Sí, claro."]),
        (
            "Sí, abrimos de lunes a sábado de 9:00 a 21:00, y los domingos de 10:00 a 15:00.",
            ["Sí, abrimos de lunes a sábado", "de 9:00 a 21:00, y los domingos de 10:00 a 15:00."],
        ),
        (
            "Your order 48213 was sent on November 24, 2026 and it will arrive tomorrow at your address.",
            ["Your order 48213 was sent", "on November 24, 2026 and it will arrive tomorrow at your address."],
        ),
        (
            "You can pay in the shop but we need the receipt that you got with it in your parcel.",
            ["You can pay in the shop", "but we need the receipt that you got with it in your parcel."],
        ),
        ("Está en la Av. Mayor 3, junto al Sr. Gil.", ["Está en la Av. Mayor 3,", "junto al Sr. Gil."]),
        ("No. We close at nine.", ["No.", "We close at nine."]),
        ("It costs $3. Do you want it?", ["It costs $3.", "Do you want it?"]),
    ],
)
def test_cases(text: str, clauses: list[str]) -> None:
    assert split(text) == clauses


@pytest.mark.parametrize("whole", WHOLE)
@pytest.mark.parametrize("before", range(len(FILLER)))
def test_what_belongs_together_is_never_cut(whole: str, before: int) -> None:
    text = " ".join([*FILLER[:before], whole, *FILLER])
    assert any(whole in clause for clause in split(text)), split(text)


def test_the_first_clause_of_a_long_sentence_is_short() -> None:
    text = "we bring every order that you make before noon home to you on the same day without any cost"
    assert len(split(text)[0].split()) <= FIRST_WORDS + 1


pieces = st.sampled_from(
    [
        "hola",
        "y",
        "pero,",
        "9:30",
        "12,50",
        "€",
        "Sr.",
        "fin.",
        "¿qué?",
        "de",
        "x" * 700,
        "a.m.",
        "24",
        "noviembre",
        "—",
    ]
)
texts = st.one_of(st.text(), st.lists(pieces, max_size=80).map(" ".join))


@given(texts)
def test_nothing_is_lost_and_nothing_is_added(text: str) -> None:
    assert "".join("".join(split(text)).split()) == "".join(text.split())


@given(texts)
def test_no_clause_is_empty_or_endless(text: str) -> None:
    for clause in split(text):
        assert clause.strip()
        assert len(clause) <= LETTERS
        assert len(clause.split()) <= WORDS


@given(st.text())
def test_plain_text_is_safe_for_engines(text: str) -> None:
    written = plain(text)
    assert "\0" not in written
    assert "[[" not in written
    assert "]]" not in written
    written.encode()
    assert bool(written) == any(letter.isalnum() for letter in text)
