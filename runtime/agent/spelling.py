"""Letters, digits and signs as they are spelled aloud: «hache», «B de Barcelona», "N for November", «doble uve»."""

from collections.abc import Sequence
from dataclasses import dataclass

from runtime.agent import Language
from runtime.agent.numbers import Pieces
from runtime.agent.words import fold, listed

_NAMED: dict[Language, dict[str, str]] = {
    "es": {
        **{letter: letter for letter in "abcdefghijklmnopqrstuvwxyz"},
        "be": "b", "ce": "c", "de": "d", "efe": "f", "ge": "g", "hache": "h", "jota": "j", "ka": "k", "ele": "l",
        "eme": "m", "ene": "n", "pe": "p", "cu": "q", "erre": "r", "ere": "r", "ese": "s", "te": "t", "uve": "v",
        "ve": "v", "equis": "x", "ye": "y", "zeta": "z", "ceta": "z",
    },
    "en": {
        **{letter: letter for letter in "abcdefghijklmnopqrstuvwxyz"},
        "ay": "a", "bee": "b", "cee": "c", "see": "c", "dee": "d", "ee": "e", "eff": "f", "gee": "g", "aitch": "h",
        "haitch": "h", "jay": "j", "kay": "k", "el": "l", "ell": "l", "em": "m", "en": "n", "pee": "p", "cue": "q",
        "queue": "q", "ar": "r", "ess": "s", "tee": "t", "vee": "v", "ex": "x", "why": "y", "zee": "z", "zed": "z",
    },
}  # fmt: skip
_TWO_WORDS: dict[str, str] = {
    "doble uve": "w", "uve doble": "w", "doble ve": "w", "ve doble": "w", "doble u": "w", "double u": "w",
    "double you": "w", "i griega": "y", "y griega": "y", "i latina": "i", "be alta": "b", "be larga": "b",
    "ve baja": "v", "ve corta": "v", "guion bajo": "_", "barra baja": "_", "under score": "_",
}  # fmt: skip
_SIGNS = {
    "guion": "-", "dash": "-", "hyphen": "-", "punto": ".", "dot": ".", "barra": "/", "slash": "/", "underscore": "_",
    "arroba": "@", "mas": "+", "plus": "+",
}  # fmt: skip
_ALPHABETS = {
    word: word[0]
    for word in listed(
        "alfa alpha bravo charlie delta echo foxtrot golf hotel india juliett juliet kilo lima mike november oscar papa"
        " quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu antonio barcelona carmen dolores"
        " enrique francia gerona historia ines jose lorenzo madrid navarra oviedo paris querido ramon sabado toledo"
        " ulises valencia washington xiquena yegua zaragoza"
    )
}
_AS_IN = frozenset(listed("de como for as in like of"))
TIMES = {"doble": 2, "double": 2, "triple": 3, "treble": 3}
_JOINT = frozenset(listed("y and con letra letter"))


@dataclass(frozen=True, slots=True)
class Symbols:
    """What was spelled without a word between: `text` in capitals, `letters` how many of it are letters by their
    name, and the folded words [first, last] that said it."""

    text: str
    first: int
    last: int
    letters: int


def spelled(text: str, language: Language) -> list[Symbols]:
    """Every stretch of letters, digits and signs in `text`; typed ones too («AB-12»)."""
    reader = _Speller(text, language)
    runs: list[Symbols] = []
    at = 0
    while at < len(reader.words):
        run = reader.run(at)
        if run is None:
            at += 1
        else:
            runs.append(run)
            at = run.last + 1
    return runs


class _Speller:
    def __init__(self, text: str, language: Language) -> None:
        self.words = fold(text).split()
        self._names = _NAMED[language]
        self._numbers = Pieces(text, language)

    def run(self, at: int) -> Symbols | None:
        first, last, said, letters = at, at - 1, "", 0
        while at < len(self.words):
            found = self._symbol(at)
            if found is None:
                if not said or self.words[at] not in _JOINT:
                    break
                at += 1
                continue
            symbol, at = found
            said += symbol
            letters += symbol.isalpha() and len(symbol) == 1
            last = at - 1
        return Symbols(said.upper(), first, last, letters) if said else None

    def _symbol(self, at: int) -> tuple[str, int] | None:
        """What the word at `at` spells, and the place after it."""
        word, two = self.words[at], " ".join(self.words[at : at + 2])
        if two in _TWO_WORDS:
            return self._as_in(_TWO_WORDS[two], at + 2)
        if word in TIMES and at + 1 < len(self.words) and (inner := self._symbol(at + 1)) and len(inner[0]) == 1:
            return inner[0] * TIMES[word], inner[1]
        if word in _SIGNS:
            return _SIGNS[word], at + 1
        if word in _JOINT and word != "y":
            return None
        if word == "y" and not self._is_letter_y(at):
            return None
        if (piece := self._numbers.at(at)) and not (len(word) == 1 and word.isalpha()):
            written = "".join(self.words[at : piece.last + 1])
            return (written if written.isdigit() else str(piece.value)), piece.last + 1
        if word in self._names:
            return self._as_in(self._names[word], at + 1)
        if word in _ALPHABETS:
            return _ALPHABETS[word], at + 1
        mixed = any(letter.isdigit() for letter in word) and any(letter.isalpha() for letter in word)
        return (word, at + 1) if mixed else None

    def _is_letter_y(self, at: int) -> bool:
        """Among typed letters, at the very end, or «y de Yegua»; in «b y cuatro» it joins them."""
        before, after = self.words[at - 1 : at], self.words[at + 1 : at + 2]
        explained = bool(after) and after[0] in _AS_IN and self.words[at + 2 : at + 3] != []
        return not after or explained or (len("".join(before)) == 1 and len(after[0]) == 1)

    def _as_in(self, letter: str, at: int) -> tuple[str, int]:
        """«B de Barcelona»: the word is heard better than the letter."""
        words = self.words
        joint = at
        while joint < len(words) and words[joint] in _AS_IN and joint - at < 2:
            joint += 1
        if joint == at or joint >= len(words) or self._numbers.at(joint):
            return letter, at
        example = words[joint]
        if len(example) <= 2 or example in self._names or example in _SIGNS:
            return letter, at
        return example[0], joint + 1


def letter_named(word: str) -> str:
    """The letter that a folded word, or two, names in either language («hache», "zed", «doble uve»), or empty."""
    if " " in word:
        letter = _TWO_WORDS.get(word, "")
        return letter if letter.isalpha() else ""
    return _NAMED["es"].get(word) or _NAMED["en"].get(word, "")


def explained(words: Sequence[str], at: int, letter: str) -> int:
    """The place after the example that explains `letter` at `at` («de Barcelona», "as in John"); `at` without one."""
    end = at
    while end < len(words) and words[end] in _AS_IN and end - at < 2:
        end += 1
    example = words[end] if end < len(words) and end > at else ""
    return end + 1 if len(example) > 2 and example.startswith(letter) else at
