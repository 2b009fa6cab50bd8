"""What the flows call. Reading tools get a connection that can't write; those in ACTS run once, in a transaction.

`customer` is the NIF that the agent has been told: no argument of a flow names another. Names come from columns that
end in the language, "es" or "en".
"""

import sqlite3
from datetime import date, timedelta
from typing import Literal, TypedDict

from core.hours import Day, hours_on, week_in_words

ACTS = ("book", "move", "cancel", "file_complaint")

FIRST_LOCATOR = 410_001
FIRST_KEY = 83_000_001
ANSWERED_WITHIN = 30
"""Days in which a complaint is answered."""


def _name(db: sqlite3.Connection, table: str, language: str, identity: str) -> str:
    column = "name_es" if language == "es" else "name_en"
    return str(db.execute(f"SELECT {column} FROM {table} WHERE id = ?", (identity,)).fetchone()[0])  # noqa: S608


class Found(TypedDict):
    outcome: Literal["ok", "unknown"]
    customer: str


def find_citizen(db: sqlite3.Connection, nif: str) -> Found:
    """Anybody with a document may ask for something, whether or not the town knows them yet."""
    return Found(outcome="ok" if nif else "unknown", customer=nif)


# Times that are free

_PARTS = {"morning": ("00:00", "14:00"), "afternoon": ("14:00", "24:00")}
_FREE = """
SELECT o.id, o.day, o.time, f.name FROM openings AS o JOIN offices AS f ON f.id = o.office
JOIN desks AS d ON d.office = o.office AND d.procedure = :procedure
WHERE o.id NOT IN (SELECT opening FROM appointments WHERE state = 'booked') AND o.day > :today
    AND (:office IS NULL OR o.office = :office) AND o.day >= :first AND o.time >= :opens AND o.time < :closes
ORDER BY o.day, o.time, o.office LIMIT 90
"""


class Opening(TypedDict):
    id: str
    day: str
    time: str
    office: str


