"""Human speech to measure with: Asterisk's recorded prompts, as Debian has them."""

from pathlib import Path

from core.errors import MostradorError
from voice import wav
from voice.frames import RATE, Pcm

PROMPTS = Path("/usr/share/asterisk/sounds")
FOLDERS = ("en_US_f_Allison", "es_MX_f_Allison")


def recorded_people() -> list[Pcm]:
    """Forty human sentences of 2 to 6 s at 16 kHz, English, then Spanish. Raises MostradorError."""
    files: list[Path] = []
    for folder in FOLDERS:
        found = [path for path in sorted((PROMPTS / folder).glob("*.wav")) if 32_000 < path.stat().st_size < 96_000]
        files += found[4 :: max(1, len(found) // 20)][:20]
    if not files:
        raise MostradorError(
            "bench.speech", "no recorded speech: install asterisk-core-sounds-en-wav and asterisk-core-sounds-es-wav"
        )
    return [wav.read(path, RATE, convert=True).pcm for path in files]
