"""A time of day, HH:MM: «a las cinco y media», "half past five", "5 pm". Before eight it is in the afternoon unless
the part of the day is said."""

from runtime.agent.clock import read_time
from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    found = read_time(hearing.text, hearing.language, bare=hearing.asked)
    return Reading(found.time, taken=found.taken, sure=0.9 if found.marked else 0.4) if found else None


READER = Reader(read, order=25, called={"es": ("hora",), "en": ("time", "hour")})
