"""The telephone alone, called by sipp: sound of many calls at once, packet by packet, and calls a second without any.

Sound goes both ways: what comes from the telephone is noted as it arrives (time stamps of the kernel) and sent back. A
packet is late when it comes more than 30 ms after the one before it. `--minutes 10` is the whole measurement.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import MostradorError
from runtime.bench import Result, Row
from runtime.bench.ear import LATE, Ear
from runtime.machine import machine
from runtime.trace import percentile

LEVELS = (50, 100, 200)
"""Calls at once; the first for all of the time, the others for a quarter of it."""
MINUTES = 1.0
SETTLED = 15.0
"""Seconds within which all calls are up."""
RATES = (10, 25, 50, 75, 100, 150, 200, 300, 400)
"""Calls a second that are tried, one after the other, until there are too many."""
RAMP_SECONDS = 6
SLOW = 0.2
"""Seconds of p95, INVITE to 200, that are too many."""
LINES = 480

HEAD = """Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:bench@[local_ip]:[local_port]>;tag=[pid]t[call_number]
To: <sip:counter@[remote_ip]:[remote_port]>{tag}
Call-ID: [call_id]
CSeq: {number} {method}
Contact: <sip:bench@[local_ip]:[local_port]>
Max-Forwards: 70
"""
SDP = """v=0
o=bench 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio {port} RTP/AVP 0
"""


def scenario(port: int, milliseconds: int) -> str:
    """A call of so many milliseconds whose sound goes to `port`, as sipp reads it."""

    def send(method: str, number: int, tag: str, body: str = "", more: str = "") -> str:
        head = f"{method} sip:counter@[remote_ip]:[remote_port] SIP/2.0\n" + HEAD.format(
            method=method, number=number, tag=tag
        )
        kind = "Content-Type: application/sdp\n" if body else ""
        return f"<send {more}><![CDATA[\n{head}{kind}Content-Length: [len]\n\n{body}]]></send>\n"

    steps = (
        send("INVITE", 1, "", SDP.format(port=port), 'retrans="500" start_rtd="1"'),
        '<recv response="100" optional="true"/>\n<recv response="180" optional="true"/>\n',
        '<recv response="200" rtd="1"/>\n',
        send("ACK", 1, "[peer_tag_param]"),
        f'<pause milliseconds="{milliseconds}"/>\n',
        send("BYE", 2, "[peer_tag_param]", more='retrans="500"'),
        '<recv response="200"/>\n',
    )
    return f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="bench">\n{"".join(steps)}</scenario>\n'


@dataclass(slots=True)
class Exchange:
    """`runtime/bench/exchange.py`, running; `told` is its last line."""

    process: asyncio.subprocess.Process
    address: str
    told: dict[str, Any] = field(default_factory=dict)

    def memory(self) -> float:
        """Resident, in MB."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.asynccontextmanager
async def exchange(lines: int) -> AsyncIterator[Exchange]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runtime.bench.exchange", str(lines), stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        address = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip()
        if not address:
            raise MostradorError("bench.telephone", "the telephone did not start")
        running = Exchange(process, address)
        yield running
        process.send_signal(signal.SIGTERM)
        rest = await asyncio.wait_for(process.stdout.read(), 60)
        running.told = json.loads(rest.decode().splitlines()[-1])
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def sipp(folder: Path, text: str, address: str, *options: str) -> asyncio.subprocess.Process:
    file = folder / f"{time.monotonic_ns()}.xml"
    file.write_text(text)
    return await asyncio.create_subprocess_exec(
        "sipp", address, "-sf", str(file), "-i", "127.0.0.1", "-p", str(_free_port()), "-nostdin",
        *options, cwd=folder, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run(progress: Callable[[str, float], None], minutes: float = MINUTES) -> Result:
    if shutil.which("sipp") is None:
        raise MostradorError("bench.sipp", "sipp is missing: sudo apt-get install sip-tester")
    rows: list[Row] = []
    samples: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="mostrador-") as scratch:
        for step, level in enumerate(LEVELS):
            seconds = 60 * minutes / (4 if step else 1)
            progress(f"{level} calls at once, {seconds:.0f} s", step / (len(LEVELS) + 1))
            rows += await _sound(Path(scratch), level, seconds, samples)
        progress("calls a second", len(LEVELS) / (len(LEVELS) + 1))
        rows += await _signalling(Path(scratch), samples)
    return Result("telephone", tuple(rows), samples, machine())


