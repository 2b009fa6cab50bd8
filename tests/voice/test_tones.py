"""Keys that sound (DTMF) in speech, noise and silence; and speech, which is no key."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dtmf import KEYS, tone
from voice import wav
from voice.frames import RATE, Pcm
from voice.tones import BEFORE, ToneFinder

pytestmark = pytest.mark.unit

SOUNDS = Path("/usr/share/asterisk/sounds")


def spans(pcm: Pcm, piece: int = 4_000) -> list[tuple[int, int]]:
    finder = ToneFinder()
    return [span for at in range(0, len(pcm), piece) for span in finder.push(pcm[at : at + piece])]


def left_over(pcm: Pcm, first: int, end: int, piece: int = 4_000) -> Pcm:
    """What is there of samples first to end when what was found has been taken out."""
    kept = pcm.copy()
    for start, stop in spans(pcm, piece):
        kept[max(0, start) : max(0, stop)] = 0
    return kept[first:end]


def in_noise(sound: Pcm, level: float, seed: int = 1) -> tuple[Pcm, int]:
    """Half a second of noise, the sound in it, noise; where it begins."""
    noise = np.random.default_rng(seed).normal(0, level, RATE + len(sound))
    noise[RATE // 2 : RATE // 2 + len(sound)] += sound
    return np.clip(noise, -32768, 32767).astype(np.int16), RATE // 2


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("seconds", [0.03, 0.05, 0.1, 0.4])
@pytest.mark.parametrize("twist", [-8.0, 0.0, 8.0])
def test_nothing_of_a_key_is_left(key: str, seconds: float, twist: float) -> None:
    sound, at = in_noise(tone(key, seconds, 4_000, twist), 300)
    assert not left_over(sound, at, at + round(seconds * RATE)).any()
    assert not left_over(sound, at - BEFORE // 2, at).any(), "nor of what came right before it"


@settings(deadline=None)
@given(st.integers(1, 5_000), st.sampled_from(KEYS), st.floats(0.04, 0.2), st.floats(-0.018, 0.018))
def test_wherever_the_pieces_end_and_whatever_the_frequency_is_off(
    piece: int, key: str, seconds: float, off: float
) -> None:
    sound, at = in_noise(tone(key, seconds, 2_000, off=off), 50)
    assert not left_over(sound, at, at + round(seconds * RATE), piece).any()


def test_every_key_of_a_number_goes_and_speech_between_stays() -> None:
    number = [
        part for key in "4539148803436467" for part in (tone(key, 0.08, 3_000), np.zeros(RATE * 2 // 10, np.int16))
    ]
    sound = np.concatenate([np.zeros(RATE, np.int16), *number, np.full(RATE, 500, np.int16)])
    found = spans(sound)
    assert len(found) >= 16
    assert (left_over(sound, len(sound) - RATE // 2, len(sound)) == 500).all()
    ends = np.cumsum([RATE, *map(len, number)])
    for start, part in zip(ends, number, strict=False):
        if part.any():
            assert not left_over(sound, int(start), int(start) + len(part)).any()


def test_speech_is_left_alone() -> None:
    """Human prompts in both languages; 0.25 % of the sound goes, for a number's sake."""
    total = gone = 0
    for file in sorted(SOUNDS.rglob("*.wav"))[::7]:
        pcm = wav.read(file, RATE, convert=True).pcm
        total += len(pcm)
        gone += sum(end - start for start, end in spans(pcm))
    assert total > 60 * RATE
    assert gone < total / 250


def test_single_tones_and_silence_are_no_keys() -> None:
    time = np.arange(RATE) / RATE
    for hz in (697.0, 941.0, 1209.0, 1400.0, 440.0):
        assert not spans((8_000 * np.sin(2 * np.pi * hz * time)).astype(np.int16))
    assert not spans(np.zeros(RATE, np.int16))
