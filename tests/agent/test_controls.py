"""What works at any moment: wait, say it again, leave it; each with a way on."""

import pytest

from runtime.agent.controls import called_off, control
from runtime.agent.database import Database
from tests.agent.conversation import Talk, count

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    "text",
    ["espere un momento, que busco la tarjeta", "un segundo", "hang on, it's still starting", "let me check",
     "a ver, un momentito", "deme un minuto por favor", "hold on a sec", "espera, que lo busco"],
)  # fmt: skip
def test_wait(text: str) -> None:
    assert control(text) == "hold"


@pytest.mark.parametrize(
    "text",
    ["espera, que sea el viernes", "wait, no", "hang on, what does it cost?", "un momento, 48213", "espera, no",
     "let me see the other times", "espera que no es ese"],
)  # fmt: skip
def test_more_than_wait(text: str) -> None:
    assert control(text) != "hold"


@pytest.mark.parametrize(
    "text",
    ["sorry, what was that?", "could you say those again", "perdona, ¿qué decías?", "¿cuáles eran?",
     "dígamelo otra vez", "which were the times again?", "¿me lo repites?"],
)  # fmt: skip
def test_again(text: str) -> None:
    assert control(text) == "repeat"


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("uf, déjalo, ya iré yo a la tienda", "ya iré yo a la tienda"),
        ("bueno no, déjela, la anulo otro día", "la anulo otro día"),
        ("never mind, I'll call back later", "I'll call back later"), ("me he equivocado, anúlelo", ""),
        ("olvídalo, ¿a qué hora abrís?", "¿a qué hora abrís?"),
    ],
)  # fmt: skip
def test_called_off(text: str, rest: str) -> None:
    assert called_off(text) == rest


@pytest.mark.parametrize("text", ["déjalo en la puerta", "no, gracias. ¿Me da cita?", "cancel my order, it's 48213"])
def test_not_called_off(text: str) -> None:
    assert called_off(text) is None


def test_who_looks_for_a_number_is_waited_for(talk: Talk) -> None:
    customer = talk()
    customer.say("¿cómo va mi pedido?")
    for _ in range(4):
        assert "espero" in customer.say("espere, que lo busco")
    assert "48213" in customer.say("48213")


def test_said_again_is_the_last_thing_of_substance(talk: Talk) -> None:
    customer = talk()
    offered = customer.say("quiero cambiar la entrega del pedido 48213")
    assert customer.say("🙂") != offered
    assert customer.say("¿qué decías?") == offered
    customer.say("un momento")
    assert customer.say("¿me lo repites?") == offered


def test_left_with_a_reason(talk: Talk, database: Database) -> None:
    customer = talk()
    customer.say("quiero devolver el pedido 84033")
    assert "no devuelvo nada" in customer.say("uf, déjalo, ya iré yo a la tienda")
    customer.say("quiero devolver el pedido 48215")
    assert "no he cambiado nada" in customer.say("uf, déjalo, ya iré yo a la tienda")
    customer.say("sí")
    assert count(database, "effects") == 0


def test_left_for_something_else(talk: Talk) -> None:
    customer = talk()
    customer.say("quiero devolver el pedido 84033")
    said = customer.say("olvídalo, ¿a qué hora abren el domingo?")
    assert "abre el domingo" in said
    assert "Seguimos" not in said


def test_called_off_once_it_is_done(talk: Talk) -> None:
    customer = talk()
    customer.say("quiero devolver el pedido 84033")
    customer.say("sí")
    assert "200001" in customer.say("uy, espere, que me he equivocado, anúlelo")


def test_no_is_not_goodbye_in_the_middle_of_a_fault(talk: Talk) -> None:
    customer = talk()
    customer.say("¿cuánto cuesta el envío?")
    customer.say("no funciona")
    assert customer.reply.action == "go_on"


@pytest.mark.parametrize("text", ["estoy buscando tacos de pared", "voy a buscar una lámpara"])
def test_who_looks_for_a_product_is_not_waited_for(text: str) -> None:
    assert control(text) is None
