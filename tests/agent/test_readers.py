"""What is said aloud for a value is read back as that value, in both languages; what is no value is not read."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words import num2words

from runtime.agent import Language, Value
from runtime.agent.flow import Slot
from runtime.agent.ground import Ground
from runtime.agent.numbers import ungrouped
from runtime.agent.phrases import PhraseFile, Phrases
from runtime.agent.readers import Hearing, Reading, read, types
from runtime.agent.words import BLANK, blanked, fold
from voice.readable import readable
from voice.tongues import TONGUES

pytestmark = pytest.mark.unit

TUESDAY = date(2026, 11, 24)
LANGUAGES = st.sampled_from(["es", "en"])


def hear(text: str, slot: Slot, language: Language, *, asked: bool = True, held: str = "") -> Reading | None:
    """Read without a pack: no entity is known, and yes and no are called so."""
    ground = SimpleNamespace(language=language, today=TUESDAY, entities={}, yes_or_no=lambda: (YES, NO))
    return read(Hearing(ungrouped(text), cast(Ground, ground), asked=asked, held=held), slot)


YES, NO = SimpleNamespace(title="Sí"), SimpleNamespace(title="No")


def aloud(value: Value, kind: str, language: Language) -> str:
    """How a phrase says the value, as the voice reads it."""
    phrases = Phrases(language, PhraseFile(say={}), {})
    return readable(phrases.fill(f"{{it{':' if kind else ''}{kind}}}", {"it": value}, TUESDAY), language)


def round_trip(value: Value, kind: str, slot: Slot, language: Language) -> None:
    said = aloud(value, kind, language)
    found = hear(said, slot, language)
    assert found is not None, said
    assert found.value == value, said


@given(st.integers(0, 999_999), LANGUAGES)
def test_counts(count: int, language: Language) -> None:
    found = hear(num2words(count, lang=language), Slot("count"), language)
    assert found is not None
    assert found.value == count


@given(st.integers(1, 99_999_999), LANGUAGES)
def test_amounts(cents: int, language: Language) -> None:
    round_trip(cents, "money", Slot("amount"), language)


@given(st.integers(0, 1500), LANGUAGES)
def test_dates(ahead: int, language: Language) -> None:
    round_trip((TUESDAY + timedelta(days=ahead)).isoformat(), "day", Slot("date"), language)


@given(st.dates(date(1920, 1, 1), TUESDAY - timedelta(days=2)), LANGUAGES)
def test_birthdays(day: date, language: Language) -> None:
    round_trip(day.isoformat(), "day", Slot("date", when="past"), language)


@given(st.times(), LANGUAGES)
def test_times(time: object, language: Language) -> None:
    round_trip(str(time)[:5], "clock", Slot("time"), language)


@given(
    st.integers(0, 400),
    st.times().map(lambda time: str(time)[:5]) | st.sampled_from(["morning", "afternoon", "evening"]),
    LANGUAGES,
)
def test_moments(ahead: int, time: str, language: Language) -> None:
    round_trip(f"{TUESDAY + timedelta(days=ahead)} {time}", "moment", Slot("moment"), language)


@given(st.from_regex(r"\+34(?:6[0-9]{8}|71[1-9][0-9]{6}|9[1-8][1-9][0-9]{6})", fullmatch=True), LANGUAGES)
def test_phones(number: str, language: Language) -> None:
    import phonenumbers

    if phonenumbers.is_valid_number(phonenumbers.parse(number)):
        round_trip(number, "phone", Slot("phone"), language)


@given(st.integers(1, 52), st.integers(0, 999), LANGUAGES)
def test_postcodes(province: int, rest: int, language: Language) -> None:
    round_trip(f"{province:02d}{rest:03d}", "", Slot("postcode"), language)


LOCAL = st.from_regex(r"[b-df-hj-np-tv-xz][aeiou][lnrst][aeiou][a-z]{1,5}", fullmatch=True)


@given(
    LOCAL,
    LOCAL,
    st.sampled_from([".", "-", ""]),
    st.sampled_from(["gmail.com", "example.org", "correo.ejemplo.es"]),
    LANGUAGES,
)
def test_emails(first: str, second: str, joint: str, domain: str, language: Language) -> None:
    words = {"at", "to", "for", "won", "ate", "dot", "mas", "plus", "todo", "junto"}
    if {first, second} & words:
        return
    round_trip(f"{first}{joint}{second}@{domain}", "", Slot("email"), language)


@given(st.from_regex(r"[B-DF-HJ-NP-TV-XZ]{2}-[1-9][0-9]{3}", fullmatch=True), LANGUAGES)
def test_codes(code: str, language: Language) -> None:
    slot = Slot("code", pattern="@@-####")
    round_trip(code, "spelled", slot, language)
    round_trip(code, "", slot, language)


@given(st.from_regex(r"[A-Z]{2}[0-9]{4}", fullmatch=True), LANGUAGES)
def test_codes_by_the_names_of_letters_and_by_words(code: str, language: Language) -> None:
    names = SPOKEN[language]
    joint = "de" if language == "es" else "for"
    digits = [TONGUES[language].digits[int(digit)] for digit in code[2:]]
    slot = Slot("code", pattern="@@####")
    for letters in (
        [names[letter][0] for letter in code[:2]],
        [f"{letter} {joint} {names[letter][1]}" for letter in code[:2]],
    ):
        said = ", ".join([*letters, *digits])
        found = hear(said, slot, language)
        assert found is not None, said
        assert found.value == code, said


SPOKEN: dict[Language, dict[str, tuple[str, str]]] = {
    "es": dict(
        zip(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            zip(
                ["a", "be", "ce", "de", "e", "efe", "ge", "hache", "i", "jota", "ka", "ele", "eme", "ene", "o", "pe",
                 "cu", "erre", "ese", "te", "u", "uve", "uve doble", "equis", "i griega", "zeta"],
                ["Antonio", "Barcelona", "Carmen", "Dolores", "Enrique", "Francia", "Gerona", "Historia", "Inés",
                 "José", "Kilo", "Lorenzo", "Madrid", "Navarra", "Oviedo", "París", "Querido", "Ramón", "Sábado",
                 "Toledo", "Ulises", "Valencia", "Washington", "Xilófono", "Yegua", "Zaragoza"],
                strict=True,
            ),
            strict=True,
        )
    ),
    "en": dict(
        zip(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
            zip(
                ["a", "bee", "cee", "dee", "e", "eff", "gee", "aitch", "i", "jay", "kay", "el", "em", "en", "o", "pee",
                 "queue", "ar", "ess", "tee", "u", "vee", "double u", "ex", "why", "zed"],
                ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "kilo",
                 "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor",
                 "whiskey", "xray", "yankee", "zulu"],
                strict=True,
            ),
            strict=True,
        )
    ),
}  # fmt: skip


@given(st.integers(0, 99_999_999), LANGUAGES)
def test_identifiers(number: int, language: Language) -> None:
    nif = f"{number:08d}{'TRWAGMYFPDXBNJZSQVHLCKE'[number % 23]}"
    slot = Slot("identifier", of="nif")
    round_trip(nif, "spelled", slot, language)
    round_trip(nif, "", slot, language)
    wrong = f"{number:08d}{'TRWAGMYFPDXBNJZSQVHLCKE'[(number + 1) % 23]}"
    found = hear(wrong, slot, language)
    assert found is not None
    assert (found.value, found.wrong) == (None, "check_digit")


@pytest.mark.parametrize(
    ("of", "typed", "value"),
    [
        ("nie", "X-1234567-L", "X1234567L"),
        ("curp", "BOXW310820HNERXN09", "BOXW310820HNERXN09"),
        ("rfc", "GODE 561231 GR8", "GODE561231GR8"),
        ("rut", "12.531.909-2", "125319092"),
        ("cuit", "20-05536168-2", "20055361682"),
        ("cpf", "390.533.447-05", "39053344705"),
        ("ssn", "536-90-4399", "536904399"),
        ("iban", "gb82 west 1234 5698 7654 32", "GB82WEST12345698765432"),
    ],
)
def test_identifiers_of_other_countries(of: str, typed: str, value: str) -> None:
    found = hear(f"es el {typed}", Slot("identifier", of=of), "es")
    assert found is not None
    assert found.value == value


@given(st.from_regex(r"[B-DF-HJ-NP-TVWXZ][AEIOU][LNRST][AEIOU]{1,2}[LNRSTZ]", fullmatch=True), LANGUAGES)
def test_names_spelled(name: str, language: Language) -> None:
    found = hear(aloud(name, "spelled", language), Slot("name"), language)
    assert found is not None
    assert str(found.value).upper() == name


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("es", "me llamo Ana López", "Ana López"),
        ("es", "soy maría de la o", "María de la O"),
        ("es", "ele, o, pe, e, zeta", "Lopez"),
        ("es", "López, ele, o, pe, e, zeta", "Lopez"),
        ("en", "my name is Jean-Paul O'Brien", "Jean-Paul O'Brien"),
        ("en", "It's Ana, A N A", "Ana"),
    ],
)
def test_names(language: Language, text: str, name: str) -> None:
    found = hear(text, Slot("name"), language)
    assert found is not None
    assert found.value == name


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("name", "no"), ("name", "¿para qué?"), ("name", "48213"), ("name", "no lo sé"), ("name", "quiero una persona"),
        ("count", "dos o tres"), ("count", "no sé"), ("amount", "mucho"), ("time", "no sé"), ("email", "no tengo"),
        ("phone", "no me lo sé"), ("date", "no sé cuándo"), ("yes_no", "¿cuánto vale?"), ("moment", "cuando sea"),
    ],
)  # fmt: skip
def test_no_value(kind: str, text: str) -> None:
    assert hear(text, Slot(kind), "es") is None


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    "text",
    ["quiero una bombilla", "I want to go for one", "it won the other one", "¿a qué hora cierran?", "un momento",
     "the first one", "ok, a ver",
     "o sea que no"],
)  # fmt: skip
def test_words_that_are_digits_only_among_digits(text: str, language: Language) -> None:
    for kind in ("number", "count", "phone", "postcode", "identifier", "amount", "date", "time", "moment"):
        found = hear(text, Slot(kind, of="nif" if kind == "identifier" else ""), language, asked=False)
        assert found is None, (kind, found)


SAID: list[tuple[str, Language, str, Value]] = [
    ("count", "en", "a hundred and fifty", 150), ("count", "en", "a thousand two hundred", 1200),
    ("count", "en", "fifteen hundred", 1500), ("count", "en", "two dozen", 24),
    ("count", "en", "a couple of dozen", 24), ("count", "en", "half a dozen", 6),
    ("count", "en", "two dozen and a half", 30),
    ("count", "es", "dos docenas", 24),
    ("count", "es", "una docena y media", 18), ("count", "es", "media docena", 6),
    ("count", "es", "docena y media", 18),
    ("count", "es", "un par de docenas", 24), ("count", "es", "30 mil", 30_000), ("count", "es", "un par", 2),
    ("count", "es", "un momento, son cuatro", 4), ("count", "en", "one moment, it's four", 4),
    ("amount", "en", "a hundred and fifty", 15_000), ("amount", "en", "fifteen hundred pounds", 150_000),
    ("amount", "en", "3.5 million", 350_000_000), ("amount", "en", "half a million euros", 50_000_000),
    ("amount", "en", "two and a half thousand", 250_000), ("amount", "en", "30k", 3_000_000),
    ("amount", "es", "3,5 millones", 350_000_000), ("amount", "es", "tres millones y medio de euros", 350_000_000),
    ("amount", "es", "tres coma cinco millones", 350_000_000), ("amount", "es", "medio millón", 50_000_000),
    ("amount", "es", "veinte, nada más de momento", 2_000), ("amount", "es", "30 mil euros", 3_000_000),
    ("amount", "es", "treinta mil quinientos euros", 3_050_000),
    ("date", "es", "el cinco del once", "2027-11-05"), ("date", "es", "5 del 12", "2026-12-05"),
    ("date", "es", "el 28 del mes que viene", "2026-12-28"), ("date", "es", "el 28 de este mes", "2026-11-28"),
    ("date", "es", "el veinticuatro del doce de dos mil veintisiete", "2027-12-24"),
    ("date", "es", "el último día del mes que viene", "2026-12-31"), ("date", "es", "el 5 del 3 del 28", "2028-03-05"),
    ("date", "en", "the 28th of next month", "2026-12-28"), ("date", "en", "the fifth of the third", "2027-03-05"),
    ("date", "en", "the last day of this month", "2026-11-30"), ("date", "en", "the third of next month", "2026-12-03"),
    ("time", "es", "a las seis y seis personas", "18:00"), ("time", "es", "a las seis y diez personas", "18:00"),
    ("time", "es", "a las seis y seis", "18:06"), ("time", "es", "a las seis y veinte somos cuatro", "18:20"),
    ("time", "es", "siete y tres cuartos", "19:45"), ("time", "es", "un cuarto para las siete", "18:45"),
    ("time", "es", "mesa de cuatro para las nueve de la noche", "21:00"), ("time", "es", "las seis con diez", "18:10"),
    ("time", "en", "at six ten people", "18:00"), ("time", "en", "at six ten please", "18:10"),
    ("time", "en", "at six and four people", "18:00"), ("time", "en", "three quarters past seven", "19:45"),
    ("time", "en", "five to six", "17:55"),
    ("phone", "es", "seiscientos doce, trescientos cuarenta y cinco, seiscientos setenta y ocho", "+34612345678"),
    ("phone", "es", "seiscientos cincuenta y cinco, cero doce, trescientos", "+34655012300"),
    ("phone", "es", "nueve diez, doscientos cuatro, ochocientos quince", "+34910204815"),
    ("phone", "es", "seiscientos cinco, dieciocho, veinte, treinta", "+34605182030"),
    ("phone", "en", "six hundred and twelve, three hundred and forty five, six seven eight", "+34612345678"),
    ("email", "es", "a ene a arroba gmail punto com", "ana@gmail.com"),
    ("email", "es", "j de jamón, p, arroba gmail punto com", "jp@gmail.com"),
    ("email", "es", "doble uve a guion bajo ruiz arroba correo punto es", "wa_ruiz@correo.es"),
    ("email", "es", "ana.lopez arroba gmail.com", "ana.lopez@gmail.com"),
    ("email", "es", "ana@gmail punto com", "ana@gmail.com"),
    ("email", "es", "ana arroba ge mail punto com", "ana@gmail.com"),
    ("email", "en", "a n a underscore smith at gmail dot com", "ana_smith@gmail.com"),
    ("email", "en", "c as in Charlie, o, at example dot co dot uk", "co@example.co.uk"),
    ("email", "en", "c a double l u m at gmail dot com", "callum@gmail.com"),
    ("email", "es", "hache a ene doble ene a arroba correo punto es", "hannna@correo.es"),
    ("email", "en", "double u h y at gmail dot com", "why@gmail.com"),
    ("email", "en", "john-smith at example.com", "john-smith@example.com"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "language", "text", "value"), SAID, ids=[f"{row[1]}-{row[0]}-{row[2]}" for row in SAID]
)
def test_said(kind: str, language: Language, text: str, value: Value) -> None:
    found = hear(text, Slot(kind), language)
    assert found is not None
    assert found.value == value
    words = fold(ungrouped(text)).split()
    assert found.taken <= set(range(len(words)))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "un momento"), ("es", "espere un segundo"), ("es", "deme un minuto"), ("es", "en un rato"),
        ("en", "one moment please"), ("en", "wait a second"), ("en", "just a minute"), ("en", "one sec"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("kind", ["count", "amount", "number", "phone", "postcode", "date", "time", "moment", "name"])
def test_who_wants_a_moment_says_no_value(kind: str, language: Language, text: str, asked: bool) -> None:
    assert hear(text, Slot(kind), language, asked=asked) is None


@pytest.mark.parametrize(
    ("kind", "language", "text"),
    [
        ("amount", "es", "entre veinte y treinta"), ("amount", "es", "veinte o treinta euros"),
        ("amount", "es", "de veinte a treinta euros"), ("amount", "es", "20-30 euros"),
        ("amount", "es", "más de veinte"),
        ("amount", "en", "between twenty and thirty euros"), ("amount", "en", "twenty to thirty euros"),
        ("amount", "en", "less than fifty"), ("time", "es", "entre las cinco y las seis"),
        ("time", "es", "de cinco a seis"),
        ("time", "es", "a las cinco o a las seis"), ("time", "es", "en diez minutos"), ("time", "es", "el seis"),
        ("time", "en", "between five and six"), ("time", "en", "from five to six"),
        ("time", "en", "at five or at six"),
        ("time", "en", "from nine to ten in the evening"),
        ("time", "es", "de nueve a diez de la noche"), ("time", "en", "in ten minutes"), ("time", "en", "the sixth"),
    ],
)  # fmt: skip
def test_no_single_value(kind: str, language: Language, text: str) -> None:
    assert hear(text, Slot(kind), language) is None


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    ("text", "asked", "value"),
    [
        ("AB-1234", True, "AB-1234"), ("ab 1234", True, "AB-1234"), ("AB1234", True, "AB-1234"),
        ("AB-12-34", True, "AB-1234"), ("AB guion 1234", True, "AB-1234"), ("el pedido AB-1234", False, "AB-1234"),
        ("order AB-1234, please", False, "AB-1234"), ("mi pedido es 1234", False, None), ("it is 1234", False, None),
        ("XAB-12345", False, None),
    ],
)  # fmt: skip
def test_a_code_that_is_typed(language: Language, text: str, asked: bool, value: Value) -> None:
    found = hear(text, Slot("code", pattern="@@-####"), language, asked=asked)
    assert (found and found.value) == value


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize(
    "parts",
    [
        ("ES91 2100 0418", "4502 0005 1332"), ("E S nueve uno dos uno cero cero", "0418 4502", "0005 1332"),
        ("ES noventa y uno, veintiuno cero cero, cero cuatro dieciocho", "4502 0005 1332"),
        ("ES nine one two one oh oh oh four one eight", "four five oh two oh oh oh five one three three two"),
        ("GB82 WEST 1234", "5698 7654 32"),
    ],
)  # fmt: skip
def test_an_iban_in_parts(language: Language, parts: tuple[str, ...]) -> None:
    slot, held = Slot("identifier", of="iban"), ""
    for part in parts[:-1]:
        found = hear(part, slot, language, held=held)
        assert found is not None
        assert not found.wrong
        held = found.held
    whole = hear(parts[-1], slot, language, held=held)
    assert whole is not None
    assert whole.value == ("GB82WEST12345698765432" if held.startswith("GB") else "ES9121000418450200051332")


def test_an_iban_with_a_wrong_digit_is_not_waited_for() -> None:
    found = hear("ES91 2100 0418 4502 0005 1333", Slot("identifier", of="iban"), "es")
    assert found is not None
    assert found.wrong == "check_digit"


@given(st.text(max_size=200), st.sampled_from(types()), LANGUAGES, st.booleans())
@settings(max_examples=300)
def test_anything_is_read_without_harm(text: str, kind: str, language: Language, asked: bool) -> None:
    if kind in ("entity", "choice"):
        return
    slot = Slot(kind, of="nif" if kind == "identifier" else "", pattern="@@-####" if kind == "code" else "")
    found = hear(text, slot, language, asked=asked)
    if found is not None:
        plain = ungrouped(text)
        assert all(0 <= at < len(fold(plain).split()) for at in found.taken)
        blanked(plain, found.taken)


@given(st.text(max_size=100))
def test_blanking_all_words_leaves_none(text: str) -> None:
    words = fold(text).split()
    assert fold(blanked(text, range(len(words)))).split() == [BLANK] * len(words)
