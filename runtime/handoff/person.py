"""Brings one customer on the telephone to a person: what `steps` decides is done here, with calls, words and music."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import assert_never

import structlog

from core.errors import MostradorError, TelephonyError
from runtime.agent import Language
from runtime.config import Person as PersonSettings
from runtime.events import Handoff
from runtime.handoff import steps
from runtime.handoff.steps import Deed, Happened, Phase, Reason, Way
from telephony.events import Answered, Ended, KeyPressed
from telephony.media import from_now
from telephony.refer import Transferred, handoff_headers, new_id
from telephony.sip import SipAgent, SipCall
from telephony.transfer import transfer
from voice.answered import WhoAnswered
from voice.answering import Verdict
from voice.comfort import Comfort
from voice.frames import AudioFrame
from voice.line import AudioLine
from voice.speaker import Speaker

LEAD = 0.24
TICK = 0.04
ASK_AGAIN = 3.0
"""Seconds between two times that a person is asked to press the key."""
SLACK = 5.0
"""Seconds that the telephone itself goes on ringing: it is we who give up."""
ANNOUNCING = 8.0
"""Seconds that the person waits at most while the customer is told of them."""
ENDING = 2.0
"""Seconds that leaving may take."""
KEYS = 64
"""That wait at most; everything else happens but a few times."""

Who = Callable[[AsyncIterator[AudioFrame], Language], Awaitable[WhoAnswered]]
"""Who has answered, by their voice."""


@dataclass(frozen=True, slots=True)
class Counterside:
    """What a conversation lends: the customer's language and line, and ways to speak and to write down."""

    language: Language
    line: AudioLine
    say: Callable[[str], Awaitable[None]]
    """A phrase, by its code, to the customer; returns when it was heard."""
    brief: Callable[[Language], Sequence[str]]
    """What a person is told of this conversation."""
    phrase: Callable[[str, Language], str]
    aloud: Callable[[str, Language], Awaitable[None]]
    """Words to the customer's line, and to whoever hears it, too."""
    note: Callable[[Handoff], None]
    with_person: Callable[[], None]
    """From now on the customer is in a person's hands."""


class Person:
    """A way from one call to a person; used again where the customer asks again."""

    def __init__(
        self,
        settings: PersonSettings,
        agent: SipAgent,
        customer: SipCall,
        speaker: Callable[[AudioLine], Speaker],
        who: Who,
        language: Language,
    ) -> None:
        """`who` tells people from machines; `language`: of the device, where the settings don't say the person's."""
        self._settings = settings
        self._agent = agent
        self._customer = customer
        self._speaker = speaker
        self._who = who
        self._language: Language = settings.language or language
        self._inbox: asyncio.Queue[Happened] | None = None

    @property
    def busy(self) -> bool:
        """Somebody is being reached, or has been: the customer's keys and words are not for the agent."""
        return self._inbox is not None

    def withdraw(self) -> None:
        """The customer would rather go on with the agent."""
        self._post(steps.Withdrawn())

    def hung_up(self) -> None:
        """The customer has."""
        self._post(steps.CustomerGone())

    async def reach(self, counter: Counterside) -> Reason:
        """Until the customer is back, or gone with the person. A cancelled one leaves no call up. Never raises for what
        the telephone does."""
        self._inbox = asyncio.Queue()
        handoff = _Handoff(
            self._settings, self._agent, self._customer, self._speaker, self._who, self._language, counter
        )
        handoff.post = self._post
        self._customer.overheard.append(self._overheard)
        state = steps.State()
        happened: Happened = steps.Begin()
        try:
            if self._customer.ended is not None:
                return "gone"
            while True:
                state, deeds = steps.step(handoff.way, state, happened)
                for deed in deeds:
                    await handoff.do(deed)
                if state.reason is not None:
                    return state.reason
                happened = await self._inbox.get()
        finally:
            self._inbox = None
            self._customer.overheard.remove(self._overheard)
            if state.phase is not Phase.OVER:
                _, deeds = steps.step(handoff.way, state, steps.Stopped())
                await handoff.leave(deeds)
            handoff.close()

    def _overheard(self, event: object) -> None:
        if isinstance(event, Ended):
            self.hung_up()

    def _post(self, happened: Happened) -> None:
        if self._inbox is not None and (self._inbox.qsize() < KEYS or not isinstance(happened, steps.Key)):
            self._inbox.put_nowait(happened)


