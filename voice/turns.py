"""When a turn starts, pauses, ends, and when it interrupts: a pure state machine over 20 ms decisions.

Time is audio time: the machine is told how many seconds each decision covers and never reads a clock.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto

from voice.completeness import counting


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """Seconds, unless said otherwise."""

    onset: float = 0.10
    """Speech shorter than this is a click, not the start of a turn."""
    onset_gap: float = 0.08
    """A hole in the onset that does not start it anew."""
    draft_pause: float = 0.12
    """After this pause the turn is transcribed and planned, in case it is over."""
    end_pause: float = 0.70
    """After this pause the turn is over while nothing more is known than that it is a pause."""
    even_pause: float = 1.00
    """… when it is as likely finished as not (`voice.completeness`);"""
    pause_slope: float = 0.30
    """shorter by this with each unit of log-odds that it is finished, longer with each that it is not,"""
    sure_pause: float = 0.25
    """but never shorter than this"""
    unsure_pause: float = 1.10
    """nor longer than this."""
    interrupt_after: float = 0.12
    """Speech over our own voice that lasts this long silences us, until its words say whether it was meant for us."""
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
    if not state.drafted and still >= settings.draft_pause:
        return replace(grown, drafted=True), Signal.PAUSED
    if still >= patience:
        return TurnState(), Signal.ENDED
    return grown, None


def patience_for(log_odds: float | None, text: str, digits_expected: int, settings: TurnSettings) -> float:
    """The pause that ends a turn, given the odds that it is finished (None: nothing is known yet) and its words so far.

    A number of `digits_expected` digits (0: no number expected) that has begun is not over while digits are missing;
    one that nobody asked for gets `end_pause` at least.
    """
    digits = sum(c.isdigit() for c in text)
    if digits_expected and (0 < digits < digits_expected or not text):
        return settings.digits_pause
    if log_odds is None:
        return settings.end_pause
    complete = 0 < digits_expected <= digits
    least = settings.end_pause if counting(text) and not complete else settings.sure_pause
    return min(max(settings.even_pause - settings.pause_slope * log_odds, least), settings.unsure_pause)
