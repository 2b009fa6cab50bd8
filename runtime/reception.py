"""Takes a telephone call as its number says: it rings, with our tone or the network's, and is answered."""

from runtime.config import Number
from telephony.ringback import Ringback
from telephony.sip import SipCall

AHEAD = 0.4
"""Seconds of tone that are queued: more than the loop is ever late."""
TICK = 0.1


async def receive(call: SipCall, number: Number) -> bool:
    """Answer in the number's way. False: the caller gave up before."""
    if number.early_media:
        if not await call.progress() or await _gone_while_it_sounds(call, number.ring_seconds):
            return False
    elif number.ring_seconds and (not await call.ring() or await call.gone(number.ring_seconds)):
        return False
    return await call.answer()


async def _gone_while_it_sounds(call: SipCall, seconds: float) -> bool:
    tone, line = Ringback(call.line.rate), call.line
    left = round(seconds / TICK)
    while left > 0:
        left -= 1
        if (missing := round(AHEAD * line.rate) - line.queued) > 0:
            line.play(tone.next(missing))
        if await call.gone(TICK):
            return True
    line.hush()
    return False