class _Handoff:
    """One try."""

    def __init__(
        self,
        settings: PersonSettings,
        agent: SipAgent,
        customer: SipCall,
        speaker: Callable[[AudioLine], Speaker],
        who: Who,
        language: Language,
        counter: Counterside,
    ) -> None:
        self.way = Way(
            settings.kind, settings.briefing, settings.accept, settings.ring_seconds, settings.accept_seconds
        )
        self.id = new_id()
        self.post: Callable[[Happened], None] = lambda _: None
        self._settings = settings
        self._agent = agent
        self._customer = customer
        self._make_speaker = speaker
        self._who = who
        self._language: Language = language
        self._counter = counter
        self._person: SipCall | None = None
        self._voice: Speaker | None = None
        self._comfort: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._log = structlog.get_logger(__name__).bind(handoff=self.id)

    async def do(self, deed: Deed) -> None:
        match deed:
            case steps.Comfort(on=on):
                await self._soothe(on)
            case steps.Dial():
                await self._dial()
            case steps.HangUp():
                await self._hang_up()
            case steps.Listen():
                self._tell(self._listen())
            case steps.AskToAccept():
                self._tell(self._ask())
            case steps.Brief(together=together):
                self._tell(self._brief(together=together))
            case steps.Announce():
                await self._hush()
                with suppress(TimeoutError):  # a customer who has put us on hold hears it when it is too late
                    async with asyncio.timeout(ANNOUNCING):
                        await self._counter.say("person_found")
            case steps.Refer(attended=attended):
                self._spawn(self._refer(attended=attended))
            case steps.Join(with_us=with_us):
                await self._hush()
                if self._person is None or not await self._customer.join(self._person, with_us=with_us):
                    self.post(steps.PersonEnded("lost"))
            case steps.Part():
                await self._hush()
                await self._customer.part()
            case steps.Wait(phase=phase, seconds=seconds):
                self._wait(phase, seconds)
            case steps.Note():
                self._note(deed)
            case steps.LeaveCustomer():
                await self._customer.hangup(cause="transferred")
            case _:
                assert_never(deed)

    async def leave(self, deeds: Sequence[Deed]) -> None:
        """However we are stopped, no call is left up."""
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDING):
                for deed in deeds:
                    await self.do(deed)

    def close(self) -> None:
        for task in (self._comfort, self._telling, *self._tasks):
            if task is not None:
                task.cancel()
        if self._timer is not None:
            self._timer.cancel()

    # The customer

    async def _soothe(self, on: bool) -> None:
        comfort, self._comfort = self._comfort, None
        if comfort is not None:
            comfort.cancel()
            await asyncio.wait({comfort})
            self._counter.line.hush()
        if on:
            self._comfort = self._watched(self._waiting())

    async def _waiting(self) -> None:
        """Words, and between them music."""
        music = Comfort()
        code = "person_calling"
        while True:
            await self._counter.say(code)
            await self._play(music, self._settings.words_seconds)
            code = "person_waiting"

    async def _play(self, music: Comfort, seconds: float) -> None:
        line, loop = self._counter.line, asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until:
            if (wanted := round(LEAD * line.rate) - line.queued) > 0:
                line.play(music.next(wanted))
            await asyncio.sleep(TICK)

    # The person

    async def _dial(self) -> None:
        try:
            self._person = await self._agent.dial(
                self._settings.call,
                self._settings.account,
                handoff_headers(self.id),
                patience=self._settings.ring_seconds + SLACK,
            )
        except TelephonyError as error:
            self._log.error("person_not_called", code=error.code, reason_pii=error.message)
            self.post(steps.PersonEnded("failed"))
            return
        self._note(steps.Note("ringing"))
        self._voice = self._make_speaker(self._person.line)
        self._spawn(self._follow(self._person))

    async def _follow(self, call: SipCall) -> None:
        async for event in call.events():
            match event:
                case Answered():
                    self.post(steps.Answered())
                case KeyPressed(digit=digit):
                    self.post(steps.Key(digit))
                case Ended(cause=cause):
                    self.post(steps.PersonEnded(cause))
                case _:
                    pass

    async def _hang_up(self) -> None:
        await self._hush()
        if self._person is not None:
            await self._person.hangup()

    def _tell(self, words: Coroutine[None, None, None]) -> None:
        if self._telling is not None:
            self._telling.cancel()
        self._telling = self._watched(words)

    async def _hush(self) -> None:
        """Say no more to the person."""
        telling, self._telling = self._telling, None
        if telling is not None and telling is not asyncio.current_task():
            telling.cancel()
            await asyncio.wait({telling})
        if self._voice is not None:
            self._voice.hush()

    async def _listen(self) -> None:
        verdict: Verdict = "unsure"
        if self._person is not None:
            try:
                verdict = (await self._who(from_now(self._person.line), self._language)).verdict
            except MostradorError as error:
                self._log.error("person_not_heard", code=error.code)
        self._telling = None
        self.post(steps.Recognised(verdict))

    async def _ask(self) -> None:
        while True:
            await self._say(self._counter.phrase("brief_accept", self._language))
            await asyncio.sleep(ASK_AGAIN)

    async def _brief(self, *, together: bool) -> None:
        """In the person's language; where the customer hears it, in theirs."""
        if together:
            opening = self._counter.phrase("brief_together", self._counter.language)
            for sentence in (opening, *self._counter.brief(self._counter.language)):
                await self._counter.aloud(sentence, self._counter.language)
        else:
            await self._say(" ".join(self._counter.brief(self._language)))
        self._telling = None
        self.post(steps.Told())

    async def _say(self, text: str) -> None:
        """To the person alone. A voice that fails does not keep the customer from them."""
        if self._voice is None:
            return
        try:
            await self._voice.say(text, self._language)
        except MostradorError as error:
            self._log.error("person_not_told", code=error.code)

    # Both

    async def _refer(self, *, attended: bool) -> None:
        consultation = self._person if attended else None
        try:
            if consultation is not None:
                target = consultation.remote
            else:
                target = await self._agent.address(self._settings.call, self._settings.account)
            within = self._settings.refer_seconds + (0 if attended else self._settings.ring_seconds)
            result = await transfer(
                self._customer, target, handoff_headers(self.id), consultation=consultation, within=within
            )
        except TelephonyError as error:
            self._log.error("person_not_called", code=error.code, reason_pii=error.message)
            result = Transferred("failed")
        self._log.info("transfer", result=result.result, code=result.code, attended=attended)
        self.post(steps.Referred(result.result))

    def _wait(self, phase: Phase, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(seconds, lambda: self.post(steps.Late(phase)))

    def _note(self, note: steps.Note) -> None:
        self._log.info("handoff", step=note.step, why=note.why)
        self._counter.note(Handoff(id=self.id, step=note.step, why=note.why))
        if note.step == "connected":
            self._counter.with_person()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = self._watched(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _watched(self, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        """A fault that nothing foresaw brings the customer back to the agent."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._log.error("handoff_failed", exc_info=error)
            self.post(steps.Stopped())
