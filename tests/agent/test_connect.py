"""Tools on real databases and a real HTTP service: values stay values, failures are told apart, deeds happen once."""

import json
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import PackError, ToolError
from runtime.agent.connect.breaker import FAILURES
from runtime.agent.connect.file import load_connectors
from runtime.agent.connect.statement import parse
from runtime.agent.ledger import UNSURE
from runtime.agent.pack import Pack, load_pack
from runtime.agent.tools import Tool
from tests.agent.postgres import Server, installed
from tests.agent.service import Service

# ruff: noqa: E501 - one mistake a line

pytestmark = pytest.mark.engine

NASTY = [
    "'; DROP TABLE stock; --",
    "%s",
    "%(x)s",
    ":name",
    "{0}",
    "../../admin",
    "a/b?c=d#e",
    "ñandú €",
    '"',
    "\\",
    "1 OR 1=1",
]
SHOP = """
[system.shop]
kind = "{kind}"
{where}

[tool.units]
system = "shop"
sql = "SELECT 'found' AS outcome, units, note FROM stock WHERE article = :article AND 'a%b' <> note -- :no"
parameters = {{ article = "text" }}
returns = {{ outcome = ["found", "none"], units = "integer?", note = "text?" }}
missing = {{ outcome = "none" }}

[tool.articles]
system = "shop"
sql = "SELECT article AS id FROM stock ORDER BY article"
returns = {{ id = "text" }}
many = true

[tool.sell]
system = "shop"
sql = "UPDATE stock SET units = units - :count WHERE article = :article AND units >= :count"
parameters = {{ article = "text", count = "integer" }}
returns = {{ outcome = ["done", "refused"] }}
always = {{ outcome = "done" }}
missing = {{ outcome = "refused" }}
acts = true
"""


def load(path: Path, text: str) -> dict[str, Tool]:
    (path / "connectors.toml").write_text(text, "utf-8")
    return load_connectors(path / "connectors.toml")


def use(tool: Tool, **values: Any) -> Any:
    return tool.function(None, **values)


def fails(code: str, tool: Tool, **values: Any) -> ToolError:
    with pytest.raises(ToolError) as caught:
        use(tool, **values)
    assert caught.value.code == code, caught.value.message
    return caught.value


# Databases


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not installed():
        pytest.fail("PostgreSQL is not installed: setup/packages.sh test")
    running = Server(tmp_path_factory.mktemp("postgres") / "server")
    yield running
    running.stop()


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


# HTTP

CRM = """
[system.crm]
kind = "http"
url = "{url}"
{system}

[tool.customer]
system = "crm"
request = {{ path = "/customers/{{number}}", query = {{ lang = "{{language}}" }}, at = "data" }}
parameters = {{ number = "text" }}
returns = {{ outcome = ["found", "not_found"], name = "text?", points = "integer?" }}
fields = {{ points = "card.points" }}
always = {{ outcome = "found" }}
statuses = {{ 404 = {{ outcome = "not_found" }} }}
timeout = 1.0

[tool.cases]
system = "crm"
request = {{ path = "/cases", at = "" }}
returns = {{ id = "text" }}
many = true

[tool.open_case]
system = "crm"
request = {{ method = "POST", path = "/cases", body = {{ about = {{ number = "{{number}}", text = "no. {{number}}" }}, urgent = true }}{key} }}
parameters = {{ number = "integer" }}
returns = {{ outcome = ["done", "refused"], case = "integer?" }}
always = {{ outcome = "done" }}
statuses = {{ 409 = {{ outcome = "refused" }} }}
acts = true
timeout = 1.0
"""
KEYED = ', key_header = "Idempotency-Key"'


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.close()


def crm(path: Path, service: Service, *, key: str = "", system: str = "") -> dict[str, Tool]:
    return load(path, CRM.format(url=service.url, key=key, system=system))


