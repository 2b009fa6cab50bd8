"""Native work off the loop: one small pool a stage, each wait limited."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from core.errors import MostradorError

P = ParamSpec("P")
T = TypeVar("T")

STAGES = {
    # stage: (threads, seconds that a conversation waits for it)
    "stt": (1, 60.0),
    "turn": (1, 5.0),
    "plan": (1, 10.0),
    "commit": (1, 15.0),
    "tts": (1, 20.0),
}
"""One thread where the engine itself uses the cores; a queue is as long as there are conversations, no longer."""


class Workers:
    """`run(stage, f, …)` calls `f` in the stage's pool and waits no longer than the stage's limit."""

    def __init__(self) -> None:
        self._pools = {
            stage: ThreadPoolExecutor(threads, thread_name_prefix=stage) for stage, (threads, _) in STAGES.items()
        }

    async def run(self, stage: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Raises MostradorError("<stage>.timeout", retryable) when the limit passes; what `work` raises otherwise."""
        limit = STAGES[stage][1]
        future = self._pools[stage].submit(work, *args, **kwargs)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), limit)
        except TimeoutError:
            raise MostradorError(f"{stage}.timeout", f"{stage} took longer than {limit:g} s", retryable=True) from None

    def close(self) -> None:
        """Wait for what runs, drop what waits."""
        for pool in self._pools.values():
            pool.shutdown(wait=True, cancel_futures=True)
