"""Names in spite of plurals, accents and small errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.agent import Language
from runtime.agent.database import Database
from runtime.agent.entities import EntityIndex, Term

pytestmark = pytest.mark.unit


@pytest.fixture
def products(database: Database) -> EntityIndex:
    with database.reading() as db:
        return EntityIndex(Term(*row) for row in db.execute("SELECT kind, language, term FROM kind_terms"))


@pytest.mark.parametrize(
    ("language", "text", "kind"),
    [
        ("es", "¿dónde están las bombillas?", "light_bulb"),
        ("es", "donde estan las bonbillas", "light_bulb"),
        ("es", "en que pasillo tienen los taladors", "drill"),
        ("es", "busco una mesa de jardín", "garden_furniture"),
        ("es", "cinta de carrocero", "masking_tape"),
        ("es", "una luz no, un flexo", "desk_lamp"),
        ("en", "where do I find light bulbs", "light_bulb"),
        ("en", "I need a garden hose", "garden_hose"),
        ("en", "where are the batteries", "battery"),
        ("en", "shower curtain", "shower_curtain"),
        ("en", "paintbrushes", "paintbrush"),
    ],
)
def test_found(products: EntityIndex, language: Language, text: str, kind: str) -> None:
    assert products.find(text, language)[0].id == kind


@pytest.mark.parametrize("text", ["", "¿dónde están los plátanos?", "where are the bananas", "¿a qué hora abrís?"])
def test_nothing(products: EntityIndex, text: str) -> None:
    assert products.find(text, "es") == []
    assert products.find(text, "en") == []


def test_every_term_finds_its_own_kind(products: EntityIndex, database: Database) -> None:
    with database.reading() as db:
        rows = db.execute("SELECT kind, language, term FROM kind_terms").fetchall()
    missed = [row for row in rows if row[0] not in {match.id for match in products.find(row[2], row[1])}]
    assert missed == []


def test_both_of_two_names(products: EntityIndex) -> None:
    assert {match.id for match in products.find("los tornillos y los martillos", "es")} == {"screw", "hammer"}


@given(st.text(max_size=300))
def test_anything_is_read_without_harm(text: str) -> None:
    index = EntityIndex([Term("a", "", "light bulb"), Term("b", "", "bulb")])
    for match in index.find(text, "en"):
        assert 0 < match.score <= 1
