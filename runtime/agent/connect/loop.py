"""The event loop on which all waiting for other systems is done, in a thread of its own: whatever the other side does,
a byte every now and then or nothing at all, what is waited for is given up when its time is over."""

import asyncio
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_ending: set["asyncio.Task[Any]"] = set()
"""What was given up and is still closing what it had open."""


def loop() -> asyncio.AbstractEventLoop:
    """Nothing that blocks may run on it."""
    with _lock:
        return _running()


@cache
def _running() -> asyncio.AbstractEventLoop:
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, name="connect", daemon=True).start()
    return made


def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """What `work` returns. Raises TimeoutError after `seconds`, and what it raises; called from another thread.

    After a TimeoutError `work` goes no step further than to close what it has open, which is not waited for.
    """
    return asyncio.run_coroutine_threadsafe(_within(seconds, work), loop()).result()


async def _within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.ensure_future(work)
    await asyncio.wait({task}, timeout=max(0.0, seconds))
    if task.done():
        return task.result()
    _ending.add(task)
    task.add_done_callback(_ended)
    task.cancel()
    raise TimeoutError


def _ended(task: "asyncio.Task[Any]") -> None:
    _ending.discard(task)
    if not task.cancelled():
        task.exception()  # looked at: nobody waits for it
