"""What people say beside the question: a number too soon, something in passing, the same again, another one as well."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

import models.sectors
from models.embed import Embedder
from runtime.agent import Heard, Language
from runtime.agent.database import Database
from runtime.agent.pack import load_pack
from runtime.agent.planner import Agent
from runtime.agent.route import Judge, make_router
from runtime.agent.slots import pick, yes_no
from runtime.messages import Choice
from tests.agent.conversation import TUESDAY, Conversation, count

pytestmark = pytest.mark.engine

Customer = Callable[..., Conversation]


@pytest.fixture(scope="module")
def judged(embedder: Embedder) -> Callable[[str], Judge]:
    @cache
    def made(name: str) -> Judge:
        pack = load_pack(Path(models.sectors.__file__).parent / name)
        return Judge(pack, make_router(pack, embedder), None)

    return made


@pytest.fixture
def customer(judged: Callable[[str], Judge], tmp_path: Path) -> Customer:
    """`customer("public", "en")`: somebody who calls the town hall."""

    def calls(name: str, language: Language) -> Conversation:
        pack = load_pack(Path(models.sectors.__file__).parent / name)
        store = Database(tmp_path / f"{name}.db", pack)
        store.prepare(TUESDAY)
        return Conversation(Agent(pack, store, judged(name), lambda: TUESDAY), language)

    return calls


def test_a_number_that_is_said_too_soon_is_not_asked_for_again(customer: Customer) -> None:
    citizen = customer("public", "es")
    citizen.say("quiero anular mi cita")
    citizen.say("es la cuatro uno cero cero cero uno")  # the locator, where the document is asked for
    assert "10:20" in citizen.say("12345678Z")
    assert count(citizen.agent.database, "effects") == 0


def test_a_number_in_two_parts_is_one_number(customer: Customer) -> None:
    citizen = customer("public", "es")
    citizen.say("quiero anular mi cita")
    citizen.say("uno dos tres cuatro cinco seis")
    assert "localizador" in citizen.say("siete ocho zeta")


def test_a_question_in_passing_is_about_what_is_being_done(customer: Customer) -> None:
    citizen = customer("public", "en")
    citizen.say("I need an appointment to register as a resident")
    citizen.say("23456789D")
    assert "register" in citizen.say("what papers do I have to bring?")
    assert citizen.state.stack[-1].flow == "book"
    assert "building permit" in citizen.say("and what papers for the building permit?")
    assert "Shall I book" in citizen.say("the first one")


@pytest.mark.parametrize("said", ["sí, adelante con ello", "sí, apúntemelo"])
def test_a_yes_that_nobody_asked_for_ends_nothing(customer: Customer, said: str) -> None:
    citizen = customer("public", "es")
    citizen.say("necesito cita para empadronarme")
    citizen.say("23456789D")
    citizen.say(said)
    assert citizen.reply.action == "go_on"
    assert citizen.state.stack[-1].step == "choose"
    assert count(citizen.agent.database, "effects") == 0


def test_the_same_again_at_a_read_back_is_no_yes_and_no_new_beginning(customer: Customer) -> None:
    citizen = customer("public", "es")
    citizen.say("necesito cita para empadronarme")
    citizen.say("23456789D")
    read_back = citizen.say("la primera")
    for said in ("quiero pedir cita para empadronarme", "necesito una cita para el padrón"):
        citizen.say(said)
        assert citizen.state.stack[-1].step == "sure"
    assert count(citizen.agent.database, "effects") == 0
    assert "Hecho" in citizen.say("sí")
    assert read_back.split(" a las ")[1][:4] in citizen.reply.messages[-1].text


def test_and_the_other_one(customer: Customer) -> None:
    client = customer("banking", "es")
    client.say("¿qué saldo tengo?")
    client.say("301245")
    client.say("con el PIN")
    pin = Heard("", "es", spoken=False, token=client.agent.keep(memoryview(b"4821")))
    _, client.state = client.agent.commit(client.agent.plan(client.state, pin, client.identity), client.identity)
    assert "2.350,75" in client.say("la corriente") or "2350,75" in client.reply.messages[-1].text
    assert "8000" in client.say("¿y en la de ahorro?").replace(".", "")


def test_what_may_be_fraud_goes_to_a_person(customer: Customer) -> None:
    client = customer("banking", "es")
    client.say("me ha escrito uno diciendo que era de ustedes y le he leído los números que me llegaron al móvil")
    assert client.reply.action == "to_person"


def test_what_nobody_can_tell_apart_is_the_first() -> None:
    same = [Choice("1", "Streaming service, €12.99"), Choice("2", "Streaming service, €12.99"), Choice("3", "Petrol")]
    found = pick("the streaming one", same, "en")
    assert found is not None
    assert found.id == "1"


@pytest.mark.parametrize("text", ["mmm, mejor me lo pienso y llamo luego", "I'll think about it", "hmm, I'll keep it"])
def test_put_off_is_a_no(text: str) -> None:
    assert yes_no(text) is False


@pytest.mark.parametrize("text", ["please do, quickly", "sí, rápido"])
def test_in_a_hurry_is_a_yes(text: str) -> None:
    assert yes_no(text) is True
