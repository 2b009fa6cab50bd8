"""What the flows call. Reading tools get a connection that can't write; those in ACTS run once, in a transaction;
those in CHECKS find out who the customer is. `customer` is the line that the agent has identified, by its number: no
words name one. Faults and visits are for whoever knows the number, bills and contracts are not.
"""

import sqlite3
from datetime import date, timedelta
from typing import Literal, TypedDict

from core import verification

ACTS = (
    "tell_when_back", "book_visit", "move_visit", "cancel_visit", "change_plan", "undo_plan_change", "open_complaint",
    "order_sim",
)  # fmt: skip
CHECKS = ("check_code",)

FIRST_CHANGE, FIRST_COMPLAINT, FIRST_VISIT, FIRST_SIM = 200_001, 300_001, 400_001, 600_001
"""Case numbers have six digits, lines nine: none is taken for another."""
ANSWER_DAYS = 15
"""Working days in which a complaint is answered."""


class Found(TypedDict):
    outcome: Literal["ok", "unknown"]
    customer: str


class Checked(TypedDict):
    outcome: Literal["ok", "wrong", "locked"]


def find_line(db: sqlite3.Connection, line: str) -> Found:
    """Whether there is such a line; whose it is is not told."""
    row = db.execute("SELECT number FROM lines WHERE number = ?", (line,)).fetchone()
    return Found(outcome="ok" if row else "unknown", customer=row[0] if row else "")


def check_code(db: sqlite3.Connection, customer: str, code: memoryview, now: float) -> Checked:
    """The four digits of the contract, keyed, which nothing else has seen."""
    return Checked(outcome=verification.check_secret(db, customer, "code", code, now))


class Line(TypedDict, total=False):
    outcome: Literal["ok", "silent", "outage", "suspended", "visit", "not_found"]
    kind: Literal["fibre", "mobile"]
    number: str
    plan: str
    area: str
    cause: str
    until_day: str
    until: str
    case: int
    day: str
    opens: str
    closes: str


def line_state(db: sqlite3.Connection, language: str, line: str) -> Line:
    """How a line is; the most telling thing only: suspended, outage, visit booked, no answer from its router, well."""
    row = _line(db, line)
    if row is None:
        return Line(outcome="not_found", number=line)
    area, kind, state, sync, plan_es, plan_en = row
    found = Line(outcome="ok" if sync else "silent", kind=kind, number=line)
    found["plan"] = plan_es if language == "es" else plan_en
    found["area"] = db.execute("SELECT name FROM areas WHERE id = ?", (area,)).fetchone()[0]
    if state == "suspended":
        found["outcome"] = "suspended"
    elif outage := db.execute("SELECT * FROM outages WHERE area = ? AND kind = ?", (area, kind)).fetchone():
        found["outcome"], found["cause"] = "outage", outage[2] if language == "es" else outage[3]
        found["until_day"], found["until"] = outage[4], outage[5]
    elif visit := _visit(db, line):
        found["outcome"] = "visit"
        found["case"], found["day"], found["opens"], found["closes"] = visit
    return found


def _line(db: sqlite3.Connection, number: str) -> tuple[str, Literal["fibre", "mobile"], str, int, str, str] | None:
    row: tuple[str, Literal["fibre", "mobile"], str, int, str, str] | None = db.execute(
        "SELECT l.area, p.kind, l.state, l.sync, p.name_es, p.name_en FROM lines AS l JOIN plans AS p ON p.id = l.plan"
        " WHERE l.number = ?",
        (number,),
    ).fetchone()
    return row


def _visit(db: sqlite3.Connection, line: str) -> tuple[int, str, str, str] | None:
    row: tuple[int, str, str, str] | None = db.execute(
        "SELECT v.case_number, v.day, v.opens, w.closes FROM visits AS v JOIN lines AS l ON l.number = v.line"
        " JOIN visit_windows AS w ON w.area = l.area AND w.day = v.day AND w.opens = v.opens"
        " WHERE v.line = ? AND v.state = 'booked'",
        (line,),
    ).fetchone()
    return row


