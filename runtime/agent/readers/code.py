"""A code of letters and digits, shaped like `pattern`: "@" a letter, "#" a digit, "*" either, the rest as it stands.

«B de Barcelona, cuatro, siete», "N for November four seven", typed «bc-47»: the value is written as the shape has it.
"""

import re

from runtime.agent import Value
from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.spelling import spelled
from runtime.agent.words import FUNCTION, fold, listed

_KINDS = {"@": str.isalpha, "#": str.isdigit, "*": str.isalnum}
_CLASSES = {"@": "[a-z]", "#": r"\d", "*": r"[a-z\d]"}
_SIGN = re.compile(r" (?:gui[oó]n|dash|hyphen|barra|slash) ", re.IGNORECASE)
_TIGHT, _LOOSE = r"[-./]?", rf"(?:[-./ ]|{_SIGN.pattern})?"
_SENTENCE = FUNCTION | frozenset(listed("es el la mi it is am no si un de"))
"""Words that are none of a code's letters."""


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    if typed := _typed(hearing, slot):
        return typed
    for language in (hearing.language, hearing.other):
        runs = [run for run in spelled(hearing.text, language) if any(letter.isalnum() for letter in run.text)]
        for run in runs[::-1]:
            taken = frozenset(range(run.first, run.last + 1))
            said = _plain(run.text)
            for symbols in (said, _plain(hearing.held) + said) if hearing.held else (said,):
                if (whole := fitted(slot.pattern, symbols)) and whole[1]:
                    return Reading(whole[0], taken=taken)
        if not hearing.asked or not runs:
            continue
        said = "".join(_plain(run.text) for run in runs)
        taken = frozenset(at for run in runs for at in range(run.first, run.last + 1))
        if (whole := fitted(slot.pattern, _plain(hearing.held) + said)) is not None:
            return Reading(whole[0], taken=taken) if whole[1] else _part(whole[0], taken, hearing)
        if len(said) >= 2 and any(letter.isdigit() for letter in said):
            return Reading(wrong="code_shape", taken=taken)
    return None


def _typed(hearing: Hearing, slot: Slot) -> Reading | None:
    """As it is written: «AB-1234», "ab1234"; with blanks in it only where it was asked for, and not «es 1234»."""
    for between in (_TIGHT, _LOOSE) if hearing.asked else (_TIGHT,):
        symbols = [_CLASSES.get(kind, re.escape(kind)) for kind in slot.pattern if kind in _KINDS or kind.isalnum()]
        shape = re.compile(rf"(?<![^\W_]){between.join(symbols)}(?![^\W_])", re.IGNORECASE | re.ASCII)
        for match in reversed(list(shape.finditer(hearing.text))):
            whole = fitted(slot.pattern, _plain(_SIGN.sub("", match.group())))
            if whole and whole[1] and not _SENTENCE & set(fold(match.group()).split()):
                first = len(fold(hearing.text[: match.start()]).split())
                count = len(fold(hearing.text[: match.end()]).split()) - first
                return Reading(whole[0], taken=frozenset(range(first, first + count)))
    return None


def _part(held: str, taken: frozenset[int], hearing: Hearing) -> Reading | None:
    reading = Reading(held=held, taken=taken)
    return reading if reading.alone(hearing.words) else None


def _plain(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())


def fitted(pattern: str, symbols: str) -> tuple[str, bool] | None:
    """`symbols` written as the pattern has them, and whether that is all of it; None where they don't fit.

    Signs of the pattern need not be said, nor the letters with which all such codes begin.
    """
    lead = next((at for at, kind in enumerate(pattern) if kind in _KINDS), len(pattern))
    for skipped in (False, True) if any(each.isalnum() for each in pattern[:lead]) else (False,):
        written, rest = (pattern[:lead], symbols) if skipped else ("", symbols)
        for kind in pattern[lead:] if skipped else pattern:
            if not kind.isalnum() and kind not in _KINDS:
                written += kind
                continue
            if not rest:
                return (written.rstrip("-/. "), False) if symbols else None
            first = "0" if kind == "#" and rest[0] == "O" else rest[0]
            if not (_KINDS[kind](first) if kind in _KINDS else kind.upper() == first):
                break
            written, rest = written + first, rest[1:]
        else:
            if not rest:
                return written, True
    return None


def more(held: str) -> tuple[str, dict[str, Value]]:
    return "code_more", {"held": ", ".join(held)}


def mistake(slot: Slot) -> str:
    if not any(kind in slot.pattern for kind in _KINDS):
        return "`pattern` is the shape of the code: @ a letter, # a digit, * either"
    return ""


READER = Reader(
    read,
    order=13,
    called={"es": ("codigo", "referencia", "clave"), "en": ("code", "reference", "key")},
    more=more,
    phrases=("code_more",),
    wrong=lambda slot: ("code_shape",),
    mistake=mistake,
)
