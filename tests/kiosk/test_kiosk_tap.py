"""What a page plays beside what its microphone hears, by what it reports."""

import numpy as np
import pytest

from runtime.channels.kiosk_line import BrowserLine
from runtime.channels.kiosk_wire import Mic, Played
from voice.frames import RATE, Pcm
from voice.tap import Tap

pytestmark = pytest.mark.unit

FRAME = 320


class Page:
    """A page that hears silence counted up and plays what it gets after `late` frames; it reports every other frame."""

    def __init__(self, late: int = 5) -> None:
        self.now = 0.0
        self.line = BrowserLine(lambda _: None, lambda: self.now)
        self.tap: Tap = self.line.tap(8.0)
        self._late = late
        self._at = 0
        self._played = 0

    def run(self, frames: int) -> None:
        for _ in range(frames):
            self.line.take(Mic(self._at, np.full(FRAME, self._at // FRAME, "<i2").tobytes()))
            self._at += FRAME
            self.now += 0.02
            if self.line.queued:
                self._late -= 1
                if self._late <= 0:
                    self._played += min(FRAME, self.line.queued)
            if (self._at // FRAME) % 2 == 0:
                self.line.report(Played(self._played, 0))

    def recorded(self) -> np.ndarray:
        pairs = np.zeros((8 * RATE, 2), np.int16)
        start, count = self.tap.read(pairs)
        assert start == 0
        return pairs[:count]


def voice(seconds: float) -> Pcm:
    return np.random.default_rng(1).integers(1, 9_000, round(seconds * RATE)).astype(np.int16)


def test_a_sound_lies_whole_where_the_page_began_to_report_it() -> None:
    page = Page()
    page.run(10)
    sound = voice(1.0)
    page.line.play(sound)
    page.run(100)
    pairs = page.recorded()
    assert len(pairs) == 110 * FRAME
    assert np.array_equal(pairs[::FRAME, 0], np.arange(110))
    played = np.flatnonzero(pairs[:, 1])
    assert np.array_equal(pairs[played[0] : played[0] + len(sound), 1], sound), "without a break"
    assert 10 * FRAME + 4 * FRAME <= played[0] <= 10 * FRAME + 9 * FRAME, "to within a report"
    assert len(played) == len(sound)


def test_what_was_taken_back_is_not_in_it() -> None:
    page = Page(late=2)
    sound = voice(2.0)
    page.line.play(sound)
    page.run(40)
    page.line.hush()
    heard = page.line.played
    page.run(60)
    pairs = page.recorded()
    there = np.count_nonzero(pairs[:, 1])
    assert abs(there - heard) <= 0.12 * RATE
    assert there < len(sound)
    first = int(np.flatnonzero(pairs[:, 1])[0])
    assert np.array_equal(pairs[first : first + there, 1], sound[:there])
