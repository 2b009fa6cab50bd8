"""What is said by the way is kept: who they are, for which day, in another language, by another name."""

from collections.abc import Callable
from pathlib import Path

import pytest

import models.sectors
from models.embed import Embedder
from runtime.agent import Heard, Language
from runtime.agent.database import Database
from runtime.agent.pack import Pack, load_pack
from runtime.agent.planner import Agent
from runtime.agent.route import Judge, make_router
from tests.agent.conversation import TUESDAY, Conversation

pytestmark = pytest.mark.engine

Patient = Callable[..., Conversation]


@pytest.fixture(scope="module")
def health() -> Pack:
    return load_pack(Path(models.sectors.__file__).parent / "health")


@pytest.fixture(scope="module")
def health_judge(health: Pack, embedder: Embedder) -> Judge:
    return Judge(health, make_router(health, embedder), None)


@pytest.fixture
def patient(health: Pack, health_judge: Judge, tmp_path: Path) -> Patient:
    """A conversation with the clinic: `patient("en")`."""
    database = Database(tmp_path / "health.db", health)
    database.prepare(TUESDAY)
    agent = Agent(health, database, health_judge, lambda: TUESDAY)

    def begin(language: Language = "es") -> Conversation:
        return Conversation(agent, language)

    return begin


def test_who_they_are_with_what_they_want(patient: Patient) -> None:
    said = patient("en").say(
        "hi, my patient number is 205190, I was born in 1990, and I'd like to see the eye doctor on Monday"
    )
    assert "Monday the 30th" in said


@pytest.mark.parametrize(
    "year", ["1990", "el noventa", "nací en el 90", "mil novecientos noventa", "el cinco de enero del noventa"]
)
def test_a_year_as_people_say_it(patient: Patient, year: str) -> None:
    talk = patient()
    talk.say("quiero cita con el dermatólogo")
    talk.say("205190")
    assert "jueves 26" in talk.say(year)


def test_a_year_in_two_parts(patient: Patient) -> None:
    talk = patient("en")
    talk.say("I want to see the dermatologist")
    talk.say("205190")
    assert "1 9" in talk.say("nineteen")
    assert "Thursday the 26th" in talk.say("ninety")


def test_a_day_while_the_number_is_asked_for(patient: Patient) -> None:
    talk = patient()
    talk.say("quiero cita con el dermatólogo")
    assert "número" in talk.say("el lunes por la tarde")
    talk.say("205190")
    assert "lunes 30 a las 15" in talk.say("1990")


def test_a_doctor_says_what_for(patient: Patient) -> None:
    talk = patient("en")
    talk.say("I'd like to see Dr Aranda on Thursday morning please, it's for my knee")
    talk.say("205190")
    talk.say("1990")
    assert "Dr Aranda" in talk.say("the first one")


def test_another_doctor_at_the_read_back(patient: Patient) -> None:
    talk = patient("en")
    talk.say("can I get an appointment with the dermatologist")
    talk.say("205190")
    talk.say("1990")
    talk.say("the first one")
    talk.say("actually, could it be with Dr Mora instead?")
    assert "Dr Mora" in talk.say("the first one")


def test_the_very_hour_is_read_back(patient: Patient) -> None:
    talk = patient("en")
    talk.say("is there any chance of seeing a gynaecologist next Tuesday afternoon?")
    talk.say("205190")
    talk.say("1990")
    assert "December 1 at 17:30" in talk.say("half five if you have it")


def test_an_option_by_another_name(patient: Patient) -> None:
    talk = patient()
    talk.say("quiero anular una cita")
    talk.say("204733")
    talk.say("1951")
    assert "oftalmología" in talk.say("la del oculista")


def test_the_cheaper_one(patient: Patient) -> None:
    talk = patient("en")
    talk.say("I need to settle my bill")
    talk.say("204733")
    talk.say("1951")
    assert "€25" in talk.say("the cheaper one")


def test_a_specialty_in_the_other_language(patient: Patient) -> None:
    talk = patient()
    talk.say("quiero un appointment con el family doctor")
    talk.say("205190")
    assert "¿Cuándo le viene bien" in talk.say("1990")


def test_wait_and_leave_it_while_a_card_is_keyed_in(patient: Patient) -> None:
    talk = patient()
    talk.say("quiero pagar una factura")
    talk.say("204518")
    assert "tarjeta" in talk.say("1978")
    for _ in range(3):
        assert "espero" in talk.say("espere un momento, que busco la tarjeta")
    talk.say("déjelo, no la encuentro")
    assert talk.state.stack == ()


def test_the_other_one_of_two(patient: Patient) -> None:
    talk = patient("en")
    talk.say("I want to pay what I owe")
    talk.say("204733")
    talk.say("1951")
    talk.say("ophthalmology")
    plan = talk.agent.plan(talk.state, Heard("", "en", spoken=False, token="local-42"), talk.identity)
    talk.reply, talk.state = talk.agent.commit(plan, talk.identity)
    assert "€65" in talk.reply.messages[-1].text
    assert "€25" in talk.say("could you make it the other one?")


def test_a_no_answers_no_later_question(embedder: Embedder, tmp_path: Path) -> None:
    telecoms = load_pack(Path(models.sectors.__file__).parent / "telecoms")
    database = Database(tmp_path / "telecoms.db", telecoms)
    database.prepare(TUESDAY)
    agent = Agent(telecoms, database, Judge(telecoms, make_router(telecoms, embedder), None), lambda: TUESDAY)
    talk = Conversation(agent)
    talk.say("no me va internet, la línea es 910350127")
    talk.say("no, nada")
    assert "cable de fibra" in talk.say("está roja")
    assert not {"powered", "refitted", "works"} & set(talk.state.stack[-1].slots)
