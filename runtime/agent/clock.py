"""Times of day as people say them («a las cinco y media», "half past five", "5 pm"), and parts of the day."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from runtime.agent import Language
from runtime.agent.days import names_day, said_day
from runtime.agent.numbers import Piece, pieces
from runtime.agent.words import fold, listed

Part = Literal["morning", "afternoon", "evening"]

_WRITTEN = re.compile(
    r"(?<![\d.,:/-])([01]?\d|2[0-4])(?:[:.h]([0-5]\d)|\s?h\b)(?!\d|[.,:/-]\d|\s?(?:€|euro))", re.IGNORECASE
)
_TWELVE = re.compile(r"(?<![\d:])(1[0-2]|0?[1-9])\s?([ap])\.?\s?m\b\.?", re.IGNORECASE)
_PARTS: dict[Language, list[tuple[Part, str]]] = {
    "es": [
        ("afternoon", r"(?:del|al|a) mediodia"), ("morning", r"(?:de|por|a) la manana|esta manana|primera hora"),
        ("afternoon", r"(?:de|por|a) la tarde|esta tarde|tardes?"),
        ("evening", r"(?:de|por|a) la noche|esta noche|ultima hora"), ("morning", r"de la madrugada|de madrugada"),
    ],
    "en": [
        ("morning", r"(?:in the |this )?mornings?|a m|am"), ("afternoon", r"(?:in the |this )?afternoons?|p m|pm"),
        ("evening", r"(?:in the |this )?evenings?|at night|tonight"),
    ],
}  # fmt: skip
_LEAD = frozenset({"at", "by", "around", "about", "las", "la"})
_OF_DAY = frozenset(listed("el dia del the"))
_STRETCH = frozenset(listed("minuto minutos minute minutes dias days semanas weeks"))
_NO_THINGS = frozenset(
    listed(
        "horas minutos minutes gracias thanks somos seremos vamos iremos estamos queremos podemos entonces despues pues"
        " menos antes always perhaps quizas please cuartos quarters"
    )
)
"""Words in -s after a number that are not what it counts."""
_EITHER: dict[Language, re.Pattern[str]] = {
    "es": re.compile(
        r"\bentre (?:las?|el) .+ y las? |\blas? (?:\w+ ){1,4}[ou] (?:a )?las? |\bde \w+ a \w+(?: (?:de|por) la|$)"
    ),
    "en": re.compile(r"\bbetween .+ and |\bat (?:\w+ ){1,4}or (?:at )?|\bfrom \w+ (?:to|till|until) \w+"),
}
"""«Entre las cinco y las seis», "at five or at six": no one time."""
_NAMED: dict[Language, list[tuple[str, str]]] = {
    "es": [("a mediodia", "12:00"), ("al mediodia", "12:00"), ("a medianoche", "00:00"), ("mediodia", "12:00"),
           ("medianoche", "00:00")],
    "en": [("noon", "12:00"), ("midday", "12:00"), ("midnight", "00:00")],
}  # fmt: skip
_OFFICE = 8
"""An hour below this without a part of the day is in the afternoon: «a las cinco» at a counter is 17:00."""


@dataclass(frozen=True, slots=True)
class TimeRead:
    """`time` as HH:MM; `taken`: folded words; `marked`: it can be nothing but a time, not just a number."""

    time: str
    taken: frozenset[int]
    marked: bool = True


def read_time(text: str, language: Language, *, bare: bool = False) -> TimeRead | None:
    """The time named in `text`, in the customer's language or else in the other one. `bare`: «cinco» is one too."""
    if written := _written(text):
        return written
    for spoken in (language, _other(language)):
        if found := _Clock(text, spoken, bare and spoken == language).read():
            return found
    return None


def read_part(text: str, language: Language) -> tuple[Part, frozenset[int]] | None:
    """The part of the day that is named, and the words that name it."""
    folded = fold(text)
    for spoken in (language, _other(language)):
        for part, pattern in _PARTS[spoken]:
            if match := re.search(rf"\b(?:{pattern})\b", folded):
                return part, _span(folded, match)
    return None


def _span(folded: str, match: re.Match[str]) -> frozenset[int]:
    first = len(folded[: match.start()].split())
    return frozenset(range(first, first + len(match.group().split())))


def _written(text: str) -> TimeRead | None:
    """17:30, 17.30, 17h, 5:30 pm, 5pm."""
    folded = fold(text)
    part = next((read for spoken in _PARTS if (read := read_part(text, spoken))), None)
    if (match := _WRITTEN.search(text)) and int(match[1]) <= 24:
        first = len(fold(text[: match.start()]).split())
        taken = frozenset(range(first, first + len(fold(match.group()).split())))
        hour, minute = int(match[1]) % 24, int(match[2] or 0)
        if part and hour <= 12:
            hour = _in_part(hour, part[0], folded)
        elif not part and len(match[1]) == 1 and 0 < hour < _OFFICE:
            hour += 12
        return TimeRead(f"{hour:02d}:{minute:02d}", taken | (part[1] if part else frozenset()))
    if match := _TWELVE.search(text):
        first = len(fold(text[: match.start()]).split())
        taken = frozenset(range(first, first + len(fold(match.group()).split())))
        hour = int(match[1]) % 12 + (12 if match[2].lower() == "p" else 0)
        return TimeRead(f"{hour:02d}:00", taken)
    return None


