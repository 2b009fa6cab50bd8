"""A counter with scripted engines on virtual time: the session is the real one, what it calls is not."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.errors import AgentError, MostradorError, VoiceError
from runtime.agent import DialogState, Effect, Expect, Heard, Language, Plan, Reply
from runtime.agent.recording import RecordingPolicy
from runtime.channels import Screen
from runtime.config import Limits
from runtime.engines import Engines, Sound
from runtime.events import Dtmf, Event, HungUp
from runtime.messages import Message
from runtime.session import Session
from runtime.vault.local import LocalVault
from tests.voice.fake_line import FakeLine
from voice.clips import Clips
from voice.frames import RATE, AudioFrame, Pcm
from voice.listener import Hearing, Listener
from voice.speaker import Speaker
from voice.stt import Transcript
from voice.turns import TurnSettings

WORD = 0.3
"""Seconds that a word lasts in this world."""


def speech(words: int) -> Pcm:
    return np.full(round(words * WORD * RATE), 3_000, np.int16)


class Loud:
    """Speech is what is loud."""

    def push(self, frame: AudioFrame) -> bool:
        return int(np.abs(frame.pcm).max()) > 1_000


class Script:
    """Answers by table: text → reply; "buy …" has an effect; unknown text fails."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.done: list[str] = []
        self.planned: list[str] = []
        self.broken = ""
        self.recording = RecordingPolicy()
        self.lost: set[str] = set()
        """What leads nowhere."""

    def open(self, language: Language, channel: str) -> tuple[Reply, DialogState]:
        return Reply((Message("Welcome to the shop."),)), DialogState()

    def plan(self, state: DialogState, heard: Heard, conversation: str) -> Plan:
        self.planned.append(heard.text)
        if self.broken == "plan":
            raise AgentError("agent.failed", "the database is locked")
        if state.expect.kind == "secret":
            text = f"Kept {heard.token}." if heard.token else "Once more, your card?"
            return self._plan(heard, state, Reply((Message(text),)))
        if heard.choice == "person":
            return self._plan(heard, state, Reply((Message("A person will call you."),)))
        if heard.text == "person please":
            return self._plan(heard, state, Reply((Message("To a person."),), "to_person"))
        if heard.text.startswith("buy"):
            return Plan(heard, "buy", 1.0, "script", (Effect("buy", {}, heard.text),), None, state)
        return self._plan(heard, state, self.replies.get(heard.text, Reply((Message(f"You said {heard.text}."),))))

    def _plan(self, heard: Heard, state: DialogState, reply: Reply) -> Plan:
        expect = Expect("digits", 5) if "number?" in reply.messages[0].text else Expect()
        if "card?" in reply.messages[0].text:
            expect = Expect("secret", 13, 19)
        failures = state.failures + 1 if heard.text in self.lost else 0
        return Plan(heard, "talk", 1.0, "script", (), reply, DialogState(state.stack, expect, failures))

    def commit(self, plan: Plan, conversation: str) -> tuple[Reply, DialogState]:
        self.done += [effect.key for effect in plan.effects]
        return Reply((Message("Bought."),)), plan.state

    def fixed(self, language: Language) -> Iterator[str]:
        yield "Welcome to the shop."

    def hint(self, language: Language) -> str:
        return "bulbs, gloves"

    def drills(self) -> Iterator[Callable[[], object]]:
        yield lambda: self.phrase("wait", "es")

    def brief(self, story: Any, language: Language) -> list[str]:
        return [f"They wanted {' and '.join(story.intents)}.", *(f"Done: {tool}." for tool in story.acts)]

    def phrase(self, code: str, language: Language) -> str:
        return f"[{code}]"


class Inline:
    """Workers on virtual time."""

    def __init__(self) -> None:
        self.seconds = {"stt": 0.15, "plan": 0.05, "commit": 0.4, "tts": 0.1}

    async def run(self, stage: str, work: Callable[..., Any], *args: Any) -> Any:
        await asyncio.sleep(self.seconds[stage])
        return work(*args)


