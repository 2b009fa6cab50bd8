"""Somebody speaks over the greeting: a real call, real recognition, and what the journal says was heard."""

from pathlib import Path

import numpy as np
import pytest

from runtime.bench.device import Device
from runtime.bench.questions import spoken
from runtime.events import Event, Interrupted, Said, UserSaid
from runtime.journal import Reader
from tests.device.main_job import mostrador
from voice import wav
from voice.frames import RATE, AudioFrame

pytestmark = [pytest.mark.device, pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def over_the_greeting(device: Device, say: Path) -> list[Event]:
    await mostrador("call", device.sip, "--after", "2.5", "--say", str(say), "--json")
    reader = Reader(device.home / "journal.db")
    newest = max(reader.conversations(), key=lambda conversation: conversation.began)
    events = reader.read(newest.id)
    reader.close()
    return events


async def test_a_question_over_the_greeting_stops_it_and_is_answered(running: Device) -> None:
    with spoken(("What are your opening hours on Saturday?",)) as [question]:
        events = await over_the_greeting(running, question)
    greeting, *answers = [event for event in events if isinstance(event, Said)]
    assert greeting.cut
    assert any(isinstance(event, Interrupted) for event in events)
    assert len([event for event in events if isinstance(event, UserSaid)]) == 1
    said = " ".join(answer.text for answer in answers)
    assert "Saturday" in said or "today" in said  # as it is said on a Saturday


async def test_a_word_that_only_listens_does_not_stop_it(running: Device) -> None:
    with spoken(("Okay.",)) as [okay]:
        events = await over_the_greeting(running, okay)
    [greeting, *_] = [event for event in events if isinstance(event, Said)]
    assert not greeting.cut
    assert not any(isinstance(event, Interrupted | UserSaid) for event in events)


async def test_a_door_that_slams_does_not_stop_it(running: Device, tmp_path: Path) -> None:
    decay = np.exp(-np.arange(RATE) / (0.08 * RATE))
    slam = (12_000 * decay * np.random.default_rng(5).normal(0, 0.5, RATE)).clip(-32_000, 32_000).astype(np.int16)
    wav.write(tmp_path / "door.wav", AudioFrame(slam, RATE, 0.0))
    events = await over_the_greeting(running, tmp_path / "door.wav")
    [greeting, *_] = [event for event in events if isinstance(event, Said)]
    assert not greeting.cut
    assert not any(isinstance(event, Interrupted) for event in events)
