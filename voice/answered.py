"""Hears who has answered a call: the sound of a line in, a verdict out (`voice.answering`)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import structlog

from core.errors import MostradorError
from voice.answering import AnsweringSettings, AnsweringState, Ask, Verdict, step, told
from voice.beep import BeepDetector
from voice.frames import AudioFrame, Pcm
from voice.greetings import judge
from voice.listener import Activity
from voice.resample import to_float

_log = structlog.get_logger(__name__)

Read = Callable[[npt.NDArray[np.float32]], Awaitable[str]]
"""(speech float32 [n] at 16 kHz) → its words; runs elsewhere."""

AFTER_BEEP = 0.3
"""Seconds of quiet that end a beep."""


@dataclass(frozen=True, slots=True)
class WhoAnswered:
    """`at`: seconds of audio from the answer to the verdict; `words`: as far as they were read. Personal data."""

    verdict: Verdict
    at: float
    words: str = ""
    beep: bool = False


async def who_answers(
    frames: AsyncIterator[AudioFrame],
    activity: Activity,
    read: Read,
    settings: AnsweringSettings | None = None,
) -> WhoAnswered:
    """Hear `frames` (20 ms at 16 kHz, from the answer on) until it is decided. "unsure" where the line ends first."""
    settings = settings or AnsweringSettings()
    state, beeps = AnsweringState(), BeepDetector()
    sound: list[Pcm] = []
    words, reading = "", None
    try:
        async for frame in frames:
            sound.append(frame.pcm)
            if reading is not None and reading.done():
                words, reading = reading.result(), None
                state, verdict = told(state, judge(words), settings)
                if verdict is not None:
                    return WhoAnswered(verdict, state.at, words)
            beep = beeps.push(frame)
            speech = activity.push(frame) and not beeps.tone
            state, signal = step(state, speech, beep, frame.seconds, settings)
            if isinstance(signal, Ask):
                reading = asyncio.ensure_future(_words(read, to_float(np.concatenate(sound))))
            elif signal is not None:
                return WhoAnswered(signal, state.at, words, beep)
        return WhoAnswered("unsure", state.at, words)
    finally:
        if reading is not None:
            reading.cancel()


async def until_beep(frames: AsyncIterator[AudioFrame], activity: Activity, seconds: float, quiet: float) -> bool:
    """Hear a machine out: True when its beep is over, or nobody has spoken for `quiet` seconds; False when it still
    speaks after `seconds`, or the line ends."""
    beeps, since, still, at = BeepDetector(), None, 0.0, 0.0
    async for frame in frames:
        at += frame.seconds
        beep, speech = beeps.push(frame), activity.push(frame)
        if beep:
            since = 0.0
        elif since is not None and not beeps.tone:
            since += frame.seconds
            if since >= AFTER_BEEP:
                return True
        still = 0.0 if speech or beeps.tone else still + frame.seconds
        if still >= quiet:
            return True
        if at >= seconds:
            return False
    return False


async def _words(read: Read, sound: npt.NDArray[np.float32]) -> str:
    """Nothing where recognition fails: the sound alone decides then."""
    try:
        return await read(sound)
    except MostradorError as error:
        _log.warning("greeting_not_read", code=error.code)
        return ""
