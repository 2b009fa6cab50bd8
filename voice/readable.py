"""Text as it is read aloud: times, dates, money, codes, telephone numbers, units and abbreviations in words.

Pure; Spanish and English. Small plain numbers ("3 days") stay: every engine reads them. Of two readings the safe one
is taken: five digits or more without a unit are a code, read digit by digit. Dates like 3/4/2026 are day first in
Spanish and month first in English; packs write 2026-04-03.
"""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from voice.tongues import TONGUES, Tongue

_Reader = Callable[[re.Match[str], Tongue], str | None]
"""(match in the whole text, language) → words, or None to leave the text as it is."""

_NUMBER = r"\d+(?:[.,]\d+)*"
_CLOCK = r"(?:[01]?\d|2[0-4]):[0-5]\d"
_TIME = rf"(?:{_CLOCK}(?:\s?[ap]\.?\s?m\b\.?)?|(?:1[0-2]|[1-9])\s?[ap]\.?\s?m\b\.?)"
_HOURS = r"(?:\s?(?:h|hs|hrs|horas)\b)?"
_DASH = r"\s?[-–—]\s?"
_CURRENCIES = {"eur": "€", "euro": "€", "usd": "$", "dollar": "$", "dólar": "$", "gbp": "£", "pound": "£", "libra": "£"}
_CURRENCY = r"(?:[€$£]|(?:EUR|USD|GBP|euros?|dollars?|dólar(?:es)?|pounds?|libras?)\b)"
_PICTURES = r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200D*•`~|]+"


def readable(text: str, language: str) -> str:
    """`text` for the ear. In a language other than Spanish and English it is given back as it is."""
    tongue = TONGUES.get(language)
    if tongue is None:
        return text
    pattern, readers = _rules(tongue.code)
    spoken: list[str] = []
    done = 0
    for match in pattern.finditer(text):
        words = readers[match.lastgroup or ""](match, tongue)
        if words is not None:
            spoken += (text[done : match.start()], words)
            done = match.end()
    return "".join([*spoken, text[done:]])


@lru_cache
def _rules(language: str) -> tuple[re.Pattern[str], dict[str, _Reader]]:
    """One pattern, the first alternative that fits wins, and the reader of each alternative by its name."""
    tongue = TONGUES[language]
    short = "|".join(re.escape(word) for word in sorted(tongue.short, key=len, reverse=True))
    units = "|".join(re.escape(unit) for unit in sorted(tongue.units, key=len, reverse=True))
    rules: list[tuple[str, str, _Reader]] = [
        ("address", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|\bwww\.)[\w-]+(?:[./][\w-]+)+", _address),
        ("iso", r"(?<!\d)\d{4}-\d{2}-\d{2}(?![\w-])", _date),
        ("date", r"(?<![\w/])\d{1,2}(?P<mark>[/.-])\d{1,2}(?P=mark)\d{4}(?![\w/])", _date),
        ("opening", rf"(?<![\w:]){_TIME}{_DASH}{_TIME}{_HOURS}(?![\w:])", _opening),
        ("time", rf"(?<![\w:])(?:(?i:las?)\s)?{_TIME}{_HOURS}(?![\w:])", _clock),
        ("money", rf"[-−]?(?:[€$£]\s?{_NUMBER}|(?<![\w.,]){_NUMBER}\s?{_CURRENCY})", _money),
        ("percent", rf"(?<![\w.,]){_NUMBER}\s?%", _percent),
        ("unit", rf"(?<![\w.,]){_NUMBER}\s?(?:{units})(?![\w/])", _unit),
        ("phone", r"(?<![\w.,])(?:\+\d{7,15}|(?:\+?\d{1,3}[ -])?\(?\d{2,4}\)?(?:[ -]\d{2,4}){2,4})(?![\w-])", _phone),
        ("span", rf"(?<![\w.,-])\d{{1,3}}{_DASH}\d{{1,3}}(?![\w-]|[.,]\d)", _span),
        ("code", r"(?<![\w.,])(?<!\d\s)#?(?:[A-Z]+-?)*\d[\dA-Z]*(?:-[\dA-Z]+)*(?![\w]|[.,:]\d)", _code),
        ("ordinal", r"(?<!\w)\d{1,2}\.?[ºª]", _ordinal),
        ("decimal", r"(?<![\w.,-])\d+(?:[.,]\d+)+(?![\w-])", _decimal),
        ("number_sign", r"(?i:\bno\.)(?=\s?\d)", _number_sign),
        ("street", r"\bSt\.", _street),
        ("short", rf"(?<!\w)(?i:{short})(?!\w)", _short),
        ("pictures", _PICTURES, lambda match, tongue: ""),
    ]
    alternatives = "|".join(f"(?P<{name}>{core})" for name, core, _ in rules)
    return re.compile(alternatives), {name: reader for name, _, reader in rules}


def _address(match: re.Match[str], tongue: Tongue) -> str:
    """An e-mail or web address."""
    bare = re.sub(r"^https?://|^www\.|(?<=//)www\.", "", match.group())
    for sign, word in (
        ("@", tongue.at),
        (".", tongue.dot),
        ("/", tongue.slash),
        ("-", tongue.dash),
        ("_", tongue.dash),
    ):
        bare = bare.replace(sign, f" {word} ")
    return " ".join(bare.split())


def _date(match: re.Match[str], tongue: Tongue) -> str | None:
    parts = [int(part) for part in re.split(r"\D", match.group())]
    if parts[0] > 31:
        year, month, day = parts
    elif tongue.day_first or parts[0] > 12:
        day, month, year = parts
    else:
        month, day, year = parts
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    name = tongue.months[month - 1]
    if tongue.code == "es":
        return f"{_number_word(day, tongue)} de {name} de {_number_word(year, tongue)}"
    return f"{name} {_number_word(day, tongue, 'ordinal')}, {_number_word(year, tongue, 'year')}"


def _opening(match: re.Match[str], tongue: Tongue) -> str | None:
    """From one time to another: the part of the day is said once when it is the same."""
    opens, closes = (_parsed(time) for time in re.findall(_TIME, match.group()))
    if opens is None or closes is None:
        return None
    first, last = _part_of_day(opens, tongue), _part_of_day(closes, tongue)
    start = _hour(opens, tongue, article=False) + (f" {first}" if first != last else "")
    end = f"{_hour(closes, tongue, article=False)} {last}"
    before = match.string[: match.start()].rstrip().lower()
    led = before.endswith(tongue.from_words)
    return f"{'' if led else tongue.from_words[0] + ' '}{start} {tongue.to} {end}".replace("  ", " ")


def _clock(match: re.Match[str], tongue: Tongue) -> str | None:
    """A time; the part of the day is said from noon on and where a. m. or p. m. is written."""
    article, clock = re.fullmatch(r"(\D*)(.*)", match.group()).groups()  # type: ignore[union-attr]
    time = _parsed(clock)
    if time is None:
        return None
    before, after = match.string[: match.start()].rstrip().lower(), match.string[match.end() :]
    bare = not article and re.search(r"\b(?:de|desde|a|hasta|y|entre)$", before)
    words = _hour(time, tongue, article=not bare)
    if article[:1].isupper():
        words = words[0].upper() + words[1:]
    marked = re.search(r"[ap]\.?\s?m", clock)
    if (marked or not 0 < time[0] < 12) and not re.match(r"\s*(?:de la|del|por la|in the|at night)\b", after):
        words += f" {_part_of_day(time, tongue)}"
    elif time[1] == 0:
        words += tongue.sharp
    return words.rstrip() + _stop(match)


def _parsed(time: str) -> tuple[int, int] | None:
    """Hour 0-23 and minute."""
    found = re.match(r"(\d{1,2})(?::(\d{2}))?\s?([ap])?", time)
    if found is None:
        return None
    hour, minute, half = int(found[1]), int(found[2] or 0), found[3]
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return hour % 24, minute


def _hour(time: tuple[int, int], tongue: Tongue, article: bool) -> str:
    hour, minute = time[0] % 12 or 12, time[1]
    if tongue.code == "en":
        word = _count(hour, tongue)
        return word + (
            f" oh {_count(minute, tongue)}" if 0 < minute < 10 else f" {_count(minute, tongue)}" if minute else ""
        )
    word = _count(hour, tongue, feminine=True)
    lead = ("la " if hour == 1 else "las ") if article else ""
    quarter = {0: "", 15: " y cuarto", 30: " y media"}
    return lead + word + quarter.get(minute, f" y {_number_word(minute, tongue)}")


def _part_of_day(time: tuple[int, int], tongue: Tongue) -> str:
    return next(words for until, words in tongue.day_parts if time < until)


def _money(match: re.Match[str], tongue: Tongue) -> str | None:
    written = match.group().lstrip("-−")
    value = _value(re.search(_NUMBER, written)[0], tongue)  # type: ignore[index]
    name = re.sub(rf"\s|{_NUMBER}", "", written).lower()
    sign = next((sign for start, sign in _CURRENCIES.items() if name.startswith(start)), name)
    if value is None:
        return None
    one, many, hundredth, hundredths, feminine = tongue.money[sign]
    whole, cents = int(value), int(value * 100) % 100
    if value * 100 != int(value * 100):
        words = f"{_said(value, tongue)} {many}"
    else:
        joint = "de " if _millions(whole, tongue) else ""
        words = f"{_count(whole, tongue, feminine)} {joint}{one if whole == 1 else many}"
        small = f"{_count(cents, tongue)} {hundredth if cents == 1 else hundredths}"
        words = words if not cents else small if not whole else f"{words} {tongue.and_cents} {small}"
    return f"{tongue.minus} {words}" if written != match.group() else words


def _percent(match: re.Match[str], tongue: Tongue) -> str | None:
    value = _value(match.group().rstrip("% \u00a0"), tongue)
    return None if value is None else f"{_said(value, tongue)} {tongue.percent}"


def _unit(match: re.Match[str], tongue: Tongue) -> str | None:
    number = re.match(_NUMBER, match.group())[0]  # type: ignore[index]
    value = _value(number, tongue)
    if value is None:
        return None
    one, many = tongue.units[match.group()[len(number) :].strip()]
    if value == 1:
        return f"{_count(1, tongue, feminine=one.endswith('a'))} {one}"
    return f"{_said(value, tongue)} {many}"


def _phone(match: re.Match[str], tongue: Tongue) -> str | None:
    digits = re.sub(r"\D", "", match.group())
    if len(digits) < 7:
        return None
    groups = re.findall(r"\d+", match.group())
    groups = _grouped(digits) if len(groups) == 1 else groups
    lead = f"{tongue.plus} " if "+" in match.group() else ""
    return lead + ", ".join(_digits(group, tongue) for group in groups)


def _code(match: re.Match[str], tongue: Tongue) -> str | None:
    """A number that names something: it has letters, or five digits, or a zero in front, or a word that says so."""
    written = match.group().lstrip("#")
    digits = sum(letter.isdigit() for letter in written)
    named = re.search(
        rf"\b(?:{tongue.marks})(?:[\s:]|{tongue.marks}|es|is)*$", match.string[: match.start()], re.IGNORECASE
    )
    if not (
        match.group().startswith("#")
        or (digits >= 3 and (named or not written.isdigit()))
        or digits >= 5
        or (digits >= 2 and written.startswith("0"))
    ):
        return None
    runs = [_grouped(run) if run.isdigit() else [run] for run in re.findall(r"\d+|[A-Z]+", written)]
    return ", ".join(_digits(group, tongue) if group.isdigit() else " ".join(group) for run in runs for group in run)


def _span(match: re.Match[str], tongue: Tongue) -> str:
    low, high = re.findall(r"\d+", match.group())
    return f"{low} {tongue.to} {high}"


def _ordinal(match: re.Match[str], tongue: Tongue) -> str | None:
    if tongue.code != "es":
        return None
    word = _number_word(int(re.sub(r"\D", "", match.group())), tongue, "ordinal")
    return re.sub(r"o\b", "a", word) if match.group().endswith("ª") else word


def _decimal(match: re.Match[str], tongue: Tongue) -> str | None:
    value = _value(match.group(), tongue)
    return None if value is None else _said(value, tongue)


def _number_sign(match: re.Match[str], tongue: Tongue) -> str | None:
    return "number" if tongue.code == "en" else None


def _street(match: re.Match[str], tongue: Tongue) -> str | None:
    if tongue.code != "en":
        return None
    named = re.search(r"\b[A-Z]\w*\s$", match.string[: match.start()])
    return "Street" + _stop(match) if named else "Saint"


def _short(match: re.Match[str], tongue: Tongue) -> str:
    word = tongue.short[" ".join(match.group().lower().split())]
    return (word[0].upper() + word[1:] if match.group()[0].isupper() else word) + (
        _stop(match) if word in tongue.closing else ""
    )


def _stop(match: re.Match[str]) -> str:
    """The full stop that an abbreviation shares with its sentence."""
    after = match.string[match.end() :].lstrip(" )\"'»”")
    return "." if match.group().endswith(".") and (not after or after[0].isupper() or after[0] in "¿¡") else ""


def _value(written: str, tongue: Tongue) -> Decimal | None:
    """A number with separators; the language decides where it could be read in two ways. None: no number at all."""
    separators = re.findall(r"[.,]", written)
    if len(set(separators)) == 2:
        thousands, point = separators[0], separators[-1]
    elif len(separators) > 1 or (separators and re.search(rf"[{tongue.thousands}]\d{{3}}$", written)):
        thousands, point = separators[0], ""
    else:
        thousands, point = "", "".join(separators)
    whole, _, fraction = written.rpartition(point) if point else (written, "", "")
    if thousands and not re.fullmatch(rf"\d{{1,3}}(?:\{thousands}\d{{3}})+", whole):
        return None
    try:
        return Decimal(f"{whole.replace(thousands, '') if thousands else whole}.{fraction or 0}")
    except InvalidOperation:
        return None


def _said(value: Decimal, tongue: Tongue) -> str:
    """A number in words: «doce coma cincuenta», "twelve point five zero"."""
    whole, _, fraction = f"{value:f}".partition(".")
    words = _count(int(whole), tongue) if int(whole) != 1 else _number_word(1, tongue)
    if not fraction.strip("0") and value == int(value):
        return words
    if tongue.code == "es" and len(fraction) <= 2 and fraction[0] != "0":
        return f"{words} {tongue.point} {_number_word(int(fraction), tongue)}"
    return f"{words} {tongue.point} {_digits(fraction, tongue)}"


def _count(number: int, tongue: Tongue, feminine: bool = False) -> str:
    """A cardinal before a noun: «un», «veintiún», «treinta y una»."""
    words = _number_word(number, tongue)
    if tongue.code == "es" and words.endswith("uno"):
        return words[:-1] + "a" if feminine else words[:-3] + ("ún" if words.endswith("veintiuno") else "un")
    return words


def _number_word(number: int, tongue: Tongue, kind: str = "cardinal") -> str:
    from num2words import num2words

    return str(num2words(number, lang=tongue.code, to=kind)).replace("-", " " if kind == "cardinal" else "-")


def _millions(number: int, tongue: Tongue) -> bool:
    """«un millón de euros»."""
    return tongue.code == "es" and number > 0 and number % 1_000_000 == 0


def _digits(digits: str, tongue: Tongue) -> str:
    return " ".join(tongue.digits[int(digit)] for digit in digits)


def _grouped(digits: str) -> list[str]:
    """Groups of three; a lone last digit takes one from the group before it. Four stay together."""
    if len(digits) <= 4:
        return [digits]
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    if len(groups[-1]) == 1:
        groups[-2:] = [groups[-2][:2], groups[-2][2] + groups[-1]]
    return groups
