"""A day and a time or a part of it: "2026-12-01 17:00", "2026-12-01 afternoon". One of the two may come later."""

from runtime.agent import Value
from runtime.agent.clock import halves, read_part, read_time
from runtime.agent.days import DayRead, read_day
from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.words import blanked, listed

_PARTS = frozenset(listed("esta tarde noche manana this morning afternoon evening tonight"))
"""Words of a day («esta tarde») that also say when on it."""


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    before = str(hearing.before or "")
    day = read_day(hearing.text, hearing.language, hearing.ground.today, slot.when, bare=hearing.asked and not before)
    held_day, held_time = halves(before or hearing.held)
    time, taken = _time(hearing, day)
    if day is None and not time:
        return None
    if day is not None:
        taken |= day.taken
        if day.day is None:
            return Reading(wrong=day.wrong, taken=taken) if hearing.asked else None
    if day is None and not hearing.asked:
        return None
    when = (day.day.isoformat() if day and day.day else held_day, time or held_time)
    if all(when):
        return Reading(" ".join(when), taken=taken, sure=0.7 if before else 0.9)
    return Reading(held=f"{when[0]} {when[1]}".strip(), taken=taken)


def _time(hearing: Hearing, day: DayRead | None) -> tuple[str, frozenset[int]]:
    """HH:MM or a part of the day."""
    words = hearing.words
    dated = [at for at in day.taken if words[at] not in _PARTS] if day else []
    rest = blanked(hearing.text, dated)  # "December 1 in the morning" is not one o'clock
    if time := read_time(rest, hearing.language, bare=hearing.asked and day is None):
        return time.time, time.taken
    part = read_part(hearing.text, hearing.language)
    return part or ("", frozenset())


def more(held: str) -> tuple[str, dict[str, Value]]:
    day, _ = halves(held)
    return ("moment_time" if day else "moment_day"), {"held": held}


READER = Reader(
    read,
    order=15,
    called={"es": ("dia", "fecha", "hora", "cita"), "en": ("day", "date", "time", "appointment")},
    more=more,
    phrases=("moment_time", "moment_day"),
    wrong=lambda slot: ("no_such_day", "day_gone"),
)
