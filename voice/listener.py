"""From a line's sound to what the customer said: frames → activity → turns → words."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import structlog

from core.claims import Claim, Priority, under
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
class Glimpsed:
    """The words so far while the customer speaks on: for a screen, nothing more."""

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


Hearing = Started | Interrupting | Drafted | Glimpsed | GoneOn | Utterance | Quiet | Deaf

PRE_ROLL = 0.40
"""Seconds kept from before a turn is known to have started: its onset, and the soft consonant before that."""
POST_ROLL = 0.10
LEANING = 1.2
"""Seconds of a turn, with its pre-roll, up to which its language can't be told."""
JUDGED = 400
"""Frames (8 s) of a turn that are asked whether they sound finished."""
TAIL = 4
"""… and those after the last that held speech."""
GLIMPSE = 1.2
"""Seconds of speech after which the words so far are looked at, and again after as many."""
FREEZE_AFTER = 4.0
"""Seconds of a turn after which what was transcribed at a pause is kept when the customer goes on: at the end only the
rest is to be read. Two sentences read apart at a pause of 0.3 s are read as well as together."""
FREEZE_NUMBER_AFTER = 14.0
"""… while a number is expected: a digit read by itself is easily taken for something else."""
FREEZE_PAUSE = 0.3
"""Seconds: a shorter pause may lie within a word."""


@dataclass(slots=True)
class _Turn:
    """The sound of the turn under way and the words already found in it."""

    start: float
    frames: list[Pcm] = field(default_factory=list)
    frozen: list[Transcript] = field(default_factory=list)
    speech_end: float = 0.0
    spoken: int = 0
    """Frames up to the last that held speech."""
    overlapped: bool = False
    """Begun over our own voice."""
    draft: "asyncio.Task[Transcript] | None" = None
    claim: Claim = field(default_factory=lambda: Claim(Priority.SPECULATIVE))
    """On the draft: live once the turn is over."""
    draft_frames: int = 0
    freezing: "asyncio.Task[Transcript] | None" = None
    """The draft of a long turn's beginning, let run to its end though the customer went on."""
    freezing_frames: int = 0
    glimpsed: int = 0
    """Frames that the last glimpse saw."""

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
            self.glimpsed = 0