def _other(language: Language) -> Language:
    return "en" if language == "es" else "es"


def _in_part(hour: int, part: Part, folded: str) -> int:
    """An hour of the twelve, in a part of the day."""
    hour %= 12
    match part:
        case "morning":
            return hour if hour or "madrugada" in folded or not re.search(r"manana|morning", folded) else 12
        case "afternoon":
            return hour + 12
        case "evening":
            return hour + 12 if hour >= 5 else hour


class _Clock:
    """Reads one language."""

    def __init__(self, text: str, language: Language, bare: bool) -> None:
        self._folded = re.sub(r"\bo clock\b", "of clock", fold(text))  # that "o" is no zero
        self._words = self._folded.split()
        self._language = language
        self._bare = bare
        self._pieces = pieces(self._folded, language)
        self._part = read_part(text, language)

    def read(self) -> TimeRead | None:
        for name, time in _NAMED[self._language]:
            match = re.search(rf"\b{name}\b", self._folded)
            if match and not re.search(rf"\b(?:del|doce|twelve|la|las) (?:\w+ )?{name}\b", self._folded):
                return TimeRead(time, _span(self._folded, match))
        if _EITHER[self._language].search(self._folded) and len(self._pieces) > 1:
            return None
        return self._spanish() if self._language == "es" else self._english()

    def _spanish(self) -> TimeRead | None:
        if to := self._quarter_to():
            return to
        hours = [hour for hour in self._pieces if hour.value <= 24 and self._is_hour(hour)]
        hours += [hour for hour in self._pieces if self._is_twenty_and(hour)]
        for hour in sorted(hours, key=lambda each: (not self._is_led(each), each.first)):
            if self._is_twenty_and(hour):  # «las veinte y cinco»
                return self._found(20, hour.value - 20, self._range(hour.first, hour.last))
            after = hour.last + 1
            joint, following = self._word(after), self._word(after + 1)
            minute, end = 0, hour.last
            if joint in ("y", "menos") and following in ("media", "cuarto"):
                minute, end = (30 if following == "media" else 15), after + 1
            elif joint in ("y", "menos", "con") and (number := self._piece(after + 1)) and not self._counts(number):
                minute, end = self._quarters(number)
            elif (number := self._piece(after)) and not self._counts(number):
                if number.value >= 10:
                    minute, end = number.value, number.last
                elif number.value == 0 and (unit := self._piece(number.last + 1)) and unit.value < 10:  # «cero cinco»
                    minute, end = unit.value, unit.last
            if minute > 59:
                minute, end = 0, hour.last
            if joint == "menos" and minute:
                return self._found(hour.value - 1 or 12, 60 - minute, self._range(hour.first, end))
            return self._found(hour.value, minute, self._range(hour.first, end))
        return None

    def _quarter_to(self) -> TimeRead | None:
        """«Un cuarto para las siete», as in America. Numbers are none: «una mesa de cuatro para las siete»."""
        for hour in self._pieces:
            said = [self._word(at) for at in range(hour.first - 3, hour.first)]
            if said[:2] == ["cuarto", "para"] and said[2] in ("las", "la") and 1 <= hour.value <= 12:
                return self._found(hour.value - 1 or 12, 45, self._range(hour.first - 3, hour.last))
        return None

    def _is_twenty_and(self, hour: Piece) -> bool:
        return hour.last - hour.first == 2 and 20 < hour.value < 30 and self._is_hour(hour)

    def _quarters(self, number: Piece) -> tuple[int, int]:
        """Minutes and their last word: «tres cuartos» are 45."""
        if number.value == 3 and self._word(number.last + 1) in ("cuartos", "quarters"):
            return 45, number.last + 1
        return number.value, number.last

    def _counts(self, number: Piece) -> bool:
        """Whether it counts things, and no minutes: the second six of «a las seis y seis personas»."""
        after = self._word(number.last + 1)
        return after == "people" or (len(after) > 3 and after.endswith("s") and after not in _NO_THINGS
                                     and not names_day(after) and self._piece(number.last + 1) is None)  # fmt: skip

    def _english(self) -> TimeRead | None:
        for at, word in enumerate(self._words):
            if word not in ("past", "to", "half"):
                continue
            hour = self._piece(at + 1)
            if hour is None or not 1 <= hour.value <= 12:
                continue
            before = self._word(at - 1) if self._word(at - 1) != "minutes" else self._word(at - 2)
            counted = next((each.value for each in self._pieces if each.last in (at - 1, at - 2)), 0)
            minute = {"half": 30, "quarter": 15, "quarters": 45}.get(before, counted)
            first = at - (2 if self._word(at - 1) in ("minutes", "quarters") else 1)
            if word == "half":  # "half five"
                return self._found(hour.value, 30, frozenset(range(at, hour.last + 1)))
            if not 1 <= minute <= 59:
                continue
            taken = frozenset(range(max(0, first), hour.last + 1))
            if word == "past":
                return self._found(hour.value, minute, taken)
            return self._found(hour.value - 1 or 12, 60 - minute, taken)
        hours = [hour for hour in self._pieces if hour.value <= 24 and self._is_hour(hour)]
        for hour in sorted(hours, key=lambda each: (not self._is_led(each), each.first)):
            minute, end = 0, hour.last
            if (number := self._piece(hour.last + 1)) and not self._counts(number):
                if number.value == 0 and (unit := self._piece(number.last + 1)) and unit.value < 10:  # "five oh five"
                    minute, end = unit.value, unit.last
                elif 10 <= number.value <= 59:
                    minute, end = number.value, number.last
            return self._found(hour.value, minute, self._range(hour.first, end))
        return None

    def _is_hour(self, piece: Piece) -> bool:
        """Said as an hour, or nothing else is: but for «el seis», a day, and «diez minutos»."""
        if self._is_marked(piece):
            return True
        before, after = self._word(piece.first - 1), self._word(piece.last + 1)
        return self._bare and before not in _OF_DAY and after not in _STRETCH and not self._counts(piece)

    def _is_marked(self, piece: Piece) -> bool:
        """Whether it is said as an hour: after «las» or "at", before «y media», "o'clock", a part of the day."""
        after, second = self._word(piece.last + 1), self._word(piece.last + 2)
        if self._language == "es":
            marked = after == "horas" or (after in ("y", "menos") and second in ("media", "cuarto"))
        else:
            marked = after in ("am", "pm") or (after, second) == ("of", "clock")
        minute = self._piece(piece.last + 1)
        end = minute.last if minute else piece.last
        in_part = self._part is not None and end + 1 in self._part[1]
        return self._is_led(piece) or marked or in_part

    def _is_led(self, piece: Piece) -> bool:
        """Whether «las» or "at" stands before it."""
        before = self._word(piece.first - 1)
        if self._language == "es":
            return before == "las" or (before == "la" and piece.value == 1)
        return before in _LEAD

    def _found(self, hour: int, minute: int, taken: frozenset[int]) -> TimeRead:
        part = self._part
        if part:
            taken |= part[1]
            if hour <= 12:
                hour = _in_part(hour, part[0], self._folded)
        elif 0 < hour < _OFFICE:
            hour += 12
        marked = part is not None or len(taken) > 1 or any(self._word(at - 1) in _LEAD for at in taken)
        return TimeRead(f"{hour % 24:02d}:{minute:02d}", taken, marked)

    def _range(self, first: int, last: int) -> frozenset[int]:
        return frozenset(range(first, last + 1))

    def _piece(self, at: int) -> Piece | None:
        return next((each for each in self._pieces if each.first == at), None)

    def _word(self, at: int) -> str:
        return self._words[at] if 0 <= at < len(self._words) else ""


