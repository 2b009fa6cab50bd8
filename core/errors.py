"""Every failure that leaves a room of this program is one of these.

    MostradorError            code, message (what is wrong and what to do), retryable
    ├── ConfigError           a setting is wrong: the key is named
    ├── JournalError          the record of conversations can't be opened, written or read
    ├── ModelError            models/: a file is missing, truncated, tampered; an engine refuses to load
    ├── VoiceError            voice/: recognition or synthesis failed
    │   └── RateError         audio at the wrong sample rate, refused at the door
    ├── TelephonyError        telephony/: SIP or RTP
    ├── HardwareError         hardware/: sound card, disk, board
    ├── PackError             a sector pack is wrong: file and line are named
    ├── AgentError            understanding, planning or a tool failed
    │   └── ToolError         what a tool works on can't be reached, refuses, or answers what it should not
    ├── VaultError            the payment provider refuses a number, or can't be reached
    ├── RecordingError        a recording can't be begun, written, read or believed
    ├── CalloutError          a call that the device should place may not be placed
    └── ChannelError          kiosk, messaging: the surface the customer stands at

`code` is stable, dotted and lower case ("model.missing"): logs, metrics and tests use it, people read `message`.
What the customer hears about a failure is chosen by `code` in the pack's phrases, in the customer's language.
"""


class MostradorError(Exception):
    """Base of the tree. `retryable`: the same call may succeed later with nothing changed by hand."""

    def __init__(self, code: str, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retryable = retryable

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.code, self.message, self.retryable))


def _rebuild(kind: type[MostradorError], code: str, message: str, retryable: bool) -> MostradorError:
    return kind(code, message, retryable=retryable)


class ConfigError(MostradorError):
    pass


class JournalError(MostradorError):
    pass


class ModelError(MostradorError):
    pass


class VoiceError(MostradorError):
    pass


class RateError(VoiceError):
    pass


class TelephonyError(MostradorError):
    pass


class HardwareError(MostradorError):
    pass


class PackError(MostradorError):
    pass


class AgentError(MostradorError):
    pass


class ToolError(AgentError):
    pass


class VaultError(MostradorError):
    pass


class RecordingError(MostradorError):
    pass


class CalloutError(MostradorError):
    pass


class ChannelError(MostradorError):
    pass