async def _sound(folder: Path, level: int, seconds: float, samples: dict[str, list[float]]) -> list[Row]:
    ear = Ear()
    ear.start()
    try:
        async with exchange(level + 10) as telephone:
            talk = scenario(ear.port, int(1_000 * (seconds + SETTLED)))
            caller = await sipp(
                folder, talk, telephone.address, "-m", str(level), "-l", str(level), "-r", "50",
                "-trace_stat", "-stf", str(statistics := folder / f"{level}.csv"),
            )  # fmt: skip
            await asyncio.to_thread(ear.settle, level, SETTLED - 2)
            begin, cpu, now = telephone.memory(), telephone.cpu(), time.monotonic()
            ear.listening.set()
            await asyncio.sleep(seconds)
            ear.listening.clear()
            cpu = (telephone.cpu() - cpu) / (time.monotonic() - now)
            grown = telephone.memory() - begin
            await asyncio.wait_for(caller.wait(), 120)
        failed = level - _successful(statistics)
    finally:
        ear.close()
    gaps = sorted(ear.gaps)
    expected = level * seconds * 50
    samples[f"gap, {level} calls"] = gaps[:: max(1, len(gaps) // 1_000)]
    late = 100 * sum(1 for gap in gaps if gap > LATE) / max(1, len(gaps))
    return [
        Row(f"{level} calls: packets late", late, "%", "≤ 1", f"of {len(gaps)}, in {seconds:.0f} s"),
        Row("  packets that never came", max(0.0, 100 * (1 - len(gaps) / expected)), "%", "≤ 1"),
        Row("  longest gap", 1_000 * gaps[-1] if gaps else float("nan"), "ms"),
        Row("  sound ran out while it was played", telephone.told["underruns"], "times", "≤ 0"),
        Row("  heard and not read in time", telephone.told["lost"], "s", "≤ 0"),
        Row("  memory grew by", grown, "MB", f"≤ {max(5, begin // 20):.0f}", f"from {begin:.0f} MB"),
        Row("  processor", 100 * cpu, "%", note="of one core"),
        Row("  calls that failed", failed, "", "≤ 0"),
    ]


async def _signalling(folder: Path, samples: dict[str, list[float]]) -> list[Row]:
    """Calls that end as soon as they are acknowledged."""
    best, last, rows = 0, 0.0, []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        talk = scenario(deaf.getsockname()[1], 0)
        for rate in RATES:
            async with exchange(LINES) as telephone:
                many = rate * RAMP_SECONDS
                places = folder / f"rate-{rate}"
                places.mkdir()
                caller = await sipp(
                    places, talk, telephone.address, "-m", str(many), "-l", str(LINES), "-r", str(rate),
                    "-trace_stat", "-stf", str(places / "stat.csv"), "-trace_rtt", "-rtt_freq", "1",
                )  # fmt: skip
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(caller.wait(), 4 * RAMP_SECONDS)
                if caller.returncode is None:
                    caller.kill()
                    await caller.wait()
            times = _answer_times(places)
            failed = many - _successful(places / "stat.csv")
            p95 = percentile(times, 0.95) if times else float("inf")
            samples[f"answer, {rate} a second"] = times
            name, note = f"{rate} calls a second: answer, p95", f"{failed} of {many} failed"
            rows.append(Row(name, 1_000 * p95, "ms", note=note))
            if failed or p95 > SLOW:
                break
            best, last = rate, p95
    return [
        *rows,
        Row("signalled calls a second", best, "", note=f"none failed, answer p95 {1_000 * last:.0f} ms, ≤ 200"),
    ]


def _successful(statistics: Path) -> int:
    lines = statistics.read_text().splitlines() if statistics.exists() else []
    if len(lines) < 2:
        return 0
    return int(dict(zip(lines[0].split(";"), lines[-1].split(";"), strict=True))["SuccessfulCall(C)"])


def _answer_times(folder: Path) -> list[float]:
    """Seconds from INVITE to 200, of each call."""
    lines: Sequence[str] = [line for file in folder.glob("*_rtt.csv") for line in file.read_text().splitlines()[1:]]
    return [float(line.split(";")[1]) / 1_000 for line in lines]
