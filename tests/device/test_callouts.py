"""The device calls: a person who answers is asked for and told, a machine is not; nobody is called who must not be."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.places import cache_home, models_home
from runtime.bench.device import Device, device, start
from runtime.callouts.book import Book
from runtime.events import Attached, HungUp, Replied, Said, UserSaid
from tests.device.caller import events_of, talks
from tests.sip.phones import Baresip
from voice import wav
from voice.frames import RATE, AudioFrame, Pcm
from voice.resample import resample

pytestmark = [pytest.mark.device, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]

SOUNDS = Path("/usr/share/asterisk/sounds/en_US_f_Allison")
SETTINGS = """
[agent]
language = "en"
[callouts]
enabled = true
days = [1, 2, 3, 4, 5, 6, 7]
hours = "00:00-24:00"
machine = "message"
reserve = 0
{more}
"""
CONSENT = ("--consent", "signed form 12", "--consent-day", "2026-01-02")
ABOUT = ("--purpose", "delivery", "--why", "a delivery", "--message", "Your order arrives tomorrow at ten.")


async def callout(running: Device, *words: str, code: int = 0) -> Any:
    """Run the command beside the device; what it printed as JSON."""
    command = ("callout", *words, "--config", str(running.home / "device.toml"), *(["--json"] if code == 0 else []))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runtime", *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "MOSTRADOR_HOME": str(running.home),
            "MOSTRADOR_MODELS": str(models_home()), "MOSTRADOR_CACHE": str(cache_home()),
        },
    )  # fmt: skip
    out, error = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode == code, error.decode()
    return json.loads(out) if code == 0 else error.decode()


async def outcome(running: Device, identity: str, seconds: float = 150.0) -> dict[str, Any]:
    """The request as it is listed, once its first attempt has ended."""
    book = Book(running.home / "callouts.db")
    async with asyncio.timeout(seconds):
        while not ((entry := book.entry(identity)) and any(one.outcome for one in entry.history.attempts)):
            await asyncio.sleep(0.1)
    [found] = [row for row in await callout(running, "list") if row["id"] == identity]
    return dict(found)


def spoken(text: str) -> Pcm:
    """By Piper: nothing recorded says what is needed here."""
    from models.store import Store
    from runtime.voices import voice_file
    from voice.tts import piper

    voice = piper.load(voice_file(Store().require("piper-en-us-joe-medium")))
    return resample(np.concatenate([frame.pcm for frame in voice.speak(text)]), voice.rate, RATE)


@contextlib.asynccontextmanager
async def phone(folder: Path, *said: Pcm | float) -> AsyncIterator[Baresip]:
    """Answers, and says sounds with so many seconds of silence between them."""
    parts = [np.zeros(round(part * RATE), np.int16) if isinstance(part, float) else part for part in said]
    sound = resample(np.concatenate(parts), RATE, 8_000)
    wav.write(folder / "said.wav", AudioFrame(sound, 8_000, 0.0))
    baresip = Baresip(folder, folder / "said.wav", answer="auto")
    try:
        yield baresip
    finally:
        baresip.stop()


async def test_the_right_person_is_told_and_nothing_personal_before(tmp_path: Path) -> None:
    hello = wav.read(SOUNDS / "hello.wav", RATE, convert=True).pcm
    yes = spoken("Yes, speaking.")
    async with (
        device(SETTINGS.format(more="")) as running,
        phone(tmp_path, 0.4, hello, 16.0, yes, 14.0, yes, 60.0) as there,
    ):
        uri = f"sip:baresip@127.0.0.1:{there.port}"
        asked = await callout(running, "add", uri, "--customer", "C-17", "--person", "Ana", *ABOUT, *CONSENT)
        await running.logged("callout_answered")
        await events_of(running, lambda event: isinstance(event, Replied) and event.intent == "callout.reached")
        await events_of(running, lambda event: isinstance(event, Said) and "tomorrow" in event.text)
        there.command("hangup")
        done = await outcome(running, asked["id"])
        [events] = talks(running)
        heard = await running.logged("callout_answered")
        log = running.log.read_text()
    assert heard["by"] in ("person", "unsure")
    assert done["attempts"][0]["outcome"] == "reached"
    assert (done["next"], done["why"]) == ("never", "done")
    assert done["number"] == ""  # it is over: the number is gone
    said = [event.text for event in events if isinstance(event, Said)]
    assert "automatic assistant" in said[0]
    assert "a delivery" in said[0]
    assert said[0].endswith("Am I speaking to Ana?")
    first_yes = next(at for at, event in enumerate(events) if isinstance(event, UserSaid))
    before = " ".join(event.text for event in events[:first_yes] if isinstance(event, Said))
    assert "tomorrow" not in before
    assert isinstance(events[0], Attached)
    assert uri not in log
    ours = wav.read(there.heard, RATE, convert=True).pcm
    assert np.abs(ours).max() > 2_000


async def test_a_machine_gets_a_message_after_its_beep_with_nothing_personal(tmp_path: Path) -> None:
    parts = [wav.read(SOUNDS / f"{name}.wav", RATE, convert=True).pcm
             for name in ("vm-theperson", "digits/1", "digits/2", "vm-isunavail", "vm-intro", "beep")]  # fmt: skip
    greeting = np.concatenate(parts)
    async with device(SETTINGS.format(more="")) as running, phone(tmp_path, 0.3, greeting, 60.0) as there:
        uri = f"sip:baresip@127.0.0.1:{there.port}"
        asked = await callout(running, "add", uri, "--customer", "C-18", "--person", "Ana", *ABOUT, *CONSENT)
        done = await outcome(running, asked["id"])
        [events] = talks(running)
        heard = await running.logged("callout_answered")
    assert heard["by"] == "machine"
    assert done["attempts"][0]["outcome"] == "message"
    [said] = [event for event in events if isinstance(event, Said)]
    assert "automatic message" in said.text
    assert not {"tomorrow", "Ana"} & set(said.text.replace(".", "").split())
    assert events[-1] == HungUp(cause="message")
    ours = wav.read(there.heard, RATE, convert=True).pcm
    loud = np.flatnonzero(np.abs(ours) > 1_000)
    assert loud[0] / RATE > len(greeting) / RATE - 1.0  # not over the announcement


async def test_a_line_that_is_busy_is_tried_again_later_and_who_must_not_be_called_never(tmp_path: Path) -> None:
    async with device(SETTINGS.format(more="")) as running:
        nobody = "sip:nobody@127.0.0.1:9"
        refused = await callout(running, "add", nobody, "--customer", "C-19", *ABOUT, code=1)
        assert "callout.consent" in refused
        asked = await callout(running, "add", nobody, "--customer", "C-19", *ABOUT, *CONSENT)
        done = await outcome(running, asked["id"])
        assert done["attempts"][0]["outcome"] == "failed"
        assert done["why"] == "spacing"
        await callout(running, "block", "--customer", "C-19", "--why", "wrote to us")
        [row] = [row for row in await callout(running, "list") if row["id"] == asked["id"]]
        assert (row["next"], row["why"]) == ("never", "blocked")
        again = await callout(running, "add", nobody, "--customer", "C-19", "--id", "x2", *ABOUT, *CONSENT, code=1)
        assert "callout.blocked" in again
        assert await running.stop() == 0


async def test_killed_while_it_rings_the_attempt_counts_and_is_not_made_again(tmp_path: Path) -> None:
    there = Baresip(tmp_path, SOUNDS / "hello.wav")  # rings, and nobody answers
    try:
        async with device(SETTINGS.format(more="")) as running:
            uri = f"sip:baresip@127.0.0.1:{there.port}"
            asked = await callout(running, "add", uri, "--customer", "C-20", *ABOUT, *CONSENT)
            await running.logged("sip_calling")
            running.process.send_signal(signal.SIGKILL)
            await running.process.wait()
            again = await start(running.home / "device.toml", running.home, {})
            try:
                assert (await again.logged("callouts_interrupted"))["calls"] == 1
                done = await outcome(again, asked["id"])
                assert [attempt["outcome"] for attempt in done["attempts"]] == ["interrupted"]
                assert done["why"] == "spacing"
                await asyncio.sleep(4.5)  # two looks at the queue
                assert b"callout_placed" not in again.log.read_bytes()
            finally:
                assert await again.stop() == 0
    finally:
        there.stop()


async def test_a_call_that_is_cancelled_stops_ringing(tmp_path: Path) -> None:
    there = Baresip(tmp_path, SOUNDS / "hello.wav")
    try:
        async with device(SETTINGS.format(more="")) as running:
            uri = f"sip:baresip@127.0.0.1:{there.port}"
            asked = await callout(running, "add", uri, "--customer", "C-21", *ABOUT, *CONSENT)
            await running.logged("sip_calling")
            await callout(running, "cancel", asked["id"])
            assert (await running.logged("callout_ended"))["outcome"] == "interrupted"
            [row] = await callout(running, "list")
            assert (row["next"], row["why"], row["number"]) == ("never", "cancelled", "")
    finally:
        there.stop()
