import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.greetings import folded, judge

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "text",
    [
        "Please leave a message after the tone.", "You've reached Anna.", "You have reached the voice mail of",
        "I can't come to the phone right now", "The person at extension one two is unavailable.",
        "The number you have dialed is not in service.", "Press one for sales.",
        "Nobody is available to take your call",
        "Deje su mensaje después de la señal.", "Este es el buzón de voz de", "Ha llamado a la familia Ruiz.",
        "En este momento no puedo atenderle.", "El abonado no está disponible.", "Está apagado o fuera de cobertura.",
        "Después del tono, deje su recado.", "La persona en la extensión", "Al oír la señal",
    ],
)  # fmt: skip
def test_a_machine_s_words(text: str) -> None:
    assert judge(text) == "machine"


@pytest.mark.parametrize(
    "text",
    [
        "Hello?", "Yes, speaking.", "Good morning.", "Who is this?", "¿Diga?", "Sí, dígame.", "Hola, buenas.",
        "¿Quién es?", "¿Bueno?", "Hello, Maria speaking.",
    ],
)  # fmt: skip
def test_a_person_s_words(text: str) -> None:
    assert judge(text) == "person"


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for calling Blue River Hotel, this is Anna, how may I help you?",
        "Gracias por llamar a Hotel Río Azul, le atiende Ana, ¿en qué puedo ayudarle?",
        "Ferretería López, buenos días, dígame.", "Accounts department, Peter speaking, what can I do for you?",
        "Despacho Serrano, un momento, por favor.", "I can hear you.", "Le paso.", "", "…",
    ],
)  # fmt: skip
def test_people_who_answer_for_a_company_are_no_machines(text: str) -> None:
    assert judge(text) != "machine"


@given(st.text())
def test_anything_can_be_judged(text: str) -> None:
    assert judge(text) in ("person", "machine", "unsure")
    assert folded(folded(text)) == folded(text)