class Told(TypedDict, total=False):
    outcome: Literal["done", "gone"]
    until_day: str
    until: str


def tell_when_back(db: sqlite3.Connection, today: date, line: str) -> Told:
    """A message when the outage of the line's area is over."""
    row = db.execute(
        "SELECT o.until_day, o.until FROM lines AS l JOIN plans AS p ON p.id = l.plan"
        " JOIN outages AS o ON o.area = l.area AND o.kind = p.kind WHERE l.number = ?",
        (line,),
    ).fetchone()
    if row is None:
        return Told(outcome="gone")
    db.execute("INSERT OR IGNORE INTO outage_notices (line, asked) VALUES (?, ?)", (line, today.isoformat()))
    return Told(outcome="done", until_day=row[0], until=row[1])


class Window(TypedDict):
    id: str
    day: str
    opens: str
    closes: str


def visit_windows(
    db: sqlite3.Connection, line: str, day: str | None = None, part: str | None = None, hour: str | None = None
) -> list[Window]:
    """The technicians' free times for a line: on and after `day` (ISO), in that part of it, and where there are any
    those that `hour` falls into."""
    found = db.execute(
        "SELECT w.day, w.opens, w.closes FROM visit_windows AS w JOIN lines AS l ON l.area = w.area"
        " WHERE l.number = ? AND w.taken < w.capacity AND w.day >= ?"
        " AND CASE ? WHEN 'morning' THEN w.opens < '12:00' WHEN 'afternoon' THEN w.opens >= '12:00' ELSE 1 END"
        " ORDER BY w.day, w.opens LIMIT 40",
        (line, day or "", part),
    )
    rows = [Window(id=f"{on} {opens}", day=on, opens=opens, closes=closes) for on, opens, closes in found]
    return [row for row in rows if hour and row["opens"] <= hour < row["closes"]] or rows


class Possible(TypedDict, total=False):
    outcome: Literal["yes", "none_free", "mobile", "booked", "no_visit", "not_found"]
    number: str
    case: int
    day: str
    opens: str
    closes: str


def visit_possible(db: sqlite3.Connection, line: str) -> Possible:
    """Whether a visit can be booked for a line."""
    found = _possible(db, line)
    if "case" in found:
        found["outcome"] = "booked"
    elif found["outcome"] == "yes" and not visit_windows(db, line):
        found["outcome"] = "none_free"
    return found


def visit_booked(db: sqlite3.Connection, line: str) -> Possible:
    """Whether there is a visit to move or to cancel."""
    found = _possible(db, line)
    if found["outcome"] == "yes" and "case" not in found:
        found["outcome"] = "no_visit"
    return found


def _possible(db: sqlite3.Connection, line: str) -> Possible:
    row = _line(db, line)
    if row is None:
        return Possible(outcome="not_found", number=line)
    found = Possible(outcome="mobile" if row[1] == "mobile" else "yes", number=line)
    if visit := _visit(db, line):
        found["case"], found["day"], found["opens"], found["closes"] = visit
    return found


class Booked(TypedDict, total=False):
    outcome: Literal["done", "full", "refused"]
    case: int
    day: str
    opens: str
    closes: str


def book_visit(db: sqlite3.Connection, line: str, window: str, reason: str) -> Booked:
    """A technician at `window` ("2026-11-26 16:00"); nothing when the time was taken meanwhile."""
    if visit_possible(db, line)["outcome"] not in ("yes", "none_free"):
        return Booked(outcome="refused")
    if (closes := _take(db, line, window)) is None:
        return Booked(outcome="full")
    day, opens = window.split(" ")
    case = _next(db, "SELECT max(case_number) FROM visits", FIRST_VISIT)
    db.execute("INSERT INTO visits VALUES (?, ?, ?, ?, ?, 'booked')", (case, line, reason, day, opens))
    return Booked(outcome="done", case=case, day=day, opens=opens, closes=closes)


