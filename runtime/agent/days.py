"""Days as people say them («el domingo», "tomorrow", «el 24 de diciembre») and as they are said back."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from runtime.agent import Language
from runtime.agent.numbers import Piece, pieces
from runtime.agent.words import fold, listed

When = Literal["future", "past", "any"]

_WEEKDAYS: dict[Language, list[str]] = {
    "es": listed("lunes martes miercoles jueves viernes sabado domingo"),
    "en": listed("monday tuesday wednesday thursday friday saturday sunday"),
}
_MONTHS: dict[Language, list[str]] = {
    "es": listed("enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"),
    "en": listed("january february march april may june july august september october november december"),
}
_SAID_WEEKDAYS: dict[Language, list[str]] = {
    "es": listed("lunes martes miércoles jueves viernes sábado domingo"),
    "en": listed("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
}
_RELATIVE: dict[Language, list[tuple[str, int]]] = {
    "es": [
        ("pasado manana", 2), ("antes de ayer", -2), ("anteayer", -2), ("ayer", -1), ("hoy", 0), ("ahora", 0),
        ("esta manana", 0), ("esta tarde", 0), ("esta noche", 0), ("manana", 1),
    ],
    "en": [
        ("day after tomorrow", 2), ("day before yesterday", -2), ("yesterday", -1), ("tomorrow", 1), ("today", 0),
        ("tonight", 0), ("right now", 0), ("this morning", 0), ("this afternoon", 0), ("this evening", 0),
    ],
}  # fmt: skip
_MORNING = ("por la manana", "de la manana", "a la manana")
_ORDINALS = listed(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth"
)
_CARDINALS = listed(
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty"
)
_CARDINAL = dict(zip(_ORDINALS, _CARDINALS, strict=True)) | {"thirtieth": "thirty", "primero": "uno"}
_SUFFIX = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_NEXT: dict[Language, re.Pattern[str]] = {
    "es": re.compile(r"\b(?:que viene|proxim[oa]|siguiente)\b"),
    "en": re.compile(r"\b(?:next|coming|following)\b"),
}
_WEEK_AFTER: dict[Language, re.Pattern[str]] = {
    "es": re.compile(r"\b(?:semana que viene|proxima semana|semana proxima|semana siguiente)\b"),
    "en": re.compile(r"\b(?:next week|week after|following week)\b"),
}
_IN_A_WEEK = re.compile(r"\b(?:a week (?:on |from )?(?P<on>\w+)|(?P<day>[a-z]+day) week)\b")
_AHEAD: dict[Language, re.Pattern[str]] = {
    "es": re.compile(r"\b(?:dentro de|de aqui a|en) ((?:\w+ ){0,3}?\w+) (dias?|semanas?)\b"),
    "en": re.compile(
        r"\b(?:in|within) ((?:\w+ ){0,3}?\w+) (days?|weeks?)\b"
        r"|\b((?:\w+ ){0,2}?\w+) (days?|weeks?) from (?:now|today)\b"
    ),
}
_OF_MONTH: dict[Language, list[tuple[re.Pattern[str], int]]] = {
    "es": [
        (re.compile(r"\b(?:de |d)?el (?:mes que viene|mes siguiente|mes proximo|proximo mes)\b"), 1),
        (re.compile(r"\b(?:de este mes|del mes (?:en curso|actual|corriente)|este mes)\b"), 0),
        (re.compile(r"\b(?:de |d)?el (?:mes pasado|pasado mes|mes anterior)\b"), -1),
        (re.compile(r"(?<=ultimo dia) del mes\b"), 0),
    ],
    "en": [
        (re.compile(r"\b(?:of |in )?(?:the )?(?:next|following|coming) month\b"), 1),
        (re.compile(r"\b(?:of |in )?(?:this|the current) month\b"), 0),
        (re.compile(r"\b(?:of |in )?(?:the )?(?:last|previous) month\b"), -1),
        (re.compile(r"(?<=last day) of the month\b"), 0),
    ],
}
"""How many months on."""
_LAST_DAY = re.compile(r"\b(?:ultimo dia|last day)\b")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_WRITTEN = re.compile(r"(?<![\d:.,/-])(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}|\d{2}))?(?![\d:,/-]|\.\d)")
_OF = frozenset(listed("de del of the mes"))
_YEARS = 8
"""Within so many years there is a 29 February on every weekday that is asked for, but for 1900 and 2100."""


@dataclass(frozen=True, slots=True)
class DayRead:
    """`day`, or the reason why there is none ("no_such_day", "day_gone", "day_to_come"); `taken`: folded words."""

    day: date | None
    wrong: str = ""
    taken: frozenset[int] = frozenset()


def find_day(text: str, language: Language, today: date) -> date | None:
    """The day named in `text`, in the customer's language or else in the other one; never in the past."""
    found = read_day(text, language, today)
    return found.day if found else None


