"""A call handed on: we ask its other side to call somebody else, and leave when that has come about."""

import asyncio
from collections.abc import Callable

from core.errors import TelephonyError
from telephony.events import CallEvent, Ended, Transferring
from telephony.refer import Headers, Transferred, refer_to, result_of
from telephony.sip import SipCall


async def transfer(
    call: SipCall,
    target: str,
    headers: Headers = (),
    *,
    consultation: SipCall | None = None,
    within: float = 30.0,
    told: Callable[[Transferring], None] = lambda _: None,
) -> Transferred:
    """Have the other side of `call` call `target` (a SIP URI), with `headers`; `consultation`: an answered call of ours
    to the target, which that call replaces. `told` gets each step.

    Waits `within` seconds for the outcome. Where it worked, or nobody told, we have hung up; otherwise the call goes on
    as it was. A consultation that nothing came of goes on, too.
    """
    try:
        dialog = await call.dialog()
        replaces = await consultation.dialog() if consultation is not None else None
    except TelephonyError:
        return Transferred("gone")
    if not dialog.transfers:
        return Transferred("unsupported")
    steps: asyncio.Queue[CallEvent] = asyncio.Queue()
    call.overheard.append(steps.put_nowait)
    try:
        if not await call.refer(refer_to(target, headers, replaces)):
            return Transferred("gone")
        result = await _outcome(steps, within, told)
    finally:
        call.overheard.remove(steps.put_nowait)
    if result.result in ("done", "unconfirmed"):
        await call.hangup(cause="transferred")
        if consultation is not None:
            await consultation.hangup(cause="transferred")
    return result


async def _outcome(
    steps: "asyncio.Queue[CallEvent]", within: float, told: Callable[[Transferring], None]
) -> Transferred:
    accepted = False
    try:
        async with asyncio.timeout(within):
            while True:
                match await steps.get():
                    case Transferring(code=code, final=final) as step:
                        told(step)
                        if final or code >= 200:
                            return result_of(code, accepted=accepted)
                        accepted = True
                    case Ended():
                        return Transferred("unconfirmed" if accepted else "gone")
                    case _:
                        pass
    except TimeoutError:
        return Transferred("unconfirmed" if accepted else "refused", 0 if accepted else 408)