class Recorder:
    """Journal and metrics in one: keeps what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.failures: list[str] = []

    def append(self, conversation: str, event: Event) -> None:
        self.events.append(event)

    def failed(self, code: str) -> None:
        self.failures.append(code)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args: None

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


class FakeChannel:
    kind = "phone"
    peer = "sip:somebody@example.org"
    language: Language = "en"

    def __init__(self, line: FakeLine | None) -> None:
        self.line = line
        self.shown: list[Screen] = []
        self.closed = ""
        self.over = False
        self.has_keys = True
        self.through: Callable[[str], str] | None = None
        self._events: asyncio.Queue[Event] = asyncio.Queue()

    def send(self, event: Event) -> None:
        self._events.put_nowait(event)

    async def events(self) -> AsyncIterator[Event]:
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, HungUp):
                return

    async def show(self, update: Screen) -> None:
        self.shown.append(update)

    async def hide_keys(self, through: Callable[[str], str] | None) -> bool:
        self.through = through
        return self.has_keys

    def press(self, key: str) -> None:
        """As a telephone does it: what is hidden is not told."""
        if told := self.through(key) if self.through else key:
            self.send(Dtmf(digit=told))

    async def close(self, cause: str) -> None:
        self.closed = self.closed or cause


@dataclass
class Counter:
    """Everything that a test looks at. `hears` are the transcripts to come, first to last."""

    hears: list[str | MostradorError] = field(default_factory=list)
    text_only: bool = False
    limits: Limits = field(default_factory=Limits)
    greeting: str = ""
    recording: RecordingPolicy = field(default_factory=RecordingPolicy)
    tape: Any = None
    person: Any = None

    def __post_init__(self) -> None:
        self.line = FakeLine()
        self.channel = FakeChannel(None if self.text_only else self.line)
        self.script = Script()
        self.script.recording = self.recording
        self.recorder = Recorder()
        self.vault = LocalVault()
        self.workers = Inline()
        self.mute = False
        self.hinted = ""
        """What is heard with a hint."""

    async def _speak(self, text: str, language: str) -> AsyncIterator[Pcm]:
        await asyncio.sleep(self.workers.seconds["tts"])
        if self.mute:
            raise VoiceError("tts.failed", "no voice")
        yield speech(len(text.split()))

    def _transcribe(self, sound: object, language: str | None, hint: str) -> Transcript:
        heard = self.hinted if hint else self.hears[0] if self.hears else ""
        if isinstance(heard, MostradorError):
            raise heard
        return Transcript(heard, "en", 0.9, 0.0, 0.15)

    def session(self) -> Session:
        counter = self

        class Scripted(Sound):
            def speaker(self, line: Any) -> Speaker:
                return Speaker(line, self.clips, lambda text: [text] if text else [], lambda text, _: text)

            def listener(
                self, line: Any, emit: Callable[[Hearing], None], ours: Any, settings: TurnSettings
            ) -> Listener:
                def once(hearing: Hearing) -> None:
                    if type(hearing).__name__ in {"Utterance", "Deaf"} and counter.hears:
                        counter.hears.pop(0)
                    emit(hearing)

                async def transcribe(sound: Any, language: str | None, hint: str) -> Transcript:
                    await asyncio.sleep(counter.workers.seconds["stt"])
                    return counter._transcribe(sound, language, hint)

                return Listener(line, Loud(), transcribe, once, ours, settings=settings)

        workers: Any = self.workers
        unused: Any = None
        sound = Scripted(unused, {}, unused, unused, unused, workers, Clips(self._speak))
        engines = Engines(self.script, workers, sound, self.vault, recorder=self.tape)
        recorder: Any = self.recorder
        channel: Any = self.channel
        return Session("c1", channel, engines, recorder, recorder, self.limits, self.greeting, self.person)

    async def say(self, text: str, words: int = 0, after: float = 0.0) -> None:
        """The customer speaks; returns when the last word is out."""
        await asyncio.sleep(after)
        if text:
            self.hears.append(text)
        sound = speech(words or max(1, len(text.split())))
        self.line.feed(sound)
        await asyncio.sleep(len(sound) / RATE)

    def said(self) -> list[str]:
        from runtime.events import Said

        return [event.text for event in self.recorder.of(Said)]
