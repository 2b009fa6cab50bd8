"""Tools on another machine that are slow or fail: nobody else waits, and there is a way on."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from core.errors import MostradorError
from runtime.agent import Heard
from runtime.agent.database import Database
from runtime.agent.ledger import UNSURE
from runtime.agent.pack import Pack, load_pack
from runtime.agent.planner import Agent
from runtime.agent.route import Judge
from runtime.engines import Engines
from runtime.workers import AWAY, Workers
from tests.agent.conversation import TUESDAY, Conversation
from tests.agent.service import Service

pytestmark = pytest.mark.engine

CONNECTORS = """
[system.shop]
kind = "http"
url = "{url}"

[tool.stock]
system = "shop"
request = {{ path = "/stock/{{product}}" }}
parameters = {{ product = "text" }}
returns = {{ outcome = ["some", "few", "none"], product = "text", units = "integer", aisle = "integer" }}
timeout = 8.0
tries = 1

[tool.request_return]
system = "shop"
request = {{ method = "POST", path = "/returns", body = {{ number = "{{number}}", item = "{{item}}" }} }}
parameters = {{ number = "text", item = "text" }}
returns = {{ outcome = ["done", "refused"], case = "integer?", amount = "integer?" }}
acts = true
"""
STOCK = {"outcome": "some", "product": "taladro", "units": 7, "aisle": 4}


@pytest.fixture
def shop(retail: Pack, service: Service, database: Database, judge: Judge, tmp_path: Path) -> Agent:
    """Retail with its stock and its returns on another system."""
    file = tmp_path / "connectors.toml"
    file.write_text(CONNECTORS.format(url=service.url), "utf-8")
    pack = load_pack(retail.folder, file)

    def today() -> date:
        return TUESDAY

    return Agent(pack, Database(database.path, pack), judge, today)


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers()
    yield made
    made.close()


async def test_a_slow_tool_holds_up_nobody_else(shop: Agent, service: Service, workers: Workers) -> None:
    asked, gate = threading.Event(), threading.Event()

    def slow(to: BaseHTTPRequestHandler) -> None:
        asked.set()
        gate.wait(6)
        service.says(STOCK)(to)

    service.answers = [slow]
    engines = Engines(shop, workers)
    _, state = shop.open("es", "phone")
    waiting = asyncio.ensure_future(engines.plan(state, Heard("¿os quedan taladros?", "es"), "one"))
    assert await asyncio.to_thread(asked.wait, 10)
    other = await engines.plan(state, Heard("¿a qué hora abrís?", "es"), "two")
    assert other.reply is not None
    assert not waiting.done()
    gate.set()
    plan = await waiting
    assert plan.reply is not None
    assert "7" in plan.reply.messages[0].text


async def test_only_so_many_wait(workers: Workers) -> None:
    """Each in a thread of its own; one more is refused, and those that come back take turns."""
    from core.aside import aside

    gate, inside, together = threading.Event(), threading.Semaphore(0), threading.Barrier(2)

    def wait() -> bool:
        """Whether somebody else had the turn at the same time: two are needed to pass the barrier."""
        with aside():
            inside.release()
            gate.wait(10)
        try:
            together.wait(0.3)
        except threading.BrokenBarrierError:
            return False
        return True

    waiting = [asyncio.ensure_future(workers.run("plan", wait)) for _ in range(AWAY)]
    for _ in waiting:
        assert await asyncio.to_thread(inside.acquire, timeout=10)
    with pytest.raises(MostradorError) as caught:
        await workers.run("plan", wait)
    assert caught.value.code == "tool.busy"
    assert await workers.run("plan", lambda: "goes on") == "goes on"
    gate.set()
    assert await asyncio.gather(*waiting) == [False] * AWAY


Talk = Callable[[], Conversation]


def test_a_look_up_that_fails_is_offered_again(shop: Agent, service: Service) -> None:
    conversation = Conversation(shop, "es")
    service.answers = [service.cuts, service.says({}, 500), service.says(STOCK)]
    assert "Lo intento otra vez" in conversation.say("¿os quedan taladros?")
    assert conversation.reply.failed == "tool.unreachable"
    assert [choice.id for choice in conversation.reply.messages[-1].choices] == ["yes", "no", "person"]
    first = conversation.reply.messages[-1].text
    conversation.say("sí")
    assert conversation.reply.failed == "tool.failed"
    assert conversation.reply.messages[-1].text != first
    assert "7" in conversation.say("sí, por favor")
    assert conversation.reply.failed == ""


def test_a_look_up_that_goes_on_failing_leads_to_a_person(shop: Agent, service: Service) -> None:
    conversation = Conversation(shop, "en")
    service.answers = [service.says({}, 500)]
    conversation.say("do you have drills in stock?")
    conversation.say("yes")
    conversation.say("yes")
    assert conversation.reply.action == "to_person"


@pytest.mark.parametrize(
    ("text", "action"),
    [("no", "go_on"), ("quiero hablar con una persona", "to_person"), ("¿a qué hora abrís?", "go_on")],
)
def test_other_ways_on(shop: Agent, service: Service, text: str, action: str) -> None:
    conversation = Conversation(shop, "es")
    service.answers = [service.sends(b"<html>")]
    conversation.say("¿os quedan taladros?")
    said = conversation.say(text)
    assert conversation.reply.action == action
    if text == "no":
        assert "no he cambiado nada" in said
        assert conversation.state.stack == ()


def to_the_confirmation(shop: Agent) -> Conversation:
    conversation = Conversation(shop, "es")
    conversation.say("quiero devolver el pedido 48215")
    conversation.say("la primera")
    return conversation


def test_a_deed_that_was_refused_is_tried_again_after_a_yes_and_done_once(shop: Agent, service: Service) -> None:
    conversation = to_the_confirmation(shop)
    service.answers = [service.says({}, 429), service.says({"outcome": "done", "case": 31, "amount": 500})]
    assert "no he cambiado nada" in conversation.say("sí")
    assert conversation.reply.undone
    assert "31" in conversation.say("sí")
    assert not conversation.reply.undone
    assert len(service.asked) == 2
    assert service.asked[0]["body"] == service.asked[1]["body"]


@pytest.mark.parametrize("between", ["¿a qué hora abrís?", "sí, espera", "no sé"])
def test_a_deed_that_was_refused_is_read_back_again_after_anything_but_a_yes(
    shop: Agent, service: Service, between: str
) -> None:
    conversation = to_the_confirmation(shop)
    service.answers = [service.says({}, 429), service.says({"outcome": "done", "case": 31, "amount": 500})]
    conversation.say("sí")
    said = conversation.say(between)
    assert len(service.asked) == 1
    assert conversation.plan is not None
    assert conversation.plan.effects == ()
    assert "devolución" in said
    assert conversation.state.stack[-1].step == "sure"
    assert "31" in conversation.say("sí")


def test_other_facts_are_asked_about_anew(shop: Agent, service: Service) -> None:
    conversation = to_the_confirmation(shop)
    service.answers = [service.says({}, 429)]
    conversation.say("sí")
    conversation.say("sí, pero el pedido 48213")
    assert conversation.state.stack[-1].slots["order"] == "48213"
    assert conversation.state.stack[-1].step != "sure"
    assert len(service.asked) == 1


def test_a_deed_that_broke_off_is_not_repeated(shop: Agent, service: Service) -> None:
    conversation = to_the_confirmation(shop)
    service.answers = [service.cuts, service.says({"outcome": "done", "case": 31, "amount": 500})]
    before = conversation.state
    assert "no sé si ha llegado a hacerse" in conversation.say("sí")
    conversation.back_to(before)  # as if the yes had been heard twice
    conversation.say("sí")
    assert conversation.reply.failed == UNSURE
    assert conversation.reply.action == "to_person"
    assert len(service.asked) == 1
