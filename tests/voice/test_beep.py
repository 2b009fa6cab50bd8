import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RateError
from voice.beep import HIGHEST, LOWEST, BeepDetector
from voice.frames import RATE, AudioFrame, Pcm

pytestmark = pytest.mark.unit

FRAME = RATE // 50


def found(sound: Pcm) -> float | None:
    """When it is told of a beep, in seconds."""
    detector = BeepDetector()
    for at in range(0, len(sound) - FRAME + 1, FRAME):
        if detector.push(AudioFrame(sound[at : at + FRAME], RATE, at / RATE)):
            return (at + FRAME) / RATE
    return None


def tones(*pitches: float, seconds: float = 1.0, level: float = 4_000.0, noise: float = 0.0) -> Pcm:
    time = np.arange(round(seconds * RATE)) / RATE
    sound = sum(np.sin(2 * np.pi * pitch * time) for pitch in pitches) * level / len(pitches)
    return np.asarray(sound + np.random.default_rng(1).normal(0, noise, len(time)), np.int16)


@settings(deadline=None)
@given(st.floats(LOWEST + 60, HIGHEST - 60), st.floats(400, 20_000))
def test_a_beep_of_any_pitch_is_found(pitch: float, level: float) -> None:
    at = found(tones(pitch, level=level, noise=level / 20))
    assert at is not None
    assert at <= 0.2


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("ringing of Spain", tones(425)),
        ("dialling tone", tones(350, 440)),
        ("two keys", tones(697, 1209)),
        ("hiss", tones(1_000, level=0, noise=2_000)),
        ("silence", tones(1_000, level=20)),
        ("a short tick", np.concatenate((tones(1_000, seconds=0.08), tones(1_000, level=0)))),
        ("a siren", (6_000 * np.sin(2 * np.pi * np.cumsum(np.linspace(600, 2_400, RATE)) / RATE)).astype(np.int16)),
    ],
)
def test_what_is_no_beep(name: str, sound: Pcm) -> None:
    assert found(sound) is None, name


def test_another_rate_is_refused() -> None:
    with pytest.raises(RateError):
        BeepDetector().push(AudioFrame(np.zeros(160, np.int16), 8_000, 0.0))
