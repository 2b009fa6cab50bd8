"""REFER as text: where to, with what headers (RFC 3515, 3891, 5589), and what comes of it. Pure."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from telephony.head import read, split

Headers = tuple[tuple[str, str], ...]
"""Names and values of SIP headers."""

HANDOFF = "X-Mostrador-Handoff"
UUI = "User-to-User"
CARRIED = frozenset({"replaces", "require", UUI.lower()})
"""Headers that a target which came in may have."""
USER_SPECIFIC = "00"
"""Protocol discriminator: only those who agreed on it can read it (ITU-T Q.931, table 4-26)."""

Result = Literal["done", "unconfirmed", "gone", "unsupported", "refused", "busy", "no_answer", "failed"]
"""The target has answered; it was accepted, and then nothing more was heard; the call ended before it was accepted;
the other side does not transfer, or does not want to; the target is busy, does not answer or cannot be reached."""


@dataclass(frozen=True, slots=True)
class Transferred:
    """What came of a transfer. `code`: the SIP status that said so, 0: none did."""

    result: Result
    code: int = 0


@dataclass(frozen=True, slots=True)
class Dialog:
    """A call as its messages name it. `ours`, `theirs`: the tags; `allow`: methods that the other side takes, empty:
    it did not say."""

    call_id: str = ""
    ours: str = ""
    theirs: str = ""
    allow: frozenset[str] = frozenset()

    @property
    def transfers(self) -> bool:
        """Whether the other side may take a REFER."""
        return not self.allow or "REFER" in self.allow


def new_id() -> str:
    """Names a handoff and tells nothing about it: 16 hexadecimal digits."""
    return secrets.token_hex(8)


def handoff_headers(identity: str) -> Headers:
    """The id of a handoff for whoever takes it: by RFC 7433 and 7434, and in a header that is read easily."""
    return (
        (UUI, f"{USER_SPECIFIC}{identity};encoding=hex;purpose=isdn-uui;content=isdn-uui"),
        (HANDOFF, identity),
    )


def refer_to(uri: str, headers: Headers = (), replaces: Dialog | None = None) -> str:
    """The value of Refer-To: the INVITE to `uri` will have `headers`, and replace the call `replaces`."""
    bare = uri.strip()
    if bracketed := re.search("<([^<>]*)>", bare):
        bare = bracketed.group(1)
    bare = bare.partition("?")[0]
    if replaces is not None:
        value = f"{replaces.call_id};to-tag={replaces.theirs};from-tag={replaces.ours}"
        headers = (("Replaces", value), ("Require", "replaces"), *headers)
    escaped = "&".join(f"{name}={quote(value, safe='')}" for name, value in headers)
    return f"<{bare}?{escaped}>" if escaped else f"<{bare}>"


def result_of(code: int, *, accepted: bool) -> Transferred:
    """What a final status means. `accepted`: REFER was, and `code` is that of the call to the target; else it is the
    answer to REFER."""
    if accepted:
        return Transferred(_of_target(code), code)
    if 200 <= code < 300:
        return Transferred("done", code)  # accepted without any word to come
    return Transferred("unsupported" if code in (405, 420, 489, 501) else "refused", code)


def _of_target(code: int) -> Result:
    match code:
        case _ if 200 <= code < 300:
            return "done"
        case 486 | 600:
            return "busy"
        case 408 | 480 | 487:
            return "no_answer"
        case _:
            return "failed"


def dialog_of(message: str, *, ours: Literal["from", "to"]) -> Dialog:
    """What a message of a dialog tells about it; `ours`: which of its two parties we are."""
    head = read(message)
    theirs = "to" if ours == "from" else "from"
    allow = [method.upper() for value in head.values("allow") for method in split(value, ",")]
    return Dialog(head.value("call-id"), tag(head.value(ours)), tag(head.value(theirs)), frozenset(allow))


def tag(address: str) -> str:
    """The tag of a From or To; "" where there is none."""
    parameters = split(address.rpartition(">")[2], ";")
    return next((value.strip() for name, _, value in map(_halves, parameters) if name.strip().lower() == "tag"), "")


def _halves(parameter: str) -> tuple[str, str, str]:
    return parameter.partition("=")


def allowed(target: str, patterns: Sequence[str]) -> bool:
    """Whether a call may be sent to `target`, the value of a Refer-To that came in.

    A pattern is "user@host", or "2*@host" for users that begin so; nothing matches a target with another scheme than
    sip and sips, or with headers beyond those of an attended transfer.
    """
    address, _, headers = target.strip().removeprefix("<").removesuffix(">").partition("?")
    if any(name.partition("=")[0].strip().lower() not in CARRIED for name in headers.split("&") if name):
        return False
    found = re.fullmatch(r"sips?:([^@:;?<>\s]+)@([^;?<>\s]+?)(;[^?<>\s]*)?", address, re.IGNORECASE)
    if found is None:
        return False
    user, host, parameters = found.group(1), found.group(2).lower(), (found.group(3) or "").lower()
    if "%" in user or "method=" in parameters or "maddr=" in parameters:
        return False
    for pattern in patterns:
        wanted, _, where = pattern.removeprefix("sip:").rpartition("@")
        if where.lower() != host:
            continue
        if user == wanted or (wanted.endswith("*") and user.startswith(wanted[:-1])):
            return True
    return False
