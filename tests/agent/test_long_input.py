"""What is typed at a counter may be any length of anything: the rules read it once, however it is made."""

from collections.abc import Callable

import pytest

from runtime.agent.controls import control, injected
from runtime.agent.guard import abuse, danger
from runtime.agent.person import asks_for_person

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
