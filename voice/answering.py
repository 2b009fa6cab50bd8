"""Has a person answered, or a machine? A pure state machine on voice activity, words and beeps, in audio time.

People say a word or two and wait; machines speak on. Only words and the beep prove a machine: people who answer for a
company speak for as long as a short announcement, and to take one of them for a machine is the expensive mistake. So
length alone never decides for it; who can't be told is "unsure", and is treated as a person.
"""

from dataclasses import dataclass, replace
from enum import Enum
from typing import Literal

Verdict = Literal["person", "machine", "unsure"]


class Ask(Enum):
    """The words that were said so far are wanted, see `told`."""

    WORDS = "words"


@dataclass(frozen=True, slots=True)
class AnsweringSettings:
    """Seconds of audio since the answer, or of what is named. Tuned by `mostrador bench machines` on its one half."""

    silence: float = 3.0
    """Nobody has said anything: they wait for us."""
    longest: float = 6.0
    """Whoever still speaks then can't be told. Nobody is kept waiting by it: they have not let us speak yet."""
    short: float = 1.3
    """Speech as short as that, and then a pause, is a person's hello."""
    pause: float = 0.5
    """… so long."""
    long_pause: float = 0.9
    """A pause after which whoever spoke waits for an answer, if their words say nothing else."""
    unread_pause: float = 1.4
    """… and if their words are still being read."""
    first_words: float = 1.2
    """Speech after which words are asked for the first time, if no pause comes sooner."""
    more_words: float = 0.6
    """… and again after so much more of it."""


@dataclass(frozen=True, slots=True)
class AnsweringState:
    """`at` seconds since the answer; `speech` of them with a voice; `still` since the last of it."""

    at: float = 0.0
    speech: float = 0.0
    still: float = 0.0
    asked_at: float = 0.0
    """Seconds of speech that had been heard when words were asked for last."""
    reading: bool = False
    words: Verdict | None = None
    """What the words say so far: "unsure" where they fit both."""
    heard: float = 0.0
    """Seconds of speech that these words are of."""


def step(
    state: AnsweringState, speech: bool, beep: bool, seconds: float, settings: AnsweringSettings
) -> tuple[AnsweringState, Verdict | Ask | None]:
    """After one frame of so many seconds; the verdict, once there is one, ends it."""
    spoken = state.speech + (seconds if speech else 0.0)
    still = 0.0 if speech else state.still + seconds
    state = replace(state, at=state.at + seconds, speech=spoken, still=still)
    if beep:
        return state, "machine"
    if not spoken:
        return state, "unsure" if state.at >= settings.silence else None
    if (verdict := _decided(state, settings)) is not None:
        return state, verdict
    if not state.reading and _wants_words(state, settings):
        return replace(state, reading=True, asked_at=spoken), Ask.WORDS
    return state, None


def told(state: AnsweringState, words: Verdict, settings: AnsweringSettings) -> tuple[AnsweringState, Verdict | None]:
    """What the words say that were asked for (`voice.greetings`)."""
    state = replace(state, reading=False, words=words, heard=state.asked_at)
    return state, _decided(state, settings)


def _decided(state: AnsweringState, settings: AnsweringSettings) -> Verdict | None:
    """Words that prove a machine do at once; for a person whoever spoke must have stopped, or we would cut them off."""
    if state.words == "machine":
        return "machine"
    if state.still >= settings.unread_pause:
        return "person"
    all_read = state.words is not None and state.heard >= state.speech and not state.reading
    if all_read and state.still >= settings.pause:
        hello = state.words == "person" or state.speech <= settings.short
        if hello or state.still >= settings.long_pause:
            return "person"
    return "unsure" if state.at >= settings.longest else None


def _wants_words(state: AnsweringState, settings: AnsweringSettings) -> bool:
    new = state.speech - state.asked_at
    if new <= 0:
        return False
    if state.still >= settings.pause / 2:
        return True
    return new >= (settings.more_words if state.asked_at else settings.first_words)