def test_asks_and_answers(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TOKEN", "t0p")
    tools = crm(tmp_path, service, key=KEYED, system='secret = { env = "CRM_TOKEN" }')
    service.answers = [service.says({"data": {"name": "Ana", "card": {"points": 7}, "secret": 1}})]
    found = use(tools["customer"], number="5 7/á", language="es")
    assert found == {"outcome": "found", "name": "Ana", "points": 7}
    assert service.asked[0]["path"] == "/customers/5%207%2F%C3%A1?lang=es"
    assert service.asked[0]["headers"]["Authorization"] == "Bearer t0p"
    service.answers = [service.says({}, 404)]
    assert use(tools["customer"], number="9", language="es")["outcome"] == "not_found"
    service.answers = [service.says([{"id": "a"}, {"id": "b"}])]
    assert use(tools["cases"]) == [{"id": "a"}, {"id": "b"}]
    service.answers = [service.says({"case": 12}, 201)]
    assert use(tools["open_case"], number="57", key="k1") == {"outcome": "done", "case": 12}
    assert json.loads(service.asked[-1]["body"]) == {"about": {"number": 57, "text": "no. 57"}, "urgent": True}
    assert service.asked[-1]["headers"]["Idempotency-Key"] == "k1"
    service.answers = [service.says({}, 409)]
    assert use(tools["open_case"], number="57", key="k2")["outcome"] == "refused"


def test_values_stay_in_their_place(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service)
    service.answers = [service.says({"data": {}})]
    for text in NASTY:
        use(tools["customer"], number=text, language="{number}")
        path, _, query = service.asked[-1]["path"].partition("?")
        assert path.count("/") == 2
        assert query == "lang=%7Bnumber%7D"
    fails("tool.refused", tools["customer"], number="..", language="es")


READS = [
    ("hangs", "tool.timeout"), ("cuts", "tool.unreachable"), ("floods", "tool.too_much"), ("drips", "tool.timeout"),
    ("drips_a_header", "tool.timeout"),
]  # fmt: skip


@pytest.mark.parametrize(("how", "code"), READS)
def test_a_bad_service_is_told_of_in_time(service: Service, tmp_path: Path, how: str, code: str) -> None:
    """Whoever waits longer than the tool's time sees the service end what it hangs or drips, which is another code."""
    tools = crm(tmp_path, service)
    service.answers = [getattr(service, how)]
    fails(code, tools["customer"], number="1", language="es")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html>", "tool.garbage"), (b"\xff\xfe", "tool.garbage"), (b"[" * 10_000, "tool.garbage"), (b"[1]", "tool.garbage"),
        (b'{"data": {"name": 5}}', "tool.garbage"), (b'{"data": {"card": {"points": "7"}}}', "tool.garbage"),
        (b'{"data": {"card": {"points": true}}}', "tool.garbage"), (b'{"data": null}', "tool.garbage"),
        (json.dumps({"data": {"name": "x" * 5000}}).encode(), "tool.garbage"),
        (b'{"data": {"name": "\\ud800"}}', "tool.garbage"), (b'{"data": {"card": {"points": 1e999}}}', "tool.garbage"),
        (b'{"data": {"card": {"points": 9999999999999999999}}}', "tool.garbage"),
    ],
)  # fmt: skip
def test_garbage(service: Service, tmp_path: Path, body: bytes, code: str) -> None:
    tools = crm(tmp_path, service)
    service.answers = [service.sends(body)]
    fails(code, tools["customer"], number="1", language="es")
    assert len(service.asked) == 1


def test_a_read_is_tried_again_and_a_redirect_is_not_followed(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service)
    service.answers = [service.says({}, 500), service.cuts, service.says({"data": {"name": "Ana"}})]
    assert use(tools["customer"], number="1", language="es")["name"] == "Ana"
    assert len(service.asked) == 3
    service.answers = [service.says({}, 302, Location="https://elsewhere.example/")]
    fails("tool.redirected", tools["customer"], number="1", language="es")
    assert len(service.asked) == 4


@pytest.mark.parametrize("how", ["hangs", "cuts", "floods", "drips_a_header"])
def test_a_deed_that_may_have_happened_is_not_repeated(service: Service, tmp_path: Path, how: str) -> None:
    tools = crm(tmp_path, service)
    service.answers = [getattr(service, how), service.says({"case": 1})]
    fails(UNSURE, tools["open_case"], number=5, key="k")
    assert len(service.asked) == 1


def test_with_a_key_it_is_the_service_that_does_it_once(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service, key=KEYED)
    service.answers = [service.cuts, service.says({}, 503), service.says({"case": 1})]
    assert use(tools["open_case"], number=5, key="k")["case"] == 1
    assert {asked["headers"]["Idempotency-Key"] for asked in service.asked} == {"k"}


