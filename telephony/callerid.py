"""Who calls and what was dialled, out of a request's head. Pure. Names and numbers are personal data."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from telephony.head import Head, split, unquoted

NAME_LONGEST = 80
"""Letters that are kept of a display name."""
E164_LONGEST = 15
"""Digits, country code included (ITU-T E.164 section 6)."""
NATIONAL_SHORTEST = 9
"""Digits below which a number without a country code is an extension or a short code, and stays as it is."""

_ANONYMOUS = "anonymous"
_HIDING = frozenset({"id", "user", "header"})
"""Values of Privacy that withhold who calls: RFC 3323 section 4.2, RFC 3325 section 9.3."""
_SEPARATORS = re.compile(r"[\s().\-]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_DIALLED = re.compile(r"\+?[0-9*#]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Party:
    """One address. `user`: what stands before the @, or a telephone number; `host` is empty for a tel: URI."""

    name: str
    user: str
    host: str


@dataclass(frozen=True, slots=True)
class Caller:
    """`number`: E.164 ("+34911234567") where it can be told, else the user part; "" when not given or withheld.
    `asserted`: a network that we trust says so (RFC 3325); without it the caller may have written anything."""

    number: str = ""
    name: str = ""
    withheld: bool = False
    asserted: bool = False


def caller(head: Head, country: str, *, trusted: bool) -> Caller:
    """Who calls. `country`: calling code of here ("34"); `trusted`: the source may assert identities."""
    asserted = _asserted(head) if trusted else None
    said = party(head.value("from"))
    who = asserted or said
    wishes = {wish.strip().lower() for value in head.values("privacy") for wish in re.split("[;,]", value)}
    anonymous = said is not None and _ANONYMOUS in (said.user.lower(), said.host.lower().partition(".")[0])
    if wishes & _HIDING or (anonymous and asserted is None):
        return Caller(withheld=True, asserted=asserted is not None)
    if who is None:
        return Caller()
    name = who.name or (said.name if said and not anonymous else "")
    return Caller(e164(who.user, country), name, asserted=asserted is not None)


def called(head: Head, country: str) -> tuple[str, ...]:
    """What was dialled, most telling first: the request URI, then To. Trunks put the number into either."""
    parties = party(head.uri), party(head.value("to"))
    numbers = [e164(one.user, country) for one in parties if one is not None and one.user]
    return tuple(dict.fromkeys(numbers))


def party(text: str) -> Party | None:
    """An address out of `"Name" <sip:user@host>`, `sip:user@host;tag=1` or a URI; None when there is none."""
    before, bracket, rest = _bracketed(text)
    uri = rest.partition(">")[0] if bracket else text
    scheme, colon, rest = uri.strip().partition(":")
    if not colon or scheme.lower() not in ("sip", "sips", "tel"):
        return None
    name = _CONTROL.sub("", unquoted(before.strip())).strip()[:NAME_LONGEST] if bracket else ""
    if scheme.lower() == "tel":
        return Party(name, _user(rest), "")
    user, at, host = rest.rpartition("@")
    return Party(name, _user(user) if at else "", re.split("[;?:>]", host)[0].strip())


def e164(text: str, country: str) -> str:
    """ "+" and the international number where `text` is one by its form; a short code or a name as it is.

    "0034911…", "34911…" and "911…" (nine digits) mean the same where `country` is "34"; a 0 before a national number is
    the trunk prefix of many countries and goes.
    """
    number = _SEPARATORS.sub("", text)
    if not _DIALLED.fullmatch(number):
        return text
    digits = number.removeprefix("+")
    if not digits.isdigit():
        return number
    if not number.startswith("+"):
        if digits.startswith("00"):
            digits = digits[2:]
        elif not country or len(digits) < NATIONAL_SHORTEST:
            return number
        elif not (digits.startswith(country) and len(digits) - len(country) >= NATIONAL_SHORTEST):
            digits = country + digits.removeprefix("0")
    return f"+{digits}" if digits and not digits.startswith("0") and len(digits) <= E164_LONGEST else number


def _asserted(head: Head) -> Party | None:
    """The identity that a trusted network vouches for; of two, the one that is a telephone number."""
    values = [one for value in head.values("p-asserted-identity") for one in split(value, ",")]
    parties = [one for value in values if (one := party(value)) is not None]
    return next((one for one in parties if _DIALLED.fullmatch(one.user)), parties[0] if parties else None)


def _bracketed(text: str) -> tuple[str, str, str]:
    """`text` cut at the first < that is not within quotes."""
    quoted = escaped = False
    for at, letter in enumerate(text):
        if escaped:
            escaped = False
        elif quoted and letter == "\\":
            escaped = True
        elif letter == '"':
            quoted = not quoted
        elif letter == "<" and not quoted:
            return text[:at], "<", text[at + 1 :]
    return text, "", ""


def _user(text: str) -> str:
    """The user part: no password, no parameters, escapes resolved, telephone numbers without separators."""
    plain = _CONTROL.sub("", unquote(text.partition(";")[0].partition(":")[0])).strip()
    number = _SEPARATORS.sub("", plain)
    return number if _DIALLED.fullmatch(number) else plain
