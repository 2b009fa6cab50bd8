"""What was not understood is listened to once more, with the words of the pack in mind.

Whisper that is shown a list of words (a hint) hears more of them right, and takes twice as long. So it is not asked
of every sentence, only where the first hearing led nowhere, and what it hears counts only if it leads somewhere.
"""

from collections.abc import Awaitable, Callable

import structlog
from msgspec import structs

from core.errors import MostradorError
from runtime.agent import DialogState, Heard, Plan

_log = structlog.get_logger(__name__)

Understand = Callable[[DialogState, Heard], Awaitable[Plan]]
HearAgain = Callable[[str], Awaitable[str]]
"""hint → the words of the last utterance, read with it."""


def led_nowhere(plan: Plan, before: DialogState) -> bool:
    """Not understood, or the thing that it is about was not."""
    return plan.state.failures > before.failures or plan.state.expect.kind == "entity"


async def understand(
    plan: Understand, hear_again: HearAgain | None, hint: str, state: DialogState, heard: Heard
) -> Plan:
    """The plan for what was heard, at the first or the second hearing. Raises AgentError."""
    first = await plan(state, heard)
    if hear_again is None or not hint or not heard.spoken or not led_nowhere(first, state):
        return first
    try:
        text = await hear_again(hint)
        if not text or text == heard.text:
            return first
        second = await plan(state, structs.replace(heard, text=text))
    except MostradorError as error:
        _log.warning("second_hearing_failed", code=error.code)
        return first
    if led_nowhere(second, state):
        return first
    return structs.replace(second, why=f"{second.why}, at the second hearing")
