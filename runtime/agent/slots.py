"""What the customer was asked for, read out of what they said: yes or no, one of a few, a number."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from runtime.agent import Language
from runtime.agent.numbers import digit_runs, find_number
from runtime.agent.words import BLANK, FUNCTION, fold, listed, stem
from runtime.messages import Choice

_YES = frozenset(
    listed(
        "si sip claro vale correcto correcta exacto exactamente adelante confirmo confirmado confirma confirmalo ok"
        " okey okay bueno venga afirmativo hazlo hagalo perfecto efectivamente acepto aceptar dale sii siii yes yeah"
        " yep yup sure right correct fine confirm confirmed confirming absolutely definitely perfect exactly certainly"
        " affirmative aye indeed proceed accept yea"
    )
)
_NO = frozenset(
    listed("no nop nope nah not never wrong incorrect negative dont don negativo nunca tampoco incorrecto incorrecta")
)
_MEANS_YES = (
    "de acuerdo", "por supuesto", "no hay problema", "por que no", "eso es", "asi es", "esta bien", "como no",
    "desde luego", "sin problema", "me parece bien", "ningun problema", "no problem", "why not", "of course",
    "go ahead", "that is right", "thats right", "that s right", "sounds good", "uh huh", "do it", "please do",
    "all right", "that works", "go for it", "yes please",
)  # fmt: skip
_MEANS_NO = (
    "para nada", "mejor no", "todavia no", "ni hablar", "de ninguna manera", "en absoluto", "no gracias", "dejalo",
    "dejelo", "nada mas", "eso es todo", "no thanks", "no thank you", "not really", "rather not", "leave it",
    "not now", "no way", "nothing else", "that is all", "thats all", "that s all", "i m good", "not yet",
)  # fmt: skip
_MEANS_NEITHER = (
    "no se", "no entiendo", "no lo se", "no oigo", "no estoy segur", "no te oigo", "no le oigo", "no lo tengo",
    "not sure", "don t know", "dont know", "do not know", "don t understand", "not understand", "can t hear",
)  # fmt: skip
_FILLER = frozenset(
    listed(
        "por favor gracias senor senora senorita quiero lo la los las me te se eso esta bien muy todo es pues que ya a"
        " el esa ese mi para de y hombre mujer estaria un una yo quisiera devolver confirmar cambiar pasame paseme digo"
        " he dicho mira please thanks thank you i that is it the do want to my s this all would like well so then put"
        " through with mate sir madam said go for can just um uh er oh let us"
    )
)
_ABOUT = listed("perdon perdone perdona queria decir sorry meant mean actually rather mejor sea son somos seria make")
AROUND = _FILLER | frozenset([*_ABOUT, BLANK])
"""Words that say nothing by themselves around an answer."""
_NEGATABLE = frozenset(listed("correcto correcta exacto confirmo confirma right correct ok okay fine sure confirm"))
_ORDINALS: dict[str, int] = {
    "primero": 0, "primera": 0, "primer": 0, "segundo": 1, "segunda": 1, "tercero": 2, "tercera": 2, "tercer": 2,
    "first": 0, "second": 1, "third": 2, "1st": 0, "2nd": 1, "3rd": 2, "ultimo": -1, "ultima": -1, "last": -1,
}  # fmt: skip
_ASKING = frozenset(
    listed(
        "cuanto cuanta cuantos cuantas cuando donde cual cuales quien como what when where how why which who whether"
    )
)
_BEGINS_WITH_YES = re.compile(
    r"\W*(?:sí|si[,.!]|yes|yeah|yep|yup|claro|correcto|confirmo|por supuesto|ok|okay|sure)\b", re.IGNORECASE
)
_MOST_OTHER_WORDS = 2
"""Words of another kind after a clear yes («sí, devuélvelo») or around a no."""
_MOST_AROUND = 4
"""Words around a number that still make it an answer: «es el», "the number is"."""


def yes_no(text: str) -> bool | None:
    """A clear yes or a clear no, in either language; None for anything that is less than clear.

    Careful with yes: it sets things in motion. «¿Cuánto vale?» and «si compro dos» are none.
    """
    padded = f" {fold(text)} "
    if any(f" {phrase}" in padded for phrase in _MEANS_NEITHER):
        return None
    yes = no = others = 0
    for phrase in _MEANS_YES:
        if f" {phrase} " in padded:
            yes, padded = yes + 1, padded.replace(f" {phrase} ", " ")
    for phrase in _MEANS_NO:
        if f" {phrase} " in padded:
            no, padded = no + 1, padded.replace(f" {phrase} ", " ")
    words = padded.split()
    if any(word in _ASKING for word in words):
        return None
    for at, word in enumerate(words):
        if word in _NO:
            no += 1
        elif word in _YES:
            yes += not (word in _NEGATABLE and any(before in _NO for before in words[max(0, at - 2) : at]))
        elif word not in _FILLER:
            others += 1
    if yes and not no:
        return True if others <= (_MOST_OTHER_WORDS if _BEGINS_WITH_YES.match(text) else 0) else None
    if no and not yes:
        return False if others <= _MOST_OTHER_WORDS else None
    return None


def is_question(text: str) -> bool:
    """Whether something is asked, rather than answered."""
    return "?" in text or any(word in _ASKING for word in fold(text).split()[:2])


def pick(text: str, options: Sequence[Choice], language: Language) -> Choice | None:
    """Which of `options` is meant: by its words, «la segunda», "number two", "the last one"; None if not one."""
    if not options:
        return None
    words = fold(text).split()
    for choice in options:
        if fold(choice.title) == " ".join(words):
            return choice
    spoken = _digits_as_words(text, language)
    titles = [_digits_as_words(choice.title, language) for choice in options]
    overlap = [len(spoken & title) for title in titles]
    if best := max(overlap, default=0):
        tied = [choice for choice, count in zip(options, overlap, strict=True) if count == best]
        places = [_first_said(choice.title, spoken) for choice in tied]
        return tied[places.index(min(places))] if places.count(min(places)) == 1 else None
    for word in words:
        if word in _ORDINALS and _ORDINALS[word] < len(options):
            return options[_ORDINALS[word]]
    runs = digit_runs(text, language)
    if len(runs) == 1 and len(words) <= 4 and runs[0].digits.isdigit() and 1 <= int(runs[0].digits) <= len(options):
        return options[int(runs[0].digits) - 1]
    return None


def other_numbers(text: str, title: str, language: Language) -> bool:
    """Whether a number is said («el cuatro», "the 4th") that is not in the title. «una» and "one" count for none."""
    spoken = {word for word in _digits_as_words(text, language) if word.isdigit() and word != "1"}
    return not spoken | set(re.findall(r"\d+", text)) <= set(re.findall(r"\d+", title))


def named(text: str, options: Sequence[Choice], language: Language) -> Choice | None:
    """Which of `options` a sentence from before they were offered names, by a word of it and not by numbers alone."""
    spoken = _digits_as_words(text, language) - _EVERYDAY
    overlap = [spoken & _digits_as_words(choice.title, language) for choice in options]
    best = max(map(len, overlap), default=0)
    fitting = [choice for choice, words in zip(options, overlap, strict=True)
               if best and len(words) == best and any(not word.isdigit() for word in words)]  # fmt: skip
    return fitting[0] if len(fitting) == 1 else None


_EVERYDAY = frozenset(stem(word) for word in FUNCTION)
"""«Quiero devolver el pedido» does not choose «todo el pedido»."""


def _first_said(title: str, spoken: set[str]) -> int:
    """How far into the title the first word that was said stands: «a las doce» is 12:00 to 15:00, not 9:00 to 12:00."""
    words = [stem(word) for word in fold(title).split()]
    return min((at for at, word in enumerate(words) if word in spoken), default=len(words))


def _digits_as_words(text: str, language: Language) -> set[str]:
    """Stems of the words worth comparing, with spoken numbers as digits («de nueve a doce» → 9, 12)."""
    words = fold(text).split()
    numbers = {word for word in words if word.isdigit()}
    taken: set[int] = set()
    for run in digit_runs(text, language):
        said = range(run.first, run.last + 1)
        if not any(words[at].isdigit() for at in said):  # "12:00" is two numbers here, not 1200
            numbers.add(run.digits)
        taken |= set(said)
    plain = {stem(word) for at, word in enumerate(words) if at not in taken and len(word) > 2}
    return numbers | (plain - _EMPTY)


_EMPTY = frozenset(stem(word) for word in listed("del las los the and one that uno una para por con from with option"))


@dataclass(frozen=True, slots=True)
class Number:
    """Digits that were said: whole, or only some of them (`whole` False), or too many."""

    digits: str
    whole: bool
    others: int
    """Words that are not of the number."""
    last: bool = False
    """Nothing was said after it."""

    @property
    def alone(self) -> bool:
        """Hardly anything but digits was said."""
        return self.others <= _MOST_AROUND


def read_number(text: str, language: Language, shortest: int, longest: int, held: str = "") -> Number | None:
    """A number of `shortest`…`longest` digits; `held`: digits said before, that these may continue."""
    words = fold(text).split()
    if run := find_number(text, language, shortest, longest):
        return Number(run.digits, True, len(words) - (run.last - run.first + 1))
    runs = digit_runs(text, language)
    if not runs:
        return None
    digits = "".join(run.digits for run in runs)
    number = Number(
        digits, False, len(words) - sum(run.last - run.first + 1 for run in runs), runs[-1].last == len(words) - 1
    )
    if not number.alone:
        return number
    return Number(held + digits, shortest <= len(held + digits) <= longest, number.others)
