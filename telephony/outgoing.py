"""Calls that we place, on the SIP thread: from one hop to the next, told step by step, given up in time."""

import time
from typing import TYPE_CHECKING, Any

import structlog

from telephony import pj
from telephony.callerid import party
from telephony.dialling import Dialling, Route
from telephony.events import CallEvent, EarlyMedia, Ringing, Trying
from telephony.head import clean
from telephony.legs import leg_class, reason

if TYPE_CHECKING:
    from telephony.stack import Stack

_log = structlog.get_logger(__name__)

RINGING = 180


def place(stack: "Stack", number: int, dialling: Dialling) -> Any:
    """The leg of a call that has been sent to the first of its routes that can be sent to; None: to none of them."""
    return _send(stack, number, dialling, dialling.routes.popleft(), None)


def again(stack: "Stack", leg: Any) -> Any:
    """The leg that takes the place of one that has failed, as `Dialling.again` decided; None: it could not be sent."""
    dialling = leg.dialling
    return _send(stack, leg.number, dialling, dialling.routes.popleft(), leg.port)


def _send(stack: "Stack", number: int, dialling: Dialling, route: Route, port: Any) -> Any:
    while True:
        leg = leg_class()(stack, number, route.account, None, port)
        leg.dialling, leg.route = dialling, route
        prm = pj.of_sound_only()
        prm.txOption.headers = pj.header_vector(dialling.headers)
        try:
            leg.makeCall(route.uri, prm)
        except pj.load().Error as error:
            _log.info("sip_not_sent", account=leg.account, hop=route.hop, reason=reason(error))
            sent = False
        else:
            sent = not leg.told
        if sent:
            return leg
        if not dialling.routes:
            return None
        port, route = leg.port, dialling.routes.popleft()


def begun(stack: "Stack", leg: Any) -> None:
    """Tell that an INVITE is on its way."""
    call_id = leg.name()
    stack.flood.call(call_id, up=True)
    stack.tell(leg, Trying(leg.route.hop, clean(call_id)))
    number = party(leg.route.uri)
    _log.info("sip_calling", account=leg.account, hop=leg.route.hop, number_pii=number.user if number else "")


def answered(stack: "Stack", leg: Any, code: int, message: str) -> None:
    """A response to the INVITE came, or (no `message`) none in time."""
    dialling = leg.dialling
    if dialling is None or leg.answered or not message:
        return
    dialling.heard(code, message)
    if code == RINGING:
        _once(stack, leg, Ringing())


def sounding(stack: "Stack", leg: Any) -> None:
    """Sound has been agreed on before the answer."""
    if leg.dialling is not None and not leg.answered:
        _once(stack, leg, EarlyMedia())


def _once(stack: "Stack", leg: Any, event: CallEvent) -> None:
    if type(event) not in leg.dialling.told:
        leg.dialling.told.add(type(event))
        stack.tell(leg, event)


def goes_on(leg: Any, code: int) -> bool:
    """A call has failed with `code`: whether it is to be dialled by the next hop."""
    dialling = leg.dialling
    if dialling is None or leg.answered or leg.ours is not None:
        return False
    heard, silent = dialling.code, dialling.silent
    if not dialling.again(code, time.monotonic()):
        return False
    following = dialling.routes[0].hop
    _log.warning(
        "sip_next_hop", account=leg.account, hop=leg.route.hop, code=heard or code, silent=silent, next_hop=following
    )
    return True
