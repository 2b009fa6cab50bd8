"""What the counter says and shows on one channel. Nothing is remembered as said that was not heard."""

import asyncio
from collections.abc import Callable

from core.errors import MostradorError
from runtime.agent import Language
from runtime.channels import Caption, Channel, Screen, Status
from runtime.events import Event, Failed, Said
from runtime.messages import Message
from runtime.metrics import Metrics
from voice.speaker import Speaker

SCREEN = 256
"""Updates that wait for a slow screen; what comes then is dropped, and counted."""


class Teller:
    """Speaks where there is a line (`speaker`), else only shows.

    `record` gets what was really said, `failed` a voice that could not.
    """

    def __init__(
        self,
        channel: Channel,
        speaker: Speaker | None,
        now: Callable[[], float],
        record: Callable[[Event], None],
        failed: Callable[[Failed], None],
        metrics: Metrics,
    ) -> None:
        self._channel = channel
        self._speaker = speaker
        self._now = now
        self._record = record
        self._failed = failed
        self._metrics = metrics
        self._screen: asyncio.Queue[Screen] = asyncio.Queue(SCREEN)

    @property
    def aloud(self) -> bool:
        return self._speaker is not None

    @property
    def speaking(self) -> bool:
        """Our voice can be heard now."""
        return self._speaker is not None and self._speaker.speaking

    def show(self, update: Screen) -> None:
        try:
            self._screen.put_nowait(update)
        except asyncio.QueueFull:
            self._metrics.dropped("screen")

    async def pump(self) -> None:
        """Bring to the channel what is shown; until it is cancelled."""
        while True:
            await self._channel.show(await self._screen.get())

    async def say(self, message: Message, language: Language, turn: int) -> bool:
        """One message, and whether it was heard to its end. What was heard, and no more, is recorded."""
        if self._speaker is None:
            self.show(Caption("counter", message.text, turn))
            self._record(Said(at=self._now(), text=message.text))
            return True
        self.show(Status("speaking", language))
        clauses: list[str] = []

        def caption(clause: str) -> None:
            clauses.append(clause)
            self.show(Caption("counter", " ".join(clauses), turn, final=False))

        try:
            spoken = await self._speaker.say(message.text, language, caption)
        except MostradorError as error:
            self.show(Caption("counter", message.text, turn))
            self._failed(Failed(at=self._now(), stage="tts", code=error.code, message=error.message))
            return False
        self.show(Caption("counter", spoken.text if spoken.cut else message.text, turn))
        if spoken.text or not spoken.cut:
            timings = {"first_sound": spoken.first_sound}
            self._record(
                Said(at=self._now(), text=spoken.text, cut=spoken.cut, seconds=spoken.seconds, timings=timings)
            )
        return not spoken.cut

    def prepare(self, message: Message, language: Language) -> None:
        """Begin to make the sound of its first clause, in case it is said."""
        if self._speaker is not None:
            self._speaker.prepare(message.text, language)

    def duck(self, language: Language) -> None:
        """Somebody begins to speak: lower our voice; where it is not heard, show that we listen."""
        if self._speaker is not None and self._speaker.speaking:
            self._speaker.duck()
        else:
            self.show(Status("listening", language))

    def hold(self, language: Language) -> None:
        """Somebody speaks over us and goes on: be silent, keeping our place."""
        if self._speaker is not None:
            self._speaker.hold()
            self.show(Status("listening", language))

    def go_on(self, language: Language) -> None:
        """It was not meant for us: at full voice from where we were."""
        if self._speaker is not None:
            self._speaker.unduck()
            self.show(Status("speaking", language))

    def finish(self) -> None:
        """End with the clause that is being said."""
        if self._speaker is not None:
            self._speaker.finish()

    def hush(self) -> None:
        if self._speaker is not None:
            self._speaker.hush()
