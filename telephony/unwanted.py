"""What came from outside and was not served: each is counted, a few are logged. A flood must not fill the disk."""

from collections.abc import Callable
from typing import Literal

import structlog

from telephony.bucket import Buckets

Why = Literal["full", "rate", "unknown", "challenged", "stale", "denied", "malformed", "transfer"]
"""No line was free; too often; not listed, and nobody can authenticate; asked for a password; asked again, the nonce
was old; the answer was wrong; not SIP, or broken; somebody in a call wanted us to call somebody else."""

BURST = 5.0
"""Lines that are logged at once, for each reason; then one every `EVERY` seconds, which says how many it stands for."""
EVERY = 10.0

_log = structlog.get_logger(__name__)


class Unwanted:
    """On the SIP thread only."""

    def __init__(self, counted: Callable[[Why], None]) -> None:
        self._counted = counted
        self._lines = Buckets(1 / EVERY, BURST, 16)
        self._silent: dict[Why, int] = {}

    def note(self, why: Why, source: str, now: float, **more: object) -> None:
        """`source`: address and port it came from; `now`: seconds of a monotonic clock."""
        self._counted(why)
        if not self._lines.take(why, now):
            self._silent[why] = self._silent.get(why, 0) + 1
            return
        more |= {"unlogged": silent} if (silent := self._silent.pop(why, 0)) else {}
        log = _log.info if why in ("challenged", "stale") else _log.warning
        log("sip_unwanted", why=why, source=source, **more)
