"""What is said while listening, as a recogniser writes it."""

import pytest

from runtime.agent import Expect
from runtime.backchannel import is_backchannel, may_be_backchannel

pytestmark = pytest.mark.unit

ANYTHING = Expect()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mm-hmm.",
        "Uh-huh.",
        "Ajá",
        "¡Ah, vale!",
        "Sí, sí.",
        "Thank you.",
        "Muchas gracias.",
        "de acuermo",
        "I see, I see, I see.",
    ],
)
def test_listening_is_no_interruption_whichever_language_it_was_taken_for(text: str) -> None:
    assert is_backchannel(text, ANYTHING)


@pytest.mark.parametrize(
    "text", ["Stop.", "No", "espera", "Light bulbs", "okay but where is it", "okay good thank you all right"]
)
def test_what_asks_for_something_is_one(text: str) -> None:
    assert not is_backchannel(text, ANYTHING)


def test_a_yes_that_is_expected_is_an_answer() -> None:
    for kind in ("yes_no", "choice"):
        assert not is_backchannel("Vale.", Expect(kind))
        assert not may_be_backchannel("cc", Expect(kind))


def test_only_what_is_very_short_and_calls_for_nobody_may_have_been_misheard() -> None:
    assert may_be_backchannel("C, C", ANYTHING)
    assert may_be_backchannel("Tchau", ANYTHING)
    for text in ("Epera", "Wait", "no", "Weight", "Go waiting", "Pencil that"):
        assert not may_be_backchannel(text, ANYTHING), text
