"""Does a flood on the SIP port make callers wait? A device is called while strangers send ten times what it reads.

The same questions are asked with and without a flood, in turns, so that what else the machine does falls on both. What
counts is what a caller hears: the end of a question to the first sound of its answer. Each kind of flood has its own
device, quiet and flooded calls alternating on it; the p95 are medians of the rounds.
"""

import asyncio
import contextlib
import multiprocessing
import os
import socket
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from multiprocessing.synchronize import Event
from pathlib import Path

from runtime.bench import Result, Row
from runtime.bench.device import Device, device
from runtime.bench.questions import spoken
from runtime.machine import machine
from runtime.trace import percentile
from telephony.caller import Patience, place_call
from telephony.flood import TOGETHER
from telephony.gate import Gate

KINDS = ("INVITE", "REGISTER", "OPTIONS", "garbage")
TIMES = 10
"""What is sent, as a multiple of what the device reads of all strangers."""
SOURCES = 50
ROUNDS = 3
QUESTIONS = 10
"""A round asks so many without a flood and the same again with one."""
CALLER = Patience(pause=0.8, skip="*", hears=1.0)
TOML = """[agent]
language = "en"
[sip.callers]
allowed = ["127.0.0.1/32"]
"""


async def run(progress: Callable[[str, float], None]) -> Result:
    gate = Gate()
    rate = TIMES * TOGETHER * gate.messages * gate.rate
    rows: list[Row] = []
    samples: dict[str, list[float]] = {}
    progress("making the questions", 0.0)
    with spoken() as files:
        for number, kind in enumerate(KINDS):
            quiet: list[list[float]] = []
            flooded: list[list[float]] = []
            async with device(TOML) as running:
                await running.logged("capacity")
                for turn in range(ROUNDS):
                    progress(f"{kind}, round {turn + 1}", (number * ROUNDS + turn) / len(KINDS) / ROUNDS)
                    # Which comes first alternates: the device learns as it goes on.
                    for with_flood in (turn % 2 == 0, turn % 2 == 1):
                        async with sent(kind, rate, running) if with_flood else contextlib.nullcontext():
                            heard = await _delays(running, files[:QUESTIONS])
                        (flooded if with_flood else quiet).append(heard)
            rows += _figures(kind, quiet, flooded, rate)
            samples[f"{kind}: quiet"] = [delay for heard in quiet for delay in heard]
            samples[f"{kind}: flooded"] = [delay for heard in flooded for delay in heard]
    return Result("flood", tuple(rows), samples, machine())


def _figures(kind: str, quiet: Sequence[list[float]], flooded: Sequence[list[float]], rate: float) -> list[Row]:
    before = [percentile(heard, 0.95) for heard in quiet if heard]
    during = [percentile(heard, 0.95) for heard in flooded if heard]
    unanswered = sum(QUESTIONS - len(heard) for heard in flooded)
    if not before or not during:
        return [Row(f"{kind}: nothing was answered", float("nan"), "s")]
    ratio = statistics.median(during) / statistics.median(before)
    middle = statistics.median([delay for heard in flooded for delay in heard]) / statistics.median(
        [delay for heard in quiet for delay in heard]
    )
    return [
        Row(f"{kind}: answer without a flood, p95", statistics.median(before), "s", note=f"median of {len(before)}"),
        Row("  with one", statistics.median(during), "s", note=f"{rate:.0f} a second from {SOURCES} addresses"),
        Row("  p95, with to without", ratio, "", "≤ 1.2"),
        Row("  p50, with to without", middle, ""),
        Row("  questions without an answer", unanswered, "", "≤ 0"),
    ]


async def _delays(running: Device, files: Sequence[Path]) -> list[float]:
    heard: list[float] = []
    for half in (files[: len(files) // 2], files[len(files) // 2 :]):
        report = await place_call(running.sip, half, patience=CALLER)
        heard += [turn.delay for turn in report.turns if turn.delay is not None]
    return heard


@contextlib.asynccontextmanager
async def sent(kind: str, rate: float, running: Device) -> AsyncIterator[None]:
    """Send it, from a process of its own, until the block ends."""
    host, _, port = running.sip.rpartition("@")[2].partition(";")[0].rpartition(":")
    context = multiprocessing.get_context("spawn")
    over = context.Event()
    process = context.Process(target=send, args=(kind, rate, (host, int(port)), over), daemon=True)
    process.start()
    try:
        await asyncio.sleep(1.0)  # what is allowed at once is used up
        yield
    finally:
        over.set()
        await asyncio.to_thread(process.join, 10)
        if process.is_alive():
            process.kill()


def send(kind: str, rate: float, to: tuple[str, int], over: Event) -> None:
    """`rate` messages a second from addresses of loopback that nobody has listed."""
    with contextlib.ExitStack() as open_:
        ports = []
        for number in range(SOURCES):
            port = open_.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            port.bind((f"127.0.1.{number + 1}", 0))
            ports.append(port)
        began, number = time.monotonic(), 0
        while not over.is_set():
            while number < rate * (time.monotonic() - began):
                ports[number % SOURCES].sendto(message(kind, number), to)
                number += 1
            time.sleep(0.01)


def message(kind: str, number: int) -> bytes:
    if kind == "garbage":
        return os.urandom(600)
    body = "v=0\r\no=- 1 1 IN IP4 127.0.1.1\r\ns=-\r\nc=IN IP4 127.0.1.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"
    body = body if kind == "INVITE" else ""
    return (
        f"{kind} sip:counter@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.1.1:9;rport;branch=z9hG4bKf{number}\r\n"
        f"From: <sip:f{number}@127.0.1.1>;tag=f{number}\r\nTo: <sip:counter@127.0.0.1>\r\nCall-ID: f{number}@flood\r\n"
        f"CSeq: 1 {kind}\r\nContact: <sip:f{number}@127.0.1.1:9>\r\nMax-Forwards: 70\r\n"
        f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
