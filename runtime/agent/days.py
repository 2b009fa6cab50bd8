"""Days as people say them («el domingo», "tomorrow", «el 24 de diciembre») and as they are said back."""

from datetime import date, timedelta

from runtime.agent import Language
from runtime.agent.numbers import digit_runs
from runtime.agent.words import fold, listed

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
    "es": [("pasado manana", 2), ("hoy", 0), ("ahora", 0), ("esta tarde", 0), ("esta noche", 0), ("manana", 1)],
    "en": [
        ("day after tomorrow", 2), ("tomorrow", 1), ("today", 0), ("tonight", 0), ("right now", 0),
        ("this afternoon", 0), ("this evening", 0),
    ],
}  # fmt: skip
_MORNING = ("por la manana", "de la manana", "esta manana")
_CARDINAL = {
    "first": "one", "second": "two", "third": "three", "fifth": "five", "eighth": "eight", "ninth": "nine",
    "twelfth": "twelve", "twentieth": "twenty", "thirtieth": "thirty", "primero": "uno", "1st": "1", "2nd": "2",
    "3rd": "3",
}  # fmt: skip


def find_day(text: str, language: Language, today: date) -> date | None:
    """The day named in `text`, in the customer's language or else in the other one; never in the past."""
    for spoken in (language, _other(language)):
        if found := _find(fold(text), spoken, today):
            return found
    return None


def _find(text: str, language: Language, today: date) -> date | None:
    words = text.split()
    if dated := _dated(words, language, today):
        return dated
    padded = f" {text} "
    for morning in _MORNING:
        padded = padded.replace(f" {morning} ", " ")
    for phrase, days in _RELATIVE[language]:
        if f" {phrase} " in padded:
            return today + timedelta(days=days)
    for word in words:
        singular = word[:-1] if word.endswith("s") and word[:-1] in _WEEKDAYS[language] + ["sabado"] else word
        if singular in _WEEKDAYS[language]:
            return today + timedelta(days=(_WEEKDAYS[language].index(singular) - today.weekday()) % 7)
    return None


def _dated(words: list[str], language: Language, today: date) -> date | None:
    """A day of a month: «veinticuatro de diciembre», "December 24th", "the first of May"."""
    months = _MONTHS[language]
    for at, word in enumerate(words):
        if word not in months or (word in ("may", "march") and len(words) == 1):
            continue
        near = words[max(0, at - 4) : at] + words[at + 1 : at + 3]
        number = _day_number(" ".join(near), language)
        if number is None:
            continue
        month = months.index(word) + 1
        for year in (today.year, today.year + 1):
            try:
                day = date(year, month, number)
            except ValueError:
                return None
            if day >= today:
                return day
    return None


def _day_number(text: str, language: Language) -> int | None:
    words = [_CARDINAL.get(word) or (word[:-2] if word.endswith(("th", "st", "nd", "rd")) else word)
             for word in text.split()]  # fmt: skip
    for run in digit_runs(" ".join(words), language):
        if 1 <= int(run.digits) <= 31:
            return int(run.digits)
    return None


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


def said_day(day: date, language: Language, today: date) -> str:
    """For the ear: «mañana», «el martes 24 de noviembre»; "tomorrow", "on Tuesday, November 24"."""
    near = {0: ("hoy", "today"), 1: ("mañana", "tomorrow"), -1: ("ayer", "yesterday")}
    if word := near.get((day - today).days):
        return word[language == "en"]
    weekday = _SAID_WEEKDAYS[language][day.weekday()]
    month = _MONTHS[language][day.month - 1]
    if language == "es":
        return f"el {weekday} {day.day} de {month}"
    return f"on {weekday}, {month.capitalize()} {day.day}"


def short_day(day: date, language: Language) -> str:
    """One of a list of days near each other: «miércoles 25», "Wednesday the 25th"."""
    weekday = _SAID_WEEKDAYS[language][day.weekday()]
    if language == "es":
        return f"{weekday} {day.day}"
    ending = "th" if 10 < day.day < 20 else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{weekday} the {day.day}{ending}"
