"""What a recorded call costs: the bridge's own thread, the thread that writes, and the disk.

Two minutes of talk: recordings of people over a telephone on one side, questions in our English voice on the other, in
turns. Costs are processor time of the thread, so that what else the machine does counts for little.
"""

import asyncio
import secrets
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from runtime.bench import Result, Row
from runtime.bench.questions import spoken
from runtime.bench.recordings import some_sentences
from runtime.machine import machine
from runtime.recording import flac
from runtime.recording.container import PREFIX, Header, Writer
from runtime.recording.track import TAP_SECONDS, Track
from telephony import pj
from voice import wav
from voice.frames import RATE, Pcm
from voice.tap import PairRing, Pairs

SECONDS = 120
HISS = 8.0
"""Root mean square of the line's own noise, of 32768: -72 dB."""
PULL = RATE // 4
"""Pairs between two times that the writer looks."""
FRAME = RATE // 50
TICKS = 2_000
ROUNDS = 30


async def run(progress: Callable[[str, float], None]) -> Result:
    progress("making a conversation", 0.0)
    pairs = await asyncio.to_thread(conversation)
    progress("writing it", 0.3)
    writing, size = written(pairs)
    packing = packed(pairs)
    rows = [
        Row("writing a second of a call", 1_000 * writing, "ms", note="of one thread for all calls"),
        Row("  packing of it", 1_000 * packing, "ms", note="FLAC"),
        Row("  an hour on the disk", size * 3_600 / 1e6, "MB", note=f"of {SECONDS} s of talk"),
    ]
    progress("the bridge", 0.8)
    if pj.is_native():
        rows.append(Row("  more for a tick of 20 ms", 1e6 * await asyncio.to_thread(tick), "µs"))
    return Result("recording", tuple(rows), machine=machine())


def conversation() -> Pairs:
    """int16 [n, 2], with the line's noise on the customer's side."""
    with spoken() as files:
        pairs = in_turns(some_sentences(), [wav.read(file, RATE).pcm for file in files])
    noise = np.random.default_rng(1).normal(0, HISS, len(pairs))
    pairs[:, 0] = np.clip(pairs[:, 0] + noise, -32768, 32767)
    return pairs


def in_turns(theirs: Sequence[Pcm], ours: Sequence[Pcm], seconds: int = SECONDS) -> Pairs:
    """int16 [n, 2]: one of each after the other, half a second between them, until the time is over."""
    pairs = np.zeros((seconds * RATE, 2), np.int16)
    at = number = 0
    while at < len(pairs):
        side, some = number % 2, (theirs, ours)[number % 2]
        turn = some[number // 2 % len(some)][: len(pairs) - at]
        pairs[at : at + len(turn), side] = turn
        at += len(turn) + RATE // 2
        number += 1
    return pairs


def written(pairs: Pairs) -> tuple[float, float]:
    """Seconds of compute, and bytes, for each second of sound."""
    header = Header("bench", "bench", 0.0, 0.0, "en", "bench", "yes", RATE, flac.NAME, secrets.token_bytes(PREFIX))
    tap, taken = PairRing(TAP_SECONDS), 0.0
    with tempfile.TemporaryDirectory(prefix="mostrador-bench-") as folder:
        track = Track(tap, Writer(Path(folder) / "bench.rec", secrets.token_bytes(32), header))
        for at in range(0, len(pairs), PULL):
            tap.push(*np.ascontiguousarray(pairs[at : at + PULL].T))
            began = time.thread_time()
            track.pull()
            taken += time.thread_time() - began
        track.finish()
        size = track.bytes
        track.close()
    seconds = len(pairs) / RATE
    return taken / seconds, size / seconds


def packed(pairs: Pairs) -> float:
    """Seconds of compute for each second of sound."""
    began = time.thread_time()
    for at in range(0, len(pairs), RATE):
        flac.pack(pairs[at : at + RATE])
    return (time.thread_time() - began) * RATE / len(pairs)


def tick() -> float:
    """Seconds that keeping both sides adds to one: the difference of two loops that are else the same."""
    plain, tapped = pj.load().RingPort(RATE, 20, 100, 100), pj.load().RingPort(RATE, 20, 100, 100)
    tapped.tap(round(1_000 * TAP_SECONDS))
    _loop(tapped)  # its memory is touched for the first time
    return min(_loop(tapped) for _ in range(ROUNDS)) - min(_loop(plain) for _ in range(ROUNDS))


def _loop(port: object) -> float:
    sound, out = np.ones(FRAME, np.int16), np.zeros(FRAME, np.int16)
    write, take, deliver = port.write, port.take, port.deliver  # type: ignore[attr-defined]
    began = time.thread_time()
    for _ in range(TICKS):
        write(sound)
        take(out)
        deliver(sound)
    return (time.thread_time() - began) / TICKS
