"""espeak-ng: the robotic voice for languages that have no better one, as a program that is run for each text."""

import shutil
import subprocess
from collections.abc import Iterator

from core.errors import VoiceError
from voice import wav
from voice.frames import AudioFrame
from voice.tts.clauses import plain

RATE = 22_050
WORDS_PER_MINUTE = 150
"""A little below espeak-ng's own 175: a robotic voice needs more of the listener's time."""
_VOICES = {"en": "en-us"}
"""Language → espeak-ng voice, where they differ."""


def load(language: str = "es", seconds: float = 10.0) -> "Espeak":
    """A voice for `language` (ISO 639-1); a text that takes longer than `seconds` fails. Raises VoiceError."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise VoiceError("tts.missing", "the program espeak-ng is missing: run «sudo apt install espeak-ng»")
    espeak = Espeak(program, language, seconds)
    next(espeak.speak("a"))  # says now what is wrong with the program or the language
    return espeak


class Espeak:
    """Stateless: each text is a process of its own, a few tens of ms."""

    rate = RATE

    def __init__(self, program: str, language: str, seconds: float) -> None:
        self.language = language
        voice = _VOICES.get(language, language)
        self.identity = f"espeak-ng {voice} {WORDS_PER_MINUTE}"
        self._command = [
            *(program, "-v", voice, "-s", str(WORDS_PER_MINUTE)),
            *("-z", "-b", "1", "--stdin", "--stdout"),  # -z: no pause at the end; -b 1: UTF-8
        ]
        self._seconds = seconds

    def speak(self, text: str) -> Iterator[AudioFrame]:
        """Sound of `text` in one piece; nothing for text without letters or digits."""
        if written := plain(text):
            sound = wav.parse(self._run(written.encode()), "espeak-ng's sound")
            if len(sound.pcm):
                yield sound

    def _run(self, text: bytes) -> bytes:
        try:
            done = subprocess.run(self._command, input=text, capture_output=True, timeout=self._seconds, check=True)
        except subprocess.CalledProcessError as error:
            reason = error.stderr.decode("utf-8", "replace").strip()
            raise VoiceError("tts.failed", f"espeak-ng cannot speak {self.language!r}: {reason}") from error
        except subprocess.TimeoutExpired as error:
            message = f"espeak-ng took longer than {self._seconds:.0f} s over {len(text)} bytes of text"
            raise VoiceError("tts.timeout", message, retryable=True) from error
        except OSError as error:
            raise VoiceError("tts.failed", f"espeak-ng does not run: {error}", retryable=True) from error
        return done.stdout
