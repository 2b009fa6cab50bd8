"""The answer that is made ready at a pause, in case the turn is over. Pure work only, so that it can be dropped."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from core.claims import Claim, Priority, under
from runtime.agent import DialogState, Heard, Plan

Foresee = Callable[[Heard, DialogState], Awaitable[Plan]]
"""Plans the answer and prepares its first words; without a side effect, a journal entry or a sound."""


@dataclass(frozen=True, slots=True)
class _Guess:
    """Good only for the same words in the same state."""

    heard: Heard
    state: DialogState
    plan: "asyncio.Task[Plan]"
    claim: Claim

    def fits(self, heard: Heard, state: DialogState) -> bool:
        return (self.heard.text, self.heard.language, self.state) == (heard.text, heard.language, state)


class Speculation:
    """At most one guess at a time."""

    def __init__(self, foresee: Foresee) -> None:
        self._foresee = foresee
        self._guess: _Guess | None = None

    def begin(self, heard: Heard, state: DialogState) -> None:
        """Nothing to do where the same was guessed already."""
        if self._guess is not None and self._guess.fits(heard, state):
            return
        self.drop()
        with under(Claim(Priority.SPECULATIVE)) as claim:
            self._guess = _Guess(heard, state, asyncio.ensure_future(self._foresee(heard, state)), claim)

    def take(self, heard: Heard, state: DialogState) -> "asyncio.Task[Plan] | None":
        """The plan for exactly this, perhaps still being made; the caller's from now on, who waits for it.

        A wrong guess is dropped.
        """
        guess = self._guess
        if guess is not None and guess.fits(heard, state):
            self._guess = None
            guess.claim.raise_to(Priority.LIVE)
            return guess.plan
        self.drop()
        return None

    def drop(self) -> None:
        guess, self._guess = self._guess, None
        if guess is not None:
            guess.plan.cancel()
            guess.plan.add_done_callback(_looked_at)


def _looked_at(task: "asyncio.Task[Plan]") -> None:
    if not task.cancelled():
        task.exception()
