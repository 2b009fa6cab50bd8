"""Human telephone recordings, Spanish and English, from Debian's sound packages; of some it is known what they say."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from core.errors import MostradorError
from runtime.agent import Language
from runtime.bench import Half
from voice import wav
from voice.frames import RATE, Pcm

SOUNDS = Path("/usr/share/asterisk/sounds")
FOLDERS: dict[Language, str] = {"en": "en_US_f_Allison", "es": "es_MX_f_Allison"}


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


def recordings(half: Half) -> list[Recording]:
    """Those whose words are known. Raises MostradorError."""
    table = tomllib.loads((Path(__file__).parent / "recordings.toml").read_text("utf-8"))
    return [
        Recording(name, language, words, not words.endswith("…"), recorded(name, language))
        for language in FOLDERS
        for name, words in table[half][language].items()
    ]


def recorded(name: str, language: Language) -> Pcm:
    """int16 [n] at `voice.frames.RATE`, made from 8 kHz. Raises MostradorError where the packages are missing."""
    return _read(SOUNDS / FOLDERS[language] / f"{name}.wav")


def some_sentences() -> list[Pcm]:
    """Forty sentences of 2 to 6 s, whatever they say, English, then Spanish. Raises MostradorError."""
    files: list[Path] = []
    for folder in FOLDERS.values():
        found = [path for path in sorted((SOUNDS / folder).glob("*.wav")) if 32_000 < path.stat().st_size < 96_000]
        files += found[4 :: max(1, len(found) // 20)][:20]
    return [_read(path) for path in files or [SOUNDS]]


def _read(path: Path) -> Pcm:
    if not path.is_file():
        raise MostradorError(
            "bench.speech",
            f"{path} is missing: install asterisk-core-sounds-en-wav and asterisk-core-sounds-es-wav",
        )
    return wav.read(path, RATE, convert=True).pcm


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
