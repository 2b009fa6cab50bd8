"""The main job from telephones that are not ours: baresip and sipp call the device, ask aloud, and get the answer."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from core.places import models_home
from runtime.bench.device import Device, device
from runtime.bench.questions import spoken
from runtime.events import HungUp, Said
from runtime.journal import Reader
from tests.device.caller import events_of
from tests.device.main_job import QUESTION
from tests.device.test_main_job import numbers, saturday
from tests.sip.phones import Baresip, sipp
from tests.sip.scenario import ack, answered, bye, invite, pause, receive, scenario
from voice import wav
from voice.frames import RATE, AudioFrame, Pcm
from voice.resample import resample, to_float
from voice.stt import whisper

pytestmark = [pytest.mark.sip, pytest.mark.timeout(300)]

GREETING = 11.0
"""Seconds after which the counter has said hello."""
TELEPHONE = 8_000


@pytest_asyncio.fixture
async def english() -> AsyncIterator[Device]:
    async with device('[agent]\nlanguage = "en"\n[limits]\nsilence_seconds = 15.0') as running:
        yield running


def question() -> Pcm:
    """Silence until the greeting is over, the question, and silence for the answer; 8 kHz."""
    with spoken((QUESTION,)) as files:
        asked = resample(wav.read(files[0], RATE).pcm, RATE, TELEPHONE)
    silence = np.zeros(int(GREETING * TELEPHONE), np.int16)
    return np.concatenate([silence, asked, silence])


def mu_law(pcm: Pcm) -> bytes:
    """ITU-T G.711, 8 bits a sample."""
    magnitude = np.minimum(np.abs(pcm.astype(np.int32)), 32_635) + 132
    exponent = np.floor(np.log2(magnitude)).astype(np.int32) - 7
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    sign = np.where(pcm < 0, 0x80, 0)
    coded: bytes = (~(sign | (exponent << 4) | mantissa) & 0xFF).astype(np.uint8).tobytes()
    return coded


def answers(running: Device) -> list[str]:
    """What was played after the greeting, from the journal."""
    with Reader(running.home / "journal.db") as reader:
        [conversation] = reader.conversations()
        return [event.text for event in reader.read(conversation.id) if isinstance(event, Said)][1:]


async def test_baresip_hears_the_right_answer(english: Device, tmp_path: Path) -> None:
    source = tmp_path / "question.wav"
    wav.write(source, AudioFrame(question(), TELEPHONE, 0.0))
    phone = await asyncio.to_thread(Baresip, tmp_path, source)
    try:
        phone.command("dial", english.sip)
        await events_of(english, lambda event: isinstance(event, Said) and "22:00" in event.text and not event.cut)
        phone.command("hangup")
        await events_of(english, lambda event: isinstance(event, HungUp))
    finally:
        await asyncio.to_thread(phone.stop)
    heard = wav.read(phone.heard, RATE, convert=True)
    recogniser = await asyncio.to_thread(whisper.load, models_home() / "whisper-base")
    answer = to_float(heard.pcm[int((GREETING - 1) * RATE) :])
    text = (await asyncio.to_thread(recogniser.transcribe, answer, "en")).text
    assert saturday(english) <= numbers(text), text


async def test_sipp_gets_the_right_answer(english: Device, tmp_path: Path) -> None:
    (tmp_path / "question.ul").write_bytes(mu_law(question()))
    play = '<nop><action><exec rtp_stream="question.ul,1,0"/></action></nop>\n'
    steps = scenario(invite(), answered(), ack(), play, pause(int(2 * GREETING * 1000)), bye(), receive(200))
    caller = sipp(tmp_path, steps, english.sip.rpartition("@")[2], "-m", "1")
    screen, _ = await asyncio.to_thread(caller.communicate, None, 120)
    assert caller.returncode == 0, screen[-2000:]
    said = " ".join(answers(english))
    assert "9:00" in said, said
    assert "22:00" in said, said
