"""Voice activity on human telephone recordings, in noise and against line tones; figures with generous margins."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import RateError, VoiceError
from voice import vad, wav
from voice.frames import RATE, AudioFrame, Pcm
from voice.vad import VadModel

pytestmark = pytest.mark.engine

SOUNDS = Path("/usr/share/asterisk/sounds")
FRAME = RATE // 50
EDGE = 12
"""Frames around speech that count neither way: a judge of 32 ms windows may be a little early or late."""


@pytest.fixture(scope="module")
def model() -> VadModel:
    return vad.load()


@pytest.fixture(scope="module")
def speech() -> list[Pcm]:
    """24 human prompts of 2 to 8 s, English and Spanish, recorded at 8 kHz, made 16 kHz."""
    prompts: list[Pcm] = []
    for folder in ("en_US_f_Allison", "es_MX_f_Allison"):
        files = [path for path in sorted((SOUNDS / folder).glob("*.wav")) if 32_000 < path.stat().st_size < 128_000]
        assert len(files) > 12, "install asterisk-core-sounds-en-wav and asterisk-core-sounds-es-wav"
        prompts += [wav.read(path, RATE, convert=True).pcm for path in files[:: len(files) // 12][:12]]
    return prompts


def run(model: VadModel, pcm: Pcm) -> np.ndarray:
    stream = model.stream()
    frames = pcm[: len(pcm) // FRAME * FRAME].reshape(-1, FRAME)
    return np.array([stream.push(AudioFrame(frame, RATE, i * 0.02)) for i, frame in enumerate(frames)])


def loud(pcm: Pcm) -> np.ndarray:
    """Which frames of a clean recording hold speech: within 30 dB of its loudest."""
    frames = pcm[: len(pcm) // FRAME * FRAME].reshape(-1, FRAME).astype(float)
    power = 10 * np.log10((frames**2).mean(axis=1) + 1)
    return power > power.max() - 30


def pink(samples: int, seed: int) -> np.ndarray:
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(samples))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(1, np.arange(len(spectrum)))), samples)
    return noise / noise.std()


def rates(model: VadModel, prompts: list[Pcm], noise_db: float | None) -> tuple[float, float]:
    """True and false positive rates by frame, each prompt between 1.5 s of no speech."""
    hits = speech_frames = alarms = quiet_frames = 0
    for seed, prompt in enumerate(prompts):
        pause = np.zeros(RATE * 3 // 2, np.int16)
        clean = np.concatenate([pause, prompt, pause])
        truth = loud(clean)
        mixed = clean
        if noise_db is not None:
            voiced = clean[: len(truth) * FRAME].reshape(-1, FRAME)[truth].astype(float)
            noise = pink(len(clean), seed) * voiced.std() / 10 ** (noise_db / 20)
            mixed = np.clip(clean + noise, -32768, 32767).astype(np.int16)
        heard = run(model, mixed)
        near = np.convolve(truth, np.ones(2 * EDGE + 1), "same") > 0
        hits, speech_frames = hits + int(heard[truth].sum()), speech_frames + int(truth.sum())
        alarms, quiet_frames = alarms + int(heard[~near].sum()), quiet_frames + int((~near).sum())
    return hits / speech_frames, alarms / quiet_frames


def test_clean_telephone_speech(model: VadModel, speech: list[Pcm]) -> None:
    true, false = rates(model, speech, None)
    assert true > 0.9
    assert false < 0.05


def test_speech_in_pink_noise_at_5_db(model: VadModel, speech: list[Pcm]) -> None:
    true, false = rates(model, speech, 5)
    assert true > 0.75
    assert false < 0.1


def test_quiet_speech_is_speech(model: VadModel, speech: list[Pcm]) -> None:
    true, false = rates(model, [(prompt / 10).astype(np.int16) for prompt in speech], None)
    assert true > 0.8
    assert false < 0.05


@pytest.mark.parametrize("seed", range(3))
def test_noise_alone_is_not_speech(model: VadModel, seed: int) -> None:
    heard = run(model, np.clip(pink(10 * RATE, seed) * 1500, -32768, 32767).astype(np.int16))
    assert heard.mean() < 0.05


@pytest.mark.parametrize("tones", [(425,), (350, 440), (941, 1336), (1000,)], ids=["es", "us", "dtmf 0", "beep"])
def test_line_tones_are_not_speech(model: VadModel, tones: tuple[int, ...]) -> None:
    time = np.arange(4 * RATE) / RATE
    sound = sum(6000 * np.sin(2 * np.pi * hertz * time) for hertz in tones) * (time % 0.8 < 0.4)
    assert run(model, sound.astype(np.int16)).mean() < 0.1


def test_the_onset_is_found_soon(model: VadModel, speech: list[Pcm]) -> None:
    late = []
    for prompt in speech:
        clean = np.concatenate([np.zeros(RATE, np.int16), prompt])
        late.append(int(np.argmax(run(model, clean))) - int(np.argmax(loud(clean))))
    assert np.median(late) <= 6
    assert max(late) <= 25


def test_streams_do_not_hear_each_other(model: VadModel, speech: list[Pcm]) -> None:
    one, two = model.stream(), model.stream()
    alone = run(model, speech[0])
    silence = AudioFrame(np.zeros(FRAME, np.int16), RATE, 0.0)
    mixed = []
    for i in range(len(alone)):
        mixed.append(one.push(AudioFrame(speech[0][i * FRAME : (i + 1) * FRAME], RATE, 0.0)))
        assert not two.push(silence)
    assert np.array_equal(mixed, alone)


def test_level_is_in_dbfs(model: VadModel) -> None:
    stream = model.stream()
    stream.push(AudioFrame(np.zeros(FRAME, np.int16), RATE, 0.0))
    assert stream.level == -96.0
    stream.push(AudioFrame(np.full(FRAME, 16384, np.int16), RATE, 0.0))
    assert stream.level == pytest.approx(-6.02, abs=0.01)


def test_silence_never_wakes_silero(model: VadModel) -> None:
    stream = model.stream()
    silence = AudioFrame(np.zeros(FRAME, np.int16), RATE, 0.0)
    assert not any(stream.push(silence) for _ in range(500))
    assert stream.probability == 0.0


def test_wrong_sound_is_refused_at_the_door(model: VadModel) -> None:
    stream = model.stream()
    with pytest.raises(RateError, match="8000 Hz"):
        stream.push(AudioFrame(np.zeros(160, np.int16), 8000, 0.0))
    for pcm in (np.zeros(160, np.int16), np.zeros(FRAME, np.float32), np.zeros((FRAME, 2), np.int16)):
        with pytest.raises(VoiceError) as refused:
            stream.push(AudioFrame(pcm, RATE, 0.0))  # type: ignore[arg-type]
        assert refused.value.code == "vad.frame"


def test_missing_and_broken_models(tmp_path: Path) -> None:
    with pytest.raises(VoiceError) as missing:
        vad.load(tmp_path / "none.onnx")
    assert missing.value.code == "vad.missing"
    (tmp_path / "broken.onnx").write_bytes(b"\x08\x07broken")
    with pytest.raises(VoiceError) as broken:
        vad.load(tmp_path / "broken.onnx")
    assert broken.value.code == "vad.model"
