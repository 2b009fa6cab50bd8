"""Words of weight as documents are searched by them: folded, without question words, cut to their stems.

FTS5 folds accents and case, but its only stemmer is English; these rough rules serve both languages. They need not be
right, only the same for a question and for its answer.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from runtime.agent import Language
from runtime.agent.words import fold, listed

_EMPTY: Mapping[str, frozenset[str]] = {
    "es": frozenset(
        listed(
            "el la los las lo un una unos unas de del al a ante con contra desde en entre hacia hasta para por"
            " segun sin sobre tras y e o u ni pero que si no mas muy ya tambien solo me te se nos os le les mi mis"
            " tu tus su sus nuestro nuestra vuestro vuestra vuestros vuestras este esta esto estos estas ese esa"
            " eso esos esas aquel aquella yo usted ustedes ella ellos ellas vosotros nosotros cual cuales quien"
            " quienes como cuando donde adonde cuanto cuanta cuantos cuantas porque pues es son era fue ser estar"
            " esta estan estoy estais estamos he has ha han hemos habeis haber hay habia tengo tiene tienen tienes"
            " teneis tenemos tener hace haceis hacen hacer puedo puede pueden puedes podeis podria poder podemos"
            " quiero quiere quisiera queria querria necesito debo debe deben tengas tenga saber se sabe sabeis"
            " sabes dime digame decir dice favor hola gracias oye perdona perdone buenas buenos algo alguno alguna"
            " algun ningun nada todo todos toda todas cada otro otra otros otras mismo misma asi aqui ahi alli"
            " ahora entonces posible va voy ir vais cosa cosas gustaria haria hago da dan dais dar sea sean vez"
            " caso tal mucho mucha poco"
        )
    ),
    "en": frozenset(
        listed(
            "the a an of in on at to for from with without by about as into over and or but if not no so than"
            " then very too also just only i me my mine we us our you your yours he she it its they them their"
            " this that these those there here what which who whom whose when where why how is are was were be"
            " been being am do does did done have has had having can could will would shall should may might must"
            " want need like know tell say please hello hi thanks thank any some all each other another same get"
            " got give go going let s t d ll ve re m much many long something anything thing things possible"
            " happens happen case way one"
        )
    ),
}
"""What questions are made of: it says nothing about what they are after."""

_CLITICS = re.compile(r"(?:(?<=[aei]r)|(?<=ndo))(?:me|te|se|nos|os)?(?:lo|la|le|los|las|les)?$")
_SPANISH = (
    "amientos", "imientos", "amiento", "imiento", "aciones", "iciones", "acion", "icion", "adores", "adoras", "ador",
    "adora", "ables", "able", "ibles", "ible", "mente", "idades", "idad", "ariamos", "iendo", "yendo", "ando", "arian",
    "erian", "irian", "aria", "eria", "iria", "aron", "ieron", "aban", "abais", "aremos", "eremos", "iremos", "aran",
    "eran", "iran", "amos", "emos", "imos", "aste", "iste", "ados", "adas", "idos", "idas", "ado", "ada", "ido", "ida",
    "aba", "ian", "ais", "eis", "ar", "er", "ir", "an", "en", "as", "es", "os", "a", "e", "o", "s",
)  # fmt: skip
_ENGLISH = (
    "ations", "ation", "ments", "ment", "ings", "ing", "ions", "ion", "ies", "ied", "ers", "ed", "es", "er", "ly", "s",
    "e", "y",
)  # fmt: skip
_SHORTEST = 3
_ROUNDS = {"es": 1, "en": 2}
_DIPHTHONGS = (("ue", "o"), ("ie", "e"))
_SOUNDS = (("qu", "c"), ("gu", "g"), ("j", "g"), ("z", "c"))
_DOUBLE = re.compile(r"([bdfglmnprst])\1$")


def stem(word: str, language: Language) -> str:
    """Of a folded word: «devolución», «devolver» and «devuelvo» → "devolv"; "deliveries" → "deliv"."""
    if word.isdigit() or len(word) <= _SHORTEST:
        return word
    if language == "es":
        word = _CLITICS.sub("", word)
        for plural in ("uciones", "ucion"):
            if word.endswith(plural):
                word = word.removesuffix(plural) + "v"
    for _ in range(_ROUNDS[language]):
        endings = _SPANISH if language == "es" else _ENGLISH
        ending = next((each for each in endings if word.endswith(each) and len(word) - len(each) >= _SHORTEST), "")
        word = word.removesuffix(ending)
    if len(word) > _SHORTEST and word.endswith("i"):
        word = word[:-1]
    if language == "es":
        for last, sound in _SOUNDS:
            if word.endswith(last):
                word = word.removesuffix(last) + sound
        for diphthong, vowel in _DIPHTHONGS:
            if diphthong in word[1:]:
                word = word[0] + word[1:].replace(diphthong, vowel)
    return _DOUBLE.sub(r"\1", word)


@dataclass(frozen=True, slots=True)
class Stemmer:
    """Of one language, with the pack's words that mean the same («aparcar, parking, dejar el coche»)."""

    language: Language
    same: Mapping[str, Sequence[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    """First stem → the terms that begin with it, longest first, each with the stem that stands for it."""

    def stems(self, text: str) -> list[str]:
        """In their order; numbers are left out, as nearly every sentence has one."""
        plain = self._plain(text)
        found: list[str] = []
        at = 0
        while at < len(plain):
            for term, stands in self.same.get(plain[at], ()):
                if tuple(plain[at : at + len(term)]) == term:
                    found.append(stands)
                    at += len(term)
                    break
            else:
                found.append(plain[at])
                at += 1
        return found

    def _plain(self, text: str) -> list[str]:
        empty = _EMPTY[self.language]
        return [stem(word, self.language) for word in fold(text).split() if word not in empty and not word.isdigit()]


def make_stemmer(language: Language, lines: Iterable[str]) -> Stemmer:
    """`lines`: words of one meaning, parted by commas; the first stands for all."""
    bare = Stemmer(language)
    same: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for line in lines:
        terms = [tuple(bare.stems(term)) for term in line.split(",")]
        terms = [term for term in terms if term]
        for term in terms:
            same.setdefault(term[0], []).append((term, "".join(terms[0])))
    return Stemmer(language, {first: sorted(terms, key=lambda pair: -len(pair[0])) for first, terms in same.items()})
