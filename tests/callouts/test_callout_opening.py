"""How a call that we placed begins, against the words of the pack itself."""

from collections.abc import Callable, Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.agent import DialogState, Heard, Language, Plan, Reply, Value
from runtime.agent.pack import load_pack
from runtime.callouts.opening import PHRASES, Opening
from runtime.callouts.request import Consent, Outcome, Request
from runtime.messages import Message
from runtime.minds import pack_folder

pytestmark = pytest.mark.unit

PACK = load_pack(pack_folder("retail"))
SECRET = "Su pedido 4711 llega mañana a las diez."


class Counter:
    """The pack's planner, as far as an opening needs it: says its phrases, and answers everything with one word."""

    def open(self, language: Language, channel: str) -> tuple[Reply, DialogState]:
        raise AssertionError("the opening greets")

    def plan(self, state: DialogState, heard: Heard, conversation: str) -> Plan:
        return Plan(heard, "pack", 1.0, "test", (), Reply((Message("Claro."),)), DialogState())

    def commit(self, plan: Plan, conversation: str) -> tuple[Reply, DialogState]:
        assert plan.reply is not None
        return plan.reply, plan.state

    def fixed(self, language: Language) -> Iterable[str]:
        return ()

    def hint(self, language: Language) -> str:
        return ""

    def drills(self) -> Iterable[Callable[[], object]]:
        return ()

    def say(self, code: str, language: Language, fields: Mapping[str, Value]) -> str:
        from datetime import date

        return PACK.phrases[language].say(code, fields, date(2026, 11, 25))

    def phrase(self, code: str, language: Language) -> str:
        return self.say(code, language, {})

    def brief(self, story: object, language: Language) -> list[str]:
        return []


class Talk:
    def __init__(self, language: Language = "es", person: str = "Ana López") -> None:
        consent = Consent(("delivery",), 1.0, "form")
        request = Request("r1", "C-17", "+34600111222", "delivery", consent, language, "un pedido", SECRET, person)
        self.outcome: Outcome | None = None
        self.language = language
        self.planner = Opening(Counter(), request, self.decided)
        reply, self.state = self.planner.open(language, "phone")
        self.greeting = reply.messages[0].text
        self.said = [self.greeting]

    def decided(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def hear(self, text: str, choice: str = "") -> Reply:
        plan = self.planner.plan(self.state, Heard(text, self.language, choice=choice), "c1")
        reply, self.state = plan.reply, plan.state
        if plan.effects:
            reply, self.state = self.planner.commit(plan, "c1")
        assert reply is not None
        self.language = reply.language or self.language
        self.said += [message.text for message in reply.messages]
        return reply


def test_who_is_called_is_not_recorded() -> None:
    assert Talk().planner.recording.mode == "never"


def test_every_language_of_the_pack_has_the_words() -> None:
    for phrases in PACK.phrases.values():
        assert all(code in phrases for code in PHRASES)


def test_it_says_who_calls_why_that_no_person_speaks_and_asks_who_is_there() -> None:
    talk = Talk()
    for part in ("Casa Roble", "automático", "no soy una persona", "un pedido", "Ana López"):
        assert part in talk.greeting
    assert "4711" not in talk.greeting


@pytest.mark.parametrize("yes", ["Sí.", "Sí, soy yo.", "Al habla.", "Sí, dígame.", "Soy yo."])
def test_the_right_person_is_told(yes: str) -> None:
    talk = Talk()
    reply = talk.hear(yes)
    assert SECRET in reply.messages[0].text
    assert talk.outcome == "reached"
    assert talk.hear("¿A qué hora abren?").messages[0].text == "Claro."  # the pack goes on


@pytest.mark.parametrize("yes", ["Yes.", "Yes, speaking.", "Speaking.", "This is she.", "Yeah, it's me."])
def test_the_right_person_is_told_in_english(yes: str) -> None:
    talk = Talk("en", "Ana")
    talk.hear(yes)
    assert talk.outcome == "reached"


@pytest.mark.parametrize(
    "no",
    ["No.", "No, se ha equivocado.", "No está en casa.", "No, no soy Ana.", "Ya no vive aquí.", "Número equivocado."],
)
def test_nobody_else_is_told_anything(no: str) -> None:
    talk = Talk()
    assert talk.hear(no).action == "goodbye"
    assert talk.outcome == "wrong_person"
    assert not any("4711" in said for said in talk.said)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("No me llamen más.", "es"), ("No quiero más llamadas.", "es"), ("No vuelvan a llamarme.", "es"),
        ("Dejen de llamar.", "es"), ("Quiten mi número de la lista.", "es"), ("No me llames nunca más.", "es"),
        ("Don't call me again.", "en"), ("Stop calling me!", "en"), ("No more calls, please.", "en"),
        ("Remove me from your list.", "en"), ("Take my number off your list.", "en"), ("Never call here again.", "en"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("after", [(), ("Sí.",)])
def test_who_wants_no_calls_is_heard_at_any_time(text: str, language: Language, after: tuple[str, ...]) -> None:
    talk = Talk(language)
    for said in after:
        talk.hear(said)
    assert talk.hear(text).action == "goodbye"
    assert talk.outcome == "declined"


@pytest.mark.parametrize("text", ["Llámeme mañana.", "No puedo hablar ahora.", "¿Me llama luego?"])
def test_another_time_is_not_never(text: str) -> None:
    talk = Talk()
    talk.hear(text)
    assert talk.outcome != "declined"


def test_who_calls_is_said_again_and_somebody_else_is_waited_for() -> None:
    talk = Talk()
    assert talk.hear("¿Quién es?").messages[0].text == talk.greeting
    assert talk.hear("Un momento, ahora se pone.").messages[0].text == "De acuerdo, espero."
    assert talk.hear("¿Diga?").messages[0].text == talk.greeting
    talk.hear("Sí.")
    assert talk.outcome == "reached"


def test_a_machine_that_passed_for_a_person_is_left_without_a_word() -> None:
    talk = Talk("en")
    reply = talk.hear("You have reached the Smith family, leave a message after the beep.")
    assert (reply.action, reply.messages) == ("goodbye", ())
    assert talk.outcome == "machine"


def test_what_is_not_understood_is_asked_once_more() -> None:
    talk = Talk()
    assert talk.hear("Llueve en Sevilla.").action == "go_on"
    assert talk.hear("Llueve en Sevilla.").action == "goodbye"
    assert talk.outcome == "wrong_person"


def test_a_person_can_be_asked_for_and_the_language_changed() -> None:
    talk = Talk()
    assert talk.hear("", choice="person").action == "to_person"
    reply = talk.hear("In English, please.")
    assert reply.language == "en"
    assert "automatic assistant" in reply.messages[0].text


def test_without_a_name_whoever_answers_is_asked_for_a_moment() -> None:
    talk = Talk(person="")
    assert "¿Puede atenderme un momento?" in talk.greeting
    assert SECRET in talk.hear("Sí, sí.").messages[0].text


@given(st.text(max_size=60), st.sampled_from(["es", "en"]))
def test_whatever_is_said_nothing_personal_is_told_to_whom_is_not_known(text: str, language: Language) -> None:
    talk = Talk(language)
    talk.hear(text)
    assert any("4711" in said for said in talk.said) == (talk.outcome == "reached")