def read_day(
    text: str, language: Language, today: date, when: When = "future", *, bare: bool = False
) -> DayRead | None:
    """As `find_day`, with what was wrong. `when`: on which side of today it lies. `bare`: «el cinco» is a day too."""
    if written := _written(text, language, today, when):
        return written
    for spoken in (language, _other(language)):
        if found := _Days(text, spoken, today, when, bare).read():
            return found
    return None


def _written(text: str, language: Language, today: date, when: When) -> DayRead | None:
    """2027-01-05, 5/1/2027, 5-1: day first in Spanish, month first in English where both could be."""
    if iso := _ISO.search(text):
        return _checked(_date(int(iso[1]), int(iso[2]), int(iso[3])), today, when, _covered(text, iso))
    match = _WRITTEN.search(text)
    if match is None or ("." in match.group() and not match[3]):  # 10.30 is a time or money
        return None
    first, second = int(match[1]), int(match[2])
    day, month = (second, first) if language == "en" and first <= 12 else (first, second)
    if not (1 <= month <= 12):
        day, month = month, day
    taken = _covered(text, match)
    if not match[3]:
        return _of_some_year(month, day, None, today, when, taken)
    return _checked(_date(_full_year(int(match[3]), today, when), month, day), today, when, taken)


def _covered(text: str, match: re.Match[str]) -> frozenset[int]:
    first = len(fold(text[: match.start()]).split())
    return frozenset(range(first, first + len(fold(match.group()).split())))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _full_year(year: int, today: date, when: When) -> int:
    """«del 84» is 1984 for what is past, 2084 for what is to come."""
    if year > 99:
        return year
    return 1900 + year if when == "past" and 2000 + year > today.year else 2000 + year


def _checked(day: date | None, today: date, when: When, taken: frozenset[int]) -> DayRead:
    if day is None:
        return DayRead(None, "no_such_day", taken)
    if when == "future" and day < today:
        return DayRead(None, "day_gone", taken)
    if when == "past" and day > today:
        return DayRead(None, "day_to_come", taken)
    return DayRead(day, "", taken)


def _of_some_year(month: int, day: int, weekday: int | None, today: date, when: When, taken: frozenset[int]) -> DayRead:
    """The nearest such day on the right side of today."""
    step = -1 if when == "past" else 1
    for year in range(today.year, today.year + step * (_YEARS + 1), step):
        found = _date(year, month, day)
        if found and (found <= today if when == "past" else found >= today):
            fits = weekday is None or found.weekday() == weekday
            return DayRead(found if fits else None, "" if fits else "no_such_day", taken)
    return DayRead(None, "no_such_day", taken)


