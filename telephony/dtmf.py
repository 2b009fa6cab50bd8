"""Key presses as SIP messages write them; RFC 4733 and application/dtmf-relay are read by PJSIP itself."""

import re
from typing import Any

from telephony import pj
from telephony.policy import KEYS

_DTMF = re.compile(r"^(?:Content-Type|c)\s*:\s*application/dtmf\s*(?:;[^\r\n]*)?\r?$", re.IGNORECASE | re.MULTILINE)


def pressed(info: str) -> str:
    """The key in an INFO message of type application/dtmf, which is all of its body; empty when there is none."""
    head, _, body = info.replace("\r\n", "\n").partition("\n\n")
    key = body.strip().upper()
    return key if _DTMF.search(head) and key in KEYS else ""


def by_info(digits: str) -> Any:
    """What PJSIP needs to press keys by SIP INFO (application/dtmf-relay)."""
    library = pj.load()
    prm = library.CallSendDtmfParam()
    prm.method = library.PJSUA_DTMF_METHOD_SIP_INFO
    prm.digits = digits
    return prm
