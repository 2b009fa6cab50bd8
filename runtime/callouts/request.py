"""A call that is to be placed, and what became of each attempt. Plain values; times are Unix seconds."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from runtime.agent import Language

Outcome = Literal[
    "reached", "message", "declined", "wrong_person", "hung_up", "machine", "busy", "no_answer", "refused", "invalid",
    "failed", "interrupted",
]  # fmt: skip
"""The right person was told; a message was left; somebody wants no such calls; somebody else answered; whoever
answered hung up before it was known who; a machine answered; and, of a call that was not answered, what
`telephony.outcome` says. "interrupted": the device ended in the middle, and how far it was nobody knows."""

FINAL: frozenset[Outcome] = frozenset({"reached", "message", "declined", "invalid"})
"""After these the customer is not called again for the same thing."""

DAY = 24 * 60
"""Minutes."""


class Consent(Struct, frozen=True):
    """What a customer has agreed to be called for (purposes), when, and how that is known ("signed form 12")."""

    purposes: tuple[str, ...]
    at: float
    how: str


class Window(Struct, frozen=True):
    """When calls may be placed, by the customer's own clock. `days`: 1 Monday … 7 Sunday; minutes of the day, `end` not
    included."""

    days: tuple[int, ...]
    start: Annotated[int, Meta(ge=0, lt=DAY)]
    end: Annotated[int, Meta(gt=0, le=DAY)]


class Request(Struct, frozen=True):
    """`number`, `person` and `message` are personal data. Empty or 0: what the rules say."""

    id: str
    customer: str
    """Who, as the company's own system calls them."""
    number: str
    """E.164, or a SIP URI."""
    purpose: str
    """One word that consent is given to: "delivery", "offers"."""
    consent: Consent | None
    language: Language
    why: str
    """Said to whoever answers: what the call is about, and nothing personal."""
    message: str
    """Said once the right person is there; may be personal."""
    person: str = ""
    """Whom to ask for; "": whoever answers is right."""
    added: float = 0.0
    not_before: float = 0.0
    expires: float = 0.0
    """When there is no point in it any more; 0: never."""
    zone: str = ""
    windows: tuple[Window, ...] = ()
    attempts: int = 0


class Attempt(Struct, frozen=True):
    """`ended` is None while it goes on."""

    began: float
    ended: float | None = None
    outcome: Outcome | None = None


class History(Struct, frozen=True):
    """What is known beside the request. `attempts`: of it, oldest first; `calls`: when the customer was called at all,
    for whatever reason."""

    attempts: tuple[Attempt, ...] = ()
    calls: tuple[float, ...] = ()
    blocked: bool = False
    cancelled: bool = False


class Rules(Struct, frozen=True):
    """The device's own. `pauses`: seconds after an attempt that ended so; `jitter`: of them, more or less."""

    zone: str
    windows: tuple[Window, ...]
    holidays: frozenset[date] = frozenset()
    attempts: int = 3
    per_day: int = 2
    pauses: Mapping[Outcome, float] = {}
    jitter: float = 0.2