_SAID_PARTS: dict[Language, dict[str, str]] = {
    "es": {"morning": "por la mañana", "afternoon": "por la tarde", "evening": "por la noche"},
    "en": {"morning": "in the morning", "afternoon": "in the afternoon", "evening": "in the evening"},
}


def said_time(time: str, language: Language) -> str:
    """HH:MM for the ear, so that it is understood as it is meant: 7:30 is said «7:30 de la mañana»."""
    hour = int(time[:2])
    early = 0 < hour < _OFFICE
    part = ("de la madrugada" if hour < 6 else "de la mañana") if language == "es" else "in the morning"
    return f"{hour}{time[2:]}" + (f" {part}" if early else "")


def said_moment(moment: str, language: Language, today: date) -> str:
    """A day and a time or a part of the day, or one of them: «el martes 1 de diciembre por la tarde»."""
    day, time = halves(moment)
    said = [said_day(date.fromisoformat(day), language, today)] if day else []
    if time in _SAID_PARTS[language]:
        said.append(_SAID_PARTS[language][time])
    elif time:
        at = "at" if language == "en" else "a la" if time.startswith(("01", "13")) else "a las"
        said.append(f"{at} {said_time(time, language)}")
    return " ".join(said)


def halves(moment: str) -> tuple[str, str]:
    """(day, time) of a moment, of which one may be missing."""
    first, _, second = moment.partition(" ")
    return (first, second) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", first) else ("", first)
