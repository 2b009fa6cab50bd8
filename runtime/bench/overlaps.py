"""What is said over our voice: real interruptions, backchannels, noises and asides, human and synthetic.

Human recordings are Debian's asterisk-core-sounds (8 kHz). Some is to tune on; the bench reports on the rest: other
words, other voices. Everything is seeded: the same sound each time.
"""

import subprocess
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from core.errors import MostradorError
from runtime.agent import Language
from runtime.bench import Half
from runtime.bench.recordings import recorded
from voice import wav
from voice.frames import RATE, Pcm
from voice.resample import resample, to_int16
from voice.tts import Synthesiser

Kind = Literal["interruption", "backchannel", "noise", "aside"]

Material = dict[Kind, dict[Language, tuple[str, ...]]]

HUMAN: dict[Half, dict[Kind, dict[Language, str]]] = {
    "tuning": {
        "interruption": {
            "en": "vm-no cancelled hello goodbye please-try-again is-in-use telephone-number vm-nomore vm-tooshort "
            "to-rerecord-it do-not-disturb conf-full vm-isonphone call-waiting vm-theperson queue-thereare vm-delete "
            "vm-tocancel conf-kicked vm-leavemsg vm-dialout hours",
            "es": "vm-no vm-goodbye please-try-again hours conf-locked vm-nomore vm-tooshort vm-isonphone "
            "agent-loginok vm-tocancel vm-theperson queue-thereare hello-world vm-incorrect vm-savemessage",
        },
        "backchannel": {"en": "digits/oh auth-thankyou privacy-thankyou", "es": "auth-thankyou privacy-thankyou"},
        "noise": {"en": "beep beeperr ascending-2tone", "es": ""},
        "aside": {"en": "", "es": ""},
    },
    "held out": {
        "interruption": {
            "en": "one-moment-please im-sorry invalid please-try-call-later vm-sorry from-unknown-caller "
            "vm-unknown-caller vm-starmain location transfer something-terribly-wrong",
            "es": "vm-sorry vm-pls-try-again invalid transfer tt-somethingwrong vm-unknown-caller vm-starmain "
            "vm-changeto conf-invalid privacy-incorrect",
        },
        "backchannel": {"en": "queue-thankyou", "es": "queue-thankyou"},
        "noise": {"en": "descending-2tone", "es": ""},
        "aside": {"en": "", "es": ""},
    },
}
MADE: dict[Half, Material] = {
    "tuning": {
        "interruption": {
            "en": (
                "Stop.", "Wait.", "No, not that.", "Hold on a second.", "Cancel that.", "Can I ask something?",
                "Are you open on Saturday?", "Where are the screws?", "I want to speak to a person.",
                "My order has not arrived.", "Repeat that, please.", "No.",
            ),
            "es": (
                "Espera.", "Para.", "No, eso no.", "Un momento.", "Quiero hablar con una persona.",
                "¿A qué hora cierran?", "¿Dónde están las bombillas?", "Mi pedido no ha llegado.",
                "Quiero devolver una cosa.", "Repite, por favor.",
            ),
        },
        "backchannel": {
            "en": (
                "[[m:h'm:]]", "Uh-huh.", "Okay.", "Right.", "Yeah.", "I see.", "Sure.", "Got it.", "All right.",
                "Yes.", "[[m:]]", "Okay, okay.", "Oh, okay.", "Perfect.",
            ),
            "es": (
                "Vale.", "Sí.", "Ajá.", "[[m:h'm:]]", "Ya.", "Claro.", "De acuerdo.", "Muy bien.", "Bueno.",
                "Entiendo.", "Sí, sí.", "Ah, vale.",
            ),
        },
        "noise": {"en": (), "es": ()},
        "aside": {
            "en": (
                "Put it over there, darling.", "Give me two minutes, I am on the phone.", "Close the door, will you?",
            ),
            "es": ("Déjalo ahí, cariño.", "Espera, que estoy al teléfono.", "Cierra la puerta, por favor."),
        },
    },
    "held out": {
        "interruption": {
            "en": (
                "Excuse me.", "Sorry, one question.", "That's wrong.", "Not that one.", "Slow down, please.",
                "I don't want that.", "How much is delivery?", "Let me talk to someone.", "Hang on.", "Go back.",
            ),
            "es": (
                "Oiga.", "Perdone, una pregunta.", "Eso está mal.", "Ese no.", "Más despacio, por favor.",
                "No quiero eso.", "¿Cuánto cuesta el envío?", "Páseme con alguien.", "Espere un segundo.",
                "Vuelva atrás.",
            ),
        },
        "backchannel": {
            "en": (
                "Mm, okay.", "Right, right.", "Yep.", "Great.", "Oh, I see.", "Good.", "Yeah, yeah.", "Cool.",
                "Absolutely.", "[[m:m:]]", "Okay, great.", "Exactly.",
            ),
            "es": (
                "Sí, claro.", "Ok.", "Bien.", "Ya, ya.", "Ah, sí.", "Ajá, ajá.", "[[m:m:]]", "Estupendo.",
                "Desde luego.", "Ah, perfecto.", "Muy bien, vale.", "Exacto.",
            ),
        },
        "noise": {"en": (), "es": ()},
        "aside": {
            "en": ("Come here, sweetheart.", "No, the blue one, over there.", "I'll be right with you, Tom."),
            "es": ("Ahora voy, un momento.", "Ven aquí, hija.", "Dile que ahora bajo."),
        },
    },
}  # fmt: skip
"""In `[[ ]]` phonemes, for espeak-ng alone: every voice spells "mm-hm" letter by letter."""
SPEAKERS: dict[Half, tuple[tuple[int, int, str], ...]] = {
    "tuning": ((130, 35, ""), (190, 65, "")),
    "held out": ((145, 40, "+m5"), (165, 60, "+f4")),
}
"""espeak-ng's words a minute, pitch and variant of the voice."""
SEEDS: dict[Half, range] = {"tuning": range(4), "held out": range(7, 10)}
"""Of the noises."""
LEVELS: dict[Kind, tuple[float, float]] = {
    "interruption": (-26.0, -18.0),
    "backchannel": (-34.0, -22.0),
    "noise": (-28.0, -12.0),
    "aside": (-32.0, -24.0),
}
"""dBFS over the loud half of the sound, from … to."""
_QUIET = 0.02
"""Of the loudest sample: what is quieter at both ends is not part of a sound."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """One sound, int16 [n] at 16 kHz, cut to where it can be heard; `narrow`: it has been through a telephone."""

    name: str
    kind: Kind
    language: Language
    pcm: Pcm
    narrow: bool

    @property
    def chance(self) -> float:
        """0…1, the same for the same sound: where there is something to choose."""
        return zlib.crc32(f"{self.name} {self.language}".encode()) / 2**32


def overlaps(half: Half, voices: dict[Language, Synthesiser]) -> Iterator[Overlap]:
    """All of one half. Raises MostradorError where a recording or espeak-ng is missing."""
    for kind in LEVELS:
        for language in ("en", "es"):
            for name in HUMAN[half][kind][language].split():
                yield _overlap(f"{name}, human", kind, language, recorded(name, language))
            for text in MADE[half][kind][language]:
                yield from _spoken(text, kind, language, voices[language], half)
    for number, (name, sound) in enumerate(_noises(SEEDS[half])):
        yield _overlap(name, "noise", "en" if number % 2 else "es", to_int16(sound))


def _spoken(text: str, kind: Kind, language: Language, voice: Synthesiser, half: Half) -> Iterator[Overlap]:
    if not text.startswith("[["):
        pcm = np.concatenate([frame.pcm for frame in voice.speak(text)])
        yield _overlap(f"{text} {voice.identity}", kind, language, resample(pcm, voice.rate, RATE))
    for speed, pitch, variant in SPEAKERS[half]:
        pcm = espeak(text, f"{language}{variant}", speed, pitch)
        yield _overlap(f"{text} espeak{variant} {speed} {pitch}", kind, language, pcm)


def espeak(text: str, voice: str, speed: int, pitch: int) -> Pcm:
    command = ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "-z", "-b", "1", "--stdin", "--stdout"]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise MostradorError("bench.espeak", f"espeak-ng does not speak {text!r}: {error}") from error
    sound = wav.parse(done.stdout, "espeak-ng's sound")
    return resample(sound.pcm, sound.rate, RATE)


def _overlap(name: str, kind: Kind, language: Language, pcm: Pcm) -> Overlap:
    """Cut, levelled, and every second one through a telephone."""
    loud = np.flatnonzero(np.abs(pcm.astype(np.int32)) > _QUIET * np.abs(pcm.astype(np.int32)).max())
    sound = pcm[loud[0] : loud[-1] + 1].astype(np.float64)
    plain = Overlap(name, kind, language, pcm, False)
    low, high = LEVELS[kind]
    squares = np.square(sound)
    level = np.sqrt(squares[squares >= np.median(squares)].mean())
    wanted = 32768 * 10 ** ((low + (high - low) * plain.chance) / 20)
    levelled = np.clip(sound * wanted / level, -32768, 32767).astype(np.int16)
    narrow = round(plain.chance * 1e6) % 2 == 0
    return Overlap(name, kind, language, telephone(levelled) if narrow else levelled, narrow)


def telephone(pcm: Pcm) -> Pcm:
    """To 8 kHz, in the 256 steps of µ-law (G.711, as a continuous curve), and back."""
    sound = resample(pcm, RATE, 8_000) / 32768
    curve = np.sign(sound) * np.log1p(255 * np.abs(sound)) / np.log(256)
    steps = np.rint(curve * 127) / 127
    return resample(to_int16(np.sign(steps) * np.expm1(np.abs(steps) * np.log(256)) / 255), 8_000, RATE)


def _noises(seeds: range) -> Iterator[tuple[str, npt.NDArray[np.float64]]]:
    """Float [n] in -1…1 at 16 kHz, four of each kind."""
    for seed in seeds:
        random = np.random.default_rng(seed)
        yield f"cough {seed}", _cough(random)
        yield f"door {seed}", _door(random)
        yield f"keys {seed}", _keys(random)
        yield f"hiss {seed}", random.normal(0, 0.2, int(RATE * random.uniform(0.2, 1.0)))


def _cough(random: np.random.Generator) -> npt.NDArray[np.float64]:
    """One or two bursts of breath through a throat (resonances near 0.5, 1.3 and 2.4 kHz), the end of each voiced."""
    bursts = []
    for _ in range(random.integers(1, 3)):
        time = np.arange(int(RATE * random.uniform(0.25, 0.4))) / RATE
        breath = random.normal(0, 1, len(time)) * np.exp(-time / 0.07) * np.minimum(1, time / 0.005)
        voiced = np.sign(np.sin(2 * np.pi * random.uniform(100, 180) * time)) * np.exp(-(((time - 0.18) / 0.05) ** 2))
        source = breath + 0.3 * voiced
        throat = sum(
            np.convolve(source, np.exp(-time[:400] * width) * np.sin(2 * np.pi * tone * time[:400]), "same")
            for tone, width in ((500, 250), (1300, 400), (2400, 600))
        )
        bursts += [throat, np.zeros(int(RATE * random.uniform(0.05, 0.2)))]
    sound = np.concatenate(bursts)
    return np.asarray(0.5 * sound / np.abs(sound).max(), np.float64)


def _door(random: np.random.Generator) -> npt.NDArray[np.float64]:
    """A bang that dies away, with a boom below it."""
    time = np.arange(RATE // 2) / RATE
    bang = random.normal(0, 0.4, len(time)) * np.exp(-time / random.uniform(0.03, 0.1))
    return bang + 0.4 * np.sin(2 * np.pi * random.uniform(60, 120) * time) * np.exp(-time / 0.12)


def _keys(random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Eight clicks of 8 ms in about a second."""
    sound = np.zeros(RATE)
    for start in random.uniform(0, 0.95, 8):
        first = int(start * RATE)
        sound[first : first + 128] += random.normal(0, 0.5, 128) * np.exp(-np.arange(128) / 30)
    return sound
