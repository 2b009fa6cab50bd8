"""Which language a conversation is in, turn by turn. Pure.

Whisper names a language for every sound; on a short one it is wrong now and then, and «no» is a word of both.
"""

from dataclasses import dataclass

from runtime.agent import Language

SURE = 1.5
"""Seconds of speech from which the language that was found is believed, and kept."""


@dataclass(slots=True)
class Tongue:
    """`language`: that of the conversation. `sure`: recognition need not look for it any more."""

    language: Language
    sure: bool = False
    _last: Language | None = None

    def hear(self, found: Language, voiced: float) -> Language:
        """The language of a turn of `voiced` seconds: a short one changes it at the beginning, or twice in a row."""
        first = self._last is None
        if voiced >= SURE or first or found == self._last:
            self.language = found
        self.sure = self.sure or voiced >= SURE
        self._last = found
        return self.language

    def choose(self, language: Language) -> None:
        """The customer asked for it."""
        self.language, self.sure, self._last = language, True, language
