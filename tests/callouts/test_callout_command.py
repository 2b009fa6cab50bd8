"""`mostrador callout`: what a person at a terminal, or a program, asks for and is told."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from core.errors import CalloutError
from runtime.cli import app

pytestmark = pytest.mark.unit

PERSON = ("--customer", "C-17", "--person", "Ana López")
ABOUT = ("--purpose", "delivery", "--why", "un pedido", "--message", "Llega mañana.")
CONSENT = ("--consent", "signed form 12", "--consent-day", "2026-01-02")


class Shop:
    def __init__(self, folder: Path) -> None:
        self.config = folder / "device.toml"
        self.config.write_text(
            f'data = "{folder}"\n[callouts]\nenabled = true\naccount = "trunk"\ndays = [1,2,3,4,5,6,7]\n'
            'hours = "00:00-24:00"\n[[sip.accounts]]\nname = "trunk"\nkind = "trunk"\nserver = "192.0.2.1"\n'
        )

    def run(self, *words: str) -> str:
        done = CliRunner().invoke(app, ["callout", *words, "--config", str(self.config)], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json"))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_what_is_asked_for_is_listed_and_nobody_s_number_with_it(shop: Shop) -> None:
    added = shop.json("add", "600 11 12 22", *PERSON, *ABOUT, *CONSENT)
    assert added["next"] == "now"
    [row] = shop.json("list")
    assert (row["id"], row["customer"], row["number"], row["person"]) == (added["id"], "C-17", "•••", "•••")
    [row] = shop.json("list", "--reveal")
    assert (row["number"], row["person"]) == ("+34600111222", "Ana López")
    assert "C-17" in shop.run("list")


def test_without_consent_it_is_refused(shop: Shop) -> None:
    with pytest.raises(CalloutError) as caught:
        shop.run("add", "+34600111222", *PERSON, *ABOUT)
    assert caught.value.code == "callout.consent"
    assert shop.json("list") == []


def test_a_consent_to_something_else_is_none(shop: Shop) -> None:
    with pytest.raises(CalloutError):
        shop.run("add", "+34600111222", *PERSON, *ABOUT, *CONSENT, "--consent-purpose", "offers")


def test_by_one_id_it_is_asked_for_once(shop: Shop) -> None:
    for _ in range(2):
        shop.json("add", "+34600111222", *PERSON, *ABOUT, *CONSENT, "--id", "order-4711")
    assert len(shop.json("list")) == 1


def test_cancelled_and_blocked(shop: Shop) -> None:
    shop.json("add", "+34600111222", *PERSON, *ABOUT, *CONSENT, "--id", "a")
    shop.json("add", "+34600111333", "--customer", "C-18", *ABOUT, *CONSENT, "--id", "b")
    assert shop.json("cancel", "a")["why"] == "cancelled"
    shop.json("block", "600111333", "--why", "wrote to us")
    assert [(row["next"], row["why"]) for row in shop.json("list")] == [("never", "cancelled"), ("never", "blocked")]
    with pytest.raises(CalloutError) as caught:
        shop.run("add", "0034 600 111 333", "--customer", "C-99", *ABOUT, *CONSENT)
    assert caught.value.code == "callout.blocked"
    with pytest.raises(CalloutError, match="list"):
        shop.run("cancel", "zz")


def test_times_are_those_of_the_customer(shop: Shop) -> None:
    later = shop.json("add", "+12125550123", *PERSON, *ABOUT, *CONSENT, "--zone", "America/New_York",
                      "--not-before", "2099-07-01T10:00")  # fmt: skip
    assert later["why"] == "asked"
    assert later["next"].startswith("2099-07-01T")


@pytest.mark.parametrize("number", ["nobody", "911-CALL"])
def test_what_is_no_number_is_said(shop: Shop, number: str) -> None:
    with pytest.raises(CalloutError) as caught:
        shop.run("add", number, *PERSON, *ABOUT, *CONSENT)
    assert caught.value.code == "callout.number"


def test_the_help_names_the_sections_of_the_settings() -> None:
    shown = CliRunner().invoke(app, ["callout", "add", "--help"], env={"COLUMNS": "140"}).output
    assert "that of [agent]" in shown
    assert "as [callouts] says" in shown


def test_off_the_list_and_erased(shop: Shop) -> None:
    shop.json("add", "600111222", *PERSON, *ABOUT, *CONSENT)
    shop.json("block", "600111222", "--customer", "C-17")
    assert shop.json("unblock", "600111222", "--customer", "C-17") == {"unblocked": ["•••", "C-17"]}
    [row] = shop.json("list")
    assert row["next"] == "now"
    for words in (("unblock", "600111222"), ("unblock", "--customer", "C-17"), ("erase", "C-18")):
        with pytest.raises(CalloutError) as caught:
            shop.run(*words)
        assert caught.value.code == "callout.unknown"
    assert shop.json("erase", "C-17") == {"customer": "C-17", "erased": 1}
    assert shop.json("list") == []
