"""The moments at which the clock of some place is within its hours. Pure; summer time included."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from core.errors import ConfigError
from runtime.callouts.request import Window

AHEAD = 400
"""Days that are looked through for the next opening: more than a year, in case all but one are holidays."""


@cache
def zone_of(name: str) -> ZoneInfo:
    """Raises ConfigError."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigError("config.value", f"{name!r} is no time zone: write one such as Europe/Madrid") from None


def is_open(at: datetime, zone: ZoneInfo, windows: Sequence[Window], holidays: Collection[date]) -> bool:
    """Whether it is within the hours there. `at` knows its zone."""
    there = at.astimezone(zone)
    minute = there.hour * 60 + there.minute
    return there.date() not in holidays and any(
        there.isoweekday() in window.days and window.start <= minute < window.end for window in windows
    )


def next_open(at: datetime, zone: ZoneInfo, windows: Sequence[Window], holidays: Collection[date]) -> datetime | None:
    """The first moment from `at` on that is within the hours; None: there is none in more than a year."""
    if is_open(at, zone, windows, holidays):
        return at
    today = at.astimezone(zone).date()
    for ahead in range(-1, AHEAD):
        for moment in _turns(today + timedelta(days=ahead), zone, windows):
            if moment > at and is_open(moment, zone, windows, holidays):
                return moment
    return None


def next_day(at: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of the day after that of `at`, there."""
    return _first_of(at.astimezone(zone).date() + timedelta(days=1), zone)


def _turns(day: date, zone: ZoneInfo, windows: Sequence[Window]) -> list[datetime]:
    """When the hours of a day may begin: at their starts, at either of two where the clock goes back, and when it
    jumps over a start."""
    starts = {window.start for window in windows if day.isoweekday() in window.days}
    found = {
        datetime.combine(day, time(start // 60, start % 60, fold=fold), zone).astimezone(UTC)
        for start in starts
        for fold in (0, 1)
    }
    found |= set(_jumps(day, zone))
    return sorted(found)


def _jumps(day: date, zone: ZoneInfo) -> Iterator[datetime]:
    """When the clock is put forward or back on a day, to the second."""
    begin, end = _first_of(day, zone), _first_of(day + timedelta(days=1), zone)
    if begin.astimezone(zone).utcoffset() == end.astimezone(zone).utcoffset():
        return
    before, after = int(begin.timestamp()), int(end.timestamp())
    offset = begin.astimezone(zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    yield datetime.fromtimestamp(after, UTC)


def _first_of(day: date, zone: ZoneInfo) -> datetime:
    """Midnight, or when the clock jumps over it, the moment after the jump."""
    first = datetime.combine(day, time(), zone).astimezone(UTC)
    while first.astimezone(zone).date() < day:
        first += timedelta(minutes=15)
    return first
