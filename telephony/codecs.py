"""Which codecs a call may use: PJSIP has one list for all calls, an account may have a shorter one. Pure, on SDP."""

import re
from collections.abc import Sequence
from typing import Literal

Codec = Literal["opus", "G722", "PCMA", "PCMU", "GSM"]
"""As in SDP."""

IN_PJSIP: dict[str, str] = {
    "opus": "opus/48000",
    "G722": "G722/16000",
    "PCMA": "PCMA/8000",
    "PCMU": "PCMU/8000",
    "GSM": "GSM/8000",
}
"""How PJSIP's own names begin."""
KEYS = "telephone-event"

_ABOUT = re.compile(r"a=(?:rtpmap|fmtp|rtcp-fb):(\d+)\b")
_NAME = re.compile(r"a=rtpmap:(\d+) ([^/\s]+)/(\d+)")


def only(sdp: str, wanted: Sequence[Codec]) -> str:
    """A description of our own with no other codec in its audio than those of `wanted`, most wanted first, and the keys
    (RFC 4733) at their clock rates. As it is where none of them is in it."""
    head, *media = re.split(r"^(?=m=)", sdp, flags=re.MULTILINE)
    return head + "".join(_only(one, wanted) if one.startswith("m=audio ") else one for one in media)


def _only(media: str, wanted: Sequence[Codec]) -> str:
    first, *lines = media.splitlines(keepends=True)
    what, formats = first.split()[:3], first.split()[3:]
    named = {found[1]: (found[2].lower(), found[3]) for line in lines if (found := _NAME.match(line))}
    places = {name.lower(): place for place, name in enumerate(wanted)}
    kept = [one for one in formats if named.get(one, ("", ""))[0] in places]
    if not kept:
        return media
    kept.sort(key=lambda one: places[named[one][0]])
    rates = {named[one][1] for one in kept}
    kept += [one for one in formats if named.get(one, ("", ""))[0] == KEYS and named[one][1] in rates]
    rest = [line for line in lines if not (found := _ABOUT.match(line)) or found[1] in kept]
    return " ".join((*what, *kept)) + "\r\n" + "".join(rest)
