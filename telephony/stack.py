"""The thread that owns PJSIP: it polls the library, and every call into it is made here.

Other threads hand it work through a queue and get plain data back; no object of PJSIP's leaves it but the ring ports,
which are made to be shared. It tells the asyncio loop what happens through a `Listener`.
"""

import asyncio
import atexit
import gc
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from itertools import count
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import structlog

from core.errors import TelephonyError
from telephony import outgoing, pj, transports
from telephony.accounts import Accounts, AccountState
from telephony.bridge import Bridge
from telephony.certificate import Reminder
from telephony.complaints import listen, why_rejected
from telephony.controls import Controls, attempt, end_by_us
from telephony.dialling import RING_SECONDS as DIAL_SECONDS
from telephony.dialling import Dialling, Route
from telephony.events import Answered, CallEvent, Ended, Hold, KeyPressed, Transferring
from telephony.flood import Flood
from telephony.gate import Gatekeeper, Turned
from telephony.glare import GLARE
from telephony.head import clean
from telephony.legs import account_class, endpoint_class, leg_class, reason
from telephony.listener import Leg, Listener
from telephony.policy import KEYS, Load, admit, cause_of, load_told, options_answer
from telephony.refer import Headers
from telephony.referred import Referred
from telephony.settings import SipSettings, account_config, endpoint_config, set_codecs
from telephony.unwanted import Unwanted, Why
from telephony.watch import BYE_SECONDS, end_dead

_log = structlog.get_logger(__name__)

POLL_MS = 5
WATCH_SECONDS = 1.0
DESTROY_NO_RX_MSG = 1
"""PJSUA_DESTROY_NO_RX_MSG: don't wait a second for messages; `_poll` has waited for those that matter."""

T = TypeVar("T")


