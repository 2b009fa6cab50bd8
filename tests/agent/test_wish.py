"""A wish put as a question is a correction of what was read back; other questions stay questions."""

import pytest

from runtime.agent.database import Database
from runtime.agent.wish import wished
from tests.agent.conversation import Talk, count

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    "text",
    ["¿puede ser el viernes?", "perdone, ¿podría ser por la tarde?", "¿y el martes?", "¿y si lo dejamos para el lunes?",
     "could you make it two?", "oh sorry, can we do Friday instead?", "what about the 3rd?", "how about Monday?"],
)  # fmt: skip
def test_a_wish(text: str) -> None:
    assert wished(text)


@pytest.mark.parametrize(
    "text",
    ["el viernes", "¿a qué hora abren?", "¿cuánto cuesta?", "what time do you open on Friday?", "how much is it?",
     "can you tell me the price?", "¿cuándo llega?"],
)  # fmt: skip
def test_no_wish(text: str) -> None:
    assert wished(text) is None


def test_nothing_else_may_be_said_in_a_question_without_a_wish() -> None:
    found = wished("¿el viernes?")
    assert found is not None
    assert found.most == 0


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("¿puede ser la primera?", "lámpara"), ("perdón, ¿podría ser todo el pedido?", "todo el pedido"),
        ("could I have the first one instead?", "lámpara"), ("¿y la primera?", "lámpara"),
    ],
)  # fmt: skip
def test_another_choice_is_read_back_anew(talk: Talk, database: Database, text: str, read: str) -> None:
    customer = talk()
    customer.say("quiero devolver el pedido 48215")
    assert "bombilla" in customer.say("la segunda")
    said = customer.say(text)
    assert read in said
    assert "¿Lo confirmo?" in said
    assert count(database, "returns") == 0


def test_another_order_is_read_back_anew(talk: Talk) -> None:
    customer = talk("en")
    customer.say("I want to return order 84033")
    assert "48215" not in customer.say("the first one")
    assert "ceiling lamp" in customer.say("oh sorry, could you make that order 48215 instead?")


def test_a_question_at_a_read_back_is_answered(talk: Talk) -> None:
    customer = talk()
    customer.say("quiero cambiar la entrega del pedido 48213")
    customer.say("la primera")
    assert "abre" in customer.say("¿a qué hora abren el sábado?")
    assert "jueves 26" in customer.say("sí")


def test_a_wish_for_another_day_offers_what_there_is(talk: Talk) -> None:
    customer = talk()
    customer.say("quiero cambiar la entrega del pedido 48213")
    customer.say("la primera")
    assert "viernes 27 de 9:00" in customer.say("¿puede ser el viernes?")
    assert "48213" in customer.say("la primera")
    assert "huecos" in customer.say("¿puede ser otro día?") or "viene bien" in customer.reply.messages[-1].text


def test_a_wish_after_the_deed_is_read_back(talk: Talk, database: Database) -> None:
    customer = talk("en")
    customer.say("I want to change the delivery of order 204816")
    customer.say("the first one")
    customer.say("lovely")
    assert count(database, "effects") == 1
    said = customer.say("oh, could it be Saturday instead?")
    assert "Saturday" in said
    assert count(database, "effects") == 1
