"""How late RTP leaves while Python is busy: `python -m tests.sip.lateness [--calls 10] [--burn 1] [--seconds 10]`.

Starts a server that plays a tone into every call, with `burn` threads of Python that do nothing but compute, and
notes on the receiving socket (kernel time stamps) how far apart the packets of each call are. A measurement, no test:
what it shows depends on what else the machine does.
"""

import argparse
import itertools
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from tests.sip.phones import Server, sipp
from tests.sip.scenario import ack, answered, bye, invite, pause, receive, scenario

SO_TIMESTAMPNS = 35
LATE = 0.030


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
    arrivals: dict[int, list[float]] = defaultdict(list)
    try:
        with tempfile.TemporaryDirectory() as scratch, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
            ear.bind(("127.0.0.1", 0))
            ear.settimeout(1.0)
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
            ear.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            invited = invite().replace("[media_port]", str(ear.getsockname()[1]))
            talk = scenario(invited, answered(), ack(), pause(int((seconds + 2) * 1000)), bye(), receive(200))
            caller = sipp(Path(scratch), talk, server.address, "-m", str(calls), "-l", str(calls), "-r", "50")
            try:
                server.wait_for(lambda news: news.get("event") == "Answered", calls)
                time.sleep(1)
                listen(ear, arrivals, seconds)
                caller.wait()
            finally:
                caller.kill()
        server.stop()
    finally:
        server.kill()
        for process in burning:
            process.kill()
            process.wait()
    gaps = sorted(later - sooner for times in arrivals.values() for sooner, later in itertools.pairwise(times))
    late = sum(1 for gap in gaps if gap > LATE) / len(gaps)
    return Lateness(len(arrivals), len(gaps), late, sum(gaps) / len(gaps), gaps[int(0.99 * len(gaps))], gaps[-1])


def listen(ear: socket.socket, arrivals: dict[int, list[float]], seconds: float) -> None:
    """Packet times by SSRC, after throwing away what has piled up."""
    began = time.time()
    while time.time() < began + seconds:
        packet, extra, _, _ = ear.recvmsg(2048, 64)
        whole, nanoseconds = struct.unpack("qq", extra[0][2])
        at = whole + nanoseconds / 1e9
        if at >= began:
            arrivals[struct.unpack("!I", packet[8:12])[0]].append(at)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--calls", type=int, default=10)
    parser.add_argument("--burn", type=int, default=1, help="threads that keep Python busy")
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    print(measure(options.calls, options.burn, options.seconds))


if __name__ == "__main__":
    main()
