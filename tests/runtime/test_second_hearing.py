"""What was not understood is heard once more, and only then."""

import asyncio

import pytest

from core.errors import MostradorError, VoiceError
from runtime.agent import DialogState, Expect, Heard, Plan, Reply
from runtime.events import HungUp, Replied
from runtime.messages import Message
from runtime.second_hearing import understand
from tests.runtime.counter import Counter
from tests.virtual_time import run

pytestmark = pytest.mark.unit

KNOWN = {"where are the gloves": Expect(), "where are the globes": Expect("entity")}
START = DialogState()


async def plan(state: DialogState, heard: Heard) -> Plan:
    failures = 0 if heard.text in KNOWN else state.failures + 1
    after = DialogState(expect=KNOWN.get(heard.text, Expect()), failures=failures)
    return Plan(heard, "where_is", 1.0, "test", (), Reply((Message("."),)), after)


class Ear:
    def __init__(self, hears: str | MostradorError) -> None:
        self.hears = hears
        self.hints: list[str] = []

    async def again(self, hint: str) -> str:
        self.hints.append(hint)
        if isinstance(self.hears, MostradorError):
            raise self.hears
        return self.hears


@pytest.mark.parametrize(
    ("first", "second", "planned", "asked"),
    [
        ("where are the gloves", "never asked", "where are the gloves", False),
        ("where are the globes", "where are the gloves", "where are the gloves", True),
        ("wear other globes", "where are the gloves", "where are the gloves", True),
        ("where are the globes", "wear other globes", "where are the globes", True),
        ("where are the globes", "", "where are the globes", True),
        ("where are the globes", VoiceError("stt.failed", "no"), "where are the globes", True),
    ],
)
async def test_the_second_hearing_counts_only_if_it_leads_somewhere(
    first: str, second: str | MostradorError, planned: str, asked: bool
) -> None:
    ear = Ear(second)
    made = await understand(plan, ear.again, "gloves, bulbs", START, Heard(first, "en"))
    assert made.heard.text == planned
    assert ear.hints == (["gloves, bulbs"] if asked else [])
    assert ("second hearing" in made.why) == (planned != first)


@pytest.mark.parametrize(("spoken", "hint"), [(False, "gloves"), (True, "")])
async def test_what_was_typed_is_not_heard_again(spoken: bool, hint: str) -> None:
    ear = Ear("where are the gloves")
    await understand(plan, ear.again, hint, START, Heard("where are the globes", "en", spoken=spoken))
    assert ear.hints == []


def test_it_is_done_in_the_pause() -> None:
    async def main() -> Counter:
        counter = Counter()
        ask = Reply((Message("Which one?"),))
        counter.script.plan = lambda state, heard, conversation: Plan(  # type: ignore[method-assign]
            heard, "where_is", 1.0, "test", (), ask if "globes" in heard.text else Reply((Message("Aisle 3."),)),
            DialogState(expect=Expect("entity" if "globes" in heard.text else "anything")),
        )  # fmt: skip
        counter.hinted = "where are the gloves"
        session = asyncio.ensure_future(counter.session().run())
        await counter.say("where are the globes", after=3)
        before = len(counter.line.sound)
        await asyncio.sleep(1.0)
        assert len(counter.line.sound) > before
        await asyncio.sleep(4)
        counter.channel.send(HungUp(cause="customer"))
        await asyncio.wait_for(session, 60)
        return counter

    counter = run(main())
    assert counter.said()[-1] == "Aisle 3."
    [reply] = counter.recorder.of(Replied)
    assert "second hearing" in reply.why
