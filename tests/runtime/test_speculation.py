"""A guess that is dropped leaves nothing: no side effect, no entry in the journal, no sound."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.claims import Priority, current
from runtime.agent import DialogState, Heard, Plan
from runtime.events import HungUp, Replied, Said, UserSaid
from runtime.speculation import Speculation
from tests.runtime.counter import Counter
from tests.virtual_time import run
from voice import listener

pytestmark = pytest.mark.unit

TEXTS = st.sampled_from(["buy the red one", "buy the blue one", "where is it", "never mind"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, st.floats(0.22, 0.6)), min_size=1, max_size=5), TEXTS)
def test_only_what_was_really_said_is_done_written_and_spoken(drafts: list[tuple[str, float]], final: str) -> None:
    """Each draft is what recognition made of a pause after which the customer went on; `final` ends the turn."""

    async def main() -> Counter:
        counter = Counter()
        session = asyncio.ensure_future(counter.session().run())
        await asyncio.sleep(3)
        counter.hears.append(final)
        said_before = len(counter.line.sound)
        for text, pause in drafts:
            counter.hears[0] = text
            await counter.say("", words=2)
            await asyncio.sleep(pause)
            assert len(counter.line.sound) == said_before, "no sound of ours while the turn is not over"
            assert not counter.recorder.of(UserSaid)
            assert counter.script.done == []
        counter.hears[0] = final
        await counter.say("", words=2)
        await asyncio.sleep(8)
        counter.channel.send(HungUp(cause="customer"))
        await asyncio.wait_for(session, 60)
        return counter

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listener, "FREEZE_AFTER", 60.0)  # a long turn is read in parts; the script only knows wholes
        counter = run(main())
    assert [turn.text for turn in counter.recorder.of(UserSaid)] == [final]
    assert counter.script.done == ([final] if final.startswith("buy") else [])
    assert len(counter.recorder.of(Replied)) == 1
    answer = "Bought." if final.startswith("buy") else f"You said {final}."
    assert [said.text for said in counter.recorder.of(Said)] == ["Welcome to the shop.", answer]


MOVES = st.lists(
    st.tuples(st.sampled_from(["begin", "take", "drop", "wait"]), st.sampled_from("ab"), st.integers(0, 1)), max_size=12
)


@settings(max_examples=100, deadline=None)
@given(MOVES)
def test_a_plan_is_given_only_for_the_very_same_words_and_state(moves: list[tuple[str, str, int]]) -> None:
    async def main() -> None:
        async def foresee(heard: Heard, state: DialogState) -> Plan:
            await asyncio.sleep(0.1)
            return Plan(heard, "x", 1.0, "test", (), None, state)

        speculation = Speculation(foresee)
        states = [DialogState(), DialogState(failures=1)]
        for move, text, number in moves:
            heard, state = Heard(text, "en"), states[number]
            match move:
                case "begin":
                    speculation.begin(heard, state)
                case "take":
                    if task := speculation.take(heard, state):
                        plan = await task
                        assert (plan.heard, plan.state) == (heard, state)
                        assert speculation.take(heard, state) is None, "given once"
                case "drop":
                    speculation.drop()
                    assert speculation.take(heard, state) is None
                case _:
                    await asyncio.sleep(0.06)
        speculation.drop()

    run(main())


async def test_a_guess_that_is_taken_is_as_urgent_as_the_customer() -> None:
    claims = []

    async def foresee(heard: Heard, state: DialogState) -> Plan:
        claims.append(current())
        return await asyncio.Future()

    speculation, heard = Speculation(foresee), Heard("where is it", "en")
    for text in ("never mind", "where is it"):
        speculation.begin(Heard(text, "en"), DialogState())
        await asyncio.sleep(0)
    taken = speculation.take(heard, DialogState())
    assert taken is not None
    assert [claim.priority for claim in claims] == [Priority.SPECULATIVE, Priority.LIVE]
    taken.cancel()
