"""How urgently somebody waits for a piece of work, known to whatever does it without a word in between.

A claim is carried by the context (`contextvars`), so it reaches the tasks that are begun under it, and the work that
they ask for, through code that knows nothing of it. Raised later, it raises all of that: what waits moves up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum


class Priority(IntEnum):
    """The lower goes first."""

    LIVE = 0
    """The customer waits: the turn is over, or as good as."""
    SPECULATIVE = 1
    """It may be wanted soon: a draft at a pause, the answer planned ahead, the clause after the one that plays."""
    BACKGROUND = 2
    """Nobody waits: captions of somebody who still speaks, stocking the shelf, summaries, figures."""


class Claim:
    """On the work of one purpose. Nothing lowers it again: what was waited for is no longer wanted, or done."""

    def __init__(self, priority: Priority) -> None:
        self.priority = priority

    def raise_to(self, priority: Priority) -> None:
        self.priority = min(self.priority, priority)


_current: ContextVar[Claim | None] = ContextVar("claim", default=None)


@contextmanager
def under(claim: Claim) -> Iterator[Claim]:
    """What is asked for inside, and inside the tasks begun there, is asked for by `claim`."""
    token = _current.set(claim)
    try:
        yield claim
    finally:
        _current.reset(token)


def current() -> Claim:
    """The claim that this context is under; live where nobody said otherwise."""
    return _current.get() or Claim(Priority.LIVE)
