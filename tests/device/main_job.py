"""The main job, as a program: a device is started, called, asked aloud; what it answers is transcribed and printed.

`python -m tests.device.main_job`: what the tests run in a network with no way out.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.places import models_home
from runtime.bench.device import device
from runtime.bench.questions import spoken
from voice import wav
from voice.resample import to_float
from voice.stt import whisper

QUESTION = "What are your opening hours on Saturday?"


@dataclass(frozen=True)
class Answer:
    """`text`: the greeting and the answers, transcribed; `report`: what `mostrador call --json` printed."""

    text: str
    report: dict[str, Any]


async def ask(uri: str, say: Sequence[Path], language: str, record: Path) -> Answer:
    """Call with the command that ships, and read what the counter said off the recording's right channel."""
    files = [part for file in say for part in ("--say", str(file))]
    report = json.loads(await mostrador("call", uri, *files, "--record", str(record), "--json"))
    _, right = wav.read_stereo(record)
    answer = right.pcm[int(report["turns"][0]["said_from"] * right.rate) :]
    recogniser = await asyncio.to_thread(whisper.load, models_home() / "whisper-base")
    heard = await asyncio.to_thread(recogniser.transcribe, to_float(answer), language)
    return Answer(heard.text, report)


async def mostrador(*words: str, code: int = 0, home: Path | None = None) -> str:
    """Run the command and return what it printed; its exit code must be `code`. `home`: the data folder."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "runtime", *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={
            **os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p),
            **({"MOSTRADOR_HOME": str(home)} if home else {}),
        },
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 240)
    assert process.returncode == code, f"exit {process.returncode}:\n{out.decode()}\n{err.decode()}"
    return (out if code == 0 else err).decode()


async def main() -> None:
    async with device('[agent]\nlanguage = "en"') as running:
        with spoken((QUESTION,)) as files, tempfile.TemporaryDirectory() as folder:
            answer = await ask(running.sip, files, "en", Path(folder) / "call.wav")
    json.dump({"text": answer.text, "report": answer.report}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
