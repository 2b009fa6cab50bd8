"""One conversation: what the customer does comes in as events, what the counter does goes out to its channel."""

import asyncio
from collections.abc import Coroutine
from typing import assert_never

import msgspec
import structlog

from core.errors import MostradorError
from runtime.agent import DialogState, Heard, Language, Plan, Reply
from runtime.agent.answers import answers
from runtime.channels import Caption, Channel, Notice, Shown, Status
from runtime.config import Limits
from runtime.dialog import Dialog
from runtime.digits import Digits, Hooks, is_person
from runtime.ears import Ears
from runtime.engines import Engines
from runtime.events import (
    Attached,
    Chose,
    Consent,
    Draft,
    Dtmf,
    Event,
    Failed,
    Handoff,
    Hold,
    HungUp,
    Interrupted,
    Kept,
    LanguageChosen,
    Recorded,
    Replied,
    Resumed,
    Said,
    Silence,
    SpeechStarted,
    Stopping,
    UserSaid,
)
from runtime.handoff.person import Person
from runtime.handoff.takeover import Takeover
from runtime.hearing import event_of, language_of
from runtime.journal import Journal
from runtime.keys import HIDDEN
from runtime.messages import Message
from runtime.metrics import Metrics
from runtime.onrecord import OnRecord
from runtime.overheard import Overheard
from runtime.teller import Teller
from runtime.tongue import Tongue
from voice.listener import Hearing, Listener, Utterance
from voice.speaker import Speaker
from voice.stt import Transcript
from voice.turns import TurnSettings

UNHEARD_MIN = 0.8
"""Seconds of speech without words below which nothing is asked: a cough, a door."""
FILLER_AFTER = 0.7
"""Seconds after the end of a turn, about 1.2 s after its last word, when we say that it takes a moment."""
INBOX = 256


