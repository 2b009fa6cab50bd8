"""What happens in a call, and the causes it can end with."""

from dataclasses import dataclass
from typing import Literal

Cause = Literal[
    "customer", "goodbye", "lost", "stopping", "transferred", "busy", "no_answer", "refused", "invalid", "failed"
]  # fmt: skip
"""Why a call ended: the other side ended it, we did, nothing more came from the other side, we are shutting down, it
went on to somebody else; and for a call that never was: busy here or there, nobody answered, refused, there is no such
number, it could not be set up (which may pass). `telephony.outcome` says which status is which."""


@dataclass(frozen=True, slots=True)
class Trying:
    """Of a call that we place: it is on its way through `hop`, "": straight there. Again when the next one is tried.

    `call_id`: its Call-ID from here on.
    """

    hop: str
    call_id: str


@dataclass(frozen=True, slots=True)
class Ringing:
    """It rings there (180)."""


@dataclass(frozen=True, slots=True)
class EarlyMedia:
    """There is something to hear before anybody has answered: the network's tone or announcement (183)."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The call is up both ways."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """One of 0-9, *, #, A-D, by RFC 4733 or SIP INFO; or what stands for it while keys are hidden."""

    digit: str


@dataclass(frozen=True, slots=True)
class Hold:
    """The call was put on hold, or (`on` False) taken back: while it lasts nothing is heard, and what is played waits.

    `ours`: by us. RFC 3264, section 8.4.
    """

    on: bool
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Transferring:
    """A transfer that we asked for goes on: 100 when the other side has accepted it, then the SIP status of the call
    that it makes (RFC 3515). `final`: no more will come; where no 100 came before, the other side has refused."""

    code: int
    final: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The last event of every call. `code`: the SIP status (200 for a normal end, 0 when there was none); `q850`: what
    the telephone network says of a call that was not answered (ITU-T Q.850), 0: nothing."""

    cause: Cause
    code: int
    q850: int = 0


CallEvent = Trying | Ringing | EarlyMedia | Answered | KeyPressed | Hold | Transferring | Ended
