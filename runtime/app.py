"""The device: what runs, from start to stop. The parts are one table; each conversation is a `Session`."""

import asyncio
import secrets
import signal
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.claims import Priority
from core.errors import MostradorError
from runtime import engines, memory
from runtime.callouts.book import Book
from runtime.callouts.placing import Conversation, Placing
from runtime.callouts.setup import book_path, rules_of
from runtime.capacity import Capacity
from runtime.channels import Channel, Notice
from runtime.channels.kiosk import KioskChannel, KioskServer
from runtime.channels.phone import PhoneChannel
from runtime.config import Settings
from runtime.dialled import greetings, route
from runtime.engines import Engines
from runtime.events import Event, Stopping
from runtime.handoff.person import Person
from runtime.journal import Journal
from runtime.metrics import CONTENT_TYPE, Metrics
from runtime.reception import receive
from runtime.session import Session
from runtime.telephone import check_person, sip_settings
from runtime.workers import Waited
from telephony.gate import closed
from telephony.policy import Load
from telephony.sip import SipAgent, SipCall

LAG_TICK = 0.05
PROXY_TICK = 1.0
TIDY_TICK = 5.0
TIDY_AFTER = (1, 8)
"""Ticks of quiet after which memory is given back: soon, and when SIP has let go of its transactions (32 s)."""

