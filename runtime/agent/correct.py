"""«No, el cinco», "sorry, I meant 48215", «no, la fecha no, la hora»: which slot was wrong, and what it should be."""

import re
from typing import Literal

from runtime.agent import Frame, Value
from runtime.agent.days import is_day
from runtime.agent.fill import called, kept
from runtime.agent.flow import Flow, Slot
from runtime.agent.ground import Ground, filled
from runtime.agent.more import wants_more
from runtime.agent.numbers import is_weak, ungrouped
from runtime.agent.readers import Hearing, Reading, read, reader
from runtime.agent.slots import (
    AROUND,
    is_ordinal,
    is_plain,
    is_question,
    other_numbers,
    says_yes,
    undecided,
    without_answer,
    yes_no,
)
from runtime.agent.walk import page_of
from runtime.agent.wish import wished
from runtime.agent.words import BLANK, FUNCTION, blanked, fold, listed
from runtime.messages import Choice

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

_WHOLE = 0.6
"""A number that is less sure is read as the last digits of the one that is known."""
_ANOTHER = frozenset(listed("otro otra otros otras distinto distinta another other different"))
_AT_ONCE = frozenset(listed("ahora ya mismo right now"))
"""«Sí, ahora mismo» is no other day."""
_SHORT = 12
"""Words: what names a slot in a longer sentence may be about something else."""


def corrected(
    ground: Ground, flow: Flow, frame: Frame, text: str, *, confirming: bool = False, asked: str = ""
) -> dict[str, Value]:
    """The slots that a correction sets (None: to be asked for again); empty when `text` corrects nothing: a plain yes
    or no, a question, a value that is known said again.

    `confirming`: a yes or no was `asked`, so another value alone is a correction too.
    """
    wish = wished(text)
    if is_plain(text) or (is_question(text) and not wish):
        return {}
    if wish and not (confirming or ground.pack.acting(flow)):
        return {}
    text = wish.text if wish else text
    meant = _meant(text)
    begins = meant != text or bool(_CORRECTION.match(fold(text)) or (confirming and _RATHER.match(fold(text))))
    if not (begins or confirming or wish or _WRONG.search(fold(text))):
        return {}
    most = wish.most if wish else None if begins else _FEW
    found = _Correction(ground, flow, frame, meant, most=most, confirming=confirming, asked=asked).read()
    if not found and confirming and wants_more(text.replace(BLANK, " ")):
        return _another(ground, flow, frame)
    return found


def _another(ground: Ground, flow: Flow, frame: Frame) -> dict[str, Value]:
    """The choice that was made last is made once more; of two it is the other one."""
    made = [name for name, slot in flow.slots.items() if slot.type == "choice" and frame.slots.get(name) is not None]
    if not made:
        return {}
    options = ground.options(flow.slots[made[-1]], frame.slots)
    left = [option for option in options if option.id != frame.slots[made[-1]]]
    if len(options) == 2 and len(left) == 1:
        return {made[-1]: left[0].id, f"{made[-1]}.title": left[0].title}
    return {made[-1]: None}


def rather(ground: Ground, flow: Flow, frame: Frame, text: str, sure: float) -> dict[str, Value]:
    """The slots that are put right, where `text` begins with a correction and is like what has been given already more
    surely than (`sure`) like what is asked: «no, el seis» where a number of people is asked, after a day."""
    if not _CORRECTION.match(fold(text)) or is_plain(text) or is_question(text):
        return {}
    correction = _Correction(ground, flow, frame, _meant(text), confirming=False, asked="")
    return {} if correction.sure() <= sure else correction.read()


def confirmed(
    ground: Ground, flow: Flow, frame: Frame, text: str, asked: str
) -> Literal["yes", "no", "unclear", "something_else"]:
    """What is answered to what was `asked`. Values that are known may be said again in it; a yes in which there is any
    other number, day or name is unclear, and so are those values alone."""
    correction = _Correction(ground, flow, frame, text, most=_FEW, confirming=True, asked=asked)
    rest = correction.rest()
    answer = yes_no(text)
    if answer is None and says_yes(text):  # «sí, somos cuatro, mañana a las cinco»
        answer = yes_no(rest.replace(BLANK, " "))
    if answer is not None:
        return "no" if not answer else "yes" if _settled(ground, flow, rest, asked) else "unclear"
    again = correction.again and not Reading().around(fold(rest).split())
    return "unclear" if yes_no(text) or undecided(text) or again else "something_else"


def _settled(ground: Ground, flow: Flow, rest: str, asked: str) -> bool:
    if "?" in rest or other_numbers(rest, asked, ground.language):
        return False
    words, told = fold(rest).split(), set(fold(asked).split())
    names = {word for word in words if is_day(word) or word in _ANOTHER}
    for kind in {slot.of for slot in flow.slots.values() if slot.type == "entity"}:
        matches = ground.entities[kind].find(without_answer(rest), ground.language)
        names |= {words[at] for match in matches for at in match.words}
    return names <= told