class _Days:
    """Reads one language."""

    def __init__(self, text: str, language: Language, today: date, when: When, bare: bool) -> None:
        self._said = fold(text).split()
        self._language = language
        self._today = today
        self._when: When = when
        self._bare = bare
        ordinals = [word if _waits(self._said, at) else _CARDINAL.get(word, word) for at, word in enumerate(self._said)]
        plain = ordinals if language == "en" else ["uno" if word == "primero" else word for word in self._said]
        self._words = [_SUFFIX.sub(r"\1", word) if _SUFFIX.fullmatch(word) else word for word in plain]
        self._pieces = pieces(" ".join(self._words), language)
        self._weekday, self._weekday_at = self._find_weekday()

    def read(self) -> DayRead | None:
        return (
            self._dated()
            or self._numbered_month()
            or self._in_month()
            or self._ahead()
            or self._relative()
            or self._of_week()
            or self._of_month()
        )

    def _find_weekday(self) -> tuple[int | None, int]:
        names = _WEEKDAYS[self._language]
        for at, word in enumerate(self._words):
            singular = word[:-1] if word.endswith("s") and word[:-1] in names else word
            if singular in names:
                return names.index(singular), at
        return None, -1

    def _dated(self) -> DayRead | None:
        """A day of a month: «veinticuatro de diciembre de 2027», "December 24th", "the first of May"."""
        months = _MONTHS[self._language]
        for at, word in enumerate(self._words):
            name = "septiembre" if word == "setiembre" else word
            if name not in months:
                continue
            found = self._day_near(at)
            if found is None:
                continue
            month, day = months.index(name) + 1, found.value
            year, end = self._year_after(max(at, found.last) + 1)
            taken = frozenset(range(min(at, found.first), max(at, found.last, end) + 1)) | self._weekday_taken()
            return self._on(year, month, day, taken)
        return None

    def _numbered_month(self) -> DayRead | None:
        """«El cinco del once», «5 del 11 de 1984», "the fifth of the eleventh"."""
        for day, month in pairwise(self._pieces):
            before = self._words[day.first - 1] if day.first else ""
            joint = self._words[day.last + 1 : month.first]
            ordinals = all(self._words[each.last] != self._said[each.last] for each in (day, month))
            joined = joint in (["del"], ["del", "mes"]) or (joint == ["of", "the"] and ordinals)
            marked = before in ("el", "dia", "the") or self._bare
            if not joined or not marked or not (1 <= day.value <= 31 and 1 <= month.value <= 31):
                continue
            year, end = self._year_after(month.last + 1)
            taken = frozenset(range(day.first, max(month.last, end) + 1)) | self._weekday_taken()
            if month.value > 12:
                return DayRead(None, "no_such_day", taken)
            return self._on(year, month.value, day.value, taken)
        return None

    def _on(self, year: int, month: int, day: int, taken: frozenset[int]) -> DayRead:
        """`year` 0: the nearest."""
        if not year:
            return _of_some_year(month, day, self._weekday, self._today, self._when, taken)
        named = _date(_full_year(year, self._today, self._when), month, day)
        if named and self._weekday is not None and named.weekday() != self._weekday:
            named = None
        return _checked(named, self._today, self._when, taken)

    def _in_month(self) -> DayRead | None:
        """«El 28 del mes que viene», "the third of next month", «el último día de este mes»."""
        text = " ".join(self._words)
        for pattern, months in _OF_MONTH[self._language]:
            found = pattern.search(text)
            if found is None:
                continue
            span = self._span(text, found)
            year, month = divmod(self._today.year * 12 + self._today.month - 1 + months, 12)
            if last := _LAST_DAY.search(text):
                day, said = monthrange(year, month + 1)[1], self._span(text, last)
            else:
                near = [each for each in self._pieces if each.last < min(span) <= each.last + 2]
                near += [each for each in self._pieces if max(span) < each.first <= max(span) + 3]
                near = [each for each in near if 1 <= each.value <= 31]
                if not near:
                    continue
                day, said = near[0].value, frozenset(range(near[0].first, near[0].last + 1))
            return self._on(year, month + 1, day, span | said | self._weekday_taken())
        return None

    def _day_near(self, month_at: int) -> Piece | None:
        """The day's number: before the month with nothing but «de», "of" between, or right after it."""
        for each in self._pieces[::-1]:
            if each.last < month_at and set(self._words[each.last + 1 : month_at]) <= _OF and 1 <= each.value <= 31:
                return each
        after = [each for each in self._pieces if 0 < each.first - month_at <= 2 and 1 <= each.value <= 31]
        return after[0] if after else None

    def _year_after(self, at: int) -> tuple[int, int]:
        """Year and its last word: "2027", «de dos mil veintisiete», "nineteen eighty", «del 84»; (0, 0) without one."""
        start = next((each for each in self._pieces if at <= each.first <= at + 1), None)
        if start is None:
            return 0, 0
        follows = [each for each in self._pieces if each.first == start.last + 1]
        if 1900 <= start.value <= 2199:
            return start.value, start.last
        if start.value in (19, 20) and follows and follows[0].value < 100:
            second = follows[0]
            if second.value == 0:  # "twenty oh five"
                third = next((each for each in self._pieces if each.first == second.last + 1), None)
                return (start.value * 100 + third.value, third.last) if third and third.value < 10 else (0, 0)
            return start.value * 100 + second.value, second.last
        if self._words[start.first - 1] == "del" or (self._when == "past" and 32 <= start.value <= 99):
            return start.value, start.last
        return 0, 0

    def _ahead(self) -> DayRead | None:
        """«dentro de tres días», "in two weeks", "a week on Tuesday", "Tuesday week"."""
        text = " ".join(self._words)
        if self._language == "en":
            for match in _IN_A_WEEK.finditer(text):
                first = _Days(match["on"] or match["day"], "en", self._today, "future", False)
                if (day := first.read()) and day.day:
                    return DayRead(day.day + timedelta(weeks=1), "", self._span(text, match))
        found = _AHEAD[self._language].search(text)
        if found is None:
            return None
        amount, unit = (part for part in found.groups() if part)
        number = next((each.value for each in pieces(amount, self._language)), 1 if amount == "a" else None)
        if number is None or number > 400:
            return None
        days = number * (7 if unit[0] in "sw" else 1)
        return DayRead(self._today + timedelta(days=days), "", self._span(text, found))

    def _span(self, text: str, match: re.Match[str]) -> frozenset[int]:
        first = len(text[: match.start()].split())
        return frozenset(range(first, first + len(match.group().split())))

    def _relative(self) -> DayRead | None:
        padded = f" {' '.join(self._words)} "
        for morning in _MORNING if self._language == "es" else ():
            padded = padded.replace(f" {morning} ", " " + " ".join("-" * (morning.count(" ") + 1)) + " ")
        for phrase, days in _RELATIVE[self._language]:
            if f" {phrase} " in padded:
                first = len(padded[: padded.index(f" {phrase} ")].split())
                taken = frozenset(range(first, first + phrase.count(" ") + 1))
                day = self._today + timedelta(days=days)
                return _checked(day, self._today, self._when, taken)
        return None

    def _of_week(self) -> DayRead | None:
        """A weekday; with a number («el martes 24») the next such day that falls on it."""
        if self._weekday is None:
            return None
        taken = self._weekday_taken()
        near = [each for each in self._pieces if each.first - self._weekday_at in (1, 2)]
        number = next((each for each in near if self._is_day_number(each)), None)
        if number:
            return self._numbered(number.value, taken | frozenset(range(number.first, number.last + 1)))
        text = " ".join(self._words)
        monday = self._today - timedelta(days=self._today.weekday())
        if self._when == "past":
            return DayRead(self._today - timedelta(days=(self._today.weekday() - self._weekday) % 7), "", taken)
        if _WEEK_AFTER[self._language].search(text):
            return DayRead(monday + timedelta(days=7 + self._weekday), "", taken)
        upcoming = self._today + timedelta(days=(self._weekday - self._today.weekday()) % 7)
        if _NEXT[self._language].search(text):
            if self._language == "en":  # "next Friday" is the one of next week, "this Friday" or "Friday" that of this
                return DayRead(monday + timedelta(days=7 + self._weekday), "", taken)
            if upcoming == self._today:
                upcoming += timedelta(days=7)
        return DayRead(upcoming, "", taken)

    def _is_day_number(self, piece: Piece) -> bool:
        """Not the hour of «el martes a las cinco» nor of "Tuesday at five"."""
        before = self._words[piece.first - 1]
        after = self._words[piece.last + 1] if piece.last + 1 < len(self._words) else ""
        joined = piece.first == self._weekday_at + 1 or before in ("the", "dia", "el")
        return 1 <= piece.value <= 31 and joined and after not in ("am", "pm", "a", "p", "o", "horas", "y", "thirty")

    def _numbered(self, number: int, taken: frozenset[int]) -> DayRead:
        step = -1 if self._when == "past" else 1
        day = self._today
        for _ in range(366):
            if day.day == number and day.weekday() == self._weekday:
                return DayRead(day, "", taken)
            if day.day == number and abs((day - self._today).days) > 31:
                break
            day += timedelta(days=step)
        return DayRead(None, "no_such_day", taken)

    def _of_month(self) -> DayRead | None:
        """«el cinco», «el día cinco», "the fifth": in the month that comes."""
        for piece in self._pieces:
            before = self._words[piece.first - 1] if piece.first else ""
            ordinal = any(self._words[at] != self._said[at] for at in (piece.first, piece.last))
            marked = before == "dia" or (self._bare and (ordinal or before in ("el", "the")))
            if not marked or not 1 <= piece.value <= 31:
                continue
            taken = frozenset(range(piece.first, piece.last + 1))
            step = -1 if self._when == "past" else 1
            day = self._today
            while day.day != piece.value:
                day += timedelta(days=step)
            return DayRead(day, "", taken)
        return None

    def _weekday_taken(self) -> frozenset[int]:
        return frozenset({self._weekday_at}) if self._weekday is not None else frozenset()


