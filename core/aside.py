"""Waiting for another machine without holding up who else wants the thread's turn.

Code that is about to wait says so (`with aside():`) and knows nothing of threads; whoever runs it (`leaving`) lets
others go on meanwhile, and has it wait for its turn before it goes on.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

Leave = Callable[[], AbstractContextManager[None]]

_leave: ContextVar[Leave] = ContextVar("aside", default=nullcontext)


def aside() -> AbstractContextManager[None]:
    """The time inside is spent waiting. Raises MostradorError where too many wait already."""
    return _leave.get()()


@contextmanager
def leaving(leave: Leave) -> Iterator[None]:
    """What runs inside leaves its turn by `leave` when it waits."""
    token = _leave.set(leave)
    try:
        yield
    finally:
        _leave.reset(token)
