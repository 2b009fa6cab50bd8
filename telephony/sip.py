"""The SIP user agent as the rest of the program sees it: calls come in, calls go out, on the asyncio loop."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from typing import Literal

import structlog

from core.errors import TelephonyError
from telephony.accounts import AccountState
from telephony.dialling import RING_SECONDS
from telephony.events import (
    Answered,
    CallEvent,
    Cause,
    EarlyMedia,
    Ended,
    Hold,
    KeyPressed,
    Ringing,
    Transferring,
    Trying,
)
from telephony.listener import Leg, Quality
from telephony.media import Ear, RingLine
from telephony.policy import KEYS, Load
from telephony.refer import Dialog, Headers
from telephony.settings import SipSettings
from telephony.stack import Stack
from telephony.unwanted import Why

__all__ = [
    "Answered", "CallEvent", "Cause", "EarlyMedia", "Ended", "Hold", "KeyPressed", "Quality", "Ringing", "SipAgent",
    "SipCall", "SipSettings", "Transferring", "Trying",
]  # fmt: skip

_log = structlog.get_logger(__name__)

EVENTS_KEPT = 256
"""A caller who hammers the keys loses the oldest; the end of the call is never lost."""


class SipCall:
    """One call, in or out. What is asked of a call that has ended does nothing and returns False."""

    def __init__(self, stack: Stack, leg: Leg, line: RingLine) -> None:
        self.id = leg.call_id
        self.remote = leg.remote
        """SIP address of the other side. Personal data."""
        self.local = leg.local
        self.caller = leg.caller
        """Who calls us. Personal data."""
        self.called = leg.called
        """What they dialled, most telling first: E.164 where it is a number."""
        self.outgoing = leg.outgoing
        self.account = leg.account
        """The account by which it came, or goes; empty: directly."""
        self.line = line
        self.state: Literal["ringing", "answered", "ended"] = "ringing"
        self.ended: Ended | None = None
        self._stack = stack
        self._number = leg.number
        self._events: deque[CallEvent] = deque(maxlen=EVENTS_KEPT)
        self.overheard: list[Callable[[CallEvent], None]] = []
        """Called with each event, too, beside the reader of `events`."""
        self._news = asyncio.Event()
        self._gone = asyncio.Event()

    async def ring(self) -> bool:
        """Say that it rings (180); optional before `answer`."""
        return await self._ask(partial(self._stack.controls.ring, self._number))

    async def progress(self) -> bool:
        """Say that it rings with a sound of ours (183): what is played on the line is heard before `answer`."""
        return await self._ask(partial(self._stack.controls.progress, self._number))

    async def answer(self) -> bool:
        """Accept (200). The line can be used at once; `Answered` follows when the caller has acknowledged."""
        return await self._ask(partial(self._stack.controls.answer, self._number))

    async def reject(self, code: int = 486, retry_after: int | None = None) -> bool:
        """Refuse a call that is not answered: 486 busy, 480 not now, 603 declined; `retry_after` seconds."""
        return await self._ask(partial(self._stack.controls.reject, self._number, code, retry_after))

    async def hangup(self, code: int = 0, cause: Cause = "goodbye") -> bool:
        """End it in whatever state it is. `code`: the answer to a call not yet answered, 0: 603. `cause`: told back
        by `Ended`."""
        return await self._ask(partial(self._stack.controls.hangup, self._number, code, cause))

    async def send_dtmf(self, digits: str) -> bool:
        """Press keys (0-9, *, #, A-D) by RFC 4733; by SIP INFO where the other side did not agree to that.

        Raises TelephonyError on any other character.
        """
        if not digits or not set(digits) <= KEYS:
            raise TelephonyError("sip.dtmf", f"{digits!r} is no row of keys: 0-9, *, # and A-D are")
        return await self._ask(partial(self._stack.controls.send_keys, self._number, digits))

    async def hide_keys(self, through: Callable[[str], str] | None) -> bool:
        """From now on each key goes to `through`, on the SIP thread, and `KeyPressed` tells what that returns; nothing
        where it is empty. None: no longer."""
        return await self._ask(partial(self._stack.controls.hide_keys, self._number, through))

    async def hold(self) -> bool:
        """Put the other side on hold; `Hold` follows when it has agreed. False: not now (ended, or being changed)."""
        return await self._ask(partial(self._stack.controls.hold, self._number))

    async def resume(self) -> bool:
        """Take back a call that we hold; `Hold(on=False)` follows."""
        return await self._ask(partial(self._stack.controls.resume, self._number))

    async def refer(self, to: str) -> bool:
        """Ask the other side to call somebody else: `to` as in Refer-To. `Transferring` follows; the call goes on."""
        return await self._ask(partial(self._stack.controls.refer, self._number, to))

    async def dialog(self) -> Dialog:
        """The call as its messages name it."""
        return await self._stack.run(partial(self._stack.controls.dialog, self._number))

    async def join(self, other: "SipCall", *, with_us: bool) -> bool:
        """Let the two hear each other. `with_us`: what is played on either line both hear, and we hear both;
        otherwise nothing that we play is heard, nor even taken from the line."""
        return await self._ask(partial(self._stack.bridge.join, self._number, other._number, with_us=with_us))

    async def part(self) -> bool:
        """It is alone with us again, and so is the one that it was joined with."""
        return await self._ask(partial(self._stack.bridge.part, self._number))

    async def quality(self) -> Quality | None:
        """Packets, loss, jitter and round trip until now; None while there is no sound."""
        try:
            return await self._stack.run(partial(self._stack.controls.quality, self._number))
        except TelephonyError:
            return None

    async def events(self) -> AsyncIterator[CallEvent]:
        """What happens, for one reader; the last is always `Ended`."""
        while True:
            while self._events:
                event = self._events.popleft()
                yield event
                if isinstance(event, Ended):
                    return
            if self.ended is not None:  # read by an earlier iteration
                yield self.ended
                return
            self._news.clear()
            await self._news.wait()

    async def gone(self, seconds: float) -> bool:
        """Whether it has ended, at once or within `seconds`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._gone.wait(), seconds)
        return self.ended is not None

    async def _ask(self, what: "partial[bool]") -> bool:
        if self.ended is not None:
            return False
        try:
            return await self._stack.run(what)
        except TelephonyError as error:
            if error.code == "sip.stopped":
                return False
            raise

    def _happened(self, event: CallEvent) -> None:
        match event:
            case Answered():
                self.state = "answered"
            case Ended():
                self.state = "ended"
                self.ended = event
                self.line.close()
                self._gone.set()
            case Trying(call_id=call_id):
                self.id = call_id
            case Ringing() | EarlyMedia() | KeyPressed() | Hold() | Transferring():
                pass
        self._events.append(event)
        self._news.set()
        for told in list(self.overheard):
            told(event)


