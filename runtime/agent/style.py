"""Phrases for the ear: what is wrong with one, in words, for `pack check`. Pure.

Short sentences, one question at a time, lists of three, nothing that only an eye can read, and one way of addressing
the customer.
"""

import re
import tomllib
from collections.abc import Iterator, Sequence

from msgspec import Struct

from runtime.agent.address import slips
from runtime.agent.flow import Confirm
from runtime.agent.pack import Pack
from runtime.agent.passages import sentences
from runtime.agent.places import line_of
from runtime.agent.words import fold

MOST_WORDS = 25
MOST_ITEMS = 3
MOST_DIGITS = 4
"""Digits in a row that are still read as one number."""

_FIELD = re.compile(r"\{[^{}]*\}")
_MARKDOWN = re.compile(r"\*\*|__|`|^\s*(?:#|[-*+]\s)|\[[^\]]*\]\([^)]*\)|https?://|\n")
_UNREADABLE = re.compile(
    r"\([^)]*\)|\b[yo]/[ou]\b|\band/or\b|(?<!\w)[&@#%](?!\w)|\betc\b|\bn[º°]|\bp\. ?ej\.|\b[ei]\.[eg]\.", re.IGNORECASE
)
_DIGITS = re.compile(rf"\d{{{MOST_DIGITS + 1},}}")
_ITEM = r"(?:[^\s,.;:?!¿¡]+\s?){1,5},\s*"
_LAST = r"(?:[^\s,.;:?!¿¡]+\s){1,3}(?:y|e|o|u|and|or)\s"
_LIST = re.compile(rf"(?:{_ITEM}){{{MOST_ITEMS - 1},}}{_LAST}|(?:{_ITEM}){{{MOST_ITEMS},}}(?:y|e|o|u|and|or)\s")
_JOINT = re.compile(r"\b(?:y|e|o|u|and|or)\b")
_ASIDE = re.compile(r",? (?:por ejemplo|for example),")


class Finding(Struct, frozen=True):
    """One thing to mend. `file` is below the pack's folder."""

    file: str
    line: int
    what: str


def style(pack: Pack) -> list[Finding]:
    """All that is wrong with how a pack talks."""
    found = [*_asked_again(pack)]
    for language in pack.manifest.languages:
        file = f"phrases/{language}.toml"
        text = (pack.folder / file).read_text("utf-8")
        for code, templates in tomllib.loads(text)["say"].items():
            line = line_of(text, ["say", code])
            for template in templates:
                found += [Finding(file, line, f"say.{code}: {wrong}") for wrong in for_the_ear(template)]
            found += [Finding(file, line, f"say.{code}: {wrong}") for wrong in _alike(templates)]
        found += [Finding(file, line, wrong) for line, wrong in slips(text, language, pack.manifest.address)]
        for path in sorted((pack.folder / "knowledge").glob(f"*.{language}.md")):
            document = path.read_text("utf-8")
            found += [
                Finding(f"knowledge/{path.name}", line, wrong)
                for line, wrong in slips(document, language, pack.manifest.address)
            ]
    return found


def for_the_ear(template: str) -> Iterator[str]:
    """What an ear can't follow in one phrase."""
    said = _FIELD.sub("x", template)
    for sentence in sentences(said):
        if (count := len(sentence.split())) > MOST_WORDS:
            yield f"a sentence of {count} words, {MOST_WORDS} at most: {_begin(sentence)}"
    if (count := said.count("?")) > 1:
        yield f"{count} questions at once: ask one at a time"
    if mark := _MARKDOWN.search(said):
        yield f"{mark[0].strip() or 'a line break'!r} is for the eye: write it under [detail]"
    if mark := _UNREADABLE.search(said):
        yield f"{mark[0]!r} can't be read aloud: say it in words"
    if digits := _DIGITS.search(said):
        yield f"{digits[0]} is too long to be read as one number: part its digits with spaces"
    if (listed := _LIST.search(_ASIDE.sub("", said))) and len(_JOINT.findall(listed[0])) == 1:
        yield f"a list of more than {MOST_ITEMS}: {_begin(listed[0])}"


def _alike(templates: Sequence[str]) -> Iterator[str]:
    folded = [fold(template) for template in templates]
    if len(set(folded)) < len(folded):
        yield "two variants are the same words"


def _asked_again(pack: Pack) -> Iterator[Finding]:
    """A question that failed is asked in other words: two variants at least, which then take turns."""
    for flow in pack.flows.values():
        file = f"flows/{flow.id}.toml"
        text = (pack.folder / file).read_text("utf-8")
        asked = [
            (["slots", name, key], code)
            for name, slot in flow.slots.items()
            for key, code in (("ask", slot.ask), ("unclear", slot.unclear))
        ]
        asked += [
            (["steps", str(at), "confirm"], step.confirm)
            for at, step in enumerate(flow.steps)
            if isinstance(step, Confirm)
        ]
        for path, code in asked:
            for language, phrases in pack.phrases.items():
                if code in phrases and len(phrases.variants(code)) < 2:
                    what = f"phrase {code!r} ({language}) needs two variants: it is asked again"
                    yield Finding(file, line_of(text, path), f"{'.'.join(path)}: {what}")


def _begin(text: str) -> str:
    words = text.split()
    return " ".join(words[:6]) + ("…" if len(words) > 6 else "")
