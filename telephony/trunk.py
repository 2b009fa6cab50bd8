"""Is the other end of a trunk there? It is asked with OPTIONS, and so is a registrar. Pure decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

MISSES = 2
"""Answers missed in a row until somebody who was there is gone: one packet may be lost."""
NOT_THERE = frozenset({408, 502, 503, 504})
"""Answers that say that no call would get through; 408 is also ours when there is none. All others show life."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One hop. `code`: of its last answer; `misses` in a row."""

    state: Literal["trying", "up", "down"] = "trying"
    misses: int = 0
    code: int = 0


def heard(last: Peer, code: int) -> Peer:
    """What it is after an answer to OPTIONS."""
    if code >= 200 and code not in NOT_THERE:
        return Peer("up", 0, code)
    misses = last.misses + 1
    return Peer("down" if last.state != "up" or misses >= MISSES else "up", misses, code)


def pause(peer: Peer, interval: float, jitter: float) -> float:
    """Seconds until it is asked again: `interval` and a tenth more or less; a quarter after a missed answer.

    `jitter`: 0 to 1.
    """
    return (interval / 4 if peer.state == "up" and peer.misses else interval) * (0.9 + 0.2 * jitter)


def first_up(peers: Sequence[Peer]) -> int | None:
    """Which hop calls go through: the first that is up; None: nobody is."""
    return next((place for place, peer in enumerate(peers) if peer.state == "up"), None)
