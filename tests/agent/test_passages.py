"""Documents in pieces that can be said: nothing that could be said is lost, and nothing that nobody sees is said."""

from pathlib import Path

import pytest

from runtime.agent.knowledge import Section, load_knowledge
from runtime.agent.passages import MOST_WORDS, passages, sentences

pytestmark = pytest.mark.unit


def pieces(shown: str) -> list[str]:
    return [one.text for one in passages(Section("a#b", "es", "Título", "", shown), "Título")]


def test_two_sentences_too_long_to_be_followed_stand_alone() -> None:
    long, short = f"Esto {'sigue ' * (MOST_WORDS - 3)}aquí.", "Se devuelve en treinta días."
    assert pieces(f"{long} {short} Con el tique.") == [long, f"{short} Con el tique."]


def test_what_has_no_end_is_no_passage() -> None:
    assert pieces(f"Esto {'sigue ' * MOST_WORDS}aquí.") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dijo: «Vuelva mañana.» Y volvió.", ["Dijo: «Vuelva mañana.»", "Y volvió."]),
        ("It says (see below.) Then it ends.", ["It says (see below.)", "Then it ends."]),
        ('He said "no." Nobody came.', ['He said "no."', "Nobody came."]),
        ("El Sr. Ruiz atiende. Llame.", ["El Sr. Ruiz atiende.", "Llame."]),
    ],
)
def test_a_sentence_keeps_its_closing_marks(text: str, found: list[str]) -> None:
    assert sentences(text) == found


def test_a_comment_is_never_said(tmp_path: Path) -> None:
    text = "# Hours\n\n## Opening {#opening}\n<!-- ask Ana\n\nbefore --> We open at nine.\n\n<!-- never closed"
    (tmp_path / "hours.en.md").write_text(text, "utf-8")
    [section] = load_knowledge(tmp_path).values()
    assert section.spoken == section.shown == "We open at nine."
