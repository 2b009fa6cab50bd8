"""Speech to somebody else is told from speech to the counter, by sentences that are no examples of either."""

import tomllib
from pathlib import Path

import pytest

from models.embed import load
from models.store import Store
from runtime.agent.asides import Asides
from runtime.agent.pack import load_pack
from runtime.overheard import HARDLY, PERHAPS

pytestmark = pytest.mark.engine

RETAIL = Path(__file__).parents[2] / "models" / "sectors" / "retail"
TO_OTHERS = (
    "Déjame ver, cielo, ahora te lo digo.", "Sal de ahí, que te vas a hacer daño.", "¿Tú qué piensas, Ana?",
    "Mamá, estoy en la cola, luego hablamos.", "Let me see, dear, I'll tell you in a minute.",
    "Get out of there, you'll hurt yourself.", "What do you think, Anna?", "Mum, I'm in the queue, talk to you later.",
)  # fmt: skip


@pytest.fixture(scope="module")
def asides() -> Asides:
    return Asides(load_pack(RETAIL), load(Store()))


def test_most_of_what_people_say_to_others_is_known_as_that(asides: Asides) -> None:
    chances = [asides.for_us(text) for text in TO_OTHERS]
    assert sum(chance < PERHAPS for chance in chances) >= 6, chances


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_customers_say_is_hardly_ever_taken_for_an_aside(asides: Asides, language: str) -> None:
    table = tomllib.loads((Path(__file__).parent / f"heldout_{language}.toml").read_text("utf-8"))
    said = [text for texts in table.values() for text in texts if len(text.split()) > 1]
    assert len(said) > 100
    chances = [asides.for_us(text) for text in said]
    assert sum(chance < PERHAPS for chance in chances) <= 0.02 * len(said)
    assert sum(chance < HARDLY for chance in chances) <= 0.01 * len(said)