class Session:
    """A conversation on one channel, from hello to goodbye."""

    def __init__(
        self,
        identity: str,
        channel: Channel,
        engines: Engines,
        journal: Journal,
        metrics: Metrics,
        limits: Limits,
        greeting: str = "",
        person: Person | None = None,
    ) -> None:
        """`greeting`: what is said first instead of the pack's words, in the channel's language; `person`: a way to
        one."""
        self.id = identity
        self._greeting = greeting
        self._over = False
        self._channel = channel
        self._engines = engines
        self._journal = journal
        self._metrics = metrics
        self._limits = limits
        self._log = structlog.get_logger(__name__).bind(conversation=identity, channel=channel.kind)
        self._inbox: asyncio.Queue[Event] = asyncio.Queue(INBOX)
        self._turn = 0
        self._silences = 0
        self._tongue = Tongue(channel.language)
        self._digits = Digits(
            channel, lambda secret: engines.keep(secret, self._dialog.state.expect.keeper), self._key_hooks()
        )
        self._on_record = OnRecord(identity, channel, engines, self._record, lambda: self._now)
        self._reply: asyncio.Task[None] | None = None
        speaker: Speaker | None = None
        listener: Listener | None = None
        if channel.line is not None and engines.sound is not None:
            speaker = engines.sound.speaker(channel.line)
            listener = engines.sound.listener(
                channel.line,
                self._hear,
                lambda: self._teller.speaking,
                TurnSettings(quiet_after=limits.silence_seconds),
            )
            listener.glimpses = channel.kind == "kiosk"
            listener.answers = self._answers
        self._ears = Ears(listener)
        self._teller = Teller(channel, speaker, lambda: self._now, self._record, self.post, metrics)
        self._takeover = Takeover(person, channel, engines.planner, self._teller, self._timed, lambda: self._turn)
        again = listener.hear_again if listener else None
        self._dialog = Dialog(identity, engines, again, self._teller.prepare, self._done)
        self._overheard = Overheard(again, self._dialog.leads_nowhere, engines.for_us)

    @property
    def over(self) -> bool:
        """The customer is gone, or has been told goodbye, or talks to a person; what is left is tidying up."""
        return self._over or self._channel.over or self._takeover.with_person

    @property
    def language(self) -> Language:
        return self._tongue.language

    async def run(self) -> str:
        """Until somebody hangs up; returns the cause. Never raises for a fault of a stage."""
        channel = self._channel
        self._ears.lean(self._tongue)
        self._record(Attached(channel=channel.kind, peer=channel.peer, language=self.language))
        pumps = [self._pump(self._pump_channel()), self._pump(self._teller.pump())]
        if self._ears.listener is not None:
            pumps.append(self._pump(self._ears.listener.run()))
        cause = "lost"
        try:
            self._start(self._greet())
            async with asyncio.timeout(self._limits.conversation_seconds) as self._limit:
                cause = await self._converse()
        except TimeoutError:
            cause = "too_long"
            await self._farewell("goodbye")
        finally:
            self._over = True
            await self._stop()
            self._dialog.drop()
            self._digits.close()
            await self._dialog.settled()
            await self._on_record.end()
            await channel.close(cause)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._log.info("conversation_ended", cause=cause, turns=self._turn)
        return cause

    def post(self, event: Event) -> None:
        """Put an event before the conversation, in order. A full inbox drops it, loudly."""
        try:
            self._inbox.put_nowait(event)
        except asyncio.QueueFull:
            self._metrics.dropped("inbox")
            self._log.error("inbox_full", event_kind=type(event).__name__)

    async def _converse(self) -> str:
        while True:
            event = await self._inbox.get()
            if self._digits.secret and isinstance(event, SpeechStarted | Interrupted | Draft | Resumed | UserSaid):
                continue  # said before we stopped listening, and perhaps the secret itself
            if self._takeover.under_way and self._takeover.takes(event):
                continue
            match event:
                case SpeechStarted():
                    self._digits.pause()
                    self._teller.duck(self.language)
                case Interrupted():
                    self._teller.hold(self.language)
                case Draft():
                    await self._drafted(event)
                case Resumed():
                    self._resumed()
                case UserSaid():
                    await self._said(event)
                case Chose():
                    self._record(event)
                    heard = Heard(event.title, self.language, spoken=False, choice=event.id)
                    await self._answer(heard)
                case Dtmf():
                    await self._key(event)
                case Kept():
                    await self._kept(event)
                case Hold():
                    self._hold(event)
                case Silence():
                    await self._silent(event)
                case LanguageChosen():
                    self._record(event)
                    await self._switch(event.language)
                case Failed():
                    await self._failed(event)
                case Stopping():
                    self._record(event)
                    await self._farewell("stopping")
                    self._record(HungUp(cause="stopping"))
                    return "stopping"
                case HungUp():
                    event = self._takeover.ended(event)
                    self._record(event)
                    return event.cause
                case Attached() | Replied() | Said() | Handoff() | Consent() | Recorded():
                    raise AssertionError("written by the conversation itself, never sent to it")
                case _:
                    assert_never(event)

    # What the customer does

    async def _said(self, event: UserSaid) -> None:
        """A turn of the customer. Over our own voice it may be no more than a backchannel, or meant for others."""
        heard = Heard(event.text, event.language, event.spoken, confidence=event.confidence)
        if event.overlapped and self._busy() and await self._goes_on(heard):
            self._log.info("not_for_us", text_pii=event.text)
            self._teller.go_on(self.language)
            self._digits.go_on()
            return
        if not event.text.strip():
            self._digits.go_on()
            await self._unheard(event)
            return
        if event.spoken and self._digits.secret:
            return  # since then
        self._silences = 0
        if event.overlapped and self._busy():
            self._record(Interrupted(at=event.at))
            self._metrics.interrupted()
        language = self._tongue.hear(event.language, event.voiced) if event.spoken else event.language
        if event.spoken:
            event = msgspec.structs.replace(event, text=self._digits.and_said(event.text, language))
        self._ears.lean(self._tongue)
        self._record(event)
        await self._answer(Heard(event.text, language, event.spoken, confidence=event.confidence))

    async def _goes_on(self, heard: Heard) -> bool:
        """Whether our answer does, over which that was said."""
        if self._on_record.concerns(heard.text):
            return False
        return await self._overheard.goes_on(heard, self._dialog.state.expect)

    async def _unheard(self, event: UserSaid) -> None:
        """Speech without a word in it: ask again, but not of a noisy street for ever."""
        if event.voiced < UNHEARD_MIN or self._busy():
            return
        self._record(event)
        await self._not_answered(event.at, "not_heard", "not_heard")

    async def _silent(self, event: Silence) -> None:
        if self._busy():
            return
        self._record(event)
        if self._on_record.asking:
            self._start(self._replied(Heard("", self.language, spoken=False), None))
            return
        await self._not_answered(event.at, "silence", "silence_again")

    async def _not_answered(self, at: float, first: str, again: str) -> None:
        self._silences += 1
        if self._silences >= self._limits.silences:
            await self._farewell("goodbye_silence")
            self.post(HungUp(at=at, cause="silence"))
        else:
            self._start(self._phrase(first if self._silences == 1 else again))

    async def _key(self, event: Dtmf) -> None:
        """A key press interrupts speech. Digits are collected; a lone 0 asks for a person."""
        self._record(event)
        self._on_record.key()
        self._silences = 0
        if self._digits.closed:
            return
        keyed = self._digits.press(event.digit)
        self._ears.await_digits(self._digits.missing)
        if self._digits.secret:
            self._teller.show(Caption("customer", self._digits.held, self._turn + 1, final=False))
        await self._stop()
        if is_person(keyed):
            await self._answer(Heard("0", self.language, spoken=False, choice="person"))
        elif keyed is not None:
            self._digits.complete(keyed)

    async def _kept(self, event: Kept) -> None:
        self._record(event)
        if event.why.startswith("vault."):
            self._metrics.failed(event.why)
        await self._answer(Heard(HIDDEN * event.digits, self.language, spoken=False, token=event.token))

    def _hold(self, event: Hold) -> None:
        """On hold nobody is there: we keep our place, hear nothing, and ask nobody whether they are there."""
        self._record(event)
        self._ears.deafen("hold", event.on)
        if event.on:
            self._digits.pause()
            self._dialog.drop()
            self._teller.hold(self.language)
        else:
            self._digits.go_on()
            self._teller.go_on(self.language)

    async def _switch(self, language: Language) -> None:
        await self._stop()
        self._choose(language)
        self._start(self._phrase("language_switched"))

    def _choose(self, language: Language) -> None:
        self._tongue.choose(language)
        self._ears.lean(self._tongue)

    async def _failed(self, event: Failed) -> None:
        """A stage failed: the customer hears it in their words, the operator reads one line, and it goes on."""
        self._record(event)
        self._metrics.failed(event.code)
        self._digits.go_on()
        self._log.error("stage_failed", stage=event.stage, code=event.code, cause_pii=event.message)
        await self._stop()
        text = self._engines.planner.phrase(f"error.{event.code}", self.language)
        self._teller.show(Notice(event.code, text))
        if event.stage == "tts":
            return  # it can't be said; the screen shows it
        self._start(self._phrase(f"error.{event.code}"))

    # What the counter does

    async def _drafted(self, draft: Draft) -> None:
        """A pause, perhaps the end of the turn: a backchannel is passed over, else the answer is made ready."""
        if draft.going_on:
            self._teller.show(Caption("customer", draft.text, self._turn + 1, final=False))
            return
        heard = Heard(draft.text, draft.language, confidence=draft.confidence)
        if self._busy():
            if await self._goes_on(heard):
                self._teller.go_on(self.language)
                return
            if self._teller.speaking:
                self._teller.hold(self.language)
        self._teller.show(Caption("customer", draft.text, self._turn + 1, final=False))
        if self._teller.speaking or self._dialog.acting or self._digits.held or not draft.text.strip():
            return
        if self._on_record.asking:
            return
        self._dialog.speculate(heard)

    def _resumed(self) -> None:
        """The customer goes on after a pause."""
        self._dialog.drop()
        if self._teller.speaking:
            self._teller.hold(self.language)

    async def _answer(self, heard: Heard) -> None:
        """Start the answer to a turn; what was being said stops, what was being done is finished first."""
        self._turn += 1
        self._teller.show(Caption("customer", heard.text, self._turn))
        await self._stop()
        self._start(self._replied(heard, self._dialog.take(heard)))

    async def _replied(self, heard: Heard, guess: "asyncio.Task[Plan] | None") -> None:
        """The answer to a turn; where it takes long, that is said first, once."""
        self._teller.show(Status("thinking", self.language))
        making = asyncio.ensure_future(self._made(heard, guess))
        try:
            done, _ = await asyncio.wait({making}, timeout=FILLER_AFTER)
            if not done and self._teller.aloud:
                wait = Message(self._engines.planner.phrase("wait", self.language))
                await self._teller.say(wait, self.language, self._turn)
            reply = await making
        finally:
            making.cancel()
        if reply is not None:
            await self._give(reply)

    async def _made(self, heard: Heard, guess: "asyncio.Task[Plan] | None") -> Reply | None:
        """Planned and done; None when that failed, which is told."""
        clock = asyncio.get_running_loop().time
        began = clock()
        stage = "plan"
        try:
            if (about := await self._on_record.takes(heard, self._dialog)) is not None:
                if guess is not None:
                    guess.cancel()
                self._expect(self._dialog.state)
                return about
            plan = await self._dialog.plan(heard, guess)
            if plan.heard.text != heard.text:  # at the second hearing
                self._teller.show(Caption("customer", plan.heard.text, self._turn))
            stage = "commit"
            return await self._dialog.commit(plan, clock() - began)
        except MostradorError as error:
            self.post(Failed(at=self._now, stage=stage, code=error.code, message=error.message))
            return None

    def _done(self, replied: Replied) -> None:
        self._expect(replied.state)
        self._takeover.follow(replied)
        if replied.failed:
            self._metrics.failed(replied.failed)
        self._timed(replied)

    async def _greet(self) -> None:
        reply = self._dialog.open(self.language, self._channel.kind, self._greeting)
        reply = await self._on_record.greeting(self._dialog, reply, self.language)
        self._expect(self._dialog.state)
        await self._give(reply)

    async def _phrase(self, code: str) -> None:
        await self._give(Reply((Message(self._engines.planner.phrase(code, self.language)),)))

    async def _give(self, reply: Reply) -> None:
        """Say and show a reply, then do what it means for the conversation."""
        if not await self._digits.guard():
            self._dialog.state = DialogState()
            self._expect(self._dialog.state)
            await self._digits.guard()
            reply = Reply((Message(self._engines.planner.phrase("to_person", self.language)),), "to_person")
        if reply.language is not None:
            self._choose(reply.language)
        for message in reply.messages:
            self._teller.show(Shown(message, self._turn))
            if not await self._teller.say(message, self.language, self._turn):
                return
        if reply.action == "to_person":
            await self._to_person()
        self._teller.show(Status("listening", self.language))
        self._digits.go_on()
        if reply.action == "goodbye":
            self.post(HungUp(at=self._now, cause="goodbye"))

    async def _to_person(self) -> None:
        """Bring them to a person, or say that there is none."""
        self._ears.deafen("person", True)
        self._on_record.keep_out("person", True)
        try:
            what = await self._takeover.bring(self.language, lambda: self._limit.reschedule(None))
        finally:
            self._ears.deafen("person", False)
            self._on_record.keep_out("person", False)
        if isinstance(what, HungUp):
            self.post(msgspec.structs.replace(what, at=self._now))
        else:
            await self._phrase(what)

    async def _farewell(self, code: str) -> None:
        """Finish the clause that is being said, say goodbye, all within the limit."""
        limit = self._limits.stop_seconds
        if self._teller.aloud and self._reply is not None and not self._reply.done():
            self._teller.finish()
            await asyncio.wait({self._reply}, timeout=limit * 0.4)
        await self._stop()
        self._start(self._phrase(code))
        if self._reply is not None:
            await asyncio.wait({self._reply}, timeout=limit * 0.5)
        await self._stop()

    # The machinery

    def _key_hooks(self) -> Hooks:
        """What the keys do to the conversation."""

        def typed(digits: str) -> None:
            self.post(UserSaid(at=self._now, text=digits, language=self.language, spoken=False))

        def kept(event: Kept) -> None:
            self.post(msgspec.structs.replace(event, at=self._now))

        return Hooks(lambda: self._dialog.state.expect, self._busy, self._start, typed, kept)

    @property
    def _now(self) -> float:
        return self._ears.now

    def _hear(self, hearing: Hearing) -> None:
        if isinstance(hearing, Utterance):
            self._metrics.stage("pause", hearing.pause)
            self._metrics.stage("stt", hearing.transcript.seconds)
        self.post(event_of(hearing, self.language))

    def _busy(self) -> bool:
        return self._reply is not None and not self._reply.done()

    def _answers(self, words: Transcript) -> bool:
        return answers(words.text, language_of(words.language, self.language), self._dialog.state.expect)

    def _expect(self, state: DialogState) -> None:
        self._ears.deafen("secret", state.expect.kind == "secret")
        self._on_record.keep_out("secret", state.expect.kind == "secret")
        self._digits.want()
        self._ears.await_digits(self._digits.missing)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._reply = asyncio.ensure_future(work)
        self._reply.add_done_callback(self._reply_ended)

    def _reply_ended(self, task: "asyncio.Task[None]") -> None:
        """A fault that nothing foresaw still ends in words for the customer and a line for the operator."""
        if task.cancelled() or (error := task.exception()) is None:
            return
        self._log.error("reply_failed", exc_info=error)
        self.post(Failed(at=self._now, stage="reply", code="internal", message=type(error).__name__))

    async def _stop(self) -> None:
        """Silence now. A side effect under way is not stopped: it ends, and its result is kept."""
        reply, self._reply = self._reply, None
        self._teller.hush()
        if reply is None or reply.done():
            return
        done, _ = await asyncio.wait({reply}, timeout=0.1)
        if not done:
            reply.cancel()
            await asyncio.wait({reply}, timeout=1.0)

    def _timed(self, event: Event) -> None:
        self._record(msgspec.structs.replace(event, at=self._now))

    def _record(self, event: Event) -> None:
        self._journal.append(self.id, event)
        self._metrics.event(event)

    def _pump(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        """What the conversation cannot go on without: should it fail, that is told, and we say goodbye."""

        def ended(task: "asyncio.Task[None]") -> None:
            if not task.cancelled() and (error := task.exception()) is not None:
                self._log.error("pump_failed", exc_info=error)
                self.post(Failed(at=self._now, stage="pump", code="internal", message=type(error).__name__))
                self.post(Stopping())

        task = asyncio.ensure_future(work)
        task.add_done_callback(ended)
        return task

    async def _pump_channel(self) -> None:
        async for event in self._channel.events():
            self.post(event)
