"""Documents in pieces that can be said: one or two whole sentences, each with the section that it stands in."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import PackError
from runtime.agent.knowledge import Section
from runtime.agent.pdf import clean, read_pdf

MOST_SENTENCES = 2
MOST_WORDS = 60
"""What is longer without a full stop is a table or a list of addresses: nobody could follow it by ear."""

_PDF = re.compile(r"^(?P<subject>[a-z0-9_-]+)\.(?P<language>[a-z]{2})\.pdf$")
_PAGE = {"es": "página", "en": "page"}
_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"(?<!\w)[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}(?!\w)|^#+\s+|^>\s+")
_RULE = re.compile(r"^[\s|:-]+$")
_ENDS = re.compile(r"(?:(?<=[.!?…])|(?<=[.!?…][»\")]))\s+(?=[A-ZÁÉÍÓÚÑ¿¡«\"(\d])")
_SHORT_FORMS = re.compile(
    r"\b(?:Sr|Sra|Dr|Dra|D|Dª|Avda|C|núm|n|nº|art|pág|p|ej|tel|aprox|máx|mín|Mr|Mrs|Ms|St|No|e\.g|i\.e)\.$"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """`text` is said as it stands; `about` are the headings above it."""

    section: Section
    about: str
    text: str


def passages(section: Section, document: str) -> Iterator[Passage]:
    """Of each paragraph and each item of a list, its sentences by two."""
    about = section.title if section.title == document else f"{document}. {section.title}"
    for paragraph in section.shown.split("\n\n"):
        for piece in _pieces(paragraph):
            for text in _together(sentences(piece)):
                if len(text.split()) <= MOST_WORDS and any(letter.isalpha() for letter in text):
                    yield Passage(section, about, text)


def _together(said: Sequence[str]) -> Iterator[str]:
    """Sentences by two, where the two are short enough to be followed."""
    at = 0
    while at < len(said):
        text = " ".join(said[at : at + MOST_SENTENCES])
        if len(text.split()) > MOST_WORDS:
            text = said[at]
            at += 1
        else:
            at += MOST_SENTENCES
        yield text


def sentences(text: str) -> list[str]:
    """Whole ones; «Sr. Ruiz» and «p. ej.» end none."""
    found: list[str] = []
    for part in _ENDS.split(" ".join(text.split())):
        if found and _SHORT_FORMS.search(found[-1]):
            found[-1] += f" {part}"
        else:
            found.append(part)
    return [each for each in found if each]


def pdf_sections(folder: Path) -> Iterator[Section]:
    """A section for each page of each PDF, "subject#p12". Raises PackError."""
    for path in sorted(folder.glob("*.pdf")):
        name = _PDF.match(path.name)
        if name is None:
            raise PackError("pack.knowledge", f"{path}: is not named subject.language.pdf, like prices.es.pdf")
        subject, language = name["subject"], name["language"]
        for number, paragraphs in enumerate(read_pdf(path), 1):
            if paragraphs:
                title = (
                    f"{subject.replace('-', ' ').replace('_', ' ').capitalize()}, {_PAGE.get(language, 'p.')} {number}"
                )
                yield Section(f"{subject}#p{number}", language, title, paragraphs[0], "\n\n".join(paragraphs))


def document_titles(folder: Path) -> dict[tuple[str, str], str]:
    """(subject, language) → what the document calls itself: its `# Title`."""
    titles: dict[tuple[str, str], str] = {}
    for path in folder.glob("*.md"):
        subject, language, _ = path.name.split(".", 2)
        heading = re.search(r"^#\s+(.+)$", path.read_text("utf-8"), re.MULTILINE)
        titles[subject, language] = heading[1].strip() if heading else subject
    return titles


def _pieces(paragraph: str) -> Iterable[str]:
    """The paragraph, or each item of the list, or each row of the table, as plain text."""
    pieces: list[str] = []
    for line in paragraph.splitlines():
        if _RULE.match(line):
            continue
        if line.lstrip().startswith("|"):
            pieces.append(plain(", ".join(cell.strip() for cell in line.strip().strip("|").split("|") if cell.strip())))
        elif _ITEM.match(line) or not pieces:
            pieces.append(plain(_ITEM.sub("", line)))
        else:
            pieces[-1] += f" {plain(line)}"
    return pieces


def plain(text: str) -> str:
    """Markdown as it is said: without marks, a link as its words."""
    return clean(" ".join(_MARKS.sub("", _LINK.sub(r"\1", text)).split()))
