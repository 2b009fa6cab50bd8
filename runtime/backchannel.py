"""«Ajá», «vale», "uh-huh": said while listening, not to interrupt. Pure."""

import re
from difflib import get_close_matches

from runtime.agent import Expect, Language
from runtime.agent.words import fold, listed

_WORDS = frozenset(
    listed(
        "aja ja eh ah oh ya vale ok okey okay si sip claro bien bueno perfecto entiendo de acuerdo muy eso es exacto"
        " genial gracias muchas correcto cierto estupendo por supuesto desde luego venga vaya anda amen"
        " aha uh huh yeah yep yes right sure i see got it good great fine thanks thank you alright all perfect so"
        " absolutely exactly indeed cool nice wow really of course understood that s"
    )
)
"""Of both languages: one word says too little to know which it was said in."""
_HUM = re.compile(r"[ahmu]+")
_CALLING = frozenset(
    listed(
        "no espera espere esperate para pare basta momento oye oiga perdon perdona perdone disculpa disculpe hola pero"
        " que stop wait hold hang hey hello sorry excuse pardon please but what"
    )
)
"""Words that ask for our attention, whatever comes of them."""
HINTS: dict[Language, str] = {
    "es": "Vale. Sí. Ajá. Claro. Mm. De acuerdo. Perfecto. Muy bien. Genial. Correcto. Eso es. Entiendo. Por supuesto. "
    "Exacto. Bueno. Ya. ¡Espera! ¡Para! ¡Oiga! ¡No! ¡Eso no! ¿Qué?",
    "en": "Okay. Yeah. Uh-huh. Sure. Mm-hm. Got it. All right. I see. Of course. Great. Right. Perfect. Fine. Yes. "
    "That's right. Wait! Stop! No! Hold on! Excuse me! What?",
}
"""For a second hearing of a few words. Written as speech: a row of commas makes Whisper write rows."""
LONGEST = 4
"""Different words: more than this is a sentence, whatever the words are."""
BRIEF = 2
"""Words, and …"""
BRIEF_LETTERS = 5
"""… different letters at most (of «cccccc», one) of what may be a backchannel that was not heard well."""
FEW = 3
"""Words that are heard a second time before they count: more are seldom misheard all alike."""
_ALIKE = 0.85
"""«de acuermo» is «de acuerdo»; "light" (0.8) is not "right"."""
_ALIKE_CALLING = 0.7
"""«epera» may be «espera»: here the doubt is the customer's."""


def is_backchannel(text: str, expect: Expect) -> bool:
    """Whether `text`, said over our own voice, asks for nothing.

    Never when a yes or no is expected (then «vale» is an answer). No words at all (a cough) count as backchannel.
    """
    words = fold(text).split()
    if not words:
        return True
    if expect.kind in {"yes_no", "choice"} or len(set(words)) > LONGEST:
        return False
    return all(word in _WORDS or _HUM.fullmatch(word) or get_close_matches(word, _WORDS, 1, _ALIKE) for word in words)


def is_brief(text: str) -> bool:
    """Whether `text` is so short that a recogniser may have made it out of a backchannel."""
    return len(text.split()) <= FEW


def may_be_backchannel(text: str, expect: Expect) -> bool:
    """Whether `text`, where nothing comes of it, was one that was not heard well: «cc» for «sí, sí».

    Never while an answer is expected, and never where it is like a word that asks for our attention.
    """
    words = fold(text).split()
    brief = len(words) <= BRIEF and sum(len(set(word)) for word in words) <= BRIEF_LETTERS
    return brief and expect.kind == "anything" and not is_calling(text)


def is_calling(text: str) -> bool:
    """Whether a word of it asks for our attention, or is like one that does."""
    return any(get_close_matches(word, _CALLING, 1, _ALIKE_CALLING) for word in fold(text).split())
