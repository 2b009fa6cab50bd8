"""A date, on the side of today that `when` says: «el martes que viene», «el cinco», "May 5th 1980". ISO 8601."""

from runtime.agent.days import read_day
from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading

_WRONG = {"future": ("no_such_day", "day_gone"), "past": ("no_such_day", "day_to_come"), "any": ("no_such_day",)}


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    ground = hearing.ground
    if slot.of:
        matches = ground.entities[slot.of].find(hearing.text, hearing.language)
        ahead = sorted((match.id, match.words) for match in matches if match.id >= ground.today.isoformat())
        if ahead:
            return Reading(ahead[0][0], taken=ahead[0][1])
    found = read_day(hearing.text, hearing.language, ground.today, slot.when, bare=hearing.asked)
    if found is None:
        return None
    if found.day is None:
        return Reading(wrong=found.wrong, taken=found.taken) if hearing.asked else None
    return Reading(found.day.isoformat(), taken=found.taken)


READER = Reader(
    read,
    order=20,
    called={"es": ("fecha", "dia"), "en": ("date", "day")},
    wrong=lambda slot: _WRONG[slot.when],
)
