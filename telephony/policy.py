"""Who may call and what they may ask for; pure decisions."""

from dataclasses import dataclass

from telephony.events import Cause
from telephony.outcome import outcome

REFER_STATUS = 603
"""Answer to a REFER to a target that is not listed, and to every INVITE that replaces a call. PJSIP would accept them:
whoever calls could make this device dial anybody, at its owner's cost."""

SUBSCRIBE_STATUS = 403
"""Answer to whoever wants to be told when we are there: PJSIP would keep a subscription for each."""

RETRY_SECONDS = 30

KEYS = frozenset("0123456789*#ABCD")


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a call is turned away."""

    code: int
    retry_after: int


def admit(calls: int, limit: int, *, stopping: bool) -> Refusal | None:
    """Whether one more call may come in while there are `calls`; None: it may."""
    if stopping:
        return Refusal(503, RETRY_SECONDS)
    if calls >= limit:
        return Refusal(486, RETRY_SECONDS)
    return None


def options_answer(calls: int, limit: int, *, stopping: bool, full: bool) -> tuple[int, int]:
    """What OPTIONS is answered with, and after how many seconds to ask again. `full`: the whole device is."""
    if full or admit(calls, limit, stopping=stopping) is not None:
        return 503, RETRY_SECONDS
    return 200, 0


@dataclass(frozen=True, slots=True)
class Load:
    """What the whole device has to do: `going_on` conversations of the `carries` that it can; `full`: no more."""

    going_on: int = 0
    carries: int = 1_000_000
    full: bool = False


def load_told(calls: int, lines: int, load: Load) -> tuple[int, int]:
    """(now, at most), as proxies are told of a device with `calls` on its `lines`. What is full has as many as it
    can."""
    most = max(0, min(lines, load.carries))
    now = max(calls, load.going_on)
    return (max(now, most) if load.full else now), most


def cause_of(
    code: int, *, ours: Cause | None, answered: bool, outgoing: bool, q850: int = 0, silent: bool = False
) -> Cause:
    """Why a call ended, from its last SIP status. `ours`: what we ended it for, if it was us; `silent`: nothing was
    answered, the status is ours."""
    if ours is not None:
        return ours
    if answered:
        return "lost" if code >= 400 else "customer"
    if not outgoing:
        return "customer" if code == 487 else "failed"
    return "failed" if silent else outcome(code, q850)


class Pulse:
    """Tells a dead peer from a silent one: a living one goes on sending packets."""

    def __init__(self, limit: float) -> None:
        """`limit` seconds without a packet; 0 never gives up."""
        self._limit = limit
        self._packets = -1
        self._since = 0.0

    def alive(self, packets: int, now: float) -> bool:
        """`packets` received until `now`, seconds of a monotonic clock."""
        if packets != self._packets:
            self._packets = packets
            self._since = now
        return self._limit <= 0 or now - self._since < self._limit

    def pause(self) -> None:
        """On hold nothing comes: begin anew afterwards."""
        self._packets = -1
