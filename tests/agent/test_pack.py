"""Every mistake in a pack is named with its file and line."""

import re
import shutil
from pathlib import Path

import pytest

from core.errors import PackError
from runtime.agent.pack import Pack, load_pack

pytestmark = pytest.mark.unit


@pytest.fixture
def folder(retail: Pack, tmp_path: Path) -> Path:
    return Path(shutil.copytree(retail.folder, tmp_path / "pack"))


def edit(path: Path, old: str, new: str) -> int:
    """Replace once; the line on which it happens."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return text[: text.index(old)].count("\n") + 1 + (len(old) - len(old.lstrip("\n")))


def failure(folder: Path) -> PackError:
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    return caught.value


def test_the_retail_pack_is_whole(retail: Pack) -> None:
    assert retail.manifest.id == "retail"
    assert {"es", "en"} == set(retail.phrases)
    acting = {flow.id for flow in retail.flows.values() if retail.acting(flow)}
    assert acting == {"return_request", "withdraw_return", "change_delivery"}


def test_no_pack(tmp_path: Path) -> None:
    assert failure(tmp_path).code == "pack.missing"


# ruff: noqa: E501 - one mistake a line
MISTAKES = [
    ("pack.toml", 'name = "Casa Roble"', 'name = "Casa Roble"\ncolour = "green"', "pack.key", "colour"),
    ("pack.toml", 'number = "order_status"', "number = 5", "pack.key", "number"),
    ("pack.toml", 'id = "retail"', 'id = "retail', "pack.syntax", ""),
    ("pack.toml", 'parking = "store#parking"', 'parking = "store#park"', "pack.answer", "store#park"),
    ("pack.toml", 'help = "talk.help"', 'help = "talk.helq"', "pack.phrase", "talk.helq"),
    ("pack.toml", 'hours = "opening hours"', 'ours = "opening hours"', "pack.intent", "ours"),
    ("flows/where_is.toml", 'ask = "product.ask"', 'ask = "product.ask"\nhint = "x"', "pack.key", "hint"),
    ("flows/where_is.toml", 'of = "product"', 'of = "thing"', "pack.flow", "thing"),
    ("flows/where_is.toml", 'call = "find_product"', 'call = "find_products"', "pack.flow", "find_products"),
    ("flows/where_is.toml", 'product = "$product"', 'item = "$product"', "pack.flow", "item"),
    ("flows/where_is.toml", 'product = "$product"', 'product = "$produkt"', "pack.flow", "produkt"),
    ("flows/where_is.toml", 'say = "where_is"', 'says = "where_is"', "pack.step", "does nothing"),
    ("flows/where_is.toml", 'say = "where_is"', 'say = "where_is"\nask = "product"', "pack.step", "ask and say"),
    ("flows/order_status.toml", 'type = "number"', 'type = "numbre"', "pack.flow", "no type of slot"),
    ("flows/order_status.toml", 'type = "number"', 'type = "date"', "pack.phrase", "wrong.no_such_day"),
    ("flows/order_status.toml", "digits = [5, 6]", "digits = [6, 5]", "pack.flow", "fewest"),
    ("flows/order_status.toml", 'next = "which"', 'next = "wich"', "pack.flow", "wich"),
    ("flows/order_status.toml", "not_found =", "lost =", "pack.flow", "lost"),
    ("flows/order_status.toml", 'say = "order.{found.outcome}"', 'say = "orders.{found.outcome}"', "pack.phrase", "orders."),
    ("flows/order_status.toml", "digits = [5, 6]", 'digits = "five"', "pack.key", "digits"),
    ("flows/return_request.toml", 'confirm = "return.confirm"\nrefused = "return.refused"', 'say = "wait"', "pack.flow",
     "only a `confirm` may lead to it"),
    ("phrases/es.toml", 'where_is = ["Encontrará {found.product}', 'where_is = ["Encontrará {found.produkt}', "pack.flow",
     "found.produkt"),
    ("phrases/en.toml", 'go_ahead = ["Go ahead."]\n', "", "pack.phrase", "go_ahead"),
    ("phrases/en.toml", 'go_ahead = ["Go ahead."]', 'go_ahead = ["Go {ahead."]', "pack.phrase", "go_ahead"),
    ("phrases/en.toml", "{found.due:day}", "{found.due:date}", "pack.phrase", "date"),
    ("examples/en.toml", "hours = [", "howers = [", "pack.intent", "howers"),
    ("examples/es.toml", '  "¿hay aparcamiento?",', '  "¿dónde puedo aparcar?",', "pack.examples", "twice"),
    ("knowledge/returns.es.md", "{#refund}", "", "pack.knowledge", "lacks its id"),
    ("tools.py", 'ACTS = ("request_return", "change_delivery", "withdraw_return")', 'ACTS = ("request_refund",)', "pack.tools",
     "request_refund"),
    ("tools.py", "import sqlite3", "import sqlite4", "pack.tools", "sqlite4"),
    ("tools.py", "def refund(db: sqlite3.Connection, ", "def refund(base: sqlite3.Connection, ", "pack.tools", "refund"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "code", "names"), MISTAKES, ids=[f"{m[0]}-{m[4]}" for m in MISTAKES])
def test_a_mistake_is_named(folder: Path, name: str, old: str, new: str, code: str, names: str) -> None:
    edit(folder / name, old, new)
    error = failure(folder)
    assert error.code == code
    assert names in error.message
    if code != "pack.syntax":
        assert re.match(rf"{re.escape(str(folder))}/\S+:\d+: ", error.message)


def test_the_line_is_right(folder: Path) -> None:
    line = edit(folder / "flows/order_status.toml", 'next = "which"', 'next = "wich"')
    assert f"order_status.toml:{line}:" in failure(folder).message
    shutil.copyfile(folder / "flows/hours.toml", folder / "flows/order_status.toml")
    assert "already belongs to" in failure(folder).message


def test_a_call_that_acts_cannot_be_jumped_to(folder: Path) -> None:
    flow = folder / "flows/return_request.toml"
    edit(flow, 'call = "request_return"', 'id = "act"\ncall = "request_return"')
    edit(flow, 'forget = ["order"]\nnext = "which"', 'forget = ["order"]\nnext = "act"')
    assert "only a `confirm` may lead to it" in failure(folder).message


def test_too_few_examples(folder: Path) -> None:
    path = folder / "examples/es.toml"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"parking = \[.*?\]", 'parking = ["¿hay aparcamiento?"]', text, flags=re.DOTALL), "utf-8")
    error = failure(folder)
    assert error.code == "pack.examples"
    assert "parking: 1 examples" in error.message
