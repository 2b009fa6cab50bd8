"""Our subclasses of PJSIP's account and call. All of it runs on the SIP thread, called back by PJSIP."""

import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache, wraps
from typing import TYPE_CHECKING, Any

import structlog

from telephony import media, pj
from telephony.callerid import Caller
from telephony.codecs import Codec, only
from telephony.dialling import Dialling, Route
from telephony.dtmf import pressed
from telephony.events import Cause, Hold
from telephony.glare import Change
from telephony.policy import REFER_STATUS, SUBSCRIBE_STATUS, Pulse
from telephony.refer import Dialog, dialog_of

if TYPE_CHECKING:
    from telephony.stack import Stack

_log = structlog.get_logger(__name__)

UNUSABLE = (400, 415, 488, 500, 606)
"""Answers to an offer that nothing can be made of; 500 where there is only a codec that nobody has."""
DTMF_UPDATE = 1
"""PJMEDIA_STREAM_DTMF_IS_UPDATE: the key was told of before and is still held, or let go."""


def guarded(callback: Callable[..., None]) -> Callable[..., None]:
    """An exception must not travel into PJSIP's C code: it is logged, and the call ends by its own rules."""

    @wraps(callback)
    def safe(*arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception as error:  # noqa: BLE001  the boundary to C
            _log.error("sip_callback_failed", callback=callback.__name__, error=reason(error))

    return safe


def reason(error: Exception) -> str:
    """pj.Error has an empty str(): its `reason` says it."""
    return str(getattr(error, "reason", "") or error or type(error).__name__)


@cache
def account_class() -> Any:
    library = pj.load()
    base: Any = library.Account

    class Account(base):  # type: ignore[misc]  # the module is known at run time only
        def __init__(self, stack: "Stack", name: str = "", codecs: tuple[Codec, ...] = ()) -> None:
            """`name`: of the account at a PBX; "": nobody's, for whoever calls directly. `codecs`: of its calls, most
            wanted first; none: those of all calls."""
            super().__init__()
            self.stack = stack
            self.name = name
            self.codecs = codecs

        @guarded
        def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
            self.stack.called(self, prm.callId, str(prm.rdata.srcAddress), str(prm.rdata.wholeMsg))

        @guarded
        def onIncomingSubscribe(self, prm: Any) -> None:  # noqa: N802
            prm.code, prm.reason = SUBSCRIBE_STATUS, "Forbidden"

        @guarded
        def onRegState(self, prm: Any) -> None:  # noqa: N802
            answer = prm.rdata
            self.stack.pbx.answered(self.name, prm.code, prm.expiration, answer.wholeMsg, answer.srcAddress)

        @guarded
        def onSendRequest(self, prm: Any) -> None:  # noqa: N802
            change = prm.e.body.tsxState
            if prm.e.type == library.PJSIP_EVENT_TSX_STATE:
                source = change.src.rdata.srcAddress if change.type == library.PJSIP_EVENT_RX_MSG else ""
                self.stack.pbx.pinged(self.name, change.tsx.statusCode, source)

    return Account


@cache
def endpoint_class() -> Any:
    library = pj.load()
    base: Any = library.Endpoint

    class Endpoint(base):  # type: ignore[misc]
        def __init__(self, stack: "Stack") -> None:
            super().__init__()
            self.stack = stack

        @guarded
        def onSelectAccount(self, prm: Any) -> None:  # noqa: N802
            request = prm.rdata
            prm.accountIndex = self.stack.account_for(request.wholeMsg, request.srcAddress)

        @guarded
        def onTransportState(self, prm: Any) -> None:  # noqa: N802
            tls = prm.tlsInfo
            if tls.verifyStatus and prm.state == library.PJSIP_TP_STATE_DISCONNECTED:
                self.stack.mistrusted(str(tls.remoteAddr), ", ".join(tls.verifyMsgs))

        @guarded
        def onRejectedIncomingCall(self, prm: Any) -> None:  # noqa: N802
            self.stack.rejected(int(prm.statusCode), str(prm.rdata.srcAddress))

    return Endpoint


@cache
def leg_class() -> Any:
    library = pj.load()
    base: Any = library.Call

    class Leg(base):  # type: ignore[misc]
        """Our side of one call, and what the SIP thread knows of it."""

        def __init__(
            self, stack: "Stack", number: int, account: Any, call_id: int | None = None, port: Any = None
        ) -> None:
            super().__init__(account, library.PJSUA_INVALID_ID if call_id is None else call_id)
            self.stack = stack
            self.owner = account
            self.account: str = account.name
            self.source = ""
            """Where the last message of it came from, "192.0.2.1:5060"; "": none has come."""
            self.number = number
            self.outgoing = call_id is None
            self.port = port or media.open_port()
            self.pulse = Pulse(stack.settings.lost_after)
            self.stream: int | None = None
            """Index of the audio stream while it is open towards us."""
            self.hold = Hold(False)
            """As the listener knows it, and since when."""
            self.hold_since = 0.0
            self.began = time.monotonic()
            self.accepted = 0.0
            """When we said 200, by the monotonic clock; 0: not yet."""
            self.answered = False
            self.ours: Cause | None = None
            """Why we ended it, if it was us, and since when."""
            self.ours_since = 0.0
            self.hide: Callable[[str], str] | None = None
            """Gets each key instead of the listener, who is told what it returns."""
            self.caller = Caller()
            self.called: tuple[str, ...] = ()
            self.dialling: Dialling | None = None
            """Of a call that we place, and the way that it goes now."""
            self.route: Route | None = None
            self.change: Change | None = None
            """A hold of ours, or its end, that is not agreed to yet."""
            self.again = False
            """It has gone, and is dialled anew by another hop, as another leg of the same number and port."""
            self.dialog = Dialog()
            self.named = ""
            """Its Call-ID, once somebody has asked for it: a call that is over has none."""
            self.refers = False
            """We have asked the other side to call somebody else."""
            self.told = False
            """The listener has had its end, or never knew of it."""

        def name(self) -> str:
            self.named = str(self.getInfo().callIdString)
            return self.named

        @guarded
        def onCallState(self, prm: Any) -> None:  # noqa: N802
            if prm.e.type == library.PJSIP_EVENT_TSX_STATE:
                self._answered(prm.e.body.tsxState)  # `onCallTsxState` tells it only after the end
            self.stack.state_changed(self)

        @guarded
        def onCallSdpCreated(self, prm: Any) -> None:  # noqa: N802
            if self.owner.codecs:
                prm.sdp.wholeSdp = only(str(prm.sdp.wholeSdp), self.owner.codecs)

        @guarded
        def onCallMediaState(self, prm: Any) -> None:  # noqa: N802
            self.stack.media_changed(self)

        @guarded
        def onDtmfEvent(self, prm: Any) -> None:  # noqa: N802
            if not prm.flags & DTMF_UPDATE:
                self.stack.key_pressed(self, str(prm.digit))

        @guarded
        def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802
            if not hasattr(library.Call, "onDtmfEvent"):
                self.stack.key_pressed(self, str(prm.digit))

        @guarded
        def onCallTsxState(self, prm: Any) -> None:  # noqa: N802
            """PJSIP knows no application/dtmf: unless we answer first it says 500, and the key counts all the same."""
            event = prm.e.body.tsxState
            if event.type == library.PJSIP_EVENT_RX_MSG:
                self.source = str(event.src.rdata.srcAddress)
                if event.tsx.method == "INVITE" and self._describes(event.tsx):
                    self.described(str(event.src.rdata.wholeMsg))
            elif event.type == library.PJSIP_EVENT_TX_MSG and self._refuses(event.tsx):
                self.stack.note("malformed", self.source)
            asked = event.type == library.PJSIP_EVENT_RX_MSG and event.tsx.role == library.PJSIP_ROLE_UAS
            if asked and event.tsx.method == "INFO" and (key := pressed(str(event.src.rdata.wholeMsg))):
                if pj.is_native():
                    library.takeUp(event)
                self.stack.key_pressed(self, key)
            self._answered(event)

        def _describes(self, transaction: Any) -> bool:
            """The 200 to a call of ours comes here once it is up, and may be the first message with a tag of theirs."""
            agreed = transaction.role == library.PJSIP_ROLE_UAC and 200 <= transaction.statusCode < 300
            return not self.answered or (self.outgoing and agreed)

        def _refuses(self, transaction: Any) -> bool:
            """PJSIP has itself said no to a change of the call whose description it can't use."""
            theirs = transaction.role == library.PJSIP_ROLE_UAS and transaction.method in ("INVITE", "UPDATE")
            return bool(theirs and self.answered and transaction.statusCode in UNUSABLE)

        def _answered(self, event: Any) -> None:
            if event.tsx.role == library.PJSIP_ROLE_UAC and event.tsx.method == "INVITE":
                came = event.type == library.PJSIP_EVENT_RX_MSG
                message = str(event.src.rdata.wholeMsg) if came else ""
                self.stack.invite_answered(self, int(event.tsx.statusCode), message)

        def described(self, message: str) -> None:
            """A message of the call, as it is set up: the INVITE that came, or an answer to ours."""
            found = dialog_of(message, ours="from" if self.outgoing else "to")
            self.dialog = replace(found, allow=found.allow or self.dialog.allow)

        @guarded
        def onCallTransferStatus(self, prm: Any) -> None:  # noqa: N802
            self.stack.transferring(self, int(prm.statusCode), bool(prm.finalNotify))

        @guarded
        def onCallTransferRequest(self, prm: Any) -> None:  # noqa: N802
            prm.statusCode = REFER_STATUS  # whatever fails below
            code, following = self.stack.transfer_asked(self, str(prm.dstUri))
            if following is not None:
                prm.newCall = following
            prm.statusCode = code

        @guarded
        def onCallReplaceRequest(self, prm: Any) -> None:  # noqa: N802
            prm.statusCode = REFER_STATUS

    return Leg
