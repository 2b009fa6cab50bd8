"""Ten minutes of a noisy place through the real voice activity detection: nobody is taken to speak for long."""

import asyncio

import numpy as np
import pytest

from tests.virtual_time import run
from tests.voice.fake_line import FakeLine
from voice import vad
from voice.frames import RATE, Pcm
from voice.listener import Hearing, Listener, Quiet, Started, Utterance
from voice.stt import Transcript

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]

MINUTES = 10


def street(seconds: float) -> Pcm:
    """Pink noise that swells and fades, hum of the mains, and a beep now and then; about -25 dBFS."""
    rng = np.random.default_rng(7)
    count = int(seconds * RATE)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 1))
    pink = np.fft.irfft(spectrum, count)
    time = np.arange(count) / RATE
    pink *= (1.0 + 0.8 * np.sin(2 * np.pi * time / 11)) / np.abs(pink).std()
    hum = 0.4 * np.sin(2 * np.pi * 50 * time) + 0.2 * np.sin(2 * np.pi * 150 * time)
    beep = np.where(time % 7 < 0.2, 1.5 * np.sin(2 * np.pi * 1_400 * time), 0.0)
    return (1_800 * (pink + hum + beep)).clip(-32_768, 32_767).astype(np.int16)


def test_ten_minutes_of_noise_are_silence_to_the_conversation() -> None:
    async def main() -> list[Hearing]:
        line, heard = FakeLine(), list[Hearing]()

        async def transcribe(sound: object, language: str | None, hint: str) -> Transcript:
            return Transcript("", "en", 0.1, 0.9, 0.1)

        listener = Listener(line, vad.load().stream(), transcribe, heard.append)
        line.feed(street(MINUTES * 60))
        running = asyncio.ensure_future(listener.run())
        await asyncio.sleep(MINUTES * 60)
        line.close()
        await running
        return heard

    heard = run(main())
    turns = [hearing for hearing in heard if isinstance(hearing, Utterance)]
    assert sum(isinstance(hearing, Started) for hearing in heard) <= MINUTES
    assert sum(turn.voiced for turn in turns) < 10
    assert sum(isinstance(hearing, Quiet) for hearing in heard) >= MINUTES * 60 / 8 * 0.8
