"""What the flows call. Reading tools get a connection that can't write; those in ACTS run once, in a transaction."""

import sqlite3
from datetime import date, timedelta
from typing import Literal, TypedDict

from core.hours import Day, hours_on, week_in_words

ACTS = ("request_return", "change_delivery", "withdraw_return")

RETURN_DAYS = 30
FIRST_CASE = 200_001
"""Six digits: a case is never taken for an order of five."""


class Hours(Day, total=False):
    store: str


def opening_hours(db: sqlite3.Connection, today: date, language: str, at: str, day: str | None = None) -> Hours:
    """When the store `at` opens on `day` (ISO); when it doesn't, the next day on which it does."""

    def special(day: date) -> tuple[str, tuple[str, str] | None] | None:
        row = db.execute(
            "SELECT name_es, name_en, opens, closes FROM special_days WHERE day = ? AND (store = ? OR store IS NULL)"
            " ORDER BY store IS NULL LIMIT 1",
            (day.isoformat(), at),
        ).fetchone()
        return row and (row[language != "es"], (row[2], row[3]) if row[2] else None)

    found = hours_on(_open(db, at), special, date.fromisoformat(day) if day else today)
    return Hours(**found, store=db.execute("SELECT name FROM stores WHERE id = ?", (at,)).fetchone()[0])


def _open(db: sqlite3.Connection, store: str) -> dict[int, tuple[str, str]]:
    rows = db.execute("SELECT weekday, opens, closes FROM opening_hours WHERE store = ?", (store,))
    return {weekday: (opens, closes) for weekday, opens, closes in rows}


class Week(TypedDict):
    text: str


def opening_week(db: sqlite3.Connection, language: str, at: str) -> Week:
    return Week(text=week_in_words(_open(db, at), language))


class Address(TypedDict):
    store: str
    city: str
    address: str
    phone: str
    others: str


def store_address(db: sqlite3.Connection, language: str, at: str) -> Address:
    name, city, address, phone = db.execute(
        "SELECT name, city, address, phone FROM stores WHERE id = ?", (at,)
    ).fetchone()
    others = [row[0] for row in db.execute("SELECT city FROM stores WHERE id <> ? ORDER BY city", (at,))]
    return Address(
        store=name,
        city=city,
        address=address,
        phone=phone,
        others=(" y " if language == "es" else " and ").join(others),
    )


class Place(TypedDict):
    product: str
    department: str
    aisle: int
    shelf: str


def find_product(db: sqlite3.Connection, language: str, product: str) -> Place:
    row = db.execute(
        f"SELECT k.name_{language}, d.name_{language}, k.aisle, k.shelf FROM kinds AS k"  # noqa: S608 - es or en
        " JOIN departments AS d ON d.id = k.department WHERE k.id = ?",
        (product,),
    ).fetchone()
    return Place(product=row[0], department=row[1], aisle=row[2], shelf=row[3])


class Prices(TypedDict):
    outcome: Literal["few", "many"]
    product: str
    models: str
    cheapest: int
    dearest: int


def prices(db: sqlite3.Connection, language: str, product: str) -> Prices:
    """All prices of a kind of product; up to three models are said one by one."""
    name = db.execute(f"SELECT name_{language} FROM kinds WHERE id = ?", (product,)).fetchone()[0]  # noqa: S608
    rows = db.execute(
        f"SELECT variant_{language}, price FROM products WHERE kind = ? ORDER BY price",  # noqa: S608
        (product,),
    ).fetchall()
    joint = "; y " if language == "es" else "; and "
    at = "a" if language == "es" else "at"
    said = [f"{variant}, {at} {_money(price, language)}" for variant, price in rows]
    return Prices(
        outcome="few" if len(rows) <= 3 else "many",
        product=name,
        models=joint.join(["; ".join(said[:-1]), said[-1]]) if len(said) > 1 else said[0],
        cheapest=rows[0][1],
        dearest=rows[-1][1],
    )


def _money(cents: int, language: str) -> str:
    whole, rest = divmod(cents, 100)
    if language == "es":
        return f"{whole},{rest:02d} €" if rest else f"{whole} €"
    return f"€{whole}.{rest:02d}" if rest else f"€{whole}"


class Stock(TypedDict):
    outcome: Literal["some", "few", "none"]
    product: str
    units: int
    aisle: int


def stock(db: sqlite3.Connection, language: str, product: str) -> Stock:
    name, aisle, units = db.execute(
        f"SELECT k.name_{language}, k.aisle, sum(p.stock) FROM kinds AS k JOIN products AS p ON p.kind = k.id"  # noqa: S608
        " WHERE k.id = ?",
        (product,),
    ).fetchone()
    outcome: Literal["some", "few", "none"] = "none" if not units else "few" if units < 5 else "some"
    return Stock(outcome=outcome, product=name, units=units, aisle=aisle)


