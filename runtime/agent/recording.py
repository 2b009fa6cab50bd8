"""Whether conversations may be recorded: what the law of the pack allows, and what the customer answers. Pure."""

import re
from typing import Annotated, Literal

from msgspec import Meta, Struct

from runtime.agent import Heard
from runtime.agent.slots import yes_no
from runtime.agent.words import fold

YES, NO = "recording:yes", "recording:no"
"""Ids of the choices."""
_KEYS = {"1": "yes", "uno": "yes", "one": "yes", "2": "no", "dos": "no", "two": "no"}
PHRASES = {
    "never": (),
    "consent": ("ask", "yes", "no", "stopped", "failed"),
    "notice": ("notice", "no", "stopped"),
}
"""What a pack has to say, each "recording.…"."""


class RecordingPolicy(Struct, frozen=True, forbid_unknown_fields=True):
    """`[recording]` of pack.toml."""

    mode: Literal["never", "consent", "notice"] = "never"
    """`consent`: only after a yes; `notice`: after it has been said, until the customer objects."""
    basis: str = ""
    """Why it is lawful, for the journal and each recording."""
    days: Annotated[int, Meta(ge=1, le=3660)] = 30
    """Until a recording is erased."""
    beep_seconds: Annotated[float, Meta(ge=0, le=60)] = 0.0
    """How often a tone tells a caller that they are recorded; 0: never. North America's custom is 15."""


def answer(heard: Heard) -> tuple[Literal["yes", "no", "none"], str]:
    """(what the customer answers when asked, how). Anything less than a clear yes is no consent."""
    if heard.choice in (YES, NO):
        return ("yes" if heard.choice == YES else "no"), "touch"
    text = fold(heard.text).strip()
    if (key := _KEYS.get(text)) is not None:
        return ("yes" if key == "yes" else "no"), "words" if heard.spoken else "keys"
    if withdraws(heard.text):
        return "no", "words"
    match yes_no(heard.text):
        case True:
            return "yes", "words"
        case False:
            return "no", "words"
        case _:
            return "none", "words" if text else "silence"


_GRAB = r"(?:grab(?!ador)\w+|(?<=me )graven?|(?<=nos )graven?)"  # «no me grave» is how it may be heard
_WITHDRAWN = re.compile(
    rf"\bno (?:\w+ ){{0,5}}?{_GRAB}\b|\bsin (?:que \w+ )?(?:me )?{_GRAB}\b"
    rf"|\b(?:dej\w+|par\w+|termin\w+|cort\w+) (?:ya )?(?:de )?(?:me )?(?:la |esta )?{_GRAB}\b"
    rf"|\b(?:apag\w+|quit\w+|borr\w+|elimin\w+|deten\w*) (?:ya )?(?:la |esta |mi |esa )?grabacion\b"
    r"|\b(?:stop|quit|cease|end) (?:the |this |that )?(?:\w+ )?recording\b"
    r"|\b(?:turn|switch) (?:off )?(?:the |this )?recording(?: off)?\b"
    r"|\b(?:don t|dont|do not|not|never|without) (?:\w+ ){0,5}?record(?:ed|ing)\b|^no recording\b"
    r"|\b(?:don t|dont|do not|not|never) (?:want you to |want to )?record\b"
    r"|\b(?:delete|erase|remove) (?:the |this |that |my )?recording\b"
)
_ASKS = re.compile(r"^(?:\w+ ){0,2}?(?:por que|porque|why|how|cuando|when) ")


def withdraws(text: str) -> bool:
    """Whether the customer does not want to be recorded: «no me grabe», "stop recording"."""
    folded = fold(text)
    return bool(_WITHDRAWN.search(folded)) and not _ASKS.search(folded)
