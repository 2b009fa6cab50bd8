"""WAV files: what is written is read back, and what is not PCM16 mono is refused with a reason."""

import contextlib
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.errors import RateError, VoiceError
from voice import wav
from voice.frames import AudioFrame

pytestmark = pytest.mark.unit

SOUND = np.arange(-400, 400, dtype=np.int16)


def riff(format_tag: int, bits: int, data: bytes, channels: int = 1, rate: int = 8000, claimed: int = -1) -> bytes:
    block = channels * bits // 8
    head = struct.pack("<HHIIHH", format_tag, channels, rate, rate * block, block, bits)
    chunks = b"fmt " + struct.pack("<I", len(head)) + head
    chunks += b"data" + struct.pack("<I", len(data) if claimed < 0 else claimed) + data
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


@given(pcm=arrays(np.int16, st.integers(0, 300)), rate=st.sampled_from([8000, 16000, 22050, 48000]))
@settings(deadline=None)
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, pcm, rate: int) -> None:
    path = tmp_path_factory.mktemp("wav") / "mono.wav"
    wav.write(path, AudioFrame(pcm, rate, 0.0))
    sound = wav.read(path, rate)
    assert np.array_equal(sound.pcm, pcm)
    assert (sound.rate, sound.start) == (rate, 0.0)


def test_stereo_round_trip_fills_the_shorter_side(tmp_path: Path) -> None:
    wav.write_stereo(tmp_path / "call.wav", SOUND, SOUND[:10], 16000)
    left, right = wav.read_stereo(tmp_path / "call.wav")
    assert np.array_equal(left.pcm, SOUND)
    assert np.array_equal(right.pcm[:10], SOUND[:10])
    assert not right.pcm[10:].any()
    assert len(right.pcm) == len(SOUND)


def test_a_wrong_rate_is_refused_unless_conversion_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "phone.wav"
    wav.write(path, AudioFrame(SOUND, 8000, 0.0))
    with pytest.raises(RateError, match=r"8000 Hz.*16000 Hz") as refused:
        wav.read(path, 16000)
    assert refused.value.code == "wav.rate"
    converted = wav.read(path, 16000, convert=True)
    assert (converted.rate, len(converted.pcm)) == (16000, 2 * len(SOUND))
    assert wav.read(path).rate == 8000


def test_channels_are_never_guessed(tmp_path: Path) -> None:
    wav.write_stereo(tmp_path / "two.wav", SOUND, SOUND, 8000)
    wav.write(tmp_path / "one.wav", AudioFrame(SOUND, 8000, 0.0))
    for read, name in ((wav.read, "two.wav"), (wav.read_stereo, "one.wav")):
        with pytest.raises(VoiceError) as refused:
            read(tmp_path / name)
        assert refused.value.code == "wav.channels"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a wave file at all, but long enough to be one",
        riff(1, 16, b"\0\0" * 100)[:30],
        riff(1, 8, b"\0" * 100),
        riff(1, 24, b"\0" * 300),
        riff(3, 32, b"\0" * 400),
        riff(7, 8, b"\0" * 100),
    ],
    ids=["empty", "text", "cut header", "8 bit", "24 bit", "float", "mu-law"],
)
def test_other_formats_are_refused_with_a_remedy(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "odd.wav"
    path.write_bytes(data)
    with pytest.raises(VoiceError, match="sox") as refused:
        wav.read(path)
    assert refused.value.code == "wav.format"
    assert "odd.wav" in refused.value.message


def test_a_stream_header_that_claims_more_gives_what_there_is() -> None:
    data = riff(1, 16, SOUND.tobytes() + b"\1", claimed=0x7FFFF000)
    assert np.array_equal(wav.parse(data).pcm, SOUND)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    for candidate in (data, riff(1, 16, data), riff(1, 16, b"\0\0" * 20)[: len(data)]):
        with contextlib.suppress(VoiceError):
            assert wav.parse(candidate).pcm.dtype == np.int16


def test_missing_and_unwritable_files(tmp_path: Path) -> None:
    with pytest.raises(VoiceError) as missing:
        wav.read(tmp_path / "none.wav")
    assert missing.value.code == "wav.unreadable"
    with pytest.raises(VoiceError) as unwritable:
        wav.write(tmp_path / "no" / "folder.wav", AudioFrame(SOUND, 8000, 0.0))
    assert unwritable.value.code == "wav.unwritable"
