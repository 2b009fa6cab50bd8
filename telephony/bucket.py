"""How often somebody may come: token buckets, one for each source, in bounded memory."""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bucket:
    """`tokens` at the time `at`, seconds of a monotonic clock."""

    tokens: float
    at: float

    def filled(self, rate: float, burst: float, now: float) -> "Bucket":
        """As it is `now`, with `rate` tokens a second and room for `burst`."""
        return Bucket(min(burst, self.tokens + rate * max(0.0, now - self.at)), now)


class Buckets:
    """`rate` a second for each source and a `burst` at once; `sources` are remembered, the longest silent goes."""

    def __init__(self, rate: float, burst: float, sources: int) -> None:
        self._rate = rate
        self._burst = burst
        self._sources = sources
        self._kept: OrderedDict[str, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, source: str, now: float) -> bool:
        """Whether one more is within the limit; if so it counts."""
        bucket = self._kept.get(source, Bucket(self._burst, now)).filled(self._rate, self._burst, now)
        within = bucket.tokens >= 1
        self._kept[source] = Bucket(bucket.tokens - 1, now) if within else bucket
        self._kept.move_to_end(source)
        if len(self._kept) > self._sources:
            self._kept.popitem(last=False)
        return within
