"""A device whose numbers differ: the conversation follows what was dialled. sipp calls."""

import asyncio
import shutil
from pathlib import Path

import pytest

import models.sectors
from core.errors import ConfigError
from models.store import Store
from runtime import config, minds
from runtime.bench.device import device
from runtime.events import Attached, Said
from runtime.journal import Reader
from tests.sip.phones import run_sipp
from tests.sip.scenario import ack, answered, bye, invite, pause, receive, scenario

pytestmark = [pytest.mark.sip, pytest.mark.timeout(300)]

SHOP = "Casa Roble"
OWN = "Hello. The machine of the bakery is speaking."


async def test_language_and_greeting_follow_the_number(tmp_path: Path) -> None:
    numbers = f'[[sip.numbers]]\nnumber = "counter"\nlanguage = "en"\ngreeting = "{OWN}"\nring_seconds = 0.5'
    async with device(numbers) as running:
        call = scenario(invite(), answered(), ack(), pause(4_000), bye(), receive(200))
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


def bakery(folder: Path) -> Path:
    """The retail pack, in the name of another shop."""
    pack = Path(shutil.copytree(Path(models.sectors.__file__).parent / "retail", folder / "bakery"))
    manifest = pack / "pack.toml"
    assert SHOP in manifest.read_text("utf-8")
    manifest.write_text(manifest.read_text("utf-8").replace(SHOP, "Panificadora Espiga"), "utf-8")
    return pack


async def test_each_number_may_have_a_pack_of_its_own(tmp_path: Path) -> None:
    numbers = f'[[sip.numbers]]\nnumber = "counter"\npack = "{bakery(tmp_path)}"'
    async with device(numbers) as running:
        call = scenario(invite(), answered(), ack(), pause(4_000), bye(), receive(200))
        address = running.sip.rpartition("@")[2]
        await asyncio.to_thread(run_sipp, tmp_path, call, address, "-m", "1")
        await asyncio.to_thread(run_sipp, tmp_path, call.replace("sip:counter@", "sip:elsewhere@"), address, "-m", "1")
        await running.stop()
        with Reader(running.home / "journal.db") as journal:
            told = {one.began: journal.read(one.id) for one in journal.conversations()}
        assert (running.home / "bakery.db").exists()
        assert (running.home / "retail.db").exists()
    first, second = (" ".join(e.text for e in told[began] if isinstance(e, Said)) for began in sorted(told))
    assert "Espiga" in first
    assert SHOP in second


def test_a_pack_that_is_not_there_is_named() -> None:
    settings = config.parse('[[sip.numbers]]\nnumber = "1"\npack = "bank"')
    with pytest.raises(ConfigError, match=r"pack = 'bank': no such pack; there are .*retail"):
        minds.load(settings, Store())
