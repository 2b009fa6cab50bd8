"""What decides which intent an utterance is: each encoder by itself, the words a little, and none of the stammering."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.agent.learning import learn
from runtime.agent.pack import OUT_OF_SCOPE
from runtime.agent.router import WORDS, Router, kernel, unit
from runtime.agent.words import fluent, mask

pytestmark = pytest.mark.unit


class Letters:
    """Two small encoders: the vowels of a text and its other letters."""

    parts = (5, 21)
    dimensions = 26
    fingerprint = "letters"

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        rows = [[text.lower().count(letter) + 0.01 for letter in "aeioubcdfghjklmnpqrstvwxyz"] for text in texts]
        return unit(np.array(rows, np.float32), self.parts) * np.float32(0.5**0.5)


def test_each_encoder_has_a_say_of_its_own() -> None:
    chance = np.random.default_rng(5)
    rows = unit(chance.normal(size=(3, 7)).astype(np.float32), (3, 4))
    assert np.linalg.norm(rows[:, :3], axis=1) == pytest.approx(1)
    assert np.linalg.norm(rows[:, 3:], axis=1) == pytest.approx(1)
    half = rows.copy()
    half[:, 3:] *= -1  # as far away as can be to the second one
    nothing = np.zeros((3, 3), np.float32)
    same, halfway = (np.diag(kernel(rows, other, (3, 4), nothing)) for other in (rows, half))
    assert same == pytest.approx(1 - WORDS)
    assert (halfway > (1 - WORDS) / 2).all()


def test_what_an_intent_is_about_is_an_example(tmp_path: Path) -> None:
    examples = {"en": {"a": ["bab", "cac"], "e": ["bebe", "cece"], OUT_OF_SCOPE: ["oo", "uu"]}}
    topics = {"a": "xaxa", "e": "bebe", "gone": "zz"}
    learnt = learn(examples, Letters(), tmp_path, OUT_OF_SCOPE, 0.05, topics=topics)
    assert [text for text in learnt.texts if text not in ("bab", "cac", "bebe", "cece", "oo", "uu")] == ["xaxa"]
    assert len(learnt.texts) == 7
    assert Router(learnt, Letters()).route("axxa").intent == "a"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("can I, er, can I pay a bill", "can I pay a bill"),
        ("uh, it's my, my card", "it's my card"),
        ("eh… quería… quería una cita", "quería una cita"),
        ("pues muchas gracias, eh", "pues muchas gracias"),
        ("era mi tarjeta", "era mi tarjeta"),
        ("her card erred, hummus", "her card erred, hummus"),
        ("20, 20", "20, 20"),
        ("hmm", "hmm"),
        ("um", "um"),
    ],
)
def test_what_is_hummed_and_stammered_says_nothing(said: str, meant: str) -> None:
    assert fluent(said) == meant
    assert mask(said) == mask(meant)


@given(st.text(max_size=200))
def test_of_anything_something_is_left(text: str) -> None:
    assert len(fluent(text)) <= len(text)
    assert bool(fluent(text)) == bool(text)
