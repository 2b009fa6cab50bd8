"""Text cut into clauses, the first one short: an engine speaks the first while the rest is being made."""

import re
import unicodedata
from itertools import pairwise

FIRST_WORDS = 8
"""A first clause is cut here at the latest, when the sentence goes on for long enough to be worth it."""
WORDS = 25
"""Any later clause is cut here at the latest."""
LETTERS = 300
"""No piece is longer than this, not even one without spaces: synthesis takes memory by length."""

_NEVER, _ANYWHERE, _CONJUNCTION, _COMMA, _SENTENCE = range(5)

_SENTENCE_END = re.compile(r"[.!?…]+[\"'»”)\]]*$")
_COMMA_END = re.compile(r"[,;:][\"'»”)\]]*$|^[—–-]$")


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_CONJUNCTIONS = _words(
    "y e o u pero porque aunque cuando donde mientras pues sino si "
    "and or but because although when where while so which if"
)
_ABBREVIATIONS = _words(
    "av. avda. c. c/ pl. pza. ctra. sr. sra. srta. dr. dra. d. dª. dña. núm. nº. n.º tel. tfno. pág. art. ej. aprox. "
    "ud. uds. vd. vds. máx. mín. izq. dcha. "
    "mr. mrs. ms. st. ave. rd. blvd. prof. vs. approx. ext. fig. jr. e.g. i.e. dept. "
    "p. a. s. u.s."
)
_UNITS = _words(
    "€ $ £ % º ª euros euro dólares dólar pesos libras cents céntimos dollars pounds kg g mg km m cm mm l ml h hs min "
    "s a.m. p.m. am pm a. p. m. mil millones millón hundred thousand million o'clock horas hours minutos minutes"
)
_MONTHS = _words(
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "january february march april may june july august september october november december"
)
_NUMBER_JOINTS = _words("de del a al hasta y e por of to until till and by no. nº n.º núm. - – /")
_LEANING = _words(
    "el la los las un una unos unas de del al a en con por para sin su sus mi tu que y o e u lo le se no es muy más "
    "the a an of to at on in by for from with your our my his her its and or is are no not very"
)
"""Words that belong to the next one."""
_NUMBER_START = re.compile(r"^[(+€$£]?\d")
_NUMBER_END = re.compile(r"\d[.,:]?\)?$")


def split(text: str) -> list[str]:
    """Clauses in order; nothing but spaces is added or lost. Never cut: numbers, times, amounts, abbreviations.

    An engine's words per clause: 2-10 in the first, up to `WORDS` later. Empty text gives no clauses.
    """
    words = [piece for word in text.split() for piece in _bounded(word)]
    gaps = [_strength(left, right) for left, right in pairwise(words)]
    clauses: list[str] = []
    start = 0
    while start < len(words):
        end = (_end if clauses else _first_end)(words, gaps, start)
        clauses.append(" ".join(words[start:end]))
        start = end
    return clauses


def plain(text: str) -> str:
    """What may be given to an engine: no control characters, no [[phonemes]]; empty if nothing in it can be said."""
    written = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in text)
    return re.sub(r"\[\[|\]\]", " ", written) if any(letter.isalnum() for letter in written) else ""


def _bounded(word: str) -> list[str]:
    return [word[i : i + LETTERS] for i in range(0, len(word), LETTERS)]


def _first_end(words: list[str], gaps: list[int], start: int) -> int:
    """Where the first clause ends: soon, at the best place there is."""
    sentence = _sentence_end(words, gaps, start)
    length = sentence - start
    reach = range(start + 2, min(sentence, _limit(words, start, FIRST_WORDS + 1) + 1))
    for end in reach:
        if gaps[end - 1] == _COMMA:
            return end
    if length > FIRST_WORDS + 4:
        for end in reach:
            if gaps[end - 1] == _CONJUNCTION and end - start >= 4:
                return end
        for end in reversed(reach[: FIRST_WORDS - 1]):
            if gaps[end - 1] == _ANYWHERE:
                return end
    return _end(words, gaps, start)


def _end(words: list[str], gaps: list[int], start: int) -> int:
    """Where a later clause ends: with its sentence, or earlier when that is too long to wait for."""
    sentence = _sentence_end(words, gaps, start)
    limit = _limit(words, start, WORDS)
    if sentence <= limit:
        return sentence
    for wanted in (_COMMA, _CONJUNCTION, _ANYWHERE):
        for end in range(limit, start + (limit - start) // 3, -1):
            if gaps[end - 1] == wanted:
                return end
    return limit


def _limit(words: list[str], start: int, count: int) -> int:
    """The end of as many words as fit, `count` at most and at least one."""
    end = start + count
    while end > start + 1 and len(" ".join(words[start:end])) > LETTERS:
        end -= 1
    return end


def _sentence_end(words: list[str], gaps: list[int], start: int) -> int:
    return next((i + 1 for i in range(start, len(gaps)) if gaps[i] == _SENTENCE), len(words))


def _strength(left: str, right: str) -> int:
    """How well a clause may end between two words."""
    before, after = left.lower(), right.lower()
    bare = after.rstrip(".,;:!?)")
    if before.lstrip("(¿¡«\"'") in _ABBREVIATIONS and not (before in _UNITS and right[:1].isupper()):
        return _NEVER
    if left in ("€", "$", "£") or re.fullmatch(r"[A-ZÁÉÍÓÚÑ]\.", left):
        return _NEVER
    if _NUMBER_END.search(before) and not _SENTENCE_END.search(before):
        if _NUMBER_START.search(after) or bare in _UNITS or after in _UNITS:
            return _NEVER
        if bare in _MONTHS or after in _NUMBER_JOINTS or after in _ABBREVIATIONS:
            return _NEVER
    if before in _MONTHS and (after in _NUMBER_JOINTS or _NUMBER_START.search(after)):
        return _NEVER
    if before in _LEANING or (before in _NUMBER_JOINTS and _NUMBER_START.search(after)):
        return _NEVER
    if _SENTENCE_END.search(left) and not right[:1].islower():
        return _SENTENCE
    if _SENTENCE_END.search(left) or _COMMA_END.search(left):
        return _COMMA
    return _CONJUNCTION if bare in _CONJUNCTIONS else _ANYWHERE
