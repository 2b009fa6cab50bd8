"""A device whose numbers differ: the conversation follows what was dialled. sipp calls."""

import asyncio
from pathlib import Path

import pytest

from runtime.bench.device import device
from runtime.events import Attached, Said
from runtime.journal import Reader
from tests.sip.phones import run_sipp
from tests.sip.scenario import ack, answered, bye, invite, pause, receive, scenario

pytestmark = [pytest.mark.sip, pytest.mark.timeout(300)]

OWN = "Hello. The machine of the bakery is speaking."


async def test_language_and_greeting_follow_the_number(tmp_path: Path) -> None:
    numbers = f'[[sip.numbers]]\nnumber = "counter"\nlanguage = "en"\ngreeting = "{OWN}"\nring_seconds = 0.5'
    async with device(numbers) as running:
        call = scenario(invite(), answered(), ack(), pause(6_000), bye(), receive(200))
        address = running.sip.rpartition("@")[2]
        await asyncio.to_thread(run_sipp, tmp_path, call, address, "-m", "1")
        other = call.replace("sip:counter@", "sip:elsewhere@")
        await asyncio.to_thread(run_sipp, tmp_path, other, address, "-m", "1")
        await running.stop()
        with Reader(running.home / "journal.db") as journal:
            told = {one.began: journal.read(one.id) for one in journal.conversations()}
    bakery, elsewhere = (told[began] for began in sorted(told))
    assert [event.language for events in (bakery, elsewhere) for event in events if isinstance(event, Attached)] == [
        "en",
        "es",
    ]
    assert OWN.startswith(next(event.text for event in bakery if isinstance(event, Said)))
    assert OWN not in [event.text for event in elsewhere if isinstance(event, Said)]
