"""What became of a call that was never answered: SIP statuses and Q.850 causes, in one table."""

import re

from telephony.events import Cause

BY_Q850: dict[int, Cause] = {
    1: "invalid",  # unallocated number
    2: "invalid",  # no route to transit network
    3: "invalid",  # no route to destination
    17: "busy",  # user busy
    18: "no_answer",  # no user responding
    19: "no_answer",  # user alerted, nobody answers
    20: "no_answer",  # subscriber absent: a mobile telephone that is off
    21: "refused",  # call rejected
    22: "invalid",  # number changed
    27: "failed",  # destination out of order
    28: "invalid",  # address incomplete
    29: "refused",  # facility rejected
    34: "failed",  # no channel available
    38: "failed",  # network out of order
    41: "failed",  # temporary failure
    42: "failed",  # switching equipment congestion
    44: "failed",  # requested channel not available
    47: "failed",  # resource unavailable
    55: "refused",  # incoming calls barred
    57: "refused",  # bearer capability not authorised
    58: "failed",  # bearer capability not available
    102: "failed",  # recovery on timer expiry
}
"""ITU-T Q.850 (table 1), which a gateway to the telephone network passes on in Reason (RFC 6432). What is not here (16
normal clearing, 31 normal unspecified…) tells less than the status."""

BY_STATUS: dict[int, Cause] = {
    401: "failed",  # the challenge was answered, and that was not enough: our account's fault, not the customer's
    403: "refused",
    404: "invalid",
    407: "failed",
    408: "no_answer",
    410: "invalid",
    416: "invalid",
    480: "no_answer",
    484: "invalid",
    485: "invalid",
    486: "busy",
    487: "no_answer",
    600: "busy",
    603: "refused",
    604: "invalid",
    607: "refused",  # unwanted: RFC 8197
    608: "refused",  # rejected on the way: RFC 8688
}
"""RFC 3261 section 21. Everything else is a failure of the network or between the two of us, and may pass."""

ANOTHER_HOP = frozenset({408, 500, 502, 503, 504})
"""After these another proxy may get through; all others have been decided by whoever was called."""

_REASON = re.compile(r"^Reason:(.*)$", re.IGNORECASE | re.MULTILINE)
_CAUSE = re.compile(r"\bQ\.850\b[^,]*?;\s*cause\s*=\s*(\d{1,3})\b", re.IGNORECASE)


def outcome(code: int, q850: int = 0) -> Cause:
    """Of a final status and the cause beside it, 0: none. The cause was there first: the status is a translation."""
    return BY_Q850.get(q850) or BY_STATUS.get(code, "failed")


def q850_in(message: str) -> int:
    """The Q.850 cause in a message's Reason header (RFC 3326), 0: none."""
    head = message.partition("\r\n\r\n")[0]
    for line in _REASON.findall(head):
        if found := _CAUSE.search(line):
            return int(found.group(1))
    return 0


def worth_another_hop(code: int, *, rang: bool, silent: bool) -> bool:
    """Whether the call may go through the next proxy. `rang`: somebody has been found already, whose telephone must
    not ring twice; `silent`: nothing was answered at all."""
    return not rang and (silent or code in ANOTHER_HOP)
