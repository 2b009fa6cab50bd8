"""The rings of a call's port, native and in Python: both must behave alike."""

import contextlib
import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony import pj
from telephony.fallback import PythonPort, event_fd

pytestmark = pytest.mark.unit

FRAME = 320


def native_port(*arguments):  # type: ignore[no-untyped-def]
    if not pj.is_native():
        pytest.skip("the public pjsua2 package has no ring port")
    return pj.load().RingPort(*arguments)


@pytest.fixture(params=[native_port, PythonPort], ids=["native", "python"])
def kind(request):  # type: ignore[no-untyped-def]
    return request.param


def ramp(count: int, start: int = 0) -> np.ndarray:
    return np.arange(start, start + count).astype(np.int16)


def test_what_is_written_comes_out_in_order_and_counts_as_played(kind) -> None:  # type: ignore[no-untyped-def]
    port = kind(16_000, 20, 2_000, 30_000)
    assert port.write(ramp(1_000)) == 1_000
    out = np.zeros(FRAME, np.int16)
    for start in (0, 320, 640):
        assert port.take(out) == FRAME
        assert np.array_equal(out, ramp(FRAME, start))
    assert (port.queued(), port.played(), port.underruns()) == (40, 960, 0)
    assert port.take(out) == 40
    assert port.take(out) == 0
    assert (port.queued(), port.played(), port.underruns()) == (0, 1_000, 1)


def test_the_play_ring_is_bounded_and_says_how_much_it_took(kind) -> None:  # type: ignore[no-untyped-def]
    port = kind(16_000, 20, 2_000, 100)
    assert port.write(ramp(2_000)) == 1_600
    assert port.write(ramp(10)) == 0
    port.take(np.zeros(FRAME, np.int16))
    assert port.write(ramp(1_000)) == FRAME


def test_clear_drops_what_waits_and_plays_none_of_it(kind) -> None:  # type: ignore[no-untyped-def]
    port = kind(16_000, 20, 2_000, 30_000)
    port.write(ramp(1_000))
    port.take(np.zeros(FRAME, np.int16))
    assert port.clear() == 680
    assert port.clear() == 0
    assert (port.queued(), port.played(), port.droppedPlay()) == (0, 320, 680)
    port.write(ramp(FRAME, 5_000))
    out = np.zeros(FRAME, np.int16)
    assert port.take(out) == FRAME
    assert np.array_equal(out, ramp(FRAME, 5_000))


def test_a_late_reader_loses_the_oldest_and_sees_the_gap(kind) -> None:  # type: ignore[no-untyped-def]
    port = kind(16_000, 20, 100, 1_000)  # room for five frames
    for index in range(8):
        port.deliver(np.full(FRAME, index, np.int16))
    heard = np.zeros(FRAME, np.int16)
    assert port.available() == 5 * FRAME
    for index in range(3, 8):
        assert port.readInto(heard) == FRAME
        assert (heard == index).all()
        assert port.readStart() == index * FRAME
    assert port.readInto(heard) == 0
    assert (port.overruns(), port.droppedHeard()) == (3, 3 * FRAME)


def test_hearing_wakes_the_reader_once(kind) -> None:  # type: ignore[no-untyped-def]
    ports = [kind(16_000, 20, 2_000, 1_000) for _ in range(3)]
    fd = event_fd() if kind is PythonPort else pj.load().ringEventFd()
    drain(fd)
    for port in ports:
        port.deliver(ramp(FRAME))
    assert int.from_bytes(os.read(fd, 8), "little") == 3
    with pytest.raises(BlockingIOError):
        os.read(fd, 8)


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("write"), st.integers(0, 900)),
            st.tuples(st.just("take"), st.integers(0, 900)),
            st.tuples(st.just("clear"), st.just(0)),
        ),
        max_size=60,
    )
)
@pytest.mark.parametrize("make", [native_port, PythonPort], ids=["native", "python"])
def test_the_play_ring_is_a_bounded_queue(make, steps) -> None:  # type: ignore[no-untyped-def]
    port = make(16_000, 20, 20, 100)
    model: list[int] = []
    written = 0
    for step, count in steps:
        if step == "write":
            taken = port.write(ramp(count, written % 30_000))
            assert taken == min(count, 1_600 - len(model))
            model += ramp(count, written % 30_000)[:taken].tolist()
            written += taken
        elif step == "take":
            out = np.zeros(count, np.int16)
            real = port.take(out)
            assert out[:real].tolist() == model[:count]
            del model[:count]
        else:
            assert port.clear() == len(model)
            model.clear()
        assert port.queued() == len(model)
    assert port.played() + port.droppedPlay() + port.queued() == written


