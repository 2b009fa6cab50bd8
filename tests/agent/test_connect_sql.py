"""Tools on real databases: values stay values, failures are told apart, deeds happen once."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.agent.connect.statement import parse
from runtime.agent.ledger import UNSURE
from runtime.agent.tools import Tool
from tests.agent.connectors import NASTY, SHOP, fails, load, use
from tests.agent.postgres import Server

# ruff: noqa: E501 - one statement a line

pytestmark = pytest.mark.engine


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[dict[str, Tool], Callable[[str], Any]]:
    """The shop's tools on either database, and a way to look into it."""
    tables = [
        "CREATE TABLE stock (article TEXT PRIMARY KEY, units INTEGER NOT NULL, note TEXT)",
        "INSERT INTO stock VALUES ('drill', 3, 'aisle 4')",
    ]
    if request.param == "sqlite":

        def do(sql: str) -> Any:
            with closing(sqlite3.connect(tmp_path / "shop.db")) as db, db:
                return db.execute(sql).fetchall()

        where = 'file = "shop.db"'
    else:
        server: Server = request.getfixturevalue("server")
        do = server.do
        do("DROP TABLE IF EXISTS stock")
        secret = tmp_path / "secret"
        secret.write_text(f"{server.password}\n", "utf-8")
        secret.chmod(0o600)
        where = f'conninfo = "{server.conninfo}"\nsecret = {{ file = "{secret}" }}'
    for table in tables:
        do(table)
    return load(tmp_path, SHOP.format(kind=request.param, where=where)), do


def test_reads_and_writes(shop: tuple[dict[str, Tool], Callable[[str], Any]]) -> None:
    tools, do = shop
    assert use(tools["units"], article="drill") == {"outcome": "found", "units": 3, "note": "aisle 4"}
    assert use(tools["units"], article="saw") == {"outcome": "none", "units": None, "note": None}
    assert use(tools["articles"]) == [{"id": "drill"}]
    assert use(tools["sell"], article="drill", count="2", key="k") == {"outcome": "done"}
    assert use(tools["sell"], article="drill", count=2, key="k") == {"outcome": "refused"}
    assert do("SELECT units FROM stock") == [(1,)]


def test_a_value_is_never_a_statement(shop: tuple[dict[str, Tool], Callable[[str], Any]]) -> None:
    tools, do = shop
    for text in NASTY:
        assert use(tools["units"], article=text)["outcome"] == "none"
        assert use(tools["sell"], article=text, count=1, key="k") == {"outcome": "refused"}
    assert do("SELECT count(*) FROM stock") == [(1,)]


