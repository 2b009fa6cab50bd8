"""«No, el cinco», "sorry, I meant 48215", «no, la fecha no, la hora»: which slot was wrong, and what it should be."""

import re

from runtime.agent import Frame, Value
from runtime.agent.fill import called, kept
from runtime.agent.flow import Flow, Slot
from runtime.agent.ground import Ground
from runtime.agent.numbers import ungrouped
from runtime.agent.readers import Hearing, Reading, read, reader
from runtime.agent.slots import is_question, yes_no
from runtime.agent.words import blanked, fold

_CORRECTION = re.compile(
    r"^(?:no|not|perdon|perdona|perdone|espera|digo|quise decir|queria decir|me he equivocado|sorry|wait|actually"
    r"|i meant|i mean|it s|make (?:that|it))\b"
)
_RATHER = re.compile(r"^(?:mejor|que sea|prefiero|cambia\w*|rather|i d rather|better|change)\b")
_WRONG = re.compile(r"\b(?:esta mal|mal|no es (?:correct[oa]|es[ao])|equivocad[oa]|wrong|incorrect[oa]?|not right)\b")
_SEGMENT = re.compile(r"[,;:.!?¡¿]+(?=\s|$)|\bsino\b|\bbut\b", re.IGNORECASE)
_NEGATED = re.compile(r"^(?:no|not)\b.+|.+ (?:no|not)$")
_FEW = 2
"""Words around a value that nobody asked for, where a yes or no was asked: it is another value, not another matter."""

_SHORT = 12
"""Words: what names a slot in a longer sentence may be about something else."""


def corrected(ground: Ground, flow: Flow, frame: Frame, text: str, *, confirming: bool = False) -> dict[str, Value]:
    """The slots that a correction sets (None: to be asked for again); empty when `text` corrects nothing.

    `confirming`: a yes or no was asked, so another value alone is a correction too.
    """
    meant = _meant(text)
    begins = meant != text or bool(_CORRECTION.match(fold(text)) or (confirming and _RATHER.match(fold(text))))
    other = confirming and yes_no(text) is None and not is_question(text)
    if not (begins or other or _WRONG.search(fold(text))):
        return {}
    known = {name: slot for name, slot in flow.slots.items() if frame.slots.get(name) is not None}
    named = {name: slot for name, slot in known.items() if _names(ground, name, slot, meant)}
    found: dict[str, Value] = {}
    rest, left = ungrouped(meant), dict(named or known)
    while best := _surest(ground, frame, left, rest, of_named=bool(named), few=not begins and not named):
        name, reading = best
        found |= {name: None, **kept(name, reading)}
        rest = blanked(rest, reading.taken)
        del left[name]
    if not found and named and len(fold(text).split()) <= _SHORT:
        return dict.fromkeys(list(named)[:1])
    return found


def _surest(
    ground: Ground, frame: Frame, slots: dict[str, Slot], text: str, *, of_named: bool, few: bool
) -> tuple[str, Reading] | None:
    """The slot that `text` fits best, with what it reads; the first of two alike, what can't be right last."""
    best: tuple[str, Reading] | None = None
    for name, slot in slots.items():
        if reader(slot.type).by_name and not of_named:
            continue
        reading = _read(ground, frame, name, slot, text)
        if reading is None or (few and reading.around(fold(text).split()) > _FEW):
            continue
        if best is None or _fit(reading) > _fit(best[1]):
            best = name, reading
    return best


def _fit(reading: Reading) -> tuple[bool, float]:
    return not reading.wrong, reading.sure


def _read(ground: Ground, frame: Frame, name: str, slot: Slot, text: str) -> Reading | None:
    """Another value than the one that is known, and hardly anything else."""
    before = frame.slots[name]
    options = ground.options(slot, frame.slots) if slot.type == "choice" else ()
    hearing = Hearing(text, ground, options=options, before=before)
    reading = read(hearing, slot)
    if reading is None or not reading.alone(hearing.words):
        return None
    return None if reading.held or (reading.value == before and not reading.wrong) else reading


def _meant(text: str) -> str:
    """Without what is taken back: «el cinco no, el seis» → «el seis»."""
    segments = [each for each in _SEGMENT.split(text) if fold(each)]
    kept = [each for each in segments if not _NEGATED.match(fold(each)) and fold(each) not in ("no", "not")]
    return ", ".join(each.strip() for each in kept) if kept and len(kept) < len(segments) else text


def _names(ground: Ground, name: str, slot: Slot, text: str) -> bool:
    padded = f" {fold(text)} "
    return any(f" {word} " in padded for word in called(ground, name, slot))
