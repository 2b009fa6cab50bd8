"""A day of this counter («el domingo», «Navidad» where `of` names an entity whose ids are days). ISO 8601."""

from runtime.agent.days import read_day
from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    ground = hearing.ground
    if slot.of:
        matches = ground.entities[slot.of].find(hearing.text, hearing.language)
        ahead = sorted((match.id, match.words) for match in matches if match.id >= ground.today.isoformat())
        if ahead:
            return Reading(ahead[0][0], taken=ahead[0][1])
    found = read_day(hearing.text, hearing.language, ground.today)
    return Reading(found.day.isoformat(), taken=found.taken) if found and found.day else None


READER = Reader(
    read,
    order=20,
    called={"es": ("dia", "fecha"), "en": ("day", "date")},
    takes=False,
    anywhere=True,
)