def _waits(words: list[str], at: int) -> bool:
    """Whether the "second" of "just a second" stands at `at`."""
    return words[at] == "second" and at > 0 and words[at - 1] in ("a", "one")


def _other(language: Language) -> Language:
    return "en" if language == "es" else "es"


def names_day(word: str) -> bool:
    """Whether a folded word is part of saying a day, in either language."""
    singular = word.removesuffix("s")
    return any(
        each in _WEEKDAYS[language] + _MONTHS[language]
        or any(each in phrase.split() for phrase, _ in _RELATIVE[language])
        for language in _WEEKDAYS
        for each in (word, singular)
    )


_DAY_WORDS = frozenset(
    [*(word for language in _WEEKDAYS for word in _WEEKDAYS[language] + _MONTHS[language]),
     *listed("hoy manana ayer anteayer today tonight tomorrow yesterday")]
)  # fmt: skip


def is_day(word: str) -> bool:
    """Whether a folded word by itself says which day or month, in either language."""
    return word in _DAY_WORDS or word.removesuffix("s") in _DAY_WORDS


_FAR = 300
"""Days from which on the year is said with the day."""


def said_day(day: date, language: Language, today: date) -> str:
    """For the ear: «mañana», «el martes 24 de noviembre»; "tomorrow", "on Tuesday, November 24"."""
    near = {0: ("hoy", "today"), 1: ("mañana", "tomorrow"), -1: ("ayer", "yesterday")}
    if word := near.get((day - today).days):
        return word[language == "en"]
    weekday = _SAID_WEEKDAYS[language][day.weekday()]
    month = _MONTHS[language][day.month - 1]
    far = abs((day - today).days) > _FAR
    if language == "es":
        return f"el {weekday} {day.day} de {month}" + (f" de {day.year}" if far else "")
    return f"on {weekday}, {month.capitalize()} {day.day}" + (f", {day.year}" if far else "")


def short_day(day: date, language: Language) -> str:
    """One of a list of days near each other: «miércoles 25», "Wednesday the 25th"."""
    weekday = _SAID_WEEKDAYS[language][day.weekday()]
    if language == "es":
        return f"{weekday} {day.day}"
    ending = "th" if 10 < day.day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{weekday} the {day.day}{ending}"
