"""Native work off the loop: one thread a stage, the most urgent first, every queue bounded, every wait limited."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar, TypeVarTuple

from core.claims import Claim, Priority, current
from core.errors import MostradorError

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

STAGES = {
    # stage: seconds that a conversation waits for it
    "stt": 60.0,
    "turn": 5.0,
    "plan": 10.0,
    "commit": 15.0,
    "tts": 20.0,
}
"""One thread each: the engines themselves use the cores."""
ROOM = 64
"""Pieces of work that may wait for a stage."""


@dataclass(frozen=True, slots=True)
class Waited:
    """A piece of work that is begun, after so many `seconds` in the queue."""

    stage: str
    priority: Priority
    seconds: float


class Workers:
    """`run(stage, f, …)` calls `f` in the stage's thread, and waits no longer than the stage's limit.

    Work is done by the claim that it was asked for under (`core.claims`), first come, first served within a priority;
    a claim that is raised moves what waits. One that is cancelled before its turn is never begun. Nothing that runs is
    interrupted: a live caller waits for one piece of less urgent work at most.
    """

    def __init__(self, told: Callable[[Waited], None] = lambda _: None) -> None:
        """`told` hears of all that is begun, on the stages' threads."""
        self._stages = {stage: _Stage(stage, told) for stage in STAGES}

    async def run(self, stage: str, work: Callable[[*Ts], T], *args: *Ts) -> T:
        """What `work` returns or raises. Raises MostradorError, retryable: "<stage>.busy" when the queue is full of
        what is as urgent, "<stage>.timeout" when the limit passes."""
        done: Future[T] = self._stages[stage].put(_Job(lambda: work(*args), current()))
        limit = STAGES[stage]
        try:
            return await asyncio.wait_for(asyncio.wrap_future(done), limit)
        except TimeoutError:
            raise MostradorError(f"{stage}.timeout", f"{stage} took longer than {limit:g} s", retryable=True) from None

    def close(self) -> None:
        """Wait for what runs, drop what waits. Safe to call twice."""
        for stage in self._stages.values():
            stage.close()


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    work: Callable[[], Any]
    claim: Claim
    done: "Future[Any]" = field(default_factory=Future)
    since: float = field(default_factory=time.monotonic)


class _Stage:
    """One thread and its queue, in the order in which the work came: what is next is looked for when it is next, so
    that a claim may change at any time."""

    def __init__(self, name: str, told: Callable[[Waited], None]) -> None:
        self._name = name
        self._told = told
        self._waiting: list[_Job] = []
        self._news = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def put(self, job: _Job) -> "Future[Any]":
        """Raises MostradorError; where there is no room, what is less urgent gives way, the newest first."""
        out = None
        with self._news:
            self._waiting = [other for other in self._waiting if not other.done.cancelled()]
            if len(self._waiting) >= ROOM or self._closed:
                out = max(reversed(self._waiting), key=_urgency, default=job)
                if out.claim.priority <= job.claim.priority:
                    raise self._busy()
                self._waiting.remove(out)
            self._waiting.append(job)
            self._news.notify()
        if out is not None and out.done.set_running_or_notify_cancel():
            out.done.set_exception(self._busy())
        return job.done

    def close(self) -> None:
        with self._news:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            self._news.notify()
        for job in waiting:
            job.done.cancel()
        self._thread.join()

    def _busy(self) -> MostradorError:
        return MostradorError(f"{self._name}.busy", f"{ROOM} others wait for {self._name}: try later", retryable=True)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            if job.done.set_running_or_notify_cancel():
                self._do(job)
            del job  # and with it the sound that it was about

    def _next(self) -> _Job | None:
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._closed)
            if not self._waiting:
                return None
            job = min(self._waiting, key=_urgency)
            self._waiting.remove(job)
            return job

    def _do(self, job: _Job) -> None:
        self._told(Waited(self._name, job.claim.priority, time.monotonic() - job.since))
        try:
            result = job.work()
        except BaseException as error:  # noqa: BLE001  goes to whoever waits for it
            job.done.set_exception(error)
        else:
            job.done.set_result(result)


def _urgency(job: _Job) -> Priority:
    return job.claim.priority
