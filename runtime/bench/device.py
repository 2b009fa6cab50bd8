"""A whole device in a process of its own, on free ports of loopback, with a data folder that goes with it."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from core.errors import MostradorError
from core.places import cache_home, models_home

READY_TIMEOUT = 120.0
STOP_TIMEOUT = 15.0


@dataclass(slots=True)
class Device:
    """`seconds` from the start of the process to its ready line."""

    process: asyncio.subprocess.Process
    sip: str
    kiosk: str
    home: Path
    log: Path
    seconds: float

    def memory(self, figure: str = "VmRSS") -> float:
        """Resident, in MB (10^6 bytes); `figure` "VmHWM": the most that it ever was."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text("utf-8").splitlines():
            if line.startswith(f"{figure}:"):
                return int(line.split()[1]) * 1024 / 1e6
        raise MostradorError("bench.device", "the device has ended")

    async def logged(self, event: str) -> dict[str, object]:
        """The first line of its log that tells of `event`, as soon as there is one. Raises MostradorError."""
        began = time.monotonic()
        while time.monotonic() - began < READY_TIMEOUT and self.process.returncode is None:
            if line := _line(self.log, event):
                return line
            await asyncio.sleep(0.05)
        raise MostradorError("bench.device", f"the device never logged «{event}»")

    async def stop(self) -> int:
        """SIGTERM, and its exit code; SIGKILL when it does not end (-9)."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self.process.wait(), STOP_TIMEOUT)
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()


@contextlib.asynccontextmanager
async def device(toml: str = "", environment: Mapping[str, str] | None = None) -> AsyncIterator[Device]:
    """Run a device until the block ends. `toml`: further settings. Raises MostradorError when it does not get ready."""
    with tempfile.TemporaryDirectory(prefix="mostrador-") as folder:
        home = Path(folder)
        config = home / "device.toml"
        config.write_text(_settings(toml), "utf-8")
        running = await start(config, home, environment or {})
        try:
            yield running
        finally:
            await running.stop()


async def start(config: Path, home: Path, environment: Mapping[str, str]) -> Device:
    """Raises MostradorError with the end of its log when it is not ready in time."""
    log = home / "device.log"
    began = time.monotonic()
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "runtime", "run", "--config", str(config), stdout=out, stderr=out,
            env={
                **os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "MOSTRADOR_HOME": str(home),
                "MOSTRADOR_MODELS": str(models_home()), "MOSTRADOR_CACHE": str(cache_home()), **environment,
            },
        )  # fmt: skip
    while time.monotonic() - began < READY_TIMEOUT and process.returncode is None:
        if up := _line(log, "ready"):
            return Device(process, str(up["sip"]), str(up["kiosk"]), home, log, time.monotonic() - began)
        await asyncio.sleep(0.02)
    if process.returncode is None:
        process.kill()
        await process.wait()
    end = log.read_text("utf-8", "replace")[-2000:]
    raise MostradorError("bench.device", f"the device did not get ready; the end of its log:\n{end}")


def _line(log: Path, event: str) -> dict[str, object]:
    """Empty where there is none yet."""
    lines = (line for line in log.read_bytes().splitlines() if f'"event":"{event}"'.encode() in line.replace(b" ", b""))
    return next((msgspec.json.decode(line, type=dict[str, object]) for line in lines), {})


def _settings(more: str) -> str:
    """Ports that the system chooses and JSON lines, unless `more` brings a table of its own."""
    tables = {"sip": "port = 0", "kiosk": "port = 0", "log": 'format = "json"'}
    own = "\n".join(f"[{name}]\n{body}" for name, body in tables.items() if f"[{name}]" not in more)
    return f"{own}\n{more}\n"
