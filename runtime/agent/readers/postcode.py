"""A postcode of `region`: five digits of a province in Spain ("28013"), "SW1A 1AA" in Britain, a ZIP code."""

import re
from dataclasses import replace

from runtime.agent import Expect, Value
from runtime.agent.flow import Slot
from runtime.agent.numbers import digit_runs, find_number
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.spelling import spelled
from runtime.agent.words import fold

_BRITISH = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})")
_SAID = re.compile(r"c[oó]digo postal|\bc\.?\s?p\.?\b|post ?code|\bzip\b", re.IGNORECASE)
_PROVINCES = range(1, 53)


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    named = _SAID.search(hearing.text)
    if not hearing.asked:
        if named is None:
            return None
        before = len(fold(hearing.text[: named.end()]).split())
        after = hearing.text[named.end() :]
        runs = digit_runs(after, hearing.language)
        if runs and slot.region != "GB":  # the next number may be another
            after = " ".join(fold(after).split()[: runs[0].last + 1])
        found = _read(replace(hearing, text=after, asked=True), slot)
        if found is None or found.value is None:
            return None
        return replace(found, taken=frozenset(at + before for at in found.taken))
    return _read(hearing, slot)


def _read(hearing: Hearing, slot: Slot) -> Reading | None:
    if slot.region == "GB":
        return _british(hearing)
    if run := find_number(hearing.text, hearing.language, 5, 5):
        taken = frozenset(range(run.first, run.last + 1))
        exists = slot.region != "ES" or int(run.digits[:2]) in _PROVINCES
        return Reading(run.digits, taken=taken) if exists else Reading(wrong="no_such_postcode", taken=taken)
    runs = digit_runs(hearing.text, hearing.language)
    digits = hearing.held + "".join(run.digits for run in runs)
    taken = frozenset(at for run in runs for at in range(run.first, run.last + 1))
    if not runs or not Reading(taken=taken).alone(hearing.words):
        return None
    if len(digits) == 5 and (slot.region != "ES" or int(digits[:2]) in _PROVINCES):
        return Reading(digits, taken=taken)
    return Reading(held=digits, taken=taken) if len(digits) < 5 else Reading(wrong="no_such_postcode", taken=taken)


def _british(hearing: Hearing) -> Reading | None:
    if match := _BRITISH.search(hearing.text.upper()):
        return Reading(f"{match[1]} {match[2]}")
    runs = spelled(hearing.text, hearing.language)
    said = "".join(letter for run in runs for letter in run.text if letter.isalnum())
    taken = frozenset(at for run in runs for at in range(run.first, run.last + 1))
    if match := _BRITISH.fullmatch(said):
        return Reading(f"{match[1]} {match[2]}", taken=taken)
    digits = sum(letter.isdigit() for letter in said)
    return Reading(wrong="no_such_postcode", taken=taken) if digits and len(said) > 2 else None


def expected(slot: Slot, held: str) -> Expect:
    return Expect("postcode") if slot.region == "GB" else Expect("digits", digits=5, most=5, held=len(held))


def more(held: str) -> tuple[str, dict[str, Value]]:
    return "digits_more", {"held": " ".join(held)}


def mistake(slot: Slot) -> str:
    return "" if slot.region in ("ES", "GB", "US", "MX") else "`region` is one of ES, GB, US, MX"


READER = Reader(
    read,
    order=14,
    expect=expected,
    called={"es": ("codigo postal", "cp"), "en": ("postcode", "post code", "zip", "zip code")},
    more=more,
    wrong=lambda slot: ("no_such_postcode",),
    mistake=mistake,
)
