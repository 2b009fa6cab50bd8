"""What the flows call. Reading tools get a connection that can't write; those in ACTS run once, in a transaction;
those in CHECKS find out who the customer is. `customer` is whom the agent has identified: no words name one.
"""

import sqlite3
from collections.abc import Callable
from datetime import date
from typing import Literal, TypedDict

from core import verification

ACTS = ("transfer", "block_card", "open_dispute", "book")
CHECKS = ("check_pin", "send_code", "check_code", "check_questions")

DAILY_LIMIT = 300_000
"""Cents that leave a customer's accounts in a day from here; more than that a person sees to."""
FIRST_TRANSFER = 810_001
FIRST_CASE = 4_001
FIRST_APPOINTMENT = 620_001
DISPUTABLE_DAYS = 13 * 30
"""A payment can be disputed for thirteen months. Directive (EU) 2015/2366, article 71."""

# Who they are


class Found(TypedDict):
    outcome: Literal["ok", "unknown"]
    customer: str


class Way(TypedDict):
    id: str


class Checked(TypedDict):
    outcome: Literal["ok", "wrong", "locked"]


class Coded(TypedDict):
    outcome: Literal["ok", "wrong", "expired", "locked"]


class Sent(TypedDict):
    outcome: Literal["sent", "failed", "locked"]
    tail: str


def find_customer(db: sqlite3.Connection, number: str) -> Found:
    """A customer's number; whose it is is not told."""
    row = db.execute("SELECT number FROM customers WHERE number = ?", (number,)).fetchone()
    return Found(outcome="ok" if row else "unknown", customer=row[0] if row else "")


def ways(db: sqlite3.Connection, customer: str) -> list[Way]:
    """How they can prove who they are. Questions, which others may know the answers of, only where there is no more."""
    found = []
    pin = "SELECT 1 FROM identity_secrets WHERE customer = ? AND kind = 'pin'"
    if db.execute(pin, (customer,)).fetchone():
        found.append(Way(id="pin"))
    if db.execute("SELECT 1 FROM customers WHERE number = ? AND phone <> ''", (customer,)).fetchone():
        found.append(Way(id="code"))
    return found or [Way(id="questions")]


def check_pin(db: sqlite3.Connection, customer: str, pin: memoryview, now: float) -> Checked:
    """Digits that were keyed, which nothing else has seen."""
    return Checked(outcome=verification.check_secret(db, customer, "pin", pin, now))


def send_code(
    db: sqlite3.Connection,
    customer: str,
    language: str,
    now: float,
    deliver: Callable[[sqlite3.Connection, str, str], bool],
) -> Sent:
    """To the telephone that the bank has, never to one that is said."""
    [phone] = db.execute("SELECT phone FROM customers WHERE number = ?", (customer,)).fetchone()
    if verification.locked(db, customer, now):
        return Sent(outcome="locked", tail="")
    code = verification.new_code(db, customer, now)
    text = "Banco Ribera: su código es {}" if language == "es" else "Banco Ribera: your code is {}"
    sent = bool(code) and deliver(db, phone, text.format(code))
    return Sent(outcome="sent" if sent else "failed", tail=" ".join(phone[-2:]))


def check_code(db: sqlite3.Connection, customer: str, code: str, now: float) -> Coded:
    return Coded(outcome=verification.check_code(db, customer, code, now))


def check_questions(db: sqlite3.Connection, customer: str, born: str, postcode: str, now: float) -> Checked:
    """The year of birth and the postcode, both."""
    row = db.execute("SELECT substr(born, 1, 4), postcode FROM customers WHERE number = ?", (customer,)).fetchone()
    return Checked(outcome=verification.check_answers(db, customer, [born, postcode], row or (), now))


# Accounts


class Account(TypedDict):
    id: str
    kind: str
    tail: str


class Balance(TypedDict):
    outcome: Literal["found", "refused"]
    kind: str
    balance: int


class Latest(TypedDict, total=False):
    outcome: Literal["none", "some"]
    list: str
    more: str


