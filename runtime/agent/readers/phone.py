"""A telephone number that exists, as +34600123456; `region` is where numbers without a prefix are."""

import re

from runtime.agent import Expect, Value
from runtime.agent.flow import Slot
from runtime.agent.numbers import digit_runs
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.words import fold

_TYPED = re.compile(r"(?<!\w)(?:\+|00)?\d[\d ().-]{6,18}\d(?!\w)")
_PLUS = re.compile(r"^\W*(?:\+|más\b|mas\b|plus\b)|\b(?:con el|prefijo|más|plus)\s+(?=\S)", re.IGNORECASE)
_FEWEST = 3


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    for match in _TYPED.finditer(hearing.text):
        if number := _valid(match.group(), slot.region):
            return Reading(number, taken=frozenset(_places(hearing.text, match)))
    wrong: Reading | None = None
    for language in (hearing.language, hearing.other):
        for apart in (False, True):
            runs = digit_runs(hearing.text, language, apart=apart, strict=not hearing.asked)
            if not hearing.asked:
                runs = [run for run in runs if len(run.digits) >= 7]
            if not runs:
                continue
            said = "".join(run.digits for run in runs)
            taken = frozenset(at for run in runs for at in range(run.first, run.last + 1))
            plus = "+" if _PLUS.search(hearing.text) or hearing.held.startswith("+") else ""
            digits = hearing.held.lstrip("+") + said
            for each in (plus + digits, digits, said):
                if number := _valid(each, slot.region):
                    return Reading(number, taken=taken)
            found = Reading(held=plus + digits, taken=taken) if _short(plus + digits, slot.region) else None
            if found is None or len(digits) >= _FEWEST:
                wrong = wrong or found or Reading(wrong="no_such_phone", taken=taken)
    if wrong is None or not hearing.asked or not wrong.alone(hearing.words):
        return None
    return wrong


def _places(text: str, match: re.Match[str]) -> range:
    first = len(fold(text[: match.start()]).split())
    return range(first, first + len(fold(match.group()).split()))


def _valid(digits: str, region: str) -> str:
    """E.164, or empty."""
    import phonenumbers

    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _short(digits: str, region: str) -> bool:
    """Whether some digits are still to come."""
    import phonenumbers

    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return len(digits.strip("+")) < _FEWEST * 2
    return phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.TOO_SHORT


def expected(slot: Slot, held: str) -> Expect:
    """Nine digits in Spain; elsewhere the keypad waits for a pause or #."""
    most = 9 if slot.region == "ES" and not held.startswith("+") else 15
    return Expect("digits", digits=9, most=most, held=len(held.lstrip("+")))


def mistake(slot: Slot) -> str:
    import phonenumbers

    if slot.region not in phonenumbers.SUPPORTED_REGIONS:
        return f"`region` {slot.region!r} is no country's two letters"
    return ""


def more(held: str) -> tuple[str, dict[str, Value]]:
    return "digits_more", {"held": " ".join(held.lstrip("+"))}


READER = Reader(
    read,
    order=12,
    expect=expected,
    called={"es": ("telefono", "movil", "numero de telefono"), "en": ("phone", "telephone", "mobile", "phone number")},
    more=more,
    wrong=lambda slot: ("no_such_phone",),
    mistake=mistake,
)
