"""Places the calls that are due, one at a time: dials, hears who answers, and has the conversation, or leaves."""

import asyncio
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, assert_never

import structlog

from core.claims import Claim, Priority, under
from core.errors import CalloutError, MostradorError, TelephonyError
from runtime.agent import Language
from runtime.callouts.book import Book
from runtime.callouts.opening import Opening
from runtime.callouts.request import Outcome, Request, Rules
from runtime.callouts.rules import Never, Now, may_call
from runtime.channels.phone import PhoneChannel
from runtime.config import Callouts as Settings
from runtime.engines import Engines
from runtime.events import Attached, Event, HungUp, Said
from runtime.metrics import Metrics
from telephony.media import from_now
from telephony.sip import Answered, Ended, SipAgent, SipCall
from voice.answered import WhoAnswered, until_beep

TICK = 2.0
"""Seconds between looks at the queue; a tenth more or less."""
TROUBLE = 30.0
"""… after one that failed: the disk is full, or another process holds it."""
DECIDE = 12.0
"""Seconds in which it has to be known who answers, by the clock: where no sound comes at all."""
ANNOUNCEMENT = 60.0
"""Seconds that a machine's announcement may last before we leave without a message."""
QUIET = 3.0
"""Seconds of silence after which a machine without a beep is taken to record."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Conversation:
    """What the device is to have on a call that a person has answered."""

    id: str
    channel: PhoneChannel
    call: SipCall
    planner: Opening


class Host(Protocol):
    """The device, as far as placing calls needs it."""

    engines: Engines
    metrics: Metrics
    arriving: int
    """Calls that take room and are no conversation yet."""

    def room(self) -> int:
        """How many more conversations fit; 0 while it stops."""

    def note(self, conversation: str, event: Event) -> None:
        """Into the journal."""

    async def have(self, conversation: Conversation) -> None:
        """Until it has ended."""


class Placing:
    """The part of the device that calls."""

    def __init__(
        self,
        host: Host,
        agent: SipAgent,
        book: Book,
        rules: Rules,
        settings: Settings,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._host = host
        self._agent = agent
        self._book = book
        self._rules = rules
        self._settings = settings
        self._now = now
        self._waits_for_room = False
        self._unfinished: tuple[Request, int, Outcome] | None = None
        """An attempt that has ended and is not written down: nobody else is called before it is."""

    async def run(self) -> None:
        """Until it is cancelled; whatever fails is tried again."""
        recovered = False
        while True:
            pause = TICK
            try:
                if not recovered:
                    await self._recover()
                    recovered = True
                await self._finish()
                while self._may_dial() and (due := await asyncio.to_thread(self._due, self._now())) is not None:
                    await self._place(due)
            except CalloutError as error:
                _log.error("callouts_failed", code=error.code, cause=error.message)
                pause = TROUBLE
            except Exception:  # noqa: BLE001  the boundary: one call never keeps the others from being placed
                _log.exception("callouts_crashed")
                pause = TROUBLE
            await asyncio.sleep(pause * random.uniform(0.9, 1.1))  # noqa: S311

    async def _recover(self) -> None:
        if interrupted := await asyncio.to_thread(self._book.recover, self._now()):
            _log.warning("callouts_interrupted", calls=interrupted)

    def _may_dial(self) -> bool:
        """Whether there is an account to call by, and room beside those who call here."""
        account = self._settings.account
        if account and not ((state := self._agent.accounts.get(account)) and state.up):
            return False
        room = self._host.room() > self._settings.reserve
        if self._waits_for_room == room:
            self._waits_for_room = not room
            if not room:
                _log.info("callouts_wait_for_room", room=self._host.room(), reserve=self._settings.reserve)
        return room

    def _due(self, now: datetime) -> Request | None:
        """The first that may be called now; those that never will lose their numbers."""
        for entry in self._book.entries(waiting=True):
            verdict = may_call(now, entry.request, entry.history, self._rules)
            match verdict:
                case Now():
                    return entry.request
                case Never(why=why):
                    self._book.wipe(entry.request.id, now)
                    _log.info("callout_dropped", callout=entry.request.id, why=why)
                case _:
                    pass
        return None

    async def _place(self, request: Request) -> None:
        conversation = secrets.token_hex(6)
        attempt = await asyncio.to_thread(self._book.begin, request.id, self._now(), self._rules, conversation)
        if attempt is None:
            return
        log = _log.bind(callout=request.id, conversation=conversation, purpose=request.purpose)
        log.info("callout_placed", number_pii=request.number, customer_pii=request.customer)
        outcome: Outcome = "interrupted"
        try:
            outcome = await self._call(request, conversation)
        except TelephonyError as error:
            log.warning("callout_not_dialled", code=error.code, cause_pii=error.message)
            outcome = "failed"
        except MostradorError as error:
            log.error("callout_failed", code=error.code, cause_pii=error.message)
        finally:
            self._host.metrics.called(outcome)
            log.info("callout_ended", outcome=outcome)
            self._unfinished = request, attempt, outcome
            await asyncio.shield(self._finish())

    async def _finish(self) -> None:
        if self._unfinished is None:
            return
        request, attempt, outcome = self._unfinished
        if outcome == "declined":
            await asyncio.to_thread(self._book.block, "customer", request.customer, self._now(), "said so in a call")
            await asyncio.to_thread(self._book.block, "number", request.number, self._now(), "said so in a call")
        await asyncio.to_thread(self._book.end, attempt, self._now(), outcome)
        self._unfinished = None

    async def _call(self, request: Request, conversation: str) -> Outcome:
        self._host.arriving += 1
        try:
            call = await self._agent.dial(request.number, self._settings.account, (), self._settings.ring_seconds)
        except BaseException:
            self._host.arriving -= 1
            raise
        try:
            over = await self._begin(call, request, conversation)
        except BaseException:
            await call.hangup(cause="stopping")
            raise
        finally:
            self._host.arriving -= 1
        return over or await self._talk(call, request, conversation)

    async def _begin(self, call: SipCall, request: Request, conversation: str) -> Outcome | None:
        """Until it is known that a person is there (None), or that the call is over."""
        sound = self._host.engines.sound
        assert sound is not None
        greeting, _ = Opening(self._host.engines.planner, request).open(request.language, "phone")
        with under(Claim(Priority.SPECULATIVE)):  # nobody waits for it until the call is answered
            sound.speaker(call.line).prepare(greeting.messages[0].text, request.language)
        watching = asyncio.ensure_future(self._watch(call, request))
        try:
            ended = await _answer(call)
        finally:
            watching.cancel()
        if ended is not None:
            outcome = _outcome(ended)
            _log.info(
                "callout_not_answered", conversation=conversation, outcome=outcome, code=ended.code, q850=ended.q850
            )
            return outcome
        if await self._forbidden(request):
            await call.hangup()
            return "interrupted"
        heard = await self._who(call, request.language)
        _log.info(
            "callout_answered", conversation=conversation, by=heard.verdict, seconds=round(heard.at, 2),
            beep=heard.beep, words_pii=heard.words,
        )  # fmt: skip
        if heard.verdict == "machine":
            return await self._machine(call, request, conversation, heard)
        return None if call.ended is None else "hung_up"

    async def _watch(self, call: SipCall, request: Request) -> None:
        """Stop ringing as soon as it is cancelled, or they are on the list."""
        while not await call.gone(TICK):
            try:
                if await self._forbidden(request):
                    await call.hangup(cause="stopping")
                    return
            except CalloutError as error:
                _log.warning("callouts_failed", code=error.code, cause=error.message)

    async def _forbidden(self, request: Request) -> bool:
        entry = await asyncio.to_thread(self._book.entry, request.id)
        return entry is None or entry.history.blocked or entry.history.cancelled

    async def _who(self, call: SipCall, language: Language) -> WhoAnswered:
        sound = self._host.engines.sound
        assert sound is not None
        try:
            async with asyncio.timeout(DECIDE):
                return await sound.who(from_now(call.line), language)
        except TimeoutError:
            return WhoAnswered("unsure", DECIDE)

    async def _machine(self, call: SipCall, request: Request, conversation: str, heard: WhoAnswered) -> Outcome:
        """Leave, or leave a message that says nothing personal."""
        self._host.note(conversation, Attached(channel="phone", peer=request.number, language=request.language))
        outcome: Outcome = "machine"
        try:
            if self._settings.machine == "message":
                outcome = await self._leave(call, request, conversation, heard)
        finally:
            await call.hangup()
            self._host.note(conversation, HungUp(cause=outcome))
        return outcome

    async def _leave(self, call: SipCall, request: Request, conversation: str, heard: WhoAnswered) -> Outcome:
        sound = self._host.engines.sound
        assert sound is not None
        try:
            async with asyncio.timeout(2 * ANNOUNCEMENT):
                quiet = 0.5 if heard.beep else QUIET
                if not await until_beep(from_now(call.line), sound.activity.stream(), ANNOUNCEMENT, quiet):
                    return "machine"
                text = self._host.engines.planner.say("callout.message", request.language, {"why": request.why})
                spoken = await sound.speaker(call.line).say(text, request.language)
        except TimeoutError:  # no sound comes from there, or none goes there
            return "machine"
        self._host.note(conversation, Said(text=spoken.text, cut=spoken.cut, seconds=spoken.seconds))
        return "machine" if spoken.cut or call.ended is not None else "message"

    async def _talk(self, call: SipCall, request: Request, conversation: str) -> Outcome:
        outcome: Outcome = "hung_up"

        def decided(what: Outcome) -> None:
            nonlocal outcome
            if outcome != "declined":  # that is heard to the end of the call
                outcome = what

        planner = Opening(self._host.engines.planner, request, decided)
        channel = PhoneChannel(call, request.language)
        await self._host.have(Conversation(conversation, channel, call, planner))
        return outcome


async def _answer(call: SipCall) -> Ended | None:
    """Until somebody answers (None) or it has ended; what is heard before is let go of."""
    async for event in call.events():
        match event:
            case Answered():
                return None
            case Ended():
                return event
            case _:
                pass
    raise AssertionError("the last event of a call is its end")


def _outcome(ended: Ended) -> Outcome:
    match ended.cause:
        case "busy" | "no_answer" | "refused" | "invalid":
            return ended.cause
        case "failed" | "lost":
            return "failed"
        case "stopping":
            return "interrupted"
        case "customer" | "goodbye" | "transferred":
            return "hung_up"
        case _:
            assert_never(ended.cause)
