"""The retail pack with customers: an account that only they hear of, who they are by number, PIN or code."""

import shutil
from pathlib import Path

import models.sectors
from core.verification import digest

PIN = "4071"
CUSTOMER, OTHER = "2001", "2002"

FLOWS = {
    "address": """
intents = ["store_address"]
level = "verified"

[[steps]]
call = "account"
into = "account"

[[steps]]
say = "account"

[[steps]]
confirm = "close.confirm"
refused = "close.refused"

[[steps]]
call = "close_account"
into = "closed"

[[steps]]
say = "close.done"
""",
    "identify": """
intents = []

[slots.customer]
type = "number"
digits = [4, 4]
ask = "customer.ask"

[[steps]]
id = "ask"
ask = "customer"
tries = 5

[[steps]]
identify = "find_customer"
reaches = "claimed"
arguments = { number = "$customer" }
into = "found"

[[steps]]
branch = "found.outcome"
to = { ok = "end" }

[[steps]]
say = "customer.unknown"

[[steps]]
forget = ["customer"]
next = "ask"
""",
    "verify": """
intents = []
level = "claimed"

[slots.way]
type = "choice"
options = "ways"
title = "way_title"
ask = "way.ask"

[slots.pin]
type = "pin"
digits = [4, 4]
ask = "pin.ask"

[slots.code]
type = "number"
digits = [6, 6]
ask = "code.ask"

[[steps]]
ask = "way"

[[steps]]
branch = "way"
to = { code = "send" }

[[steps]]
id = "pin"
ask = "pin"
tries = 5

[[steps]]
identify = "check_pin"
reaches = "verified"
how = "pin"
arguments = { pin = "$pin" }
into = "pin_checked"

[[steps]]
branch = "pin_checked.outcome"
to = { ok = "end", locked = "locked" }

[[steps]]
say = "pin.wrong"

[[steps]]
forget = ["pin"]
next = "pin"

[[steps]]
id = "send"
call = "send_code"
into = "sent"

[[steps]]
say = "code.{sent.outcome}"

[[steps]]
branch = "sent.outcome"
to = { sent = "code" }
otherwise = "locked"

[[steps]]
id = "code"
ask = "code"
tries = 5

[[steps]]
identify = "check_code"
reaches = "verified"
how = "code"
arguments = { code = "$code" }
into = "code_checked"

[[steps]]
branch = "code_checked.outcome"
to = { ok = "end", locked = "locked" }

[[steps]]
say = "pin.wrong"

[[steps]]
forget = ["code"]
next = "code"

[[steps]]
id = "locked"
person = "locked"
""",
}

TOOLS = """

from core import verification

ACTS = (*ACTS, "close_account")
CHECKS = ("check_pin", "check_code", "send_code")


class Account(TypedDict):
    holder: str


class Closed(TypedDict):
    outcome: Literal["done"]


class Found(TypedDict):
    outcome: Literal["ok", "unknown"]
    customer: str


class Checked(TypedDict):
    outcome: Literal["ok", "wrong", "expired", "locked"]


class Sent(TypedDict):
    outcome: Literal["sent", "failed"]


class Way(TypedDict):
    id: str


def account(db: sqlite3.Connection, customer: str) -> Account:
    return Account(holder=db.execute("SELECT name FROM customers WHERE id = ?", (customer,)).fetchone()[0])


def close_account(db: sqlite3.Connection, customer: str) -> Closed:
    db.execute("UPDATE customers SET closed = 1 WHERE id = ?", (customer,))
    return Closed(outcome="done")


def find_customer(db: sqlite3.Connection, number: str) -> Found:
    row = db.execute("SELECT id FROM customers WHERE id = ?", (number,)).fetchone()
    return Found(outcome="ok" if row else "unknown", customer=row[0] if row else "")


def ways(db: sqlite3.Connection, customer: str) -> list[Way]:
    return [Way(id="pin"), Way(id="code")]


def check_pin(db: sqlite3.Connection, customer: str, pin: memoryview, now: float) -> Checked:
    return Checked(outcome=verification.check_secret(db, customer, "pin", pin, now))


def send_code(db: sqlite3.Connection, customer: str, now: float, deliver) -> Sent:
    code = verification.new_code(db, customer, now)
    return Sent(outcome="sent" if code and deliver(db, "600", f"Code {code}") else "failed")


def check_code(db: sqlite3.Connection, customer: str, code: str, now: float) -> Checked:
    return Checked(outcome=verification.check_code(db, customer, code, now))
"""

PHRASES = """
account = ["The account of {account.holder}."]
"close.confirm" = ["Shall I close it?"]
"close.refused" = ["It stays."]
"close.done" = ["It is closed."]
"customer.ask" = ["Who are you, in four digits?", "Your four digits, please?"]
"customer.unknown" = ["Nobody has that number."]
"way.ask" = ["By {options}?", "Once more: {options}?"]
way_title = ["{id:term}"]
"pin.ask" = ["Key in your PIN.", "Once more, your PIN."]
"pin.wrong" = ["That is not right."]
"code.ask" = ["What is the code?", "The code, please?"]
"code.sent" = ["I have sent a code."]
"code.failed" = ["I cannot send one."]
locked = ["It is locked, a person will help."]
"identity.failed" = ["I could not make sure who you are."]
"identity.dropped" = ["I have forgotten who you were."]
"brief.claimed" = ["They say that they are {customer}."]
"brief.verified" = ["They are {customer}, verified."]
"brief.verified.pin" = ["They are {customer}, verified by PIN."]
"brief.verified.code" = ["They are {customer}, verified by code."]
go_ahead ="""


def identity_pack(folder: Path) -> Path:
    """Made in `folder`/bank."""
    pack = Path(shutil.copytree(Path(models.sectors.__file__).parent / "retail", folder / "bank"))
    for name, text in FLOWS.items():
        (pack / "flows" / f"{name}.toml").write_text(text, "utf-8")
    manifest = pack / "pack.toml"
    manifest.write_text(
        f'{manifest.read_text("utf-8")}\n[identity]\nclaimed = "identify"\nverified = "verify"\n', "utf-8"
    )
    tools = pack / "tools.py"
    tools.write_text(tools.read_text("utf-8") + TOOLS, "utf-8")
    with (pack / "data" / "schema.sql").open("a", encoding="utf-8") as schema:
        schema.write("CREATE TABLE customers (id TEXT PRIMARY KEY, name TEXT, closed INTEGER NOT NULL DEFAULT 0);\n")
    salt = bytes(range(16))
    secrets = ", ".join(
        f"('{customer}', 'pin', X'{salt.hex()}', X'{digest(pin.encode(), salt).hex()}')"
        for customer, pin in ((CUSTOMER, PIN), (OTHER, "9999"))
    )
    (pack / "data" / "seed_9_customers.sql").write_text(
        "INSERT INTO customers (id, name) VALUES ('2001', 'Ada Lovelace'), ('2002', 'Grace Hopper');\n"
        f"INSERT INTO identity_secrets VALUES {secrets};\n",
        "utf-8",
    )
    for language in ("es", "en"):
        phrases = pack / "phrases" / f"{language}.toml"
        text = phrases.read_text("utf-8").replace("go_ahead =", PHRASES.lstrip("\n"), 1)
        terms = 'pin = "PIN"\ncode = "code"\n'
        text = text.replace("[terms]\n", f"[terms]\n{terms}", 1) if "[terms]\n" in text else f"{text}\n[terms]\n{terms}"
        phrases.write_text(text, "utf-8")
    return pack
