"""Other ways to say a sentence, by rule: how people open, how politely, and what a recogniser leaves of it.

Drawn by the sentence itself and a seed, so that a pack's paraphrases are the same whenever they are made. Rules never
change what is asked for: words are put around it, «tú» and «usted» are exchanged, punctuation and accents go.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from runtime.agent import Language
from runtime.agent.words import fold

MOST = 3
"""Paraphrases of one sentence."""

_OPENERS: Mapping[Language, Sequence[str]] = {
    "es": ("hola, ", "buenas, ", "perdone, ", "oiga, ", "mire, ", "buenos días, ", "eh, ", "pues "),
    "en": ("hi, ", "hello, ", "excuse me, ", "sorry, ", "listen, ", "good morning, ", "er, ", "well, "),
}
_CLOSERS: Mapping[Language, Sequence[str]] = {
    "es": (", por favor", ", gracias", ", si es tan amable", ", si puede ser"),
    "en": (", please", ", thanks", ", if you don't mind", ", if possible"),
}
_ASKING: Mapping[Language, tuple[re.Pattern[str], Sequence[str]]] = {
    "es": (
        re.compile(
            r"^¿?(?:(?:a|de|hasta) qué|qué|cuál|cuáles|cuándo|cuánt[oa]s?|dónde|cómo|quién)\b", re.IGNORECASE
        ),
        ("quería saber ", "me gustaría saber ", "dígame ", "¿me puede decir ", "necesito saber "),
    ),
    "en": (
        re.compile(r"^(?:what|when|where|which|who|how|until when)\b", re.IGNORECASE),
        ("I'd like to know ", "could you tell me ", "tell me ", "I wanted to ask ", "do you happen to know "),
    ),
}  # fmt: skip
_WHETHER: Mapping[Language, tuple[re.Pattern[str], Sequence[str]]] = {
    "es": (
        re.compile(
            r"^¿?(?:hay|puedo|se puede|tenéis|tienen|tiene|es|está|están|hacéis|hacen|aceptan|aceptáis)\b",
            re.IGNORECASE,
        ),
        ("quería saber si ", "me gustaría saber si ", "dígame si "),
    ),
    "en": (re.compile(r"(?!)"), ()),
}  # fmt: skip
_EXCHANGED: Mapping[Language, Sequence[tuple[str, str]]] = {
    "es": (
        ("puedes", "puede"), ("podéis", "pueden"), ("tenéis", "tienen"), ("tienes", "tiene"), ("quieres", "quiere"),
        ("dame", "deme"), ("dime", "dígame"), ("pásame", "páseme"), ("ponme", "póngame"), ("hacéis", "hacen"),
        ("estáis", "están"), ("abrís", "abren"), ("cerráis", "cierran"), ("aceptáis", "aceptan"), ("cobráis", "cobran"),
        ("vuestra", "su"), ("vuestro", "su"), ("me gustaría", "quisiera"), ("quiero", "quería"),
        ("necesito", "me hace falta"),
    ),
    "en": (
        ("I want to", "I'd like to"), ("I need to", "I have to"), ("can you", "could you"), ("can I", "may I"),
        ("I'm", "I am"), ("what's", "what is"), ("where's", "where is"), ("don't", "do not"), ("I've", "I have"),
        ("how much is", "what's the price of"), ("do you have", "have you got"), ("is there", "have you got"),
    ),
}  # fmt: skip
"""Either stands for the other."""


def paraphrases(text: str, language: Language, seed: int = 0) -> list[str]:
    """At most `MOST`, none of them `text`."""
    chance = np.random.default_rng(
        int.from_bytes(hashlib.sha256(f"{seed} {language} {text}".encode()).digest()[:8], "big")
    )
    ways = [way for way in dict.fromkeys(_ways(text, language, chance)) if way != text]
    return [ways[at] for at in sorted(chance.permutation(len(ways))[:MOST])]


def _ways(text: str, language: Language, chance: np.random.Generator) -> Iterator[str]:
    def one_of(words: Sequence[str]) -> str:
        return words[int(chance.integers(len(words)))]

    bare = text.strip("¿?¡!. ")
    begun = bare[:1].lower() + bare[1:] if not bare.startswith(("I ", "I'")) else bare
    for pattern, words in (_ASKING[language], _WHETHER[language]):
        if pattern.match(text):
            yield one_of(words) + begun
    for one, other in _EXCHANGED[language]:
        for old, new in ((one, other), (other, one)):
            if re.search(rf"\b{re.escape(old)}\b", bare, re.IGNORECASE):
                yield re.sub(rf"\b{re.escape(old)}\b", new, bare, count=1, flags=re.IGNORECASE)
                break
    if len(bare.split()) > 1:
        yield one_of(_OPENERS[language]) + begun
        yield bare + one_of(_CLOSERS[language])
        yield one_of(_OPENERS[language]) + begun + one_of(_CLOSERS[language])
        yield fold(bare)