@pytest.mark.parametrize("wrong", [np.zeros(4, np.float32), np.zeros(4, np.int32), b"odd", 7, "text", None])
def test_the_native_ring_refuses_what_is_not_int16(wrong) -> None:  # type: ignore[no-untyped-def]
    port = native_port(16_000, 20, 2_000, 1_000)
    with pytest.raises((TypeError, BufferError)):
        port.write(wrong)
    with pytest.raises((TypeError, BufferError)):
        port.readInto(bytes(4) if wrong is None else wrong)
    assert port.queued() == 0


def test_both_sides_are_kept_tick_by_tick(kind) -> None:  # type: ignore[no-untyped-def]
    """A frame that is played in a tick lies beside the one that is heard in it, whatever is missing before."""
    port = kind(16_000, 20, 2_000, 1_000)
    out = np.zeros(FRAME, np.int16)
    port.write(ramp(FRAME, 1))
    port.take(out)
    port.deliver(ramp(FRAME, 100))  # before anybody records
    port.tap(1_000)
    port.write(ramp(FRAME + 100, 1_000))
    for tick in range(4):
        if tick != 1:  # nobody listens to us in the second
            port.take(out)
        port.deliver(ramp(FRAME, 2_000 + 320 * tick) if tick != 3 else np.zeros(FRAME, np.int16))
    pairs = np.zeros((5 * FRAME, 2), np.int16)
    assert port.tapNow() == 4 * FRAME
    assert port.readTap(pairs.reshape(-1)) == 8 * FRAME
    assert port.tapStart() == 0
    heard = np.concatenate([ramp(3 * FRAME, 2_000), np.zeros(2 * FRAME, np.int16)])
    played = np.zeros(5 * FRAME, np.int16)
    played[:FRAME], played[2 * FRAME : 2 * FRAME + 100] = ramp(FRAME, 1_000), ramp(100, 1_320)
    assert np.array_equal(pairs[:, 0], heard)
    assert np.array_equal(pairs[:, 1], played)
    port.tap(0)
    port.deliver(ramp(FRAME))
    assert (port.readTap(pairs.reshape(-1)), port.tapNow()) == (0, 0)


def test_a_late_recorder_loses_the_oldest_pairs_and_sees_the_gap(kind) -> None:  # type: ignore[no-untyped-def]
    port = kind(16_000, 20, 2_000, 1_000)
    port.tap(100)
    for tick in range(8):
        port.deliver(np.full(FRAME, tick, np.int16))
    pairs = np.zeros((FRAME, 2), np.int16)
    for tick in range(3, 8):
        assert port.readTap(pairs.reshape(-1)) == 2 * FRAME
        assert (port.tapStart(), pairs[0, 0], pairs[-1, 0]) == (tick * FRAME, tick, tick)
    assert port.readTap(pairs.reshape(-1)) == 0


def test_a_beep_lies_over_what_is_played_and_counts_as_nothing_played(kind) -> None:  # type: ignore[no-untyped-def]
    port = kind(16_000, 20, 2_000, 1_000)
    port.tap(1_000)
    out = np.zeros(FRAME, np.int16)
    port.write(np.full(100, 30_000, np.int16))
    assert port.overlay(np.full(FRAME + 50, 5_000, np.int16)) == FRAME + 50
    assert port.take(out) == FRAME
    assert (out[:100] == 32_767).all()
    assert (out[100:] == 5_000).all()
    port.deliver(np.zeros(FRAME, np.int16))
    assert port.take(out) == 50
    assert port.take(out) == 0
    assert (port.played(), port.queued()) == (100, 0)
    pairs = np.zeros((FRAME, 2), np.int16)
    port.readTap(pairs.reshape(-1))
    assert (pairs[:100, 1] == 32_767).all(), "it is recorded as it was heard"


def drain(fd: int) -> None:
    with contextlib.suppress(BlockingIOError):
        os.read(fd, 8)
