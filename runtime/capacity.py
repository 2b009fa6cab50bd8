"""How many conversations this device carries: measured at start, learnt from every turn, asked before each call.

A turn takes `cost` seconds of compute, and each conversation has one every `between` seconds: it loads the device by
cost / between. Whoever's turn is over queues behind the turns of the others, as at one server with random arrivals and
a constant service time S (M/D/1): at load ρ the mean wait is ρS / 2(1 - ρ) (Pollaczek 1930, Khinchine 1932). Its tail
falls about as ρ exp(-2(1 - ρ)t / S) (Kingman 1962), so that one in twenty waits longer than S ln(20ρ) / 2(1 - ρ).
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from core.claims import Priority
from runtime.workers import Worked

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
    """Of one turn of a conversation. `cost`: seconds of compute, all stages together; `between`: seconds until the
    next one."""

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
    """The running estimate. Sums that fade, a little at each turn; any thread may add to them."""

    def __init__(self, limit: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`limit`: seconds of `wait`; `most`: conversations that are never exceeded."""
        self._limit = limit
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._conversations = 0
        self._length = LENGTH
        self._since = clock()
        self._fresh_cost = self._fresh_seconds = 0.0
        """Compute, and time of conversations, since the last turn."""
        self.calibrate(Measured(1.0))

    def calibrate(self, measured: Measured) -> None:
        """Begin anew from a measurement: what was done until now, the greetings above all, belongs to no turn."""
        with self._lock:
            self._pass_time()
            self._fresh_cost = self._fresh_seconds = 0.0
            self._turns = PRIOR
            self._cost = PRIOR * measured.cost
            self._seconds = PRIOR * measured.between

    def worked(self, work: Worked) -> None:
        """What nobody waits for yields, and does not count."""
        if work.priority < Priority.BACKGROUND:
            with self._lock:
                self._fresh_cost += work.seconds

    def began(self) -> None:
        with self._lock:
            self._pass_time()
            self._conversations += 1

    def ended(self, seconds: float) -> None:
        """A conversation that lasted so long."""
        with self._lock:
            self._pass_time()
            self._conversations -= 1
            self._length += (seconds - self._length) / PRIOR

    def turned(self) -> None:
        """A customer's turn: what was done and has passed since the last one is what a turn takes."""
        with self._lock:
            self._pass_time()
            fade = 1 - 1 / MEMORY
            self._turns = fade * self._turns + 1
            self._cost = fade * self._cost + self._fresh_cost
            self._seconds = fade * self._seconds + self._fresh_seconds
            self._fresh_cost = self._fresh_seconds = 0.0

    def state(self) -> State:
        with self._lock:
            measured = Measured(self._cost / self._turns, self._seconds / self._turns)
            going_on = self._conversations
        return State(measured, going_on, carries(measured, self._limit, self._most), load(measured, going_on))

    def retry_after(self) -> int:
        with self._lock:
            return retry_after(self._length, self._conversations)

    def _pass_time(self) -> None:
        now = self._clock()
        self._fresh_seconds += self._conversations * (now - self._since)
        self._since = now
