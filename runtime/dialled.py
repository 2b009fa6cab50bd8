"""The numbers that people dial, and how each is answered. Pure."""

from collections.abc import Sequence

from msgspec.structs import replace

from runtime.agent import Language
from runtime.config import Number, Settings
from telephony.callerid import e164

ANY = "*"
"""At the end of a number: and whatever follows."""


def greetings(settings: Settings) -> list[tuple[Language, str]]:
    """What the numbers greet with, to be spoken ahead."""
    own = [number for number in settings.sip.numbers if number.greeting]
    return [(number.language or settings.agent.language, number.greeting) for number in own]


def route(called: Sequence[str], settings: Settings) -> Number:
    """The entry of `[[sip.numbers]]` for what was dialled, its language filled in.

    `called`: most telling first. A whole number comes before a prefix, a longer prefix before a shorter one.
    """
    country, numbers = settings.sip.country, settings.sip.numbers
    whole = {e164(number.number, country): number for number in reversed(numbers)}
    cut = [number for number in numbers if number.number.endswith(ANY)]
    prefixes = sorted(cut, key=lambda number: len(number.number), reverse=True)
    found = next((whole[one] for one in called if one in whole), None)
    for one in called:
        if found is None:
            begins = (n for n in prefixes if n.number != ANY and one.startswith(n.number.removesuffix(ANY)))
            found = next(begins, None)
    found = found or next((n for n in cut if n.number == ANY), Number(ANY))
    return replace(found, language=found.language or settings.agent.language)
