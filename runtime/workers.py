"""Native work off the loop: one thread a stage, the most urgent first, every queue bounded, every wait limited."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar, TypeVarTuple

import structlog

from core.aside import leaving
from core.claims import Claim, Priority, current
from core.errors import MostradorError, ToolError

log = structlog.get_logger(__name__)

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
"""One piece of work at a time each: the engines themselves use the cores."""
ROOM = 64
"""Pieces of work that may wait for a stage."""
AWAY = 16
"""Those of a stage that may wait for other machines at the same time (`core.aside`), each in a thread of its own."""
CLOSING = 20.0
"""Seconds that closing waits for what runs."""


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
        """Drop what waits, and wait for what runs, `CLOSING` seconds at most: what takes longer ends with the program.
        Safe to call twice."""
        for stage in self._stages.values():
            stage.close()
        until = time.monotonic() + CLOSING
        for stage in self._stages.values():
            stage.join(until)


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    work: Callable[[], Any]
    claim: Claim
    done: "Future[Any]" = field(default_factory=Future)
    since: float = field(default_factory=time.monotonic)


class _Stage:
    """A turn to work, and the queue for it in the order in which the work came: what is next is looked for when it is
    next, so that a claim may change at any time. Who waits for another machine leaves the turn to the next, in another
    thread, and comes first when it is back."""

    def __init__(self, name: str, told: Callable[[Waited], None]) -> None:
        self._name = name
        self._told = told
        self._waiting: list[_Job] = []
        self._news = threading.Condition()
        self._closed = False
        self._taken = False
        self._idle = self._away = self._back = 0
        self._threads: list[threading.Thread] = []
        self._one_more()

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
            self._news.notify_all()
        if out is not None and out.done.set_running_or_notify_cancel():
            out.done.set_exception(self._busy())
        return job.done

    def close(self) -> None:
        with self._news:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            self._news.notify_all()
        for job in waiting:
            job.done.cancel()

    def join(self, until: float) -> None:
        for thread in tuple(self._threads):
            thread.join(max(0.0, until - time.monotonic()))
        if left := sum(thread.is_alive() for thread in self._threads):
            log.warning("work_left_behind", stage=self._name, threads=left)

    def _busy(self) -> MostradorError:
        return MostradorError(f"{self._name}.busy", f"{ROOM} others wait for {self._name}: try later", retryable=True)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            if job.done.set_running_or_notify_cancel():
                with leaving(self._aside):
                    self._do(job)
            del job  # and with it the sound that it was about
            with self._news:
                self._taken = False
                self._news.notify_all()

    def _one_more(self) -> None:
        thread = threading.Thread(target=self._work, name=self._name, daemon=True)
        self._threads.append(thread)
        thread.start()

    @contextmanager
    def _aside(self) -> Iterator[None]:
        with self._news:
            if self._away >= AWAY:
                raise ToolError("tool.busy", f"{AWAY} others of {self._name} wait for other machines", retryable=True)
            self._away += 1
            self._taken = False
            if not self._idle and not self._closed:
                self._one_more()
            self._news.notify_all()
        try:
            yield
        finally:
            with self._news:
                self._away -= 1
                self._back += 1
                self._news.wait_for(lambda: not self._taken)
                self._back -= 1
                self._taken = True

    def _next(self) -> _Job | None:
        with self._news:
            self._idle += 1
            self._news.wait_for(lambda: self._closed or (self._waiting and not self._taken and not self._back))
            self._idle -= 1
            if not self._waiting:
                return None
            job = min(self._waiting, key=_urgency)
            self._waiting.remove(job)
            self._taken = True
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
