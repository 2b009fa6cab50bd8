"""PINs, codes and answers: few guesses, whatever the order, the way and the call they are made in."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import verification
from core.verification import CODE_LASTS, LOCKED, MOST_FAILURES

pytestmark = pytest.mark.unit

NOW = 1_800_000_000.0
PIN = b"4071"


@pytest.fixture(autouse=True, scope="module")
def cheap() -> Iterator[None]:
    """Guesses that cost nothing: there are many here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verification, "_COST", 2)
        patch.setattr(verification, "_BLOCK", 1)
        yield


def bank() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.executescript(verification.SCHEMA)
    verification.keep_secret(db, "ada", "pin", PIN)
    return db


def test_a_secret_is_kept_as_a_hash_of_its_own() -> None:
    db = bank()
    verification.keep_secret(db, "grace", "pin", PIN)
    rows = db.execute("SELECT salt, digest FROM identity_secrets").fetchall()
    assert len({salt for salt, _ in rows}) == len({digest for _, digest in rows}) == 2
    assert PIN not in repr(rows).encode()


def test_who_has_no_secret_is_nobody() -> None:
    db = bank()
    assert verification.check_secret(db, "nobody", "pin", bytes(0), NOW) == "wrong"
    assert verification.check_answers(db, "ada", [""], [""], NOW) == "wrong", (
        "what the bank does not know proves nothing"
    )


@pytest.mark.parametrize(
    ("given_as", "known"),
    [(["1815"], [None]), ([""], [None]), (["1815", ""], ["1815", None]), (["1815"], ()), ([], ()), ([""], [""])],
)
def test_what_is_not_known_of_a_customer_is_no_answer(given_as: list[str], known: list[str | None]) -> None:
    db = bank()
    assert verification.check_answers(db, "ada", given_as, known, NOW) == "wrong"
    assert db.execute("SELECT failures FROM identity_failures").fetchall() == [(1,)]


def test_a_code_is_good_once_and_the_last_one_only() -> None:
    db = bank()
    first = verification.new_code(db, "ada", NOW)
    second = verification.new_code(db, "ada", NOW)
    if first != second:
        assert verification.check_code(db, "ada", first, NOW) == "wrong"
    assert verification.check_code(db, "grace", second, NOW) == "wrong", "nor is it good for somebody else"
    assert verification.check_code(db, "ada", second, NOW + CODE_LASTS) == "expired"
    assert verification.check_code(db, "ada", second, NOW + CODE_LASTS - 1) == "ok"
    assert verification.check_code(db, "ada", second, NOW + CODE_LASTS - 1) == "wrong"


def test_a_person_lets_them_in_again() -> None:
    db = bank()
    for _ in range(MOST_FAILURES):
        verification.check_secret(db, "ada", "pin", b"0000", NOW)
    assert verification.check_secret(db, "ada", "pin", PIN, NOW) == "locked"
    verification.unlock(db, "ada")
    assert verification.check_secret(db, "ada", "pin", PIN, NOW) == "ok"


STEPS = st.tuples(st.sampled_from(["pin", "code", "answers"]), st.booleans(), st.sampled_from([0.0, 60.0, LOCKED]))


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=12))
def test_nobody_guesses_more_than_a_few_times(steps: list[tuple[str, bool, float]]) -> None:
    """Against a model of it: failures by kind, a sum that locks, a day that forgets."""
    db, now = bank(), NOW
    failures: dict[str, list[float]] = {}
    for kind, right, wait in steps:
        now += wait
        if failures and now - max(each[-1] for each in failures.values()) >= LOCKED:
            failures = {}
        locked = sum(map(len, failures.values())) >= MOST_FAILURES
        code = "none"
        if kind == "code":
            db.execute("DELETE FROM identity_codes")
            code = verification.new_code(db, "ada", now)
            assert bool(code) != locked
        match kind:
            case "pin":
                outcome: str = verification.check_secret(db, "ada", "pin", PIN if right else b"0000", now)
            case "code":
                outcome = verification.check_code(db, "ada", code if right else "none", now)
            case _:
                outcome = verification.check_answers(db, "ada", ["1815" if right else "1816"], ["1815"], now)
        if locked:
            assert outcome == "locked"
        elif right:
            failures.pop(kind, None)
            assert outcome == "ok"
        else:
            failures.setdefault(kind, []).append(now)
            assert outcome == ("locked" if sum(map(len, failures.values())) >= MOST_FAILURES else "wrong")
