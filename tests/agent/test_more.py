"""«¿Hay más?»: the next three choices, until there are no more."""

import pytest

from runtime.agent.more import wants_more
from tests.agent.conversation import Conversation, Talk

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    "text",
    ["¿hay más?", "¿y no tienen otras horas?", "más opciones", "ninguna me viene bien", "esas no me cuadran",
     "¿hay algo más tarde?", "otro día", "otra", "any more?", "anything else?", "what other times do you have?",
     "none of those work for me", "something later", "those don't suit me", "the next ones"],
)  # fmt: skip
def test_more(text: str) -> None:
    assert wants_more(text)


@pytest.mark.parametrize(
    "text",
    ["más despacio", "¿cuánto más tarda?", "is there more information?", "otro pedido", "nada más", "nothing else",
     "el segundo", "no", "una persona", "¿qué más hacen en la tienda?"],
)  # fmt: skip
def test_something_else(text: str) -> None:
    assert not wants_more(text)


def _offered(customer: Conversation) -> tuple[str, ...]:
    return tuple(choice.id for choice in customer.reply.messages[-1].choices)


def test_the_next_three_until_there_are_none(talk: Talk) -> None:
    customer = talk()
    customer.say("quiero cambiar la entrega del pedido 48213")
    seen = [_offered(customer)]
    for _ in range(30):
        said = customer.say("¿hay más?")
        if "No hay más" in said:
            break
        seen.append(_offered(customer))
    assert len(seen) > 2
    assert _offered(customer) == seen[0]
    offered = [each for page in seen for each in page]
    assert len(set(offered)) == len(offered)


def test_what_is_chosen_is_of_what_was_offered_last(talk: Talk) -> None:
    customer = talk("en")
    customer.say("I want to change the delivery of order 204816")
    customer.say("any more?")
    first, second, *_ = (choice.title for choice in customer.reply.messages[-1].choices)
    assert second in customer.say("the second one")
    assert first in customer.say("no, the first one")


def test_another_day_begins_with_its_first_choices(talk: Talk) -> None:
    customer = talk()
    customer.say("quiero cambiar la entrega del pedido 48213")
    customer.say("¿hay más?")
    assert "lunes 30 de 9:00" in customer.say("mejor el lunes 30")


def test_what_changes_nothing_is_said(talk: Talk) -> None:
    customer = talk()
    customer.say("quiero cambiar la entrega del pedido 48213")
    customer.say("por la tarde")
    assert "Es lo que hay" in customer.say("por la tarde")


def test_none_of_them_at_a_read_back(talk: Talk) -> None:
    customer = talk()
    customer.say("quiero cambiar la entrega del pedido 48213")
    customer.say("la primera")
    customer.say("¿no hay otra hora?")
    assert len(_offered(customer)) == 3
