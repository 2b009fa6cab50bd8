"""How latency grows with the calls at once: each caller a process of its own, asking with natural gaps.

A device for each number of calls, with admission lifted: what one level has said is not in the next one's memory. What
the device itself says that it can carry is worked out from what it has learnt by then.
"""

import asyncio
import multiprocessing
import time
import urllib.request
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import takewhile
from pathlib import Path

import structlog
from prometheus_client.parser import text_string_to_metric_families

from core.errors import TelephonyError
from runtime import machine
from runtime.bench import Result, Row, questions
from runtime.bench.device import Device, device
from runtime.capacity import Measured, carries
from runtime.config import Limits, Log
from runtime.log import setup
from runtime.trace import percentile
from telephony.caller import Patience, place_call

_log = structlog.get_logger(__name__)

LEVELS = (1, 2, 4, 6, 8)
TURNS = 3
"""Questions a call."""
LIMIT = 1.5
"""Seconds that p95 must stay below for a number of calls to count as carried."""
APART = 1.1
"""Seconds between the beginnings of two calls."""
TOML = """[agent]
language = "en"
[limits]
wait_seconds = inf
"""


async def run(progress: Callable[[str, float], None]) -> Result:
    delays: dict[int, list[float]] = {}
    rows: list[Row] = []
    unanswered = 0
    progress("making the questions", 0.0)
    spawn = multiprocessing.get_context("spawn")  # PJSIP and its threads survive no fork
    with questions.spoken() as files, ProcessPoolExecutor(LEVELS[-1], spawn, setup, (Log(level="warning"),)) as callers:
        for step, level in enumerate(LEVELS):
            progress(f"{level} at once", step / len(LEVELS))
            async with device(TOML) as running:
                await running.logged("capacity")
                asked = [_call(callers, running, _share(files, number), number) for number in range(level)]
                heard = [delay for delays_ in await asyncio.gather(*asked) for delay in delays_]
                learnt = await _learnt(running)
            delays[level] = [delay for delay in heard if delay is not None]
            unanswered += len(heard) - len(delays[level])
            rows += _figures(level, delays[level], learnt)
    fast = takewhile(lambda level: delays[level] and percentile(delays[level], 0.95) < LIMIT, LEVELS)
    carried = max(fast, default=0)
    rows += [
        Row(f"calls at once with p95 under {LIMIT:g} s", carried, "", "≥ 4", f"of {', '.join(map(str, LEVELS))}"),
        Row("questions without an answer", unanswered, "", "≤ 0"),
    ]
    return Result("calls", tuple(rows), {f"delay, {n} at once": delays[n] for n in LEVELS}, machine.machine())


def _figures(level: int, delays: Sequence[float], learnt: Measured) -> list[Row]:
    """What callers heard, and what the device thinks of itself after it."""
    limits = Limits()
    if not delays:
        return [Row(f"{level} at once", float("nan"), "s", note="nothing was answered")]
    return [
        Row(f"{level} at once, p50", percentile(delays, 0.5), "s", note=f"speech end → first sound of {len(delays)}"),
        Row(f"{level} at once, p95", percentile(delays, 0.95), "s"),
        Row(
            "  carries, by its own account",
            carries(learnt, limits.wait_seconds, limits.conversations),
            "",
            note=f"a turn takes {learnt.cost:.2f} s of it, one every {learnt.between:.1f} s",
        ),
    ]


def _share(files: Sequence[Path], number: int) -> list[Path]:
    """The questions of one of the callers: as few as possible are asked twice."""
    return [files[(number * TURNS + turn) % len(files)] for turn in range(TURNS)]


async def _call(callers: ProcessPoolExecutor, running: Device, files: list[Path], number: int) -> list[float | None]:
    return await asyncio.get_running_loop().run_in_executor(callers, ask, running.sip, files, number)


def ask(uri: str, files: Sequence[Path], number: int) -> list[float | None]:
    """One caller, in a process of its own: the delay of each answer, None where none came."""
    time.sleep(number * APART)
    patience = Patience(skip="*", hears=2.0, pause=0.6, thinks=1.5 + number * 0.37 % 1.5, first_sound=10.0)
    try:
        report = asyncio.run(place_call(uri, files, patience=patience))
    except TelephonyError as error:
        _log.error("call_failed", code=error.code, reason=error.message)
        return [None] * len(files)
    return [turn.delay for turn in report.turns] + [None] * (len(files) - len(report.turns))


async def _learnt(running: Device) -> Measured:
    def page() -> str:
        with urllib.request.urlopen(f"{running.kiosk}metrics", timeout=10) as answer:  # noqa: S310  our own device
            return str(answer.read().decode())

    families = text_string_to_metric_families(await asyncio.to_thread(page))
    value = {sample.name: sample.value for family in families for sample in family.samples}
    return Measured(value["mostrador_turn_cost_seconds"], value["mostrador_turn_interval_seconds"])