def accounts(db: sqlite3.Connection, customer: str) -> list[Account]:
    rows = db.execute("SELECT id, kind, tail FROM accounts WHERE customer = ? ORDER BY kind", (customer,))
    return [Account(id=row[0], kind=row[1], tail=" ".join(row[2])) for row in rows]


def current_accounts(db: sqlite3.Connection, customer: str) -> list[Account]:
    """Those that money can be sent from."""
    return [account for account in accounts(db, customer) if account["kind"] == "current"]


def balance(db: sqlite3.Connection, customer: str, account: str) -> Balance:
    row = db.execute("SELECT kind, balance FROM accounts WHERE id = ? AND customer = ?", (account, customer)).fetchone()
    if row is None:
        return Balance(outcome="refused", kind="current", balance=0)
    return Balance(outcome="found", kind=row[0], balance=row[1])


def latest(db: sqlite3.Connection, today: date, language: str, customer: str, account: str) -> Latest:
    """The last three, newest first, and ten for the screen."""
    rows = db.execute(
        "SELECT m.day, m.concept, m.amount FROM movements AS m JOIN accounts AS a ON a.id = m.account"
        " WHERE a.id = ? AND a.customer = ? AND m.day <= ? ORDER BY m.day DESC, m.id DESC LIMIT 10",
        (account, customer, today.isoformat()),
    ).fetchall()
    if not rows:
        return Latest(outcome="none")
    joint = "; y " if language == "es" else "; and "
    told = [f"{concept}, {_signed(amount, language)}" for _, concept, amount in rows[:3]]
    spoken = joint.join(["; ".join(told[:-1]), told[-1]]) if len(told) > 1 else told[0]
    shown = "\n".join(f"{day}  {concept}  {_signed(amount, language)}" for day, concept, amount in rows)
    return Latest(outcome="some", list=spoken, more=shown)


def _signed(cents: int, language: str) -> str:
    """«menos 45,20 €», "plus €1200"."""
    whole, rest = divmod(abs(cents), 100)
    if language == "es":
        return f"{'menos' if cents < 0 else 'más'} {whole}{f',{rest:02d}' if rest else ''} €"
    return f"{'minus' if cents < 0 else 'plus'} €{whole}{f'.{rest:02d}' if rest else ''}"


# Transfers


class Payee(TypedDict):
    id: str
    name: str


class Known(TypedDict):
    outcome: Literal["some", "none"]


class Transferable(TypedDict):
    outcome: Literal["yes", "short", "limit"]
    name: str
    amount: int
    kind: str
    balance: int


class Transferred(TypedDict, total=False):
    outcome: Literal["done", "refused"]
    reference: int
    name: str
    amount: int
    balance: int


def payees(db: sqlite3.Connection, customer: str) -> list[Payee]:
    """Whom they have paid, the latest first."""
    rows = db.execute(
        "SELECT p.id, p.name FROM payees AS p LEFT JOIN transfers AS t ON t.payee = p.id WHERE p.customer = ?"
        " GROUP BY p.id ORDER BY coalesce(max(t.made), '') DESC, p.name",
        (customer,),
    )
    return [Payee(id=row[0], name=row[1]) for row in rows]


def known_payees(db: sqlite3.Connection, customer: str) -> Known:
    return Known(outcome="some" if payees(db, customer) else "none")


def transferable(
    db: sqlite3.Connection, today: date, customer: str, account: str, payee: str, euros: str
) -> Transferable:
    """Whether there is enough, and within what may leave in a day."""
    cents = int(euros) * 100
    [name] = db.execute("SELECT name FROM payees WHERE id = ? AND customer = ?", (payee, customer)).fetchone()
    kind, held = db.execute(
        "SELECT kind, balance FROM accounts WHERE id = ? AND customer = ?", (account, customer)
    ).fetchone()
    outcome: Literal["yes", "short", "limit"] = "yes"
    if cents > held:
        outcome = "short"
    elif cents == 0 or cents + _sent(db, customer, today) > DAILY_LIMIT:
        outcome = "limit"
    return Transferable(outcome=outcome, name=name, amount=cents, kind=kind, balance=held)


