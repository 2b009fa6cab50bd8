"""The main job, as a program: a device is started, called, asked aloud; what it answers is transcribed and printed.

`python -m tests.device.main_job`: also what the tests run in a network with no way out.
"""

import asyncio
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from core.places import models_home
from runtime.bench.device import Device, device
from runtime.bench.questions import spoken
from telephony.caller import place_call
from voice import wav
from voice.resample import to_float
from voice.stt import whisper

QUESTION = "What time do you close on Monday?"


@dataclass(frozen=True)
class Answer:
    """What was said by the counter (greeting and answer, transcribed) and how soon."""

    text: str
    report: dict[str, object]


async def ask(running: Device, say: list[Path], language: str, record: Path) -> Answer:
    """Call the device, say these files, and read what it said off the recording's right channel."""
    report = await place_call(running.sip, say, record)
    _, right = wav.read_stereo(record)
    recogniser = whisper.load(models_home() / "whisper-base")
    heard = await asyncio.to_thread(recogniser.transcribe, to_float(right.pcm), language)
    return Answer(heard.text, json.loads(json.dumps(asdict(report), default=str)))


async def main() -> None:
    async with device('[agent]\nlanguage = "en"') as running:
        with spoken((QUESTION,)) as files, tempfile.TemporaryDirectory() as folder:
            answer = await ask(running, files, "en", Path(folder) / "call.wav")
        json.dump(asdict(answer), sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
