"""How soon a device answers after a warm start, and how much memory it holds with every model loaded."""

import statistics
from collections.abc import Callable

from runtime.bench import Result, Row
from runtime.bench.device import device
from runtime.machine import machine

RUNS = 3


async def run(progress: Callable[[str, float], None]) -> Result:
    """Median of three starts; the first, which warms the disk cache, is not counted."""
    seconds, memory = [], []
    for attempt in range(RUNS + 1):
        progress("starting the device", attempt / (RUNS + 1))
        async with device() as running:
            if attempt:
                seconds.append(running.seconds)
                memory.append(running.memory())
    rows = (
        Row("process start → ready", statistics.median(seconds), "s", "≤ 6", f"median of {RUNS} warm starts"),
        Row("resident memory, all models", statistics.median(memory), "MB", "≤ 900"),
    )
    return Result("start", rows, {"ready": seconds, "memory": memory}, machine())