Stop = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that runs beside the conversations."""

    name: str
    wanted: Callable[[Settings], bool]
    start: "Callable[[App], Awaitable[Stop]]"


@dataclass(frozen=True, slots=True)
class Ready:
    """What a person needs to know once the device answers. `seconds` since `App.run` began."""

    sip: str
    kiosk: str
    seconds: float


class App:
    """One device in one process. `run` returns after `stop`, SIGTERM or SIGINT."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.capacity = Capacity(settings.limits.wait_seconds, settings.limits.conversations)
        self.metrics = Metrics(turned=self.capacity.turned)
        self.arriving = 0
        """Calls that are let in and not answered yet."""
        self.sip_uri = ""
        self.kiosk_url = ""
        self.conversations = 0
        """How many there have been."""
        self._log = structlog.get_logger(__name__)
        self._stopping = asyncio.Event()
        self._failure: BaseException | None = None
        self.telephone: SipAgent | None = None
        self._sessions: dict[str, Session] = {}
        self._conversations: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """Finish sentences, say goodbye, end."""
        self._stopping.set()

    def keep(self, part: str, work: Coroutine[None, None, None]) -> "asyncio.Task[None]":
        """Run what must go on as long as the device does. Where it fails the device stops, to be started again: it is
        better not to ring than not to be answered."""
        task = asyncio.ensure_future(work)

        def ended(task: "asyncio.Task[None]") -> None:
            if not task.cancelled() and (error := task.exception()) is not None:
                self._log.critical("part_failed", part=part, exc_info=error)
                self._failure = error
                self.stop()

        task.add_done_callback(ended)
        return task

    async def run(self, ready: Callable[[Ready], None] = lambda _: None) -> None:
        """Raises MostradorError when a part can't start; what had started is stopped again."""
        began = time.monotonic()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        self.engines = await engines.load(self.settings, told=self._waited)
        self.journal = Journal.open(self.settings.data_folder / "journal.db", self.metrics)
        stops: list[tuple[str, Stop]] = []
        try:
            await self.engines.warm(greetings(self.settings))
            for part in PARTS:
                if part.wanted(self.settings):
                    stops.append((part.name, await part.start(self)))  # noqa: PERF401  what has started must be stopped
            memory.settle()
            up = Ready(self.sip_uri, self.kiosk_url, time.monotonic() - began)
            self._log.info("ready", sip=up.sip, kiosk=up.kiosk, seconds=round(up.seconds, 2))
            ready(up)
            exercise = asyncio.ensure_future(self.engines.exercise(self._calibrated))
            await self._stopping.wait()
            exercise.cancel()
            await self._close_conversations()
        finally:
            for name, stop in reversed(stops):
                await stop()
                self._log.debug("stopped", part=name)
            await self.journal.close()
            self.engines.workers.close()
        self._log.info("stopped")
        if self._failure is not None:
            raise MostradorError(
                "device.part_failed", "a part of the device failed: the log says which, and why", retryable=True
            ) from self._failure

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def full(self) -> bool:
        """Whether one more conversation would make the others wait. Logs and counts nothing."""
        return self.load().full

    def load(self) -> Load:
        """As proxies are told."""
        going_on = self.arriving + sum(not session.over for session in self._sessions.values())
        carries = self.capacity.state().carries
        return Load(going_on, carries, self.stopping or going_on >= carries)

    def refused(self, channel: str, peer: str) -> int:
        """Somebody is turned away; returns the seconds after which to try again."""
        state, retry = self.capacity.state(), self.capacity.retry_after()
        self.metrics.refused(channel)
        self._log.warning(
            "refused", channel=channel, peer_pii=peer, reason="stopping" if self.stopping else "full",
            conversations=state.conversations, carries=state.carries, load=round(state.load, 2), retry_after=retry,
        )  # fmt: skip
        return retry

    def _waited(self, work: Waited) -> None:
        """On the thread of the work."""
        if work.priority is Priority.LIVE:
            self.metrics.waited(work.stage, work.seconds)

    def _calibrated(self, cpu: float) -> None:
        self.capacity.calibrate(cpu)
        self._log.info("capacity", conversations=self.capacity.state().carries, turn_cpu_seconds=round(cpu, 3))

    def room(self) -> int:
        """How many more conversations fit; 0 while it stops."""
        load = self.load()
        return 0 if self.stopping else max(0, load.carries - load.going_on)

    def note(self, conversation: str, event: Event) -> None:
        self.journal.append(conversation, event)
        self.metrics.event(event)

    async def have(self, conversation: Conversation) -> None:
        """On a call that we have placed."""
        assert self.telephone is not None
        person = _person(self, self.telephone, conversation.call)
        planned = replace(self.engines, planner=conversation.planner)
        await asyncio.wait({self.converse(conversation.channel, "", person, planned, conversation.id)})

    def converse(
        self,
        channel: Channel,
        greeting: str = "",
        person: Person | None = None,
        planned: Engines | None = None,
        identity: str = "",
    ) -> "asyncio.Task[None]":
        """Begin a conversation on a channel that has been accepted. `greeting`: instead of the pack's; `person`: a way
        to one; `planned`: engines with another planner than the
        device's."""
        identity = identity or secrets.token_hex(6)
        limits = self.settings.limits
        session = Session(
            identity, channel, planned or self.engines, self.journal, self.metrics, limits, greeting, person
        )  # fmt: skip
        self._sessions[identity] = session
        self.conversations += 1
        task = asyncio.ensure_future(self._conversation(session, channel))
        self._conversations.add(task)
        task.add_done_callback(self._conversations.discard)
        return task

    async def _conversation(self, session: Session, channel: Channel) -> None:
        self.metrics.conversation_began(channel.kind)
        self.capacity.began()
        began = time.monotonic()
        cause = "internal"
        try:
            cause = await session.run()
        except Exception:  # noqa: BLE001  the boundary: one conversation never takes the device down
            self._log.exception("conversation_failed", conversation=session.id)
            await channel.close("internal")
        finally:
            del self._sessions[session.id]
            self.capacity.ended(time.monotonic() - began)
            self.metrics.conversation_ended(channel.kind, cause)
            if not self._sessions:
                asyncio.get_running_loop().run_in_executor(None, memory.trim)  # nobody waits for a heap's lock now

    async def _close_conversations(self) -> None:
        """Let every conversation say goodbye, side by side, within the limit."""
        for session in self._sessions.values():
            session.post(Stopping())
        if self._conversations:
            _, late = await asyncio.wait(self._conversations, timeout=self.settings.limits.stop_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


async def _telephone(app: App) -> Stop:
    settings = sip_settings(app.settings.sip)
    check_person(app.settings)
    if closed(settings.gate, settings.host) and not settings.accounts:
        structlog.get_logger(__name__).warning(
            "sip_closed", host=settings.host, mend="list networks under [sip.callers], allowed; others hear 403"
        )
    agent = SipAgent(settings, app.metrics.account, counted=app.metrics.unwanted)
    await agent.start()
    app.sip_uri, app.telephone = agent.uri, agent
    answering = app.keep("telephone", _answer_calls(app, agent))
    telling = app.keep("proxies", _tell_proxies(app, agent))

    async def stop() -> None:
        answering.cancel()
        telling.cancel()
        await agent.stop()

    return stop


async def _answer_calls(app: App, agent: SipAgent) -> None:
    async for call in agent.incoming():
        if app.full():
            retry = app.refused("phone", call.remote)
            await call.reject(503 if app.stopping else 486, retry_after=retry)
        else:
            app.arriving += 1
            asyncio.ensure_future(_take(app, agent, call))  # noqa: RUF006  the session it starts is kept by the app


async def _tell_proxies(app: App, agent: SipAgent) -> None:
    while True:
        agent.say_load(app.load())
        await asyncio.sleep(PROXY_TICK)


async def _take(app: App, agent: SipAgent, call: SipCall) -> None:
    try:
        number = route(call.called, app.settings)
        if await receive(call, number):
            channel = PhoneChannel(call, number.language or app.settings.agent.language)
            app.converse(channel, number.greeting, _person(app, agent, call), app.engines.of(number.pack))
    except MostradorError as error:
        structlog.get_logger(__name__).error("call_not_taken", code=error.code, cause_pii=error.message)
        await call.hangup(480, "failed")
    finally:
        app.arriving -= 1


def _person(app: App, agent: SipAgent, call: SipCall) -> Person | None:
    """Who takes over a call, if anybody does."""
    sound, settings = app.engines.sound, app.settings
    if not settings.person.call or sound is None:
        return None
    return Person(settings.person, agent, call, sound.speaker, sound.who, settings.agent.language)


async def _callouts(app: App) -> Stop:
    assert app.telephone is not None
    book = await asyncio.to_thread(Book, book_path(app.settings))
    rules = await asyncio.to_thread(rules_of, app.settings)
    placing = app.keep("callouts", Placing(app, app.telephone, book, rules, app.settings.callouts).run())

    async def stop() -> None:
        placing.cancel()
        await asyncio.wait({placing})

    return stop


async def _kiosk(app: App) -> Stop:
    def visitor(channel: KioskChannel) -> None:
        if app.full():
            app.refused("kiosk", channel.peer)
            asyncio.ensure_future(_turn_away(app, channel))  # noqa: RUF006  ends by itself
        else:
            app.converse(channel)

    def metrics(_: Request) -> Response:
        app.metrics.capacity(app.capacity.state())
        return Response(app.metrics.render(), media_type=CONTENT_TYPE)

    routes = [Route("/metrics", metrics)] if app.settings.metrics.enabled else []
    server = KioskServer(app.settings.kiosk, visitor, language=app.settings.agent.language, routes=routes)
    await server.start()
    app.kiosk_url = server.url
    return server.stop


async def _turn_away(app: App, channel: KioskChannel) -> None:
    await channel.show(Notice("busy", app.engines.planner.phrase("busy", channel.language)))
    await channel.close("busy")


async def _tidy(app: App) -> Stop:
    """Give memory back when nobody is there: after conversations, and once the models have been exercised."""

    async def watch() -> None:
        quiet, held = 0, 0
        while True:
            await asyncio.sleep(TIDY_TICK)
            if app._sessions or app.conversations != held:
                quiet, held = 0, app.conversations
            else:
                quiet += 1
            if quiet in TIDY_AFTER:
                await asyncio.to_thread(memory.trim)

    task = app.keep("memory", watch())

    async def stop() -> None:
        task.cancel()

    return stop


async def _lag(app: App) -> Stop:
    """How late the loop is: the audio path's first sign of trouble."""

    async def watch() -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_TICK
            await asyncio.sleep(LAG_TICK)
            app.metrics.lag(max(0.0, loop.time() - due))

    task = app.keep("loop watch", watch())

    async def stop() -> None:
        task.cancel()

    return stop


async def _nothing() -> None:
    """To stop what never ran."""


async def _recordings(app: App) -> Stop:
    """Where the pack never records, only those from before are erased in time."""
    from runtime.recording import FOLDER

    planners = [app.engines.planner, *(mind.planner for mind in app.engines.minds.values())]
    if (
        all(planner.recording.mode == "never" for planner in planners)
        and not (app.settings.data_folder / FOLDER).exists()
    ):
        return _nothing
    from runtime.recording.recorder import Recorder
    from runtime.recording.store import Store

    recorder = Recorder(Store(app.settings.data_folder), app.settings.recording, app.metrics, app.note)
    app.engines = replace(app.engines, recorder=recorder)
    return recorder.close


PARTS = (
    Part("loop watch", lambda settings: True, _lag),
    Part("memory", lambda settings: True, _tidy),
    Part("recordings", lambda settings: True, _recordings),
    Part("kiosk", lambda settings: settings.kiosk.enabled, _kiosk),
    Part("telephone", lambda settings: settings.sip.enabled, _telephone),
    Part("callouts", lambda settings: settings.sip.enabled and settings.callouts.enabled, _callouts),
)
"""In the order of starting; stopped in the reverse order, so that no new call comes in while others end."""
