"""From a line's tap to the chunks of a file: aligned, without what is secret, whatever comes late."""

import threading

import numpy as np

from runtime.recording import pieces
from runtime.recording.container import Writer
from runtime.recording.pieces import End, Mark, Sound
from voice.frames import RATE
from voice.tap import Pairs, Tap
from voice.tones import Span, ToneFinder

TAP_SECONDS = 8.0
"""How late the writer may be before sound is lost."""
PIECE = RATE
DELAY = RATE // 2
"""Pairs held back before they are written: what is found out meanwhile is still taken out of them."""
READ = RATE // 2
EDGE = RATE * 60 // 1000
"""Pairs before a pause and after it that go with it."""
KEY_BEFORE, KEY_AFTER = RATE * 200 // 1000, RATE * 250 // 1000
"""A key is told of when its event arrives; the sound that came before it may wait in the jitter buffer until later."""
SILENCE: Pairs = np.zeros((READ, 2), np.int16)
BEEP_HZ, BEEP_SECONDS, BEEP_LEVEL = 1400.0, 0.4, 0.06
"""The recorder warning tone of North America: 1400 Hz, every 15 s; of full scale, about -24 dB."""


def beep() -> np.ndarray:
    """int16 [n], with soft edges."""
    time = np.arange(round(BEEP_SECONDS * RATE)) / RATE
    edge = np.minimum(1, np.minimum(time, BEEP_SECONDS - time) / 0.01)
    return (32_767 * BEEP_LEVEL * edge * np.sin(2 * np.pi * BEEP_HZ * time)).astype(np.int16)


class Track:
    """One recording. `pause`, `resume` and `key` may come from any thread; the rest belongs to the writer's."""

    def __init__(self, tap: Tap, writer: Writer, beep_seconds: float = 0.0) -> None:
        """`beep_seconds`: how often the customer hears that they are recorded; 0: never."""
        self.lost = 0
        """Pairs that nobody took in time; silence is in their place."""
        self._tap = tap
        self._writer = writer
        self._held: Pairs = np.zeros((0, 2), np.int16)
        self._written = 0
        """Pairs before `_held`."""
        self._finders = (ToneFinder(), ToneFinder())
        self._buffer: Pairs = np.zeros((READ, 2), np.int16)
        self._lock = threading.Lock()
        self._silent: list[Span] = []
        self._keys: list[Span] = []
        self._paused: int | None = None
        self._marks: list[Mark] = []
        self._beep_every = round(beep_seconds * RATE)
        self._beep_at = 0
        self._beep = beep() if beep_seconds else np.zeros(0, np.int16)

    @property
    def bytes(self) -> int:
        return self._writer.bytes

    def pause(self) -> None:
        """From a little before now on both sides are silent. Safe to call twice."""
        with self._lock:
            if self._paused is None:
                self._paused = max(0, self._tap.now - EDGE)
                self._marks.append(Mark(self._paused / RATE, "paused"))

    def resume(self) -> None:
        """Sound again, from a little later on. Safe to call twice."""
        with self._lock:
            if self._paused is not None:
                end = self._tap.now + EDGE
                self._silent.append((self._paused, end))
                self._marks.append(Mark(end / RATE, "resumed"))
                self._paused = None

    def key(self) -> None:
        """A key of the customer's telephone has just been told of: the sound around it goes."""
        with self._lock:
            self._keys.append((self._tap.now - KEY_BEFORE, self._tap.now + KEY_AFTER))

    def pull(self) -> None:
        """Take what there is, write what is ripe. Raises OSError."""
        while True:
            start, count = self._tap.read(self._buffer)
            if not count:
                break
            self._fill(start)
            self._take(self._buffer[:count])
            self._write(PIECE + DELAY)
        if self._beep_every and self._paused is None and self._tap.now >= self._beep_at:
            self._tap.beep(self._beep)
            self._beep_at = self._tap.now + self._beep_every

    def finish(self, why: str = "") -> None:
        """The rest, and the end. Raises OSError."""
        self._tap.close()
        self._write(1)
        self._mark()
        self._writer.add(pieces.write(End(self._written / RATE, why)), last=True)

    def close(self) -> None:
        """Without an end, where the disk takes none. Safe to call twice."""
        self._tap.close()
        self._writer.close()

    def _fill(self, start: int) -> None:
        """What was lost before `start`, as silence."""
        missing = start - self._written - len(self._held)
        if missing <= 0:
            return
        self.lost += missing
        self._marks.append(Mark((start - missing) / RATE, "lost", missing / RATE))
        while missing > 0:
            self._take(SILENCE[: min(READ, missing)])
            missing -= READ
            self._write(PIECE + DELAY)

    def _take(self, pairs: Pairs) -> None:
        self._held = np.concatenate([self._held, pairs])
        for side, finder in enumerate(self._finders):
            for span in finder.push(pairs[:, side]):
                self._hush(span, side)

    def _write(self, least: int) -> None:
        """Pieces, for as long as `least` pairs are held."""
        while len(self._held) >= least:
            self._pause_taken()
            piece = self._held[:PIECE]
            self._mark()
            self._writer.add(pieces.write(Sound(self._written, piece)))
            self._held = self._held[len(piece) :]
            self._written += len(piece)

    def _pause_taken(self) -> None:
        """Silence what is held wherever a pause or a key was."""
        end = self._written + len(self._held)
        with self._lock:
            spans = [*self._silent, *([(self._paused, end)] if self._paused is not None else [])]
            keys = list(self._keys)
            self._silent = [span for span in self._silent if span[1] > end]
            self._keys = [span for span in self._keys if span[1] > end]
        for span in spans:
            for side in (0, 1):
                self._hush(span, side)
        for span in keys:
            self._hush(span, 0)

    def _hush(self, span: Span, side: int) -> None:
        first, end = (max(0, at - self._written) for at in span)
        self._held[first:end, side] = 0

    def _mark(self) -> None:
        with self._lock:
            marks, self._marks = self._marks, []
        for mark in marks:
            self._writer.add(pieces.write(mark))
