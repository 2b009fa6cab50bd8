"""The head of a SIP request as text: what PJSIP's Python module does not take apart for us. Never raises."""

from dataclasses import dataclass

COMPACT = {"f": "from", "t": "to", "i": "call-id", "v": "via", "m": "contact", "c": "content-type"}
"""Short forms of header names, RFC 3261 section 7.3.3."""


@dataclass(frozen=True, slots=True)
class Head:
    """`fields`: (name in lower case and its long form, value with folded lines joined), in the order of the message."""

    method: str
    uri: str
    fields: tuple[tuple[str, str], ...]

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of a header. `name` in lower case."""
        return tuple(value for key, value in self.fields if key == name)

    def value(self, name: str) -> str:
        """The first value of a header; "" where there is none."""
        return next(iter(self.values(name)), "")


def read(message: str) -> Head:
    """The head of a request, RFC 3261 section 7.3; what is no header is left out."""
    lines = message.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n").partition("\n\n")[0].split("\n")
    method, _, rest = lines[0].strip().partition(" ")
    fields: list[tuple[str, str]] = []
    for line in lines[1:]:
        if line[:1] in (" ", "\t") and fields:
            name, value = fields[-1]
            fields[-1] = name, f"{value} {line.strip()}".strip()
            continue
        name, colon, value = line.partition(":")
        key = name.strip().lower()
        if colon and key and " " not in key:
            fields.append((COMPACT.get(key, key), value.strip()))
    return Head(method, rest.strip().partition(" ")[0], tuple(fields))


def clean(text: str) -> str:
    """`text` without the lone surrogates that stand for bytes which are no UTF-8: those can't be written anywhere."""
    return text.encode("utf-8", "replace").decode("utf-8")


def split(text: str, at: str) -> list[str]:
    """`text` cut at every `at` that is not within quotes or angle brackets; the parts are stripped, none is empty."""
    parts, part = [""], 0
    quoted = escaped = angled = False
    for letter in text:
        if letter == at and not quoted and not angled:
            parts.append("")
            part += 1
            continue
        parts[part] += letter
        if escaped:
            escaped = False
        elif quoted and letter == "\\":
            escaped = True
        elif letter == '"':
            quoted = not quoted
        elif not quoted and letter in "<>":
            angled = letter == "<"
    return [stripped for each in parts if (stripped := each.strip())]


def unquoted(text: str) -> str:
    """A quoted string without its quotes and escapes; any other text as it is."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    plain, escaped = "", False
    for letter in text[1:-1]:
        if letter == "\\" and not escaped:
            escaped = True
        else:
            plain += letter
            escaped = False
    return plain
