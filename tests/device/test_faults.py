"""What goes wrong has words: a sentence for the person, a line for the operator, and nothing is lost."""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path

import pytest

from core.places import models_home
from runtime.bench.device import device
from runtime.bench.questions import spoken
from runtime.events import HungUp, Said, Stopping
from runtime.journal import Reader
from tests.device.main_job import mostrador

pytestmark = [pytest.mark.device, pytest.mark.timeout(300)]


def settings(folder: Path, text: str) -> str:
    path = folder / "device.toml"
    path.write_text(text, "utf-8")
    return str(path)


async def test_an_unknown_key_is_named(tmp_path: Path) -> None:
    said = await mostrador("run", "--config", settings(tmp_path, "[kiosk]\nprot = 8080\n"), code=1)
    assert "kiosk.prot" in said
    assert "port" in said


@pytest.mark.parametrize("part", ["sip", "kiosk"])
async def test_a_port_in_use_is_named_with_what_to_do(tmp_path: Path, part: str) -> None:
    kind = socket.SOCK_DGRAM if part == "sip" else socket.SOCK_STREAM
    other = "kiosk" if part == "sip" else "sip"
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            taken.listen()
        port = taken.getsockname()[1]
        toml = f'data = "{tmp_path}"\n[{part}]\nport = {port}\n[{other}]\nenabled = false\n'
        said = await mostrador("run", "--config", settings(tmp_path, toml), code=1)
    assert str(port) in said
    assert f"{part}.port_in_use" in said


async def test_a_missing_model_is_named_with_the_command_that_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in models_home().iterdir():
        if folder.is_dir() and folder.name != "whisper-base":
            (tmp_path / folder.name).symlink_to(folder)
    monkeypatch.setenv("MOSTRADOR_MODELS", str(tmp_path))
    said = await mostrador("run", "--config", settings(tmp_path, f'data = "{tmp_path}"\n'), code=1)
    assert "model.missing" in said
    assert "mostrador models pull whisper-base" in said


async def test_talk_without_a_sound_card_says_so() -> None:
    if Path("/proc/asound/cards").exists() and "no soundcards" not in Path("/proc/asound/cards").read_text():
        pytest.skip("this machine has a sound card")
    assert "audio." in await mostrador("talk", code=1)


async def test_call_to_nobody_says_so(tmp_path: Path) -> None:
    said = await mostrador("call", "sip:nobody@127.0.0.1:9", code=1)
    assert "sip." in said


async def test_a_wav_that_is_none_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.wav"
    wrong.write_bytes(b"RIFF, not really")
    assert "wrong.wav" in await mostrador("call", "sip:demo@127.0.0.1:9", "--say", str(wrong), code=1)


async def test_sigterm_in_a_call_finishes_says_goodbye_and_ends_in_time(tmp_path: Path) -> None:
    async with device() as running:
        with spoken(("Where can I find light bulbs?",)) as files:
            call = asyncio.ensure_future(mostrador("call", running.sip, "--say", str(files[0]), "--json"))
            journal = running.home / "journal.db"
            await until(lambda: journal.exists() and b"Attached" in raw(journal), 30)
            await asyncio.sleep(1.0)
            began = asyncio.get_running_loop().time()
            code = await running.stop()
            seconds = asyncio.get_running_loop().time() - began
            report = json.loads(await call)
        assert code == 0, running.log.read_text()
        assert seconds < 10  # 5 s for the goodbye, the rest to let go of models and sockets on a busy machine
        assert report["ended"] == "customer"
        reader = Reader(journal)
        [conversation] = reader.conversations()
        events = reader.read(conversation.id)
        assert reader.verify() is None
        reader.close()
    assert any(isinstance(event, Stopping) for event in events)
    assert isinstance(events[-1], HungUp)
    said = [event for event in events if isinstance(event, Said)]
    assert said[-1].text, "goodbye was heard"


async def test_a_call_that_drops_in_an_answer_leaves_a_whole_journal_and_a_device_that_answers() -> None:
    async with device() as running:
        with spoken(("Where can I find light bulbs?",)) as files:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "runtime", "call", running.sip, "--say", str(files[0]),
                env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
                stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
            journal = running.home / "journal.db"
            await until(lambda: journal.exists() and b"Attached" in raw(journal), 30)
            await asyncio.sleep(1.0)
            process.kill()
            await process.wait()
            report = json.loads(await mostrador("call", running.sip, "--say", str(files[0]), "--json"))
        assert report["turns"][0]["answer_from"] is not None
        reader = Reader(journal)
        assert reader.verify() is None
        reader.close()


def raw(journal: Path) -> bytes:
    """What the journal holds so far, the write-ahead log included."""
    wal = journal.with_name(journal.name + "-wal")
    return journal.read_bytes() + (wal.read_bytes() if wal.exists() else b"")


async def until(happened: "object", seconds: float) -> None:
    assert callable(happened)
    for _ in range(int(seconds / 0.05)):
        if happened():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not happen in time")
