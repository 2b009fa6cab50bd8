"""The recording of one conversation: asked for once, paused for secrets, given up at a word."""

import asyncio
import dataclasses
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Literal

import structlog
from msgspec.structs import replace

from core.errors import MostradorError
from runtime.agent import DialogState, Expect, Heard, Language, Reply
from runtime.agent.recording import NO, YES, answer, withdraws
from runtime.channels import Channel
from runtime.dialog import Dialog
from runtime.engines import Engines
from runtime.events import Consent, Event
from runtime.messages import Choice, Message

if TYPE_CHECKING:
    from runtime.recording.recorder import Recording


@dataclasses.dataclass(frozen=True, slots=True)
class _Asked:
    """What the conversation begins with, once it is settled whether it is recorded."""

    greeting: Reply
    state: DialogState
    language: Language


class OnRecord:
    """Nothing at all where the pack says never, where there is no sound, or nobody who writes it."""

    def __init__(
        self,
        identity: str,
        channel: Channel,
        engines: Engines,
        record: Callable[[Event], None],
        now: Callable[[], float],
    ) -> None:
        """`record` gets what the customer decides, `now` is stream time."""
        self._id = identity
        self._channel = channel
        self._engines = engines
        self._record = record
        self._now = now
        self._policy = engines.planner.recording
        self._asked: _Asked | None = None
        self._recording: Recording | None = None
        self._out: frozenset[str] = frozenset()
        """Why nothing is recorded just now."""
        self._work: asyncio.Task[bool] | None = None

    @property
    def asking(self) -> bool:
        """Whether it may be recorded is the question that is open."""
        return self._asked is not None

    async def greeting(self, dialog: Dialog, greeting: Reply, language: Language) -> Reply:
        """What is said first: the question, or the notice, before `greeting`."""
        if self._policy.mode == "never" or self._channel.line is None or self._engines.recorder is None:
            return greeting
        if self._policy.mode == "notice":
            if not await self._surely(self._begin("told", language)):
                return greeting
            self._decided("told", "notice")
            return self._before(greeting, "notice", language)
        self._asked = _Asked(greeting, dialog.state, language)
        choices = tuple(Choice(id_, self._phrase(code, language)) for id_, code in ((YES, "yes"), (NO, "no")))
        question = Message(self._phrase("recording.ask", language), choices=choices)
        dialog.state = DialogState(expect=Expect("yes_no", most=1), last=question)
        return Reply((question,))

    async def takes(self, heard: Heard, dialog: Dialog) -> Reply | None:
        """The answer to a turn that is about the recording; None for every other turn."""
        if (asked := self._asked) is not None:
            self._asked = None
            dialog.state = asked.state
            said, how = answer(heard)
            self._decided(said, how)
            if said == "none" and how != "silence":
                return None  # they go on with something else, which is no yes
            language = heard.language if how == "words" else asked.language
            recorded = said == "yes" and await self._surely(self._begin("yes", language))
            code = "yes" if recorded else "failed" if said == "yes" else "no"
            return self._before(asked.greeting, code, language)
        if self.concerns(heard.text):
            code = "stopped" if await self._surely(self._give_up()) else "no"
            stopped = Message(self._phrase(f"recording.{code}", heard.language))
            last = dialog.state.last
            open_question = (last,) if last is not None and dialog.state.expect.kind != "anything" else ()
            return Reply((stopped, *open_question))
        return None

    def concerns(self, text: str) -> bool:
        """Whether words say that there is to be no recording, or no longer."""
        return self._policy.mode != "never" and withdraws(text)

    def keep_out(self, reason: str, out: bool) -> None:
        """While a secret is asked for, or a person talks who was not asked, both sides are silent."""
        self._out = self._out | {reason} if out else self._out - {reason}
        if (recording := self._on) is not None:
            if self._out:
                recording.track.pause()
            else:
                recording.track.resume()

    def key(self) -> None:
        """A key has been pressed: its tone is taken out."""
        if (recording := self._on) is not None:
            recording.track.key()

    async def end(self) -> None:
        """The conversation is over. Safe to call twice."""
        if self._work is not None:
            await asyncio.wait({self._work})
        recording, self._recording = self._on, None
        if recording is not None and self._engines.recorder is not None:
            await self._engines.recorder.end(recording)

    @property
    def _on(self) -> "Recording | None":
        return self._recording if self._recording is not None and self._recording.on else None

    async def _surely(self, work: Coroutine[None, None, bool]) -> bool:
        """To its end, though the customer speaks over whoever waits for it."""
        self._work = asyncio.ensure_future(work)
        return await asyncio.shield(self._work)

    def _decided(self, said: Literal["yes", "no", "none", "withdrawn", "told"], how: str) -> None:
        self._record(Consent(answer=said, how=how, basis=self._policy.basis, at=self._now()))

    async def _begin(self, consent: str, language: Language) -> bool:
        """Whether it is recorded from now on; a failure has been told to the operator."""
        from runtime.recording.recorder import Order

        recorder, line = self._engines.recorder, self._channel.line
        assert recorder is not None
        assert line is not None
        beep = self._policy.beep_seconds if self._channel.kind == "phone" else 0.0
        order = Order(self._id, language, self._policy.basis, consent, self._policy.days, beep)
        try:
            self._recording = await recorder.begin(order, line.tap)
        except MostradorError:
            return False
        if self._out:
            self._recording.track.pause()
        return True

    async def _give_up(self) -> bool:
        """Whether there was one, perhaps one that the disk has ended."""
        recording, self._recording = self._recording, None
        if recording is None or self._engines.recorder is None:
            return False
        self._decided("withdrawn", "words")
        structlog.get_logger(__name__).info("recording_withdrawn", conversation=self._id)
        await self._engines.recorder.erase(recording)
        return True

    def _before(self, greeting: Reply, code: str, language: Language) -> Reply:
        said = Message(self._phrase(f"recording.{code}", language))
        return replace(greeting, messages=(said, *greeting.messages))

    def _phrase(self, code: str, language: Language) -> str:
        return self._engines.planner.phrase(code, language)
