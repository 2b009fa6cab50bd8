"""Both sides change the call at once (491): whoever began it waits longer, then tries again. Pure but for the dice.

RFC 3261, section 14.1.
"""

from collections.abc import Callable
from dataclasses import dataclass

GLARE = 491
TRIES = 4
"""How often a change is tried; then the other side has its way."""


def wait_after_glare(ours: bool, draw: Callable[[], float]) -> float:
    """Seconds until the next try, in steps of 10 ms. `ours`: we made the Call-ID; `draw`: 0 to 1."""
    return (210 + round(draw() * 190)) / 100 if ours else round(draw() * 200) / 100


@dataclass(slots=True)
class Change:
    """A hold or its end that has been asked for and not agreed to. `due`: when to ask again, by the monotonic clock;
    None: it has been sent."""

    hold: bool
    tries: int = 1
    due: float | None = None

    def refused(self, code: int, now: float, *, ours: bool, draw: Callable[[], float]) -> bool:
        """After an answer other than 2xx: whether it will be tried again."""
        if code != GLARE or self.tries >= TRIES:
            return False
        self.tries += 1
        self.due = now + wait_after_glare(ours, draw)
        return True
