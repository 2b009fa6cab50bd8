"""Many short calls against any SIP server that runs on this machine: is every one answered, does memory grow?

    python -m tests.sip.soak 127.0.0.1:5060 --pid 4711 --calls 1000

Half of the calls come one after the other, half ten at once; memory is compared with that after the first fifty.
SIP keeps what it needs to repeat an answer for 32 seconds after each call, some 50 kB: a crowd shows as a plateau that
a small server with few calls before it has not reached. `--warm-up` makes a crowd before the measurement begins.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.sip.phones import resident, sipp
from tests.sip.scenario import ack, answered, bye, invite, pause, receive, scenario

FIRST = 50


@dataclass(frozen=True, slots=True)
class SoakReport:
    """Resident bytes after the first fifty calls, after those in a row, after those at once."""

    calls: int
    failed: int
    after_first: int
    after_row: int
    after_crowd: int
    seconds: float

    @property
    def growth(self) -> float:
        """Memory at the end, as a multiple of that after the first fifty."""
        return self.after_crowd / self.after_first


def soak(
    address: str, pid: int, *, calls: int = 1_000, at_once: int = 10, talk_ms: int = 200, warm_up: int = 0
) -> SoakReport:
    """`calls` short calls to `address` ("host:port"), a server whose process is `pid`."""
    began = time.monotonic()
    row, crowd = calls // 2 - FIRST, calls - calls // 2
    failed = _calls(address, warm_up, at_once, talk_ms) + _calls(address, FIRST, 1, talk_ms)
    after_first = resident(pid)
    failed += _calls(address, row, 1, talk_ms)
    after_row = resident(pid)
    failed += _calls(address, crowd, at_once, talk_ms)
    time.sleep(1)
    return SoakReport(calls, failed, after_first, after_row, resident(pid), time.monotonic() - began)


def _calls(address: str, calls: int, at_once: int, talk_ms: int) -> int:
    """How many of them failed."""
    if calls <= 0:
        return 0
    plain = scenario(invite(), answered(), ack(), pause(talk_ms), bye(), receive(200))
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        limits = ["-m", str(calls), "-l", str(at_once), "-r", str(at_once), "-rp", "100", "-timeout", "1h"]
        statistics = folder / "calls.csv"
        process = sipp(folder, plain, address, *limits, "-rtp_echo", "-trace_stat", "-stf", str(statistics))
        process.communicate()
        lines = statistics.read_text().splitlines()
        last = dict(zip(lines[0].split(";"), lines[-1].split(";"), strict=True))
        return calls - int(last["SuccessfulCall(C)"])


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("address", metavar="HOST:PORT")
    parser.add_argument("--pid", type=int, required=True)
    parser.add_argument("--calls", type=int, default=1_000)
    parser.add_argument("--at-once", type=int, default=10)
    parser.add_argument("--talk", type=int, default=200, metavar="MS", help="how long each call lasts")
    parser.add_argument("--warm-up", type=int, default=0, metavar="N", help="calls before the measurement begins")
    options = parser.parse_args()
    report = soak(
        options.address, options.pid,
        calls=options.calls, at_once=options.at_once, talk_ms=options.talk, warm_up=options.warm_up,
    )  # fmt: skip
    print(f"{report} growth {report.growth:.3f}")
    return int(report.failed > 0 or report.growth > 1.05)


if __name__ == "__main__":
    sys.exit(main())
