"""How a registration goes on after each answer: which proxy next, and when. Pure decisions."""

from dataclasses import dataclass
from typing import Literal

State = Literal["trying", "registered", "refused", "unreachable", "stopped"]

NEXT_PROXY_SECONDS = 1.0
"""Until the next proxy is tried."""
BACK_OFF = (4.0, 300.0)
"""Seconds after the first and, doubling, at most, once every proxy has failed."""
REFUSED_BACK_OFF = (60.0, 3600.0)
"""The same when the registrar does not want us: asking often looks like guessing passwords."""

TEMPORARY = frozenset({408, 480, 491})
"""Below 500, and still no fault of the account's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """To a REGISTER. `code` 408: none came. `expires`, `retry_after` in seconds, 0: not said."""

    code: int
    expires: int = 0
    retry_after: int = 0


@dataclass(frozen=True, slots=True)
class Registration:
    """`proxy`: index of the one in use; `failures` in a row; `code` of the last answer."""

    state: State = "trying"
    proxy: int = 0
    failures: int = 0
    code: int = 0


def after(last: Registration, answer: Answer, proxies: int, jitter: float) -> tuple[Registration, float | None]:
    """What it is now, and the seconds until the next REGISTER; None: it is refreshed in time by itself.

    `proxies`: how many there are to choose from; `jitter`: 0 to 1, so that not all devices come back at once.
    """
    if 200 <= answer.code < 300:
        return Registration("registered", last.proxy, 0, answer.code), None
    failures = last.failures + 1
    if 300 <= answer.code < 500 and answer.code not in TEMPORARY:
        wait = back_off(failures, REFUSED_BACK_OFF, jitter)
        return Registration("refused", last.proxy, failures, answer.code), max(wait, answer.retry_after)
    proxy = (last.proxy + 1) % proxies
    rounds, untried = divmod(failures, proxies)
    if untried:
        wait = NEXT_PROXY_SECONDS * (0.5 + jitter / 2)
    else:
        wait = max(back_off(rounds, BACK_OFF, jitter), answer.retry_after)
    return Registration("unreachable", proxy, failures, answer.code), wait


def back_off(failures: int, bounds: tuple[float, float], jitter: float) -> float:
    """Seconds after the nth failure (from 1): doubling, and between half of it and all of it."""
    first, most = bounds
    return min(most, first * 2.0 ** min(failures - 1, 30)) * (0.5 + jitter / 2)
