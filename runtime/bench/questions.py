"""What the bench asks: spoken by our own English voice, each with what a right answer must contain."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from models.store import Store
from runtime.voices import voice_file
from voice import wav
from voice.frames import RATE, AudioFrame
from voice.resample import resample

QUESTIONS = (
    "What time do you open tomorrow?",
    "Where can I find light bulbs?",
    "What are your opening hours on Saturday?",
    "I would like to know where my order is.",
    "Can I return something that I bought last week?",
    "How much does home delivery cost?",
    "Are you open on Sunday?",
    "Where are the paint brushes?",
    "Do you deliver to my house?",
    "How long do I have to return a product?",
    "Which aisle are the hammers in?",
    "When do you close today?",
    "I am looking for garden hoses.",
    "Do you have any drills?",
    "How can I get my money back?",
    "What time do you close on Friday?",
    "Where do I find screws?",
    "How much is delivery?",
    "Could you tell me where the ladders are?",
    "Hello, I would like to know when the shop opens.",
)


@contextmanager
def spoken(texts: tuple[str, ...] = QUESTIONS, voice: str = "piper-en-us-joe-medium") -> Iterator[list[Path]]:
    """The questions as WAV files, 16 kHz mono; they go with the block."""
    from voice.tts import piper

    synthesiser = piper.load(voice_file(Store().require(voice)))
    with tempfile.TemporaryDirectory(prefix="mostrador-questions-") as folder:
        files = []
        for number, text in enumerate(texts):
            sound = np.concatenate([frame.pcm for frame in synthesiser.speak(text)])
            files.append(Path(folder) / f"{number:02}.wav")
            wav.write(files[-1], AudioFrame(resample(sound, synthesiser.rate, RATE), RATE, 0.0))
        yield files
