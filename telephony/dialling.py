"""A call on its way out: by which hops it may go, what has been heard of it, how long it may ring."""

from collections import deque
from dataclasses import dataclass, field
from typing import Any

from telephony.outcome import q850_in, worth_another_hop

RING_SECONDS = 60.0
"""How long it may ring there unless somebody says otherwise; then it is cancelled."""


@dataclass(frozen=True, slots=True)
class Route:
    """One way to somebody: PJSIP's account, the URI to ask for, and the hop that it goes through ("": straight)."""

    account: Any
    uri: str
    hop: str = ""


@dataclass(slots=True)
class Dialling:
    """`until`: when we give up, by the monotonic clock."""

    routes: deque[Route]
    until: float
    headers: tuple[tuple[str, str], ...] = ()
    """Of ours, in the INVITE."""
    code: int = 0
    """Of the last response that really came."""
    q850: int = 0
    rang: bool = False
    """A provisional response beyond 100 came: somebody has been found."""
    told: set[type[object]] = field(default_factory=set)
    """Which of "it rings" and "there is sound" the listener knows of."""

    @property
    def silent(self) -> bool:
        """Nobody has answered anything: nobody's telephone has rung."""
        return self.code == 0

    def heard(self, code: int, message: str) -> None:
        """A response to the INVITE."""
        self.code = code
        self.rang = self.rang or 100 < code < 200
        if code >= 300:
            self.q850 = q850_in(message)

    def again(self, code: int, now: float) -> bool:
        """Whether the first of `routes` is to be tried now that it has failed with `code`; else it has ended."""
        if not self.routes or now >= self.until:
            return False
        if not worth_another_hop(code, rang=self.rang, silent=self.silent):
            return False
        self.code = self.q850 = 0
        return True
