"""Words that mean the same meet in one stem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.agent import Language
from runtime.agent.stems import make_stemmer, stem
from runtime.agent.words import fold

pytestmark = pytest.mark.unit

FAMILIES: list[tuple[Language, str]] = [
    ("es", "devolver devolución devoluciones devuelvo devuelven devolverlo"),
    ("es", "aparcar aparcamiento aparcamientos aparco aparque"),
    ("es", "cuesta cuestan coste costar"),
    ("es", "envío envíos enviar enviáis envía"),
    ("es", "garantía garantías"),
    ("es", "factura facturas facturar"),
    ("es", "recoger recojo recogida recogerlo"),
    ("en", "delivery deliveries deliver delivered"),
    ("en", "charge charger chargers charging"),
    ("en", "pay payment payments paying"),
    ("en", "install installation installed"),
]


@pytest.mark.parametrize(("language", "family"), FAMILIES, ids=lambda each: each.split()[0])
def test_a_family_has_one_stem(language: Language, family: str) -> None:
    assert len({stem(fold(word), language) for word in family.split()}) == 1


def test_question_words_and_numbers_are_dropped() -> None:
    assert make_stemmer("es", []).stems("¿Cuánto cuesta el envío de 3 cosas?") == ["cost", "env"]
    assert make_stemmer("en", []).stems("How much do you charge for 3 of them?") == ["charg"]


def test_words_of_one_meaning_are_one() -> None:
    stemmer = make_stemmer("es", ["aparcar, parking, dejar el coche"])
    assert stemmer.stems("¿Dónde puedo dejar el coche?") == stemmer.stems("¿hay parking?") == ["aparc"]
    assert stemmer.stems("dejar la maleta") == ["deg", "malet"]


@given(text=st.text(max_size=60), language=st.sampled_from(["es", "en"]))
def test_any_text_gives_words_that_can_be_searched_for(text: str, language: Language) -> None:
    assert all(each.isalnum() and each.isascii() for each in make_stemmer(language, ["a, b c"]).stems(text))
