"""May somebody be called now? Checked over time zones, summer time, holidays and any history."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.errors import CalloutError
from runtime.callouts.request import DAY, FINAL, Attempt, Consent, History, Outcome, Request, Rules, Window
from runtime.callouts.rules import Never, NotBefore, Now, admit, may_call, spacing
from runtime.callouts.windows import is_open, next_day, next_open

pytestmark = pytest.mark.unit

ZONES = (
    "Europe/Madrid", "Atlantic/Canary", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Auckland",
    "Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham", "Africa/Casablanca", "UTC",
)  # fmt: skip
MADRID = ZoneInfo("Europe/Madrid")
WEEKDAYS = (Window((1, 2, 3, 4, 5), 9 * 60, 21 * 60),)
OUTCOMES: tuple[Outcome, ...] = (
    "reached", "message", "declined", "wrong_person", "hung_up", "machine", "busy", "no_answer", "refused", "invalid",
    "failed", "interrupted",
)  # fmt: skip
PAUSES: dict[Outcome, float] = {"busy": 600.0, "no_answer": 7200.0, "failed": 60.0}
RULES = Rules("Europe/Madrid", WEEKDAYS, pauses=PAUSES)
CONSENT = Consent(("delivery",), datetime(2026, 1, 2, tzinfo=UTC).timestamp(), "signed form 12")


def asked(**more: object) -> Request:
    return Request(
        "r1", "C-17", "+34600111222", "delivery", CONSENT, "es", "un pedido", "Llega mañana.",
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def madrid(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MADRID)


NOTHING = History()


def verdict(when: str, request: Request | None = None, history: History = NOTHING, rules: Rules = RULES) -> object:
    return may_call(madrid(when), request or asked(), history, rules)


def tried(*attempts: tuple[str, Outcome]) -> History:
    made = tuple(Attempt(madrid(when).timestamp(), madrid(when).timestamp() + 30, how) for when, how in attempts)
    return History(made, tuple(attempt.began for attempt in made))


def test_within_the_hours_it_may() -> None:
    assert verdict("2026-11-25T10:00") == Now()


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-25T07:59", "2026-11-25T09:00"),
        ("2026-11-25T21:00", "2026-11-26T09:00"),
        ("2026-11-27T22:00", "2026-11-30T09:00"),  # over the weekend
    ],
)
def test_outside_of_the_hours_it_waits_for_them(now: str, then: str) -> None:
    assert verdict(now) == NotBefore(madrid(then).astimezone(UTC), "hours")


def test_a_holiday_is_no_day() -> None:
    rules = Rules("Europe/Madrid", WEEKDAYS, frozenset({date(2026, 12, 8)}))
    assert verdict("2026-12-08T12:00", rules=rules) == NotBefore(madrid("2026-12-09T09:00").astimezone(UTC), "hours")


def test_the_customer_s_own_clock_counts() -> None:
    assert isinstance(verdict("2026-11-25T09:30", asked(zone="America/New_York")), NotBefore)
    assert verdict("2026-11-25T20:30", asked(zone="America/New_York")) == Now()


def test_who_is_on_the_list_is_never_called_whatever_else() -> None:
    assert verdict("2026-11-25T10:00", history=History(blocked=True)) == Never("blocked")
    assert verdict("2026-11-25T10:00", asked(attempts=9), History(blocked=True, cancelled=True)) == Never("blocked")


@pytest.mark.parametrize(
    "consent",
    [
        None,
        Consent((), CONSENT.at, CONSENT.how),
        Consent(("offers",), CONSENT.at, CONSENT.how),
        Consent(("delivery",), 0.0, CONSENT.how),
        Consent(("delivery",), CONSENT.at, "  "),
    ],
)
def test_nobody_is_called_who_has_not_agreed_to_just_this(consent: Consent | None) -> None:
    request = Request("r1", "C-17", "+34600111222", "delivery", consent, "es", "", "")
    assert may_call(madrid("2026-11-25T10:00"), request, History(), RULES) == Never("consent")
    with pytest.raises(CalloutError) as caught:
        admit(madrid("2026-11-25T10:00"), request)
    assert caught.value.code == "callout.consent"


def test_a_consent_of_tomorrow_is_none_yet() -> None:
    with pytest.raises(CalloutError, match="clock"):
        admit(datetime(2026, 1, 1, tzinfo=UTC), asked())
    assert isinstance(may_call(datetime(2026, 1, 1, 12, tzinfo=UTC), asked(), History(), RULES), NotBefore)


def test_what_has_expired_is_not_queued() -> None:
    with pytest.raises(CalloutError) as caught:
        admit(madrid("2026-11-25T10:00"), asked(expires=madrid("2026-11-25T10:00").timestamp()))
    assert caught.value.code == "callout.expired"
    late = asked(expires=madrid("2026-11-25T23:00").timestamp())
    assert verdict("2026-11-25T22:00", late) == Never("expired")  # before the next morning


def test_busy_is_tried_soon_and_no_answer_later() -> None:
    busy, silent = tried(("2026-11-25T10:00", "busy")), tried(("2026-11-25T10:00", "no_answer"))
    soon, later = verdict("2026-11-25T10:01", history=busy), verdict("2026-11-25T10:01", history=silent)
    assert isinstance(soon, NotBefore)
    assert isinstance(later, NotBefore)
    assert soon.why == later.why == "spacing"
    ended = madrid("2026-11-25T10:00:30")
    assert timedelta(seconds=480) <= soon.when - ended <= timedelta(seconds=720)
    assert timedelta(seconds=5_760) <= later.when - ended <= timedelta(seconds=8_640)


def test_so_many_attempts_and_no_more() -> None:
    history = tried(*((f"2026-11-2{day}T10:00", "no_answer") for day in (3, 4, 5)))
    assert verdict("2026-11-26T10:00", history=history) == Never("attempts")
    assert verdict("2026-11-26T10:00", asked(attempts=4), history) == Now()


def test_so_many_calls_a_day_whatever_they_are_about() -> None:
    calls = tuple(madrid(f"2026-11-25T{hour}:00").timestamp() for hour in ("09", "10"))
    found = verdict("2026-11-25T12:00", history=History(calls=calls))
    assert found == NotBefore(madrid("2026-11-26T09:00").astimezone(UTC), "hours")
    assert verdict("2026-11-26T12:00", history=History(calls=calls)) == Now()


@pytest.mark.parametrize("outcome", sorted(FINAL))
def test_what_is_done_is_done(outcome: Outcome) -> None:
    assert verdict("2026-11-26T10:00", history=tried(("2026-11-25T10:00", outcome))) == Never("done")


def test_a_call_that_goes_on_is_not_placed_again() -> None:
    going_on = History((Attempt(madrid("2026-11-25T10:00").timestamp()),))
    assert isinstance(verdict("2026-11-25T10:00", history=going_on), NotBefore)


def test_a_clock_that_was_set_back_calls_nobody_early() -> None:
    assert isinstance(verdict("2026-11-25T10:00", asked(added=madrid("2026-11-25T11:00").timestamp())), NotBefore)


def test_hours_that_begin_where_the_clock_jumps_over_them() -> None:
    """On 29 March 2026 02:00 is 03:00 in Madrid."""
    night = (Window((7,), 2 * 60 + 30, 4 * 60),)
    assert next_open(madrid("2026-03-29T01:00"), MADRID, night, ()) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_hours_that_come_twice_when_the_clock_goes_back() -> None:
    """On 25 October 2026 02:30 comes at 00:30 and at 01:30 UTC."""
    night = (Window((7,), 2 * 60 + 30, 3 * 60),)
    assert next_open(datetime(2026, 10, 25, 0, 0, tzinfo=UTC), MADRID, night, ()) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
    assert next_open(datetime(2026, 10, 25, 1, 5, tzinfo=UTC), MADRID, night, ()) == datetime(
        2026, 10, 25, 1, 30, tzinfo=UTC
    )


def windows() -> st.SearchStrategy[tuple[Window, ...]]:
    days = st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True).map(tuple)
    spans = st.tuples(st.integers(0, DAY - 1), st.integers(1, DAY)).filter(lambda span: span[0] < span[1])
    window = st.tuples(days, spans).map(lambda made: Window(made[0], *made[1]))
    return st.lists(window, min_size=1, max_size=3).map(tuple)


YEAR = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
CHANGES = ((3, 29), (10, 25), (3, 8), (11, 1), (4, 4), (4, 5), (9, 26), (10, 4), (2, 15), (3, 22))
TURNS = st.sampled_from([datetime(2026, month, day, tzinfo=UTC) for month, day in CHANGES])
MOMENTS = st.one_of(
    YEAR, st.tuples(TURNS, st.integers(-24 * 60, 48 * 60)).map(lambda made: made[0] + timedelta(minutes=made[1]))
)
HOLIDAYS = st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20)


@settings(max_examples=300, deadline=None)
@given(MOMENTS, st.sampled_from(ZONES), windows(), HOLIDAYS, st.integers(1, 600))
def test_the_next_opening_is_open_and_nothing_before_it_is(
    at: datetime, name: str, hours: tuple[Window, ...], holidays: frozenset[date], step: int
) -> None:
    zone = ZoneInfo(name)
    opening = next_open(at, zone, hours, holidays)
    assume(opening is not None)
    assert opening is not None
    assert opening >= at
    assert is_open(opening, zone, hours, holidays)
    if opening > at:
        assert not is_open(opening - timedelta(seconds=1), zone, hours, holidays)
        between = (at + timedelta(minutes=step * n) for n in range(60))
        assert not any(is_open(moment, zone, hours, holidays) for moment in between if moment < opening)


@given(MOMENTS, st.sampled_from(ZONES))
def test_the_next_day_begins_just_then(at: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    following = next_day(at, zone)
    assert following > at
    assert following.astimezone(zone).date() == at.astimezone(zone).date() + timedelta(days=1)
    assert (following - timedelta(seconds=1)).astimezone(zone).date() == at.astimezone(zone).date()


ATTEMPTS = st.lists(st.tuples(st.integers(0, 20 * 24 * 60), st.sampled_from(OUTCOMES)), max_size=5)


@settings(max_examples=300, deadline=None)
@given(
    MOMENTS, st.sampled_from(ZONES), windows(), HOLIDAYS, ATTEMPTS, st.booleans(), st.booleans(),
    st.integers(1, 6), st.integers(1, 3), st.integers(-2, 40),
)  # fmt: skip
def test_whatever_has_been_the_answer_keeps_the_rules(
    now: datetime, name: str, hours: tuple[Window, ...], holidays: frozenset[date],
    attempts: list[tuple[int, Outcome]], blocked: bool, cancelled: bool, most: int, per_day: int, expires: int,
) -> None:  # fmt: skip
    zone = ZoneInfo(name)
    made = tuple(
        Attempt(began, began + 60, outcome)
        for began, outcome in sorted(((now - timedelta(minutes=ago)).timestamp(), outcome) for ago, outcome in attempts)
    )
    history = History(made, tuple(attempt.began for attempt in made), blocked, cancelled)
    rules = Rules(name, hours, holidays, most, per_day, PAUSES)
    request = asked(expires=(now + timedelta(days=expires)).timestamp() if expires > 0 else 0.0)
    found = may_call(now, request, history, rules)
    assert found == may_call(now, request, history, rules)
    done = any(attempt.outcome in FINAL for attempt in made)
    if blocked or cancelled or done or len(made) >= most:
        assert isinstance(found, Never)
    if isinstance(found, Now):
        assert is_open(now, zone, hours, holidays)
        today = now.astimezone(zone).date()
        assert sum(datetime.fromtimestamp(a.began, zone).date() == today for a in made) < per_day
    if isinstance(found, NotBefore):
        assert found.when > now
        assert may_call(found.when, request, history, rules) == Now()
        before = may_call(found.when - timedelta(seconds=1), request, history, rules)
        assert found.when - timedelta(seconds=1) <= now or isinstance(before, NotBefore)


@given(st.text(min_size=1), st.integers(1, 9), st.sampled_from(OUTCOMES))
def test_no_two_come_back_at_once_and_each_keeps_its_turn(name: str, attempt: int, outcome: Outcome) -> None:
    request = Request(name, "C-17", "+34600111222", "delivery", CONSENT, "es", "", "")
    wait = spacing(request, attempt, outcome, RULES)
    assert wait == spacing(request, attempt, outcome, RULES)
    assert 0.8 * PAUSES.get(outcome, 3600) <= wait <= 1.2 * PAUSES.get(outcome, 3600)
