import asyncio
import contextlib
import os
import signal
import sqlite3
import stat
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import JournalError
from runtime import journal
from runtime.events import Attached, Failed, HungUp, Said, UserSaid
from runtime.journal import Journal, Reader
from runtime.metrics import Metrics

pytestmark = pytest.mark.unit

HELLO = Attached(channel="phone", peer="sip:ana@example.com", language="es")


def said(text: str, at: float = 0.0) -> UserSaid:
    return UserSaid(at=at, text=text, language="es", timings={"pause": 0.5, "stt": 0.25})


@pytest.fixture
async def written(tmp_path):
    """A journal with two conversations, closed."""
    path = tmp_path / "journal.db"
    store = Journal.open(path)
    store.append("a1", HELLO)
    store.append("b2", HELLO)
    store.append("a1", said("¿a qué hora abren?", 1.5))
    store.append("a1", Said(at=2.0, text="A las nueve."))
    store.append("a1", HungUp(at=3.0, cause="customer"))
    await store.close()
    return path


async def test_events_come_back_as_they_were(written):
    with Reader(written) as reader:
        assert reader.read("a1") == [
            HELLO,
            said("¿a qué hora abren?", 1.5),
            Said(at=2.0, text="A las nueve."),
            HungUp(at=3.0, cause="customer"),
        ]
        assert reader.read("nobody") == []
        assert [record.seq for record in reader.records("a1")] == [1, 3, 4, 5]
        assert reader.verify() is None


async def test_conversations_are_listed_newest_first(written):
    with Reader(written) as reader:
        newest, oldest = reader.conversations()
        assert (newest.id, newest.turns, newest.outcome) == ("b2", 0, "")
        assert (oldest.id, oldest.turns, oldest.outcome, oldest.channel) == ("a1", 1, "customer", "phone")
        assert oldest.ended >= oldest.began > 1.6e9
        assert [found.id for found in reader.conversations(limit=1)] == ["b2"]
        assert reader.matching("a") == ["a1"]
        assert reader.matching("") == ["b2", "a1"]


async def test_flush_means_it_is_on_the_disk(tmp_path):
    store = Journal.open(tmp_path / "journal.db")
    try:
        for number in range(1000):
            store.append("c", said(str(number)))
        await store.flush()
        with Reader(store.path) as reader:
            assert [event.text for event in reader.read("c")] == [str(number) for number in range(1000)]
            assert reader.verify() is None
    finally:
        await store.close()
    with pytest.raises(JournalError) as caught:
        await store.flush()
    assert caught.value.code == "journal.closed"


async def test_it_goes_on_where_it_ended_and_two_writers_share_one_chain(written):
    one, other = Journal.open(written), Journal.open(written)
    for number in range(50):
        one.append("x", said(f"x{number}"))
        other.append("y", said(f"y{number}"))
        if number % 10 == 0:
            await one.flush()
    await one.close()
    await other.close()
    with Reader(written) as reader:
        assert reader.verify() is None
        assert len(reader.read("x")) == len(reader.read("y")) == 50
        assert len(reader.read("a1")) == 4


@pytest.mark.parametrize(
    ("attack", "bad"),
    [
        ("UPDATE event SET payload = (SELECT payload FROM event WHERE seq = 1) WHERE seq = 3", 3),
        ("UPDATE event SET wall = wall + 1 WHERE seq = 2", 2),
        ("UPDATE event SET conversation = 'z9' WHERE seq = 1", 1),
        ("UPDATE event SET hash = zeroblob(32) WHERE seq = 4", 4),
        ("DELETE FROM event WHERE seq = 3", 3),
        ("DELETE FROM event WHERE seq = 1", 1),
    ],
)
async def test_tampering_is_found_where_it_was_done(written, attack, bad):
    with contextlib.closing(sqlite3.connect(written)) as database, database:
        database.execute(attack)
    with Reader(written) as reader:
        assert reader.verify() == bad


async def test_a_locked_database_never_holds_up_the_loop(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "BUSY_SECONDS", 0.05)
    metrics = Metrics()
    store = Journal.open(tmp_path / "journal.db", metrics)
    with contextlib.closing(sqlite3.connect(store.path, isolation_level=None)) as thief:
        thief.execute("BEGIN IMMEDIATE")
        for number in range(100):  # on the loop: were it to wait for the lock, it would wait for ever
            store.append("c", said(str(number)))
        with pytest.raises(JournalError) as caught:
            await store.flush()
        assert caught.value.code == "journal.locked"
        assert caught.value.retryable
        thief.execute("ROLLBACK")
    await store.flush()
    await store.close()
    assert metrics.registry.get_sample_value("mostrador_failures_total", {"code": "journal.locked"}) >= 1
    with Reader(store.path) as reader:
        assert len(reader.read("c")) == 100


