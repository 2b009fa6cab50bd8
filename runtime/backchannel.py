"""«Ajá», «vale», "uh-huh": said while listening, not to interrupt. Pure."""

import re
import unicodedata

from runtime.agent import Expect

WORDS = {
    "es": "aja aha mm mmm mhm hm hum eh ah oh ya vale ok okey okay si sip claro bien bueno perfecto entiendo "
    "de acuerdo muy eso es exacto genial gracias",
    "en": "aha uh huh mm mmm mhm hm hmm ah oh yeah yep yes ok okay right sure i see got it good great fine thanks "
    "alright all",
}
_KNOWN = {language: frozenset(words.split()) for language, words in WORDS.items()}
LONGEST = 4
"""Words: more than this is a sentence, whatever the words are."""


def is_backchannel(text: str, language: str, expect: Expect) -> bool:
    """Whether `text`, said over our own voice, asks for nothing.

    Never when a yes or no is expected (then «vale» is an answer). No words at all (a cough) count as backchannel.
    """
    words = _words(text)
    if not words:
        return True
    if expect.kind in {"yes_no", "choice"} or len(words) > LONGEST:
        return False
    return all(word in _KNOWN.get(language, frozenset()) for word in words)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFD", text.lower())
    return re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)))
