"""What a figure was measured on."""

import os
import platform
from pathlib import Path


def cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0))


def machine() -> dict[str, str]:
    """Processor, cores, memory and system, for the head of a table."""
    facts = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = (line.split(":", 1)[1].strip() for line in facts if line.startswith(("model name", "Model")))
    kib = int(Path("/proc/meminfo").read_text("utf-8").split()[1])
    return {
        "processor": next(names, platform.processor() or "unknown"),
        "architecture": platform.machine(),
        "cores": str(cores()),
        "memory": f"{kib / 1024**2:.0f} GiB",
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
    }