def move_visit(db: sqlite3.Connection, line: str, window: str) -> Booked:
    """The booked visit to another time; it keeps its case number."""
    visit = _visit(db, line)
    if visit is None:
        return Booked(outcome="refused")
    if (closes := _take(db, line, window)) is None:
        return Booked(outcome="full")
    _give_back(db, line, visit)
    day, opens = window.split(" ")
    db.execute("UPDATE visits SET day = ?, opens = ? WHERE case_number = ?", (day, opens, visit[0]))
    return Booked(outcome="done", case=visit[0], day=day, opens=opens, closes=closes)


def cancel_visit(db: sqlite3.Connection, line: str) -> Booked:
    """No visit after all: its time is free again."""
    visit = _visit(db, line)
    if visit is None:
        return Booked(outcome="refused")
    _give_back(db, line, visit)
    db.execute("UPDATE visits SET state = 'cancelled' WHERE case_number = ?", (visit[0],))
    return Booked(outcome="done", case=visit[0], day=visit[1], opens=visit[2], closes=visit[3])


def _take(db: sqlite3.Connection, line: str, window: str) -> str | None:
    """Take one place in a window of the line's area; when it ends, or None when nothing is left."""
    day, _, opens = window.partition(" ")
    row = db.execute(
        "UPDATE visit_windows SET taken = taken + 1 WHERE area = (SELECT area FROM lines WHERE number = ?)"
        " AND day = ? AND opens = ? AND taken < capacity RETURNING closes",
        (line, day, opens),
    ).fetchone()
    return str(row[0]) if row else None


def _give_back(db: sqlite3.Connection, line: str, visit: tuple[int, str, str, str]) -> None:
    db.execute(
        "UPDATE visit_windows SET taken = taken - 1 WHERE area = (SELECT area FROM lines WHERE number = ?)"
        " AND day = ? AND opens = ?",
        (line, visit[1], visit[2]),
    )


class Bill(TypedDict, total=False):
    outcome: Literal[
        "same",
        "lower",
        "calls",
        "roaming",
        "device",
        "discount_over",
        "other",
        "first",
        "none",
    ]
    line: str
    total: int
    before: int
    difference: int
    extra: int
    issued: str
    due: str
    items: str


_CONCEPTS = {
    "es": {"plan": "cuota", "discount": "descuento", "calls": "llamadas de tarificación especial",
           "roaming": "uso fuera de la Unión Europea", "device": "plazo del dispositivo",
           "part": "ajuste del primer mes"},
    "en": {"plan": "plan", "discount": "discount", "calls": "calls to special-rate numbers",
           "roaming": "use outside the European Union", "device": "instalment of the device",
           "part": "first month in part"},
}  # fmt: skip


def explain_bill(db: sqlite3.Connection, language: str, customer: str) -> Bill:
    """The last bill of a line, against the one before: the biggest thing that made it dearer."""
    rows = db.execute(
        "SELECT number, issued, due FROM bills WHERE line = ? ORDER BY issued DESC LIMIT 2", (customer,)
    ).fetchall()
    if not rows:
        return Bill(outcome="none", line=customer)
    last, *before = [dict(db.execute("SELECT concept, amount FROM bill_items WHERE bill = ?", row[:1])) for row in rows]
    words = _CONCEPTS["es" if language == "es" else "en"]
    found = Bill(
        line=customer,
        total=sum(last.values()),
        issued=rows[0][1],
        due=rows[0][2],
        items="\n".join(f"{words[concept]}: {_euros(amount, language)}" for concept, amount in last.items()),
    )
    if not before:
        found["outcome"] = "first"
        return found
    found["before"] = sum(before[0].values())
    more = found["total"] - found["before"]
    found["difference"] = abs(more)
    found["outcome"], found["extra"] = _reason(last, before[0], more)
    return found


