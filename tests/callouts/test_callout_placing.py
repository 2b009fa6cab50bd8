"""When the device dials, and what an attempt is worth that never left it. The calls themselves: tests/device."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.errors import CalloutError, TelephonyError
from runtime.callouts import placing
from runtime.callouts.book import Book
from runtime.callouts.placing import Placing
from runtime.callouts.request import Consent, Outcome, Request, Rules, Window
from runtime.config import Callouts
from runtime.metrics import Metrics
from telephony.accounts import AccountState

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
LOOKS = 12
RULES = Rules("UTC", (Window((1, 2, 3, 4, 5, 6, 7), 0, 24 * 60),))


class Host:
    engines: Any = None

    def __init__(self, room: int) -> None:
        self.metrics = Metrics()
        self.arriving = 0
        self.fits = room

    def room(self) -> int:
        return self.fits

    def note(self, conversation: str, event: object) -> None: ...

    async def have(self, conversation: object) -> None: ...


class Telephone:
    """Nobody can be dialled; each look at the queue begins with one at its accounts."""

    def __init__(self, up: bool = True) -> None:
        self._state = AccountState("trunk", "trunk", "up" if up else "down", "hop", 0)
        self.dialled: list[str] = []
        self.looks = 0

    @property
    def accounts(self) -> dict[str, AccountState]:
        self.looks += 1
        return {"trunk": self._state}

    async def dial(self, number: str, account: str, headers: object, patience: float) -> Any:
        self.dialled.append(number)
        raise TelephonyError("sip.dial", "nothing is connected")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = Book(tmp_path / "callouts.db")
    for name in ("r1", "r2"):
        consent = Consent(("delivery",), 1.0, "form")
        book.add(Request(name, f"C-{name}", f"+3460011122{name[1]}", "delivery", consent, "es", "", ""))
    return book


async def run(book: Book, host: Host, telephone: Telephone, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> None:
    """Until the queue has been looked at many times more often than there is something in it."""
    monkeypatch.setattr(placing, "TICK", 0.01)
    works = Placing(
        host, telephone, book, RULES, Callouts(enabled=True, account="trunk", **settings), lambda: NOW  # type: ignore[arg-type]
    )  # fmt: skip
    running = asyncio.ensure_future(works.run())
    async with asyncio.timeout(30):
        while telephone.looks < LOOKS and not running.done():
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.wait({running})
    assert running.cancelled(), running.exception()


async def test_each_is_dialled_once_and_what_did_not_leave_has_failed(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    telephone, host = Telephone(), Host(room=4)
    await run(book, host, telephone, monkeypatch)
    assert sorted(telephone.dialled) == ["+34600111221", "+34600111222"]
    assert [entry.history.attempts[0].outcome for entry in book.entries()] == ["failed", "failed"]
    assert host.arriving == 0


@pytest.mark.parametrize(("room", "reserve", "dials"), [(0, 0, False), (1, 1, False), (1, 0, True), (2, 1, True)])
async def test_only_where_there_is_room_beside_those_who_call_here(
    book: Book, monkeypatch: pytest.MonkeyPatch, room: int, reserve: int, dials: bool
) -> None:
    telephone = Telephone()
    await run(book, Host(room), telephone, monkeypatch, reserve=reserve)
    assert bool(telephone.dialled) == dials


async def test_a_trunk_that_is_down_costs_nobody_an_attempt(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    telephone = Telephone(up=False)
    await run(book, Host(room=4), telephone, monkeypatch)
    assert telephone.dialled == []
    assert not any(entry.history.attempts for entry in book.entries())


async def test_what_will_never_be_called_loses_its_number(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book.block("customer", "C-r1", NOW, "")
    telephone = Telephone()
    await run(book, Host(room=4), telephone, monkeypatch)
    assert telephone.dialled == ["+34600111222"]
    blocked = book.entry("r1")
    assert blocked is not None
    assert blocked.wiped


class FullDisk(Book):
    """Takes the end of no attempt until there is room again."""

    full = True

    def end(self, attempt: int, now: datetime, outcome: Outcome) -> None:
        if self.full:
            self.full = False
            raise CalloutError("callout.disk", "no space left", retryable=True)
        super().end(attempt, now, outcome)


async def test_an_end_that_could_not_be_written_is_written_later_and_nobody_is_called_before(
    book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "TROUBLE", 0.01)
    telephone = Telephone()
    await run(FullDisk(book.path), Host(room=4), telephone, monkeypatch)
    assert sorted(telephone.dialled) == ["+34600111221", "+34600111222"]
    assert [entry.history.attempts[0].outcome for entry in book.entries()] == ["failed", "failed"]


async def test_what_nothing_foresaw_does_not_end_the_placing(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "TROUBLE", 0.01)

    class Crashing(Telephone):
        async def dial(self, number: str, account: str, headers: object, patience: float) -> Any:
            self.dialled.append(number)
            raise RuntimeError("a fault of ours")

    telephone = Crashing()
    await run(book, Host(room=4), telephone, monkeypatch)
    assert len(telephone.dialled) == 2
    assert [entry.history.attempts[0].outcome for entry in book.entries()] == ["interrupted", "interrupted"]
