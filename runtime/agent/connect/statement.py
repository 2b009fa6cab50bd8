"""One SQL statement with `:parameters`, taken to pieces far enough to know that it is one, and whether it writes."""

import re
from dataclasses import dataclass

_PIECE = re.compile(
    r"""(?P<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|/\*.*?\*/)
      | (?P<cast>::)
      | :(?P<name>[A-Za-z_]\w*)
      | (?P<end>;)
      | (?P<word>[A-Za-z_]\w*)
      | (?P<bracket>[()])
      | (?P<strange>\$\w*\$|%[sd(]|[{}?]|\$\d)
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_COUNTS = frozenset({"insert", "update", "delete", "merge", "replace", "call", "select", "values"})
"""What says how many rows it changed, or returns some."""
_READS = frozenset({"select", "with", "values"})
_WRITES = frozenset(
    [
        *("insert", "update", "delete", "merge", "replace", "into", "create", "drop", "alter", "truncate", "grant"),
        *("copy", "call", "do", "attach", "detach", "pragma", "vacuum", "lock", "set", "execute", "reindex"),
        "load_extension",
    ]
)


@dataclass(frozen=True, slots=True)
class Statement:
    text: str
    parameters: frozenset[str]
    writes: bool
    verb: str
    """What it does in the end, after the queries that WITH names."""

    @property
    def counts(self) -> bool:
        """Whether it can say what it has changed."""
        return self.verb in _COUNTS

    @property
    def for_psycopg(self) -> str:
        """With %(name)s for :name."""
        parts = []
        for piece in _PIECE.finditer(self.text):
            name = piece["name"]
            parts.append(f"%({name})s" if name else piece[0].replace("%", "%%"))
        return "".join(parts)


def parse(sql: str) -> Statement:
    """Raises ValueError with what is wrong: it is several, is put together from text, or is none."""
    text = sql.strip().removesuffix(";").rstrip()
    names, words, depth, outer = set(), [], 0, []
    for piece in _PIECE.finditer(text):
        if piece["end"]:
            raise ValueError("is more than one statement")
        if piece["strange"]:
            raise ValueError(f"has {piece[0]!r}: values go in as :name, nothing is put together from text")
        if piece["quoted"] and re.search(r"[{}]|(?<![\w:]):[A-Za-z_]\w*|%[sd(]", piece[0]) and piece[0][0] in "'\"":
            raise ValueError(f"has a parameter inside the quotes {piece[0]}: it would be text there")
        if piece["name"]:
            names.add(piece["name"])
        if piece["bracket"]:
            depth += 1 if piece[0] == "(" else -1
        if piece["word"]:
            words.append(piece["word"].lower())
            outer += words[-1:] if depth == 0 else []
    if not words:
        raise ValueError("is no statement")
    verb = words[0]
    if verb == "with":
        verb = next((word for word in outer if word in _COUNTS), verb)
    return Statement(text, frozenset(names), words[0] not in _READS or bool(_WRITES & set(words)), verb)
