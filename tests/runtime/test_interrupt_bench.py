"""How the bench of interruptions reads a recording."""

import numpy as np
import pytest

from runtime.bench.interrupt import _onset, _silent_from
from runtime.bench.rehearsal import Rehearsal
from voice.frames import RATE

pytestmark = pytest.mark.unit


def test_a_pause_between_words_is_no_silence() -> None:
    sound = np.zeros(4 * RATE, np.int16)
    sound[RATE : int(1.8 * RATE)] = sound[2 * RATE : int(2.5 * RATE)] = 5_000
    assert _onset(sound, 0.5) == pytest.approx(1.0)
    assert _silent_from(sound, 1.2) == pytest.approx(2.5)
    assert _silent_from(sound, 3.0) == pytest.approx(3.0)


def test_what_became_of_a_greeting_is_read_from_its_volume() -> None:
    volume = [0.0] * 5 + [1.0] * 10 + [0.3] * 5 + [0.0] * 20 + [1.0] * 20
    seen = Rehearsal(volume, began=0.2, ended=0.7)
    assert seen.silent == pytest.approx(0.2)
    assert seen.resumed == pytest.approx(0.1)
    assert seen.pause == pytest.approx(0.4)
    assert not seen.whole, "it was not said to its end"
