"""One conversation: what the customer does comes in as events, what the counter does goes out to its channel."""

import asyncio
from collections.abc import Coroutine
from typing import assert_never

import structlog

from core.errors import MostradorError
from runtime.agent import DialogState, Heard, Language, Plan, Reply
from runtime.backchannel import is_backchannel
from runtime.channels import Caption, Channel, Notice, Shown, Status
from runtime.config import Limits
from runtime.engines import Engines
from runtime.events import (
    Attached,
    Chose,
    Draft,
    Dtmf,
    Event,
    Failed,
    HungUp,
    Interrupted,
    LanguageChosen,
    Replied,
    Resumed,
    Said,
    Silence,
    SpeechStarted,
    Stopping,
    UserSaid,
)
from runtime.hearing import event_of
from runtime.journal import Journal
from runtime.keys import Keypad
from runtime.messages import Message
from runtime.metrics import Metrics
from runtime.second_hearing import understand
from runtime.speculation import Speculation
from runtime.teller import Teller
from runtime.tongue import Tongue
from voice.listener import Hearing, Listener, Utterance
from voice.speaker import Speaker
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
    ) -> None:
        """`greeting`: what is said first instead of the pack's words, in the channel's language."""
        self.id = identity
        self._greeting = greeting
        self.over = False
        """The customer is gone, or has been told goodbye; what is left is tidying up."""
        self._channel = channel
        self._engines = engines
        self._journal = journal
        self._metrics = metrics
        self._limits = limits
        self._log = structlog.get_logger(__name__).bind(conversation=identity, channel=channel.kind)
        self._inbox: asyncio.Queue[Event] = asyncio.Queue(INBOX)
        self._state = DialogState()
        self._turn = 0
        self._silences = 0
        self._tongue = Tongue(channel.language)
        self._keypad = Keypad(self._keyed)
        self._speculation = Speculation(self._foresee)
        self._reply: asyncio.Task[None] | None = None
        self._commit: asyncio.Task[Reply] | None = None
        speaker: Speaker | None = None
        self._listener: Listener | None = None
        if channel.line is not None and engines.sound is not None:
            speaker = engines.sound.speaker(channel.line)
            self._listener = engines.sound.listener(
                channel.line,
                self._hear,
                lambda: self._teller.speaking,
                TurnSettings(quiet_after=limits.silence_seconds),
            )
        self._teller = Teller(channel, speaker, lambda: self._now, self._record, self.post, metrics)

    @property
    def language(self) -> Language:
        return self._tongue.language

    async def run(self) -> str:
        """Until somebody hangs up; returns the cause. Never raises for a fault of a stage."""
        channel = self._channel
        self._record(Attached(channel=channel.kind, peer=channel.peer, language=self.language))
        pumps = [asyncio.ensure_future(self._pump_channel()), asyncio.ensure_future(self._teller.pump())]
        if self._listener is not None:
            pumps.append(asyncio.ensure_future(self._listener.run()))
        cause = "lost"
        try:
            self._start(self._greet())
            async with asyncio.timeout(self._limits.conversation_seconds):
                cause = await self._converse()
        except TimeoutError:
            cause = "too_long"
            await self._farewell("goodbye")
        finally:
            self.over = True
            await self._stop()
            self._speculation.drop()
            self._keypad.forget()
            if self._commit is not None:
                await asyncio.wait({self._commit})
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
            match event:
                case SpeechStarted():
                    self._teller.duck(self.language)
                case Interrupted():
                    self._teller.hold(self.language)
                case Draft():
                    self._drafted(event)
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
                    self._record(event)
                    return event.cause
                case Attached() | Replied() | Said():
                    raise AssertionError("written by the conversation itself, never sent to it")
                case _:
                    assert_never(event)

    # What the customer does

    async def _said(self, event: UserSaid) -> None:
        """A turn of the customer. Over our own voice it may be no more than a backchannel, or a noise."""
        if event.overlapped and self._busy() and self._meant_for_nobody(event.text, event.language):
            self._log.info("backchannel", text_pii=event.text)
            self._teller.go_on(self.language)
            return
        if not event.text.strip():
            await self._unheard(event)
            return
        self._silences = 0
        if event.overlapped and self._busy():
            self._record(Interrupted(at=event.at))
            self._metrics.interrupted()
        language = self._tongue.hear(event.language, event.voiced) if event.spoken else event.language
        self._tell_language()
        self._record(event)
        await self._answer(Heard(event.text, language, event.spoken, confidence=event.confidence))

    def _meant_for_nobody(self, text: str, language: str) -> bool:
        return is_backchannel(text, language, self._state.expect)

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
        self._silences = 0
        expect = self._state.expect
        keyed = self._keypad.press(event.digit, expect.most or expect.digits)
        await self._stop()
        if keyed.person:
            await self._answer(Heard("0", self.language, spoken=False, choice="person"))
        elif keyed.digits:
            self._keyed(keyed.digits)

    def _keyed(self, digits: str) -> None:
        self.post(UserSaid(at=self._now, text=digits, language=self.language, spoken=False))

    async def _switch(self, language: Language) -> None:
        await self._stop()
        self._choose(language)
        self._start(self._phrase("language_switched"))

    def _choose(self, language: Language) -> None:
        self._tongue.choose(language)
        self._tell_language()

    def _tell_language(self) -> None:
        if self._listener is not None and self._tongue.sure:
            self._listener.language = self.language

    async def _failed(self, event: Failed) -> None:
        """A stage failed: the customer hears it in their words, the operator reads one line, and it goes on."""
        self._record(event)
        self._metrics.failed(event.code)
        self._log.error("stage_failed", stage=event.stage, code=event.code, cause_pii=event.message)
        await self._stop()
        text = self._engines.planner.phrase("error", self.language)
        self._teller.show(Notice(event.code, text))
        if event.stage == "tts":
            return  # it can't be said; the screen shows it
        self._start(self._phrase("error"))

    # What the counter does

    def _drafted(self, draft: Draft) -> None:
        """A pause, perhaps the end of the turn: a backchannel is passed over, else the answer is made ready."""
        if self._busy() and self._meant_for_nobody(draft.text, draft.language):
            self._teller.go_on(self.language)
            return
        self._teller.show(Caption("customer", draft.text, self._turn + 1, final=False))
        acting = self._commit is not None and not self._commit.done()
        if self._teller.speaking or acting or not draft.text.strip():
            return
        self._speculation.begin(Heard(draft.text, draft.language, confidence=draft.confidence), self._state)

    def _resumed(self) -> None:
        """The customer goes on after a pause."""
        self._speculation.drop()
        if self._teller.speaking:
            self._teller.hold(self.language)

    async def _foresee(self, heard: Heard, state: DialogState) -> Plan:
        plan = await self._understood(heard, state)
        if plan.reply is not None:
            language = plan.reply.language or heard.language
            for message in plan.reply.messages[:1]:
                self._teller.prepare(message, language)
        return plan

    async def _understood(self, heard: Heard, state: DialogState) -> Plan:
        engines, identity = self._engines, self.id
        return await understand(
            lambda state, heard: engines.plan(state, heard, identity),
            self._listener.hear_again if self._listener else None,
            engines.planner.hint(heard.language),
            state,
            heard,
        )

    async def _answer(self, heard: Heard) -> None:
        """Start the answer to a turn; what was being said stops, what was being done is finished first."""
        self._turn += 1
        self._teller.show(Caption("customer", heard.text, self._turn))
        await self._stop()
        self._start(self._replied(heard, self._speculation.take(heard, self._state)))

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
            if self._commit is not None:
                await asyncio.wait({self._commit})
            plan = await (guess or self._understood(heard, self._state))
            if plan.heard.text != heard.text:  # at the second hearing
                self._teller.show(Caption("customer", plan.heard.text, self._turn))
            timings = {"plan": clock() - began}
            stage = "commit"
            self._commit = asyncio.ensure_future(self._committed(plan, timings))
            return await asyncio.shield(self._commit)
        except MostradorError as error:
            self.post(Failed(at=self._now, stage=stage, code=error.code, message=error.message))
            return None

    async def _committed(self, plan: Plan, timings: dict[str, float]) -> Reply:
        """The only place where something is done. Runs to its end even when the customer interrupts."""
        clock = asyncio.get_running_loop().time
        began = clock()
        reply, state = plan.reply, plan.state
        if reply is None or plan.effects:
            reply, state = await self._engines.commit(plan, self.id)
        self._state = state
        self._expect(state)
        self._record(
            Replied(
                at=self._now,
                intent=plan.intent,
                why=plan.why,
                confidence=plan.confidence,
                messages=reply.messages,
                action=reply.action,
                state=state,
                effects=tuple(f"{effect.tool}:{effect.key}" for effect in plan.effects),
                timings={**timings, "commit": clock() - began},
            )
        )
        return reply

    async def _greet(self) -> None:
        reply, self._state = self._engines.planner.open(self.language, self._channel.kind)
        if self._greeting:
            own = Message(self._greeting, choices=reply.messages[0].choices)
            reply, self._state = Reply((own,)), DialogState(last=own)
        self._expect(self._state)
        await self._give(reply)

    async def _phrase(self, code: str) -> None:
        await self._give(Reply((Message(self._engines.planner.phrase(code, self.language)),)))

    async def _give(self, reply: Reply) -> None:
        """Say and show a reply, then do what it means for the conversation."""
        if reply.language is not None:
            self._choose(reply.language)
        for message in reply.messages:
            self._teller.show(Shown(message, self._turn))
            if not await self._teller.say(message, self.language, self._turn):
                return
        if reply.action == "to_person":
            # Nobody can be reached from the device yet: that is said, not hidden.
            self._log.warning("person_asked_for")
            await self._phrase("no_person")
        self._teller.show(Status("listening", self.language))
        if reply.action == "goodbye":
            self.post(HungUp(at=self._now, cause="goodbye"))

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

    @property
    def _now(self) -> float:
        return self._listener.now if self._listener else 0.0

    def _hear(self, hearing: Hearing) -> None:
        if isinstance(hearing, Utterance):
            self._metrics.stage("pause", hearing.pause)
            self._metrics.stage("stt", hearing.transcript.seconds)
        self.post(event_of(hearing, self.language))

    def _busy(self) -> bool:
        return self._reply is not None and not self._reply.done()

    def _expect(self, state: DialogState) -> None:
        if self._listener is not None:
            self._listener.digits_expected = state.expect.digits

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

    def _record(self, event: Event) -> None:
        self._journal.append(self.id, event)
        self._metrics.event(event)

    async def _pump_channel(self) -> None:
        async for event in self._channel.events():
            self.post(event)
