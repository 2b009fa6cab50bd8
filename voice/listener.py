"""From a line's sound to what the customer said: frames → activity → turns → words."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import structlog

from core.errors import MostradorError
from voice.completeness import Evidence, log_odds
from voice.frames import RATE, AudioFrame, Pcm, require_rate
from voice.line import AudioLine
from voice.resample import to_float
from voice.stt import Transcript
from voice.turns import Signal, TurnSettings, TurnState, patience_for, step


class Activity(Protocol):
    """Voice activity of one stream."""

    def push(self, frame: AudioFrame) -> bool:
        """Whether the frame (20 ms at 16 kHz) is speech."""


_log = structlog.get_logger(__name__)

Transcribe = Callable[[npt.NDArray[np.float32], str | None, str], Awaitable[Transcript]]
"""(speech float32 [n] at 16 kHz, language or None, hint) → transcript; runs elsewhere, never on the loop."""

Finished = Callable[[npt.NDArray[np.float32]], Awaitable[float]]
"""(speech float32 [n] at 16 kHz) → probability that the turn sounds finished; runs elsewhere."""

Ending = Callable[[str], Awaitable[float]]
"""(words) → log-probability that a sentence ends after them; runs elsewhere."""


@dataclass(frozen=True, slots=True)
class Started:
    at: float


@dataclass(frozen=True, slots=True)
class Interrupting:
    at: float


@dataclass(frozen=True, slots=True)
class Drafted:
    """The words so far, at a pause."""

    at: float
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class GoneOn:
    at: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """The turn is over. `overlapped` seconds of it were over our own voice; `waited` seconds passed between the
    end of the turn and these words, `pause` seconds before that since the last sound of speech."""

    at: float
    start: float
    speech_end: float
    voiced: float
    overlapped: float
    transcript: Transcript
    pause: float
    waited: float


@dataclass(frozen=True, slots=True)
class Quiet:
    at: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Deaf:
    """Recognition failed; the turn is lost, the conversation isn't."""

    at: float
    error: MostradorError


Hearing = Started | Interrupting | Drafted | GoneOn | Utterance | Quiet | Deaf

PRE_ROLL = 0.40
"""Seconds kept from before a turn is known to have started: its onset, and the soft consonant before that."""
POST_ROLL = 0.10
JUDGED = 400
"""Frames (8 s) of a turn that are asked whether they sound finished."""
TAIL = 4
"""… and those after the last that held speech."""
FREEZE_AFTER = 14.0
"""Seconds of unbroken turn after which what is already transcribed is kept and not transcribed again."""


@dataclass(slots=True)
class _Turn:
    """The sound of the turn under way and the words already found in it."""

    start: float
    frames: list[Pcm] = field(default_factory=list)
    frozen: list[Transcript] = field(default_factory=list)
    speech_end: float = 0.0
    spoken: int = 0
    """Frames up to the last that held speech."""
    draft: "asyncio.Task[Transcript] | None" = None
    draft_frames: int = 0
    freezing: "asyncio.Task[Transcript] | None" = None
    """The draft of a long turn's beginning, let run to its end though the customer went on."""
    freezing_frames: int = 0

    def settle(self) -> None:
        """Take over what has been frozen: those words are final, their sound is let go."""
        task = self.freezing
        if task is None or not task.done():
            return
        self.freezing = None
        if not task.cancelled() and task.exception() is None:
            self.frozen.append(task.result())
            del self.frames[: self.freezing_frames]
            self.spoken = max(0, self.spoken - self.freezing_frames)


