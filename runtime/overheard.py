"""What is said over our own voice: is it meant for us? Brief words are heard once more before they stop an answer.

A recogniser hears a lone «vale» as «padre» and "got it" as "drop it". Shown the words that people say while they
listen, and some that ask for attention, it tells them apart.
"""

from collections.abc import Awaitable, Callable

import structlog

from core.errors import MostradorError
from runtime.agent import Expect, Heard
from runtime.backchannel import HINTS, is_backchannel, is_brief, may_be_backchannel
from runtime.second_hearing import HearAgain

_log = structlog.get_logger(__name__)

SURE = 0.8
"""Confidence of a first hearing that is believed."""


class Overheard:
    """Each utterance is judged once: the turn that follows a pause has the same words."""

    def __init__(self, hear_again: HearAgain | None, leads_nowhere: Callable[[Heard], Awaitable[bool]]) -> None:
        self._hear_again = hear_again
        self._leads_nowhere = leads_nowhere
        self._judged: tuple[str, bool] | None = None

    async def goes_on(self, heard: Heard, expect: Expect) -> bool:
        """Whether our answer goes on: a backchannel, or what is so short that nothing comes of it."""
        judged, self._judged = self._judged, None
        if judged is not None and judged[0] == heard.text:
            return judged[1]
        verdict = is_backchannel(heard.text, expect) or await self._nothing(heard, expect)
        self._judged = heard.text, verdict
        return verdict

    async def _nothing(self, heard: Heard, expect: Expect) -> bool:
        if expect.kind != "anything" or not is_brief(heard.text):
            return False
        try:
            if await self._is_backchannel_again(heard, expect):
                return True
            return may_be_backchannel(heard.text, expect) and await self._leads_nowhere(heard)
        except MostradorError as error:
            _log.warning("overheard_failed", code=error.code)
            return False  # the answer to it plans again and reports

    async def _is_backchannel_again(self, heard: Heard, expect: Expect) -> bool:
        if self._hear_again is None or heard.confidence >= SURE:
            return False
        again = await self._hear_again(HINTS[heard.language])
        return bool(again) and is_backchannel(again, expect)
