"""Documents that answers are taken from: Markdown, one file a subject and language, `## Title {#section}`.

The first paragraph of a section is what is said; all of it is what a screen shows.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from core.errors import PackError

_HEADING = re.compile(r"^##\s+(?P<title>.+?)\s*\{#(?P<id>[a-z0-9_-]+)\}\s*$")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NAME = re.compile(r"^(?P<subject>[a-z0-9_-]+)\.(?P<language>[a-z]{2})\.md$")


@dataclass(frozen=True, slots=True)
class Section:
    """`id` is "subject#section", the same in every language."""

    id: str
    language: str
    title: str
    spoken: str
    shown: str


def load_knowledge(folder: Path) -> dict[tuple[str, str], Section]:
    """(id, language) → section. Raises PackError with file and line."""
    sections: dict[tuple[str, str], Section] = {}
    for path in sorted(folder.glob("*.md")):
        name = _NAME.match(path.name)
        if name is None:
            raise PackError("pack.knowledge", f"{path}: is not named subject.language.md, like returns.es.md")
        for section in _sections(path, name["subject"], name["language"]):
            sections[section.id, section.language] = section
    return sections


def _sections(path: Path, subject: str, language: str) -> list[Section]:
    found: list[Section] = []
    title, identity, began, lines = "", "", 0, list[str]()

    def finish() -> None:
        paragraphs = [part.strip() for part in "\n".join(lines).strip().split("\n\n") if part.strip()]
        if not paragraphs:
            raise PackError("pack.knowledge", f"{path}:{began}: section {identity!r} is empty")
        spoken = " ".join(paragraphs[0].split())
        found.append(Section(f"{subject}#{identity}", language, title, spoken, "\n\n".join(paragraphs)))

    text = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), path.read_text("utf-8"))
    for number, line in enumerate(text.splitlines(), 1):
        heading = _HEADING.match(line)
        if heading is None:
            if line.startswith("## "):
                raise PackError("pack.knowledge", f"{path}:{number}: the heading lacks its id, like {{#period}}")
            if identity:
                lines.append(line)
            continue
        if identity:
            finish()
        title, identity, began, lines = heading["title"], heading["id"], number, []
    if identity:
        finish()
    return found
