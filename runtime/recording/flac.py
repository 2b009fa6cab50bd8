"""Sound packed without loss, to about a third: FFmpeg's FLAC by PyAV, which recognition brings along.

Each piece plays by itself. Opus would take less room and more compute, and prove less of what was heard.
"""

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from core.errors import RecordingError
from voice.frames import RATE
from voice.tap import Pairs

NAME = "flac"


def pack(pairs: Pairs) -> tuple[bytes, bytes]:
    """int16 [n, 2] at `RATE` → (what a decoder must know, the packets)."""
    import av

    encoder: Any = av.CodecContext.create(NAME, "w")
    encoder.sample_rate, encoder.format, encoder.layout = RATE, "s16", "stereo"
    encoder.open()
    setup = bytes(encoder.extradata or b"")
    packets: list[bytes] = []
    for at in range(0, len(pairs), encoder.frame_size):
        piece = np.ascontiguousarray(pairs[at : at + encoder.frame_size])
        frame = av.AudioFrame.from_ndarray(piece.reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.pts = RATE, at
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    packets += [bytes(packet) for packet in encoder.encode(None)]
    return setup, b"".join(struct.pack(">H", len(packet)) + packet for packet in packets if packet)


def unpack(setup: bytes, packed: bytes) -> Pairs:
    """The same pairs. Raises RecordingError "recording.codec"."""
    import av

    decoder: Any = av.CodecContext.create(NAME, "r")
    decoder.sample_rate, decoder.layout, decoder.extradata = RATE, "stereo", setup
    try:
        found = [
            frame.to_ndarray().reshape(-1, 2)
            for packet in _packets(packed)
            for frame in decoder.decode(av.Packet(packet))
        ]
    except (av.FFmpegError, ValueError) as error:
        raise RecordingError("recording.codec", f"a piece of it cannot be decoded: {error}") from error
    return np.concatenate(found) if found else np.zeros((0, 2), np.int16)


def _packets(packed: bytes) -> Iterator[bytes]:
    at = 0
    while at + 2 <= len(packed):
        length = int.from_bytes(packed[at : at + 2], "big")
        yield packed[at + 2 : at + 2 + length]
        at += 2 + length
