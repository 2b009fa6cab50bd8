"""What is said is made for the ear: the mistakes that `pack check` names, and what it leaves alone."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import models.sectors
from runtime.agent.pack import Pack, load_pack
from runtime.agent.style import Finding, for_the_ear, style

pytestmark = pytest.mark.unit

PACKS = sorted(path.parent for path in Path(models.sectors.__file__).parent.glob("*/pack.toml"))
# ruff: noqa: E501 - one phrase a line
WRONG = [
    (
        "Si quiere devolver algo que compró en la web hace menos de treinta días y que todavía está completo y sin usar, puede traerlo a cualquiera de nuestras tiendas.",
        "a sentence of",
    ),
    ("¿Qué producto busca? ¿De qué color?", "2 questions at once"),
    ("Puede pagar **sin intereses**.", "'**' is for the eye"),
    ("Lo tiene en [la web](https://casaroble.example).", "is for the eye"),
    ("Mire https://casaroble.example.", "'https://' is for the eye"),
    ("- Uno\n- Dos", "is for the eye"),
    ("Llame al 915551234.", "915551234 is too long"),
    ("Traiga el tique y/o la tarjeta.", "'y/o' can't be read aloud"),
    ("Abrimos todos los días (menos los festivos).", "'(menos los festivos)' can't be read aloud"),
    ("Tenemos tornillos, tacos, brocas y martillos.", "a list of more than 3"),
    ("You can pay by cash, card, phone or cheque.", "a list of more than 3"),
]
RIGHT = [
    "Hola, soy el asistente automático de {name}. Puedo decirle horarios, dónde está un producto o cómo va su pedido. ¿En qué le ayudo?",
    "No le oigo. Puede decirme, por ejemplo, «horario», «mi pedido» o «una persona».",
    "El pedido {found.number} está en camino con {found.carrier}. Llegará {found.due:day}, de {found.opens:time} a {found.closes:time}.",
    "Si hay alguien herido, llame al 112.",
    "Yes, we have {found.units} units of {found.product}, all models together.",
    "¿Cuándo le viene bien: {options}?",
]  # fmt: skip


@pytest.mark.parametrize(("phrase", "what"), WRONG)
def test_what_an_ear_cannot_follow(phrase: str, what: str) -> None:
    assert any(what in wrong for wrong in for_the_ear(phrase)), list(for_the_ear(phrase))


@pytest.mark.parametrize("phrase", RIGHT)
def test_what_it_can(phrase: str) -> None:
    assert list(for_the_ear(phrase)) == []


@given(phrase=st.text(max_size=200))
def test_any_phrase_is_looked_at(phrase: str) -> None:
    assert all(isinstance(wrong, str) for wrong in for_the_ear(phrase))


@pytest.mark.parametrize("folder", PACKS, ids=lambda path: path.name)
def test_packs_that_come_along_talk_well(folder: Path) -> None:
    assert style(load_pack(folder)) == []


@pytest.fixture
def folder(retail: Pack, tmp_path: Path) -> Path:
    return Path(shutil.copytree(retail.folder, tmp_path / "pack"))


def findings(folder: Path, file: str, old: str, new: str) -> tuple[list[Finding], int]:
    """What is found after one change, and the line on which it was made."""
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return style(load_pack(folder)), text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("phrases/es.toml", '["Dígame."]', '["Dime."]', "«Dime» in a pack that says «usted»"),
        ("phrases/en.toml", '["Go ahead."]', '["Go **ahead**."]', "say.go_ahead: '**' is for the eye"),
        ("phrases/en.toml", '["Go ahead."]', '["Go ahead.", "go ahead"]', "two variants are the same words"),
        ("knowledge/warranty.es.md", "Cubre", "Tu garantía cubre", "«Tu»"),
    ],
)
def test_a_slip_is_named_with_its_line(folder: Path, file: str, old: str, new: str, what: str) -> None:
    found, line = findings(folder, file, old, new)
    assert [(each.file, each.line) for each in found] == [(file, line)]
    assert what in found[0].what


def test_a_confirmation_has_other_words_for_the_second_time(folder: Path) -> None:
    phrases = (folder / "phrases/en.toml").read_text("utf-8")
    line = next(line for line in phrases.splitlines() if line.startswith('"change.confirm"'))
    first = line.split('", "')[0] + '"]'
    found, _ = findings(folder, "phrases/en.toml", line, first)
    assert [each.file for each in found] == ["flows/change_delivery.toml"]
    assert "'change.confirm' (en) needs two variants" in found[0].what


def test_a_pack_that_says_tu(folder: Path) -> None:
    found, _ = findings(folder, "pack.toml", 'address = "formal"', 'address = "familiar"')
    said = {each.what.split("»")[0].removeprefix("«").lower() for each in found}
    assert {"usted", "dígame", "ayudarle", "le paso"} & said >= {"dígame", "le paso"}
    assert not any(each.file.endswith(("en.toml", "en.md")) for each in found)
