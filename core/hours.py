"""When a place is open: its week, the days that break the week's rule, and both in words."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Literal, TypedDict

Hours = tuple[str, str]
"""When it opens and closes, HH:MM."""
Week = Mapping[int, Hours]
"""By ISO weekday, 1 Monday … 7 Sunday; closed on those that are not in it."""
Special = Callable[[date], tuple[str, Hours | None] | None]
"""What a day is called that breaks the rule, and its hours, None where it is closed; None for a day like others."""

AHEAD = 14
"""Days in which the next one that is open is looked for."""
_NAMES = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


class Day(TypedDict, total=False):
    """A day, ISO 8601; `opens` and `closes` where it is open, and the next day on which it is where it isn't."""

    outcome: Literal["open", "closed", "holiday", "special"]
    day: str
    opens: str
    closes: str
    holiday: str
    next_day: str
    next_opens: str


def hours_on(week: Week, special: Special, day: date) -> Day:
    """The hours of one day."""
    found = _on(week, special, day)
    if "opens" not in found:
        ahead = (_on(week, special, day + timedelta(days=days)) for days in range(1, AHEAD + 1))
        if after := next((each for each in ahead if "opens" in each), None):
            found["next_day"], found["next_opens"] = after["day"], after["opens"]
    return found


def _on(week: Week, special: Special, day: date) -> Day:
    iso, usual = day.isoformat(), week.get(day.isoweekday())
    if named := special(day):
        name, hours = named
        if hours is None:
            return Day(outcome="holiday", day=iso, holiday=name)
        return Day(outcome="special", day=iso, holiday=name, opens=hours[0], closes=hours[1])
    if usual is None:
        return Day(outcome="closed", day=iso)
    return Day(outcome="open", day=iso, opens=usual[0], closes=usual[1])


def week_in_words(week: Week, language: str) -> str:
    """Days with the same hours together: «de lunes a viernes, de 9:00 a 21:30; sábado y domingo, cerrado»."""
    spanish = language == "es"
    names = _NAMES["es" if spanish else "en"]
    runs: list[list[int]] = []
    for day in range(1, 8):
        if runs and week.get(day) == week.get(runs[-1][0]):
            runs[-1].append(day)
        else:
            runs.append([day])
    pair, row = ("{} y {}", "de {} a {}") if spanish else ("{} and {}", "{} to {}")
    parts: list[str] = []
    for run in runs:
        first, last = names[run[0] - 1], names[run[-1] - 1]
        days = first if len(run) == 1 else (pair if len(run) == 2 else row).format(first, last)
        hours = week.get(run[0])
        if hours is None:
            parts.append(f"{days}, {'cerrado' if spanish else 'closed'}")
        else:
            opens, closes = (each.removeprefix("0") for each in hours)
            parts.append(f"{days}, de {opens} a {closes}" if spanish else f"{days} from {opens} to {closes}")
    return "; ".join(parts)
