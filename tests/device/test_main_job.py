"""Somebody calls, asks aloud and hears the right answer: real SIP, real models, the real command."""

import asyncio
import json
import os
import re
import shutil
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pytest

from runtime.bench.device import Device
from runtime.bench.questions import spoken
from runtime.events import Event, Said, UserSaid
from runtime.journal import Reader
from tests.device.main_job import QUESTION, ask
from voice import wav
from voice.frames import RATE, AudioFrame
from voice.tts import espeak

pytestmark = [pytest.mark.device, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

SOUNDS = Path("/usr/share/asterisk/sounds")
SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
)
DELIVERED = """SELECT number FROM orders
    WHERE state = 'delivered' AND length(number) = 5 AND number NOT LIKE '%0%' LIMIT 1"""


def numbers(text: str) -> set[int]:
    """Digits and small number words in a transcript."""
    words = SMALL.split()
    found = {int(digits) for digits in re.findall(r"\d+", text)}
    return found | {words.index(word) for word in re.findall(r"[a-z]+", text.lower()) if word in words}


def fact(device: Device, query: str) -> str | int:
    """The one value that the device's own database has for `query`."""
    database = sqlite3.connect(f"file:{device.home / 'retail.db'}?mode=ro", uri=True)
    try:
        (value,) = database.execute(query).fetchone()
    finally:
        database.close()
    assert isinstance(value, str | int)
    return value


def newest(device: Device) -> list[Event]:
    """What happened in the newest conversation, from the journal."""
    reader = Reader(device.home / "journal.db")
    latest = max(reader.conversations(), key=lambda conversation: conversation.began)
    events = reader.read(latest.id)
    reader.close()
    return events


def played(device: Device) -> str:
    """What it played to its caller. The Spanish of espeak-ng, the only voice that there is without a download, is
    understood by people and not by Whisper: it can't be read off the recording."""
    return " ".join(event.text for event in newest(device) if isinstance(event, Said))


def heard(device: Device) -> list[str]:
    """What recognition made of each turn."""
    return [event.text for event in newest(device) if isinstance(event, UserSaid)]


def digits(folder: str, number: str, target: Path) -> Path:
    """An order number read out by a human voice, one recording a digit, 0.15 s apart."""
    gap = np.zeros(int(0.15 * RATE), np.int16)
    parts = [wav.read(SOUNDS / folder / "digits" / f"{digit}.wav", RATE, convert=True).pcm for digit in number]
    wav.write(target, AudioFrame(np.concatenate([piece for part in parts for piece in (part, gap)]), RATE, 0.0))
    return target


def saturday(device: Device) -> set[int]:
    """The hours at which the shop opens and closes on a Saturday, as they are said: 9 and 10 for 09:00 and 22:00."""
    query = "SELECT {} FROM opening_hours WHERE store = 'madrid' AND weekday = 6"
    return {int(str(fact(device, query.format(column)))[:2]) % 12 for column in ("opens", "closes")}


async def test_opening_hours_asked_by_voice(running: Device, tmp_path: Path) -> None:
    with spoken((QUESTION,)) as files:
        answer = await ask(running.sip, files, "en", tmp_path / "call.wav")
    assert saturday(running) <= numbers(answer.text), answer.text


async def test_an_order_number_in_a_human_voice(running: Device, tmp_path: Path) -> None:
    number = str(fact(running, DELIVERED))
    said = digits("en_US_f_Allison", number, tmp_path / "digits.wav")
    with spoken(("I would like to know the status of my order.",)) as files:
        answer = await ask(running.sip, [*files, said], "en", tmp_path / "call.wav")
    assert "delivered" in answer.text.lower(), (number, answer.text)


async def test_un_numero_de_pedido_en_una_voz_humana(running: Device, tmp_path: Path) -> None:
    number = str(fact(running, DELIVERED))
    asked = digits("es_MX_f_Allison", number, tmp_path / "digits.wav")
    answer = await ask(running.sip, [asked], "es", tmp_path / "call.wav")
    assert answer.report["turns"][0]["answer_to"] > answer.report["turns"][0]["answer_from"]
    said = played(running)
    assert number in said, (heard(running), said)
    assert "entregó" in said, said


async def test_a_question_in_spanish_by_a_synthetic_voice(running: Device, tmp_path: Path) -> None:
    voice = espeak.load("es")
    sound = np.concatenate([frame.pcm for frame in voice.speak("¿A qué hora cierran el lunes?")])
    wav.write(tmp_path / "q.wav", AudioFrame(sound, voice.rate, 0.0))
    answer = await ask(running.sip, [tmp_path / "q.wav"], "es", tmp_path / "call.wav")
    assert answer.report["turns"][0]["answer_from"] is not None


@pytest.mark.skipif(os.geteuid() != 0, reason="a network of its own needs root")
async def test_with_every_route_but_loopback_cut_off() -> None:
    ip = shutil.which("ip")
    assert ip is not None
    script = f'{ip} link set lo up && exec "{sys.executable}" -m tests.device.main_job'
    process = await asyncio.create_subprocess_exec(
        "unshare", "-n", "sh", "-c", script, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    assert {9, 10} <= numbers(json.loads(out)["text"]), out.decode()
