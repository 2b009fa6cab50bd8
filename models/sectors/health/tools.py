"""What the flows call. Reading tools get a connection that can't write; those in ACTS run once, in a transaction;
those in CHECKS find out who the patient is. `customer` is whom the agent has identified: no words name one.

Names, prices and titles come from columns that end in the language, "es" or "en".
"""

import sqlite3
from datetime import date
from typing import Literal, TypedDict

from core import verification
from core.hours import Day, hours_on, week_in_words

ACTS = ("book", "move", "cancel", "pay")
CHECKS = ("check_born",)

FIRST_RECEIPT = 500_001
FIRST_REFERENCE = 700_001


class Found(TypedDict):
    outcome: Literal["ok", "unknown"]
    customer: str


class Checked(TypedDict):
    outcome: Literal["ok", "wrong", "locked"]


def find_patient(db: sqlite3.Connection, number: str) -> Found:
    """A patient's number; whose it is is not told."""
    row = db.execute("SELECT number FROM patients WHERE number = ?", (number,)).fetchone()
    return Found(outcome="ok" if row else "unknown", customer=row[0] if row else "")


def check_born(db: sqlite3.Connection, customer: str, born: str, now: float) -> Checked:
    """The year of birth; failures are counted, in however many calls."""
    row = db.execute("SELECT substr(born, 1, 4) FROM patients WHERE number = ?", (customer,)).fetchone()
    return Checked(outcome=verification.check_answers(db, customer, [born], row or (), now))


# Times that are free

_PARTS = {"morning": ("00:00", "14:00"), "afternoon": ("14:00", "24:00")}
_FREE = """
SELECT o.id, o.day, o.time, d.title_{language} AS doctor, d.specialty, d.centre FROM openings AS o
JOIN doctors AS d ON d.id = o.doctor
WHERE o.id NOT IN (SELECT opening FROM appointments WHERE state = 'booked') AND o.day > :today
    AND d.specialty = :specialty AND (:doctor IS NULL OR d.id = :doctor) AND (:centre IS NULL OR d.centre = :centre)
    AND o.day >= :first AND o.time >= :opens AND o.time < :closes
ORDER BY o.day, o.time, o.doctor LIMIT 60
"""


class Opening(TypedDict):
    id: str
    day: str
    time: str
    doctor: str


def openings(
    db: sqlite3.Connection,
    today: date,
    language: str,
    specialty: str | None,
    day: str | None = None,
    part: str | None = None,
    doctor: str | None = None,
    centre: str | None = None,
    hour: str | None = None,
) -> list[Opening]:
    """Free times from the day asked for, in the part of the day asked for where there are any. The first three say
    most: of a day that was not asked for one a day, at different hours, and not three in one morning. With an `hour`
    that very time of the day asked for, where it is free, or those that come nearest."""
    specialty, doctor = _wanted(db, specialty, doctor)
    rows: list[Opening] = []
    for hours in dict.fromkeys((_PARTS.get(part or "", ("00:00", "24:00")), ("00:00", "24:00"))):
        rows = _free(db, today, language, specialty, day, hours, doctor, centre)
        if rows:
            break
    on_the_day = [row for row in rows if row["day"] == day]
    if hour:
        return _near(on_the_day or rows, hour)
    return _apart(on_the_day) if len(on_the_day) > 1 else _spread(rows)


def _wanted(db: sqlite3.Connection, specialty: str | None, doctor: str | None) -> tuple[str, str | None]:
    """What for and with whom: a doctor is of one specialty, and not meant where another was named."""
    of = db.execute("SELECT specialty FROM doctors WHERE id = ?", (doctor,)).fetchone()
    return specialty or str(of[0]), doctor if of and specialty in (None, of[0]) else None


def _near(rows: list[Opening], hour: str) -> list[Opening]:
    """Just that hour of the first day, or of each day what comes nearest to it, then the rest."""
    if exact := [row for row in rows if (row["day"], row["time"]) == (rows[0]["day"], hour)]:
        return exact[:1]
    nearest = sorted(rows, key=lambda row: (row["day"], abs(_minutes(row["time"]) - _minutes(hour))))
    return _first(sorted(nearest[:3], key=lambda row: (row["day"], row["time"])), rows)


