"""What is said over our own voice: is it meant for us? Neither backchannels nor words to somebody else stop an answer.

A recogniser hears a lone «vale» as «padre» and "got it" as "drop it". Shown the words that people say while they
listen, and some that ask for attention, it tells them apart: so brief words are heard once more.
"""

from collections.abc import Awaitable, Callable

import structlog

from core.errors import MostradorError
from runtime.agent import Expect, Heard
from runtime.backchannel import HINTS, is_backchannel, is_brief, is_calling, may_be_backchannel
from runtime.second_hearing import HearAgain

_log = structlog.get_logger(__name__)

SURE = 0.8
"""Confidence of a first hearing that is believed."""
HEARD = 0.5
"""Confidence below which words are not taken for an aside: what was garbled is like nothing that customers say."""
PERHAPS = 0.5
"""Probability that it is said to us, below which what leads nowhere is taken for an aside."""
HARDLY = 0.02
"""… and below which that is so wherever it leads, and of a few words, too."""


class Overheard:
    """Each utterance is judged once: the turn that follows a pause has the same words."""

    def __init__(
        self,
        hear_again: HearAgain | None,
        leads_nowhere: Callable[[Heard], Awaitable[bool]],
        for_us: Callable[[str], Awaitable[float]],
    ) -> None:
        self._hear_again = hear_again
        self._leads_nowhere = leads_nowhere
        self._for_us = for_us
        self._judged: tuple[tuple[str, str], bool] | None = None

    async def goes_on(self, heard: Heard, expect: Expect) -> bool:
        """Whether our answer goes on. Where an answer is expected, only no words at all leave it alone."""
        judged, self._judged = self._judged, None
        if judged is not None and judged[0] == (heard.text, expect.kind):
            return judged[1]
        verdict = is_backchannel(heard.text, expect)
        if not verdict and expect.kind == "anything":
            verdict = await self._nothing(heard, expect)
        self._judged = (heard.text, expect.kind), verdict
        return verdict

    async def _nothing(self, heard: Heard, expect: Expect) -> bool:
        try:
            if not is_brief(heard.text):
                return await self._is_aside(heard)
            if is_calling(heard.text):
                return False
            if await self._is_backchannel_again(heard, expect):
                return True
            if may_be_backchannel(heard.text, expect) and await self._leads_nowhere(heard):
                return True
            return heard.confidence >= HEARD and await self._for_us(heard.text) < HARDLY
        except MostradorError as error:
            _log.warning("overheard_failed", code=error.code)
            return False  # the answer to it plans again and reports

    async def _is_aside(self, heard: Heard) -> bool:
        if heard.confidence < HEARD:
            return False
        for_us = await self._for_us(heard.text)
        return for_us < HARDLY or (for_us < PERHAPS and await self._leads_nowhere(heard))

    async def _is_backchannel_again(self, heard: Heard, expect: Expect) -> bool:
        if self._hear_again is None or heard.confidence >= SURE:
            return False
        again = await self._hear_again(HINTS[heard.language])
        return bool(again) and is_backchannel(again, expect)
