"""Whether it sounds finished: on the real model, whatever silence follows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.store import Store
from voice import endpoint
from voice.endpoint import TAIL, EndOfTurn, to_last_sound
from voice.frames import RATE

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def model() -> EndOfTurn:
    return endpoint.load(Store().require("smart-turn-v3.2"))


def tone(seconds: float) -> np.ndarray:  # type: ignore[type-arg]
    return (0.2 * np.sin(np.arange(round(seconds * RATE)) * 0.1)).astype(np.float32)


@given(st.floats(0.1, 2.0), st.floats(0.0, 3.0))
def test_silence_is_cut_down(seconds: float, silence: float) -> None:
    speech = np.concatenate([tone(seconds), np.zeros(round(silence * RATE), np.float32)])
    kept = len(to_last_sound(speech)) / RATE
    assert kept == pytest.approx(seconds + min(silence, TAIL), abs=0.045)


@pytest.mark.parametrize("samples", [0, 100, 320])
def test_next_to_nothing(samples: int) -> None:
    assert len(to_last_sound(np.zeros(samples, np.float32))) == samples


def test_what_follows_makes_no_difference(model: EndOfTurn) -> None:
    speech = tone(1.0)
    short, long = (np.concatenate([speech, np.zeros(round(s * RATE), np.float32)]) for s in (0.1, 0.6))
    assert model.finished(short) == pytest.approx(model.finished(long), abs=0.02)
    assert 0 <= model.finished(np.zeros(RATE, np.float32)) <= 1
