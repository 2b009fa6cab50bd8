"""What came from outside and was not served: each is counted, a few are logged. A flood must not fill the disk."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import structlog

from telephony.bucket import Buckets

Why = Literal[
    "full",
    "rate",
    "unknown",
    "challenged",
    "stale",
    "denied",
    "malformed",
    "flood",
    "connections",
    "handshake",
    "sound",
    "certificate",
    "transfer",
    "no_ack",
    "no_sound",
    "held",
    "crossed",
]
"""No line was free; too often; not listed, and nobody can authenticate; asked for a password; asked again, the nonce
was old; the answer was wrong; not SIP, or broken; more messages than are read; more connections than are kept; TLS that
was begun and came to nothing; sound in a call from somebody who is not in it; nobody vouches for the server that we
connect to; somebody in a call wanted us to call somebody else; our answer was not acknowledged; no sound came any more;
on hold for too long; what we wanted of a call crossed with what the other side did."""

BURST = 5.0
"""Lines that are logged at once, for each reason; then one every `EVERY` seconds, which says how many it stands for."""
EVERY = 10.0
SOURCES = 32
"""Whose many messages are told apart in the log."""

CROWD = 16
"""Lines that many sources have at once, together; then one a second."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Dropped:
    """So many packets from a source: "192.0.2.1:5060", or "*" for all who are not told apart."""

    why: Why
    source: str
    count: int


class Unwanted:
    """On the SIP thread only."""

    def __init__(self, counted: Callable[[Why, int], None]) -> None:
        self._counted = counted
        self._lines = Buckets(1 / EVERY, BURST, 16)
        self._silent: dict[Why, int] = {}
        self._many = Buckets(1 / EVERY, 1, 2 * SOURCES)
        self._pace = Buckets(1.0, CROWD, 1)
        self._dropped: dict[tuple[Why, str], int] = {}

    def note(self, why: Why, source: str, now: float, **more: object) -> None:
        """`source`: address and port it came from; `now`: seconds of a monotonic clock."""
        self._counted(why, 1)
        if not self._lines.take(why, now):
            self._silent[why] = self._silent.get(why, 0) + 1
            return
        more |= {"unlogged": silent} if (silent := self._silent.pop(why, 0)) else {}
        log = _log.info if why in ("challenged", "stale") else _log.warning
        log("sip_unwanted", why=why, source=source, **more)

    def count(self, why: Why) -> None:
        """What has a line of its own in the log."""
        self._counted(why, 1)

    def note_many(self, dropped: Iterable[Dropped], now: float) -> None:
        """A line for each source, at most one in `EVERY` seconds; to be called every now and then, if with nothing."""
        for drop in dropped:
            self._counted(drop.why, drop.count)
            key = (drop.why, drop.source)
            key = key if key in self._dropped or len(self._dropped) < SOURCES else (drop.why, "*")
            self._dropped[key] = self._dropped.get(key, 0) + drop.count
        for why, source in list(self._dropped):
            if self._many.take(f"{why} {source}", now) and self._pace.take("", now):
                _log.warning("sip_unwanted", why=why, source=source, count=self._dropped.pop((why, source)))
