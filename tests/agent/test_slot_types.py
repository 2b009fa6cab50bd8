"""Each type of slot through a whole flow: asked, read, read back, corrected, confirmed, done once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from runtime.agent import Language
from runtime.agent.database import Database
from runtime.agent.fill import said_slots
from runtime.agent.ground import Ground
from runtime.agent.pack import load_pack
from runtime.agent.planner import Agent
from runtime.agent.readers import reader, types
from runtime.agent.route import Judge
from runtime.agent.words import fold
from tests.agent.conversation import TUESDAY, Conversation
from tests.agent.slot_pack import slot_pack

pytestmark = pytest.mark.engine

Talk = Callable[..., Conversation]


@pytest.fixture
def about(judge: Judge, tmp_path: Path) -> Talk:
    """A conversation that has just been asked for the first slot: `about({"when": ('type = "date"', "day")}, "en")`."""

    def begin(slots: dict[str, tuple[str, str]], language: Language = "es") -> Conversation:
        pack = load_pack(slot_pack(tmp_path, slots))
        database = Database(tmp_path / "toy.db", pack)
        database.prepare(TUESDAY)
        talk = Conversation(Agent(pack, database, judge, lambda: TUESDAY), language)
        talk.say("", "intent:store_address")
        return talk

    return begin


def written(talk: Conversation) -> list[str]:
    with talk.agent.database.reading() as db:
        return [value for (value,) in db.execute("SELECT value FROM written")]


# ruff: noqa: E501 - one conversation a line
ONE = [
    ('type = "count"', "", "es", "cuatro", "✓ 4?", "no, cinco", "✓ 5?", "5"),
    ('type = "count"', "", "en", "a couple, please", "✓ 2?", "no, make it three", "✓ 3?", "3"),
    ('type = "amount"', "money", "es", "veinte euros con cincuenta", "✓ 20,50 €?", "no, treinta euros", "✓ 30 €?", "3000"),
    ('type = "amount"', "money", "en", "twenty fifty", "✓ €20.50?", "sorry, I meant 25 euros", "✓ €25?", "2500"),
    ('type = "date"', "day", "es", "el martes que viene", "✓ el martes 1 de diciembre?", "no, el cinco", "✓ el sábado 5 de diciembre?", "2026-12-05"),
    ('type = "date"', "day", "en", "next friday", "✓ on Friday, December 4?", "no, the fifth", "✓ on Saturday, December 5?", "2026-12-05"),
    ('type = "time"', "clock", "es", "a las cinco y media", "✓ 17:30?", "no, a las seis menos cuarto", "✓ 17:45?", "17:45"),
    ('type = "time"', "clock", "en", "half past nine in the morning", "✓ 9:30?", "actually, ten", "✓ 10:00?", "10:00"),
    ('type = "moment"', "moment", "es", "el martes que viene por la tarde", "✓ el martes 1 de diciembre por la tarde?", "no, el miércoles", "✓ mañana por la tarde?", "2026-11-25 afternoon"),
    ('type = "moment"', "moment", "en", "tomorrow at five", "✓ tomorrow at 17:00?", "no, at six", "✓ tomorrow at 18:00?", "2026-11-25 18:00"),
    ('type = "number"\ndigits = [5, 6]', "", "es", "cuarenta y ocho dos trece", "✓ 48213?", "no, quince", "✓ 48215?", "48215"),
    ('type = "day"', "day", "en", "on Sunday", "✓ on Sunday, November 29?", "no, Saturday", "✓ on Saturday, November 28?", "2026-11-28"),
    ('type = "phone"', "phone", "es", "seiscientos doce, treinta y cuatro, cincuenta y seis, setenta y ocho", "✓ 612 34 56 78?", "no, es el seis uno dos tres cuatro cinco seis siete nueve", "✓ 612 34 56 79?", "+34612345679"),
    ('type = "phone"', "phone", "en", "plus four four two oh seven, nine four six, oh nine five eight", "✓ +44 20 7946 0958?", "sorry, it's 612 345 678", "✓ 612 34 56 78?", "+34612345678"),
    ('type = "postcode"', "", "es", "veintiocho cero trece", "✓ 28013?", "no, el cero ocho cero uno nueve", "✓ 08019?", "08019"),
    ('type = "postcode"\nregion = "GB"', "", "en", "S W one A, one double A", "✓ SW1A 1AA?", "no, EC1A 1BB", "✓ EC1A 1BB?", "EC1A 1BB"),
    ('type = "email"', "", "es", "ana punto lópez arroba gmail punto com", "✓ ana.lopez@gmail.com?", "no, es luis arroba gmail punto com", "✓ luis@gmail.com?", "luis@gmail.com"),
    ('type = "email"', "", "en", "it's j o h n dot smith at example dot co dot uk", "✓ john.smith@example.co.uk?", "sorry, john@example.com", "✓ john@example.com?", "john@example.com"),
    ('type = "code"\npattern = "@@-####"', "", "es", "B de Barcelona, hache, cuatro siete uno dos", "✓ BH-4712?", "no, be ese cuatro siete uno tres", "✓ BS-4713?", "BS-4713"),
    ('type = "code"\npattern = "@##@"', "spelled", "en", "N for November, four seven, zed", "✓ N, 4, 7, Z?", "actually, bravo four seven whiskey", "✓ B, 4, 7, W?", "B47W"),
    ('type = "identifier"\nof = "nif"', "", "es", "doce treinta y cuatro cincuenta y seis setenta y ocho, zeta", "✓ 12345678Z?", "no, equis 1234567 ele", "✓ X1234567L?", "X1234567L"),
    ('type = "identifier"\nof = "iban"', "", "en", "ES91 2100 0418 4502 0005 1332", "✓ ES9121000418450200051332?", "sorry, GB82 WEST 1234 5698 7654 32", "✓ GB82WEST12345698765432?", "GB82WEST12345698765432"),
    ('type = "name"', "", "es", "me llamo ana lópez", "✓ Ana López?", "no, el nombre es Eva López", "✓ Eva López?", "Eva López"),
    ('type = "name"', "spelled", "en", "S M Y T H E", "✓ S, M, Y, T, H, E?", "no, the name is Smith", "✓ S, M, I, T, H?", "Smith"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("toml", "said_as", "language", "answer", "read_back", "correction", "corrected", "value"),
    ONE,
    ids=[f"{row[2]}-{row[3]}" for row in ONE],
)
def test_a_whole_flow(
    about: Talk, toml: str, said_as: str, language: Language, answer: str, read_back: str, correction: str,
    corrected: str, value: str,
) -> None:  # fmt: skip
    talk = about({"it": (toml, said_as)}, language)
    assert talk.say(answer) == read_back
    assert talk.say(correction) == corrected
    assert written(talk) == []
    talk.say("sí" if language == "es" else "yes")
    assert written(talk) == [value]


def test_every_type_is_a_file_with_a_reader() -> None:
    assert {"count", "amount", "date", "time", "moment", "number", "day", "entity", "choice", "secret"} <= set(types())
    assert all(reader(kind) for kind in types())


@pytest.mark.parametrize(
    ("toml", "language", "answer", "why"),
    [
        ('type = "date"', "es", "el 31 de febrero", "no existe"),
        ('type = "date"', "es", "el miércoles 24 de noviembre", "no existe"),
        ('type = "date"', "en", "March 3rd 2025", "has passed"),
        ('type = "date"\nwhen = "past"', "es", "el 5 de mayo de 2031", "todavía no"),
        ('type = "count"\nbetween = [1, 9]', "es", "cincuenta", "entre 1 y 9"),
        ('type = "identifier"\nof = "nif"', "es", "12345678A", "no cuadra"),
        ('type = "identifier"\nof = "nif"', "es", "uno dos tres cuatro cinco seis siete ocho a", "no cuadra"),
        ('type = "identifier"\nof = "iban"', "en", "ES91 2100 0418 4502 0005 1333", "add up"),
        ('type = "phone"', "es", "cinco cinco cinco uno dos tres cuatro cinco seis", "no existe"),
        ('type = "postcode"', "es", "99123", "no existe"),
        ('type = "email"', "es", "ana arroba gmail", "falta algo"),
        ('type = "code"\npattern = "@@####"', "en", "one two three four five six", "does not look like"),
        ('type = "amount"\nbetween = [100, 5000]', "en", "a thousand euros, or 1000 euros", "between"),
    ],
)
def test_what_cannot_be_is_said_and_asked_again_in_other_words(
    about: Talk, toml: str, language: Language, answer: str, why: str
) -> None:
    talk = about({"it": (toml, "")}, language)
    said = talk.say(answer)
    assert why in said
    assert "otra manera" in said or "another way" in said


def test_a_moment_in_two_turns(about: Talk) -> None:
    talk = about({"it": ('type = "moment"', "moment")})
    assert talk.say("el viernes") == "el viernes 27 de noviembre, ¿a qué hora?"
    assert talk.say("a las diez") == "✓ el viernes 27 de noviembre a las 10:00?"


@pytest.mark.parametrize(
    ("toml", "parts", "whole"),
    [
        ('type = "phone"', ("seis uno dos tres cuatro", "cinco seis", "siete ocho"), "+34612345678"),
        ('type = "postcode"', ("dos ocho", "cero trece"), "28013"),
        ('type = "identifier"\nof = "nif"', ("doce tres cuatro cinco seis siete ocho", "zeta de zapato"), "12345678Z"),
        ('type = "identifier"\nof = "nif"', ("uno dos tres cuatro cinco seis siete ocho, letra zeta",), "12345678Z"),
        (
            'type = "identifier"\nof = "iban"',
            ("ES91 2100 0418", "cuarenta y cinco cero dos, cero cero cero cinco, trece treinta y dos"),
            "ES9121000418450200051332",
        ),
        ('type = "code"\npattern = "@@-####"', ("be hache", "cuatro siete", "uno dos"), "BH-4712"),
        ('type = "email"', ("ana punto lópez", "arroba gmail punto com"), "ana.lopez@gmail.com"),
        ('type = "number"\ndigits = [5, 6]', ("seis cuatro", "cinco tres", "uno"), "64531"),
    ],
)
def test_a_value_in_several_turns(about: Talk, toml: str, parts: tuple[str, ...], whole: str) -> None:
    talk = about({"it": (toml, "")})
    for part in parts[:-1]:
        assert "✓" not in talk.say(part)
        assert talk.state.failures == 0
    assert talk.say(parts[-1]) == f"✓ {whole}?"


APPOINTMENT = {"day": ('type = "date"', "day"), "at": ('type = "time"', "clock"), "people": ('type = "count"', "")}


@pytest.mark.parametrize(
    ("correction", "then"),
    [
        ("no, el cinco", "✓ el sábado 5 de diciembre, 17:00, 4?"),
        ("no, a las seis", "✓ mañana, 18:00, 4?"),
        ("no, la hora: las siete", "✓ mañana, 19:00, 4?"),
        ("no, somos seis", "✓ mañana, 17:00, 6?"),
        ("el cinco no, el seis", "✓ el domingo 6 de diciembre, 17:00, 4?"),
        ("mejor a las once", "✓ mañana, 11:00, 4?"),
        ("a las ocho", "✓ mañana, 8:00, 4?"),
    ],
)
def test_the_slot_that_understands_is_corrected(about: Talk, correction: str, then: str) -> None:
    talk = about(APPOINTMENT)
    talk.say("mañana")
    talk.say("a las cinco")
    assert talk.say("cuatro") == "✓ mañana, 17:00, 4?"
    assert talk.say(correction) == then


def read_back(about: Talk, language: Language = "es") -> Conversation:
    talk = about(APPOINTMENT, language)
    for answer in ("mañana", "a las cinco", "cuatro") if language == "es" else ("tomorrow", "at five", "four"):
        talk.say(answer)
    return talk


@pytest.mark.parametrize(
    ("language", "text", "then"),
    [
        ("es", "sí, pero a las seis", "✓ mañana, 18:00, 4?"),
        ("es", "sí, el jueves", "✓ el jueves 26 de noviembre, 17:00, 4?"),
        ("es", "sí pero somos seis", "✓ mañana, 17:00, 6?"),
        ("es", "no mañana no, el jueves", "✓ el jueves 26 de noviembre, 17:00, 4?"),
        ("es", "no el jueves a las seis", "✓ el jueves 26 de noviembre, 18:00, 4?"),
        ("es", "no, mañana no, el jueves, a las seis", "✓ el jueves 26 de noviembre, 18:00, 4?"),
        ("es", "mañana, pero a las siete", "✓ mañana, 19:00, 4?"),
        ("en", "yes, but on Thursday", "✓ on Thursday, November 26, 17:00, 4?"),
        ("en", "yes, at six", "✓ tomorrow, 18:00, 4?"),
        ("es", "el mismo día a las ocho", "✓ mañana, 8:00, 4?"),
        ("es", "no, a las cinco no, a las seis", "✓ mañana, 18:00, 4?"),
        ("en", "no wait, make it six people", "✓ tomorrow, 17:00, 6?"),
    ],
)
def test_a_yes_with_another_value_is_a_correction(about: Talk, language: Language, text: str, then: str) -> None:
    talk = read_back(about, language)
    assert talk.say(text) == then
    assert written(talk) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "sí, espera"), ("es", "sí, pero…"), ("es", "un momento"), ("es", "no sé"), ("es", "ni idea"),
        ("es", "cuatro"), ("es", "a las cinco"), ("es", "no, ¿a qué hora era?"),
        ("es", "¿sí?"), ("es", "no, ¿qué día es?"), ("es", "mañana a las cinco"),
        ("en", "yes, wait"), ("en", "hold on"), ("en", "I don't know"), ("en", "no idea"), ("en", "four"),
        ("en", "wait, what time was it?"), ("es", "sí... no"), ("en", "yeah no"), ("es", "qué día era"),
        ("es", "perdona, qué hora has dicho"), ("en", "yes and no"), ("es", "sí, no, espera"),
    ],
)  # fmt: skip
def test_nothing_is_done_on_less_than_a_yes_to_just_that(about: Talk, language: Language, text: str) -> None:
    talk = read_back(about, language)
    before = {name: talk.state.stack[-1].slots[name] for name in APPOINTMENT}
    talk.say(text)
    assert written(talk) == []
    if talk.state.stack and talk.state.stack[-1].flow == "address":
        assert {name: talk.state.stack[-1].slots[name] for name in APPOINTMENT} == before
        assert talk.state.stack[-1].step == "sure"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "sí, mañana a las cinco"), ("es", "sí, somos cuatro"), ("es", "correcto, a las cinco"),
        ("es", "sí, hágalo"), ("en", "yes, tomorrow at five"), ("en", "yes, write it down"),
        ("en", "yes, four people"), ("es", "sí, está bien"), ("es", "de acuerdo, adelante"), ("es", "sí, ahora mismo"),
        ("es", "sí, somos cuatro, mañana a las cinco"), ("en", "yes that is all correct"), ("en", "yes, right now"),
    ],
)  # fmt: skip
def test_a_yes_that_says_the_same_again_is_one(about: Talk, language: Language, text: str) -> None:
    talk = read_back(about, language)
    talk.say(text)
    assert written(talk) == ["2026-11-25|17:00|4"]


@pytest.mark.parametrize(
    ("text", "hears", "does"),
    [
        ("sí, el jueves", "llegara el jueves 26", True),
        ("sí, la primera", "llegara el jueves 26", True),
        ("sí, el pedido 48213", "llegara el jueves 26", True),
        ("el jueves", "necesito un si o un no", False),
        ("sí, de doce a tres", "necesito un si o un no", False),
        ("sí, la otra", "necesito un si o un no", False),
        ("no, la segunda", "viernes 27 de 12 00 a 15 00", False),
        ("sí, el viernes", "viernes 27", False),
        ("mejor el viernes por la mañana", "viernes 27 de 9 00 a 12 00", False),
        ("no, el pedido 48217", "48217", False),
    ],
)
def test_a_choice_that_was_read_back(agent: Agent, text: str, hears: str, does: bool) -> None:
    talk = Conversation(agent)
    talk.say("quiero cambiar la entrega del pedido 48213")
    assert "pasaría al jueves 26 de 12:00 a 15:00" in talk.say("la primera")
    assert hears in fold(talk.say(text))
    assert talk.plan is not None
    assert bool(talk.plan.effects) is does


@pytest.mark.parametrize("text", ["sí, treinta euros", "sí, el jueves"])
def test_a_yes_to_what_was_not_asked_is_none(agent: Agent, text: str) -> None:
    """Of facts that no slot holds, too: what will be paid back is looked up."""
    talk = Conversation(agent)
    talk.say("quiero devolver el pedido 48215")
    talk.say("la primera")
    talk.say(text)
    assert talk.plan is not None
    assert talk.plan.effects == ()
    with agent.database.reading() as db:
        assert db.execute("SELECT count(*) FROM effects").fetchone() == (0,)


def test_a_slot_is_named_and_asked_for_again(about: Talk) -> None:
    talk = about(APPOINTMENT)
    for answer in ("mañana", "a las cinco", "cuatro"):
        talk.say(answer)
    assert "¿Qué valor" in talk.say("no, la fecha no, la hora")
    assert talk.say("a las seis") == "✓ mañana, 18:00, 4?"


def test_a_slot_before_is_corrected_while_another_is_asked(about: Talk) -> None:
    talk = about(APPOINTMENT)
    talk.say("mañana")
    talk.say("a las cinco")
    talk.say("perdón, quería decir el jueves por favor")
    assert talk.say("somos dos") == "✓ el jueves 26 de noviembre, 17:00, 2?"


@pytest.mark.parametrize(
    ("language", "answers", "correction", "rest", "then"),
    [
        ("es", ("el cinco",), "no, el seis", ("a las cinco", "cuatro"), "✓ el domingo 6 de diciembre, 17:00, 4?"),
        ("es", ("el cinco", "a las cinco"), "no, el seis", ("cuatro",), "✓ el domingo 6 de diciembre, 17:00, 4?"),
        ("es", ("mañana", "a las cinco"), "perdón, a las seis", ("cuatro",), "✓ mañana, 18:00, 4?"),
        ("es", ("mañana", "a las cinco"), "no, seis", (), "✓ mañana, 17:00, 6?"),
        ("en", ("the fifth",), "no, the sixth", ("at five", "four"), "✓ on Sunday, December 6, 17:00, 4?"),
        ("en", ("tomorrow", "at five"), "sorry, I meant at six", ("four",), "✓ tomorrow, 18:00, 4?"),
    ],
)
def test_what_was_given_last_is_corrected_while_another_is_asked(
    about: Talk, language: Language, answers: tuple[str, ...], correction: str, rest: tuple[str, ...], then: str
) -> None:
    talk = about(APPOINTMENT, language)
    said = ""
    for answer in (*answers, correction, *rest):
        said = talk.say(answer)
    assert said == then


@pytest.mark.parametrize("correction", ["no, el seis", "no, the sixth"])
def test_of_two_alike_the_last_is_corrected(about: Talk, correction: str) -> None:
    talk = about(
        {"first": ('type = "date"', "day"), "last": ('type = "date"', "day"), "people": ('type = "count"', "")}
    )
    talk.say("el cuatro")
    talk.say("el cinco")
    talk.say(correction)
    assert talk.say("dos") == "✓ el viernes 4 de diciembre, el domingo 6 de diciembre, 2?"


def test_a_moment_is_waited_and_no_value(about: Talk) -> None:
    talk = about({"people": ('type = "count"', "")})
    assert "✓" not in talk.say("un momento")
    assert talk.say("dos docenas") == "✓ 24?"


def test_a_question_is_no_answer(about: Talk) -> None:
    talk = about({"it": ('type = "count"', "")})
    said = talk.say("¿a qué hora abre la tienda de Madrid el 24 de diciembre?")
    assert "✓" not in said
    assert "¿Qué valor" in said or "otra manera" in said


def test_several_facts_in_one_sentence_fill_all_slots(about: Talk) -> None:
    slots = {
        "day": ('type = "date"', "day"), "at": ('type = "time"', "clock"), "people": ('type = "count"\nbetween = [1, 9]', ""),
        "who": ('type = "name"', ""), "tel": ('type = "phone"', "phone"), "mail": ('type = "email"', ""),
        "id": ('type = "identifier"\nof = "nif"', ""),
    }  # fmt: skip
    talk = about(slots)
    frame = talk.state.stack[-1]
    flow = talk.agent.pack.flows[frame.flow]
    said = (
        "me llamo Ana López, somos tres el viernes a las nueve de la noche, mi móvil es el 612 345 678, el DNI 12345678Z"
        " y el correo ana punto lopez arroba gmail punto com"
    )
    with talk.agent.database.reading() as db:
        ground = Ground(talk.agent.pack, db, TUESDAY, "es", {}, "c1")
        found = said_slots(ground, flow, said)
    assert found == {
        "day": "2026-11-27", "at": "21:00", "people": 3, "who": "Ana López", "tel": "+34612345678",
        "mail": "ana.lopez@gmail.com", "id": "12345678Z",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "value"), [("sí, claro", "yes"), ("no, gracias", "no"), ("no", "no"), ("yes please", "yes")]
)
def test_a_no_that_goes_on(about: Talk, answer: str, value: str) -> None:
    talk = about({"gift": ('type = "yes_no"', ""), "people": ('type = "count"', "")})
    assert [choice.id for choice in talk.reply.messages[-1].choices] == ["yes", "no"]
    talk.say(answer)
    assert talk.say("dos") == f"✓ {value}, 2?"


def test_a_no_by_touch_goes_on(about: Talk) -> None:
    talk = about({"gift": ('type = "yes_no"', "")})
    assert talk.say("", "no") == "✓ no?"
    talk.say("", "yes")
    assert written(talk) == ["no"]


def test_own_words_are_kept_as_they_are(about: Talk) -> None:
    talk = about({"why": ('type = "text"', "")})
    assert talk.say("Ha llegado rota; ¿qué hago? ¡Son 2!") == "✓ Ha llegado rota; ¿qué hago? ¡Son 2!?"


def test_own_words_without_end(about: Talk) -> None:
    talk = about({"why": ('type = "text"', "")})
    assert "demasiado largo" in talk.say("muy mal " * 70)


@pytest.mark.parametrize(
    ("language", "answer", "read_back"),
    [
        ("es", "on Friday", "✓ el viernes 27 de noviembre?"),
        ("es", "the fifth of December", "✓ el sábado 5 de diciembre?"),
        ("en", "el viernes", "✓ on Friday, November 27?"),
        ("en", "el cinco de diciembre", "✓ on Saturday, December 5?"),
    ],
)
def test_an_answer_in_the_other_language(about: Talk, language: Language, answer: str, read_back: str) -> None:
    talk = about({"it": ('type = "date"', "day")}, language)
    assert talk.say(answer) == read_back


def test_a_digression_and_back(about: Talk) -> None:
    talk = about(APPOINTMENT)
    talk.say("mañana")
    said = talk.say("¿se puede pagar con tarjeta?")
    assert "tarjeta" in said
    assert "¿Qué valor" in said or "otra manera" in said
    talk.say("a las cinco")
    assert talk.say("cuatro") == "✓ mañana, 17:00, 4?"


def test_a_choice_that_was_named_before_it_was_offered(agent: Agent) -> None:
    talk = Conversation(agent)
    talk.say("quiero devolver la lámpara")
    said = talk.say("48215")
    assert "lampara" in fold(said)
    assert talk.state.expect.kind == "yes_no"


SHOW = """intents = ["store_address"]

