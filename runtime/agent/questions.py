"""Questions that a pack's documents answer, and some that they do not: what the bar for an answer is set with.

`knowledge/questions.<language>.toml`: `[[question]]` with `ask`, and either the `section` that answers it (`has`: words
of the answer) or nothing more.
"""

from collections.abc import Iterable

from msgspec import Struct

from core.errors import PackError
from runtime.agent import Language
from runtime.agent.knowledge import Section
from runtime.agent.library import Answer
from runtime.agent.pack import Pack
from runtime.agent.tomls import read_toml
from runtime.agent.words import fold


class Asked(Struct, frozen=True, forbid_unknown_fields=True):
    ask: str
    section: str = ""
    has: str = ""


class QuestionFile(Struct, frozen=True, forbid_unknown_fields=True):
    question: list[Asked]


class Question(Struct, frozen=True):
    """`section` empty: no document answers it."""

    ask: str
    language: Language
    section: str
    has: str

    def answered_by(self, answer: Answer) -> bool:
        return answer.section.id == self.section and fold(self.has) in fold(answer.text)


def read_questions(pack: Pack, sections: Iterable[Section]) -> list[Question]:
    """None where the pack has no such file. `sections`: of all documents. Raises PackError."""
    known = {(section.id, section.language): section for section in sections}
    found: list[Question] = []
    for language in pack.manifest.languages:
        path = pack.folder / "knowledge" / f"questions.{language}.toml"
        if not path.is_file():
            continue
        for number, asked in enumerate(read_toml(path, QuestionFile).question, 1):
            section = known.get((asked.section, language))
            if asked.section and (section is None or fold(asked.has) not in fold(section.shown)):
                raise PackError(
                    "pack.knowledge", f"{path}: question {number}: no section {asked.section!r} has {asked.has!r}"
                )
            found.append(Question(asked.ask, language, asked.section, asked.has))
    return found
