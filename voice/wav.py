"""PCM16 WAV files: read to frames, written in mono or in stereo (caller left, counter right)."""

import io
import wave
from pathlib import Path

import numpy as np

from core.errors import RateError, VoiceError
from voice.frames import AudioFrame, Pcm
from voice.resample import resample


def read(path: Path, rate: int | None = None, *, convert: bool = False) -> AudioFrame:
    """A mono file as one frame. With `rate`, a file at another rate is a RateError unless `convert` is set."""
    return _at_rate(_mono(path.name, *_open(path)), path.name, rate, convert)


def read_stereo(path: Path) -> tuple[AudioFrame, AudioFrame]:
    """A stereo file as (left, right)."""
    samples, found = _open(path)
    if samples.shape[1] != 2:
        raise VoiceError("wav.channels", f"{path.name} has {samples.shape[1]} channel, 2 are needed here")
    left, right = (np.ascontiguousarray(samples[:, side]) for side in (0, 1))
    return AudioFrame(left, found, 0.0), AudioFrame(right, found, 0.0)


def parse(data: bytes, name: str = "the WAV data") -> AudioFrame:
    """A mono file in memory as one frame. A header that claims more sound than there is counts as a stream's."""
    return _mono(name, *_samples(data, name))


def write(path: Path, sound: AudioFrame) -> None:
    _write(path, sound.pcm[:, np.newaxis], sound.rate)


def write_stereo(path: Path, left: Pcm, right: Pcm, rate: int) -> None:
    """Two int16 [n] tracks; the shorter is filled up with silence."""
    samples = np.zeros((max(len(left), len(right)), 2), np.int16)
    samples[: len(left), 0] = left
    samples[: len(right), 1] = right
    _write(path, samples, rate)


def _open(path: Path) -> tuple[Pcm, int]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise VoiceError("wav.unreadable", f"cannot read {path}: {error.strerror or error}") from error
    return _samples(data, path.name)


def _samples(data: bytes, name: str) -> tuple[Pcm, int]:
    """int16 [n, channels] and Hz."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            channels, width, rate, _, _, _ = file.getparams()
            sound = file.readframes(len(data)) if width == 2 else b""
    except (wave.Error, EOFError) as error:
        reason = f"{name} is not a PCM16 WAV file ({error or 'it ends too early'})"
        raise VoiceError("wav.format", f"{reason}: {_remedy(name)}") from error
    if width != 2 or rate <= 0:
        raise VoiceError("wav.format", f"{name} is not a PCM16 WAV file ({8 * width} bits): {_remedy(name)}")
    whole = len(sound) - len(sound) % (2 * channels)
    return np.frombuffer(sound[:whole], "<i2").astype(np.int16).reshape(-1, channels), rate


def _remedy(name: str) -> str:
    return f"convert it with «sox {name} -b 16 -e signed -c 1 out.wav»"


def _mono(name: str, samples: Pcm, rate: int) -> AudioFrame:
    if samples.shape[1] != 1:
        raise VoiceError("wav.channels", f"{name} has {samples.shape[1]} channels, one is needed: {_remedy(name)}")
    return AudioFrame(samples[:, 0], rate, 0.0)


def _at_rate(sound: AudioFrame, name: str, rate: int | None, convert: bool) -> AudioFrame:
    if rate is None or sound.rate == rate:
        return sound
    if not convert:
        raise RateError("wav.rate", f"{name} is at {sound.rate} Hz, {rate} Hz is needed: convert it or ask to convert")
    return AudioFrame(resample(sound.pcm, sound.rate, rate), rate, 0.0)


def _write(path: Path, samples: Pcm, rate: int) -> None:
    if samples.dtype != np.int16:
        raise VoiceError("wav.samples", f"only int16 samples are written, got {samples.dtype}")
    try:
        with path.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setparams((samples.shape[1], 2, rate, 0, "NONE", ""))
            file.writeframes(samples.astype("<i2").tobytes())
    except OSError as error:
        raise VoiceError("wav.unwritable", f"cannot write {path}: {error.strerror or error}") from error
