"""A small stand-in for the conversation: it answers what is typed or touched, and plays tones for a voice."""

import asyncio
from collections.abc import Callable

import numpy as np

from runtime.agent import Language
from runtime.channels import Caption, Notice, Shown, Status
from runtime.channels.kiosk import KioskChannel
from runtime.events import Chose, Event, HungUp, LanguageChosen, UserSaid
from runtime.messages import Choice, Message
from voice.frames import RATE, AudioFrame, Pcm

GREETING: dict[Language, Message] = {
    "es": Message(
        "Buenos días. ¿En qué puedo ayudarle?",
        choices=(
            Choice("hours", "Horario de apertura"),
            Choice("order", "Estado de un pedido"),
            Choice("returns", "Devoluciones"),
            Choice("find", "Dónde está un producto"),
        ),
    ),
    "en": Message(
        "Good morning. How can I help you?",
        choices=(
            Choice("hours", "Opening hours"),
            Choice("order", "Where is my order"),
            Choice("returns", "Returns"),
            Choice("find", "Find a product"),
        ),
    ),
}
ANSWER: dict[Language, Message] = {
    "es": Message(
        "Hoy abrimos de nueve de la mañana a nueve de la noche. El domingo cerramos a las tres.",
        detail="Lunes a sábado  9:00 – 21:00\nDomingo  10:00 – 15:00",
        choices=(Choice("holidays", "Días festivos"), Choice("other", "Otra pregunta")),
        source="hours",
    ),
    "en": Message(
        "Today we are open from nine in the morning until nine at night. On Sunday we close at three.",
        detail="Monday to Saturday  9:00 – 21:00\nSunday  10:00 – 15:00",
        choices=(Choice("holidays", "Public holidays"), Choice("other", "Another question")),
        source="hours",
    ),
}


def tone(hertz: float, seconds: float, level: float = 0.3) -> Pcm:
    time = np.arange(round(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * hertz * time) * level * 32767).astype(np.int16)


class ScriptedSession:
    """One visit. What happened is kept for the test to look at."""

    def __init__(self, channel: KioskChannel, voice_seconds: float = 0.0) -> None:
        self.channel = channel
        self.language: Language = channel.language
        self.events: list[Event] = []
        self.frames: list[AudioFrame] = []
        self.turn = 0
        self._voice_seconds = voice_seconds
        self._seen = asyncio.Event()
        self.task = asyncio.create_task(self.run())
        self.listening = asyncio.create_task(self._listen())

    async def run(self) -> None:
        await self.say(GREETING[self.language])
        async for event in self.channel.events():
            self.events.append(event)
            self._seen.set()
            match event:
                case UserSaid(text=text) | Chose(title=text):
                    self.turn += 1
                    await self.channel.show(Caption("customer", text, self.turn))
                    await self.channel.show(Status("thinking", self.language))
                    await self.say(ANSWER[self.language])
                case LanguageChosen(language=language):
                    self.language = language
                    await self.say(GREETING[language])
                case HungUp():
                    break
                case _:
                    raise AssertionError(event)
        self.listening.cancel()

    async def say(self, message: Message) -> None:
        await self.channel.show(Shown(message, self.turn))
        line = self.channel.line
        if line is not None and self._voice_seconds:
            await self.channel.show(Status("speaking", self.language))
            line.play(tone(440, self._voice_seconds))
            await self.channel.show(Caption("counter", message.text.split(".")[0] + ".", self.turn, final=False))
            await self.until(lambda: not line.queued)
        await self.channel.show(Caption("counter", message.text, self.turn))
        await self.channel.show(Status("listening", self.language))

    async def notice(self, text: str) -> None:
        await self.channel.show(Notice("test", text))

    async def expect(self, kind: type[Event]) -> Event:  # type: ignore[valid-type]
        """The first event of a kind, now or when it comes."""
        async with asyncio.timeout(20):
            while True:
                for event in self.events:
                    if isinstance(event, kind):
                        return event
                self._seen.clear()
                await self._seen.wait()

    async def until(self, true: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not true():
                await asyncio.sleep(0.02)

    async def _listen(self) -> None:
        if self.channel.line is not None:
            async for frame in self.channel.line.heard():
                self.frames.append(frame)
