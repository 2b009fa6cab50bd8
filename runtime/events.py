"""Everything that happens in a conversation, as a closed union; what the journal keeps and state is folded from.

Times (`at`) are seconds of stream time in the conversation: samples counted on a voice channel, never a wall clock.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from runtime.agent import DialogState, Language
from runtime.messages import Message


class _Event(Struct, frozen=True, tag=True, kw_only=True):
    at: float = 0.0


class Attached(_Event, frozen=True):
    """A channel came to the conversation. `peer` is personal data: a caller's number, a browser's session."""

    channel: Literal["phone", "kiosk", "terminal", "voice"]
    peer: str
    language: Language


class SpeechStarted(_Event, frozen=True):
    """Somebody began to speak; it may be no more than a backchannel."""


class Interrupted(_Event, frozen=True):
    """Speech over our own voice has lasted long enough to be meant."""


class Draft(_Event, frozen=True):
    """A first pause: what was said so far, if that is all. Nothing may come of it but a plan."""

    text: str
    language: Language
    confidence: float = 1.0
    going_on: bool = False
    """No pause: a glimpse at the words while they are being said, for the screen only."""


class Resumed(_Event, frozen=True):
    """The customer went on after the pause: the draft is void."""


class UserSaid(_Event, frozen=True):
    """The turn is over: spoken (or typed, `spoken=False`)."""

    text: str
    language: Language
    spoken: bool = True
    confidence: float = 1.0
    speech_end: float = 0.0
    """When the last word ended, stream time; `at` minus this is the delay of the end-of-turn decision."""
    voiced: float = 0.0
    """Seconds of speech in the turn, pauses left out."""
    overlapped: float = 0.0
    """Seconds of it over our own voice."""
    timings: dict[str, float] = {}
    """Stage → seconds spent, for the waterfall."""


class Chose(_Event, frozen=True):
    """A button was touched."""

    id: str
    title: str


class Dtmf(_Event, frozen=True):
    """A key; "•" for a digit that is kept from us."""

    digit: str


class Kept(_Event, frozen=True):
    """A secret was keyed in: `digits` of them, which the payment provider keeps under `token`.

    No token: the code that says `why`, of a VaultError or "short", "nothing".
    """

    digits: int
    token: str = ""
    why: str = ""


class Consent(_Event, frozen=True):
    """What the customer said to being recorded. `how`: "words", "keys", "touch", "silence"; "notice": only told."""

    answer: Literal["yes", "no", "none", "withdrawn", "told"]
    how: str
    basis: str = ""
    """Why the pack asks, in its words."""


class Recorded(_Event, frozen=True):
    """What became of a recording. `why`: the code of a failure, "withdrawn", "expired", or the reason that was given;
    `by`: who exported or deleted it by hand."""

    recording: str
    what: Literal["began", "ended", "failed", "deleted", "exported"]
    why: str = ""
    by: str = ""


class Hold(_Event, frozen=True):
    """The call was put on hold, or (`on` False) taken back. Until then nobody hears us."""

    on: bool


class Handoff(_Event, frozen=True):
    """On the way to a person. `id` goes along with the call and says nothing of itself.

    `why`: how they were connected ("attended", "blind", "joined"), or why the customer is back ("busy"…).
    """

    id: str
    step: Literal["asked", "ringing", "answered", "accepted", "briefed", "connected", "returned"]
    why: str = ""


class Silence(_Event, frozen=True):
    """Nobody has spoken for `seconds` while it was the customer's turn."""

    seconds: float


class LanguageChosen(_Event, frozen=True):
    language: Language


class Failed(_Event, frozen=True):
    """A stage failed; `code` is of a MostradorError. The conversation goes on."""

    stage: str
    code: str
    message: str = ""


class Stopping(_Event, frozen=True):
    """The device is being shut down: finish the sentence, say goodbye."""


class HungUp(_Event, frozen=True):
    """The channel is gone. `cause`: "customer", "goodbye", "lost", "stopping", "transferred"."""

    cause: str


class Replied(_Event, frozen=True):
    """The agent answered: what was decided and the state after it."""

    intent: str
    why: str
    confidence: float
    messages: tuple[Message, ...]
    action: str
    state: DialogState
    effects: tuple[str, ...] = ()
    """Tool names with their keys, "cancel_order:9f3c…"."""
    failed: str = ""
    """The code of what kept a tool from doing its part ("tool.timeout"); after "tool.unsure" nobody knows."""
    timings: dict[str, float] = {}


class Said(_Event, frozen=True):
    """What was really played of a reply (all of it, or cut at an interruption)."""

    text: str
    cut: bool = False
    seconds: float = 0.0
    timings: dict[str, float] = {}
    """`first_sound`: from the decision to speak to the first sample on its way."""


Event = (
    Attached | SpeechStarted | Interrupted | Draft | Resumed | UserSaid | Chose | Dtmf | Kept | Hold
    | Handoff | Consent | Recorded | Silence | LanguageChosen | Failed | Stopping | HungUp | Replied | Said
)  # fmt: skip

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)


def encode(event: Event) -> bytes:
    return _encoder.encode(event)


def decode(data: bytes) -> Event:
    """Raises msgspec.ValidationError on anything that is not an event of ours."""
    return _decoder.decode(data)
