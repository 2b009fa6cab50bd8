"""What can be asked of a call, on the SIP thread. False: it has ended already."""

import time
from collections.abc import Callable
from typing import Any

import structlog

from telephony import pj
from telephony.dtmf import by_info
from telephony.events import Cause
from telephony.glare import Change
from telephony.legs import reason
from telephony.listener import Quality
from telephony.refer import Dialog, Headers

_log = structlog.get_logger(__name__)


class Controls:
    """Of all calls that are up. `legs`: by number, as the stack keeps them; `trace`: PJSIP's own log."""

    def __init__(self, legs: dict[int, Any], trace: int) -> None:
        self._legs = legs
        self._trace = trace

    def ring(self, number: int) -> bool:
        return self.respond(number, 180)

    def progress(self, number: int) -> bool:
        """Ringing with sound of our own: early media, RFC 3960 section 3.1."""
        return self.respond(number, 183)

    def answer(self, number: int) -> bool:
        if leg := self._legs.get(number):
            leg.accepted = time.monotonic()
        return self.respond(number, 200)

    def reject(self, number: int, code: int, retry_after: int | None) -> bool:
        leg = self._legs.get(number)
        if leg is None:
            return False
        end_by_us(leg, "refused")
        return self.respond(number, code, () if retry_after is None else (("Retry-After", str(retry_after)),))

    def hangup(self, number: int, code: int, cause: Cause) -> bool:
        leg = self._legs.get(number)
        if leg is None:
            return False
        end_by_us(leg, cause)
        prm = pj.load().CallOpParam()
        prm.statusCode = code
        return attempt(leg, "hangup", prm)

    def send_keys(self, number: int, digits: str) -> bool:
        leg = self._legs.get(number)
        if leg is None:
            return False
        try:
            leg.dialDtmf(digits)
        except pj.load().Error:  # not agreed to
            return attempt(leg, "sendDtmf", by_info(digits))
        return True

    def hide_keys(self, number: int, through: Callable[[str], str] | None) -> bool:
        leg = self._legs.get(number)
        if leg is None:
            return False
        leg.hide = through
        hidden = any(each.hide is not None for each in self._legs.values())
        if pj.is_native():  # its own log would show them
            pj.load().setLogLevel(0 if hidden else self._trace)
        return True

    def hold(self, number: int) -> bool:
        leg = self._legs.get(number)
        return leg is not None and leg.answered and self._begin(leg, Change(hold=True))

    def resume(self, number: int) -> bool:
        leg = self._legs.get(number)
        if leg is None or not leg.hold.on or not leg.hold.ours:
            return False
        return self._begin(leg, Change(hold=False))

    def _begin(self, leg: Any, change: Change) -> bool:
        sent = self.change(leg, change)
        if not sent:
            leg.change = None
        return sent

    def change(self, leg: Any, change: Change) -> bool:
        """Ask the other side for a hold of ours, or its end. False: it can't be asked now."""
        leg.change, change.due = change, None
        prm = pj.of_sound_only()
        if change.hold:
            return attempt(leg, "setHold", prm)
        prm.opt.flag = pj.load().PJSUA_CALL_UNHOLD
        return attempt(leg, "reinvite", prm)

    def refer(self, number: int, to: str) -> bool:
        """Ask the other side to call `to`, the value of Refer-To; `Transferring` tells what comes of it."""
        leg = self._legs.get(number)
        if leg is None or not leg.answered:
            return False
        leg.refers = True
        return attempt(leg, "xfer", to, pj.load().CallOpParam(True))

    def dialog(self, number: int) -> Dialog:
        leg = self._legs.get(number)
        return Dialog() if leg is None else leg.dialog

    def quality(self, number: int) -> Quality | None:
        leg = self._legs.get(number)
        if leg is None or leg.stream is None:
            return None
        info, stat = leg.getStreamInfo(leg.stream), leg.getStreamStat(leg.stream)
        rtcp = stat.rtcp
        received, rtt = rtcp.rxStat, rtcp.rttUsec
        codec = f"{info.codecName}/{info.codecClockRate}"
        return Quality(codec, received.pkt, received.loss, received.jitterUsec.mean / 1e6, rtt.mean / 1e6)

    def respond(self, number: int, code: int, headers: Headers = ()) -> bool:
        leg = self._legs.get(number)
        if leg is None:
            return False
        prm = pj.of_sound_only()
        prm.statusCode = code
        if headers:
            prm.txOption.headers = pj.header_vector(headers)
        return attempt(leg, "answer", prm)


def attempt(leg: Any, action: str, *arguments: Any) -> bool:
    """A call may end, or be changed, between the wish and the deed (CANCEL, BYE, re-INVITE): that is no error."""
    try:
        getattr(leg, action)(*arguments)
    except pj.load().Error as error:
        _log.info("sip_call_gone", action=action, source=leg.source, reason=reason(error))
        leg.stack.count("crossed")
        return False
    return True


def end_by_us(leg: Any, cause: Cause) -> None:
    """The first reason stands."""
    if leg.ours is None:
        leg.ours, leg.ours_since = cause, time.monotonic()
