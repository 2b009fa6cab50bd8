"""What the customer was asked for, read out of what they said: yes or no, one of a few, a number."""

import re
from collections.abc import Sequence

from runtime.agent import Language
from runtime.agent.numbers import digit_runs
from runtime.agent.words import BLANK, FUNCTION, blanked, fold, listed, stem
from runtime.messages import Choice

_YES = frozenset(
    listed(
        "si sip claro vale correcto correcta exacto exactamente adelante confirmo confirmado confirma confirmalo ok"
        " okey okay bueno venga afirmativo hazlo hagalo perfecto efectivamente acepto aceptar dale sii siii yes yeah"
        " yep yup sure right correct fine confirm confirmed confirming absolutely definitely perfect exactly certainly"
        " affirmative aye indeed proceed accept yea"
    )
)
_PLEASED = frozenset(
    listed(
        "genial estupendo estupenda fenomenal fantastico fantastica excelente maravilloso maravillosa magnifico"
        " magnifica buenisimo guay ideal chevere barbaro orale andale great lovely brilliant excellent wonderful"
        " fantastic awesome splendid marvellous marvelous terrific amazing super cool fab grand smashing good nice"
        " happy delighted"
    )
)
"""Said of what has just been read back it is a yes, in English above all; said by itself it is only a thank you."""
_NO = frozenset(
    listed("no nop nope nah not never wrong incorrect negative dont don negativo nunca tampoco incorrecto incorrecta")
)
_MEANS_YES = (
    "de acuerdo", "por supuesto", "no hay problema", "por que no", "eso es", "asi es", "esta bien", "como no",
    "desde luego", "sin problema", "me parece bien", "ningun problema", "no problem", "why not", "of course",
    "go ahead", "that is right", "thats right", "that s right", "sounds good", "uh huh", "do it", "please do",
    "all right", "that works", "go for it", "yes please", "is all correct", "is all right", "all good", "all correct",
    "muy bien", "todo bien", "you got it", "go on", "great stuff", "good stuff", "nice one", "spot on", "that ll do",
    "that will do", "works for me", "suits me", "fine by me", "de lujo", "de perlas", "de maravilla", "me viene bien",
    "me va bien", "me viene genial", "me va genial", "me parece genial", "me parece perfecto", "me parece estupendo",
)  # fmt: skip
_MEANS_NO = (
    "claro que no", "desde luego que no", "por supuesto que no", "of course not", "certainly not",
    "para nada", "mejor no", "todavia no", "ni hablar", "de ninguna manera", "en absoluto", "no gracias", "dejalo",
    "dejelo", "nada mas", "eso es todo", "no thanks", "no thank you", "not really", "rather not", "leave it",
    "me lo pienso", "lo pensare", "me lo pensare", "llamo luego", "ya llamo", "ya llamare", "i ll think about it",
    "i ll call back", "i ll call later", "i ll ring back", "i ll keep it", "not now", "no way", "nothing else",
    "that is all", "thats all", "that s all", "i m good", "not yet",
)  # fmt: skip
_PHRASES = sorted((*_MEANS_YES, *_MEANS_NO), key=len, reverse=True)
"""The longest first: "of course not" is no "of course", "that is all correct" no "that is all"."""
_NEITHER = re.compile(
    r"\bno (?:lo |la )?se\b(?! preocup)|\bno (?:lo )?(?:entiendo|tengo claro|recuerdo|sabria)\b|\bno (?:te |le )?oigo\b"
    r"|\bno (?:estoy segur[oa]|lo tengo|me acuerdo|tengo ni)\b|\bni (?:idea|si ni no)\b|\byo que se\b|\bquien sabe\b"
    r"|\bdepende\b|\bnot (?:sure|certain)\b|\b(?:don t|dont|do not) (?:know|understand|remember)\b|\bnot understand\b"
    r"|\b(?:can t|cant|cannot) (?:hear|say|tell|remember)\b|\bno (?:idea|clue)\b|\bdunno\b|\bdepends\b"
)
_HOLDS = re.compile(
    r"\b(?:pero|esper(?!o\b)\w+|salvo|excepto|menos(?! mal\b)|(?<!cuanto )antes|aunque|sin embargo"
    r"|(?:moment|segund|rat)ito|un (?:momento|segundo|minuto|instante|rato)|a ver|deja\w*me|dejeme|siempre que"
    r"|solo si|hasta que|but|wait|except|unless|until|before|although|though|however|hold on|hang on|hold it"
    r"|let me|let s see|(?:a|one|just a) (?:moment|second|sec|minute|bit)|if)\b"
)
"""Words that take back a yes, or put it off: «sí, pero…», "yes, if it's free". «No, espere, ya la tengo» is a no."""
_ANSWERS = _YES | _PLEASED | _NO | {"pero", "but", "espera", "espere", "wait"}
_CONDITION = re.compile(r"(?<=[\s,.;:])si(?=\s+\w)")
"""«Sí, si es gratis»: as it is written, without its accent, and not first."""
_FILLER = frozenset(
    listed(
        "por favor gracias senor senora senorita quiero lo la los las me te se eso esta bien muy todo es pues que ya"
        " a el esa ese mi para de y hombre mujer estaria un una yo quisiera devolver confirmar cambiar pasame paseme"
        " digo he dicho mira please thanks thank you i that is it the do want to my s this all would like well so then"
        " put through with mate sir madam said go for can just um uh er oh let us sounds looks be ll m much muchas"
        " muchisimas mil cheers ta nicely quickly quick asap rapido rapidito deprisa enseguida"
    )
)
_ABOUT = listed(
    "perdon perdone perdona queria decir sorry meant mean actually rather mejor sea son somos seria make hm hmm mm mmm"
    " ah ay uf one ones"
)
AROUND = _FILLER | frozenset([*_ABOUT, BLANK])
"""Words that say nothing by themselves around an answer."""
_ONES = frozenset(listed("un una uno one"))
_NEGATABLE = frozenset(listed("correcto correcta exacto confirmo confirma right correct ok okay fine sure confirm"))
_ORDINALS: dict[str, int] = {
    "primero": 0, "primera": 0, "primer": 0, "segundo": 1, "segunda": 1, "tercero": 2, "tercera": 2, "tercer": 2,
    "first": 0, "second": 1, "third": 2, "1st": 0, "2nd": 1, "3rd": 2, "ultimo": -1, "ultima": -1, "last": -1,
}  # fmt: skip
_CLOCK = re.compile(r"\blas\b|\bat\b|\bo clock\b")
_PRICE = re.compile(r"€\s?\d[\d.,]*|\d[\d.,]*\s?€")
_CHEAP = frozenset(listed("barata barato baratas economica economico cheap cheaper cheapest lowest smallest"))
_DEAR = frozenset(listed("cara caro expensive dearest dearer highest biggest priciest"))
_MIDDLE = frozenset(listed("medio middle"))
_EARLIEST = frozenset(listed("earliest soonest temprana temprano pronto"))
_LATEST = frozenset(listed("latest tardia"))
_ASKING = frozenset(
    listed(
        "cuanto cuanta cuantos cuantas cuando donde cual cuales quien como what when where how why which who whether"
    )
)
_ASKS_WHAT = re.compile(
    r"(?:\W*+\w++){0,3}?\W*+(?:qué|cuáles|cuál|cómo|dónde|cuándo|quién|que (?:hora|día|dia|fecha))\b"
)
"""As it is written: «que» is in every other sentence, «qué» is not."""
_BEFORE_ASKING = frozenset(
    listed("no si yes ok okay vale y and pero but perdon perdona perdone espera espere oye oiga sorry wait so pues")
)
_BEGINS_WITH_YES = re.compile(
    r"\W*(?:si[,.!]|(?:sí|yes|yeah|yep|yup|claro|correcto|confirmo|por supuesto|ok|okay|sure)\b)", re.IGNORECASE
)
_PART = re.compile(r"[,;:.!?¡¿…]+(?=\s|$)")
_SOFTLY = frozenset(
    listed("bueno pues oh ah ay uf uy hm hmm mm mmm well actually sorry perdon perdone perdona ok okay vale")
)
"""What comes before it: «bueno, mejor no»."""
_MOST_OTHER_WORDS = 2
"""Words of another kind after a clear yes («sí, devuélvelo») or around a no."""


