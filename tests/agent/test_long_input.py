"""What is typed at a counter may be any length of anything: the rules read it once, however it is made."""

from collections.abc import Callable

import pytest

from runtime.agent.controls import called_off, control, injected
from runtime.agent.guard import abuse, danger
from runtime.agent.more import wants_earlier, wants_more
from runtime.agent.person import asks_for_person
from runtime.agent.readers.identifier import _BEGUN
from runtime.agent.slots import is_question, refuses, says_yes
from runtime.agent.wish import wished
from runtime.agent.words import fluent

pytestmark = pytest.mark.unit

LENGTH = 300_000
"""Characters. Read once that is a second at most; read again for each of them, hours."""


@pytest.mark.parametrize("rule", [injected, danger, abuse])
@pytest.mark.parametrize("piece", ["\n", " ", "\r\n\t", "a", "a_", '{"', "<", "ignora la ", "no ", "it s "])
def test_patterns_read_once(rule: Callable[[str], object], piece: str) -> None:
    assert not rule((piece * (LENGTH // len(piece))) + "x")


@pytest.mark.parametrize("rule", [control, asks_for_person])
@pytest.mark.parametrize("piece", ["\n", "a", "no que ", "quiero ", "con ", "1."])
def test_words_read_once(rule: Callable[[str], object], piece: str) -> None:
    assert not rule((piece * (LENGTH // 3 // len(piece))) + "x")


@pytest.mark.parametrize("rule", [is_question, says_yes, _BEGUN.fullmatch])
@pytest.mark.parametrize("piece", ["9", "a", "A1", "@", "A 1 ", "-"])
def test_answers_are_read_once(rule: Callable[[str], object], piece: str) -> None:
    """A number of 2,000 digits took a minute to be taken for no question, and an account number for ever."""
    assert not rule(f"ES12{piece * (LENGTH // 3 // len(piece))}a_")


@pytest.mark.parametrize("rule", [called_off, wants_more, wants_earlier, refuses, wished, fluent])
@pytest.mark.parametrize("times", [18, 10_000])
@pytest.mark.parametrize(
    "piece", ["las ", "algun ", "hay ", "no ", "mas ", "un poco mas ", "any more ", "espere ", "vale, ", "a ", "can I "]
)
def test_the_same_word_again_and_again_is_read_once(rule: Callable[[str], object], times: int, piece: str) -> None:
    """Sixty times «las» was for ever: two ways to read it are a million to read it twenty times."""
    rule(f"{piece * times}x")
