"""A conversation's records as turns, each with its stages laid out in time. Pure; what it means on a screen is
`runtime.commands.trace`."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from runtime.agent import Language
from runtime.events import (
    Attached,
    Chose,
    Consent,
    Draft,
    Dtmf,
    Failed,
    Handoff,
    Hold,
    HungUp,
    Interrupted,
    Kept,
    LanguageChosen,
    Recorded,
    Replied,
    Resumed,
    Said,
    Silence,
    SpeechStarted,
    Stopping,
    UserSaid,
)
from runtime.journal import Record
from runtime.keys import HIDDEN

STAGES = ("pause", "stt", "plan", "commit", "first_sound")
"""In the order in which they happen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One stage of a turn: seconds, counted from the end of the customer's speech."""

    stage: str
    start: float
    seconds: float

    @property
    def end(self) -> float:
        return self.start + self.seconds


@dataclass(frozen=True, slots=True)
class Turn:
    """What the customer did and what came of it. Turn 0 is the greeting. `heard` and `said` are personal.

    `wall` Unix seconds; `notes` are plain facts ("interrupted", "key"…); `effects` are tools with their keys.
    """

    number: int
    wall: float
    form: str
    language: Language | None
    heard: str
    confidence: float
    intent: str
    why: str
    effects: tuple[str, ...]
    said: tuple[str, ...]
    notes: tuple[str, ...]
    bars: tuple[Bar, ...]

    @property
    def total(self) -> float | None:
        """Seconds from the end of the customer's speech to the first sound of the answer; None where none was."""
        return next((bar.end for bar in self.bars if bar.stage == "first_sound"), None)


@dataclass(frozen=True, slots=True)
class Spread:
    """How long a stage took over the turns of a conversation, seconds."""

    stage: str
    count: int
    p50: float
    p95: float


@dataclass(slots=True)
class _Open:
    """A turn while its records are read."""

    number: int
    wall: float
    form: str
    asked: UserSaid | None = None
    heard: str = ""
    reply: Replied | None = None
    said: list[Said] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def closed(self) -> Turn:
        reply = self.reply
        return Turn(
            number=self.number,
            wall=self.wall,
            form=self.form,
            language=self.asked.language if self.asked else None,
            heard=self.heard,
            confidence=reply.confidence if reply else 0.0,
            intent=reply.intent if reply else "",
            why=reply.why if reply else "",
            effects=reply.effects if reply else (),
            said=tuple(said.text for said in self.said),
            notes=tuple(self.notes),
            bars=tuple(_bars(self.asked, reply, self.said[0] if self.said else None)),
        )


def turns(records: Iterable[Record]) -> list[Turn]:
    """The turns of one conversation, in order; `records` as the journal holds them."""
    opened: list[_Open] = []
    for record in records:
        event = record.event
        if not opened:
            opened.append(_Open(0, record.wall, "greeting"))
        turn = opened[-1]
        match event:
            case UserSaid():
                form = "spoken" if event.spoken else "typed"
                opened.append(_Open(len(opened), record.wall, form, asked=event, heard=event.text))
            case Chose():
                opened.append(_Open(len(opened), record.wall, "touched", heard=event.title))
            case Kept():
                opened.append(_Open(len(opened), record.wall, "keyed", heard=HIDDEN * event.digits))
                if not event.token:
                    opened[-1].notes.append(f"not kept: {event.why}")
            case Replied():
                turn.reply = event
            case Said():
                turn.said.append(event)
                if event.cut:
                    turn.notes.append("cut")
            case Failed():
                turn.notes.append(f"failed: {event.stage} {event.code}")
            case Silence():
                turn.notes.append(f"silence {event.seconds:g} s")
            case HungUp():
                turn.notes.append(f"hung up: {event.cause}")
            case LanguageChosen():
                turn.notes.append(f"language {event.language}")
            case Dtmf():
                turn.notes.append("key")  # which one is personal: it may be part of a number
            case Hold():
                turn.notes.append("held" if event.on else "taken back")
            case Consent():
                turn.notes.append(f"recording: {event.answer} ({event.how})")
            case Recorded():
                turn.notes.append(f"recording {event.what}" + (f": {event.why}" if event.why else ""))
            case Handoff():
                turn.notes.append(f"person {event.step} {event.why}".strip())
            case Interrupted():
                turn.notes.append("interrupted")
            case Stopping():
                turn.notes.append("device stopping")
            case Attached() | SpeechStarted() | Draft() | Resumed():
                pass
            case _:
                assert_never(event)
    return [turn.closed() for turn in opened]


def _bars(asked: UserSaid | None, reply: Replied | None, said: Said | None) -> Iterable[Bar]:
    """Stages in the order in which they begin.

    Recognition runs beside the pause, on the first short silence; only `stt_wait` of it is waited for after the turn
    has ended. Preparing the sound may likewise run beside the plan: `first_sound` is what was waited for.
    """
    heard_at = 0.0
    if asked is not None and asked.spoken:
        pause = asked.timings.get("pause", 0.0)
        heard_at = pause + asked.timings.get("stt_wait", 0.0)
        yield Bar("pause", 0.0, pause)
        if stt := asked.timings.get("stt", 0.0):
            yield Bar("stt", max(0.0, heard_at - stt), stt)
    now = heard_at
    if reply is not None:
        for stage in ("plan", "commit"):
            if stage in reply.timings:
                yield Bar(stage, now, reply.timings[stage])
                now += reply.timings[stage]
    if said is not None:
        for stage, seconds in said.timings.items():
            yield Bar(stage, now, seconds)


def spreads(all_turns: Sequence[Turn]) -> list[Spread]:
    """Each stage over all turns, in the order of `STAGES`, and last "total"."""
    seconds: dict[str, list[float]] = {stage: [] for stage in STAGES}
    for turn in all_turns:
        for bar in turn.bars:
            seconds.setdefault(bar.stage, []).append(bar.seconds)
    if answered := [turn.total for turn in all_turns if turn.number and turn.total is not None]:
        seconds["total"] = answered
    return [
        Spread(stage, len(values), percentile(values, 0.50), percentile(values, 0.95))
        for stage, values in seconds.items()
        if values
    ]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of `values` do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
