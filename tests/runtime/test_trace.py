import asyncio
import json

import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from core.errors import JournalError
from runtime.agent import DialogState
from runtime.commands import trace as command
from runtime.events import Attached, Chose, Dtmf, Failed, HungUp, Interrupted, Replied, Said, UserSaid
from runtime.journal import Journal, Record
from runtime.trace import Bar, percentile, spreads, turns

pytestmark = pytest.mark.unit

WHO = "sip:marta@example.com"
EVENTS = [
    Attached(channel="phone", peer=WHO, language="es"),
    Said(text="Hola, dígame.", timings={"first_sound": 0.02}),
    UserSaid(
        at=5.0,
        text="¿Dónde está mi pedido 48213?",
        language="es",
        timings={"pause": 0.6, "stt": 0.3, "stt_wait": 0.0},
    ),
    Replied(
        at=5.1,
        intent="order_status",
        why="slot order",
        confidence=0.97,
        messages=(),
        action="go_on",
        state=DialogState(),
        effects=("look_up:9f3c",),
        timings={"plan": 0.05, "commit": 0.01},
    ),
    Said(at=5.2, text="Llega mañana.", timings={"first_sound": 0.2}),
    Interrupted(at=6.0),
    UserSaid(at=7.0, text="Gracias", language="es", timings={"pause": 0.5, "stt": 0.4, "stt_wait": 0.1}),
    Failed(at=7.1, stage="plan", code="plan.timeout", message="too late for Marta"),
    Chose(at=8.0, id="person", title="Hablar con Marta"),
    Dtmf(at=8.5, digit="7"),
    HungUp(at=9.0, cause="customer"),
]
RECORDS = [Record(number, "abc123", 1.7e9 + number, event) for number, event in enumerate(EVENTS, 1)]
SECRETS = ("marta", "Marta", "48213", "Gracias", "mañana", "dígame")


def test_records_become_turns():
    greeting, order, thanks, person = turns(RECORDS)
    assert (greeting.number, greeting.form, greeting.said) == (0, "greeting", ("Hola, dígame.",))
    assert (order.intent, order.effects, order.notes) == ("order_status", ("look_up:9f3c",), ("interrupted",))
    assert thanks.notes == ("failed: plan plan.timeout",)
    assert (person.form, person.heard, person.notes) == ("touched", "Hablar con Marta", ("key", "hung up: customer"))


def test_stages_lie_where_they_were_waited_for():
    _, order, thanks, _ = turns(RECORDS)
    assert [(bar.stage, pytest.approx(bar.start), bar.seconds) for bar in order.bars] == [
        ("pause", 0.0, 0.6),
        ("stt", 0.3, 0.3),  # beside the pause: nobody waited for it
        ("plan", 0.6, 0.05),
        ("commit", 0.65, 0.01),
        ("first_sound", 0.66, 0.2),
    ]
    assert order.total == pytest.approx(0.86)
    assert thanks.bars[1] == Bar("stt", pytest.approx(0.2), 0.4)
    assert thanks.total is None


def test_summary_leaves_the_greeting_out_of_the_total():
    found = {spread.stage: spread for spread in spreads(turns(RECORDS))}
    assert (found["pause"].count, found["pause"].p50, found["pause"].p95) == (2, 0.5, 0.6)
    assert (found["total"].count, found["total"].p50) == (1, pytest.approx(0.86))
    assert found["first_sound"].count == 2


@given(st.lists(st.floats(0, 100), min_size=1), st.floats(0.01, 1))
def test_a_percentile_is_one_of_the_values_and_covers_its_share(values, share):
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


@given(st.floats(0, 50), st.floats(0, 50), st.floats(0, 50))
def test_a_bar_is_seen_and_stays_inside(start, seconds, beyond):
    bar = Bar("plan", start, seconds)
    text = command.drawn(bar, bar.end + beyond)
    assert text.strip()
    assert len(text) <= command.WIDTH


def shown(*, reveal: bool) -> str:
    console = Console(width=120)
    with console.capture() as captured:
        console.print(command.waterfall("abc123", RECORDS, reveal=reveal))
    return captured.get()


def test_what_was_said_is_shown_only_when_asked_for():
    hidden = shown(reveal=False) + json.dumps(command.as_data("abc123", RECORDS, reveal=False), ensure_ascii=False)
    assert not [secret for secret in SECRETS if secret in hidden]
    revealed = shown(reveal=True)
    assert "48213" in revealed
    assert WHO in revealed


def test_the_waterfall_names_stages_and_times():
    text = shown(reveal=False)
    for part in ("greeting", "turn 1", "order_status", "slot order", "first_sound", "860 ms", "failed: plan", "p95"):
        assert part in text


@pytest.fixture
def device(tmp_path, monkeypatch):
    """A device's data folder with one conversation in its journal."""
    monkeypatch.setenv("MOSTRADOR_HOME", str(tmp_path))

    async def write() -> None:
        journal = Journal.open(tmp_path / "journal.db")
        for event in EVENTS:
            journal.append("abc123", event)
        await journal.close()

    asyncio.run(write())
    return tmp_path


def run(*arguments: str):
    app = typer.Typer()
    app.command()(command.trace)
    return CliRunner().invoke(app, list(arguments))


def test_the_command_lists_and_shows(device):
    listed = run()
    for part in ("abc123", "phone es", "customer"):  # all of it fits into 80 columns
        assert part in listed.stdout
    assert WHO not in listed.stdout
    [row] = json.loads(run("--json").stdout)
    assert (row["id"], row["turns"], row["outcome"], row["peer"]) == ("abc123", 3, "customer", command.HIDDEN)
    assert json.loads(run("--json", "--reveal").stdout)[0]["peer"] == WHO
    one = json.loads(run("ab", "--json", "--reveal").stdout)
    assert one["turns"][1]["heard"] == "¿Dónde está mi pedido 48213?"
    assert one["turns"][1]["total"] == pytest.approx(0.86)
    assert one["turns"][1]["bars"][0] == {"stage": "pause", "start": 0.0, "seconds": 0.6}
    assert "turn 1" in run("abc").stdout


def test_an_unknown_id_and_no_journal_say_what_to_do(device, tmp_path, monkeypatch):
    refused = run("zz").exception
    assert isinstance(refused, JournalError)
    assert refused.code == "journal.unknown"
    monkeypatch.setenv("MOSTRADOR_HOME", str(tmp_path / "empty"))
    refused = run().exception
    assert isinstance(refused, JournalError)
    assert refused.code == "journal.missing"
