"""What PJSIP turns away before we see it: it says so in its log and in a callback. Runs on the SIP thread."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

from telephony import pj
from telephony.head import clean
from telephony.legs import guarded
from telephony.unwanted import Why

LEVEL = 2
"""Of PJSIP's log: the lines that tell of messages it could not read."""

_UNREADABLE = re.compile(
    r"(?:Dropping \d+ bytes packet|Error processing (?:\d+ bytes )?packet) from (?:\S+ )?(\S+:\d+)"
)

Note = Callable[[Why, str], None]
"""Called with what it was and its source."""


def source_of(line: str) -> str:
    """Address and port that an unreadable message came from; "" when the line tells of something else."""
    found = _UNREADABLE.search(line.partition("\n")[0])
    return found[1] if found else ""


def why_rejected(code: int) -> Why:
    """What PJSIP's own answer to an INVITE stands for: 486 that it has no slot left, else that it can't use it."""
    return "full" if code == 486 else "malformed"


@cache
def writer_class() -> Any:
    base: Any = pj.load().LogWriter

    class Writer(base):  # type: ignore[misc]  # the module is known at run time only
        """`shown`: level up to which lines are printed as PJSIP would."""

        def __init__(self, note: Note, shown: int) -> None:
            super().__init__()
            self._note = note
            self._shown = shown

        @guarded
        def write(self, entry: Any) -> None:
            if source := source_of(entry.msg):
                self._note("malformed", source)
            if entry.level <= self._shown:
                print(clean(entry.msg), end="")

    return Writer


def listen(config: Any, note: Note, shown: int) -> None:
    """Have what PJSIP logs looked through, from `libInit(config)` until `libDestroy`."""
    writer = writer_class()(note, shown)
    writer.__disown__()  # the library deletes it
    config.logConfig.writer = writer
    config.logConfig.level = config.logConfig.consoleLevel = max(shown, LEVEL)