class _Correction:
    """Reads `text` against what a frame knows. `most`: words of weight that may be said besides a value."""

    def __init__(
        self,
        ground: Ground,
        flow: Flow,
        frame: Frame,
        text: str,
        *,
        most: int | None = None,
        confirming: bool,
        asked: str,
    ) -> None:
        self._ground = ground
        self._flow = flow
        self._known = dict(frame.slots)
        self._said = ungrouped(text)
        self._text = without_answer(self._said) if confirming else self._said
        self._yes = confirming and says_yes(text)
        self._told = set(fold(asked).split())
        self._slots = {
            name: slot
            for name, slot in flow.slots.items()
            if frame.slots.get(name) is not None or (confirming and not self._yes and self._narrows(name, slot))
        }
        self._named = {name: slot for name, slot in self._slots.items() if _names(ground, name, slot, text)}
        self._most = None if self._named else most
        self.again: set[str] = set()
        """The slots whose values were said again, as far as the text has been read."""
        self._taken: set[int] = set()
        self._looked_up: dict[str, tuple[Choice, ...]] = {}

    def read(self) -> dict[str, Value]:
        found = self._found(self._named or self._slots)
        if self._named and not found:  # «el mismo día, a las ocho»
            found = self._found({name: slot for name, slot in self._slots.items() if name not in self._named})
        named = [name for name in self._named if name not in self.again]
        if not found and named and not self._yes and len(fold(self._text).split()) <= _SHORT:
            return {named[0]: None}
        return found

    def sure(self) -> float:
        """How sure the surest value is, if it is another than the one that is known."""
        best = self._surest(self._named or self._slots, self._text, self._known)
        return best[1].sure if best and not best[1].wrong and self._differs(*best) else 0.0

    def rest(self) -> str:
        """All that was said, but for the words of any value, known or new."""
        self._found(self._named or self._slots)
        return blanked(self._said, self._taken)

    def _found(self, slots: dict[str, Slot]) -> dict[str, Value]:
        """What differs from what is known."""
        found: dict[str, Value] = {}
        rest, left = blanked(self._text, self._taken), dict(slots)
        while best := self._surest(left, rest, {**self._known, **found}):
            name, reading = best
            if self._differs(name, reading):
                found |= {name: None, **kept(name, reading)}
            else:
                self.again.add(name)
            self._taken |= reading.taken
            if reader(left[name].type).takes:
                rest = blanked(rest, reading.taken)
            del left[name]
        return found

    def _differs(self, name: str, reading: Reading) -> bool:
        """Whether it is another value; one that nobody has told yet is none if it was part of what was asked."""
        if self._known.get(name) is None:
            words = fold(self._text).split()
            return not {words[at] for at in reading.taken} <= self._told | AROUND
        return bool(reading.wrong) or reading.value != self._known[name]

    def _narrows(self, name: str, slot: Slot) -> bool:
        """Whether the options of what was chosen depend on it."""
        return slot.optional and any(
            f"${name}" in other.arguments.values() for other in self._flow.slots.values() if other.type == "choice"
        )

    def _surest(self, slots: dict[str, Slot], text: str, known: dict[str, Value]) -> tuple[str, Reading] | None:
        """The slot that `text` fits best, with what it reads; of two alike what is known, then what was given last;
        what can't be right last."""
        given = list(self._known)
        best: tuple[tuple[bool, float, bool, int], str, Reading] | None = None
        for name, slot in slots.items():
            if reader(slot.type).by_name and not self._named:
                continue
            reading = self._read(name, slot, text, known)
            if reading and slot.type == "number" and reading.sure < _WHOLE and (self._taken or self._yes):
                continue  # what is left of «sí, de doce a tres» is no end of a number
            if reading is None or (self._most is not None and reading.around(fold(text).split()) > self._most):
                continue
            last = given.index(name) if name in given else -1
            fit = not reading.wrong, reading.sure, not self._differs(name, reading), last
            if best is None or fit > best[0]:
                best = fit, name, reading
        return best and best[1:]

    def _options(self, name: str, slot: Slot, known: dict[str, Value]) -> tuple[Choice, ...]:
        """Looked up once: they may be on another system."""
        arguments = filled(slot.arguments, known)
        key = f"{name} {arguments}"
        if key not in self._looked_up:
            same = arguments == filled(slot.arguments, self._known)
            self._looked_up[key] = self._ground.options(slot, known, page_of(known, name) if same else 0)
        return self._looked_up[key]

    def _read(self, name: str, slot: Slot, text: str, known: dict[str, Value]) -> Reading | None:
        """A value, and hardly anything else."""
        options: tuple[Choice, ...] = ()
        if slot.type == "choice":
            if not Reading().around(fold(text).split()):
                return None
            options = self._options(name, slot, known)
        hearing = Hearing(text, self._ground, options=options, before=known.get(name))
        reading = read(hearing, slot)
        if reading is None or reading.held or not reading.alone(hearing.words):
            return None
        words = [hearing.words[at] for at in reading.taken]
        if slot.type == "choice" and self._taken and FUNCTION.issuperset(words):  # "order 48215" is not the whole order
            return None
        ordinal = any(is_ordinal(word) for word in hearing.words)
        if ordinal and slot.type != "choice" and words and all(is_weak(word) for word in words):  # "the first one"
            return None
        if self._yes and words and all(is_weak(word) or word in _AT_ONCE for word in words):  # "yes, cancel that one"
            return None
        return reading


def _meant(text: str) -> str:
    """Without what is taken back: «el cinco no, el seis» → «el seis»."""
    segments = [each for each in _SEGMENT.split(text) if fold(each)]
    kept = [each for each in segments if not _NEGATED.match(fold(each)) and fold(each) not in ("no", "not")]
    return ", ".join(each.strip() for each in kept) if kept and len(kept) < len(segments) else text


def _names(ground: Ground, name: str, slot: Slot, text: str) -> bool:
    padded = f" {fold(text)} "
    return any(f" {word} " in padded for word in called(ground, name, slot))