class SipAgent:
    """A SIP user agent. One at a time in a process: PJSIP allows no more."""

    def __init__(
        self,
        settings: SipSettings,
        changed: Callable[[AccountState], None] = lambda _: None,
        counted: Callable[[Why, int], None] = lambda _why, _count: None,
    ) -> None:
        """`changed` is called on the loop whenever an account's state changes; `counted`, on the SIP thread, for all
        that is turned away before it is a call."""
        self.settings = settings
        self.accounts: dict[str, AccountState] = {}
        """As far as they have been heard of."""
        self._changed = changed
        self._counted = counted
        self._stack: Stack | None = None
        self._ear: Ear | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._calls: dict[int, SipCall] = {}
        self._dialled: dict[int, SipCall] = {}
        """Calls of ours on their way from the SIP thread to whoever dials."""
        self._incoming: asyncio.Queue[SipCall | None] = asyncio.Queue()

    @property
    def uri(self) -> str:
        """Where to call it, with the port that it really has: "sip:mostrador@127.0.0.1:5060"."""
        return self._stack.uri if self._stack else ""

    @property
    def uris(self) -> dict[str, str]:
        """The same for everything that is listened on, by transport: "udp", "tcp", "tls", and "udp6"…"""
        listeners = self._stack.listeners if self._stack else []
        return {
            f"{listener.transport}{'6' if listener.ipv6 else ''}": listener.uri(self.settings.user)
            for listener in listeners
        }

    @property
    def calls(self) -> int:
        """Calls that are going on."""
        return len(self._calls)

    def say_load(self, load: Load) -> None:
        """What proxies that ask (OPTIONS) are told of the device; its own lines it knows itself."""
        if self._stack is not None:
            self._stack.load = load

    async def start(self) -> None:
        """Raises TelephonyError: "sip.port_in_use", "sip.address", "sip.certificate", "sip.network",
        "sip.library_missing"."""
        self._loop = asyncio.get_running_loop()
        stack = Stack(self.settings, self, self._counted)
        await stack.start()
        self._stack = stack
        self._ear = Ear(self._loop)
        _log.info("sip_up", host=self.settings.host, max_calls=stack.limit)
        for state in list(self.accounts.values()):
            self._changed(state)

    async def incoming(self) -> AsyncIterator[SipCall]:
        """Calls as they come in, to be answered or rejected; ends with `stop`. For one reader."""
        while (call := await self._incoming.get()) is not None:
            yield call

    async def address(self, uri: str, account: str = "") -> str:
        """The URI that `dial` would call. Raises TelephonyError, as `dial` does."""
        return await self._up().run(partial(self._up().address, uri, account))

    async def dial(self, uri: str, account: str = "", headers: Headers = (), patience: float = RING_SECONDS) -> SipCall:
        """Begin a call; its events tell whether it is answered. `account`: through which; `uri` may be a number then;
        `headers`: further ones of the INVITE; `patience`: seconds until it is cancelled, unanswered.

        Raises TelephonyError: "sip.dial", "sip.full", "sip.account", "sip.account_down".
        """
        stack = self._up()
        placing = asyncio.ensure_future(stack.run(partial(stack.dial, uri, account, headers, patience)))
        try:
            number = await asyncio.shield(placing)
        except asyncio.CancelledError:
            placing.add_done_callback(partial(self._unwanted, stack))
            raise
        except TelephonyError as error:
            if error.code != "sip.failed":
                raise
            raise TelephonyError("sip.dial", f"Cannot call {uri}: {error.message}") from None
        call = self._dialled.pop(number, None)
        if call is None:  # stopped meanwhile
            raise _switched_off()
        return call

    def _unwanted(self, stack: Stack, placing: "asyncio.Future[int]") -> None:
        """Whoever dialled does not wait for the call any more: it would ring for nobody."""
        if not placing.cancelled() and placing.exception() is None:
            self._dialled.pop(placing.result(), None)
            stack.later(partial(stack.controls.hangup, placing.result(), 0, "stopping"))

    def _up(self) -> Stack:
        if self._stack is None:
            raise _switched_off()
        return self._stack

    async def stop(self, seconds: float = 5.0) -> None:
        """Hang up what is left and leave, in `seconds` at most. Safe to call twice."""
        if self._stack is None:
            return
        stack, self._stack = self._stack, None
        await stack.stop(seconds)
        await asyncio.sleep(0)  # what the SIP thread has told last is still on its way
        for number in list(self._calls):
            self._tell(number, Ended("stopping", 0))
        if self._ear is not None:
            self._ear.close()
        self._incoming.put_nowait(None)
        _log.info("sip_down")

    # Listener: on the SIP thread

    def called(self, leg: Leg) -> None:
        self._post(self._receive, leg)

    def happened(self, number: int, event: CallEvent) -> None:
        self._post(self._tell, number, event)

    def account_changed(self, state: AccountState) -> None:
        self._post(self._account_changed, state)

    def _post(self, action: "object", *arguments: object) -> None:
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(action, *arguments)  # type: ignore[arg-type]
        except RuntimeError:
            _log.info("sip_loop_closed")

    # On the loop

    def _account_changed(self, state: AccountState) -> None:
        self.accounts[state.name] = state
        if self._ear is not None:  # what is told before is told again by `start`
            self._changed(state)

    def _receive(self, leg: Leg) -> None:
        if self._stack is None:
            return
        call = self._open(leg)
        if leg.outgoing:
            self._dialled[leg.number] = call
        else:
            self._incoming.put_nowait(call)

    def _open(self, leg: Leg) -> SipCall:
        assert self._stack is not None
        assert self._ear is not None
        line = RingLine(leg.port)
        self._ear.add(line)
        call = self._calls[leg.number] = SipCall(self._stack, leg, line)
        return call

    def _tell(self, number: int, event: CallEvent) -> None:
        call = self._calls.get(number)
        if call is None:
            return
        call._happened(event)
        if isinstance(event, Ended):
            del self._calls[number]
            assert self._ear is not None
            self._ear.remove(call.line)


def _switched_off() -> TelephonyError:
    return TelephonyError("sip.stopped", "The telephone is switched off: start it first")