async def test_an_overflow_is_counted_and_leaves_its_mark(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "BUSY_SECONDS", 0.05)
    monkeypatch.setattr(journal, "WAITING", 8)
    monkeypatch.setattr(journal, "BATCH", 2)
    metrics = Metrics()
    store = Journal.open(tmp_path / "journal.db", metrics)
    with contextlib.closing(sqlite3.connect(store.path, isolation_level=None)) as thief:
        thief.execute("BEGIN IMMEDIATE")
        for number in range(40):
            store.append("c", said(str(number)))
        thief.execute("ROLLBACK")
    dropped = metrics.registry.get_sample_value("mostrador_dropped_total", {"queue": "journal"})
    assert dropped >= 40 - 8 - 2
    while not store._queue.empty():
        await asyncio.sleep(0.01)
    store.append("c", said("after"))
    await store.close()
    with Reader(store.path) as reader:
        found = reader.read("c")
        gaps = [event for event in found if isinstance(event, Failed)]
        assert sum(int(gap.message.removesuffix(" events lost")) for gap in gaps) == dropped
        assert len(found) - len(gaps) + dropped == 41
        assert found[-1].text == "after"
        assert reader.verify() is None


FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
from core.errors import JournalError
from runtime import log
from runtime.config import Log
from runtime.events import UserSaid
from runtime.journal import Journal, Reader

async def main(path):
    log.setup(Log())
    store = Journal.open(path)
    store.append("c", UserSaid(text="before", language="es"))
    await store.flush()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, hard))
    for n in range(50):
        store.append("c", UserSaid(text="x" * 5000, language="es"))
    try:
        await store.flush()
    except JournalError as error:
        print(error.code)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    await store.flush()
    await store.close()
    with Reader(path) as reader:
        print(len(reader.read("c")), reader.verify())

asyncio.run(main(Path(sys.argv[1])))
"""


def test_a_disk_that_takes_no_more_is_told_and_outlived(tmp_path):
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path / "journal.db")]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["journal.disk", "51", "None"], done.stderr
    assert "journal_write_failed" in done.stderr


KILLED = """
import asyncio, sys
from pathlib import Path
from runtime.events import UserSaid
from runtime.journal import Journal

async def main():
    store = Journal.open(Path(sys.argv[1]))
    n = 0
    while True:
        for _ in range(7):
            store.append("c", UserSaid(text=str(n), language="es"))
            n += 1
        await store.flush()
        print(n, flush=True)
        store.append("c", UserSaid(text=str(n), language="es"))
        n += 1

asyncio.run(main())
"""


def test_what_was_flushed_survives_kill_9(tmp_path):
    path = tmp_path / "journal.db"
    for _ in range(3):
        before = 0
        if path.exists():
            with Reader(path) as reader:
                before = len(reader.read("c"))
        writer = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True)
        assert writer.stdout
        flushed = [int(writer.stdout.readline()) for _ in range(20)]
        os.kill(writer.pid, signal.SIGKILL)
        flushed += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
        writer.wait()
        writer.stdout.close()
        with Reader(path) as reader:
            texts = [event.text for event in reader.read("c")][before:]
            assert reader.verify() is None
        assert len(texts) >= flushed[-1]
        assert texts == [str(number) for number in range(len(texts))]


async def test_personal_data_is_for_the_owner_alone(tmp_path):
    store = Journal.open(tmp_path / "deep" / "journal.db")
    store.append("a", HELLO)
    await store.close()
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


def test_what_is_no_journal_is_refused_by_name(tmp_path):
    with pytest.raises(JournalError) as caught:
        Reader(tmp_path / "journal.db")
    assert caught.value.code == "journal.missing"

    (tmp_path / "text.db").write_text("this is not a database, it is a letter\n" * 100)
    for opener in (Journal.open, Reader):
        with pytest.raises(JournalError) as caught:
            opener(tmp_path / "text.db")
        assert caught.value.code == "journal.corrupt"

    with contextlib.closing(sqlite3.connect(tmp_path / "newer.db")) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(JournalError) as caught:
        Journal.open(tmp_path / "newer.db")
    assert caught.value.code == "journal.version"

    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError) as caught:
        Journal.open(tmp_path / "file" / "journal.db")
    assert caught.value.code == "journal.unwritable"


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=8), st.text(), st.floats(allow_nan=False, allow_infinity=False)), max_size=30)
)
def test_any_events_keep_order_and_chain(tmp_path_factory, entries):
    path = tmp_path_factory.mktemp("journal") / "journal.db"

    async def write() -> None:
        store = Journal.open(path)
        for conversation, text, at in entries:
            store.append(conversation, said(text, at))
        await store.close()

    asyncio.run(write())
    with Reader(path) as reader:
        assert reader.verify() is None
        for name in {entry[0] for entry in entries}:
            assert reader.read(name) == [said(text, at) for own, text, at in entries if own == name]
