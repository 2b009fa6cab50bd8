"""A number that a state or a bank gives, with its check digit: `of` = "nif", "nie", "curp", "iban"… In capitals.

One whose check digit is wrong is never mended: it is said, and asked for again.
"""

import importlib
import re
from dataclasses import replace
from functools import cache
from typing import Any

from runtime.agent import Value
from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.spelling import spelled
from runtime.agent.words import fold

_MODULES = {
    "nif": "es.nif", "dni": "es.dni", "nie": "es.nie", "cif": "es.cif", "cups": "es.cups",
    "catastro": "es.referenciacatastral", "curp": "mx.curp", "rfc": "mx.rfc", "rut": "cl.rut", "cuit": "ar.cuit",
    "dni_ar": "ar.dni", "cpf": "br.cpf", "cnpj": "br.cnpj", "ssn": "us.ssn", "nhs": "gb.nhs", "iban": "iban",
    "nit": "co.nit", "ruc_pe": "pe.ruc", "ruc_ec": "ec.ruc", "vat": "eu.vat",
}  # fmt: skip
"""Name → module of python-stdnum."""
_TYPED = [
    re.compile(rf"(?<!\w){letters}\d[A-Za-z\d .\-/]{{3,40}}(?!\w)") for letters in (r"[A-Za-z]{0,4}", r"[A-Za-z]{2,4} ")
]
_BEGUN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:[ -]?[A-Z\d]++(?!\w))*(?!\w)")
"""Of an IBAN, as it is written; the letters of a bank are no word."""
_FEWEST = 4
"""Signs from which what was said is a part of an identifier and no other number."""


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    module = _module(slot.of)
    for match in (found for pattern in _TYPED for found in pattern.finditer(hearing.text)):
        number, _ = _judged(module, match.group())
        if number:
            first = len(fold(hearing.text[: match.start()]).split())
            return Reading(number, taken=frozenset(range(first, first + len(fold(match.group()).split()))))
    if slot.of == "iban" and hearing.asked and (part := _BEGUN.search(hearing.text)):
        begun = str(module.compact(part.group()))
        if len(begun) < _iban_length(begun):
            first = len(fold(hearing.text[: part.start()]).split())
            return Reading(held=begun, taken=frozenset(range(first, first + len(fold(part.group()).split()))))
    wrong: Reading | None = None
    for language in (hearing.language, hearing.other):
        runs = [run for run in spelled(hearing.text, language) if any(letter.isdigit() for letter in run.text)
                or (hearing.held and run.letters)]  # fmt: skip
        if slot.of == "iban" and runs and not hearing.held and runs[0].text[0].isdigit():
            runs[0] = replace(runs[0], text=_country(hearing, runs[0].first) + runs[0].text)
        everything = "".join(run.text for run in runs)
        taken = frozenset(at for run in runs for at in range(run.first, run.last + 1))
        if not everything:
            continue
        candidates = [*((run.text, frozenset(range(run.first, run.last + 1))) for run in runs), (everything, taken)]
        for said, words in [*((hearing.held + said, words) for said, words in candidates if hearing.held), *candidates]:
            number, reason = _judged(module, said)
            if number:
                return Reading(number, taken=words)
            found = _unfinished(reason, hearing.held + everything, taken)
            if wrong is None or (reason == "check_digit" and wrong.wrong != "check_digit"):
                wrong = found
    if not hearing.asked or wrong is None or not wrong.alone(hearing.words):
        return None
    return wrong


def _unfinished(reason: str, said: str, taken: frozenset[int]) -> Reading | None:
    if reason != "length":
        return Reading(wrong=reason, taken=taken)
    return Reading(held=said, taken=taken) if len(said) >= _FEWEST else None


def _judged(module: Any, said: str) -> tuple[str, str]:
    """(the number in its shortest form, "") or ("", why it is none: "length" where it may go on)."""
    from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

    try:
        compact = str(module.compact(said))
        if module.__name__ == "stdnum.iban" and (length := _iban_length(compact)) != len(compact):
            return "", "length" if len(compact) < length else "identifier_shape"
        options = {"validate_check_digits": True} if module.__name__ == "stdnum.mx.rfc" and len(compact) > 10 else {}
        return str(module.validate(compact, **options)), ""
    except InvalidChecksum:
        return "", "check_digit"
    except InvalidLength:
        return "", "length"
    except ValidationError:
        return "", "identifier_shape"


def _iban_length(said: str) -> int:
    """How many signs the IBANs of its country have; 0: no country begins so. Its check digits tell nothing before."""
    from stdnum import numdb

    parts: list[tuple[str, dict[str, str]]] = numdb.get("iban").info(said[:2])
    bban = parts[0][1].get("bban", "") if parts else ""
    return 4 + sum(map(int, re.findall(r"\d+", bban))) if bban else 0


def _country(hearing: Hearing, before: int) -> str:
    """The country that an IBAN begins with, where its two letters stand as a word of their own: «ES noventa y uno»."""
    said = hearing.words[before - 1].upper() if 0 < before <= len(hearing.words) else ""
    said = "ES" if said == "ESPANA" else said
    return said if len(said) == 2 and said.isalpha() and _iban_length(said) else ""


@cache
def _module(of: str) -> Any:
    return importlib.import_module(f"stdnum.{_MODULES[of]}")


def more(held: str) -> tuple[str, dict[str, Value]]:
    return "code_more", {"held": ", ".join(held)}


def mistake(slot: Slot) -> str:
    return "" if slot.of in _MODULES else f"`of` is one of {', '.join(_MODULES)}"


READER = Reader(
    read,
    order=10,
    called={
        "es": ("documento", "identificador", "dni", "nif", "nie", "iban", "cuenta"),
        "en": ("document", "identifier", "id", "iban", "account"),
    },
    more=more,
    phrases=("code_more",),
    wrong=lambda slot: ("check_digit", "identifier_shape"),
    mistake=mistake,
    entity=False,
)
