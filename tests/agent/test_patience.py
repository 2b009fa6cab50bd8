"""How long a call may take in all, what is tried again, and when a system is left alone. Time is the tests' own."""

import threading
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ToolError
from runtime.agent.connect.breaker import FAILURES, LOST, REST, Breaker
from runtime.agent.connect.patience import AT_ONCE, LONGEST, Clock, Patience, Trouble
from runtime.agent.ledger import UNSURE

pytestmark = pytest.mark.unit


class Steady:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.time = 0.0
        self.pauses: list[float] = []
        self.seen: Callable[[], None] = lambda: None
        """Called after somebody has looked at the clock."""

    def now(self) -> float:
        time = self.time
        self.seen()
        return time

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds

    def clock(self) -> Clock:
        return Clock(self.now, self.pause, lambda low, high: high)


def test_pauses_grow_and_the_time_is_kept() -> None:
    steady = Steady()

    def attempt(left: float) -> None:
        assert left > 0
        raise Trouble("tool.failed", "no", again=True, reached=True)

    with pytest.raises(ToolError):
        Patience(steady.clock()).call("x", 0.8, 5, False, attempt)
    assert steady.pauses == [0.1, 0.2, 0.4]
    assert max(steady.pauses) <= LONGEST


def test_the_wait_for_a_place_is_part_of_the_time() -> None:
    """Nine of ten seconds go by while others are in its place."""
    steady, go_on, inside = Steady(), threading.Event(), threading.Semaphore(0)
    asked: list[float] = []

    patience = Patience(steady.clock())

    def holds(_: float) -> None:
        inside.release()
        go_on.wait(10)

    others = [threading.Thread(target=patience.call, args=("x", 60.0, 1, False, holds)) for _ in range(AT_ONCE)]
    for thread in others:
        thread.start()
    for _ in others:
        assert inside.acquire(timeout=10)
    seen = threading.Event()
    steady.seen = seen.set
    late = threading.Thread(target=patience.call, args=("x", 10.0, 1, False, asked.append))
    late.start()
    assert seen.wait(10)
    steady.time = 9.0
    go_on.set()
    for thread in (*others, late):
        thread.join()
    assert asked == [1.0]


def test_doubt_stays_when_the_last_try_did_not_get_through() -> None:
    tries = iter([True, False])

    def attempt(_: float) -> None:
        raise Trouble("tool.unreachable", "no", again=True, reached=next(tries))

    with pytest.raises(ToolError) as caught:
        Patience(Steady().clock()).call("x", 5, 2, True, attempt)
    assert caught.value.code == UNSURE


def test_doubt_stays_when_the_next_try_is_not_even_sent() -> None:
    tries = iter([Trouble("tool.failed", "no", again=True, reached=True), ToolError("tool.secret", "is not set")])

    def attempt(_: float) -> None:
        raise next(tries)

    with pytest.raises(ToolError) as caught:
        Patience(Steady().clock()).call("x", 5, 2, True, attempt)
    assert caught.value.code == UNSURE


def test_one_system_gets_so_many_calls_at_once() -> None:
    patience, go_on, inside = Patience(), threading.Event(), threading.Semaphore(0)

    def attempt(_: float) -> None:
        inside.release()
        go_on.wait(10)

    threads = [threading.Thread(target=patience.call, args=("x", 10.0, 1, False, attempt)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert inside.acquire(timeout=10)
    with pytest.raises(ToolError) as caught:
        patience.call("x", 0.05, 1, False, attempt)
    go_on.set()
    for thread in threads:
        thread.join()
    assert caught.value.code == "tool.busy"


@given(st.lists(st.tuples(st.booleans(), st.floats(0.0, REST * 1.5)), max_size=60))
def test_the_breaker(calls: list[tuple[bool, float]]) -> None:
    """Closed until so many failures in a row; open for a rest; then one may try, and what it finds decides."""
    breaker, now, row, opened = Breaker(), 0.0, 0, -1.0
    for well, passed in calls:
        now += passed
        admitted = breaker.admits(now)
        assert admitted == (opened < 0 or now - opened >= REST)
        if not admitted:
            continue
        half = opened >= 0
        if half:
            assert not breaker.admits(now)  # one at a time
        breaker.went(well, now)
        row = 0 if well else row + 1
        opened = -1.0 if well else now if half or row >= FAILURES else opened


def test_a_try_that_is_lost_does_not_lock_the_system_out() -> None:
    breaker = Breaker()
    for _ in range(FAILURES):
        breaker.went(False, 0.0)
    assert breaker.admits(REST)
    assert not breaker.admits(REST + LOST - 1)
    assert breaker.admits(REST + LOST)  # nothing was heard of the first
    breaker.went(None, REST + LOST)  # it never asked: that says nothing, and the next may
    assert breaker.state == "half_open"
    assert breaker.admits(REST + LOST)
    breaker.went(True, REST + LOST)
    assert breaker.state == "closed"
