"""Who comes first when several wait for one model. A gate holds the stage's thread, so that no test goes by time."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from core.claims import Claim, Priority, under
from core.errors import MostradorError, VoiceError
from runtime import workers as module
from runtime.workers import ROOM, Waited, Workers

pytestmark = pytest.mark.unit

LIVE, SPECULATIVE, BACKGROUND = Priority
priorities = st.sampled_from(Priority)


class Bench:
    """A stage whose thread is held until the block ends; `order` is what was then done, in the order of doing."""

    def __init__(self, told: Callable[[Waited], None] = lambda _: None) -> None:
        self.workers = Workers(told)
        self.order: list[int] = []
        self.tasks: list[asyncio.Task[int]] = []

    async def ask(self, claim: Claim) -> asyncio.Task[int]:
        number = len(self.tasks)
        with under(claim):
            task = asyncio.ensure_future(self.workers.run("stt", self._do, number))
        self.tasks.append(task)
        await asyncio.sleep(0)  # it is in the queue, or has been refused
        return task

    def _do(self, number: int) -> int:
        self.order.append(number)
        return number


@asynccontextmanager
async def held(bench: Bench) -> AsyncIterator[Bench]:
    """At the end everything that was asked for is done, refused or cancelled."""
    begun, gate = threading.Event(), threading.Event()

    def hold() -> None:
        begun.set()
        gate.wait()

    holding = asyncio.ensure_future(bench.workers.run("stt", hold))
    await asyncio.to_thread(begun.wait)
    try:
        yield bench
    finally:
        gate.set()
        await holding
        await asyncio.gather(*bench.tasks, return_exceptions=True)
        await asyncio.to_thread(bench.workers.close)


async def leave(task: asyncio.Task[int]) -> None:
    task.cancel()
    await asyncio.wait({task})


@settings(deadline=None)
@given(st.lists(st.tuples(priorities, st.none() | priorities, st.booleans()), max_size=ROOM))
def test_the_most_urgent_first_and_who_came_first_among_equals(
    asked: list[tuple[Priority, Priority | None, bool]],
) -> None:
    """Each asks at a priority, is perhaps raised to another, and perhaps cancelled, all before its turn."""

    async def main() -> list[int]:
        async with held(Bench()) as bench:
            claims = [Claim(priority) for priority, _, _ in asked]
            for claim in claims:
                await bench.ask(claim)
            for claim, task, (_, raised, cancelled) in zip(claims, bench.tasks, asked, strict=True):
                if raised is not None:
                    claim.raise_to(raised)
                if cancelled:
                    await leave(task)
        return bench.order

    final = [min(first, first if raised is None else raised) for first, raised, _ in asked]
    kept = [number for number, (_, _, cancelled) in enumerate(asked) if not cancelled]
    assert asyncio.run(main()) == sorted(kept, key=lambda number: final[number])


@settings(deadline=None)
@given(st.lists(priorities, min_size=ROOM, max_size=ROOM + 20))
def test_a_full_queue_refuses_the_least_urgent_and_of_those_the_newest(asked: list[Priority]) -> None:
    async def main() -> tuple[list[int], list[int]]:
        async with held(Bench()) as bench:
            for priority in asked:
                await bench.ask(Claim(priority))
        refused = [number for number, task in enumerate(bench.tasks) if task.exception()]
        for number in refused:
            error = bench.tasks[number].exception()
            assert isinstance(error, MostradorError)
            assert (error.code, error.retryable) == ("stt.busy", True)
        return bench.order, refused

    order, refused = asyncio.run(main())
    everybody = sorted(range(len(asked)), key=lambda number: asked[number])
    assert order == everybody[:ROOM], "as if all had been let in and the last in line sent away"
    assert sorted(refused) == sorted(everybody[ROOM:])


async def test_what_was_cancelled_leaves_its_place_to_another() -> None:
    async with held(Bench()) as bench:
        for _ in range(ROOM):
            await bench.ask(Claim(LIVE))
        await leave(bench.tasks[0])
        await bench.ask(Claim(BACKGROUND))
    assert bench.order == list(range(1, ROOM + 1))


async def test_a_claim_reaches_what_is_asked_for_by_tasks_begun_under_it() -> None:
    async def later(bench: Bench) -> None:
        await asyncio.sleep(0)
        bench.tasks.append(asyncio.ensure_future(bench.workers.run("stt", bench._do, 7)))

    async with held(Bench()) as bench:
        with under(Claim(SPECULATIVE)) as claim:
            task = asyncio.ensure_future(later(bench))
        await task
        await asyncio.sleep(0)
        bench.tasks.append(asyncio.ensure_future(bench.workers.run("stt", bench._do, 8)))
        await asyncio.sleep(0)
    assert bench.order == [8, 7]
    assert claim.priority == SPECULATIVE


async def test_a_wait_has_a_limit_and_what_was_not_begun_never_is(monkeypatch: pytest.MonkeyPatch) -> None:
    async with held(Bench()) as bench:
        monkeypatch.setitem(module.STAGES, "stt", 0.0)
        task = await bench.ask(Claim(LIVE))
        with pytest.raises(MostradorError) as caught:
            await task
    assert (caught.value.code, caught.value.retryable) == ("stt.timeout", True)
    assert bench.order == []


async def test_an_error_goes_to_whoever_waits_and_the_stage_goes_on() -> None:
    def fail() -> None:
        raise VoiceError("stt.failed", "no ears")

    workers = Workers()
    with pytest.raises(VoiceError):
        await workers.run("stt", fail)
    assert await workers.run("stt", lambda: 5) == 5
    workers.close()


async def test_stages_do_not_wait_for_each_other() -> None:
    async with held(Bench()) as bench:
        assert await bench.workers.run("tts", lambda: "said") == "said"


async def test_what_is_begun_is_told_with_the_priority_that_it_had_at_last() -> None:
    begun: list[Waited] = []
    async with held(Bench(begun.append)) as bench:
        claim = Claim(BACKGROUND)
        await bench.ask(claim)
        claim.raise_to(SPECULATIVE)
    assert [(waited.stage, waited.priority) for waited in begun] == [("stt", LIVE), ("stt", SPECULATIVE)]
    assert begun[1].seconds > 0


async def test_closing_waits_for_what_runs_drops_what_waits_and_then_all_is_refused() -> None:
    workers = Workers()
    begun, gate = threading.Event(), threading.Event()
    running = asyncio.ensure_future(workers.run("stt", lambda: begun.set() or gate.wait()))  # type: ignore[func-returns-value]
    await asyncio.to_thread(begun.wait)
    waiting = asyncio.ensure_future(workers.run("stt", lambda: 1))
    await asyncio.sleep(0)
    closing = asyncio.ensure_future(asyncio.to_thread(workers.close))
    with pytest.raises(asyncio.CancelledError):
        await waiting
    gate.set()
    await running
    await closing
    with pytest.raises(MostradorError, match=r"wait for stt"):
        await workers.run("stt", lambda: 1)
    workers.close()


async def test_closing_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLOSING", 0.01)
    workers = Workers()
    begun, gate = threading.Event(), threading.Event()
    running = asyncio.ensure_future(workers.run("stt", lambda: begun.set() or gate.wait()))  # type: ignore[func-returns-value]
    await asyncio.to_thread(begun.wait)
    with capture_logs() as logs:
        await asyncio.to_thread(workers.close)
    assert [(line["event"], line["stage"], line["threads"]) for line in logs] == [("work_left_behind", "stt", 1)]
    gate.set()
    await running