class OrderStatus(TypedDict, total=False):
    outcome: Literal[
        "not_found", "received", "preparing", "shipped", "out_for_delivery", "ready", "delivered", "cancelled", "late",
        "pickup_pending",
    ]  # fmt: skip
    number: str
    carrier: str
    due: str
    opens: str
    closes: str
    delivered: str
    store: str
    ordered: str
    total: int


def order_status(db: sqlite3.Connection, today: date, number: str) -> OrderStatus:
    """Where an order is. One that should have come before today is late, whatever the system calls it."""
    row = db.execute(
        "SELECT o.state, o.delivery, o.carrier, o.due, o.window_opens, o.window_closes, o.delivered, s.name, o.ordered,"
        " o.total FROM orders AS o JOIN stores AS s ON s.id = o.store WHERE o.number = ?",
        (number,),
    ).fetchone()
    if row is None:
        return OrderStatus(outcome="not_found", number=number)
    state, delivery, carrier, due, opens, closes, delivered, store, ordered, total = row
    outcome = state
    if state in ("received", "preparing", "shipped", "out_for_delivery"):
        if date.fromisoformat(due) < today:
            outcome = "late"
        elif delivery == "pickup":
            outcome = "pickup_pending"
    return OrderStatus(
        outcome=outcome,
        number=number,
        carrier=carrier or "",
        due=due or "",
        opens=opens or "",
        closes=closes or "",
        delivered=delivered or "",
        store=store,
        ordered=ordered,
        total=total,
    )


class Returnable(TypedDict, total=False):
    outcome: Literal["not_found", "not_delivered", "too_late", "already", "cancelled", "yes"]
    number: str
    delivered: str
    days: int
    case: int


def returnable(db: sqlite3.Connection, today: date, number: str) -> Returnable:
    """Whether an order can still be returned: delivered, within thirty days, not returned already."""
    row = db.execute("SELECT state, delivered FROM orders WHERE number = ?", (number,)).fetchone()
    if row is None:
        return Returnable(outcome="not_found", number=number)
    state, delivered = row
    if state == "cancelled":
        return Returnable(outcome="cancelled", number=number)
    if state != "delivered":
        return Returnable(outcome="not_delivered", number=number)
    case = _open_case(db, number)
    if case is not None and not _lines_left(db, number):
        return Returnable(outcome="already", number=number, case=case)
    if (today - date.fromisoformat(delivered)).days > RETURN_DAYS:
        return Returnable(outcome="too_late", number=number, delivered=delivered, days=RETURN_DAYS)
    return Returnable(outcome="yes", number=number, delivered=delivered, days=RETURN_DAYS)


def _open_case(db: sqlite3.Connection, number: str) -> int | None:
    row = db.execute("SELECT max(case_number) FROM returns WHERE number = ?", (number,)).fetchone()
    return None if row[0] is None else int(row[0])


def _lines_left(db: sqlite3.Connection, number: str) -> list[tuple[int, str, str, int]]:
    """Lines of an order that nobody has asked to return: line, names, amount."""
    return db.execute(
        "SELECT l.line, p.name_es, p.name_en, l.quantity * l.price FROM order_lines AS l JOIN products AS p"
        " ON p.sku = l.sku WHERE l.number = ? AND l.line NOT IN"
        " (SELECT line FROM returns WHERE number = l.number) ORDER BY l.line",
        (number,),
    ).fetchall()


class Item(TypedDict):
    id: str
    item: str
    amount: int


def return_items(db: sqlite3.Connection, language: str, number: str) -> list[Item]:
    """What can be returned of an order: each line, and all of it when there are several."""
    lines = _lines_left(db, number)
    items = [Item(id=str(line), item=es if language == "es" else en, amount=amount) for line, es, en, amount in lines]
    if len(lines) > 1:
        whole = "todo el pedido" if language == "es" else "the whole order"
        items = [*items[:2], Item(id="all", item=whole, amount=sum(amount for *_, amount in lines))]
    return items


class Refund(TypedDict):
    amount: int


def refund(db: sqlite3.Connection, number: str, item: str) -> Refund:
    """How much is paid back for a line, or for all that is left."""
    lines = _lines_left(db, number)
    return Refund(amount=sum(amount for line, _, _, amount in lines if item in ("all", str(line))))


class Return(TypedDict, total=False):
    outcome: Literal["done", "refused"]
    case: int
    amount: int


def request_return(db: sqlite3.Connection, today: date, number: str, item: str) -> Return:
    """Ask for a return; looks again whether it is possible, since time may have passed since the question."""
    if returnable(db, today, number)["outcome"] != "yes":
        return Return(outcome="refused")
    amount = refund(db, number, item)["amount"]
    if amount == 0:
        return Return(outcome="refused")
    lines = [line for line, *_ in _lines_left(db, number)] if item == "all" else [int(item)]
    case = db.execute("SELECT coalesce(max(number) + 1, ?) FROM cases", (FIRST_CASE,)).fetchone()[0]
    db.execute("INSERT INTO cases VALUES (?, ?)", (case, today.isoformat()))
    for line in lines:
        paid = refund(db, number, str(line))["amount"]
        db.execute("INSERT INTO returns VALUES (?, ?, ?, ?, ?)", (case, number, line, today.isoformat(), paid))
    return Return(outcome="done", case=case, amount=amount)


