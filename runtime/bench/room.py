"""A simulated room with a kiosk in it: its loudspeaker, its microphone, somebody who talks, and noise.

Levels are dBFS of active speech: of the 20 ms frames within 30 dB of the loudest.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voice.frames import RATE, Pcm
from voice.resample import to_float, to_int16

Sound = npt.NDArray[np.float64]
"""Mono, -1…1, at `voice.frames.RATE`."""

LOWEST = 180.0
"""Hz: below it a small loudspeaker gives little."""
SWAY = 7.0
FRAME = RATE // 50


@dataclass(frozen=True, slots=True)
class Room:
    """`heard` is a pure function of these."""

    seed: int
    reverberation: float
    """Seconds in which a sound dies away by 60 dB."""
    delay: float
    """Seconds from the card's taking a sample to its echo in what the card hands over."""
    drift: float
    """Parts in a million by which the microphone's clock is faster than the loudspeaker's."""
    drive: float
    """How far the loudspeaker is pushed into saturation: 1 compresses a full-scale peak by 2.4 dB."""
    moving: float
    """Share of the reflections that come and go every `SWAY` seconds, as somebody shifts before the kiosk."""

    def echo(self, played: Pcm, level: float) -> Sound:
        """What `played` sounds like at the microphone, at `level` dBFS; as long as `played`."""
        import soxr

        loudspeaker = np.tanh(self.drive * _high_passed(to_float(played)))
        loudspeaker += 0.05 * loudspeaker**2  # a cone moves further out than in
        sway = self.moving * np.sin(2 * np.pi * np.arange(len(played)) / RATE / SWAY)
        reflected = _convolved(loudspeaker, self._impulse_response(1))
        reflected += sway * _convolved(loudspeaker, self._impulse_response(4, direct=0.0))
        late = np.concatenate([np.zeros(round(self.delay * RATE)), reflected])
        if self.drift:
            late = soxr.resample(late, RATE, RATE * (1 + self.drift / 1e6))
        late = np.concatenate([late, np.zeros(max(0, len(played) - len(late)))])[: len(played)]
        return at_level(late, level)

    def talker(self, said: Pcm, level: float) -> Sound:
        """Somebody in front of the kiosk."""
        return at_level(_convolved(to_float(said), self._impulse_response(2, direct=2.0)), level)

    def noise(self, samples: int, level: float) -> Sound:
        """Pink, at `level` dBFS all the time."""
        return pink(samples, np.random.default_rng((self.seed, 3))) * 10 ** (level / 20)

    def _impulse_response(self, place: int, direct: float = 1.0) -> Sound:
        """Of the way to the microphone: the direct sound, and noise that dies away. `direct`: energy of the one over
        the other."""
        time = np.arange(round(self.reverberation * RATE)) / RATE
        tail = np.random.default_rng((self.seed, place)).standard_normal(len(time))
        tail *= 10 ** (-3 * time / self.reverberation)
        tail[0] = np.sqrt(direct * np.square(tail[1:]).sum())
        return np.asarray(tail)


def room(seed: int) -> Room:
    """One of many: 150 to 300 ms of reverberation, 20 to 120 ms of delay, clocks that differ by up to 30 ppm."""
    random = np.random.default_rng((seed, 0))
    return Room(
        seed,
        reverberation=random.uniform(0.15, 0.30),
        delay=random.uniform(0.02, 0.12),
        drift=random.uniform(-30, 30),
        drive=random.uniform(0.5, 1.5),
        moving=random.uniform(0.0, 0.4),
    )


def pink(samples: int, random: np.random.Generator) -> Sound:
    """Noise with as much in each octave, at 0 dBFS."""
    spectrum = np.fft.rfft(random.standard_normal(samples))
    noise = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 50)), samples)
    return np.asarray(noise / noise.std())


def microphone(*sounds: Sound) -> Pcm:
    """All that reaches it, clipped as a card clips."""
    return to_int16(np.sum(sounds, axis=0))


def level(sound: Sound) -> float:
    """dBFS of active speech."""
    return float(10 * np.log10(_power(sound)[active(sound)].mean() + 1e-12))


def onset(sound: Sound) -> int:
    """The sample where active speech begins."""
    return int(np.argmax(active(sound))) * FRAME


def at_level(sound: Sound, dbfs: float) -> Sound:
    return sound * 10 ** ((dbfs - level(sound)) / 20)


def active(sound: Sound) -> npt.NDArray[np.bool_]:
    """Which 20 ms of a clean recording hold speech."""
    power = _power(sound)
    return np.asarray(power >= power.max() / 1000)


def _power(sound: Sound) -> Sound:
    """Of each 20 ms."""
    return np.asarray(np.square(sound[: len(sound) // FRAME * FRAME].reshape(-1, FRAME)).mean(axis=1))


def _high_passed(sound: npt.NDArray[np.floating]) -> Sound:
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound) * hertz**2 / (hertz**2 + LOWEST**2), len(sound)))


def _convolved(sound: npt.NDArray[np.floating], response: Sound) -> Sound:
    size = 1 << (len(sound) + len(response) - 1).bit_length()
    spectrum = np.fft.rfft(sound, size) * np.fft.rfft(response, size)
    return np.asarray(np.fft.irfft(spectrum, size)[: len(sound)])