def _sent(db: sqlite3.Connection, customer: str, today: date) -> int:
    """Cents sent today."""
    [cents] = db.execute(
        "SELECT coalesce(sum(t.amount), 0) FROM transfers AS t JOIN accounts AS a ON a.id = t.account"
        " WHERE a.customer = ? AND t.made = ?",
        (customer, today.isoformat()),
    ).fetchone()
    return int(cents)


def transfer(db: sqlite3.Connection, today: date, customer: str, account: str, payee: str, euros: str) -> Transferred:
    """From an account of theirs to a payee of theirs; all is looked at again."""
    own = (
        "SELECT 1 FROM accounts AS a JOIN payees AS p ON p.customer = a.customer"
        " WHERE a.id = ? AND p.id = ? AND a.customer = ? AND a.kind = 'current'"
    )
    if db.execute(own, (account, payee, customer)).fetchone() is None:
        return Transferred(outcome="refused")
    found = transferable(db, today, customer, account, payee, euros)
    if found["outcome"] != "yes":
        return Transferred(outcome="refused")
    cents, name = found["amount"], found["name"]
    [reference] = db.execute("SELECT coalesce(max(reference) + 1, ?) FROM transfers", (FIRST_TRANSFER,)).fetchone()
    db.execute("UPDATE accounts SET balance = balance - ? WHERE id = ?", (cents, account))
    db.execute(
        "INSERT INTO movements (account, day, concept, amount) VALUES (?, ?, ?, ?)",
        (account, today.isoformat(), name, -cents),
    )
    db.execute(
        "INSERT INTO transfers (reference, account, payee, amount, made) VALUES (?, ?, ?, ?, ?)",
        (reference, account, payee, cents, today.isoformat()),
    )
    return Transferred(outcome="done", reference=reference, name=name, amount=cents, balance=found["balance"] - cents)


# Cards


class Card(TypedDict):
    id: str
    kind: str
    tail: str


class Blocked(TypedDict, total=False):
    outcome: Literal["done", "already", "refused"]
    kind: str
    tail: str


def cards(db: sqlite3.Connection, customer: str) -> list[Card]:
    """Those that can still be used."""
    rows = db.execute(
        "SELECT id, kind, tail FROM cards WHERE customer = ? AND state = 'active' ORDER BY kind DESC", (customer,)
    )
    return [Card(id=row[0], kind=row[1], tail=" ".join(row[2])) for row in rows]


def active_cards(db: sqlite3.Connection, customer: str) -> Known:
    return Known(outcome="some" if cards(db, customer) else "none")


def card(db: sqlite3.Connection, customer: str, card: str) -> Card:
    kind, tail = db.execute("SELECT kind, tail FROM cards WHERE id = ? AND customer = ?", (card, customer)).fetchone()
    return Card(id=card, kind=kind, tail=" ".join(tail))


def block_card(db: sqlite3.Connection, today: date, customer: str, card: str) -> Blocked:
    row = db.execute("SELECT kind, tail, state FROM cards WHERE id = ? AND customer = ?", (card, customer)).fetchone()
    if row is None:
        return Blocked(outcome="refused")
    kind, tail, state = row
    if state == "blocked":
        return Blocked(outcome="already", kind=kind, tail=" ".join(tail))
    db.execute("UPDATE cards SET state = 'blocked', blocked = ? WHERE id = ?", (today.isoformat(), card))
    return Blocked(outcome="done", kind=kind, tail=" ".join(tail))


# Disputes


class Charge(TypedDict):
    id: str
    concept: str
    amount: int
    day: str


class Reason(TypedDict):
    id: str


class Disputable(TypedDict, total=False):
    outcome: Literal["open", "already"]
    concept: str
    amount: int
    day: str
    reason: str
    case: str


class Disputed(TypedDict, total=False):
    outcome: Literal["done", "refused"]
    case: str


def charges(db: sqlite3.Connection, today: date, customer: str) -> list[Charge]:
    """Payments by card, the latest first."""
    rows = db.execute(
        "SELECT m.id, m.concept, -m.amount, m.day FROM movements AS m JOIN cards AS c ON c.id = m.card"
        " WHERE c.customer = ? AND m.amount < 0 AND julianday(?) - julianday(m.day) <= ?"
        " ORDER BY m.day DESC, m.id DESC LIMIT 3",
        (customer, today.isoformat(), DISPUTABLE_DAYS),
    )
    return [Charge(id=str(row[0]), concept=row[1], amount=row[2], day=row[3]) for row in rows]


