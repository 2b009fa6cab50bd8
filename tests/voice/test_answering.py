"""Person or machine: on virtual time, 20 ms a step."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice.answering import AnsweringSettings, AnsweringState, Ask, Verdict, step, told

pytestmark = pytest.mark.unit

SETTINGS = AnsweringSettings()
TICK = 0.02


def play(
    course: Sequence[tuple[float, bool]], words: Sequence[Verdict] = (), slow: float = 0.3, beep: float = 99.0
) -> tuple[Verdict | None, float]:
    """The verdict on seconds of speech and silence, and when; `words` are what each reading says, `slow` seconds after
    it was asked for (99: never)."""
    state, answers, due = AnsweringState(), list(words), 99.0
    for seconds, speech in course:
        for _ in range(round(seconds / TICK)):
            if state.at >= due:
                due = 99.0
                state, verdict = told(state, answers.pop(0) if answers else "unsure", SETTINGS)
                if verdict is not None:
                    return verdict, state.at
            state, signal = step(state, speech, state.at >= beep, TICK, SETTINGS)
            if isinstance(signal, Ask):
                due = state.at + slow
            elif signal is not None:
                return signal, state.at
    return None, state.at


def test_a_hello_and_a_wait_is_a_person_within_two_seconds() -> None:
    verdict, at = play([(0.4, False), (0.5, True), (5.0, False)], ["person"])
    assert verdict == "person"
    assert at <= 1.6


def test_a_short_word_that_nobody_can_read_is_a_person_too() -> None:
    assert play([(0.4, False), (0.3, True), (5.0, False)], ["unsure"])[0] == "person"
    assert play([(0.4, False), (0.3, True), (5.0, False)], [], slow=99)[0] == "person"


def test_whoever_says_nothing_is_spoken_to() -> None:
    verdict, at = play([(10.0, False)])
    assert verdict == "unsure"
    assert at == pytest.approx(SETTINGS.silence, abs=0.05)


def test_words_of_a_machine_decide_while_it_still_speaks() -> None:
    verdict, at = play([(0.2, False), (9.0, True)], ["unsure", "machine"])
    assert verdict == "machine"
    assert at <= 3.0


def test_a_beep_decides_at_once() -> None:
    assert play([(0.2, False), (9.0, True)], [], beep=1.0) == ("machine", pytest.approx(1.02, abs=0.03))


def test_a_company_s_greeting_is_heard_out_and_is_a_person() -> None:
    verdict, at = play([(0.2, False), (3.4, True), (5.0, False)])
    assert verdict == "person"
    assert 3.6 + SETTINGS.long_pause - 0.01 <= at <= 5.1


def test_length_alone_proves_no_machine() -> None:
    assert play([(0.2, False), (30.0, True)])[0] == "unsure"


def test_a_person_s_words_do_not_let_us_cut_in() -> None:
    verdict, at = play([(0.2, False), (2.5, True), (3.0, False)], ["person"] * 9)
    assert verdict == "person"
    assert at >= 2.7 + SETTINGS.pause - 0.01


COURSE = st.lists(st.tuples(st.floats(0.02, 3.0), st.booleans()), min_size=1, max_size=12)
WORDS = st.lists(st.sampled_from(["person", "unsure"]), max_size=12)


@given(COURSE, WORDS, st.floats(0.02, 5.0))
def test_nothing_but_words_and_a_beep_makes_a_machine(
    course: list[tuple[float, bool]], words: list[Verdict], slow: float
) -> None:
    assert play([*course, (20.0, False)], words, slow)[0] in ("person", "unsure")


@given(COURSE, st.lists(st.sampled_from(["person", "unsure", "machine"]), max_size=12), st.floats(0.02, 99.0))
def test_it_is_decided_in_the_end_and_in_time(
    course: list[tuple[float, bool]], words: list[Verdict], slow: float
) -> None:
    verdict, at = play([*course, (20.0, False)], words, slow)
    assert verdict is not None
    assert at <= SETTINGS.longest + 0.05