def yes_no(text: str) -> bool | None:
    """A clear yes or a clear no, in either language; None for anything that is less than clear.

    Careful with yes: it sets things in motion. «¿Cuánto vale?», «sí, pero…» and «si compro dos» are none.
    """
    yes, no, others = _weighed(text)
    if yes and not no:
        return True if len(others) <= (_MOST_OTHER_WORDS if _BEGINS_WITH_YES.match(text) else 0) else None
    if no and not yes:
        return False if len(others) <= _MOST_OTHER_WORDS else None
    return None


def refuses(text: str) -> bool:
    """Whether a part of it is a clear no and none is a yes: «bueno, mejor no, me lo quedo»."""
    answers = [yes_no(part) for part in _PART.split(text) if fold(part) and not set(fold(part).split()) <= _SOFTLY]
    return False in answers[:1] and True not in answers


def says_yes(text: str) -> bool:
    """Whether it is a yes, or begins with one that nothing takes back."""
    if yes_no(text) is True:
        return True
    _, no, _ = _weighed(text)
    return bool(_BEGINS_WITH_YES.match(text)) and not no and not undecided(text)


def is_plain(text: str) -> bool:
    """Whether nothing but a yes or a no is said: «sí, por favor», "no, thanks"."""
    yes, no, others = _weighed(text)
    return bool(yes) != bool(no) and not others and not any(word in _ONES for word in fold(text).split())


def pleased(text: str) -> bool:
    """Whether its yes is nothing but joy: «genial, gracias», "lovely"."""
    return any(word in _PLEASED for word in fold(text).split()) and not any(word in _YES for word in fold(text).split())


def undecided(text: str) -> bool:
    """Whether an answer is put off or not known: «un momento», «sí, pero…», «no sé», "hold on", "no idea"."""
    folded = fold(text)
    return bool(_NEITHER.search(folded) or _HOLDS.search(folded))


