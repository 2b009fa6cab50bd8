"""Places a call as a caller would: hears the greeting out, says recordings, hears each answer, writes it all down.

Every time is audio time of the call, counted in samples from the moment the sound was up; so what the report says can
be measured again in the recording.
"""

import asyncio
import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.errors import TelephonyError
from telephony.sip import Answered, Cause, Ended, SipAgent, SipCall, SipSettings
from voice import wav
from voice.frames import RATE, Pcm

WINDOW = RATE // 100
"""Loudness is looked at in windows of 10 ms."""
LOUD = 200.0
"""RMS of a window with speech in it, of 32768: -44 dB. The line itself is digital silence."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the caller waits for what, in seconds."""

    answer: float = 30.0
    """For the call to be answered."""
    first_sound: float = 20.0
    """For a greeting or an answer to begin."""
    speech: float = 60.0
    """For it to end."""
    pause: float = 1.5
    """Silence after which it has ended."""
    greeting: float | None = None
    """Begin to speak so long after the answer instead of hearing the greeting out."""
    answer_for: float | None = None
    """Hear so much of an answer and then go on, over it, instead of hearing it out."""
    skip: str = ""
    """A key that is pressed once an answer has begun, to hear no more of it."""
    hears: float = 0.0
    """How much is heard before that; where it is more than nothing, the greeting is skipped too."""
    thinks: float = 0.0
    """Silence between what was heard and what is said next."""


@dataclass(frozen=True, slots=True)
class TurnReport:
    """One recording said, and the answer. Times in seconds of the call; None: nothing came."""

    file: str
    said_from: float
    said_to: float
    """Where its speech ends: silence at the end of the file not counted."""
    answer_from: float | None
    answer_to: float | None
    """None as well: it was not heard out."""

    @property
    def delay(self) -> float | None:
        """From the end of what was said to the first sound of the answer."""
        return None if self.answer_from is None else self.answer_from - self.said_to


@dataclass(frozen=True, slots=True)
class CallReport:
    """`connect`: from dialling to the answer, by the clock; the rest in seconds of the call."""

    uri: str
    connect: float
    first_sound: float | None
    """From the answer to the first sound of the greeting."""
    greeting_to: float | None
    turns: tuple[TurnReport, ...]
    seconds: float
    ended: Cause
    """"goodbye": by us, at the end; "customer": the other side hung up first; "lost"."""


async def place_call(
    uri: str,
    say: Sequence[Path],
    record: Path | None = None,
    *,
    patience: Patience = Patience(),
    settings: SipSettings | None = None,
    once_more: Callable[[Sequence[TurnReport]], bool] = lambda _turns: False,
) -> CallReport:
    """Calls `uri`, says each file in turn and writes a stereo WAV (16 kHz, caller left, counter right).

    `once_more`: asked after each turn, whether the file just said is to be said again.

    Raises TelephonyError when the call is not answered, VoiceError when a file can't be read or written.
    """
    spoken = [(path.name, wav.read(path, RATE, convert=True).pcm) for path in say]
    agent = SipAgent(settings or SipSettings(host=_address_for(uri), port=0, user="caller"))
    await agent.start()
    try:
        loop = asyncio.get_running_loop()
        dialled = loop.time()
        call = await agent.dial(uri)
        await _answered(call, patience.answer)
        connect = loop.time() - dialled
        talk = _Talk(call)
        report = await talk.hold(uri, spoken, connect, patience, once_more)
    finally:
        await agent.stop()
    if record is not None:
        wav.write_stereo(record, talk.said(), talk.heard(), RATE)
    return report


