"""Slots filled from what was said: the one that was asked for, or all that a sentence tells."""

from collections.abc import Iterator

from runtime.agent import Frame, Language, Value
from runtime.agent.flow import Flow, Slot
from runtime.agent.ground import Ground
from runtime.agent.identity import identifying
from runtime.agent.numbers import ungrouped
from runtime.agent.readers import Hearing, Reading, number, read, reader
from runtime.agent.slots import is_question
from runtime.agent.walk import note
from runtime.agent.words import blanked, fold
from runtime.messages import Choice


def said_slots(ground: Ground, flow: Flow, text: str) -> dict[str, Value]:
    """Every value for the flow's slots that can be read in `text`, each word for one of them only."""
    found: dict[str, Value] = {}
    rest = ungrouped(text)
    for name, slot in sorted(flow.slots.items(), key=lambda item: reader(item[1].type).order):
        if not reader(slot.type).opening:
            continue
        reading = read(Hearing(rest, ground, asked=False), slot)
        if reading is None or reading.wrong:
            continue
        found |= kept(name, reading)
        if reader(slot.type).takes:
            rest = blanked(rest, reading.taken)
    if any(slot.type == "number" and found.get(name) for name, slot in flow.slots.items()):
        return {name: value for name, value in found.items() if not name.endswith("?held")}
    return found


def opening_slots(ground: Ground, flow: Flow, text: str) -> dict[str, Value]:
    """As `said_slots`; what is told of a choice waits until its options are known, and what tells who they are until
    they are asked for it."""
    waits = {note(name, "said"): text for name, slot in flow.slots.items() if slot.type == "choice"}
    who: dict[str, Value] = {}
    for first in _before(ground, flow):
        who |= whole(said_slots(ground, first, text))
    return who | waits | said_slots(ground, flow, text)


def number_alone(ground: Ground, flow: Flow, text: str) -> dict[str, Value]:
    """The number that the flow, or who wants it, is known by, where hardly anything else is said."""
    for each in (flow, *_before(ground, flow)):
        for name, slot in each.slots.items():
            said = number.said(text, ground.language, *slot.digits) if slot.type == "number" else None
            if said and said.whole and said.alone:
                return {name: said.digits}
    return {}


def _before(ground: Ground, flow: Flow) -> Iterator[Flow]:
    """The flows that identify the customer first, the last one first."""
    first = identifying(ground.pack, ground.identity, flow)
    while first:
        yield first
        first = identifying(ground.pack, ground.identity, first)


def whole(slots: dict[str, Value]) -> dict[str, Value]:
    """Values, without what is only noted of one."""
    return {name: value for name, value in slots.items() if "?" not in name}


def read_asked(
    ground: Ground, frame: Frame, name: str, slot: Slot, text: str, options: tuple[Choice, ...], *, spoken: bool
) -> Reading | None:
    """What the answer to the question for `name` is; None when it is no answer."""
    held = str(frame.slots.get(note(name, "held")) or "")
    hearing = Hearing(ungrouped(text), ground, spoken=spoken, held=held, options=options)
    reading = read(hearing, slot)
    if reading is None or reader(slot.type).anywhere or reading.alone(hearing.words):
        return reading
    return None if is_question(text) else reading


def kept(name: str, reading: Reading) -> dict[str, Value]:
    """What a frame keeps of a reading."""
    found: dict[str, Value] = {note(name, what): value for what, value in reading.notes.items()}
    if reading.wrong:
        found |= {note(name, "wrong"): reading.wrong, note(name, "held"): None}
    elif reading.held:
        found[note(name, "held")] = reading.held
    else:
        found[name] = reading.value
        if reading.title:
            found[f"{name}.title"] = reading.title
    return found


def called(ground: Ground, name: str, slot: Slot) -> tuple[str, ...]:
    """Folded words by which a customer names the slot, in both languages: the pack's, or those of its type."""
    languages: tuple[Language, ...] = ("es", "en")
    words: list[str] = []
    for language in languages:
        phrases = ground.pack.phrases.get(language)
        own = phrases.variants(f"called.{name}") if phrases and f"called.{name}" in phrases else ()
        words += [fold(each) for each in own] or reader(slot.type).called.get(language, ())
    return tuple(words)
