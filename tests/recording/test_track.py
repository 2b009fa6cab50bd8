"""From a tap to a file: aligned, silent where it has to be, whatever comes late."""

from pathlib import Path

import numpy as np
import pytest

from runtime.recording.container import Writer
from runtime.recording.pieces import Mark, Whole, length, load
from runtime.recording.track import DELAY, EDGE, Track
from tests.dtmf import tone
from tests.recording.test_container import HEADER, KEY
from voice.frames import RATE, Pcm
from voice.tap import PairRing

pytestmark = pytest.mark.unit

FRAME = 320


class Beeping(PairRing):
    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.beeps: list[int] = []

    def beep(self, pcm: Pcm) -> None:
        assert 0.3 * RATE < len(pcm) < 0.6 * RATE
        self.beeps.append(self.now)


class Bench:
    """A track on a ring that is filled by hand."""

    def __init__(self, folder: Path, seconds: float = 8.0, beep: float = 0.0) -> None:
        self.path = folder / "a.rec"
        self.tap = Beeping(seconds)
        self.track = Track(self.tap, Writer(self.path, KEY, HEADER), beep)
        self.said = np.random.default_rng(1).integers(-3_000, 3_000, 30 * RATE).astype(np.int16)
        self.played = np.random.default_rng(2).integers(-3_000, 3_000, 30 * RATE).astype(np.int16)
        self.at = 0

    def go(self, seconds: float, *, pull: bool = True, heard: Pcm | None = None) -> None:
        for _ in range(round(seconds * RATE / FRAME)):
            span = slice(self.at, self.at + FRAME)
            if heard is not None:
                self.said[span] = heard[:FRAME]
                heard = heard[FRAME:]
            self.tap.push(self.said[span], self.played[span])
            self.at += FRAME
            if pull and self.at % (RATE // 5) == 0:
                self.track.pull()

    def end(self) -> Whole:
        self.track.pull()
        self.track.finish()
        self.track.close()
        return load(self.path, KEY)


def test_both_sides_are_there_to_the_sample(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.go(3.46)
    whole = bench.end()
    assert len(whole.pairs) == bench.at
    assert np.array_equal(whole.pairs[:, 0], bench.said[: bench.at])
    assert np.array_equal(whole.pairs[:, 1], bench.played[: bench.at])
    assert (whole.marks, whole.broken) == ([], None)
    assert length(bench.path, KEY) == (pytest.approx(3.46), True)


def test_what_nobody_took_in_time_is_silence_of_its_length(tmp_path: Path) -> None:
    bench = Bench(tmp_path, seconds=2.0)
    bench.go(1.0)
    bench.go(5.0, pull=False)  # three seconds more than the ring holds
    bench.go(1.0)
    whole = bench.end()
    assert len(whole.pairs) == bench.at
    first, end = RATE, 4 * RATE + FRAME * 10  # the next pull comes 0.2 s later
    assert bench.track.lost == end - first
    assert whole.marks == [Mark(1.0, "lost", (end - first) / RATE)]
    assert not whole.pairs[first:end].any()
    assert np.array_equal(whole.pairs[end:, 0], bench.said[end : bench.at])
    assert np.array_equal(whole.pairs[:first, 1], bench.played[:first])


def test_a_secret_is_silence_on_both_sides_and_marked(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.go(1.5)
    bench.track.pause()
    bench.track.pause()
    first = bench.at - EDGE
    bench.go(2.26)
    bench.track.resume()
    end = bench.at + EDGE
    bench.go(2.0)
    whole = bench.end()
    assert len(whole.pairs) == bench.at
    assert not whole.pairs[first:end].any()
    for at in (first - 2_000, end):
        assert np.array_equal(whole.pairs[at : at + 2_000, 0], bench.said[at : at + 2_000])
        assert np.array_equal(whole.pairs[at : at + 2_000, 1], bench.played[at : at + 2_000])
    assert whole.marks == [Mark(first / RATE, "paused"), Mark(end / RATE, "resumed")]


def test_a_secret_that_nothing_follows_is_silent_to_the_end(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.go(1.0)
    bench.track.pause()
    bench.go(3.0)
    whole = bench.end()
    assert not whole.pairs[RATE - EDGE :].any()
    assert len(whole.pairs) == bench.at


def test_keys_that_sound_are_taken_out_of_the_side_that_they_are_on(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.said //= 30
    bench.go(1.0)
    at = bench.at
    bench.go(0.1, heard=tone("5", 0.1))
    bench.go(1.0)
    whole = bench.end()
    assert not whole.pairs[at : at + RATE // 10, 0].any()
    assert np.array_equal(whole.pairs[:, 1], bench.played[: bench.at])
    assert np.array_equal(whole.pairs[at + RATE // 2 :, 0], bench.said[at + RATE // 2 : bench.at])


def test_what_a_gateway_let_through_before_and_after_an_event_goes(tmp_path: Path) -> None:
    """15 ms of a tone, too short to be found by its sound, before the key is told of and after."""
    bench = Bench(tmp_path)
    bench.said[:] = 7
    bench.go(1.0)
    quiet = np.zeros(2 * FRAME, np.int16)
    at = bench.at
    bench.go(0.04, heard=np.concatenate([tone("5", 0.015), quiet]))
    bench.go(0.06)
    bench.track.key()
    bench.go(0.1)
    bench.go(0.04, heard=np.concatenate([tone("5", 0.015), quiet]))
    end = bench.at
    bench.go(1.0)
    whole = bench.end()
    assert not whole.pairs[at:end, 0].any()
    assert (whole.pairs[end + RATE // 2 :, 0] == 7).all()
    assert whole.pairs[at:end, 1].any(), "what we said meanwhile stays"


def test_killed_it_plays_up_to_a_second_and_a_half_before(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.go(5.0)
    whole = load(bench.path, KEY)
    assert whole.broken is not None
    assert whole.broken.code == "recording.cut"
    assert len(whole.pairs) >= bench.at - RATE - DELAY
    assert np.array_equal(whole.pairs[:, 0], bench.said[: len(whole.pairs)])
    assert length(bench.path, KEY) == (len(whole.pairs) / RATE, False)


def test_a_beep_comes_again_and_again_but_not_into_a_secret(tmp_path: Path) -> None:
    bench = Bench(tmp_path, beep=2.0)
    bench.go(5.0)
    bench.track.pause()
    bench.go(5.0)
    assert [round(at / RATE) for at in bench.tap.beeps] == [0, 2, 4]
    bench.track.resume()
    bench.go(1.0)
    assert len(bench.tap.beeps) == 4
