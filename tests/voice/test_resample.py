"""Resampling: the tone stays, what lies above the band goes, live frames come back whole."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import RateError, VoiceError
from voice.frames import Pcm
from voice.resample import Resampler, resample, to_float, to_int16

pytestmark = pytest.mark.unit

RATES = [(8000, 16000), (16000, 8000), (22050, 16000), (22050, 8000), (48000, 16000), (16000, 48000), (44100, 16000)]


def tone(hertz: float, rate: int, seconds: float = 1.0) -> Pcm:
    return (8000 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.int16)


def level(pcm: Pcm) -> float:
    """dB relative to the tone above, edges left out."""
    middle = pcm[len(pcm) // 10 : -len(pcm) // 10].astype(float)
    return float(20 * np.log10(np.sqrt(np.mean(middle**2)) / (8000 / np.sqrt(2)) + 1e-9))


def stream(pcm: Pcm, source: int, target: int) -> Pcm:
    resampler, step = Resampler(source, target), source // 50
    pieces = [resampler.push(pcm[i : i + step]) for i in range(0, len(pcm), step)]
    return np.concatenate([*pieces, resampler.flush()])


@pytest.mark.parametrize(("source", "target"), RATES)
@pytest.mark.parametrize("how", [resample, stream])
def test_speech_band_passes_unchanged(source: int, target: int, how) -> None:
    for hertz in (300, 1000, 3000):
        converted = how(tone(hertz, source), source, target)
        assert converted.dtype == np.int16
        assert abs(level(converted)) < 0.2
        peak = np.argmax(np.abs(np.fft.rfft(converted.astype(float)))) * target / len(converted)
        assert peak == pytest.approx(hertz, abs=5)


@pytest.mark.parametrize(("source", "target"), [pair for pair in RATES if pair[0] > pair[1]])
@pytest.mark.parametrize("how", [resample, stream])
def test_what_lies_above_the_band_goes(source: int, target: int, how) -> None:
    assert level(how(tone(0.6 * target, source), source, target)) < -50


@pytest.mark.parametrize("how", [resample, stream])
def test_no_mirror_image_above_the_old_band(how) -> None:
    converted = how(tone(3000, 8000), 8000, 16000).astype(float)
    spectrum = np.abs(np.fft.rfft(converted * np.hanning(len(converted))))
    image = spectrum[int(len(spectrum) * 4500 / 8000) :].max()
    assert 20 * np.log10(image / spectrum.max()) < -50


@pytest.mark.parametrize(("source", "target"), RATES)
def test_live_frames_come_back_whole_and_soon(source: int, target: int) -> None:
    resampler, frame = Resampler(source, target), np.zeros(source // 50, np.int16)
    sizes = {len(resampler.push(frame)) for _ in range(50)}
    assert sizes == {target // 50}
    assert 0 < resampler.delay <= 0.0031


@pytest.mark.parametrize(("source", "target"), RATES)
def test_live_is_the_whole_only_later(source: int, target: int) -> None:
    sound = tone(440, source)
    live, whole = stream(sound, source, target), resample(sound, source, target)
    late = round(Resampler(source, target).delay * target)
    ours = live[late : late + len(whole)].astype(int)
    error = np.abs(ours - whole[: len(ours)])[target // 20 : -target // 20]
    assert error.max() < 8000 * 0.02 + 440 * 8000 * 2 * np.pi / target / 2  # half a sample of rounding in `late`


@given(cuts=st.lists(st.integers(0, 400), max_size=20), pair=st.sampled_from(RATES))
@settings(max_examples=40, deadline=None)
def test_where_frames_are_cut_changes_nothing(cuts: list[int], pair: tuple[int, int]) -> None:
    sound = np.random.default_rng(1).integers(-9000, 9000, 1600).astype(np.int16)
    edges = sorted({0, len(sound), *(min(c * 4, len(sound)) for c in cuts)})
    one, many = Resampler(*pair), Resampler(*pair)
    pieces = [many.push(sound[a:b]) for a, b in pairwise(edges)]
    assert np.max(np.abs(one.push(sound).astype(int) - np.concatenate(pieces))) <= 1


def test_long_recording_in_one_push_is_the_same() -> None:
    sound = tone(700, 8000, 30)
    assert np.array_equal(Resampler(8000, 16000).push(sound), stream(sound, 8000, 16000)[: 2 * len(sound)])


def test_same_rate_is_untouched() -> None:
    sound = tone(440, 16000)
    assert resample(sound, 16000, 16000) is sound
    assert Resampler(16000, 16000).push(sound) is sound
    assert len(Resampler(16000, 16000).flush()) == 0


def test_floats_and_integers() -> None:
    pcm = np.array([-32768, -1, 0, 1, 32767], np.int16)
    assert np.array_equal(to_int16(to_float(pcm)), pcm)
    assert np.array_equal(to_int16(np.array([-2.0, 2.0])), np.array([-32768, 32767], np.int16))


def test_wrong_samples_and_rates_are_refused() -> None:
    with pytest.raises(VoiceError) as refused:
        resample(np.zeros(10, np.float32), 8000, 16000)  # type: ignore[arg-type]
    assert refused.value.code == "voice.samples"
    with pytest.raises(RateError):
        Resampler(0, 16000)
