"""«Usted» and «tú»: the forms that tell, and those that may be anything."""

import pytest

from runtime.agent.address import Address, slips

pytestmark = pytest.mark.unit

FAMILIAR = ["¿Qué quieres?", "Dime el número.", "Pulsa 1.", "Te paso con una persona.", "Trae tu tique.",
            "¿Tienes el número?", "Si prefieres, espera.", "Os lo llevamos.", "Puedes decirlo o marcarlo."]  # fmt: skip
FORMAL = ["Dígame el número.", "Pulse 1.", "Le paso con una persona.", "¿En qué puedo ayudarle?", "Usted decide.",
          "Vuelva a llamar.", "Perdone, no le he oído bien."]  # fmt: skip
NEITHER = ["La tienda abre a las nueve.", "Vuelve a abrir el lunes.", "El repartidor llama antes y espera fuera.",
           "La prueba dura una hora y la enfermera marca el sitio.", "De acuerdo, espero.", "¿Lo confirmo?",
           "Esto lo mira una persona.", "No lo oye nadie."]  # fmt: skip


def found(text: str, address: Address) -> list[str]:
    return [wrong for _, wrong in slips(f'x = ["{text}"]', "es", address)]


@pytest.mark.parametrize("text", FAMILIAR)
def test_tu_in_a_formal_pack(text: str) -> None:
    assert found(text, "formal")
    assert found(text, "familiar") == []


@pytest.mark.parametrize("text", FORMAL)
def test_usted_in_a_familiar_pack(text: str) -> None:
    assert found(text, "familiar")
    assert found(text, "formal") == []


@pytest.mark.parametrize("text", NEITHER)
def test_what_may_be_a_third_person_is_left_alone(text: str) -> None:
    assert found(text, "formal") == []
    assert found(text, "familiar") == []


def test_the_line_is_told() -> None:
    text = '# tú y usted\n[say]\nyes = ["Sí"]\n"order.ask" = ["¿Cuál es?", "Dime el número."]\n'
    assert [line for line, _ in slips(text, "es", "formal")] == [4]


def test_what_a_colleague_is_told_is_not_said_to_the_customer() -> None:
    assert list(slips('brief_accept = ["Pulse 1 para atenderle."]', "es", "familiar")) == []


def test_fields_and_english_are_left_alone() -> None:
    assert list(slips('x = ["{te.tu} hoy"]', "es", "formal")) == []
    assert list(slips('x = ["Te dime tú"]', "en", "formal")) == []
