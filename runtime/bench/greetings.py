"""How calls are answered: people's hellos, alone and for a company, and the announcements of machines.

Announcements of a human voice are put together from Debian's asterisk-core-sounds, as Asterisk itself does it; the rest
is spoken by Piper and espeak-ng. Half of the material, by text, is to tune on. Everything is seeded.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from runtime.agent import Language
from runtime.bench import Half
from runtime.bench.overlaps import espeak, telephone
from runtime.bench.recordings import recorded
from voice.frames import RATE, Pcm
from voice.resample import resample
from voice.tts import Synthesiser

Who = Literal["person", "company", "machine"]

RECORDED: dict[Who, dict[Language, tuple[str, ...]]] = {
    "person": {
        "en": ("hello", "privacy-thankyou", "auth-thankyou", "vm-goodbye"),
        "es": ("hello-world", "vm-goodbye", "auth-thankyou", "privacy-thankyou"),
    },
    "company": {"en": (), "es": ()},
    "machine": {
        "en": (
            "vm-theperson digits/1 digits/2 digits/3 vm-isunavail vm-intro beep",
            "vm-theperson digits/7 digits/4 digits/0 vm-isonphone vm-intro beep",
            "vm-intro beep",
            "vm-theperson digits/9 digits/9 vm-isunavail",
            "vm-nobodyavail vm-intro beep",
            "vm-mailboxfull vm-goodbye",
            "cannot-complete-as-dialed",
            "ss-noservice",
        ),
        "es": (
            "vm-theperson digits/1 digits/2 digits/3 vm-isunavail vm-intro beep",
            "vm-theperson digits/7 digits/4 digits/0 vm-isonphone vm-intro beep",
            "vm-intro beep",
            "vm-theperson digits/9 digits/9 vm-isunavail",
            "vm-nobodyavail vm-intro beep",
            "vm-mailboxfull vm-goodbye",
            "ss-noservice",
        ),
    },
}  # fmt: skip
"""Recordings one after the other. Of people's hellos there are few; other short sayings stand in for their sound."""
SPOKEN: dict[Who, dict[Language, tuple[str, ...]]] = {
    "person": {
        "en": (
            "Hello?", "Yes?", "Hi.", "Hello, who is this?", "Yes, speaking.", "Good morning.", "Hello, Maria speaking.",
            "Yeah, hello?", "Hi, yes?", "Hello, hello?", "Who's calling?", "Good evening, this is John Miller.",
        ),
        "es": (
            "¿Diga?", "¿Sí?", "Sí, dígame.", "¿Dígame?", "Hola.", "¿Sí, quién es?", "Hola, buenas.", "¿Bueno?",
            "¿Aló?", "Sí, soy yo.", "Hola, ¿quién llama?", "¿Diga? ¿Diga?",
        ),
    },
    "company": {
        "en": (
            "Miller's Garage, good morning, how can I help you?", "Good afternoon, Green Dental, Susan speaking.",
            "Thank you for calling Blue River Hotel, this is Anna, how may I help?",
            "Harper and Sons, hold on a second please. Yes, hello?", "City Library, good morning.",
            "Accounts department, Peter speaking, good afternoon, what can I do for you?",
        ),
        "es": (
            "Ferretería López, buenos días, dígame.", "Clínica Sol, buenas tardes, le atiende Marta.",
            "Hotel Río Azul, buenas noches, ¿en qué puedo ayudarle?", "Taller Hermanos Ruiz, ¿sí?",
            "Despacho de abogados Serrano, buenos días, un momento, por favor. ¿Sí, dígame?",
            "Biblioteca municipal, buenos días.",
        ),
    },
    "machine": {
        "en": (
            "Hi, this is Anna. I can't come to the phone right now, please leave a message after the beep.|",
            "You have reached the voice mail of John Miller. Please leave your name and number after the tone.|",
            "Hello, you've reached the Smith family. We're not at home. Leave us a message and we'll call you back.|",
            "The customer you are calling is not available. Please try again later.",
            "Hey, it's Tom, you know what to do.|",
            "Welcome to Green Dental. Our office is closed now. Our opening hours are Monday to Friday, nine to five.",
            "Your call has been forwarded to an automatic voice message system. At the tone, please record a message.|",
            "Sorry, I missed your call. Leave me a message and I will get back to you as soon as possible.|",
        ),
        "es": (
            "Hola, soy Ana. Ahora no puedo ponerme, deje su mensaje después de la señal.|",
            "Ha llamado al buzón de voz de Juan Serrano. Deje su mensaje al oír la señal.|",
            "El teléfono al que llama está apagado o fuera de cobertura en este momento.",
            "Este es el contestador de la familia Ruiz. No estamos en casa, deja tu nombre y tu número.|",
            "Hola, soy Luis. Ya sabes lo que tienes que hacer.|",
            "Bienvenido a la clínica Sol. Nuestro horario es de lunes a viernes, de nueve a dos.",
            "El abonado no está disponible. Puede dejar un mensaje después de la señal.|",
            "Gracias por su llamada. En este momento todos nuestros agentes están ocupados. Deje su recado.|",
        ),
    },
}  # fmt: skip
"""`|` at the end: the beep."""
SPEAKERS = ((150, 35), (175, 60), (200, 80))
"""espeak-ng's words a minute and pitch."""
LENGTH = 12.0
"""Seconds of the line from the answer on."""
LEVELS = (-30.0, -16.0)
"""dBFS of the loud half of what is said."""
NOISES = (-66.0, -42.0)
"""dBFS of what is behind it: the line's hiss to a street, as pink noise."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """`pcm` int16 [n] at 16 kHz from the answer on, made of 8 kHz in G.711; `human`: a recorded voice; `until`: seconds
    until it has been said for the first time."""

    name: str
    who: Who
    language: Language
    human: bool
    until: float
    pcm: Pcm

    @property
    def machine(self) -> bool:
        return self.who == "machine"


def greetings(half: Half, voices: dict[Language, Synthesiser]) -> Iterator[Greeting]:
    """All of one half. Raises MostradorError where recordings or espeak-ng are missing."""
    for who in SPOKEN:
        for language in ("en", "es"):
            for number, parts in enumerate(RECORDED[who][language]):
                if (number % 2 == 1) == (half == "held out"):
                    sound = _joined([recorded(part, language) for part in parts.split()])
                    for take in range(2):
                        yield _answered(f"{parts}, human, {take}", who, language, sound, human=True)
            for number, text in enumerate(SPOKEN[who][language]):
                if (number % 2 == 1) == (half == "held out"):
                    yield from _spoken(text, who, language, voices)


def _spoken(text: str, who: Who, language: Language, voices: dict[Language, Synthesiser]) -> Iterator[Greeting]:
    beep = [np.zeros(RATE // 4, np.int16), recorded("beep", language)] if text.endswith("|") else []
    words = text.rstrip("|")
    for name, sound in _takes(words, language, voices):
        yield _answered(f"{words} {name}", who, language, np.concatenate([sound, *beep]), human=False)


def _takes(words: str, language: Language, voices: dict[Language, Synthesiser]) -> Iterator[tuple[str, Pcm]]:
    if voice := voices.get(language):
        pcm = np.concatenate([frame.pcm for frame in voice.speak(words)])
        yield "piper", resample(pcm, voice.rate, RATE)
    for speed, pitch in SPEAKERS:
        yield f"espeak {speed} {pitch}", espeak(words, language, speed, pitch)


def _joined(parts: list[Pcm]) -> Pcm:
    gap = np.zeros(RATE // 10, np.int16)
    return np.concatenate([piece for part in parts for piece in (part, gap)])


def _answered(name: str, who: Who, language: Language, said: Pcm, *, human: bool) -> Greeting:
    """On a line: picked up first, levelled, with noise behind it; people who get no answer ask again."""
    random = np.random.default_rng(zlib.crc32(f"{name} {language}".encode()))
    sound = said.astype(np.float64)
    squares = np.square(sound)
    loud = np.sqrt(squares[squares >= np.median(squares)].mean())
    sound *= 32768 * 10 ** (random.uniform(*LEVELS) / 20) / loud
    line = np.zeros(round(LENGTH * RATE))
    at = random.uniform(0.1, 0.6 if who == "machine" else 1.5)
    begins = [at] if who == "machine" else [at, at + len(sound) / RATE + random.uniform(2.0, 3.0)]
    for begin in begins:
        first = round(begin * RATE)
        piece = sound[: max(0, len(line) - first)]
        line[first : first + len(piece)] += piece
    line += _pink(len(line), random) * 32768 * 10 ** (random.uniform(*NOISES) / 20)
    until = float(at + (np.flatnonzero(np.abs(said) > 300)[-1] + 1) / RATE)
    return Greeting(name, who, language, human, until, telephone(np.clip(line, -32768, 32767).astype(np.int16)))


def _pink(count: int, random: np.random.Generator) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Noise with equal power in each octave, RMS 1."""
    spectrum = np.fft.rfft(random.normal(0, 1, count))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, count)
    return np.asarray(noise / np.sqrt(np.mean(np.square(noise))), np.float64)