class Listener:
    """Hears one line. `emit` gets each `Hearing` in order; `ours()` says whether our own voice is audible.

    `language` (None: find it), `digits_expected` and `deaf` may be set at any time by the conversation.
    """

    def __init__(
        self,
        line: AudioLine,
        activity: Activity,
        transcribe: Transcribe,
        emit: Callable[[Hearing], None],
        ours: Callable[[], bool] = lambda: False,
        finished: Finished | None = None,
        ending: Ending | None = None,
        settings: TurnSettings | None = None,
    ) -> None:
        self.language: str | None = None
        self.digits_expected = 0
        self.now = 0.0
        self._deaf = False
        self._line = line
        self._activity = activity
        self._transcribe = transcribe
        self._emit = emit
        self._ours = ours
        self._finished = finished
        self._ending = ending
        self._settings = settings or TurnSettings()
        self._state = TurnState()
        self._turn: _Turn | None = None
        self._last: npt.NDArray[np.float32] | None = None
        self._evidence = Evidence("", 0.0)
        self._odds: float | None = None
        """Log-odds that the turn is finished, once there are words to judge by."""
        self._pre_roll: deque[Pcm] = deque(maxlen=round(PRE_ROLL / 0.02))
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def deaf(self) -> bool:
        """While it is, what comes is neither judged nor transcribed nor kept: on hold, or not for our ears."""
        return self._deaf

    @deaf.setter
    def deaf(self, deaf: bool) -> None:
        self._deaf = deaf
        if deaf:
            self._abandon_draft()
            self._unweigh()
            self._pre_roll.clear()
            self._state, self._turn, self._last = TurnState(), None, None

    async def run(self) -> None:
        """Until the line closes; then what was being said is dropped."""
        require_rate(self._line.rate, RATE, "the listener")
        try:
            async for frame in self._line.heard():
                self._frame(frame)
        finally:
            for task in self._tasks:
                task.cancel()
            self._abandon_draft()

    def _frame(self, frame: AudioFrame) -> None:
        self.now = frame.end
        if self._deaf:
            return
        speech = self._activity.push(frame)
        before = self._state
        patience = patience_for(self._odds, self._evidence.text, self.digits_expected, self._settings)
        self._state, signal = step(before, speech, self._ours(), frame.seconds, patience, self._settings)
        if turn := self._turn:
            turn.frames.append(frame.pcm)
            if speech:
                turn.spoken = len(turn.frames)
                turn.speech_end = frame.end
        else:
            self._pre_roll.append(frame.pcm)
        match signal:
            case Signal.STARTED:
                self._turn = _Turn(
                    max(0.0, self.now - PRE_ROLL), list(self._pre_roll), [], self.now, len(self._pre_roll)
                )
                self._pre_roll.clear()
                self._emit(Started(self.now))
            case Signal.INTERRUPTED:
                self._emit(Interrupting(self.now))
            case Signal.PAUSED:
                self._spawn(self._judged())
                self._spawn(self._drafted())
            case Signal.RESUMED:
                self._resumed()
            case Signal.ENDED:
                self._ended(before)
            case Signal.QUIET:
                self._emit(Quiet(self.now, self._settings.quiet_after))
            case None:
                pass

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _judged(self) -> None:
        """How finished it sounds; asked once a pause, because silence drowns what the model listens for."""
        turn = self._turn
        if turn is None or self._finished is None:
            return
        spoken = turn.spoken
        sound = turn.frames[max(0, spoken - JUDGED) : spoken + TAIL]
        try:
            probability = await self._finished(to_float(np.concatenate(sound)))
        except MostradorError as error:
            _log.warning("end_of_turn_unknown", code=error.code)
            return
        self._weigh(turn, spoken, sound=probability)

    async def _drafted(self) -> None:
        turn = self._turn
        if turn is None:
            return
        turn.settle()
        if turn.freezing is not None:
            return
        spoken = turn.spoken
        draft = self._start_draft(turn)
        try:
            transcript = await asyncio.shield(draft)
        except MostradorError:
            return  # the end of the turn transcribes again and reports
        if turn is not self._turn or turn.draft is not draft:
            return
        words = _joined([*turn.frozen, transcript])
        self._weigh(turn, spoken, text=words.text, confidence=words.confidence)
        self._emit(Drafted(self.now, words))
        if self._ending is None or not words.text:
            return
        try:
            ending = await self._ending(words.text)
        except MostradorError as error:
            _log.warning("end_of_sentence_unknown", code=error.code)
            return
        self._weigh(turn, spoken, ending=ending)

    def _weigh(self, turn: _Turn, spoken: int, **known: Any) -> None:
        """One more fact about the pause after `spoken` frames of `turn`, if it still lasts."""
        if turn is self._turn and turn.spoken == spoken:
            self._evidence = replace(self._evidence, **known)
            self._odds = log_odds(self._evidence) if self._evidence.text else None

    def _unweigh(self) -> None:
        self._evidence, self._odds = Evidence("", 0.0), None

    def _start_draft(self, turn: _Turn) -> "asyncio.Task[Transcript]":
        turn.draft_frames = turn.spoken
        turn.draft = asyncio.ensure_future(self._words(turn.frames[: turn.spoken + round(POST_ROLL / 0.02)]))
        return turn.draft

    async def hear_again(self, hint: str) -> str:
        """The words of what was last transcribed, read anew with `hint` in mind. Raises VoiceError."""
        if self._last is None:
            return ""
        return (await self._transcribe(self._last, self.language, hint)).text

    def _words(self, frames: list[Pcm]) -> Awaitable[Transcript]:
        self._last = to_float(np.concatenate(frames))
        return self._transcribe(self._last, self.language, "")

    def _resumed(self) -> None:
        turn = self._turn
        if turn is None:
            return
        self._unweigh()
        if turn.draft is not None and turn.freezing is None and len(turn.frames) * 0.02 > FREEZE_AFTER:
            turn.freezing, turn.freezing_frames = turn.draft, turn.draft_frames
            turn.draft = None
        self._abandon_draft()
        self._emit(GoneOn(self.now))

    def _abandon_draft(self) -> None:
        if self._turn and self._turn.draft:
            self._turn.draft.cancel()
            self._turn.draft = None

    def _ended(self, last: TurnState) -> None:
        turn, self._turn = self._turn, None
        self._unweigh()
        if turn is not None:
            self._spawn(self._concluded(turn, last, self.now))

    async def _concluded(self, turn: _Turn, last: TurnState, at: float) -> None:
        began = asyncio.get_running_loop().time()
        if turn.freezing is not None:
            await asyncio.wait({turn.freezing})
            turn.settle()
        draft = turn.draft
        if draft is None or turn.draft_frames != turn.spoken or (draft.done() and draft.exception()):
            draft = self._start_draft(turn)
        try:
            transcript = _joined([*turn.frozen, await draft])
        except MostradorError as error:
            self._emit(Deaf(self.now, error))
            return
        self._emit(
            Utterance(
                at=at,
                start=turn.start,
                speech_end=turn.speech_end,
                voiced=last.voiced,
                overlapped=last.overlap,
                transcript=transcript,
                pause=at - turn.speech_end,
                waited=asyncio.get_running_loop().time() - began,
            )
        )


def _joined(parts: list[Transcript]) -> Transcript:
    if len(parts) == 1:
        return parts[0]
    return Transcript(
        text=" ".join(part.text for part in parts if part.text),
        language=parts[0].language,
        confidence=min(part.confidence for part in parts),
        no_speech=min(part.no_speech for part in parts),
        seconds=parts[-1].seconds,
    )