def test_a_lock_is_waited_for_so_long_and_no_longer(
    shop: tuple[dict[str, Tool], Callable[[str], Any]], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    tools, _ = shop
    tool = load(
        tmp_path, (tmp_path / "connectors.toml").read_text("utf-8").replace("acts = true", "acts = true\ntimeout = 0.4")
    )["sell"]
    if (tmp_path / "shop.db").exists():
        holder: Any = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
    else:
        import psycopg

        server: Server = request.getfixturevalue("server")
        holder = psycopg.connect(server.conninfo, password=server.password)
        holder.execute("SELECT * FROM stock FOR UPDATE")
    with closing(holder):
        fails("tool.timeout", tool, article="drill", count=1, key="k")
    assert use(tools["sell"], article="drill", count=1, key="k") == {"outcome": "done"}


def test_a_read_cannot_write_by_the_back_door(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that writes looks like a read; the transaction says no."""
    server.do("CREATE TABLE kept (n integer)")
    server.do("CREATE FUNCTION wipe() RETURNS integer AS 'DELETE FROM kept RETURNING 1' LANGUAGE sql")
    monkeypatch.setenv("SHOP_PASSWORD", server.password)
    tools = load(
        tmp_path,
        f"""
[system.shop]
kind = "postgresql"
conninfo = "{server.conninfo}"
secret = {{ env = "SHOP_PASSWORD" }}

[tool.wipe]
system = "shop"
sql = "SELECT wipe() AS n"
returns = {{ n = "integer?" }}
""",
    )
    assert "read-only" in fails("tool.refused", tools["wipe"]).message
    monkeypatch.delenv("SHOP_PASSWORD")
    assert "SHOP_PASSWORD" in fails("tool.secret", tools["wipe"]).message


WITH = """WITH wanted AS (SELECT CAST(:article AS TEXT) AS article)
UPDATE stock SET units = units - :count WHERE article = (SELECT article FROM wanted) AND units >= :count"""


def test_what_begins_with_a_query_knows_what_it_changed(
    shop: tuple[dict[str, Tool], Callable[[str], Any]], tmp_path: Path
) -> None:
    _, do = shop
    text = (tmp_path / "connectors.toml").read_text("utf-8")
    old = next(line for line in text.splitlines() if "UPDATE" in line)
    sell = load(tmp_path, text.replace(old, f'sql = """{WITH}"""'))["sell"]
    assert use(sell, article="drill", count=2, key="k") == {"outcome": "done"}
    assert use(sell, article="drill", count=2, key="k") == {"outcome": "refused"}
    assert use(sell, article="saw", count=1, key="k") == {"outcome": "refused"}
    assert do("SELECT units FROM stock") == [(1,)]


BOOKING = """
[system.shop]
kind = "postgresql"
conninfo = "{conninfo}"
secret = {{ file = "{secret}" }}

[tool.booking]
system = "shop"
sql = "SELECT id, price, day, at, paid, whole FROM bookings WHERE day = :day AND paid = :paid AND (CAST(:note AS text) IS NULL OR price > :price)"
parameters = {{ day = "text", paid = "boolean", price = "number", note = "text?" }}
returns = {{ id = "text", price = "number", day = "text", at = "text", paid = "boolean", whole = "integer" }}

[tool.book]
system = "shop"
sql = "INSERT INTO bookings VALUES (:id, 5, '2026-12-02', '09:30', :paid, 2)"
parameters = {{ id = "text", paid = "boolean" }}
returns = {{ outcome = ["done"] }}
always = {{ outcome = "done" }}
acts = true
timeout = 2.0
"""


@pytest.fixture
def booking(server: Server, tmp_path: Path) -> dict[str, Tool]:
    server.do("DROP TABLE IF EXISTS bookings")
    server.do("CREATE TABLE bookings (id uuid, price numeric, day date, at time, paid boolean, whole numeric)")
    secret = tmp_path / "secret"
    secret.write_text(server.password, "utf-8")
    secret.chmod(0o600)
    return load(tmp_path, BOOKING.format(conninfo=server.conninfo, secret=secret))


ID = "7d444840-9dc0-11d1-b245-5ffdce74fad2"


def test_kinds_that_only_databases_have(booking: dict[str, Tool]) -> None:
    assert use(booking["book"], id=ID, paid="no", key="k") == {"outcome": "done"}
    assert use(booking["booking"], day=date(2026, 12, 2), paid=False, price=1) == {
        "id": ID, "price": 5.0, "day": "2026-12-02", "at": "09:30:00", "paid": False, "whole": 2,
    }  # fmt: skip
    fails("tool.garbage", booking["booking"], day="2026-12-02", paid="yes", price=1)  # there is none


def test_a_server_that_says_nothing_is_waited_for_so_long(booking: dict[str, Tool], server: Server) -> None:
    with server.frozen():
        error = fails("tool.timeout", booking["book"], id=ID, paid=True, key="k")
    assert error.code != UNSURE
    assert use(booking["book"], id=ID, paid=True, key="k") == {"outcome": "done"}


@pytest.mark.parametrize(
    ("ends", "code"),
    [("pg_terminate_backend(pg_backend_pid())", UNSURE), ("pg_cancel_backend(pg_backend_pid())", "tool.timeout")],
)
def test_only_who_was_asked_to_keep_it_is_in_doubt(
    booking: dict[str, Tool], server: Server, ends: str, code: str
) -> None:
    """Cut off while it commits: nobody knows. Refused while it commits: rolled back."""
    server.do(
        f"CREATE OR REPLACE FUNCTION ends() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$BEGIN PERFORM {ends}; PERFORM pg_sleep(5); RETURN NULL; END$$"
    )
    server.do(
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON bookings DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION ends()"
    )
    fails(code, booking["book"], id=ID, paid=True, key="k")
    assert server.do("SELECT count(*) FROM bookings") == [(0,)]


def test_what_the_connection_string_says_holds(booking: dict[str, Tool], server: Server, tmp_path: Path) -> None:
    server.do("DROP SCHEMA IF EXISTS other CASCADE")
    server.do("CREATE SCHEMA other CREATE TABLE bookings (LIKE public.bookings)")
    text = (tmp_path / "connectors.toml").read_text("utf-8")
    tools = load(tmp_path, text.replace(server.conninfo, f"{server.conninfo} options='-c search_path=other'"))
    use(tools["book"], id=ID, paid=True, key="k")
    assert server.do("SELECT count(*) FROM other.bookings") == [(1,)]
    assert server.do("SELECT count(*) FROM public.bookings") == [(0,)]


def test_a_server_that_is_gone_comes_back(shop: tuple[dict[str, Tool], Callable[[str], Any]], server: Server) -> None:
    tools, do = shop
    if do != server.do:
        return
    server.stop()
    for _ in range(2):
        fails("tool.unreachable", tools["sell"], article="drill", count=1, key="k")
    server.start()
    assert use(tools["sell"], article="drill", count=1, key="k") == {"outcome": "done"}


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        statement = parse(text)
    except ValueError:
        return
    back = statement.for_psycopg % {name: f":{name}" for name in statement.parameters}
    assert back == statement.text
