"""Calls that nothing more will come of: not acknowledged, not answered, held for ever, or gone without a word."""

from typing import TYPE_CHECKING, Any

import structlog

from telephony import pj
from telephony.events import Ended
from telephony.legs import reason

if TYPE_CHECKING:
    from telephony.stack import Stack

_log = structlog.get_logger(__name__)

BYE_SECONDS = 2.0
"""How long we wait for a BYE to be answered before we say that the call has ended. PJSIP goes on for 32 s."""
ACK_SECONDS = 10.0
"""How long a caller may take to acknowledge our answer."""
RING_SECONDS = 180.0
"""How long a call may ring here before we say that nobody answers (480)."""


def end_dead(stack: "Stack", now: float) -> None:
    """End what is dead: PJSIP alone would wait for half a minute, or for ever. `now`: of the monotonic clock."""
    stack.referred.give_up(now)
    for leg in stack.legs:
        if leg.ours is not None:
            if now - leg.ours_since >= BYE_SECONDS:
                stack.tell_end(leg, Ended(leg.ours, 408))
        elif not leg.answered:
            if leg.accepted and now - leg.accepted >= ACK_SECONDS:
                _log.warning("sip_no_ack", source=leg.source, seconds=ACK_SECONDS)
                stack.count("no_ack")
                stack.controls.hangup(leg.number, 0, "lost")
            elif leg.dialling and now >= leg.dialling.until:
                stack.controls.hangup(leg.number, 0, "no_answer")
            elif not leg.outgoing and now - leg.began >= RING_SECONDS:
                _log.warning("sip_not_answered", source=leg.source, seconds=RING_SECONDS)
                stack.controls.hangup(leg.number, 480, "no_answer")
        elif leg.hold.on and now - leg.hold_since >= stack.settings.hold_limit:
            _log.warning("sip_held_too_long", source=leg.source, seconds=stack.settings.hold_limit)
            stack.count("held")
            stack.controls.hangup(leg.number, 0, "lost")
        elif leg.stream is not None:
            packets = _packets(leg)
            if packets is not None and not leg.pulse.alive(packets, now):
                _log.warning("sip_peer_lost", source=leg.source, seconds=stack.settings.lost_after)
                stack.count("no_sound")
                stack.controls.hangup(leg.number, 0, "lost")


def _packets(leg: Any) -> int | None:
    """Received on the audio stream; None while the library is changing it."""
    try:
        stat = leg.getStreamStat(leg.stream)
    except pj.load().Error as error:
        _log.info("sip_no_statistics", reason=reason(error))
        return None
    return int(stat.rtcp.rxStat.pkt)
