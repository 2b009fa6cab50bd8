"""All that conversations share: models loaded once, and the ways to reach them that never block the loop."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
import structlog

from core.claims import Claim, Priority, under
from core.errors import MostradorError, VaultError
from core.places import cache_home
from models.llm import Finisher
from models.store import Store
from runtime import minds, vault, voices
from runtime.agent import DialogState, Heard, Language, Plan, Planner, Reply
from runtime.agent.asides import Asides
from runtime.config import Settings
from runtime.minds import Mind
from runtime.secret import Secret
from runtime.vault import Vault
from runtime.workers import Waited, Workers
from voice.answered import WhoAnswered, who_answers
from voice.clips import Clips
from voice.endpoint import EndOfTurn
from voice.frames import AudioFrame
from voice.line import AudioLine
from voice.listener import Hearing, Listener
from voice.readable import readable
from voice.resample import to_float
from voice.shelf import Shelf
from voice.speaker import Speaker
from voice.stt import Recogniser, Transcript
from voice.tts.clauses import split
from voice.turns import TurnSettings
from voice.vad import VadModel

if TYPE_CHECKING:
    from runtime.recording.recorder import Recorder

_log = structlog.get_logger(__name__)

QUESTION = "What time do you open on Monday?"
"""What the models are exercised and measured with: as long as an answer's first clause, too."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What a conversation with a line needs and a typed one doesn't."""

    recogniser: Recogniser
    voices: voices.Voices
    activity: VadModel
    endpoint: EndOfTurn
    finisher: Finisher
    workers: Workers
    clips: Clips

    def speaker(self, line: AudioLine) -> Speaker:
        return Speaker(line, self.clips, split, readable)

    def listener(
        self, line: AudioLine, emit: Callable[[Hearing], None], ours: Callable[[], bool], settings: TurnSettings
    ) -> Listener:
        return Listener(
            line, self.activity.stream(), self._transcribe, emit, ours, self._finished, self._ending, settings
        )

    async def transcribe(self, speech: npt.NDArray[np.float32], language: str) -> Transcript:
        """The words of a short piece of sound. Raises VoiceError."""
        return await self._transcribe(speech, language, "")

    async def who(self, frames: AsyncIterator[AudioFrame], language: str) -> WhoAnswered:
        """Whether a person or a machine has answered a call, by what it says. Raises VoiceError."""

        async def read(speech: npt.NDArray[np.float32]) -> str:
            return (await self.transcribe(speech, language)).text

        return await who_answers(frames, self.activity.stream(), read)

    async def _transcribe(self, speech: npt.NDArray[np.float32], language: str | None, hint: str) -> Transcript:
        return await self.workers.run("stt", self.recogniser.transcribe, speech, language, hint)

    async def _finished(self, speech: npt.NDArray[np.float32]) -> float:
        return await self.workers.run("turn", self.endpoint.finished, speech)

    async def _ending(self, text: str) -> float:
        return await self.workers.run("turn", self.finisher.ends, text)


@dataclass(frozen=True, slots=True)
class Engines:
    """Loaded models, and the pools that they run in. `sound` is None where there is nothing but text."""

    planner: Planner
    workers: Workers
    sound: Sound | None = None
    vault: Vault | None = None
    asides: Asides | None = None
    recorder: "Recorder | None" = None
    minds: Mapping[str, Mind] = field(default_factory=dict)
    """The packs, where there is more than the one."""

    def of(self, pack: str) -> "Engines":
        """The same with another pack; empty: the one of the device."""
        if not pack:
            return self
        mind = self.minds[pack]
        return replace(self, planner=mind.planner, asides=mind.asides)

    async def keep(self, secret: Secret, keeper: Literal["payments", "pack"] = "payments") -> str:
        """The token of a secret. Raises VaultError."""
        if keeper == "pack":
            return await self.workers.run("commit", secret.take, self.planner.keep)
        if self.vault is None:
            raise VaultError("vault.none", "nobody keeps secrets here: set `provider` under [payments]")
        return await self.workers.run("commit", secret.take, self.vault.keep)

    async def plan(self, state: DialogState, heard: Heard, conversation: str) -> Plan:
        """Raises AgentError."""
        return await self.workers.run("plan", self.planner.plan, state, heard, conversation)

    async def for_us(self, text: str) -> float:
        """Probability that words over our voice are said to us. Raises ModelError."""
        if self.asides is None:
            return 1.0
        return await self.workers.run("plan", self.asides.for_us, text)

    async def commit(self, plan: Plan, conversation: str) -> tuple[Reply, DialogState]:
        """Raises AgentError."""
        return await self.workers.run("commit", self.planner.commit, plan, conversation)

    async def warm(self, greetings: Iterable[tuple[Language, str]] = ()) -> None:
        """Speak the greetings into the cache, the pack's and `greetings`: whoever calls hears the first word at once.

        Returns when the first clauses are made; the others follow by themselves.
        """
        if self.sound is None:
            return
        first = []
        texts = list(greetings)
        for language, text in texts:
            for clause in split(text):
                self.sound.voices.keep(readable(clause, language), language)
        for planner in {
            id(each): each for each in (self.planner, *(mind.planner for mind in self.minds.values()))
        }.values():
            for channel in ("phone", "kiosk"):
                for language in voices.LANGUAGES:
                    reply, _ = planner.open(language, channel)
                    texts.append((language, " ".join(message.text for message in reply.messages)))
        for language, text in texts:
            clips = [self.sound.clips.warm(readable(clause, language), language) for clause in split(text)]
            first += clips[:1]
        for clip in first:
            await clip.made()

    async def exercise(self, measured: Callable[[float], None] = lambda _: None) -> None:
        """Have each model work, so that the first customer does not wait for what is only made at first use.

        `measured` gets the CPU seconds that one turn took. Then the shelf is stocked.
        """
        try:
            with under(Claim(Priority.BACKGROUND)):
                for drill in self.planner.drills():
                    await self.workers.run("plan", drill)
                await self._turn()
                before = time.process_time()
                await self._turn()
            measured(time.process_time() - before)
            if self.sound is not None:
                await self.sound.voices.stock()
        except MostradorError as error:
            _log.error("exercise_failed", code=error.code, reason=error.message)

    async def _turn(self) -> None:
        """What a question takes: its words, whether it is over, the answer, the sound of it."""
        heard = Heard(QUESTION, "en", spoken=False)
        if self.sound is not None:
            speech = to_float(np.concatenate([piece async for piece in self.sound.voices.speak(QUESTION, "en")]))
            await self.sound._finished(speech)
            await self.sound._transcribe(speech, "en", "")
        await self.plan(DialogState(), heard, "exercise")


async def load(
    settings: Settings, store: Store | None = None, told: Callable[[Waited], None] = lambda _: None
) -> Engines:
    """Load every model, side by side where they allow it. Raises ModelError naming the file and the mend.

    `told` hears of all work that is begun.
    """
    store = store or Store()
    with ThreadPoolExecutor(4, thread_name_prefix="load") as pool:
        loop = asyncio.get_running_loop()
        known, recogniser, synthesisers, activity, endpoint = await asyncio.gather(
            loop.run_in_executor(pool, minds.load, settings, store),
            loop.run_in_executor(pool, _recogniser, settings, store),
            loop.run_in_executor(pool, voices.load, settings, store),
            loop.run_in_executor(pool, _activity),
            loop.run_in_executor(pool, _endpoint, store),
        )
    workers = Workers(told)
    speech = voices.Voices(synthesisers, workers, Shelf(cache_home() / "speech"))
    for mind in known.of.values():
        for language in voices.LANGUAGES:
            for text in mind.planner.fixed(language):
                for clause in split(text):
                    speech.keep(readable(clause, language), language)
    sound = Sound(recogniser, speech, activity, endpoint, known.finisher, workers, Clips(speech.speak))
    first = known.of[settings.agent.pack]
    return Engines(first.planner, workers, sound, vault.load(settings.payments.provider), first.asides, minds=known.of)


async def load_text(settings: Settings, store: Store | None = None) -> Engines:
    """Only what a typed conversation needs. Raises ModelError."""
    known = await asyncio.get_running_loop().run_in_executor(None, minds.load, settings, store or Store())
    return Engines(known.of[settings.agent.pack].planner, Workers())


def _recogniser(settings: Settings, store: Store) -> Recogniser:
    from runtime import recognisers

    return recognisers.load(settings.voice, store, voices.LANGUAGES)


def _activity() -> VadModel:
    from voice import vad

    return vad.load()


def _endpoint(store: Store) -> EndOfTurn:
    from voice import endpoint

    return endpoint.load(store.require("smart-turn-v3.2"))
