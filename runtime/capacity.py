"""How many conversations this device carries: measured at start, learnt from every turn, asked before each call.

A turn takes `cost` seconds of the whole device, and each conversation has one every `between` seconds: it loads the
device by cost / between. Cost is CPU time by cores: stages run side by side, and a clock would count that twice.
Whoever's turn is over queues behind the turns of the others, as at one server with random arrivals and a constant
service time S (M/D/1): at load ρ the mean wait is ρS / 2(1 - ρ) (Pollaczek 1930, Khinchine 1932). Its tail falls about
as ρ exp(-2(1 - ρ)t / S) (Kingman 1962), so that one in twenty waits longer than S ln(20ρ) / 2(1 - ρ).
"""

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

PRIOR = 10.0
"""Turns that the first measurement counts for: one unusual customer does not close the counter."""
MEMORY = 50.0
"""Turns until what was learnt has faded to 1/e."""
BETWEEN = 9.0
"""Seconds from one turn to the next before any conversation was heard: a question, an answer, a thought."""
LENGTH = 90.0
"""Seconds that a conversation lasts, likewise."""
RETRY_LEAST, RETRY_MOST = 5, 120


@dataclass(frozen=True, slots=True)
class Measured:
    """Of one turn of a conversation. `cost`: CPU seconds by the number of cores; `between`: seconds until the next
    one."""

    cost: float
    between: float = BETWEEN


@dataclass(frozen=True, slots=True)
class State:
    """What the device thinks of itself; `load` 0…1 of its compute, by the conversations that go on."""

    measured: Measured
    conversations: int
    carries: int
    load: float


def load(measured: Measured, conversations: int) -> float:
    """Share of the device's compute that so many conversations ask for; above 1 they can't be served."""
    return conversations * measured.cost / measured.between


def wait(measured: Measured, conversations: int) -> float:
    """Seconds that 95 of 100 turns wait at most for the turns of others, among so many conversations."""
    others = load(measured, conversations - 1)
    if others >= 1:
        return math.inf
    return measured.cost * max(0.0, math.log(20 * others)) / (2 * (1 - others)) if others > 0 else 0.0


def carries(measured: Measured, limit: float, most: int) -> int:
    """Conversations, 1 to `most`, among which nobody waits longer than `limit` seconds. One is always taken."""
    return next((n for n in range(1, most) if wait(measured, n + 1) > limit), most)


def retry_after(length: float, conversations: int) -> int:
    """Seconds until one of so many conversations that last `length` on average is likely to have ended."""
    return min(RETRY_MOST, max(RETRY_LEAST, math.ceil(length / max(1, conversations))))


class Capacity:
    """The running estimate: sums over turns, which fade a little at each."""

    def __init__(
        self,
        limit: float,
        most: int,
        clock: Callable[[], float] = time.monotonic,
        cpu: Callable[[], float] = time.process_time,
    ) -> None:
        """`limit`: seconds of `wait`; `most`: conversations that are never exceeded; `cpu`: seconds used so far."""
        self._limit = limit
        self._most = most
        self._clock = clock
        self._cpu = cpu
        self._cores = len(os.sched_getaffinity(0))
        self._conversations = 0
        self._length = LENGTH
        self._at = clock(), cpu()
        self._fresh_cost = self._fresh_seconds = 0.0
        """Compute, and time of conversations, since the last turn."""
        self._turns = PRIOR
        self._cost, self._seconds = PRIOR * 0.5, PRIOR * BETWEEN
        """Until it is calibrated."""

    def calibrate(self, cpu: float) -> None:
        """Begin anew from the CPU seconds of one turn; what was done until now belongs to none."""
        self._pass()
        self._fresh_cost = self._fresh_seconds = 0.0
        self._turns = PRIOR
        self._cost, self._seconds = PRIOR * cpu / self._cores, PRIOR * BETWEEN

    def began(self) -> None:
        self._pass()
        self._conversations += 1

    def ended(self, seconds: float) -> None:
        """A conversation that lasted so long."""
        self._pass()
        self._conversations -= 1
        self._length += (seconds - self._length) / PRIOR

    def turned(self) -> None:
        """A customer's turn: what was done and has passed since the last one is what a turn takes."""
        self._pass()
        fade = 1 - 1 / MEMORY
        self._turns = fade * self._turns + 1
        self._cost = fade * self._cost + self._fresh_cost
        self._seconds = fade * self._seconds + self._fresh_seconds
        self._fresh_cost = self._fresh_seconds = 0.0

    def state(self) -> State:
        measured = Measured(self._cost / self._turns, self._seconds / self._turns)
        return State(
            measured,
            self._conversations,
            carries(measured, self._limit, self._most),
            load(measured, self._conversations),
        )

    def retry_after(self) -> int:
        return retry_after(self._length, self._conversations)

    def _pass(self) -> None:
        """Time has passed; what was done while nobody was there belongs to no turn."""
        (then, used), (now, uses) = self._at, (self._clock(), self._cpu())
        if self._conversations:
            self._fresh_cost += (uses - used) / self._cores
            self._fresh_seconds += self._conversations * (now - then)
        self._at = now, uses
