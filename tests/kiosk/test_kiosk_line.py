"""The browser's line, without a browser: its books always balance, whatever the page says and when."""

import asyncio

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.channels.kiosk_line import FRAME, HEARD_MAX, QUEUED_MAX, STALLED_AFTER, BrowserLine
from runtime.channels.kiosk_wire import Hush, Mic, Played, Voice
from voice.frames import RATE

pytestmark = pytest.mark.unit


class Far:
    """The page's side: what it was sent, on a clock of the test's."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sent: list[Voice | Hush] = []
        self.line = BrowserLine(self.sent.append, lambda: self.now)


def silence(samples: int) -> np.ndarray:
    return np.zeros(samples, np.int16)


def mic(at: int, frames: int = 1, value: int = 0) -> Mic:
    return Mic(at, np.full(frames * FRAME, value, "<i2").tobytes())


def test_played_is_what_the_page_reports() -> None:
    far = Far()
    assert far.line.play(silence(8000)) == 8000
    assert (far.line.queued, far.line.played) == (8000, 0)
    far.line.report(Played(3000, 0))
    assert (far.line.queued, far.line.played) == (5000, 3000)
    far.line.report(Played(2000, 0))  # out of order: never back
    assert far.line.played == 3000
    far.line.report(Played(99_999, 0))  # more than it was given
    assert (far.line.queued, far.line.played) == (0, 8000)


def test_hush_counts_what_played_since_the_last_report() -> None:
    far = Far()
    far.line.play(silence(16_000))
    far.line.report(Played(4000, 0))
    far.now += 0.03
    assert far.line.hush() == 16_000 - 4000 - 480
    assert far.sent[-1] == Hush(1)
    assert (far.line.queued, far.line.played) == (0, 4480)
    far.line.report(Played(4100, 0))  # from before the hush
    far.line.report(Played(4500, 1))  # the page's own count at the hush
    far.line.play(silence(1000))
    assert (far.line.queued, far.line.played) == (1000, 4480)
    far.line.report(Played(5500, 1))
    assert (far.line.queued, far.line.played) == (0, 5480)


def test_hush_does_not_invent_playing() -> None:
    far = Far()
    far.line.play(silence(16_000))
    far.now += 1.0
    assert far.line.hush() == 16_000  # nothing was ever reported
    far.line.play(silence(100))
    far.line.report(Played(0, 1))
    far.line.report(Played(50, 1))
    far.now += 5.0
    assert far.line.hush() == 0  # bounded by what there was
    assert far.line.hush() == 0


def test_the_queue_is_bounded() -> None:
    far = Far()
    assert far.line.play(silence(QUEUED_MAX + 5000)) == QUEUED_MAX
    assert far.line.play(silence(100)) == 0
    far.line.report(Played(1000, 0))
    assert far.line.play(silence(5000)) == 1000


def test_a_dead_loudspeaker_does_not_hold_up_the_conversation() -> None:
    far = Far()
    far.line.play(silence(4000))
    far.line.report(Played(1000, 0))
    far.now += STALLED_AFTER + 0.1
    assert (far.line.queued, far.line.played) == (0, 1000)
    assert far.line.play(silence(4000)) == 4000
    assert (far.line.queued, far.line.played) == (0, 1000)
    assert far.sent[-1] == Hush(1)  # nothing more was sent
    far.line.report(Played(1000, 1))  # it lives
    far.line.play(silence(4000))
    assert far.line.queued == 4000
    far.line.report(Played(5000, 1))
    assert (far.line.queued, far.line.played) == (0, 5000)


def test_only_int16_mono_is_played() -> None:
    far = Far()
    with pytest.raises(TypeError, match="int16"):
        far.line.play(np.zeros(100, np.float32))  # type: ignore[arg-type]
    far.line.close()
    assert far.line.play(silence(100)) == 0


async def test_frames_come_in_stream_time() -> None:
    far = Far()
    assert far.line.take(mic(0, 2, 7))
    assert far.line.take(mic(5 * FRAME))  # the page had to drop some
    assert not far.line.take(mic(3 * FRAME))
    far.line.close()
    frames = [frame async for frame in far.line.heard()]
    assert [round(frame.start * 50) for frame in frames] == [0, 1, 5]
    assert frames[0].pcm.tolist() == [7] * FRAME
    assert far.line.now == pytest.approx(0.12)


async def test_a_late_reader_loses_the_oldest() -> None:
    far = Far()
    for index in range(HEARD_MAX + 10):
        far.line.take(mic(index * FRAME))
    reader = far.line.heard()
    assert round((await anext(reader)).start * 50) == 10


async def test_a_waiting_reader_is_woken() -> None:
    far = Far()
    reading = asyncio.ensure_future(anext(far.line.heard()))
    await asyncio.sleep(0)
    far.line.take(mic(0))
    assert (await asyncio.wait_for(reading, 1)).start == 0.0


steps = st.one_of(
    st.tuples(st.just("play"), st.integers(0, 20_000)),
    st.tuples(st.just("report"), st.integers(0, 200_000)),
    st.tuples(st.just("old report"), st.integers(0, 200_000)),
    st.tuples(st.just("hush"), st.just(0)),
    st.tuples(st.just("wait"), st.integers(0, 5000)),
)


@given(st.lists(steps, max_size=60))
@settings(deadline=None)
def test_the_books_balance(script: list[tuple[str, int]]) -> None:
    far = Far()
    taken = dropped = played_before = 0
    for what, number in script:
        epoch = sum(isinstance(message, Hush) for message in far.sent)
        stalled_before = far.line._dropped
        match what:
            case "play":
                taken += far.line.play(silence(number))
            case "report":
                far.line.report(Played(number, epoch))
            case "old report":
                far.line.report(Played(number, max(0, epoch - 1)))
            case "hush":
                dropped += far.line.hush()
            case "wait":
                far.now += number / 1000
        played, queued = far.line.played, far.line.queued
        dropped = far.line._dropped
        assert played + queued + dropped == taken
        assert dropped >= stalled_before
        assert played >= played_before
        assert 0 <= queued <= QUEUED_MAX
        played_before = played
    assert far.line.rate == RATE
