"""How late RTP leaves while Python is busy: `python -m tests.sip.lateness [--calls 10] [--burn 1] [--seconds 10]`.

Starts a server that plays a tone into every call, with `burn` threads of Python that do nothing but compute, and
notes on the receiving socket (kernel time stamps) how far apart the packets of each call are. A measurement, no test:
what it shows depends on what else the machine does.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from runtime.bench.ear import LATE, Ear
from tests.sip.phones import LIMIT, Server, sipp
from tests.sip.scenario import accept, ack, answered, expect, invite, scenario


@dataclass(frozen=True, slots=True)
class Lateness:
    """Gaps between the packets of one call, over all calls; `late`: share of those above 30 ms; times in seconds."""

    calls: int
    packets: int
    late: float
    mean: float
    p99: float
    worst: float


BUSY = "while True: sum(range(1_000))"


def measure(calls: int, burn: int, seconds: float, *, beside: int = 0, in_python: bool = False) -> Lateness:
    """`beside`: processes that burn instead, each as much as a thread; `in_python`: sound through ports of Python's."""
    ports = ("--ports-in-python",) if in_python else ()
    server = Server("tone", "--burn", str(burn), "--lost-after", "0", "--max-calls", str(calls), *ports)
    burning = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(beside)]
    ear = Ear(echo=False)
    ear.start()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            invited = invite().replace("[media_port]", str(ear.port))
            talk = scenario(invited, answered(), ack(), expect("BYE"), accept())
            caller = sipp(Path(scratch), talk, server.address, "-m", str(calls), "-l", str(calls), "-r", "50")
            try:
                server.wait_for(lambda news: news.get("event") == "Answered", calls)
                ear.settle(calls, LIMIT)
                ear.listening.set()
                time.sleep(seconds)
                ear.listening.clear()
                server.stop()
            finally:
                caller.kill()
                caller.wait()
    finally:
        ear.close()
        server.kill()
        for process in burning:
            process.kill()
            process.wait()
    gaps = sorted(ear.gaps)
    late = sum(gap > LATE for gap in gaps) / len(gaps)
    return Lateness(calls, len(gaps), late, sum(gaps) / len(gaps), gaps[int(0.99 * len(gaps))], gaps[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=10)
    parser.add_argument("--burn", type=int, default=1, help="threads that keep Python busy")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    print(measure(options.calls, options.burn, options.seconds))


if __name__ == "__main__":
    main()
