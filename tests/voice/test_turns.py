"""Turn-taking on virtual time: no model, no clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.turns import Signal, TurnSettings, TurnState, patience_for, step

pytestmark = pytest.mark.unit

FRAME = 0.02
SETTINGS = TurnSettings()


def play(*parts: tuple[float, bool, bool], patience: float = SETTINGS.end_pause) -> list[tuple[float, Signal]]:
    """(seconds, speech, ours) after one another → (time, signal)."""
    state, time, signals = TurnState(), 0.0, []
    for seconds, speech, ours in parts:
        for _ in range(round(seconds / FRAME)):
            time += FRAME
            state, signal = step(state, speech, ours, FRAME, patience, SETTINGS)
            if signal:
                signals.append((round(time, 2), signal))
    return signals


def kinds(signals: list[tuple[float, Signal]]) -> list[Signal]:
    return [signal for _, signal in signals]


def test_a_plain_turn_starts_pauses_and_ends() -> None:
    signals = play((1.0, False, False), (2.0, True, False), (1.0, False, False))
    assert kinds(signals) == [Signal.STARTED, Signal.PAUSED, Signal.ENDED]
    assert [time for time, _ in signals] == pytest.approx(
        [1.0 + SETTINGS.onset, 3.0 + SETTINGS.draft_pause, 3.7], abs=1.5 * FRAME
    )


def test_a_click_is_no_turn() -> None:
    assert play((0.5, False, False), (0.06, True, False), (2.0, False, False)) == []


def test_going_on_after_a_pause_resumes() -> None:
    signals = play((1.0, True, False), (0.4, False, False), (0.5, True, False), (1.0, False, False))
    assert kinds(signals) == [Signal.STARTED, Signal.PAUSED, Signal.RESUMED, Signal.PAUSED, Signal.ENDED]


def test_a_pause_inside_a_word_is_not_seen() -> None:
    signals = play(
        (1.0, True, False), (SETTINGS.draft_pause - FRAME, False, False), (0.5, True, False), (1.0, False, False)
    )
    assert kinds(signals) == [Signal.STARTED, Signal.PAUSED, Signal.ENDED]


def test_long_speech_over_our_voice_interrupts_once() -> None:
    signals = play((0.5, False, True), (1.5, True, True), (1.0, False, False))
    assert kinds(signals) == [Signal.STARTED, Signal.INTERRUPTED, Signal.PAUSED, Signal.ENDED]
    assert signals[1][0] == pytest.approx(0.5 + SETTINGS.interrupt_after, abs=FRAME)


def test_a_click_of_the_tongue_does_not_silence_us() -> None:
    signals = play((0.5, False, True), (SETTINGS.interrupt_after - FRAME, True, True), (1.0, False, True))
    assert kinds(signals) == [Signal.STARTED, Signal.PAUSED, Signal.ENDED]


@given(st.lists(st.booleans(), min_size=10, max_size=200))
def test_nobody_speaks_over_us_for_longer_than_it_takes_to_silence_us(frames: list[bool]) -> None:
    state = TurnState()
    for speech in frames:
        state, _ = step(state, speech, True, FRAME, SETTINGS.end_pause, SETTINGS)
        assert state.interrupted or state.overlap < SETTINGS.interrupt_after + 1.5 * FRAME


def test_silence_is_told_again_and_again_but_not_while_we_speak() -> None:
    assert kinds(play((20.0, False, False))) == [Signal.QUIET, Signal.QUIET]
    assert play((20.0, False, True)) == []


def test_clicks_do_not_hide_silence() -> None:
    clicks = [part for _ in range(20) for part in ((0.46, False, False), (0.04, True, False))]
    assert Signal.QUIET in kinds(play(*clicks))


def test_noise_that_never_ends_is_one_long_turn_that_is_closed() -> None:
    signals = play((SETTINGS.max_turn + 1, True, False))
    assert kinds(signals)[:2] == [Signal.STARTED, Signal.ENDED]


def test_a_number_that_was_asked_for_gets_more_patience_until_it_is_complete() -> None:
    assert patience_for(3.0, "48", 5, SETTINGS) == SETTINGS.digits_pause
    assert patience_for(None, "", 5, SETTINGS) == SETTINGS.digits_pause
    assert patience_for(9.0, "How much is delivery?", 5, SETTINGS) == SETTINGS.sure_pause, "something else was asked"
    assert patience_for(None, "it is 48 2 13", 5, SETTINGS) == SETTINGS.end_pause


def test_digits_that_nobody_asked_for_are_not_cut_off() -> None:
    assert patience_for(9.0, "4, 8, 2", 0, SETTINGS) == SETTINGS.end_pause
    assert patience_for(9.0, "4, 8, 2, 1, 5", 5, SETTINGS) == SETTINGS.sure_pause


def test_without_words_nothing_is_known() -> None:
    assert patience_for(None, "", 0, SETTINGS) == SETTINGS.end_pause


@given(st.floats(-20, 20), st.floats(-20, 20))
def test_the_surer_it_is_finished_the_sooner_it_is_over(one: float, other: float) -> None:
    less, more = sorted((one, other))
    sooner, later = patience_for(more, "well", 0, SETTINGS), patience_for(less, "well", 0, SETTINGS)
    assert SETTINGS.sure_pause <= sooner <= later <= SETTINGS.unsure_pause
    assert patience_for(0.0, "well", 0, SETTINGS) == SETTINGS.even_pause


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=600))
def test_signals_always_come_in_a_sensible_order(frames: list[tuple[bool, bool]]) -> None:
    state, open_, paused = TurnState(), False, False
    for speech, ours in frames:
        state, signal = step(state, speech, ours, FRAME, SETTINGS.end_pause, SETTINGS)
        match signal:
            case Signal.STARTED:
                assert not open_
                open_ = True
            case Signal.PAUSED:
                assert open_
                assert not paused
                paused = True
            case Signal.RESUMED:
                assert paused
                paused = False
            case Signal.ENDED:
                assert open_
                open_ = paused = False
            case Signal.INTERRUPTED:
                assert open_
            case Signal.QUIET:
                assert not open_
        assert state.quiet >= 0
        assert state.voiced <= state.length + FRAME / 2
