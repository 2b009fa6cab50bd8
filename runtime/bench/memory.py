"""How much memory a device holds, when, and for what.

The parts are those that Linux shows (/proc/PID/smaps): files by the package or model that they belong to, and what was
allocated, which no longer says by whom: the weights that an engine copies out of its file are there.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from runtime.bench import Result, Row
from runtime.bench.device import Device, device
from runtime.bench.latency import CALLS
from runtime.bench.questions import QUESTIONS, spoken
from runtime.machine import machine
from telephony.caller import Patience, place_call

LARGEST = 10
CALLER = Patience(pause=0.6, skip="*", hears=0.5)


async def run(progress: Callable[[str, float], None]) -> Result:
    progress("making the questions", 0.0)
    with spoken() as files:
        async with device('[agent]\nlanguage = "en"') as running:
            ready = running.memory()
            progress("each model works", 0.1)
            await running.logged("capacity")
            exercised = running.memory()
            share = len(files) // CALLS
            for number in range(CALLS):
                progress(f"call {number + 1} of {CALLS}", 0.2 + 0.8 * number / CALLS)
                await place_call(running.sip, files[number * share : (number + 1) * share], patience=CALLER)
            asked, peak = running.memory(), running.memory("VmHWM")
            held = parts(_smaps(running))
    rows = (
        Row("resident at ready", ready, "MB"),
        Row("resident after each model has worked", exercised, "MB"),
        Row(f"resident after {len(QUESTIONS)} questions", asked, "MB", "≤ 800", f"{CALLS} calls over SIP"),
        Row("peak", peak, "MB"),
        *(Row(f"  {name}", size, "MB") for name, size in held[:LARGEST]),
        Row("  the rest", sum(size for _, size in held[LARGEST:]), "MB"),
    )
    return Result("memory", rows, machine=machine())


def _smaps(running: Device) -> Iterable[str]:
    return Path(f"/proc/{running.process.pid}/smaps").read_text("utf-8").splitlines()


def parts(smaps: Iterable[str]) -> list[tuple[str, float]]:
    """Whom memory is for and resident MB, the largest first; `smaps`: the lines of /proc/PID/smaps."""
    held: dict[str, float] = defaultdict(float)
    owner = ""
    for line in smaps:
        if mapping := re.match(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ (\d+) *(.*)", line):
            owner = _owner(mapping[2])
        elif line.startswith("Rss:"):
            held[owner] += int(line.split()[1]) * 1024 / 1e6
    return sorted(held.items(), key=lambda part: -part[1])


def _owner(path: str) -> str:
    """A mapped file's package or model, or what kind of memory it is."""
    if not path or path.startswith("[anon"):
        return "allocated, large or of threads"
    if path.startswith("["):
        return f"allocated, {path.strip('[]')}"
    folders = Path(path).parts
    if "site-packages" in folders:
        return f"code of {folders[folders.index('site-packages') + 1].removesuffix('.libs')}"
    if path.endswith((".gguf", ".onnx", ".bin")):
        return f"model {Path(path).name}"
    return "code of the system and Python"