def without_answer(text: str) -> str:
    """`text` with `BLANK` for its yes, its no and what joins it to something else: «sí, pero el jueves»."""
    words = fold(text).split()
    return blanked(text, {at for at, word in enumerate(words) if word in _ANSWERS})


def _weighed(text: str) -> tuple[int, int, list[str]]:
    """How much of `text` says yes, how much no, and the words that say something else; nothing where it is neither."""
    padded = f" {fold(text)} "
    yes = no = 0
    for phrase in _PHRASES:
        if f" {phrase} " in padded:
            padded = padded.replace(f" {phrase} ", " ")
            yes, no = (yes, no + 1) if phrase in _MEANS_NO else (yes + 1, no)
    held = bool(_HOLDS.search(padded))
    words = _HOLDS.sub(" ", padded).split()
    if _NEITHER.search(padded) or any(word in _ASKING for word in words):
        return 0, 0, words
    others: list[str] = []
    for at, word in enumerate(words):
        if word in _NO:
            no += 1
        elif word in _YES or word in _PLEASED:
            yes += not (word in _NEGATABLE and any(before in _NO for before in words[max(0, at - 2) : at]))
        elif word not in _FILLER:
            others.append(word)
    if (held and (yes or not others)) or (others and _CONDITION.search(text.lower())):
        return 0, 0, words
    return yes, no, others


def is_ordinal(word: str) -> bool:
    """Whether a folded word tells a place: «segunda», "last"."""
    return word in _ORDINALS


def is_question(text: str) -> bool:
    """Whether something is asked, rather than answered; «no, espera, cuándo era» too."""
    words = fold(text).split()
    begins = next((at for at, word in enumerate(words) if word not in _BEFORE_ASKING), 0)
    asking = _ASKS_WHAT.match(text.lower()) or any(word in _ASKING for word in words[begins : begins + 2])
    return "?" in text or bool(asking)


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
    if _CLOCK.search(fold(text)):
        spoken |= _afternoon(spoken, set().union(*titles))
    overlap = [len(spoken & title) for title in titles]
    if best := max(overlap, default=0):
        tied = [choice for choice, count in zip(options, overlap, strict=True) if count == best]
        if len({choice.title for choice in tied}) == 1:  # nobody can tell them apart
            return tied[0]
        places = [_first_said(choice.title, spoken) for choice in tied]
        return tied[places.index(min(places))] if places.count(min(places)) == 1 else None
    for word in words:
        if word in _ORDINALS and _ORDINALS[word] < len(options):
            return options[_ORDINALS[word]]
    if place := _superlative(words, options):
        return options[place - 1]
    runs = digit_runs(text, language)
    if len(runs) == 1 and len(words) <= 4 and runs[0].digits.isdigit() and 1 <= int(runs[0].digits) <= len(options):
        pronoun = words[runs[0].first] in _ONES and words[runs[0].first - 1 : runs[0].first + 1] != ["number", "one"]
        if not pronoun or not set(words) - _ONES - AROUND:  # "the cheaper one" is not the first
            return options[int(runs[0].digits) - 1]
    return None


def _superlative(words: Sequence[str], options: Sequence[Choice]) -> int:
    """Which one «la más barata», "the latest one", «la de en medio» is, from 1; 0: none."""
    said = set(words)
    prices = [_PRICE.search(choice.title) for choice in options]
    if said & _CHEAP | said & _DEAR and all(prices):
        amounts = [_cents(price[0]) for price in prices if price]
        best = min(amounts) if said & _CHEAP else max(amounts)
        return amounts.index(best) + 1 if amounts.count(best) == 1 else 0
    if said & _MIDDLE and len(options) == 3:
        return 2
    if said & _EARLIEST and not said & _LATEST:
        return 1
    return len(options) if said & _LATEST and not said & _EARLIEST else 0


def _cents(price: str) -> int:
    """«1.299,90 €», "€1,299.90", «45 €»."""
    number = re.sub(r"[^\d.,]", "", price).strip(".,")
    cents = re.search(r"[.,](\d{1,2})$", number)
    whole = re.sub(r"\D", "", number[: cents.start()] if cents else number)
    return 100 * int(whole or 0) + int(cents[1].ljust(2, "0") if cents else 0)


def naming(text: str, title: str, language: Language) -> frozenset[int]:
    """Which of the folded words of `text` say which option is meant, by its `title` or by its place."""
    words = fold(text).split()
    meant = {stem(word) for word in fold(title).split()}
    taken = {at for at, word in enumerate(words) if word in _ORDINALS or (len(word) > 2 and stem(word) in meant)}
    for run in digit_runs(text, language):
        said = range(run.first, run.last + 1)
        if run.digits in meant:
            taken |= set(said)
        taken |= {at for at in said if words[at] in meant}
    return frozenset(taken)


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


def _afternoon(spoken: set[str], offered: set[str]) -> set[str]:
    """«La de las cuatro», where only the sixteenth hour is on offer."""
    hours = {str(int(word) + 12) for word in spoken - offered if word.isdigit() and 1 <= int(word) <= 11}
    return hours & offered


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
