"""How many conversations a device carries: the rule, what is learnt, and the device that asks it."""

import math
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.capacity import (
    RETRY_LEAST,
    RETRY_MOST,
    Capacity,
    Measured,
    carries,
    load,
    retry_after,
    wait,
)

pytestmark = pytest.mark.unit

measurements = st.builds(Measured, cost=st.floats(0.01, 20), between=st.floats(1, 60))
limits = st.floats(0.05, 5)
CORES = len(os.sched_getaffinity(0))


class Clock:
    """Of a device with one turn after the other; `cpu` counts for all cores together."""

    def __init__(self) -> None:
        self.now = 100.0
        self.used = 30.0

    def capacity(self) -> Capacity:
        return Capacity(0.5, 16, lambda: self.now, lambda: self.used)

    def turns(self, capacity: Capacity, count: int, *, cost: float, between: float) -> None:
        for _ in range(count):
            self.now += between
            self.used += cost * CORES
            capacity.turned()


@given(measurements, st.integers(1, 60))
def test_one_more_never_makes_anybody_wait_less(measured: Measured, conversations: int) -> None:
    assert 0 <= wait(measured, conversations) <= wait(measured, conversations + 1)


def test_whoever_is_alone_waits_for_nobody() -> None:
    assert wait(Measured(5.0), 1) == 0.0


def test_what_is_asked_for_beyond_the_device_is_waited_for_for_ever() -> None:
    measured = Measured(cost=3.0, between=9.0)
    assert load(measured, 3) == pytest.approx(1.0)
    assert wait(measured, 4) == math.inf


def test_the_wait_of_a_half_loaded_device() -> None:
    assert wait(Measured(cost=1.0, between=10.0), 6) == pytest.approx(math.log(10))


@given(measurements, limits, st.integers(1, 50))
def test_it_carries_as_many_as_keep_the_limit_and_always_one(measured: Measured, limit: float, most: int) -> None:
    count = carries(measured, limit, most)
    assert 1 <= count <= most
    assert count == 1 or wait(measured, count) <= limit
    assert count == most or wait(measured, count + 1) > limit


@given(st.floats(0, 1e5), st.integers(0, 500))
def test_when_to_try_again_is_bounded_and_sooner_where_more_are_about_to_end(length: float, going_on: int) -> None:
    assert RETRY_LEAST <= retry_after(length, going_on + 1) <= retry_after(length, going_on) <= RETRY_MOST


def test_what_turns_take_is_learnt() -> None:
    clock = Clock()
    capacity = clock.capacity()
    capacity.calibrate(2.0 * CORES)
    before = capacity.state()
    capacity.began()
    clock.turns(capacity, 300, cost=0.3, between=6.0)
    after = capacity.state()
    assert after.measured.cost == pytest.approx(0.3, abs=0.02)
    assert after.measured.between == pytest.approx(6.0, abs=0.05)
    assert after.carries > before.carries
    assert after.load == pytest.approx(0.3 / 6.0, abs=0.01)


def test_what_is_done_while_nobody_is_there_belongs_to_no_turn() -> None:
    clock = Clock()
    capacity = clock.capacity()
    clock.used += 60.0
    capacity.calibrate(0.5 * CORES)
    clock.now += 3_600
    clock.used += 300
    capacity.began()
    clock.turns(capacity, 1, cost=0.5, between=9.0)
    assert capacity.state().measured == Measured(pytest.approx(0.5), pytest.approx(9.0))


def test_one_unusual_turn_does_not_close_the_counter() -> None:
    clock = Clock()
    capacity = clock.capacity()
    capacity.calibrate(0.4 * CORES)
    capacity.began()
    clock.turns(capacity, 1, cost=4.0, between=9.0)
    assert capacity.state().carries > 1


def test_time_between_turns_is_that_of_a_conversation_however_many_there_are() -> None:
    clock = Clock()
    capacity = clock.capacity()
    for _ in range(4):
        capacity.began()
    clock.turns(capacity, 400, cost=0.5, between=2.0)  # of the device: each of the four has one in 8 s
    assert capacity.state().measured.between == pytest.approx(8.0, abs=0.1)
    assert capacity.state().conversations == 4


def test_short_conversations_let_others_try_again_sooner() -> None:
    clock = Clock()
    capacity = clock.capacity()
    first = capacity.retry_after()
    for _ in range(30):
        capacity.began()
        clock.now += 20
        capacity.ended(20.0)
    assert capacity.retry_after() < first
