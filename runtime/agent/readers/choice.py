"""One of the rows of the tool `options`, by its words or its place: «el segundo». The row's id, with its title.

What a choice is cannot be told before its options are known: words of an opening sentence wait for them.
"""

from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.slots import naming, pick
from runtime.messages import Choice


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    found = pick(hearing.text, hearing.options, hearing.language) or _by_another_name(hearing)
    if found is None:
        return None
    return Reading(found.id, found.title, taken=naming(hearing.text, found.title, hearing.language), sure=0.6)


def _by_another_name(hearing: Hearing) -> Choice | None:
    """«La del oculista», where «oftalmología» is on offer: by what the pack's entities call it."""
    ground = hearing.ground
    called = [
        ground.named(entity, match.id)
        for entity, index in ground.entities.items()
        for match in index.find(hearing.text, hearing.language)
    ]
    return pick(" ".join(called), hearing.options, hearing.language) if called and hearing.options else None


def mistake(slot: Slot) -> str:
    return "" if slot.options and slot.title else "a choice has `options`, a tool, and `title`, a phrase"


READER = Reader(read, order=90, mistake=mistake, opening=False, anywhere=True)
