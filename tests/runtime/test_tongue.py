"""The language of a conversation: one short sound does not turn it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.agent import Language
from runtime.tongue import SURE, Tongue

pytestmark = pytest.mark.unit

LANGUAGES = st.sampled_from(["es", "en"])
TURNS = st.lists(st.tuples(LANGUAGES, st.floats(0.1, 4.0)), max_size=12)


def test_the_first_words_decide_however_short() -> None:
    assert Tongue("en").hear("es", 0.4) == "es"


def test_one_short_word_does_not_turn_it_but_two_do() -> None:
    tongue = Tongue("en")
    tongue.hear("en", 1.0)
    assert tongue.hear("es", 0.4) == "en"
    assert tongue.hear("es", 0.4) == "es"


def test_a_sentence_turns_it() -> None:
    tongue = Tongue("en")
    tongue.hear("en", 1.0)
    assert not tongue.sure
    assert tongue.hear("es", SURE) == "es"
    assert tongue.sure


@given(LANGUAGES, TURNS)
def test_it_is_always_the_language_last_believed(start: Language, turns: list[tuple[Language, float]]) -> None:
    tongue = Tongue(start)
    for found, voiced in turns:
        before = tongue.language
        after = tongue.hear(found, voiced)
        assert after in {before, found}
        assert after == tongue.language
        assert voiced < SURE or after == found


@given(LANGUAGES, LANGUAGES)
def test_what_the_customer_chose_is_kept(start: Language, chosen: Language) -> None:
    tongue = Tongue(start)
    tongue.choose(chosen)
    assert tongue.sure
    assert tongue.language == chosen
