"""Human telephone recordings of known words, Spanish and English, from Debian's sound packages, in two halves.

What is tuned is tuned on `TUNED`; what a bench reports it reports on `REPORTED`.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from core.errors import MostradorError
from runtime.agent import Language
from voice import wav
from voice.frames import RATE, Pcm

SOUNDS = Path("/usr/share/asterisk/sounds")
FOLDERS: dict[Language, str] = {"en": "en_US_f_Allison", "es": "es_MX_f_Allison"}
TUNED, REPORTED = 0, 1


@dataclass(frozen=True, slots=True)
class Recording:
    """`pcm` int16 [n] at `voice.frames.RATE`, made from 8 kHz; `finished`: a sentence that could end there."""

    name: str
    language: Language
    words: str
    finished: bool
    pcm: Pcm

    @property
    def seconds(self) -> float:
        return len(self.pcm) / RATE


def recordings(half: int) -> list[Recording]:
    """Every other one, beginning with `half`. Raises MostradorError where the packages are not installed."""
    table = tomllib.loads((Path(__file__).parent / "recordings.toml").read_text("utf-8"))
    found = []
    for language, folder in FOLDERS.items():
        for name, words in list(table[language].items())[half::2]:
            path = SOUNDS / folder / f"{name}.wav"
            if not path.is_file():
                raise MostradorError(
                    "bench.speech",
                    f"{path} is missing: install asterisk-core-sounds-en-wav and asterisk-core-sounds-es-wav",
                )
            pcm = wav.read(path, RATE, convert=True).pcm
            found.append(Recording(name, language, words, not words.endswith("…"), pcm))
    return found


def word_errors(said: str, read: str, language: Language) -> tuple[int, int]:
    """(substitutions, deletions and insertions; words that were said), without case, punctuation and accents."""
    from rapidfuzz.distance import Levenshtein

    wanted, got = bare(said, language), bare(read, language)
    return Levenshtein.distance(wanted, got), len(wanted)


def bare(text: str, language: Language) -> list[str]:
    """Words in lower case, numbers written out."""
    from num2words import num2words

    text = re.sub(r"\d+", lambda digits: f" {num2words(int(digits[0]), lang=language)} ", text)
    plain = unicodedata.normalize("NFD", text.lower().replace("'", ""))
    return re.findall(r"[a-z]+", "".join(letter for letter in plain if not unicodedata.combining(letter)))