class Withdrawn(TypedDict):
    outcome: Literal["done", "refused"]


def withdraw_return(db: sqlite3.Connection, case: int) -> Withdrawn:
    """Take back the request for a return; its case number is not given out again."""
    gone = db.execute("DELETE FROM returns WHERE case_number = ?", (case,)).rowcount
    return Withdrawn(outcome="done" if gone else "refused")


class Deliverable(TypedDict, total=False):
    outcome: Literal["not_found", "pickup", "on_its_way", "delivered", "cancelled", "yes"]
    number: str
    due: str
    opens: str
    closes: str


def deliverable(db: sqlite3.Connection, today: date, number: str) -> Deliverable:
    """Whether the delivery of an order can still be moved, and when it is due."""
    row = db.execute(
        "SELECT state, delivery, due, window_opens, window_closes FROM orders WHERE number = ?", (number,)
    ).fetchone()
    if row is None:
        return Deliverable(outcome="not_found", number=number)
    state, delivery, due, opens, closes = row
    if state in ("delivered", "cancelled"):
        return Deliverable(outcome=state, number=number)
    if delivery == "pickup":
        return Deliverable(outcome="pickup", number=number)
    if state == "out_for_delivery" or due == today.isoformat():
        return Deliverable(outcome="on_its_way", number=number, due=due)
    return Deliverable(outcome="yes", number=number, due=due, opens=opens, closes=closes)


class Window(TypedDict):
    id: str
    day: str
    opens: str
    closes: str


_PARTS = {"morning": ("00:00", "12:00"), "afternoon": ("12:00", "18:00"), "evening": ("18:00", "24:00")}


def delivery_windows(
    db: sqlite3.Connection,
    today: date,
    number: str,
    day: str | None = None,
    part: str | None = None,
    hour: str | None = None,
) -> list[Window]:
    """Free windows from the day asked for (at the soonest in two days), in the part of the day asked for, and where
    there are any those that `hour` falls into; without the one that the order has."""
    soonest = (today + timedelta(days=2)).isoformat()
    first, last = _PARTS.get(part or "", ("00:00", "24:00"))
    rows = db.execute(
        "SELECT w.day, w.opens, w.closes FROM delivery_windows AS w, orders AS o WHERE o.number = ? AND w.taken <"
        " w.capacity AND w.day >= ? AND w.opens >= ? AND w.opens < ? AND NOT (w.day = o.due AND w.opens ="
        " o.window_opens) ORDER BY w.day, w.opens LIMIT 40",
        (number, max(soonest, day or soonest), first, last),
    ).fetchall()
    rows = [row for row in rows if hour and row[1] <= hour < row[2]] or rows
    if not day:  # one a day, at different times, says more than three in one morning
        rows = _spread(rows)
    return [Window(id=f"{day} {opens}", day=day, opens=opens, closes=closes) for day, opens, closes in rows]


def _spread(rows: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    days = list(dict.fromkeys(day for day, *_ in rows))[:3]
    chosen: list[tuple[str, str, str]] = []
    for place, day in enumerate(days):
        of_day = [row for row in rows if row[0] == day]
        chosen.append(of_day[min(place, len(of_day) - 1)])
    return [*chosen, *(row for row in rows if row not in chosen)]


class Change(TypedDict, total=False):
    outcome: Literal["done", "full", "refused"]
    day: str
    opens: str
    closes: str


def change_delivery(db: sqlite3.Connection, today: date, number: str, window: str) -> Change:
    """Move a delivery to a window, if there is still room in it, and give back the one it had."""
    if deliverable(db, today, number)["outcome"] != "yes":
        return Change(outcome="refused")
    day, _, opens = window.partition(" ")
    taken = db.execute(
        "UPDATE delivery_windows SET taken = taken + 1 WHERE day = ? AND opens = ? AND taken < capacity"
        " RETURNING closes",
        (day, opens),
    ).fetchone()
    if taken is None:
        return Change(outcome="full")
    db.execute(
        "UPDATE delivery_windows SET taken = max(0, taken - 1) WHERE (day, opens) ="
        " (SELECT due, window_opens FROM orders WHERE number = ?)",
        (number,),
    )
    db.execute(
        "UPDATE orders SET due = ?, window_opens = ?, window_closes = ? WHERE number = ?",
        (day, opens, taken[0], number),
    )
    return Change(outcome="done", day=day, opens=opens, closes=taken[0])