def disputable(db: sqlite3.Connection, today: date, customer: str) -> Known:
    return Known(outcome="some" if charges(db, today, customer) else "none")


def reasons(db: sqlite3.Connection) -> list[Reason]:
    """Why a charge can be wrong."""
    return [Reason(id="not_mine"), Reason(id="twice"), Reason(id="wrong_amount")]


def charge(db: sqlite3.Connection, customer: str, charge: str, reason: str) -> Disputable:
    concept, cents, day, number = db.execute(
        "SELECT m.concept, -m.amount, m.day, d.number FROM movements AS m JOIN cards AS c ON c.id = m.card"
        " LEFT JOIN disputes AS d ON d.movement = m.id WHERE m.id = ? AND c.customer = ?",
        (charge, customer),
    ).fetchone()
    return Disputable(
        outcome="open" if number is None else "already",
        concept=concept,
        amount=cents,
        day=day,
        reason=reason,
        case="" if number is None else f"R-{number}",
    )


def open_dispute(db: sqlite3.Connection, today: date, customer: str, charge: str, reason: str) -> Disputed:
    """One case for a charge, whatever comes of it."""
    own = "SELECT 1 FROM movements AS m JOIN cards AS c ON c.id = m.card WHERE m.id = ? AND c.customer = ?"
    if db.execute(own, (charge, customer)).fetchone() is None:
        return Disputed(outcome="refused")
    if db.execute("SELECT 1 FROM disputes WHERE movement = ?", (charge,)).fetchone():
        return Disputed(outcome="refused")
    [number] = db.execute("SELECT coalesce(max(number) + 1, ?) FROM disputes", (FIRST_CASE,)).fetchone()
    db.execute(
        "INSERT INTO disputes (number, movement, reason, opened) VALUES (?, ?, ?, ?)",
        (number, charge, reason, today.isoformat()),
    )
    return Disputed(outcome="done", case=f"R-{number}")


# Appointments


class Opening(TypedDict):
    id: str
    day: str
    time: str


class Booked(TypedDict, total=False):
    outcome: Literal["done", "taken"]
    reference: int
    day: str
    time: str


def openings(db: sqlite3.Connection, today: date, day: str | None = None) -> list[Opening]:
    """Free times: of the day that is asked for, or one a day; where it has none, the next ones."""
    rows = db.execute(
        "SELECT o.id, o.day, o.time FROM openings AS o LEFT JOIN appointments AS a ON a.opening = o.id"
        " WHERE a.opening IS NULL AND o.day > ? AND o.day >= ? ORDER BY o.day, o.time LIMIT 60",
        (today.isoformat(), day or ""),
    ).fetchall()
    that_day = [row for row in rows if row[1] == day]
    one_a_day = list({row[1]: row for row in reversed(rows)}.values())[::-1]
    return [Opening(id=str(row[0]), day=row[1], time=row[2]) for row in (that_day or one_a_day)[:3]]


def opening(db: sqlite3.Connection, opening: str) -> Opening:
    day, time = db.execute("SELECT day, time FROM openings WHERE id = ?", (opening,)).fetchone()
    return Opening(id=opening, day=day, time=time)


def book(db: sqlite3.Connection, today: date, customer: str, opening: str) -> Booked:
    if db.execute("SELECT 1 FROM appointments WHERE opening = ?", (opening,)).fetchone():
        return Booked(outcome="taken")
    found = db.execute("SELECT day, time FROM openings WHERE id = ?", (opening,)).fetchone()
    [reference] = db.execute(
        "SELECT coalesce(max(reference) + 1, ?) FROM appointments", (FIRST_APPOINTMENT,)
    ).fetchone()
    db.execute(
        "INSERT INTO appointments (reference, customer, opening, made) VALUES (?, ?, ?, ?)",
        (reference, customer, opening, today.isoformat()),
    )
    return Booked(outcome="done", reference=reference, day=found[0], time=found[1])
