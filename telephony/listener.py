"""What the SIP thread tells the others: plain values, through a `Listener`."""

from dataclasses import dataclass
from typing import Any, Protocol

from telephony.accounts import AccountState
from telephony.callerid import Caller
from telephony.events import CallEvent


@dataclass(frozen=True, slots=True)
class Leg:
    """A call as the other threads know it. `port`: its ring port; `account`: by which it came or goes, "": none;
    `caller` and `called`: of a call that came in."""

    number: int
    call_id: str
    remote: str
    local: str
    outgoing: bool
    port: Any
    caller: Caller
    called: tuple[str, ...]
    account: str = ""


@dataclass(frozen=True, slots=True)
class Quality:
    """Of the sound of a call so far. `rtt`, `jitter` in seconds; `lost` of the packets that should have come."""

    codec: str
    received: int
    lost: int
    jitter: float
    rtt: float


class Listener(Protocol):
    """All are called on the SIP thread."""

    def called(self, leg: Leg) -> None: ...

    def happened(self, number: int, event: CallEvent) -> None: ...

    def account_changed(self, state: AccountState) -> None: ...
