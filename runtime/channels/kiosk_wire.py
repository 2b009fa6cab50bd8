"""What the kiosk's page and the device say to each other: msgpack maps with a `type`, a closed set each way."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from runtime.agent import Language
from runtime.channels import Caption, Notice, Shown, Status

FRAME_BYTES = 640
"""20 ms of int16 at 16 kHz."""
MESSAGE_MAX = 16_384
"""Bytes of one message from the page; the server refuses a larger one before it is read."""
TEXT_MAX = 1000

Position = Annotated[int, Meta(ge=0, le=2**48)]
"""Counts samples at 16 kHz."""

Sound = Literal["browser", "device", "none"]


class Hello(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """The screen was touched: a visit begins."""

    language: Language
    audio: Sound


class Typed(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    text: Annotated[str, Meta(max_length=TEXT_MAX)]


class Touched(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """A choice on offer, or "person"."""

    id: Annotated[str, Meta(min_length=1, max_length=200)]
    title: Annotated[str, Meta(max_length=TEXT_MAX)]


class Switched(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    language: Language


class Mic(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Whole 20 ms frames of int16 little-endian mono at 16 kHz; `at` is the first sample's place in the stream,
    so that sound which the page had to drop shows as a gap."""

    at: Position
    pcm: Annotated[bytes, Meta(min_length=FRAME_BYTES, max_length=5 * FRAME_BYTES)]


class Played(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Samples that the loudspeaker has had since the visit began, as of the `epoch`-th hush."""

    samples: Position
    epoch: Position


class Volume(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """For the device's own sound card; a browser turns its own."""

    level: Annotated[float, Meta(ge=0, le=1)]
    microphone: bool


class Leave(Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    pass


Up = Hello | Typed | Touched | Switched | Mic | Played | Volume | Leave


class Config(Struct, frozen=True, tag=True):
    """How this screen is to be; sent first. `build` changes with the page's files."""

    name: str
    language: Language
    audio: Sound
    idle_seconds: float
    keyboard: bool
    build: str


class Voice(Struct, frozen=True, tag=True):
    """Sound to be played: int16 little-endian mono at 16 kHz."""

    pcm: bytes


class Hush(Struct, frozen=True, tag=True):
    """Drop what is not yet played, and report."""

    epoch: int


class Level(Struct, frozen=True, tag=True):
    """How loud the device's own microphone hears, 0…1."""

    level: float


class Bye(Struct, frozen=True, tag=True):
    """The visit is over; `cause` as in `HungUp`."""

    cause: str


Down = Config | Caption | Status | Shown | Notice | Voice | Hush | Level | Bye

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Up] = msgspec.msgpack.Decoder(Up)


def encode(message: Down) -> bytes:
    return _encoder.encode(message)


def decode(data: bytes) -> Up:
    """Raises msgspec.DecodeError (ValidationError is one) on anything but a message of the page's."""
    message = _decoder.decode(data)
    if isinstance(message, Mic) and len(message.pcm) % FRAME_BYTES:
        raise msgspec.ValidationError(f"{len(message.pcm)} bytes are not whole frames of {FRAME_BYTES}")
    return message
