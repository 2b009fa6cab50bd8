"""A card number is keyed in, after it was said aloud: then every byte that the device has written is looked through."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.places import cache_home
from runtime.bench.device import Device, device
from runtime.bench.questions import spoken
from runtime.events import Dtmf, Event, HungUp, Kept, Replied, UserSaid
from tests.device.caller import calling, events_of
from tests.paying_pack import paying_pack

pytestmark = [pytest.mark.device, pytest.mark.timeout(300)]

CARD = "4539148803436467"
ALOUD = "Four five three nine, one four eight eight, zero three four three, six four six seven."
WINDOW = 6
"""Digits in a row that would give it away."""


def waits_for_a_secret(event: Event) -> bool:
    return isinstance(event, Replied) and event.state.expect.kind == "secret"


def traces(card: str) -> list[bytes]:
    """Every way in which a part of it could lie in a file."""
    parts = [card[at : at + WINDOW] for at in range(len(card) - WINDOW + 1)]
    joints = ("", " ", "-", ",", ", ", "\n", "','", '","', "', '", '", "')
    texts = [joint.join(part) for part in parts for joint in joints]
    texts += [f"{card[at : at + 4]}{joint}{card[at + 4 : at + 8]}" for at in (0, 4, 8) for joint in (" ", "-", ".")]
    return [text.encode(code) for text in texts for code in ("utf-8", "utf-16-le", "utf-16-be")]


@pytest.fixture
async def paying(tmp_path: Path) -> AsyncIterator[Device]:
    """All that it writes lies below its home, or in the cache."""
    pack = paying_pack(tmp_path)
    toml = (
        f'[agent]\npack = "{pack}"\nlanguage = "en"\n[payments]\nprovider = "local"\n'
        '[log]\nformat = "json"\nlevel = "debug"\n'
    )
    home = tmp_path / "written"
    (home / "tmp").mkdir(parents=True)
    (home / "cache").mkdir()
    for kept in cache_home().glob("*"):
        (home / "cache" / kept.name).symlink_to(kept)  # what was made before the call is not made again
    own = {"HOME": str(home), "TMPDIR": str(home / "tmp"), "XDG_STATE_HOME": str(home), "XDG_DATA_HOME": str(home)}
    async with device(toml, own) as running:
        yield running


async def test_a_card_number_is_in_nothing_that_the_device_writes(paying: Device, tmp_path: Path) -> None:
    began = time.time()
    async with calling(paying) as caller:
        with spoken(("What is your address?", ALOUD, "What are your opening hours on Saturday?")) as files:
            await asyncio.sleep(2.0)
            await caller.say(files[0])
            await events_of(paying, waits_for_a_secret)
            await caller.say(files[1])
            await caller.press(CARD[:4])
            await caller.press(f"{CARD[4:]}#")
            events = await events_of(paying, lambda event: isinstance(event, Kept))
            [kept] = [event for event in events if isinstance(event, Kept)]
            assert in_memory(paying.process.pid, kept.token), "the search finds what is there"
            assert not any(in_memory(paying.process.pid, CARD[at : at + 8]) for at in (0, 4, 8))
            nothing_in(written(paying, began))  # the write-ahead log among them
            await caller.say(files[2])
            await events_of(paying, lambda event: isinstance(event, Replied) and event.intent == "hours")
    events = await events_of(paying, lambda event: isinstance(event, HungUp))
    limits = Path(f"/proc/{paying.process.pid}/limits").read_text()
    assert await paying.stop() == 0, paying.log.read_text()[-2000:]

    assert (kept.digits, kept.why) == (len(CARD), "")
    assert kept.token
    keys = "".join(event.digit for event in events if isinstance(event, Dtmf))
    assert keys == "•" * len(CARD) + "#", "as separate keys neither"
    said = [event.text for event in events if isinstance(event, UserSaid)]
    assert len(said) == 2, f"what was said meanwhile was heard: {said}"
    assert "Max core file size        0                    0" in limits

    files = written(paying, began)
    assert {"journal.db", "device.log"} <= {path.name for path in files}
    nothing_in(files)
    assert kept.token.encode() in (paying.home / "journal.db").read_bytes(), "the search finds what is there"


def written(running: Device, since: float) -> list[Path]:
    """Below its home, and what is new in the cache that it shares."""
    files = [path for path in running.home.rglob("*") if path.is_file()]
    return files + [path for path in cache_home().rglob("*") if path.is_file() and path.stat().st_mtime >= since]


def nothing_in(files: list[Path]) -> None:
    for path in files:
        content = path.read_bytes()
        for trace in traces(CARD):
            assert trace not in content, f"{path} holds {trace!r}"


def in_memory(pid: int, text: str) -> bool:
    """Whether `text` lies in the writable memory of a process, in any of the widths that Python and C use."""
    wanted = [text.encode(code) for code in ("utf-8", "utf-16-le", "utf-32-le")]
    try:
        with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
            for line in maps:
                span, rights, *_ = line.split()
                if not rights.startswith("rw"):
                    continue
                start, end = (int(bound, 16) for bound in span.split("-"))
                memory.seek(start)
                try:
                    content = memory.read(end - start)
                except OSError:
                    continue  # no memory of its own
                if any(each in content for each in wanted):
                    return True
    except PermissionError:
        pytest.skip("only root may look into it: as it should be")
    return False
