"""Just what was asked for, and more or less than that."""

import pytest

from runtime.agent import Expect, Language
from runtime.agent.answers import answers

pytestmark = pytest.mark.unit

YES_NO, ORDER, ANYTHING = Expect("yes_no"), Expect("digits", digits=5, most=5), Expect()


@pytest.mark.parametrize(
    ("text", "language", "expect"),
    [
        ("Sí.", "es", YES_NO),
        ("No, thank you.", "en", YES_NO),
        ("48213", "es", ORDER),
        ("It is 4 8 2 1 3.", "en", ORDER),
        ("cuatro ocho dos uno tres", "es", ORDER),
    ],
)
def test_what_was_asked_for(text: str, language: Language, expect: Expect) -> None:
    assert answers(text, language, expect)


@pytest.mark.parametrize(
    ("text", "language", "expect"),
    [
        ("Sí.", "es", ANYTHING),
        ("¿Cuánto cuesta?", "es", YES_NO),
        ("", "en", YES_NO),
        ("482", "en", ORDER),
        ("48213", "en", Expect("digits", digits=5)),
        ("Where is my order?", "en", ORDER),
    ],
)
def test_what_was_not(text: str, language: Language, expect: Expect) -> None:
    assert not answers(text, language, expect)
