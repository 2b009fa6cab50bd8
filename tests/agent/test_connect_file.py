"""Files of connectors: a mistake is named with its place, and the examples of the documentation work."""

import json
import sqlite3
from pathlib import Path

import pytest

from core.errors import PackError
from runtime.agent.pack import Pack, load_pack
from tests.agent.connectors import CRM, SHOP, load, use
from tests.agent.postgres import Server
from tests.agent.service import Service

# ruff: noqa: E501 - one mistake a line

pytestmark = pytest.mark.engine

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