def openings(
    db: sqlite3.Connection,
    today: date,
    procedure: str,
    day: str | None = None,
    part: str | None = None,
    office: str | None = None,
) -> list[Opening]:
    """Three free times from the day asked for, in the part of the day asked for where there are any; of a day that
    was not asked for one a day, at different hours."""
    rows: list[Opening] = []
    for opens, closes in dict.fromkeys((_PARTS.get(part or "", ("00:00", "24:00")), ("00:00", "24:00"))):
        found = db.execute(
            _FREE,
            {
                "today": today.isoformat(), "procedure": procedure, "office": office, "first": day or "",
                "opens": opens, "closes": closes,
            },
        )  # fmt: skip
        rows = [Opening(id=str(row[0]), day=row[1], time=row[2], office=row[3]) for row in found]
        if rows:
            break
    on_the_day = list({row["time"]: row for row in rows if row["day"] == day}.values())
    if len(on_the_day) > 3:
        return [on_the_day[0], on_the_day[len(on_the_day) // 2], on_the_day[-1]]
    return on_the_day if len(on_the_day) > 1 else _spread(rows)


def _spread(rows: list[Opening]) -> list[Opening]:
    chosen: list[Opening] = []
    for place, day in enumerate(list(dict.fromkeys(row["day"] for row in rows))[:3]):
        of_day = [row for row in rows if row["day"] == day]
        chosen.append(of_day[min(place * 3, len(of_day) - 1)])
    return chosen


class Needs(TypedDict):
    outcome: Literal["appointment", "no_appointment"]


def needs(db: sqlite3.Connection, procedure: str) -> Needs:
    """Whether a procedure takes an appointment at all."""
    row = db.execute("SELECT appointment FROM procedures WHERE id = ?", (procedure,)).fetchone()
    return Needs(outcome="appointment" if row[0] else "no_appointment")


class Bookable(TypedDict, total=False):
    outcome: Literal["free", "later", "already", "none"]
    procedure: str
    day: str


def bookable(
    db: sqlite3.Connection,
    today: date,
    language: str,
    customer: str,
    procedure: str,
    day: str | None = None,
    part: str | None = None,
    office: str | None = None,
) -> Bookable:
    """Whether there is a time: "none" free, or "later" than the day asked for; "already" where the citizen has one for
    the same thing, of which nothing is told: whoever asks has only said whose document it is."""
    held = db.execute(
        "SELECT 1 FROM appointments AS a JOIN openings AS o ON o.id = a.opening"
        " WHERE a.nif = ? AND a.procedure = ? AND a.state = 'booked' AND o.day >= ? LIMIT 1",
        (customer, procedure, today.isoformat()),
    ).fetchone()
    if held:
        return Bookable(outcome="already")
    name = _name(db, "procedures", language, procedure)
    offered = openings(db, today, procedure, day, part, office)
    if not offered:
        return Bookable(outcome="none", procedure=name)
    later = day is not None and offered[0]["day"] != day
    return Bookable(outcome="later" if later else "free", procedure=name, day=offered[0]["day"])


class Time(TypedDict):
    day: str
    time: str
    office: str


def opening(db: sqlite3.Connection, opening: str) -> Time:
    """What a free time is, to be read back."""
    row = db.execute(
        "SELECT o.day, o.time, f.name FROM openings AS o JOIN offices AS f ON f.id = o.office WHERE o.id = ?",
        (int(opening),),
    ).fetchone()
    return Time(day=row[0], time=row[1], office=row[2])


# Appointments


class Booked(TypedDict, total=False):
    outcome: Literal["done", "taken", "refused"]
    locator: int
    day: str
    time: str
    office: str


def book(db: sqlite3.Connection, today: date, customer: str, procedure: str, opening: str) -> Booked:
    """Give a time to a citizen, if it is still free."""
    if refused := _not_possible(db, today, opening):
        return Booked(outcome=refused)
    locator = db.execute("SELECT coalesce(max(locator) + 1, ?) FROM appointments", (FIRST_LOCATOR,)).fetchone()[0]
    db.execute(
        "INSERT INTO appointments (locator, nif, procedure, opening) VALUES (?, ?, ?, ?)",
        (locator, customer, procedure, int(opening)),
    )
    return _told(db, locator, opening)


def _not_possible(db: sqlite3.Connection, today: date, wanted: str) -> Literal["taken", "refused"] | None:
    row = db.execute("SELECT day FROM openings WHERE id = ?", (int(wanted),)).fetchone()
    if row is None or row[0] <= today.isoformat():
        return "refused"
    taken = db.execute("SELECT 1 FROM appointments WHERE opening = ? AND state = 'booked'", (int(wanted),)).fetchone()
    return "taken" if taken else None


def _told(db: sqlite3.Connection, locator: int, wanted: str) -> Booked:
    time = opening(db, wanted)
    return Booked(outcome="done", locator=locator, day=time["day"], time=time["time"], office=time["office"])


class Appointment(TypedDict, total=False):
    outcome: Literal["yes", "today", "not_found"]
    procedure: str
    day: str
    time: str
    office: str


def appointment(db: sqlite3.Connection, today: date, language: str, locator: str, customer: str) -> Appointment:
    """The appointment of that locator, if it is that citizen's and still to come."""
    row = db.execute(
        "SELECT a.procedure, a.opening, o.day FROM appointments AS a JOIN openings AS o ON o.id = a.opening"
        " WHERE a.locator = ? AND a.nif = ? AND a.state = 'booked' AND o.day >= ?",
        (int(locator), customer, today.isoformat()),
    ).fetchone()
    if row is None:
        return Appointment(outcome="not_found")
    time = opening(db, str(row[1]))
    return Appointment(
        outcome="today" if row[2] == today.isoformat() else "yes",
        procedure=_name(db, "procedures", language, row[0]),
        day=time["day"],
        time=time["time"],
        office=time["office"],
    )


def other_openings(
    db: sqlite3.Connection, today: date, locator: str, day: str | None = None, part: str | None = None
) -> list[Opening]:
    """Free times for what an appointment is for."""
    row = db.execute("SELECT procedure FROM appointments WHERE locator = ?", (int(locator),)).fetchone()
    return openings(db, today, row[0], day, part)


class Room(TypedDict):
    outcome: Literal["free", "none"]


def movable(db: sqlite3.Connection, today: date, locator: str) -> Room:
    """Whether there is another time at all."""
    return Room(outcome="free" if other_openings(db, today, locator) else "none")


def move(db: sqlite3.Connection, today: date, language: str, locator: str, customer: str, opening: str) -> Booked:
    """Give the appointment another time and free the one that it had."""
    if appointment(db, today, language, locator, customer)["outcome"] != "yes":
        return Booked(outcome="refused")
    if refused := _not_possible(db, today, opening):
        return Booked(outcome=refused)
    db.execute("UPDATE appointments SET opening = ? WHERE locator = ?", (int(opening), int(locator)))
    return _told(db, int(locator), opening)


class Cancelled(TypedDict, total=False):
    outcome: Literal["done", "refused"]
    day: str
    time: str


def cancel(db: sqlite3.Connection, today: date, language: str, locator: str, customer: str) -> Cancelled:
    """Cancel an appointment; its time is free again."""
    found = appointment(db, today, language, locator, customer)
    if found["outcome"] != "yes":
        return Cancelled(outcome="refused")
    db.execute("UPDATE appointments SET state = 'cancelled' WHERE locator = ?", (int(locator),))
    return Cancelled(outcome="done", day=found["day"], time=found["time"])


# Files, fees and complaints


class FileStatus(TypedDict, total=False):
    outcome: Literal["not_found", "received", "in_review", "waiting", "approved", "refused"]
    number: str
    procedure: str
    changed: str
    due: str
    missing: str


def file_status(db: sqlite3.Connection, language: str, number: str, customer: str) -> FileStatus:
    """How a file stands; "not_found" as well when it is somebody else's."""
    row = db.execute(
        "SELECT state, procedure, changed, due, missing_es, missing_en FROM files WHERE number = ? AND nif = ?",
        (number, customer),
    ).fetchone()
    if row is None:
        return FileStatus(outcome="not_found", number=number)
    return FileStatus(
        outcome=row[0],
        number=number,
        procedure=_name(db, "procedures", language, row[1]),
        changed=row[2],
        due=row[3],
        missing=row[4 if language == "es" else 5] or "",
    )


class Fee(TypedDict):
    outcome: Literal["free", "fixed", "year", "from"]
    procedure: str
    fee: int


def fee(db: sqlite3.Connection, language: str, procedure: str) -> Fee:
    """What a procedure costs, and how it is charged."""
    amount, per = db.execute("SELECT fee, per FROM procedures WHERE id = ?", (procedure,)).fetchone()
    name = _name(db, "procedures", language, procedure)
    return Fee(outcome=per if amount else "free", procedure=name, fee=amount)


class Registered(TypedDict):
    key: str
    day: str
    due: str


def file_complaint(db: sqlite3.Connection, today: date, subject: str, words: str, phone: str) -> Registered:
    """Register a complaint; its key is given once."""
    key = db.execute("SELECT coalesce(max(CAST(key AS INTEGER)) + 1, ?) FROM complaints", (FIRST_KEY,)).fetchone()[0]
    due = (today + timedelta(days=ANSWERED_WITHIN)).isoformat()
    db.execute(
        "INSERT INTO complaints (key, subject, words, phone, opened, due) VALUES (?, ?, ?, ?, ?, ?)",
        (str(key), subject, words, phone, today.isoformat(), due),
    )
    return Registered(key=str(key), day=today.isoformat(), due=due)


class ComplaintStatus(TypedDict, total=False):
    outcome: Literal["not_found", "open", "late", "answered"]
    key: str
    subject: str
    opened: str
    due: str


def complaint_status(db: sqlite3.Connection, today: date, language: str, case_key: str) -> ComplaintStatus:
    """How a complaint stands; "late" when its day has passed without an answer."""
    row = db.execute("SELECT subject, opened, due, state FROM complaints WHERE key = ?", (case_key,)).fetchone()
    if row is None:
        return ComplaintStatus(outcome="not_found", key=case_key)
    late = row[3] == "open" and row[2] < today.isoformat()
    return ComplaintStatus(
        outcome="late" if late else row[3],
        key=case_key,
        subject=_name(db, "subjects", language, row[0]),
        opened=row[1],
        due=row[2],
    )


# The offices


class Hours(Day, total=False):
    office: str
    week: str


def opening_hours(db: sqlite3.Connection, today: date, language: str, office: str, day: str | None = None) -> Hours:
    """When an office opens on `day` (ISO, else today), on which day next if it does not, and its week in words."""
    week = {
        weekday: (opens, closes)
        for weekday, opens, closes in db.execute(
            "SELECT weekday, opens, closes FROM opening_hours WHERE office = ?", (office,)
        )
    }

    def special(day: date) -> tuple[str, tuple[str, str] | None] | None:
        row = db.execute(
            "SELECT name_es, name_en, opens, closes FROM special_days WHERE day = ?", (day.isoformat(),)
        ).fetchone()
        return row and (row[language != "es"], (row[2], row[3]) if row[2] else None)

    name = db.execute("SELECT name FROM offices WHERE id = ?", (office,)).fetchone()[0]
    found = hours_on(week, special, date.fromisoformat(day) if day else today)
    return Hours(**found, office=name, week=week_in_words(week, language))


class Address(TypedDict):
    office: str
    address: str
    phone: str
    other: str


def address(db: sqlite3.Connection, office: str) -> Address:
    """Where an office is, and which other one there is."""
    row = db.execute("SELECT name, address, phone FROM offices WHERE id = ?", (office,)).fetchone()
    other = db.execute("SELECT address FROM offices WHERE id <> ?", (office,)).fetchone()
    return Address(office=row[0], address=row[1], phone=row[2], other=other[0])
