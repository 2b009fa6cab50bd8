"""Slots filled from what was said: the one that was asked for, or all that a sentence tells."""

from runtime.agent import Frame, Language, Value
from runtime.agent.flow import Flow, Slot
from runtime.agent.ground import Ground
from runtime.agent.numbers import ungrouped
from runtime.agent.readers import Hearing, Reading, read, reader
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
    """As `said_slots`; what is told of a choice waits until its options are known."""
    waits = {note(name, "said"): text for name, slot in flow.slots.items() if slot.type == "choice"}
    return waits | said_slots(ground, flow, text)


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