[[steps]]
show = "toy.shown"
rows = "planets"
row = "toy.planet"
none = "toy.none"
arguments = { most = MOST }
"""
NAMES = ("Mercury", "Venus", "Earth", "Mars", "Io")
PLANETS = """

class Planet(TypedDict):
    name: str
    price: int


def planets(db: sqlite3.Connection, most: int) -> list[Planet]:
    names = ("Mercury", "Venus", "Earth", "Mars", "Io")
    return [Planet(name=name, price=100 * at) for at, name in enumerate(names[:most], 1)]
"""


@pytest.mark.parametrize(
    ("most", "text", "lines"),
    [
        (5, "Of 5: Mercury, €1, Venus, €2 and Earth, €3.", 6),
        (1, "Of 1: Mercury, €1.", 2),
        (0, "None at all.", 0),
    ],
)
def test_rows_are_said_in_part_and_shown_whole(judge: Judge, tmp_path: Path, most: int, text: str, lines: int) -> None:
    folder = slot_pack(tmp_path, {"it": ('type = "count"', "")})
    (folder / "flows" / "address.toml").write_text(SHOW.replace("MOST", str(most)), "utf-8")
    tools = folder / "tools.py"
    tools.write_text(tools.read_text("utf-8") + PLANETS, "utf-8")
    for language in ("es", "en"):
        path = folder / "phrases" / f"{language}.toml"
        words = '"toy.shown" = ["Of {count}: {shown}."]\n"toy.planet" = ["{name}, {price:money}"]\n"toy.none" = ["None at all."]\n'
        path.write_text(path.read_text("utf-8").replace("go_ahead =", f"{words}go_ahead =", 1), "utf-8")
    pack = load_pack(folder)
    database = Database(tmp_path / "toy.db", pack)
    database.prepare(TUESDAY)
    talk = Conversation(Agent(pack, database, judge, lambda: TUESDAY), "en")
    talk.say("", "intent:store_address")
    message = talk.reply.messages[0]
    assert message.text == text
    assert message.detail.splitlines()[1:] == [f"{name}, €{at}" for at, name in enumerate(NAMES[:most], 1)]
    assert len(message.detail.splitlines()) == lines
