"""May somebody be called, and when? Pure: the same answer to the same question, at any time and on any machine."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.errors import CalloutError
from runtime.callouts.request import FINAL, Attempt, History, Outcome, Request, Rules
from runtime.callouts.windows import next_day, next_open, zone_of

PAUSE = 3600.0
"""Seconds until the next attempt where the rules say nothing about how the last one ended."""


@dataclass(frozen=True, slots=True)
class Now:
    """It may be called."""


@dataclass(frozen=True, slots=True)
class NotBefore:
    """Not yet; `why`: "clock", "asked", "spacing", "per_day", "hours", "going_on"."""

    when: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Never:
    """Not for this; `why`: "blocked", "consent", "cancelled", "done", "attempts", "expired", "hours"."""

    why: str


Verdict = Now | NotBefore | Never

GOING_ON = timedelta(hours=1)


def may_call(now: datetime, request: Request, history: History, rules: Rules) -> Verdict:
    """`now` knows its zone. A `NotBefore` is the first moment at which, if nothing happens, the answer is `Now`, but
    where a call is going on."""
    if (why := refusal(request, history, rules)) is not None:
        return Never(why)
    if any(attempt.outcome is None for attempt in history.attempts):
        return NotBefore(now + GOING_ON, "going_on")
    zone, windows = zone_of(request.zone or rules.zone), request.windows or rules.windows
    expires = datetime.fromtimestamp(request.expires, UTC) if request.expires else None
    earliest, why = now, ""
    for moment, reason in _waits(request, history, rules):
        if moment > earliest:
            earliest, why = moment, reason
    while True:
        free = _free_day(earliest, history, rules, zone)
        opening = next_open(free, zone, windows, rules.holidays)
        if opening is None:
            return Never("hours")
        why = "per_day" if free > earliest else why
        why = "hours" if opening > free else why
        if opening == earliest:
            break
        earliest = opening
    if expires is not None and earliest >= expires:
        return Never("expired")
    return Now() if earliest <= now else NotBefore(earliest, why)


def refusal(request: Request, history: History, rules: Rules) -> str | None:
    """Why it will never be; what has been forbidden comes before everything else."""
    if history.blocked:
        return "blocked"
    if not consents(request):
        return "consent"
    if history.cancelled:
        return "cancelled"
    if any(attempt.outcome in FINAL for attempt in history.attempts):
        return "done"
    if len(history.attempts) >= (request.attempts or rules.attempts):
        return "attempts"
    return None


def consents(request: Request) -> bool:
    """Whether the customer has agreed to be called for just this, and it is known how and when."""
    consent = request.consent
    return consent is not None and request.purpose in consent.purposes and consent.at > 0 and bool(consent.how.strip())


def admit(now: datetime, request: Request) -> None:
    """Raises CalloutError where a request may not even be queued."""
    if not consents(request):
        raise CalloutError(
            "callout.consent",
            f"{request.customer} has not agreed to be called for {request.purpose!r}: give the consent, with its day "
            "and how it was obtained",
        )
    assert request.consent is not None
    if request.consent.at > now.timestamp():
        raise CalloutError("callout.consent", "the consent is of a day to come: look at its date, and at this clock")
    if request.expires and request.expires <= now.timestamp():
        raise CalloutError("callout.expired", "it has expired already: look at --expires, and at this clock")


def spacing(request: Request, attempt: int, outcome: Outcome, rules: Rules) -> float:
    """Seconds to wait after the nth attempt: the rules' pause, moved by a share of it that this attempt always gets, so
    that not all that failed at once come back at once."""
    digest = hashlib.sha256(f"{request.id} {attempt}".encode()).digest()
    share = int.from_bytes(digest[:4]) / 2**31 - 1
    return rules.pauses.get(outcome, PAUSE) * (1 + rules.jitter * share)


def _waits(request: Request, history: History, rules: Rules) -> list[tuple[datetime, str]]:
    waits = [(request.added, "clock"), (request.not_before, "asked")]
    if request.consent is not None:
        waits.append((request.consent.at, "clock"))
    if history.attempts:
        last: Attempt = history.attempts[-1]
        if last.outcome is not None:
            ended = last.began if last.ended is None else max(last.began, last.ended)
            waits.append((ended + spacing(request, len(history.attempts), last.outcome, rules), "spacing"))
    return [(datetime.fromtimestamp(seconds, UTC), why) for seconds, why in waits]


def _free_day(at: datetime, history: History, rules: Rules, zone: ZoneInfo) -> datetime:
    """`at`, or the first moment of a later day, there, on which the customer may be called once more."""
    days = [datetime.fromtimestamp(call, zone).date() for call in history.calls]
    while days.count(at.astimezone(zone).date()) >= rules.per_day:
        at = next_day(at, zone)
    return at
