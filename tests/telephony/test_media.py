import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from core.errors import TelephonyError
from telephony.media import FRAME, Ear, RingLine, open_port
from voice.frames import RATE

pytestmark = pytest.mark.unit


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    ear = Ear(asyncio.get_running_loop())
    yield ear
    ear.close()


async def test_frames_arrive_in_stream_time_and_end_with_the_line(ear: Ear) -> None:
    port = open_port()
    line = RingLine(port)
    ear.add(line)

    async def call() -> None:
        for index in range(10):
            port.deliver(np.full(FRAME, index, np.int16))
            await asyncio.sleep(0)
        line.close()

    calling = asyncio.ensure_future(call())
    frames = [frame async for frame in line.heard()]
    await calling
    assert [frame.pcm[0] for frame in frames] == list(range(10))
    assert [frame.start for frame in frames] == pytest.approx([index * 0.02 for index in range(10)])
    assert all(frame.rate == RATE and frame.seconds == 0.02 for frame in frames)


async def test_two_lines_share_one_ear(ear: Ear) -> None:
    ports = [open_port(), open_port()]
    lines = [RingLine(port) for port in ports]
    for line in lines:
        ear.add(line)
    first = [asyncio.ensure_future(anext(aiter(line.heard()))) for line in lines]
    await asyncio.sleep(0)
    ports[1].deliver(np.full(FRAME, 2, np.int16))
    assert (await asyncio.wait_for(first[1], 5)).pcm[0] == 2
    assert not first[0].done()
    ports[0].deliver(np.full(FRAME, 1, np.int16))
    assert (await asyncio.wait_for(first[0], 5)).pcm[0] == 1


async def test_a_late_reader_sees_the_gap_in_the_start_times() -> None:
    port = open_port()
    line = RingLine(port)
    for _ in range(150):  # three seconds into a ring of two
        port.deliver(np.zeros(FRAME, np.int16))
    line.close()
    frames = [frame async for frame in line.heard()]
    assert frames[0].start == pytest.approx(1.0)
    assert line.lost == RATE


def test_hush_tells_what_it_dropped_and_played_counts_only_what_left() -> None:
    port = open_port()
    line = RingLine(port)
    assert line.play(np.ones(1_000, np.int16)) == 1_000
    port.take(np.zeros(FRAME, np.int16))
    assert (line.queued, line.played) == (680, 320)
    assert line.hush() == 680
    assert (line.queued, line.played) == (0, 320)


def test_half_a_minute_waits_at_most() -> None:
    assert RingLine(open_port()).play(np.ones(3 * RATE, np.int16)) == 2 * RATE


def test_a_closed_line_takes_everything_and_plays_nothing() -> None:
    line = RingLine(open_port())
    line.play(np.ones(1_000, np.int16))
    line.close()
    assert line.play(np.ones(500, np.int16)) == 500
    assert (line.queued, line.played) == (0, 0)


@pytest.mark.parametrize("wrong", [np.zeros(320, np.float32), np.zeros((160, 2), np.int16)])
def test_only_mono_int16_is_played(wrong: np.ndarray) -> None:
    with pytest.raises(TelephonyError, match="mono int16"):
        RingLine(open_port()).play(wrong)


def test_a_view_with_gaps_is_played_as_it_reads() -> None:
    port = open_port()
    line = RingLine(port)
    line.play(np.arange(640, dtype=np.int16)[::2])
    out = np.zeros(FRAME, np.int16)
    port.take(out)
    assert np.array_equal(out, np.arange(0, 640, 2))