def _reason(
    last: dict[str, int], before: dict[str, int], more: int
) -> tuple[Literal["same", "lower", "calls", "roaming", "device", "discount_over", "other"], int]:
    if more == 0:
        return "same", 0
    if more < 0:
        return "lower", 0
    grown = {concept: last.get(concept, 0) - before.get(concept, 0) for concept in {*last, *before}}
    match max(sorted(grown), key=lambda concept: grown[concept]):
        case "discount":
            return "discount_over", grown["discount"]
        case "calls":
            return "calls", grown["calls"]
        case "roaming":
            return "roaming", grown["roaming"]
        case "device":
            return "device", grown["device"]
        case _:
            return "other", more


def _euros(cents: int, language: str) -> str:
    whole, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}{whole},{rest:02d} €" if language == "es" else f"{sign}€{whole}.{rest:02d}"


class Contract(TypedDict, total=False):
    outcome: Literal["yes", "pending"]
    line: str
    plan: str
    price: int
    starts: str
    case: int
    new: str


def plan_of(db: sqlite3.Connection, language: str, customer: str) -> Contract:
    """The plan of a line, and the change that is under way if there is one."""
    plan, price = db.execute(
        "SELECT CASE ? WHEN 'es' THEN p.name_es ELSE p.name_en END, p.price FROM lines AS l"
        " JOIN plans AS p ON p.id = l.plan WHERE l.number = ?",
        (language, customer),
    ).fetchone()
    found = Contract(outcome="yes", line=customer, plan=plan, price=price)
    change = db.execute(
        "SELECT c.case_number, c.starts, CASE ? WHEN 'es' THEN p.name_es ELSE p.name_en END FROM plan_changes AS c"
        " JOIN plans AS p ON p.id = c.new WHERE c.line = ? AND c.state = 'pending'",
        (language, customer),
    ).fetchone()
    if change:
        found["outcome"] = "pending"
        found["case"], found["starts"], found["new"] = change
    return found


class Plan(TypedDict):
    id: str
    name: str
    price: int


def other_plans(db: sqlite3.Connection, language: str, customer: str) -> list[Plan]:
    """The plans of the line's kind, but its own, cheapest first."""
    rows = db.execute(
        "SELECT p.id, CASE ? WHEN 'es' THEN p.name_es ELSE p.name_en END, p.price FROM plans AS p"
        " JOIN lines AS l ON l.number = ? JOIN plans AS mine ON mine.id = l.plan"
        " WHERE p.kind = mine.kind AND p.id <> mine.id ORDER BY p.price",
        (language, customer),
    )
    return [Plan(id=row[0], name=row[1], price=row[2]) for row in rows]


class Change(TypedDict):
    name: str
    price: int
    starts: str


def change_terms(db: sqlite3.Connection, today: date, language: str, plan: str) -> Change:
    """What a change to `plan` means: it begins with the next month."""
    name_es, name_en, price = db.execute("SELECT name_es, name_en, price FROM plans WHERE id = ?", (plan,)).fetchone()
    return Change(name=name_es if language == "es" else name_en, price=price, starts=_next_month(today).isoformat())


def _next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


class Changed(TypedDict, total=False):
    outcome: Literal["done", "refused"]
    case: int
    name: str
    starts: str


def change_plan(db: sqlite3.Connection, today: date, language: str, customer: str, plan: str) -> Changed:
    """From the next month on. Nothing when there is a change under way already."""
    contract = plan_of(db, language, customer)
    if contract["outcome"] != "yes" or plan not in {each["id"] for each in other_plans(db, language, customer)}:
        return Changed(outcome="refused")
    terms = change_terms(db, today, language, plan)
    case = _next(db, "SELECT max(case_number) FROM plan_changes", FIRST_CHANGE)
    db.execute(
        "INSERT INTO plan_changes SELECT ?, number, plan, ?, ?, 'pending' FROM lines WHERE number = ?",
        (case, plan, terms["starts"], customer),
    )
    return Changed(outcome="done", case=case, name=terms["name"], starts=terms["starts"])