class Listener:
    """Hears one line. `emit` gets each `Hearing` in order; `ours()` says whether our own voice is audible.

    `language` (None: find it), `leaning` (the language of a word or two over our own voice, too little to find it by),
    `digits_expected`, `answers` (whether words are just what was asked for), `glimpses` (words while they are being
    said) and `deaf` may be set at any time by the conversation.
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
        self.leaning: str | None = None
        self.digits_expected = 0
        self.glimpses = False
        self.answers: Callable[[Transcript], bool] = lambda _: False
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
        self._last: tuple[str, npt.NDArray[np.float32]] | None = None
        """What was transcribed last: words already final, and the sound after them."""
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
                if self.glimpses and not turn.overlapped and len(turn.frames) - turn.glimpsed >= GLIMPSE / 0.02:
                    turn.glimpsed = len(turn.frames)
                    self._spawn(self._glimpsed(turn))
        else:
            self._pre_roll.append(frame.pcm)
        match signal:
            case Signal.STARTED:
                self._turn = _Turn(
                    max(0.0, self.now - PRE_ROLL), list(self._pre_roll), [], self.now, len(self._pre_roll)
                )
                self._turn.overlapped = self._state.overlap > 0
                self._pre_roll.clear()
                self._emit(Started(self.now))
            case Signal.INTERRUPTED:
                self._emit(Interrupting(self.now))
            case Signal.PAUSED:
                self._spawn(self._judged())
                self._spawn(self._drafted())
            case Signal.RESUMED:
                self._resumed(before.still)
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
        ended = turn.speech_end
        sound = turn.frames[max(0, turn.spoken - JUDGED) : turn.spoken + TAIL]
        try:
            probability = await self._finished(to_float(np.concatenate(sound)))
        except MostradorError as error:
            _log.warning("end_of_turn_unknown", code=error.code)
            return
        self._weigh(turn, ended, sound=probability)

    async def _drafted(self) -> None:
        turn = self._turn
        if turn is None:
            return
        turn.settle()
        if turn.freezing is not None:
            return
        ended = turn.speech_end
        draft = self._start_draft(turn)
        try:
            transcript = await asyncio.shield(draft)
        except MostradorError:
            return  # the end of the turn transcribes again and reports
        if turn is not self._turn or turn.draft is not draft:
            return
        words = _joined([*turn.frozen, transcript])
        self._weigh(turn, ended, text=words.text, confidence=words.confidence, answers=self.answers(words))
        self._emit(Drafted(self.now, words))
        if self._ending is None or not words.text:
            return
        try:
            ending = await self._ending(words.text)
        except MostradorError as error:
            _log.warning("end_of_sentence_unknown", code=error.code)
            return
        self._weigh(turn, ended, ending=ending)

    async def _glimpsed(self, turn: _Turn) -> None:
        frozen, sound = len(turn.frozen), to_float(np.concatenate(turn.frames))
        try:
            with under(Claim(Priority.BACKGROUND)):
                transcript = await self._transcribe(sound, self.language, "")
        except MostradorError as error:
            _log.debug("no_glimpse", code=error.code)
            return
        speaks_on = turn is self._turn and turn.draft is None and len(turn.frozen) == frozen
        if speaks_on and turn.freezing is None and transcript.text:
            self._emit(Glimpsed(self.now, _joined([*turn.frozen, transcript])))

    def _weigh(self, turn: _Turn, ended: float, **known: Any) -> None:
        """One more fact about the pause after speech that `ended` then, if it still lasts."""
        if turn is self._turn and turn.speech_end == ended:
            self._evidence = replace(self._evidence, **known)
            self._odds = log_odds(self._evidence) if self._evidence.text else None

    def _unweigh(self) -> None:
        self._evidence, self._odds = Evidence("", 0.0), None

    def _start_draft(self, turn: _Turn) -> "asyncio.Task[Transcript]":
        turn.draft_frames = turn.spoken
        leaning = self.leaning if turn.overlapped and turn.spoken * 0.02 <= LEANING else None
        frames = turn.frames[: turn.spoken + round(POST_ROLL / 0.02)]
        with under(Claim(Priority.SPECULATIVE)) as turn.claim:
            turn.draft = asyncio.ensure_future(self._words(turn, frames, self.language or leaning))
        return turn.draft

    async def hear_again(self, hint: str) -> str:
        """The words of what was last transcribed, read anew with `hint` in mind. Raises VoiceError."""
        if self._last is None:
            return ""
        before, sound = self._last
        again = (await self._transcribe(sound, self.language, hint)).text
        return f"{before} {again}".strip() if again else ""

    def _words(self, turn: _Turn, frames: list[Pcm], language: str | None) -> Awaitable[Transcript]:
        sound = to_float(np.concatenate(frames))
        self._last = " ".join(part.text for part in turn.frozen), sound
        return self._transcribe(sound, language, "")

    def _resumed(self, pause: float) -> None:
        turn = self._turn
        if turn is None:
            return
        self._unweigh()
        limit = FREEZE_NUMBER_AFTER if self.digits_expected else FREEZE_AFTER
        long = len(turn.frames) * 0.02 > limit and pause >= FREEZE_PAUSE
        if turn.draft is not None and turn.freezing is None and long:
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
        turn.claim.raise_to(Priority.LIVE)
        if turn.freezing is not None:
            await asyncio.wait({turn.freezing})
            turn.settle()
        draft = turn.draft
        if draft is None or turn.draft_frames != turn.spoken or (draft.done() and draft.exception()):
            draft = self._start_draft(turn)
        turn.claim.raise_to(Priority.LIVE)
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
