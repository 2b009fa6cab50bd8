"""What the bench of answering machines is made of: nothing in both halves, everything on a telephone line."""

import numpy as np
import pytest

from runtime.bench.greetings import LENGTH, RECORDED, SPOKEN, Greeting, greetings
from voice.frames import RATE
from voice.greetings import judge

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def material() -> dict[str, list[Greeting]]:
    return {half: list(greetings(half, {})) for half in ("tuning", "held out")}  # type: ignore[arg-type]


def test_no_text_is_in_both_halves(material: dict[str, list[Greeting]]) -> None:
    texts = [{(one.language, one.name.split(" espeak")[0]) for one in half} for half in material.values()]
    assert not texts[0] & texts[1]
    for half in material.values():
        assert {(greeting.who, greeting.language) for greeting in half} >= {
            (who, language) for who in SPOKEN for language in ("en", "es")
        }


def test_it_is_what_comes_over_a_line(material: dict[str, list[Greeting]]) -> None:
    for greeting in material["tuning"]:
        assert len(greeting.pcm) == round(LENGTH * RATE)
        spectrum = np.abs(np.fft.rfft(greeting.pcm))
        assert spectrum[round(LENGTH * 4_400) :].sum() < 0.05 * spectrum.sum()
        assert 0 < greeting.until < (2 * LENGTH if greeting.machine else LENGTH)


def test_it_is_the_same_each_time(material: dict[str, list[Greeting]]) -> None:
    again = next(greetings("tuning", {}))
    assert np.array_equal(again.pcm, material["tuning"][0].pcm)


def test_no_word_of_a_person_in_it_would_be_a_machine_s() -> None:
    """The false alarm that costs most; what recognition makes of them the bench tells."""
    for who in ("person", "company"):
        for texts in SPOKEN[who].values():  # type: ignore[index]
            assert not [text for text in texts if judge(text) == "machine"]
    assert RECORDED["machine"]["es"]