def undo_plan_change(db: sqlite3.Connection, language: str, customer: str) -> Changed:
    """Take back a change that has not begun."""
    contract = plan_of(db, language, customer)
    if contract["outcome"] != "pending":
        return Changed(outcome="refused")
    db.execute("UPDATE plan_changes SET state = 'undone' WHERE case_number = ?", (contract["case"],))
    return Changed(outcome="done", case=contract["case"], name=contract["plan"])


class Complaint(TypedDict, total=False):
    outcome: Literal["new", "already", "not_found", "done", "open", "answered"]
    number: str
    case: int
    topic: str
    opened: str
    due: str


def complaint_possible(db: sqlite3.Connection, language: str, line: str, topic: str) -> Complaint:
    """Whether this is a new complaint, or one that is open."""
    if _line(db, line) is None:
        return Complaint(outcome="not_found", number=line)
    row = db.execute(
        "SELECT case_number FROM complaints WHERE line = ? AND topic = ? AND state = 'open'", (line, topic)
    ).fetchone()
    return _complaint(db, language, row[0], "already") if row else Complaint(outcome="new", number=line)


def open_complaint(db: sqlite3.Connection, today: date, language: str, line: str, topic: str) -> Complaint:
    """Register a complaint: a case number, and the day by which it is answered. Already open: the same case."""
    found = complaint_possible(db, language, line, topic)
    if found["outcome"] == "already":
        return found
    case = _next(db, "SELECT max(case_number) FROM complaints", FIRST_COMPLAINT)
    db.execute(
        "INSERT INTO complaints VALUES (?, ?, ?, ?, ?, 'open')",
        (case, line, topic, today.isoformat(), _working_days(db, today, ANSWER_DAYS).isoformat()),
    )
    return _complaint(db, language, case, "done")


def complaint_state(db: sqlite3.Connection, language: str, case: str) -> Complaint:
    row = db.execute("SELECT state FROM complaints WHERE case_number = ?", (case,)).fetchone()
    if row is None:
        return Complaint(outcome="not_found", number=case)
    return _complaint(db, language, int(case), "answered" if row[0] == "answered" else "open")


def _complaint(
    db: sqlite3.Connection, language: str, case: int, outcome: Literal["already", "done", "open", "answered"]
) -> Complaint:
    line, es, en, opened, due = db.execute(
        "SELECT c.line, t.name_es, t.name_en, c.opened, c.due FROM complaints AS c JOIN topics AS t ON t.id = c.topic"
        " WHERE c.case_number = ?",
        (case,),
    ).fetchone()
    topic = es if language == "es" else en
    return Complaint(outcome=outcome, number=line, case=case, topic=topic, opened=opened, due=due)


def _working_days(db: sqlite3.Connection, day: date, count: int) -> date:
    """`count` days on that are no Saturday, Sunday or holiday."""
    holidays = {row[0] for row in db.execute("SELECT day FROM holidays")}
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5 and day.isoformat() not in holidays
    return day


class Sim(TypedDict, total=False):
    outcome: Literal["done", "already"]
    case: int


def order_sim(db: sqlite3.Connection, today: date, line: str) -> Sim:
    """A new SIM card by post; one a line."""
    row = db.execute("SELECT case_number FROM sim_orders WHERE line = ?", (line,)).fetchone()
    if row:
        return Sim(outcome="already", case=row[0])
    case = _next(db, "SELECT max(case_number) FROM sim_orders", FIRST_SIM)
    db.execute("INSERT INTO sim_orders VALUES (?, ?, ?)", (case, line, today.isoformat()))
    return Sim(outcome="done", case=case)


def _next(db: sqlite3.Connection, highest: str, first: int) -> int:
    """The case number after the one that the query `highest` gives."""
    [last] = db.execute(highest).fetchone()
    return first if last is None else int(last) + 1
