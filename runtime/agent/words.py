"""Words as they are compared: no case, accents or punctuation, so that typed and recognised text meet."""

import re
import unicodedata
from collections.abc import Collection

from runtime.agent import Language

BLANK = "qq"
"""Stands for a word that has been understood already."""
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")
_NUMBER = re.compile(r"\d[\d.,\- ]*\d|\d")
_HUMMED = re.compile(
    r"(?:^|(?<=[\s,.…¿¡-]))(?:u+h*m+|u+h+|e+r+m*|e+h*m+|h+m+|m{2,}|e+h|a+h)\b(?:[,.…-]+|(?=\s|$))\s*", re.IGNORECASE
)
_STAMMERED = re.compile(r"\b([^\W\d_]+(?:\s[^\W\d_]+){0,2})(?:[\s,.…-]+\1\b)+", re.IGNORECASE)
_LOOKS = zip(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u043a\u043c\u043d\u0442\u0432"
    "\u03b1\u03b5\u03bf\u03c1\u03c4\u03c5\u03b9\u03ba\u03bd\u0131",
    "aeopcyxijsdhkmntbaeoptuikvi",
    strict=True,
)
_LOOK_ALIKE = {
    ord(case(letter)): case(latin)
    for letter, latin in _LOOKS
    for case in (str.lower, str.upper)
    if not case(letter).isascii()
}
"""Cyrillic and Greek letters, small and capital, that are drawn like Latin ones."""
_WORD = re.compile(r"\w+")


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


def plain(text: str) -> str:
    """`text` without what is not seen (zero-width characters, marks of direction) and with the letters of another
    alphabet that stand in a Latin word turned into those they look like. A word wholly of another alphabet stays."""
    if text.isascii():
        return text
    return "".join(letter for _, letter in _seen(text))


def _seen(text: str) -> list[tuple[int, str]]:
    """The letters of `plain`, each with its place in `text`."""
    places = [at for at, letter in enumerate(text) if unicodedata.category(letter) != "Cf"]
    return list(zip(places, _WORD.sub(_latin, "".join(text[at] for at in places)), strict=True))


def _latin(found: re.Match[str]) -> str:
    word = found[0]
    mixed = not word.isascii() and any("a" <= letter <= "z" for letter in word.casefold())
    return word.translate(_LOOK_ALIKE) if mixed else word


def fold(text: str) -> str:
    """Lower case, no accents, single spaces, letters and digits only: «¿Dónde está?» → "donde esta"."""
    decomposed = unicodedata.normalize("NFKD", plain(text).casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _NOT_A_WORD.sub(" ", letters).strip()


def blanked(text: str, taken: Collection[int]) -> str:
    """`text` with `BLANK` for each of the words at the places `taken` of its folded form."""
    spans: list[list[int]] = []
    inside = False
    for at, letter in _seen(text):
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
    return _NUMBER.sub("48213", fluent(text.strip()))


def fluent(text: str) -> str:
    """`text` without what is hummed while one thinks and what is said twice over: "can I, er, can I pay" → "can I pay".
    Where nothing else is said, `text`."""
    return _STAMMERED.sub(r"\1", _HUMMED.sub("", text)).rstrip(" ,") or text


def foreign(text: str, language: Language) -> str:
    """The language that `text` is clearly in when it is not `language` (es, en, fr, ca), else empty.

    Two telling words more than the expected language has, three at least; short answers are never judged.
    """
    words = fold(text).split()
    score = {name: sum(word in common for word in words) for name, common in _COMMON.items()}
    best = max(score, key=lambda name: (score[name], name == language))
    clearly = score[best] >= 3 and score[best] >= score[language] + 2
    return best if best != language and clearly else ""
