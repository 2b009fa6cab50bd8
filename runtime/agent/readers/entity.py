"""Something that the pack's entity `of` names: a product, a store. Its id, with the name to say as title."""

import re

from runtime.agent.flow import Slot
from runtime.agent.ground import MOST_OPTIONS
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.slots import pick
from runtime.agent.words import fold

_JOINED = re.compile(r"\b(?:y|e|o|ni|and|or|nor)\b")


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    if found := pick(hearing.text, hearing.options, hearing.language):
        return Reading(found.id, found.title)
    ground = hearing.ground
    index = ground.entities[slot.of]
    matches = index.find(hearing.text, hearing.language) or index.find(hearing.text, hearing.other)
    if not matches:
        return None
    same = [match for match in matches if match.words == matches[0].words]
    if len(same) > 1 and slot.unclear:
        return Reading(taken=matches[0].words, notes={"among": "|".join(match.id for match in same)})
    best = matches[0]
    others = [match.id for match in matches[1:] if not match.words & best.words]
    notes = {"also": "|".join(others[: MOST_OPTIONS - 1])} if others and _JOINED.search(fold(hearing.text)) else {}
    return Reading(best.id, ground.named(slot.of, best.id), taken=best.words, notes=notes)


def mistake(slot: Slot) -> str:
    return "" if slot.of else "`of` names the entity"


READER = Reader(read, order=30, mistake=mistake, takes=False, anywhere=True)
