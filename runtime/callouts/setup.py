"""The rules of a device, out of its settings and its pack. The hours of a law are defaults, and no legal advice."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from core.errors import ConfigError
from runtime.agent.pack import Pack, load_pack
from runtime.callouts.opening import PHRASES
from runtime.callouts.request import DAY, Outcome, Rules, Window
from runtime.callouts.windows import zone_of
from runtime.config import Callouts, Settings
from runtime.minds import pack_folder

LAWS: dict[str, Window] = {
    "es": Window((1, 2, 3, 4, 5), 9 * 60, 21 * 60),
    "us": Window((1, 2, 3, 4, 5, 6, 7), 8 * 60, 21 * 60),
}
"""Spain: Real Decreto Legislativo 1/2007, article 96.2 (commercial calls not before 9, after 21, on weekends or
holidays); that they need consent: Ley 11/2022, article 66. United States: 47 CFR 64.1200(c)(1) (TCPA), 8 to 21 where
the called party is."""


def book_path(settings: Settings) -> Path:
    return settings.data_folder / "callouts.db"


def rules_of(settings: Settings) -> Rules:
    """Raises ConfigError, PackError."""
    callouts, pack = settings.callouts, load_pack(pack_folder(settings.agent.pack))
    zone_of(callouts.zone)
    for language, phrases in pack.phrases.items():
        if missing := [code for code in PHRASES if code not in phrases]:
            raise ConfigError(
                "config.value", f"callouts: the pack's phrases/{language}.toml has no {missing[0]!r}: write it first"
            )
    return Rules(
        zone=callouts.zone,
        windows=(_window(callouts),),
        holidays=_given(callouts) | _of_pack(settings, pack),
        attempts=callouts.attempts,
        per_day=callouts.per_day,
        pauses=_pauses(callouts),
    )


def _window(callouts: Callouts) -> Window:
    law = LAWS[callouts.law]
    start, end = law.start, law.end
    if callouts.hours:
        start, end = (_minutes(one) for one in callouts.hours.split("-"))
        if start >= end:
            raise ConfigError("config.value", f"callouts.hours = {callouts.hours!r}: it ends before it begins")
    return Window(callouts.days or law.days, start, end)


def _minutes(text: str) -> int:
    hours, minutes = text.split(":")
    return min(DAY, 60 * int(hours) + int(minutes))


def _given(callouts: Callouts) -> frozenset[date]:
    try:
        return frozenset(date.fromisoformat(day) for day in callouts.holidays)
    except ValueError as error:
        raise ConfigError("config.value", f"callouts.holidays: {error}") from None


def _of_pack(settings: Settings, pack: Pack) -> frozenset[date]:
    """None until the database is there: the device makes it at its first start."""
    own = settings.data_folder / f"{pack.folder.name}.db"
    database = Path(settings.agent.database).expanduser() if settings.agent.database else own
    if not pack.manifest.holidays or not database.is_file():
        return frozenset()
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=2.0)) as db:
            return frozenset(date.fromisoformat(day) for (day,) in db.execute(pack.manifest.holidays))
    except (sqlite3.Error, ValueError) as error:
        raise ConfigError("config.value", f"{pack.folder / 'pack.toml'}: holidays: {error}") from error


def _pauses(callouts: Callouts) -> dict[Outcome, float]:
    quiet, other = 60 * callouts.no_answer_minutes, 60 * callouts.other_minutes
    return {
        "busy": 60 * callouts.busy_minutes,
        "failed": 60 * callouts.failed_minutes,
        "no_answer": quiet,
        "machine": quiet,
        "interrupted": quiet,
        "refused": other,
        "hung_up": other,
        "wrong_person": other,
    }
