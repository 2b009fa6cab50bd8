"""When a turn starts, pauses, ends, and when it interrupts: a pure state machine over 20 ms decisions.

Time is audio time: the machine is told how many seconds each decision covers and never reads a clock.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """Seconds, unless said otherwise."""

    onset: float = 0.10
    """Speech shorter than this is a click, not the start of a turn."""
    onset_gap: float = 0.08
    """A hole in the onset that does not start it anew."""
    draft_pause: float = 0.20
    """After this pause the turn is transcribed and planned, in case it is over."""
    end_pause: float = 0.70
    """After this pause the turn is over when nothing says more."""
    sure_pause: float = 0.45
    """… when it sounds finished and its words are complete."""
    unsure_pause: float = 1.10
    """… when it sounds unfinished, or its last word wants another: «quiero devolver el…»."""
    finished_from: float = 0.5
    """Probability from which it sounds finished (`voice.endpoint`)."""
    unfinished_below: float = 0.2
    interrupt_after: float = 0.12
    """Speech over our own voice that lasts this long silences us, until its words say whether it was meant for us."""
    overlap_pause: float = 0.12
    """Instead of `draft_pause` after a few words over our own voice: we may be silent for nothing."""
    brief: float = 1.2
    """Seconds of speech that a few words have at most."""
    max_turn: float = 110.0
    """A turn is closed here, come what may: noise, or somebody who reads a letter aloud."""
    quiet_after: float = 8.0
    """The customer has said nothing for so long while it was their turn."""
    digits_pause: float = 1.3
    """Instead of `end_pause` while a number that was asked for is not complete: people pause between groups."""


class Signal(Enum):
    STARTED = auto()
    PAUSED = auto()
    RESUMED = auto()
    ENDED = auto()
    INTERRUPTED = auto()
    QUIET = auto()


class Phase(Enum):
    QUIET = auto()
    ONSET = auto()
    SPEECH = auto()
    PAUSE = auto()


@dataclass(frozen=True, slots=True)
class TurnState:
    phase: Phase = Phase.QUIET
    quiet: float = 0.0
    """Seconds without a turn while it was the customer's; clicks do not set it back."""
    still: float = 0.0
    """Seconds without speech: of a hole in the onset, of the pause."""
    voiced: float = 0.0
    """Seconds of speech in this turn."""
    overlap: float = 0.0
    """Seconds of it over our own voice."""
    length: float = 0.0
    """Seconds since the turn began, pauses included."""
    drafted: bool = False
    interrupted: bool = False


def step(
    state: TurnState, speech: bool, ours: bool, seconds: float, patience: float, settings: TurnSettings
) -> tuple[TurnState, Signal | None]:
    """One decision further: `speech` was there or not for `seconds`, while we spoke (`ours`) or not.

    `patience`: the pause after which the turn is over (from `patience_for`).
    """
    match state.phase:
        case Phase.QUIET:
            quiet = 0.0 if ours else state.quiet + seconds
            if speech:
                return TurnState(Phase.ONSET, quiet, voiced=seconds, overlap=seconds * ours, length=seconds), None
            if quiet >= settings.quiet_after:
                return TurnState(), Signal.QUIET
            return TurnState(quiet=quiet), None
        case Phase.ONSET:
            return _onset(state, speech, ours, seconds, settings)
        case Phase.SPEECH | Phase.PAUSE:
            if state.length >= settings.max_turn:
                return TurnState(), Signal.ENDED
            if speech:
                return _speech(state, ours, seconds, settings)
            return _pause(state, seconds, patience, settings)


def _onset(
    state: TurnState, speech: bool, ours: bool, seconds: float, settings: TurnSettings
) -> tuple[TurnState, Signal | None]:
    quiet = 0.0 if ours else state.quiet + seconds
    if not speech:
        still = state.still + seconds
        over = still > settings.onset_gap
        return (TurnState(quiet=quiet) if over else replace(state, quiet=quiet, still=still)), None
    voiced = state.voiced + seconds
    overlap = state.overlap + seconds * ours
    grown = TurnState(Phase.ONSET, quiet, 0.0, voiced, overlap, length=state.length + seconds)
    if voiced < settings.onset:
        return grown, None
    return replace(grown, phase=Phase.SPEECH), Signal.STARTED


def _speech(state: TurnState, ours: bool, seconds: float, settings: TurnSettings) -> tuple[TurnState, Signal | None]:
    grown = replace(
        state,
        phase=Phase.SPEECH,
        still=0.0,
        voiced=state.voiced + seconds,
        overlap=state.overlap + seconds * ours,
        length=state.length + seconds,
        drafted=False,
    )
    if state.drafted:
        return grown, Signal.RESUMED
    if ours and not state.interrupted and grown.overlap >= settings.interrupt_after:
        return replace(grown, interrupted=True), Signal.INTERRUPTED
    return grown, None


def _pause(
    state: TurnState, seconds: float, patience: float, settings: TurnSettings
) -> tuple[TurnState, Signal | None]:
    still = state.still + seconds
    grown = replace(state, phase=Phase.PAUSE, still=still, length=state.length + seconds)
    brief = state.overlap > 0 and state.voiced <= settings.brief
    if not state.drafted and still >= (settings.overlap_pause if brief else settings.draft_pause):
        return replace(grown, drafted=True), Signal.PAUSED
    if still >= patience:
        return TurnState(), Signal.ENDED
    return grown, None


_ES = """a al ante con de del desde el en entre es hasta la las lo los mi mis o para pero pon por porque que se si sin
sobre su sus tu tus un una unos unas y e u cuando donde como muy"""
_EN = """a about an and are as at because but by can for from i if in into is it's my of on or our so than that the
their to very was were when where which who with would your um uh"""
_WANTING = frozenset(_ES.split()) | frozenset(_EN.split())
"""Words that a sentence does not end with, Spanish and English, without accents."""


def wants_more(draft: str) -> bool:
    """Whether the last word of `draft` needs another one after it."""
    words = draft.lower().rstrip(" .").replace("…", "").split()
    return bool(words) and (words[-1] in _WANTING or words[-1].endswith((",", "-")))


def patience_for(draft: str, finished: float | None, digits_expected: int, settings: TurnSettings) -> float:
    """The pause that ends a turn, given its words so far, how finished it sounds (None: unknown) and what is expected.

    A number of `digits_expected` digits (0: no number expected) that has begun is not over while digits are missing.
    """
    digits = sum(c.isdigit() for c in draft)
    if digits_expected and (0 < digits < digits_expected or not draft):
        return settings.digits_pause
    if wants_more(draft) or (finished is not None and finished < settings.unfinished_below):
        return settings.unsure_pause
    if draft and finished is not None and finished >= settings.finished_from:
        return settings.sure_pause
    return settings.end_pause
