import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.bucket import Buckets

pytestmark = pytest.mark.unit


def test_a_burst_at_once_and_then_so_many_a_second() -> None:
    buckets = Buckets(2.0, 5.0, 10)
    assert [buckets.take("a", 0.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert [buckets.take("a", 1.0) for _ in range(4)] == [True, True, False, False]
    assert buckets.take("b", 1.0)


def test_memory_is_bounded_and_the_longest_silent_goes() -> None:
    buckets = Buckets(0.0, 1.0, 2)
    assert [buckets.take(source, 0.0) for source in ("a", "b", "a", "c", "b")] == [True, True, False, True, True]
    assert len(buckets) == 2


@given(st.lists(st.floats(0, 100), max_size=200), st.floats(0.1, 10), st.integers(1, 20))
def test_never_more_than_the_burst_and_the_rate_allow(times: list[float], rate: float, burst: int) -> None:
    buckets = Buckets(rate, burst, 1)
    let_in = [now for now in sorted(times) if buckets.take("a", now)]
    for first, since in enumerate(let_in):
        for last, until in enumerate(let_in[first:], 1):
            assert last <= burst + rate * (until - since) + 1e-6


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    buckets = Buckets(1.0, 2.0, 1)
    assert [buckets.take("a", now) for now in (5.0, 4.0, 4.0)] == [True, True, False]