def loudness(pcm: Pcm) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """RMS of each whole window of `pcm`."""
    windows = pcm[: len(pcm) // WINDOW * WINDOW].reshape(-1, WINDOW).astype(np.float64)
    rms: np.ndarray[tuple[int], np.dtype[np.float64]] = np.sqrt(np.mean(windows**2, axis=1))
    return rms


def speech_end(pcm: Pcm) -> float:
    """Seconds until the last window with sound in it; 0 when there is none."""
    loud = np.flatnonzero(loudness(pcm) > LOUD)
    return (int(loud[-1]) + 1) * WINDOW / RATE if len(loud) else 0.0


def first_speech(loud: Sequence[bool], start: int) -> int | None:
    """Index of the first of three loud windows in a row at or after `start`: a click is no speech."""
    run = 0
    for index in range(start, len(loud)):
        run = run + 1 if loud[index] else 0
        if run == 3:
            return index - 2
    return None


async def _answered(call: SipCall, within: float) -> None:
    async def wait() -> None:
        async for event in call.events():
            match event:
                case Answered():
                    return
                case Ended(cause=cause, code=code):
                    raise TelephonyError("sip.not_answered", f"The call was not answered: {cause} ({code})")
                case _:
                    pass

    try:
        await asyncio.wait_for(wait(), within)
    except TimeoutError:
        await call.hangup(cause="no_answer")
        raise TelephonyError(
            "sip.not_answered", f"Nobody answered within {within:g} s: is it running at that address?", retryable=True
        ) from None


class _Talk:
    """Both sides of an answered call as they grow."""

    def __init__(self, call: SipCall) -> None:
        self._call = call
        self._heard: list[tuple[float, Pcm]] = []
        self._said: list[tuple[float, Pcm]] = []
        self._loud: list[bool] = []
        self._frames = asyncio.Event()
        self._over = False

    def heard(self) -> Pcm:
        return _track(self._heard)

    def said(self) -> Pcm:
        return _track(self._said)

    async def hold(
        self,
        uri: str,
        spoken: Sequence[tuple[str, Pcm]],
        connect: float,
        patience: Patience,
        once_more: Callable[[Sequence[TurnReport]], bool],
    ) -> CallReport:
        listening = asyncio.ensure_future(self._listen())
        if (wait := patience.greeting) is None:
            first, last = await self._hear_out(0.0, patience)
        else:
            await self._until(lambda: len(self._loud) * WINDOW >= wait * RATE)
            first, last = self._first_sound(0.0), None
        turns: list[TurnReport] = []
        for name, pcm in spoken:
            turns.append(await self._turn(name, pcm, patience))
            while not self._over and await asyncio.to_thread(once_more, turns):
                turns.append(await self._turn(name, pcm, patience))
        await self._call.hangup()
        await listening
        ended = self._call.ended.cause if self._call.ended else "lost"
        return CallReport(uri, connect, first, last, tuple(turns), len(self._loud) * WINDOW / RATE, ended)

    async def _turn(self, name: str, pcm: Pcm, patience: Patience) -> TurnReport:
        until = len(self._loud) + patience.thinks * RATE / WINDOW
        await self._until(lambda: len(self._loud) >= until)
        start = await self._say(pcm)
        said_to = start + speech_end(pcm)
        answer_from, answer_to = await self._hear_out(said_to, patience)
        return TurnReport(name, start, said_to, answer_from, answer_to)

    async def _say(self, pcm: Pcm) -> float:
        """Play it to its end; where it began, by the bridge's clock, which moves 20 ms at a time."""
        line = self._call.line
        before, begun, left = line.played, line.now, pcm
        started = False
        while not self._over and (len(left) or line.queued):
            left = left[line.play(left) :]
            await self._frame()
            if not started and line.played > before:
                started = True
                begun = line.now - (line.played - before) / RATE
                self._said.append((begun, pcm))
        return begun

    async def _hear_out(self, after: float, patience: Patience) -> tuple[float | None, float | None]:
        """The first sound at or after `after` and the end of what followed."""
        now = len(self._loud)
        limit = max(now, int(after * RATE / WINDOW)) + int(patience.first_sound * RATE / WINDOW)
        await self._until(lambda: self._first_sound(after) is not None or len(self._loud) >= limit)
        first = self._first_sound(after)
        if first is None:
            return None, None
        if patience.skip and (after or patience.hears):
            enough = (first + patience.hears) * RATE / WINDOW
            await self._until(lambda: len(self._loud) >= enough)
            await self._call.send_dtmf(patience.skip)
        if after and patience.answer_for is not None:
            enough = (first + patience.answer_for) * RATE / WINDOW
            await self._until(lambda: len(self._loud) >= enough)
            return first, None
        quiet = int(patience.pause * RATE / WINDOW)
        limit = int(first * RATE / WINDOW) + int(patience.speech * RATE / WINDOW)
        await self._until(lambda: not any(self._loud[-quiet:]) or len(self._loud) >= limit)
        return first, (max(i for i, loud in enumerate(self._loud) if loud) + 1) * WINDOW / RATE

    def _first_sound(self, after: float) -> float | None:
        index = first_speech(self._loud, round(after * RATE / WINDOW))
        return None if index is None else index * WINDOW / RATE

    async def _listen(self) -> None:
        async for frame in self._call.line.heard():
            missing = round(frame.start * RATE / WINDOW) - len(self._loud)
            self._loud += [False] * missing + [bool(rms > LOUD) for rms in loudness(frame.pcm)]
            self._heard.append((frame.start, frame.pcm))
            self._frames.set()
        self._over = True
        self._frames.set()

    async def _frame(self) -> None:
        if not self._over:
            self._frames.clear()
            await self._frames.wait()

    async def _until(self, done: Callable[[], bool]) -> None:
        while not done() and not self._over:
            await self._frame()


def _track(pieces: Sequence[tuple[float, Pcm]]) -> Pcm:
    """Pieces at their times, in seconds, on one track from 0. Where two overlap the later one wins."""
    starts = [round(start * RATE) for start, _ in pieces]
    length = max((start + len(pcm) for start, (_, pcm) in zip(starts, pieces, strict=True)), default=0)
    track = np.zeros(length, np.int16)
    for start, (_, pcm) in zip(starts, pieces, strict=True):
        track[start : start + len(pcm)] = pcm
    return track


def _address_for(uri: str) -> str:
    """The address to bind to: loopback for loopback, else whatever leads there."""
    found = re.search(r"@?\[?([\w.:-]+?)\]?(?::\d+)?(?:[;>?].*)?$", uri.removeprefix("sip:"))
    host = found.group(1) if found else ""
    try:
        return "127.0.0.1" if ipaddress.ip_address(host).is_loopback else "0.0.0.0"  # noqa: S104
    except ValueError:
        return "127.0.0.1" if host == "localhost" else "0.0.0.0"  # noqa: S104
