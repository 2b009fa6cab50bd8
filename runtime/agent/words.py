"""Words as they are compared: no case, accents or punctuation, so that typed and recognised text meet."""

import re
import unicodedata
from collections.abc import Collection

from runtime.agent import Language

BLANK = "qq"
"""Stands for a word that has been understood already."""
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_NUMBER = re.compile(r"\d[\d.,\- ]*\d|\d")


def listed(words: str) -> list[str]:
    """ "one two three" → a list of words."""
    return words.split()


_COMMON: dict[str, frozenset[str]] = {
    "es": frozenset(
        listed(
            "el la los las un una de del que en por para con mi es esta donde cuando como quiero hola gracias se le me"
            " lo al hay tienen puedo cual cuanto hoy manana favor si y o a su buenas buenos dias tardes necesito estan"
            " pedido tienda cierran abren cuesta ustedes usted tengo hora"
        )
    ),
    "en": frozenset(
        listed(
            "the an of that in for with my is where when how want hello thanks it do does i you can what are have"
            " there please and or to your a at on me need would like could this did was order store much today"
            " tomorrow get am find not about"
        )
    ),
    "fr": frozenset(
        listed(
            "le les des du une et est ou quand je vous bonjour merci avec pour dans mon ma ce cette avez quelle quel"
            " voudrais puis sont heure magasin commande ouvrez fermez plait a vos nous la mes pas"
        )
    ),
    "ca": frozenset(
        listed(
            "els les amb i per quan vull bon gracies us plau el la meu meva aquesta aquest hi ha"
            " obren tanquen obriu tanqueu quina hora botiga comanda es on son teniu si voldria la de"
        )
    ),
}
"""Telling words of the languages that customers here may begin in."""


FUNCTION: frozenset[str] = (
    _COMMON["es"]
    | _COMMON["en"]
    | frozenset(
        listed(
            "estan estaba estoy encuentro encontrar encuentra busco buscando pasillo seccion comprar tienes teneis"
            " venden vendeis queda quedan cuestan precio puede puedes podeis aisle section looking buying price cost"
            " which where there their those these would could should cheap"
        )
    )
)
"""Words that every question is made of: never a misheard name."""


def fold(text: str) -> str:
    """Lower case, no accents, single spaces, letters and digits only: «¿Dónde está?» → "donde esta"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _NOT_A_WORD.sub(" ", plain).strip()


def blanked(text: str, taken: Collection[int]) -> str:
    """`text` with `BLANK` for each of the words at the places `taken` of its folded form."""
    spans: list[list[int]] = []
    inside = False
    for at, letter in enumerate(text):
        for each in unicodedata.normalize("NFKD", letter.casefold()):
            if unicodedata.combining(each):
                continue
            if _NOT_A_WORD.match(each):
                inside = False
            elif inside:
                spans[-1][1] = at + 1
            else:
                spans.append([at, at + 1])
                inside = True
    for place in sorted(taken, reverse=True):
        first, end = spans[place]
        text = f"{text[:first]} {BLANK} {text[end:]}"
    return text


def stem(word: str) -> str:
    """A folded word without its plural, the same rough rule for both languages: only good for comparing."""
    if len(word) > 3 and word.endswith("s") and word[-2] not in "su":
        word = word[:-1]
    if len(word) > 3 and word.endswith("e"):
        word = word[:-1]
    if word.endswith("y"):
        word = word[:-1] + "i"
    return word[:-1] + "c" if word.endswith("z") else word


def mask(text: str) -> str:
    """Text for the embedding: every number looks alike, so that it is the words that decide."""
    return _NUMBER.sub("48213", text.strip())


def foreign(text: str, language: Language) -> str:
    """The language that `text` is clearly in when it is not `language` (es, en, fr, ca), else empty.

    Two telling words more than the expected language has, three at least; short answers are never judged.
    """
    words = fold(text).split()
    score = {name: sum(word in common for word in words) for name, common in _COMMON.items()}
    best = max(score, key=lambda name: (score[name], name == language))
    clearly = score[best] >= 3 and score[best] >= score[language] + 2
    return best if best != language and clearly else ""
