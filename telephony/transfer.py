"""A call handed on: we ask its other side to call somebody else, and leave when that has come about."""

import asyncio
from collections.abc import Callable

from core.errors import TelephonyError
from telephony.events import CallEvent, Ended, Transferring
from telephony.refer import Headers, Transferred, refer_to, result_of
from telephony.sip import SipCall

SETTLE_SECONDS = 2.0
"""For word that it worked, once the target has ended our call to it: some telephones send none that can be read."""


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
    replaced = asyncio.Event()
    over = _ending(replaced)
    if consultation is not None:
        consultation.overheard.append(over)
    try:
        if not await call.refer(refer_to(target, headers, replaces)):
            return Transferred("gone")
        result = await _outcome(steps, within, told, replaced)
    finally:
        call.overheard.remove(steps.put_nowait)
        if consultation is not None:
            consultation.overheard.remove(over)
    if result.result in ("done", "unconfirmed"):
        await call.hangup(cause="transferred")
        if consultation is not None:
            await consultation.hangup(cause="transferred")
    return result


def _ending(event: asyncio.Event) -> Callable[[CallEvent], None]:
    def over(happened: CallEvent) -> None:
        if isinstance(happened, Ended):
            event.set()

    return over


async def _outcome(
    steps: "asyncio.Queue[CallEvent]",
    within: float,
    told: Callable[[Transferring], None],
    replaced: asyncio.Event,
) -> Transferred:
    """`replaced`: the target has ended our call to it, as it does when another takes its place."""
    loop = asyncio.get_running_loop()
    accepted = False
    hurry: asyncio.Task[None] | None = None
    try:
        async with asyncio.timeout(within) as limit:

            async def soon() -> None:
                await replaced.wait()
                limit.reschedule(min(limit.when() or 0.0, loop.time() + SETTLE_SECONDS))

            hurry = asyncio.ensure_future(soon())
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
    finally:
        if hurry is not None:
            hurry.cancel()
