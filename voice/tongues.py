"""The words with which a language reads numbers, money, units and abbreviations: Spanish and English."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tongue:
    """What one language says."""

    code: str
    digits: tuple[str, ...]
    thousands: str
    point: str
    minus: str
    plus: str
    percent: str
    to: str
    from_words: tuple[str, ...]
    sharp: str
    """After a full hour with no part of the day."""
    day_parts: tuple[tuple[tuple[int, int], str], ...]
    """Until (hour, minute), what the part of the day is called."""
    months: tuple[str, ...]
    day_first: bool
    and_cents: str
    at: str
    dot: str
    slash: str
    dash: str
    money: dict[str, tuple[str, str, str, str, bool]]
    """Sign → one, many, one hundredth, many hundredths, feminine."""
    units: dict[str, tuple[str, str]]
    marks: str
    """Words after which three or more digits are a code, as alternatives of a regular expression."""
    short: dict[str, str]
    """Abbreviation → word."""
    closing: tuple[str, ...]
    """Words of these that may end a sentence."""


_ES = Tongue(
    code="es",
    digits=("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    thousands=".",
    point="coma",
    minus="menos",
    plus="más",
    percent="por ciento",
    to="a",
    from_words=("de", "desde", "entre"),
    sharp="",
    day_parts=(
        ((1, 0), "de la noche"),
        ((6, 0), "de la madrugada"),
        ((12, 0), "de la mañana"),
        ((13, 0), "del mediodía"),
        ((21, 0), "de la tarde"),
        ((24, 0), "de la noche"),
    ),
    months=(
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    day_first=True,
    and_cents="con",
    at="arroba",
    dot="punto",
    slash="barra",
    dash="guion",
    money={
        "€": ("euro", "euros", "céntimo", "céntimos", False),
        "$": ("dólar", "dólares", "centavo", "centavos", False),
        "£": ("libra", "libras", "penique", "peniques", True),
    },
    units={
        "kg": ("kilo", "kilos"),
        "g": ("gramo", "gramos"),
        "km/h": ("kilómetro por hora", "kilómetros por hora"),
        "km": ("kilómetro", "kilómetros"),
        "m": ("metro", "metros"),
        "cm": ("centímetro", "centímetros"),
        "mm": ("milímetro", "milímetros"),
        "l": ("litro", "litros"),
        "ml": ("mililitro", "mililitros"),
        "min": ("minuto", "minutos"),
        "h": ("hora", "horas"),
    },
    marks=r"pedidos?|n[úu]mero|n\.?\s?º|código|referencia|ticket|tique|factura|pin|localizador",
    short={
        "av.": "avenida",
        "avda.": "avenida",
        "c/": "calle",
        "ctra.": "carretera",
        "pza.": "plaza",
        "sr.": "señor",
        "sra.": "señora",
        "srta.": "señorita",
        "sres.": "señores",
        "dr.": "doctor",
        "dra.": "doctora",
        "dña.": "doña",
        "ud.": "usted",
        "uds.": "ustedes",
        "tel.": "teléfono",
        "tfno.": "teléfono",
        "núm.": "número",
        "n.º": "número",
        "nº": "número",
        "aprox.": "aproximadamente",
        "p. ej.": "por ejemplo",
        "máx.": "máximo",
        "mín.": "mínimo",
        "ee. uu.": "Estados Unidos",
        "etc.": "etcétera",
        "&": "y",
    },
    closing=("etcétera", "Estados Unidos", "usted", "ustedes"),
)

_EN = Tongue(
    code="en",
    digits=("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    thousands=",",
    point="point",
    minus="minus",
    plus="plus",
    percent="percent",
    to="to",
    from_words=("from", "between"),
    sharp=" o'clock",
    day_parts=(
        ((1, 0), "at night"),
        ((12, 0), "in the morning"),
        ((12, 1), "noon"),
        ((18, 0), "in the afternoon"),
        ((24, 0), "in the evening"),
    ),
    months=(
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
    day_first=False,
    and_cents="and",
    at="at",
    dot="dot",
    slash="slash",
    dash="dash",
    money={
        "€": ("euro", "euros", "cent", "cents", False),
        "$": ("dollar", "dollars", "cent", "cents", False),
        "£": ("pound", "pounds", "penny", "pence", False),
    },
    units={
        "kg": ("kilo", "kilos"),
        "g": ("gram", "grams"),
        "km/h": ("kilometre an hour", "kilometres an hour"),
        "km": ("kilometre", "kilometres"),
        "m": ("metre", "metres"),
        "cm": ("centimetre", "centimetres"),
        "mm": ("millimetre", "millimetres"),
        "l": ("litre", "litres"),
        "ml": ("millilitre", "millilitres"),
        "min": ("minute", "minutes"),
        "h": ("hour", "hours"),
    },
    marks=r"orders?|number|no\.|code|reference|ticket|invoice|pin",
    short={
        "mr.": "mister",
        "mrs.": "missus",
        "ms.": "miz",
        "dr.": "doctor",
        "ave.": "avenue",
        "rd.": "road",
        "blvd.": "boulevard",
        "tel.": "telephone",
        "ext.": "extension",
        "approx.": "approximately",
        "e.g.": "for example",
        "i.e.": "that is",
        "vs.": "versus",
        "etc.": "et cetera",
        "&": "and",
    },
    closing=("et cetera", "avenue", "road", "boulevard"),
)

TONGUES = {tongue.code: tongue for tongue in (_ES, _EN)}