def _minutes(clock: str) -> int:
    return 60 * int(clock[:2]) + int(clock[3:])


def _free(
    db: sqlite3.Connection,
    today: date,
    language: str,
    specialty: str,
    day: str | None,
    hours: tuple[str, str],
    doctor: str | None,
    centre: str | None,
) -> list[Opening]:
    found = db.execute(
        _FREE.format(language="es" if language == "es" else "en"),
        {
            "today": today.isoformat(), "specialty": specialty, "doctor": doctor, "centre": centre,
            "first": day or today.isoformat(), "opens": hours[0], "closes": hours[1],
        },
    )  # fmt: skip
    return [Opening(id=str(row[0]), day=row[1], time=row[2], doctor=row[3]) for row in found]


def _apart(rows: list[Opening]) -> list[Opening]:
    """Of a day the first, one from the middle and the last; then the rest."""
    times = list({row["time"]: row for row in rows}.values())
    return times if len(times) <= 3 else _first([times[0], times[len(times) // 2], times[-1]], times)


def _spread(rows: list[Opening]) -> list[Opening]:
    chosen: list[Opening] = []
    for place, day in enumerate(list(dict.fromkeys(row["day"] for row in rows))[:3]):
        of_day = [row for row in rows if row["day"] == day]
        chosen.append(of_day[min(place * 2, len(of_day) - 1)])
    return _first(chosen, rows)


def _first(chosen: list[Opening], rows: list[Opening]) -> list[Opening]:
    """The chosen ones, then those that are offered to whoever wants none of them."""
    return [*chosen, *(row for row in rows if row not in chosen)]


class Bookable(TypedDict, total=False):
    outcome: Literal["free", "later", "already", "none", "referral"]
    specialty: str
    day: str
    time: str
    asked: str


def bookable(
    db: sqlite3.Connection,
    today: date,
    language: str,
    customer: str,
    specialty: str | None,
    day: str | None = None,
    part: str | None = None,
    doctor: str | None = None,
    centre: str | None = None,
    hour: str | None = None,
) -> Bookable:
    """Whether the patient can have a time: "already" one of that kind, "referral" needed, "none" free, or "later"
    than the day asked for."""
    specialty, doctor = _wanted(db, specialty, doctor)
    name = _specialty(db, language, specialty)
    held = db.execute(
        "SELECT o.day, o.time FROM appointments AS a JOIN openings AS o ON o.id = a.opening JOIN doctors AS d"
        " ON d.id = o.doctor WHERE a.patient = ? AND a.state = 'booked' AND o.day >= ? AND d.specialty = ?"
        " ORDER BY o.day, o.time LIMIT 1",
        (customer, today.isoformat(), specialty),
    ).fetchone()
    if held:
        return Bookable(outcome="already", specialty=name, day=held[0], time=held[1])
    needed = db.execute("SELECT referral FROM specialties WHERE id = ?", (specialty,)).fetchone()[0]
    if needed and not db.execute(
        "SELECT 1 FROM referrals WHERE patient = ? AND specialty = ?", (customer, specialty)
    ).fetchone():  # fmt: skip
        return Bookable(outcome="referral", specialty=name)
    offered = openings(db, today, language, specialty, day, part, doctor, centre, hour)
    if not offered:
        return Bookable(outcome="none", specialty=name)
    later = day is not None and offered[0]["day"] != day
    return Bookable(outcome="later" if later else "free", specialty=name, asked=day or "", day=offered[0]["day"])


def _specialty(db: sqlite3.Connection, language: str, specialty: str) -> str:
    column = "name_es" if language == "es" else "name_en"
    return str(db.execute(f"SELECT {column} FROM specialties WHERE id = ?", (specialty,)).fetchone()[0])  # noqa: S608


class Time(TypedDict):
    day: str
    time: str
    doctor: str
    centre: str
    specialty: str


def opening(db: sqlite3.Connection, language: str, opening: str) -> Time:
    """What a free time is, to be read back."""
    return _time(db, language, int(opening))


def _time(db: sqlite3.Connection, language: str, opening: int) -> Time:
    spoken = "es" if language == "es" else "en"
    row = db.execute(
        f"SELECT o.day, o.time, d.title_{spoken}, c.name, s.name_{spoken} FROM openings AS o JOIN doctors AS d"  # noqa: S608
        " ON d.id = o.doctor JOIN centres AS c ON c.id = d.centre JOIN specialties AS s ON s.id = d.specialty"
        " WHERE o.id = ?",
        (opening,),
    ).fetchone()
    return Time(day=row[0], time=row[1], doctor=row[2], centre=row[3], specialty=row[4])


# Appointments


class Booked(TypedDict, total=False):
    outcome: Literal["done", "taken", "clash", "refused"]
    reference: int
    day: str
    time: str
    doctor: str
    centre: str


def book(db: sqlite3.Connection, today: date, language: str, customer: str, opening: str) -> Booked:
    """Give a time to the patient, if it is still free and they have nothing else then."""
    wanted = int(opening)
    if refused := _not_possible(db, today, customer, wanted, None):
        return Booked(outcome=refused)
    reference = db.execute(
        "SELECT coalesce(max(reference) + 1, ?) FROM appointments", (FIRST_REFERENCE,)
    ).fetchone()[0]  # fmt: skip
    db.execute(
        "INSERT INTO appointments (reference, patient, opening, made) VALUES (?, ?, ?, ?)",
        (reference, customer, wanted, today.isoformat()),
    )
    return _told(db, language, reference, wanted)


def _not_possible(
    db: sqlite3.Connection, today: date, customer: str, opening: int, instead_of: int | None
) -> Literal["taken", "clash", "refused"] | None:
    row = db.execute("SELECT day, time FROM openings WHERE id = ?", (opening,)).fetchone()
    if row is None or row[0] <= today.isoformat():
        return "refused"
    if db.execute("SELECT 1 FROM appointments WHERE opening = ? AND state = 'booked'", (opening,)).fetchone():
        return "taken"
    clashes = db.execute(
        "SELECT 1 FROM appointments AS a JOIN openings AS o ON o.id = a.opening WHERE a.patient = ?"
        " AND a.state = 'booked' AND a.reference IS NOT ? AND (o.day, o.time) = (?, ?)",
        (customer, instead_of, *row),
    ).fetchone()
    return "clash" if clashes else None


def _told(db: sqlite3.Connection, language: str, reference: int, opening: int) -> Booked:
    time = _time(db, language, opening)
    return Booked(
        outcome="done", reference=reference, day=time["day"], time=time["time"], doctor=time["doctor"],
        centre=time["centre"],
    )  # fmt: skip


class Appointment(TypedDict):
    id: str
    day: str
    time: str
    specialty: str
    doctor: str
    centre: str


def appointments(db: sqlite3.Connection, today: date, language: str, customer: str) -> list[Appointment]:
    """The patient's appointments from today on, soonest first."""
    rows = db.execute(
        "SELECT a.reference, a.opening FROM appointments AS a JOIN openings AS o ON o.id = a.opening"
        " WHERE a.patient = ? AND a.state = 'booked' AND o.day >= ? ORDER BY o.day, o.time",
        (customer, today.isoformat()),
    ).fetchall()
    return [Appointment(id=str(reference), **_time(db, language, opening)) for reference, opening in rows]


class Coming(TypedDict, total=False):
    outcome: Literal["none", "one", "several"]
    count: int
    day: str
    time: str
    specialty: str
    doctor: str
    centre: str
    second_day: str
    second_time: str
    second_specialty: str


def coming(db: sqlite3.Connection, today: date, language: str, customer: str) -> Coming:
    """The next appointment, and the one after it."""
    held = appointments(db, today, language, customer)
    if not held:
        return Coming(outcome="none")
    first = held[0]
    told = Coming(
        outcome="one" if len(held) == 1 else "several", count=len(held), day=first["day"], time=first["time"],
        specialty=first["specialty"], doctor=first["doctor"], centre=first["centre"],
    )  # fmt: skip
    if len(held) > 1:
        second = held[1]
        told |= Coming(second_day=second["day"], second_time=second["time"], second_specialty=second["specialty"])
    return told


class Movable(TypedDict, total=False):
    outcome: Literal["yes", "today", "none"]
    day: str
    time: str
    doctor: str


def movable(db: sqlite3.Connection, today: date, language: str, customer: str, appointment: str) -> Movable:
    """Whether an appointment can be moved: not on its own day, and only where there is another time."""
    held = _held(db, today, language, customer, appointment)
    if held is None or held["day"] == today.isoformat():
        return Movable(outcome="today")
    if not other_openings(db, today, language, appointment):
        return Movable(outcome="none", day=held["day"], time=held["time"], doctor=held["doctor"])
    return Movable(outcome="yes", day=held["day"], time=held["time"], doctor=held["doctor"])


def other_openings(
    db: sqlite3.Connection,
    today: date,
    language: str,
    appointment: str,
    day: str | None = None,
    part: str | None = None,
    hour: str | None = None,
) -> list[Opening]:
    """Free times of the specialty that an appointment is for."""
    specialty = db.execute(
        "SELECT d.specialty FROM appointments AS a JOIN openings AS o ON o.id = a.opening JOIN doctors AS d"
        " ON d.id = o.doctor WHERE a.reference = ?",
        (int(appointment),),
    ).fetchone()[0]
    return openings(db, today, language, specialty, day, part, hour=hour)


def move(
    db: sqlite3.Connection, today: date, language: str, customer: str, appointment: str, opening: str
) -> Booked:  # fmt: skip
    """Give the appointment another time and free the one that it had."""
    held, wanted = _held(db, today, language, customer, appointment), int(opening)
    if held is None or held["day"] == today.isoformat():
        return Booked(outcome="refused")
    if refused := _not_possible(db, today, customer, wanted, int(appointment)):
        return Booked(outcome=refused)
    db.execute("UPDATE appointments SET opening = ? WHERE reference = ?", (wanted, int(appointment)))
    return _told(db, language, int(appointment), wanted)


def _held(
    db: sqlite3.Connection, today: date, language: str, customer: str, appointment: str
) -> Appointment | None:  # fmt: skip
    found = [each for each in appointments(db, today, language, customer) if each["id"] == appointment]
    return found[0] if found else None


class Cancellable(TypedDict, total=False):
    outcome: Literal["yes", "today"]
    day: str
    time: str
    doctor: str
    specialty: str


def cancellable(db: sqlite3.Connection, today: date, language: str, customer: str, appointment: str) -> Cancellable:
    """Whether an appointment can be cancelled here: not on its own day."""
    held = _held(db, today, language, customer, appointment)
    if held is None or held["day"] == today.isoformat():
        return Cancellable(outcome="today")
    return Cancellable(
        outcome="yes", day=held["day"], time=held["time"], doctor=held["doctor"], specialty=held["specialty"]
    )


class Cancelled(TypedDict, total=False):
    outcome: Literal["done", "refused"]
    day: str
    time: str


def cancel(db: sqlite3.Connection, today: date, language: str, customer: str, appointment: str) -> Cancelled:
    """Cancel an appointment; its time is free again."""
    found = cancellable(db, today, language, customer, appointment)
    if found["outcome"] != "yes":
        return Cancelled(outcome="refused")
    db.execute("UPDATE appointments SET state = 'cancelled' WHERE reference = ?", (int(appointment),))
    return Cancelled(outcome="done", day=found["day"], time=found["time"])


# Bills


class Bill(TypedDict):
    id: str
    concept: str
    amount: int


def open_bills(db: sqlite3.Connection, language: str, customer: str) -> list[Bill]:
    """What the patient has not paid yet, oldest first."""
    concept = "concept_es" if language == "es" else "concept_en"
    rows = db.execute(
        f"SELECT number, {concept}, amount FROM bills WHERE patient = ? AND state = 'open' ORDER BY issued",  # noqa: S608
        (customer,),
    )
    return [Bill(id=number, concept=name, amount=amount) for number, name, amount in rows]


class Owed(TypedDict, total=False):
    outcome: Literal["none", "one", "several"]
    count: int
    total: int
    concept: str


def owed(db: sqlite3.Connection, language: str, customer: str) -> Owed:
    """How much the patient owes in all."""
    bills = open_bills(db, language, customer)
    if not bills:
        return Owed(outcome="none")
    return Owed(
        outcome="one" if len(bills) == 1 else "several", count=len(bills), total=sum(bill["amount"] for bill in bills),
        concept=bills[0]["concept"],
    )  # fmt: skip


class Charge(TypedDict):
    concept: str
    amount: int


def bill(db: sqlite3.Connection, language: str, bill: str) -> Charge:
    concept = "concept_es" if language == "es" else "concept_en"
    row = db.execute(f"SELECT {concept}, amount FROM bills WHERE number = ?", (bill,)).fetchone()  # noqa: S608
    return Charge(concept=row[0], amount=row[1])


class Paid(TypedDict, total=False):
    outcome: Literal["done", "already", "refused"]
    receipt: int
    amount: int


def pay(db: sqlite3.Connection, today: date, customer: str, bill: str, card: str) -> Paid:
    """Charge a bill to the card that the provider keeps under the token `card`, once."""
    row = db.execute("SELECT amount, state FROM bills WHERE number = ? AND patient = ?", (bill, customer)).fetchone()
    if row is None or not card:
        return Paid(outcome="refused")
    amount, state = row
    if state == "paid":
        return Paid(outcome="already")
    receipt = db.execute("SELECT coalesce(max(receipt) + 1, ?) FROM payments", (FIRST_RECEIPT,)).fetchone()[0]
    db.execute("INSERT INTO payments VALUES (?, ?, ?, ?, ?)", (receipt, bill, amount, card, today.isoformat()))
    db.execute("UPDATE bills SET state = 'paid' WHERE number = ?", (bill,))
    return Paid(outcome="done", receipt=receipt, amount=amount)


# The clinic


class Price(TypedDict):
    specialty: str
    price: int


def price(db: sqlite3.Connection, language: str, specialty: str) -> Price:
    amount = db.execute("SELECT price FROM specialties WHERE id = ?", (specialty,)).fetchone()[0]
    return Price(specialty=_specialty(db, language, specialty), price=amount)


class Hours(Day, total=False):
    centre: str
    week: str


def opening_hours(db: sqlite3.Connection, today: date, language: str, centre: str, day: str | None = None) -> Hours:
    """When a centre opens on `day` (ISO, else today), on which day next if it does not, and its week in words."""
    week = {
        weekday: (opens, closes)
        for weekday, opens, closes in db.execute(
            "SELECT weekday, opens, closes FROM opening_hours WHERE centre = ?", (centre,)
        )
    }

    def special(day: date) -> tuple[str, tuple[str, str] | None] | None:
        row = db.execute(
            "SELECT name_es, name_en, opens, closes FROM special_days WHERE day = ?", (day.isoformat(),)
        ).fetchone()
        return row and (row[language != "es"], (row[2], row[3]) if row[2] else None)

    name = db.execute("SELECT name FROM centres WHERE id = ?", (centre,)).fetchone()[0]
    found = hours_on(week, special, date.fromisoformat(day) if day else today)
    return Hours(**found, centre=name, week=week_in_words(week, language))


class Address(TypedDict):
    centre: str
    address: str
    city: str
    phone: str
    other: str


def address(db: sqlite3.Connection, centre: str) -> Address:
    """Where a centre is, and which other one there is."""
    row = db.execute("SELECT name, address, city, phone FROM centres WHERE id = ?", (centre,)).fetchone()
    other = db.execute(
        "SELECT name || ', ' || address || ', ' || city FROM centres WHERE id <> ?", (centre,)
    ).fetchone()
    return Address(centre=row[0], address=row[1], city=row[2], phone=row[3], other=other[0])