def test_what_did_surely_not_happen_is_no_doubt(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service)
    service.answers = [service.says({}, 429)]
    fails("tool.busy", tools["open_case"], number=5, key="k")
    service.answers = [service.says({}, 422)]
    fails("tool.refused", tools["open_case"], number=5, key="k")
    nobody = load(tmp_path, CRM.format(url="http://127.0.0.1:9", key="", system=""))
    fails("tool.unreachable", nobody["open_case"], number=5, key="k")


def test_who_never_got_through_did_nothing(tmp_path: Path) -> None:
    """It takes connections and says no word of TLS: nothing has been sent to it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        tools = load(tmp_path, CRM.format(url=f"https://127.0.0.1:{silent.getsockname()[1]}", key="", system=""))
        fails("tool.timeout", tools["open_case"], number=5, key="k")


def test_a_callers_bad_value_is_no_failure_of_the_system(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service)
    for _ in range(FAILURES + 1):
        fails("tool.refused", tools["customer"], number="..", language="es")
        fails("tool.refused", tools["open_case"], number="five", key="k")
        fails("tool.refused", tools["open_case"], number=None, key="k")
    service.answers = [service.says({"data": {}})]
    assert use(tools["customer"], number="1", language="es")["outcome"] == "found"
    assert len(service.asked) == 1


def test_what_is_missing_is_not_written_out(service: Service, tmp_path: Path) -> None:
    text = CRM.replace('lang = "{{language}}"', 'lang = "{{language}}", near = "{{near}}", by = "x{{near}}"')
    text = text.replace('parameters = {{ number = "text" }}', 'parameters = {{ number = "text", near = "text?" }}')
    text = text.replace("urgent = true", 'urgent = true, note = "{{note}}", said = "no. {{note}}"')
    text = text.replace('{{ number = "integer" }}', '{{ number = "integer", note = "text?" }}')
    tools = load(tmp_path, text.format(url=service.url, key="", system=""))
    service.answers = [service.says({"data": {}, "case": 1})]
    use(tools["customer"], number="1", language="es")
    assert service.asked[0]["path"] == "/customers/1?lang=es"
    use(tools["open_case"], number=5, key="k")
    body = json.loads(service.asked[1]["body"])
    assert (body["note"], body["said"]) == (None, None)
    use(tools["customer"], number="1", near="a b", language="es")
    assert service.asked[2]["path"] == "/customers/1?lang=es&near=a+b&by=xa+b"


@pytest.mark.parametrize("token", ["t0p\nX-Other: 1", "t0pñ"])
def test_a_secret_that_is_no_header_is_not_sent(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str
) -> None:
    monkeypatch.setenv("CRM_TOKEN", token)
    tools = crm(tmp_path, service, system='secret = { env = "CRM_TOKEN" }')
    assert "t0p" not in fails("tool.secret", tools["open_case"], number=5, key="k").message
    assert service.asked == []
    monkeypatch.setenv("CRM_TOKEN", " t0p\n")
    service.answers = [service.says({"case": 1})]
    use(tools["open_case"], number=5, key="k")
    assert service.asked[0]["headers"]["Authorization"] == "Bearer t0p"


def test_an_authority_that_is_not_there_is_told_before_anything_is_sent(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service, system='ca = "/nowhere/ca.pem"')
    assert "/nowhere/ca.pem" in fails("tool.unreachable", tools["open_case"], number=5, key="k").message
    assert service.asked == []


def test_a_secret_file_is_ones_own(service: Service, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("t0p", "utf-8")
    secret.chmod(0o644)
    tools = crm(tmp_path, service, system=f'secret = {{ file = "{secret}" }}')
    error = fails("tool.secret", tools["customer"], number="1", language="es")
    assert "chmod 600" in error.message
    assert "t0p" not in error.message
    secret.chmod(0o600)
    service.answers = [service.says({"data": {}})]
    assert use(tools["customer"], number="1", language="es")["outcome"] == "found"


# Patience


def test_a_broken_system_is_left_alone(service: Service, tmp_path: Path) -> None:
    tools = crm(tmp_path, service)
    service.answers = [service.says({}, 500)]
    for _ in range(2):
        with pytest.raises(ToolError):
            use(tools["customer"], number="1", language="es")
    asked = len(service.asked)
    assert asked == FAILURES
    fails("tool.resting", tools["cases"])
    assert len(service.asked) == asked


# Mistakes

READ = 'sql = "SELECT article AS id FROM stock ORDER BY article"'
MISTAKES = [
    (READ, 'sql = "SELECT article AS id FROM stock; DELETE FROM stock"', "more than one statement"),
    (READ, 'sql = "DELETE FROM stock RETURNING article AS id"', "acts = true"),
    (READ, 'sql = "WITH gone AS (DELETE FROM stock RETURNING article) SELECT article AS id FROM gone"', "acts = true"),
    (READ, 'sql = "SELECT article AS id INTO other FROM stock"', "acts = true"),
    (READ, 'sql = "PRAGMA table_info(stock)"', "acts = true"),
    (READ, "sql = \"SELECT '{id}' AS id\"", "inside the quotes"),
    (READ, "sql = \"SELECT article AS id FROM stock WHERE article = ':name'\"", "inside the quotes"),
    (READ, 'sql = "SELECT article AS id FROM {table}"', "put together"),
    (READ, 'sql = "SELECT article AS id FROM stock WHERE article = %s"', "put together"),
    (READ, 'sql = "SELECT article AS id FROM stock WHERE article = :name"', "name is used and not declared"),
    (READ, 'sql = "  "', "no statement"),
    (READ, "", "say `sql`"),
    ("UPDATE stock SET units = units - :count WHERE article = :article AND units >= :count",
     "SELECT :count, :article", "nothing is written"),
    ("UPDATE stock SET units = units - :count WHERE article = :article AND units >= :count",
     "CREATE TABLE other (article TEXT)", "CREATE doesn't say what it has changed"),
    ("UPDATE stock SET units = units - :count WHERE article = :article AND units >= :count",
     "WITH x AS (SELECT 1) TRUNCATE stock", "doesn't say what it has changed"),
    ("article = :article AND 'a%b'", "article = :article AND :key <> note AND 'a%b'", "key: is supplied to other tools"),
    ("article = :article AND units", "article = :article AND :deliver <> '' AND units", "deliver: is supplied"),
    ('article = "text", count', 'article = "text", today = "text", count', "supplied by the agent"),
    ('article = "text", count', 'article = "text", colour = "text", count', "declared and not used"),
    ('article = "text", count', 'article = "words", count', "words"),
    ("acts = true", "acts = true\ntries = 3", "tried once"),
    ("acts = true", "acts = true\ntimeout = 60.0", "at most 12"),
    ('missing = { outcome = "refused" }', 'missing = { outcome = "perhaps" }', "perhaps"),
    ('units = "integer?"', 'units = "integer"', "must end in"),
    ('system = "shop"', 'system = "shops"', "no system"),
    ("many = true", "many = true\nmnay = true", "mnay"),
    ('kind = "sqlite"', 'kind = "oracle"', "oracle"),
    ('kind = "sqlite"\nfile = "shop.db"', 'kind = "postgresql"\nconninfo = "host=db password=x"', "password"),
    ('kind = "sqlite"\nfile = "shop.db"', 'kind = "postgresql"\nconninfo = "postgresql://me:x@db/shop"', "password"),
    ('kind = "sqlite"\nfile = "shop.db"', 'kind = "postgresql"\nconninfo = "host=db hots=db"', "connection string"),
    ('kind = "sqlite"\nfile = "shop.db"', 'kind = "http"\nurl = "https://crm.example"\nheaders = { X-Shop = "ñ" }', "ASCII"),
    ('kind = "sqlite"\nfile = "shop.db"', 'kind = "http"\nurl = "http://crm.example"', "only https"),
    ('kind = "sqlite"\nfile = "shop.db"', 'kind = "http"\nurl = "ftp://crm.example"', "no http address"),
    ('kind = "sqlite"\nfile = "shop.db"', 'kind = "http"\nurl = "https://crm.example"\nheaders = { Authorization = "x" }', "use `secret`"),
    ('kind = "sqlite"\nfile = "shop.db"', 'kind = "http"\nurl = "https://crm.example"\nsecret = { }', "one of them"),
    ('kind = "sqlite"\nfile = "shop.db"', 'kind = "http"\nurl = "https://crm.example"', "HTTP service"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "named"), MISTAKES)
def test_a_mistake_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    text = SHOP.format(kind="sqlite", where='file = "shop.db"')
    assert old in text
    with pytest.raises(PackError) as caught:
        load(tmp_path, text.replace(old, new, 1))
    assert named in caught.value.message
    assert f"{tmp_path / 'connectors.toml'}:" in caught.value.message


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('method = "POST", ', "", "goes with POST"), ('path = "/cases", at', 'method = "POST", path = "/cases", at', "goes with POST"),
        ('path = "/customers/{number}"', 'path = "//elsewhere.example/{number}"', "begins with one /"),
        ('path = "/customers/{number}"', 'path = "/customers?n={number}"', "begins with one /"),
        ('parameters = { number = "text" }', 'parameters = { number = "text?" }', "no such path"), ("urgent = true", "urgent = 2026-12-01", "request.body"),
        ("{language}", "{languages}", "languages is used"), ("404 = { outcome", "404 = { outcom", "outcom"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_request(service: Service, tmp_path: Path, old: str, new: str, named: str) -> None:
    text = CRM.format(url=service.url, key="", system="")
    assert old in text
    with pytest.raises(PackError, match=named):
        load(tmp_path, text.replace(old, new, 1))


# The examples of the documentation


def documented(title: str) -> str:
    text = (Path(__file__).parents[2] / "docs" / "connectors.md").read_text("utf-8")
    return text.split(f"## {title}\n")[1].split("```toml\n")[1].split("```")[0]


def test_the_example_of_a_database(server: Server, tmp_path: Path) -> None:
    server.do("DROP TABLE IF EXISTS stock")
    server.do("CREATE TABLE stock (article text PRIMARY KEY, aisle integer, units integer)")
    server.do("INSERT INTO stock VALUES ('drill', 4, 9)")
    server.do("CREATE TABLE reservations (key text UNIQUE, article text, units integer, number serial)")
    secret = tmp_path / "password"
    secret.write_text(server.password, "utf-8")
    secret.chmod(0o600)
    text = documented("A database").replace("/etc/mostrador/warehouse.password", str(secret))
    text = text.replace("host=db.example dbname=warehouse user=agent sslmode=verify-full", server.conninfo)
    tools = load(tmp_path, text)
    assert use(tools["shelf_of"], article="drill") == {"outcome": "found", "aisle": 4, "units": 9}
    assert use(tools["shelf_of"], article="saw")["outcome"] == "not_found"
    first = use(tools["reserve"], article="drill", units=2, key="k1")
    assert use(tools["reserve"], article="drill", units=2, key="k1") == first
    assert server.do("SELECT count(*) FROM reservations") == [(1,)]


def test_the_example_of_a_service(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_TOKEN", "t0p")
    tools = load(tmp_path, documented("An HTTP service").replace("https://crm.example", service.url))
    service.answers = [service.says({"data": {"name": "Ana", "card": {"points": 7}}})]
    assert use(tools["customer_card"], number="5", language="es") == {"outcome": "found", "name": "Ana", "points": 7}
    assert service.asked[0]["path"] == "/api/customers/5?lang=es"
    service.answers = [service.says({"case": 12})]
    assert use(tools["open_case"], number="5", about="a leak", key="k1") == {"outcome": "done", "case": 12}
    assert json.loads(service.asked[1]["body"]) == {"customer": "5", "about": "a leak"}
    assert service.asked[1]["headers"]["Idempotency-Key"] == "k1"


def test_another_file_takes_the_place_of_a_packs_tools(retail: Pack, tmp_path: Path) -> None:
    """Retail with its stock on another system; a file that doesn't give what the flows need is refused."""
    other = tmp_path / "connectors.toml"
    text = """
[system.shop]
kind = "sqlite"
file = "shop.db"

[tool.stock]
system = "shop"
sql = "SELECT 'some' AS outcome, 'drill' AS product, 7 AS units, 4 AS aisle WHERE :product <> ''"
parameters = { product = "text" }
returns = { outcome = ["some", "few", "none"], product = "text", units = "integer", aisle = "integer" }
"""
    other.write_text(text, "utf-8")
    sqlite3.connect(tmp_path / "shop.db").close()
    pack = load_pack(retail.folder, other)
    assert use(pack.tools["stock"], product="drill")["units"] == 7
    assert pack.tools["prices"].name == retail.tools["prices"].name
    other.write_text(text.replace(', aisle = "integer" }', " }"), "utf-8")
    with pytest.raises(PackError, match="aisle"):
        load_pack(retail.folder, other)
