"""One of the rows of the tool `options`, by its words or its place: «el segundo». The row's id, with its title.

What a choice is cannot be told before its options are known: words of an opening sentence wait for them.
"""

from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.slots import naming, pick


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    found = pick(hearing.text, hearing.options, hearing.language)
    if found is None:
        return None
    return Reading(found.id, found.title, taken=naming(hearing.text, found.title, hearing.language), sure=0.6)


def mistake(slot: Slot) -> str:
    return "" if slot.options and slot.title else "a choice has `options`, a tool, and `title`, a phrase"


READER = Reader(read, order=90, mistake=mistake, opening=False, anywhere=True)
