import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony import head
from telephony.callerid import Caller, Party, called, caller, e164, party

pytestmark = pytest.mark.unit


def request(*fields: str, uri: str = "sip:counter@192.0.2.1") -> head.Head:
    return head.read("\r\n".join([f"INVITE {uri} SIP/2.0", *fields, "", "v=0"]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"Ana Díaz" <sip:+34911234567@example.org>;tag=1', Party("Ana Díaz", "+34911234567", "example.org")),
        ("Ana <sips:ana@example.org:5061;transport=tls>", Party("Ana", "ana", "example.org")),
        ("sip:ana@example.org;tag=8", Party("", "ana", "example.org")),
        ('"a \\"quoted\\" <name>" <sip:a:secret@example.org>', Party('a "quoted" <name>', "a", "example.org")),
        ("<tel:+34-911-23-45-67;phone-context=example.org>", Party("", "+34911234567", "")),
        ("sip:+34%20911@example.org", Party("", "+34911", "example.org")),
        ("sip:example.org", Party("", "", "example.org")),
        ("<sip:>", Party("", "", "")),
        ("mailto:ana@example.org", None),
        ("", None),
    ],
)
def test_addresses(text: str, expected: Party | None) -> None:
    assert party(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+34 911 23 45 67", "+34911234567"),
        ("0034911234567", "+34911234567"),
        ("34911234567", "+34911234567"),
        ("911234567", "+34911234567"),
        ("0911234567", "+34911234567"),
        ("+442071838750", "+442071838750"),
        ("112", "112"),
        ("2001", "2001"),
        ("*72", "*72"),
        ("ana", "ana"),
        ("+1234567890123456", "+1234567890123456"),
        ("", ""),
    ],
)
def test_numbers_are_written_internationally(text: str, expected: str) -> None:
    assert e164(text, "34") == expected


def test_without_a_country_a_national_number_stays_as_it_is() -> None:
    assert e164("911234567", "") == "911234567"
    assert e164("0034911234567", "") == "+34911234567"


def test_who_calls_is_what_from_says_when_nobody_vouches() -> None:
    told = request('From: "Ana" <sip:911234567@example.org>;tag=1', "P-Asserted-Identity: <sip:600111222@example.org>")
    assert caller(told, "34", trusted=False) == Caller("+34911234567", "Ana")


def test_a_trusted_network_asserts_who_calls() -> None:
    told = request(
        "f: <sip:trunk@example.org>;tag=1",
        'P-Asserted-Identity: "Díaz, Ana" <sip:ana@example.org>,',
        "  <tel:+34600111222>",
    )
    assert caller(told, "34", trusted=True) == Caller("+34600111222", "", asserted=True)


@pytest.mark.parametrize("wish", ["id", "header;id", "user", "critical; id", "ID"])
def test_who_wishes_not_to_be_shown_is_not(wish: str) -> None:
    told = request("From: <sip:911234567@example.org>", "P-Asserted-Identity: <sip:911234567@a>", f"Privacy: {wish}")
    assert caller(told, "34", trusted=True) == Caller(withheld=True, asserted=True)
    assert caller(told, "34", trusted=False) == Caller(withheld=True)


def test_privacy_none_hides_nothing() -> None:
    told = request("From: <sip:911234567@example.org>", "Privacy: none")
    assert caller(told, "34", trusted=False) == Caller("+34911234567")


def test_an_anonymous_caller_is_withheld_unless_the_network_names_them() -> None:
    hidden = 'From: "Anonymous" <sip:anonymous@anonymous.invalid>;tag=1'
    assert caller(request(hidden), "34", trusted=True) == Caller(withheld=True)
    named = request(hidden, "P-Asserted-Identity: <sip:+34911234567@a>")
    assert caller(named, "34", trusted=True) == Caller("+34911234567", asserted=True)


def test_what_was_dialled_is_in_the_request_uri_and_in_to() -> None:
    told = request("t: <sip:0034911000111@trunk.example.org>", uri="sip:911000222@192.0.2.1;user=phone")
    assert called(told, "34") == ("+34911000222", "+34911000111")
    assert called(request("To: <sip:counter@example.org>"), "34") == ("counter",)


def test_nobody_is_a_caller_too() -> None:
    assert caller(request(), "34", trusted=True) == Caller()
    assert called(head.read(""), "34") == ()


@given(st.text(max_size=300), st.sampled_from(["", "34"]), st.booleans())
def test_any_text_is_read_without_an_error(text: str, country: str, trusted: bool) -> None:
    told = head.read(text)
    who = caller(told, country, trusted=trusted)
    called(told, country)
    assert not (who.withheld and (who.number or who.name))
    assert who.name.isprintable() or not any(ord(letter) < 32 for letter in who.name)


value = st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="<>"), max_size=60)


@given(value, value, value)
def test_any_headers_are_read_without_an_error(said: str, asserted: str, wish: str) -> None:
    told = request(f"From: {said} <sip:{said}>", f"P-Asserted-Identity: {asserted}", f"Privacy: {wish}")
    who = caller(told, "34", trusted=True)
    assert not (who.withheld and (who.number or who.name))


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True), st.sampled_from(["", "34", "1"]))
def test_an_international_number_stays_what_it_is(number: str, country: str) -> None:
    assert e164(number, country) == number
    assert e164("00" + number[1:], country) == number
    assert e164(e164(number, country), country) == number


@given(st.text("0123456789+*#-() abc", max_size=20), st.sampled_from(["", "34"]))
def test_writing_a_number_twice_changes_nothing(text: str, country: str) -> None:
    once = e164(text, country)
    assert e164(once, country) == once