class Stack:
    """PJSIP, running. One at a time in a process."""

    def __init__(
        self, settings: SipSettings, listener: Listener, counted: Callable[[Why, int], None] = lambda _why, _count: None
    ) -> None:
        """`counted` is called on the SIP thread for all that is turned away. Raises TelephonyError."""
        self.settings = settings
        self._gatekeeper = Gatekeeper(settings.gate, settings.country)
        self._unwanted = Unwanted(counted)
        self.flood = Flood(settings.gate)
        self.accounts: list[Any] = []
        """One for each listener, in its order: calls that belong to no account of a PBX."""
        self.pbx = Accounts(self)
        self.listeners: list[transports.Listener] = []
        self.uri = ""
        self.load = Load()
        """Of the whole device, whatever the lines say. Anybody may set it."""
        self._listener = listener
        self.limit = min(settings.max_calls, pj.capabilities().max_calls)
        self._work: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = SimpleQueue()
        self._door = threading.Lock()
        """Nothing comes in between the last work done and its end: nobody would ever answer it."""
        self._closed = False
        self._numbers = count(1)
        self._legs: dict[int, Any] = {}
        self.controls = Controls(self._legs, settings.trace)
        self.bridge = Bridge(self._legs)
        self.referred = Referred(self)
        self._over: list[Any] = []
        self._certificate: Reminder | None = None
        self._deadline: float | None = None
        self._thread = threading.Thread(target=self._main, name="sip", daemon=True)
        self._up: Future[None] = Future()

    # Called from other threads

    async def start(self) -> None:
        """Raises TelephonyError."""
        self._thread.start()
        await asyncio.wrap_future(self._up)
        atexit.register(self._abandon)  # the process aborts when it ends with PJSIP still up

    async def run(self, work: Callable[[], T]) -> T:
        """The result of `work`, plain data, done on the SIP thread. Raises TelephonyError."""
        done: Future[T] = Future()
        with self._door:
            if self._closed or not self._thread.is_alive():
                raise _stopped()
            self._work.put((work, done))
        return await asyncio.wrap_future(done)

    def later(self, work: Callable[[], Any]) -> None:
        """Do `work` on the SIP thread; nobody waits for it."""
        self._work.put((work, Future()))

    async def stop(self, seconds: float) -> None:
        """Hang up every call and close the library, in `seconds` at most."""
        if self._thread.is_alive():
            self._deadline = time.monotonic() + max(0.0, seconds)
            await asyncio.to_thread(self._thread.join)
        atexit.unregister(self._abandon)

    def _abandon(self) -> None:
        self._deadline = time.monotonic() + 0.5
        self._thread.join(timeout=5)

    # On the SIP thread

    def dial(self, uri: str, account: str = "", headers: Headers = (), patience: float = DIAL_SECONDS) -> int:
        """`uri`: with an account also a number there; `headers`: more of them, in the INVITE; `patience`: seconds until
        it is given up, unanswered."""
        if self._talking() >= self.limit:
            raise TelephonyError("sip.full", f"All {self.limit} lines are in use: wait for one", retryable=True)
        dialling = Dialling(deque(self._ways_to(uri, account)), time.monotonic() + patience, headers)
        leg = outgoing.place(self, next(self._numbers), dialling)
        if leg is None:
            raise TelephonyError("sip.failed", "the call could not be set up")
        self._legs[leg.number] = leg
        self._listener.called(self._describe(leg))  # before anything can happen to it
        outgoing.begun(self, leg)
        return int(leg.number)

    def address(self, uri: str, account: str) -> str:
        """The URI that `dial` would call. Raises TelephonyError."""
        return self._ways_to(uri, account)[0].uri

    def _ways_to(self, uri: str, account: str) -> list[Route]:
        return self.pbx.routes(account, uri) if account else [Route(self._account_to(uri), uri)]

    # Called by the legs, on the SIP thread

    def called(self, account: Any, call_id: int, source: str, message: str) -> None:
        """Somebody at `source` ("192.0.2.1:5060") calls; `message` is the INVITE. A PBX that we have an account at is
        let in from its own addresses."""
        leg = leg_class()(self, next(self._numbers), account, call_id)
        self._legs[leg.number] = leg
        leg.told = True  # until it is let in
        leg.source = source
        verdict = self._gatekeeper.judge(source, message, time.monotonic(), known=bool(leg.account))
        if isinstance(verdict, Turned):
            self._turn_away(leg, verdict, source)
        elif refusal := admit(self._talking(), self.limit, stopping=self._deadline is not None):
            retry = (("Retry-After", str(refusal.retry_after)),)
            self._turn_away(leg, Turned("full", refusal.code, retry), source)
        else:
            leg.caller, leg.called, leg.told = verdict.caller, verdict.called, False
            leg.described(message)
            self.flood.call(leg.name(), up=True)
            who = verdict.caller
            _log.info(
                "sip_call", source=source, number_pii=who.number, name_pii=who.name, withheld=who.withheld,
                asserted=who.asserted, user_pii=verdict.user, called_pii=", ".join(verdict.called),
            )  # fmt: skip
            self._listener.called(self._describe(leg))
            self._say_whether_able()

    def _turn_away(self, leg: Any, turned: Turned, source: str) -> None:
        """The leg is kept until it is DISCONNECTED: letting go of it earlier would answer 603."""
        more = {"detail": turned.detail} if turned.detail else {}
        self._unwanted.note(turned.why, source, time.monotonic(), code=turned.code, **more)
        end_by_us(leg, "refused")
        self.controls.respond(leg.number, turned.code, turned.headers)

    def rejected(self, code: int, source: str) -> None:
        """PJSIP itself has turned away a call."""
        self.note(why_rejected(code), source)

    def mistrusted(self, address: str, problem: str) -> None:
        """We have hung up on a server whose certificate nobody vouches for."""
        self._unwanted.note("certificate", address, time.monotonic(), problem=problem)

    def note(self, why: Why, source: str) -> None:
        self._unwanted.note(why, source, time.monotonic())

    def count(self, why: Why) -> None:
        """What has a line of its own in the log."""
        self._unwanted.count(why)

    def _talking(self) -> int:
        return sum(1 for leg in self._legs.values() if not leg.told)

    def state_changed(self, leg: Any) -> None:
        library = pj.load()
        info = leg.getInfo()
        if self.referred.changed(leg, info.state):
            return
        if info.state == library.PJSIP_INV_STATE_CONFIRMED and leg.ours is not None:
            attempt(leg, "hangup", library.CallOpParam())  # the answer has crossed our CANCEL
        elif info.state == library.PJSIP_INV_STATE_CONFIRMED and not leg.answered:
            leg.answered = True
            self._listener.happened(leg.number, Answered())
        elif info.state == library.PJSIP_INV_STATE_DISCONNECTED:
            self._over.append(leg)
            dialled = leg.dialling
            code = dialled.code if dialled and dialled.code >= 300 else info.lastStatusCode
            if not self._knows(leg):  # not even sent
                leg.told = True
            elif outgoing.goes_on(leg, code):
                leg.again = True
            else:
                q850, silent = (dialled.q850, dialled.silent) if dialled else (0, False)
                cause = cause_of(
                    code, ours=leg.ours, answered=leg.answered, outgoing=leg.outgoing, q850=q850, silent=silent
                )
                self.tell_end(leg, Ended(cause, code, q850))

    def invite_answered(self, leg: Any, code: int, message: str) -> None:
        """A response to an INVITE of ours, the first or a later one; none in time where there is no `message`."""
        if not leg.answered:
            outgoing.answered(self, leg, code, message)
        elif leg.change is not None and leg.change.due is None and code >= 200:  # not one that waits: another's answer
            if code < 300:
                leg.change = None
            else:
                self._change_refused(leg, code)

    def _change_refused(self, leg: Any, code: int) -> None:
        now = time.monotonic()
        if leg.change.refused(code, now, ours=leg.outgoing, draw=random.random):
            _log.info("sip_glare", source=leg.source, seconds=round(leg.change.due - now, 2))
            self.count("crossed")
        else:
            leg.change = None

    def _change_again(self, now: float) -> None:
        """What is due after a glare; where the call is just being changed by the other side it is one more."""
        for leg in self.legs:
            if leg.change and leg.change.due and now >= leg.change.due and not self.controls.change(leg, leg.change):
                self._change_refused(leg, GLARE)

    def tell(self, leg: Any, event: CallEvent) -> None:
        if not leg.told and leg.ours is None:
            self._listener.happened(leg.number, event)

    def tell_end(self, leg: Any, end: Ended) -> None:
        if not leg.told:
            leg.told = True
            self._listener.happened(leg.number, end)

    def media_changed(self, leg: Any) -> None:
        """Join the ring port to every audio stream that is open; a re-INVITE brings new ones."""
        if self.referred.holds(leg):
            return
        library = pj.load()
        info = leg.getInfo()
        streams = info.media
        leg.stream = None
        held = ours = False
        for index in range(len(streams)):
            stream = streams[index]
            held = held or stream.status == library.PJSUA_CALL_MEDIA_REMOTE_HOLD
            ours = ours or stream.status == library.PJSUA_CALL_MEDIA_LOCAL_HOLD
            if stream.type == library.PJMEDIA_TYPE_AUDIO and stream.status == library.PJSUA_CALL_MEDIA_ACTIVE:
                if leg.port.getPortId() == library.PJSUA_INVALID_ID:
                    leg.port.createPort(f"call {leg.number}")
                leg.stream = index
        self.bridge.connect(leg)
        leg.pulse.pause()
        if leg.stream is not None and info.lastStatusCode < 200:
            outgoing.sounding(self, leg)
        self._held(leg, Hold(leg.stream is None and (held or ours), ours))

    def _held(self, leg: Any, hold: Hold) -> None:
        if hold.on != leg.hold.on:
            leg.hold, leg.hold_since = hold, time.monotonic()
            self._listener.happened(leg.number, hold)

    def transferring(self, leg: Any, code: int, final: bool) -> None:
        if leg.refers:  # PJSIP's words on a call that has ended may reach the next one in its place
            self._listener.happened(leg.number, Transferring(code, final))

    def transfer_asked(self, leg: Any, target: str) -> tuple[int, Any]:
        """The other side wants us to call `target`: the answer, and the leg that does."""
        code, following = self.referred.asked(leg, target)
        if following is None:
            self.note("transfer", leg.source)
        return code, following

    # For `Referred` and `watch`

    @property
    def legs(self) -> list[Any]:
        """The calls that are up, as they are now."""
        return list(self._legs.values())

    def replace(self, leg: Any) -> Any:
        """From now on it is the call of its number; returns the one that was."""
        old, self._legs[leg.number] = self._legs[leg.number], leg
        return old

    def is_up(self, number: int) -> bool:
        return number in self._legs

    def end(self, leg: Any) -> None:
        """A leg that nobody knows, or no longer."""
        attempt(leg, "hangup", pj.load().CallOpParam())

    def over(self, leg: Any) -> None:
        self._over.append(leg)

    def key_pressed(self, leg: Any, digit: str) -> None:
        told = leg.hide(digit) if leg.hide is not None and digit in KEYS else digit
        if digit in KEYS and told:
            self._listener.happened(leg.number, KeyPressed(told))

    # The thread itself

    def _main(self) -> None:
        endpoint = endpoint_class()(self)
        try:
            self._open(endpoint)
        except Exception as error:  # noqa: BLE001  whatever it is goes to `start`
            failure = self._explain(error)
            self._close(endpoint)
            self._up.set_exception(failure)
            return
        self._up.set_result(None)
        try:
            self._poll(endpoint)
        except Exception as error:  # noqa: BLE001  the thread ends, and every call with it
            _log.critical("sip_thread_failed", error=reason(error))
            self._tell_all(Ended("failed", 0))
        finally:
            self._close(endpoint)
            self._refuse_work()

    def _open(self, endpoint: Any) -> None:
        settings = self.settings
        if pj.is_native():
            pj.load().setLogLevel(settings.trace)
        endpoint.libCreate()
        config = endpoint_config(settings, self.limit)
        listen(config, self.note, settings.trace)
        endpoint.libInit(config)
        endpoint.audDevManager().setNullDev()  # its clock is a thread of PJSIP's
        self.flood.open()
        self.listeners = [transports.open_one(endpoint, wanted, settings) for wanted in transports.wanted(settings)]
        self._certificate = transports.reminder(settings)
        endpoint.libStart()
        set_codecs(endpoint, settings.all_codecs)
        for listener in self.listeners:
            self.accounts.append(account := account_class()(self, codecs=settings.codecs_of()))
            account.create(account_config(settings, listener, listener.uri(settings.user), settings.srtp))
        self.accounts[0].setDefault()
        self.uri = self.listeners[0].uri(settings.user)
        self.pbx.open(self.listeners)
        if pj.has_signalling():
            pj.load().setResponseTimeout(round(1000 * settings.response_seconds))
            pj.load().watchOptions()
        if pj.can_hold_floods():
            pj.load().watchRequests()
        self._say_whether_able()

    def _say_whether_able(self) -> None:
        """To proxies, which ask with OPTIONS."""
        calls, most = load_told(self._talking(), self.limit, self.load)
        if pj.has_signalling():
            stopping = self._deadline is not None
            pj.load().setOptionsAnswer(*options_answer(calls, most, stopping=stopping, full=self.load.full))
        if self.settings.show_load and pj.can_show_load():
            pj.load().setLoad(calls, most)

    def account_for(self, request: str, source: str) -> int:
        """PJSIP's id of the account that `request` from `source` is for."""
        by = self.pbx.account_for(request, source)
        return self.accounts[transports.towards_us(request, source, self.listeners)].getId() if by is None else by

    def account_changed(self, state: AccountState) -> None:
        self._listener.account_changed(state)

    def _account_to(self, uri: str) -> Any:
        """The account that leads to `uri`."""
        return self.accounts[transports.towards(uri, self.listeners)]

    def _poll(self, endpoint: Any) -> None:
        watched = time.monotonic()
        while self._deadline is None or self._work.qsize():
            self._turn(endpoint)
            now = time.monotonic()
            self.pbx.tick(now)
            self._change_again(now)
            if now - watched >= WATCH_SECONDS:
                watched = now
                end_dead(self, now)
                self.flood.know(self.pbx.addresses)
                self._unwanted.note_many(self.flood.dropped(), now)
                if self._certificate is not None:
                    self._certificate.look(now, datetime.now(UTC))
                self._say_whether_able()
        self._say_whether_able()
        for number in list(self._legs):
            self.controls.hangup(number, 503, "stopping")
        self.referred.stop()
        self.pbx.stop()
        until = min(self._deadline, time.monotonic() + BYE_SECONDS)
        while (self._legs or self.referred.leaving or self.pbx.leaving) and time.monotonic() < until:
            self._turn(endpoint)

    def _turn(self, endpoint: Any) -> None:
        while True:
            try:
                work, done = self._work.get_nowait()
            except Empty:
                break
            self._do(work, done)
            del work, done
        endpoint.libHandleEvents(POLL_MS)
        while self._over:  # not in their own callback: a call must outlive it
            leg = self._over.pop()
            self.flood.call(leg.named, up=False)
            if leg.again and leg.ours is None:
                self._dial_again(leg)
            else:
                self._let_go(leg)
            del leg
            self._say_whether_able()

    def _dial_again(self, leg: Any) -> None:
        following = outgoing.again(self, leg)
        if following is None:
            self.tell_end(leg, Ended("failed", 503))
            self._let_go(leg)
        else:
            self._legs[leg.number] = following
            outgoing.begun(self, following)

    def _knows(self, leg: Any) -> bool:
        return self._legs.get(leg.number) is leg

    def _let_go(self, leg: Any) -> None:
        self.tell_end(leg, Ended(leg.ours or "failed", 0))  # unless it has been told
        if leg.hide is not None:
            self.controls.hide_keys(leg.number, None)
        if self._knows(leg):
            self.bridge.part(leg.number)
            del self._legs[leg.number]
            leg.port.close()

    def _do(self, work: Callable[[], Any], done: "Future[Any]") -> None:
        if not done.set_running_or_notify_cancel():
            return
        try:
            done.set_result(work())
        except Exception as error:  # noqa: BLE001  goes to whoever waits for it
            done.set_exception(self._explain(error))

    def _close(self, endpoint: Any) -> None:
        """Everything of PJSIP's goes here, on this thread, before the library does."""
        try:
            self._drop_legs()
            self.pbx.close()
            while self.accounts:
                self.accounts.pop().shutdown()
            gc.collect()
            endpoint.libDestroy(DESTROY_NO_RX_MSG)
        except pj.load().Error as error:
            _log.error("sip_close_failed", reason=reason(error))

    def _drop_legs(self) -> None:
        """A method of its own: a loop variable left in `_close` would keep a call beyond the library's end."""
        for leg in self._legs.values():
            leg.port.close()
        self._over.clear()
        self.referred.close()
        self._legs.clear()

    def _tell_all(self, end: Ended) -> None:
        for leg in self._legs.values():
            self.tell_end(leg, end)

    def _refuse_work(self) -> None:
        with self._door:
            self._closed = True
        while not self._work.empty():
            _, done = self._work.get_nowait()
            if done.set_running_or_notify_cancel():
                done.set_exception(_stopped())

    def _describe(self, leg: Any) -> Leg:
        info = leg.getInfo()
        remote, local, call_id = clean(info.remoteUri), clean(info.localUri), clean(info.callIdString)
        return Leg(leg.number, call_id, remote, local, leg.outgoing, leg.port, leg.caller, leg.called, leg.account)

    def _explain(self, error: Exception) -> TelephonyError:
        """A new error: the old one's traceback holds objects that must not leave this thread."""
        if isinstance(error, TelephonyError):
            return TelephonyError(error.code, error.message, retryable=error.retryable)
        return TelephonyError("sip.failed", f"PJSIP: {reason(error)}")


def _stopped() -> TelephonyError:
    return TelephonyError("sip.stopped", "The telephone is switched off")
