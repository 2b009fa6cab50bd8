"""The device's own sound card as an audio line, through PortAudio."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import structlog

from core.errors import HardwareError, RateError
from voice.frames import RATE, AudioFrame, Pcm

if TYPE_CHECKING:
    from types import ModuleType

FRAMES_A_SECOND = 50
HEARD_SECONDS = 5
QUEUED_SECONDS = 10
LATENCY = 0.06
"""Seconds asked of PortAudio: at its own "low" a callback that waits for the interpreter comes too late."""
STALLED_AFTER = 3.0
"""Seconds without a block after which the card is taken for unplugged."""


@dataclass(frozen=True, slots=True)
class Device:
    """A sound card as PortAudio names it. `inputs`, `outputs`: channels."""

    index: int
    name: str
    inputs: int
    outputs: int
    rate: float
    """Hz, its default."""
    default: bool


class SampleRing:
    """A ring of int16 samples between two threads, without allocation; positions count samples for ever."""

    def __init__(self, capacity: int) -> None:
        self._samples = np.zeros(capacity, np.int16)
        self._capacity = capacity
        self._written = 0
        self._read = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self._written - self._read

    @property
    def position(self) -> int:
        """Of the next sample to be read; those that were overwritten count."""
        return self._read

    def offer(self, pcm: Pcm) -> int:
        """Write what there is room for; returns how many samples that was."""
        with self._lock:
            taken = min(len(pcm), self._capacity - (self._written - self._read))
            self._put(pcm[:taken])
            return taken

    def force(self, pcm: Pcm) -> None:
        """Write all of it (at most the capacity); the oldest unread samples make room."""
        with self._lock:
            self._put(pcm)
            self._read = max(self._read, self._written - self._capacity)

    def fill(self, out: Pcm) -> int:
        """Read into `out`, as many samples as there are; returns how many."""
        with self._lock:
            count = min(len(out), self._written - self._read)
            start = self._read % self._capacity
            first = min(count, self._capacity - start)
            out[:first] = self._samples[start : start + first]
            out[first:count] = self._samples[: count - first]
            self._read += count
            return count

    def clear(self) -> int:
        """Forget what is unread; returns how many samples that was."""
        with self._lock:
            dropped = self._written - self._read
            self._read = self._written
            return dropped

    def _put(self, pcm: Pcm) -> None:
        start = self._written % self._capacity
        first = min(len(pcm), self._capacity - start)
        self._samples[start : start + first] = pcm[:first]
        self._samples[: len(pcm) - first] = pcm[first:]
        self._written += len(pcm)


class SoundCardLine:
    """Full-duplex mono. PortAudio's thread runs `exchange`; all else is called on the asyncio loop.

    `gain` 0…1 of the loudspeaker; `muted` gives silence instead of the microphone. Samples count as played when
    the card takes them, about `LATENCY` before they are heard. A card that is unplugged takes all and plays
    nothing, so that a conversation goes on by what it shows.
    """

    def __init__(self, rate: int = RATE, clock: Callable[[], float] = time.monotonic) -> None:
        self.gain = 1.0
        self.muted = False
        self._rate = rate
        self._frame = rate // FRAMES_A_SECOND
        self._heard = SampleRing(rate * HEARD_SECONDS)
        self._queue = SampleRing(rate * QUEUED_SECONDS)
        self._silence = np.zeros(self._frame, np.int16)
        self._played = 0
        self._level = 0.0
        self._clock = clock
        self._called = clock()
        self._lost = False
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._arrived: asyncio.Event | None = None
        self._stream: Any = None

    @property
    def rate(self) -> int:
        return self._rate

    @property
    def now(self) -> float:
        """Seconds of stream time that have been read."""
        return self._heard.position / self._rate

    @property
    def level(self) -> float:
        """Root mean square of the last 20 ms heard, 0…1."""
        return self._level

    async def heard(self) -> AsyncIterator[AudioFrame]:
        self._arrived = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        while not self._closed:
            while len(self._heard) >= self._frame:
                pcm = np.empty(self._frame, np.int16)
                self._heard.fill(pcm)
                yield AudioFrame(pcm, self._rate, (self._heard.position - self._frame) / self._rate)
            self._arrived.clear()
            if len(self._heard) < self._frame and not self._closed:
                await self._arrived.wait()

    def play(self, pcm: Pcm) -> int:
        if pcm.dtype != np.int16 or pcm.ndim != 1:
            raise TypeError(f"a line plays int16 [n], not {pcm.dtype} {list(pcm.shape)}")
        if self._closed:
            return 0
        return self._queue.offer(pcm) if self._alive() else len(pcm)

    def hush(self) -> int:
        return self._queue.clear()

    @property
    def queued(self) -> int:
        return len(self._queue) if self._alive() else 0

    @property
    def played(self) -> int:
        return self._played

    def close(self) -> None:
        """Let the card go. Blocks until its thread has ended (tens of ms). Safe to call twice."""
        self._closed = True
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)
        self._queue.clear()
        self._wake()

    def exchange(self, heard: Pcm, out: Pcm) -> None:
        """One block of the card: takes what it heard, fills what it is to play. On PortAudio's thread."""
        count = self._queue.fill(out)
        out[count:] = 0
        if self.gain != 1.0:
            np.multiply(out, self.gain, out=out, casting="unsafe")
        self._played += count
        if self.muted:
            heard = self._silence
        self._heard.force(heard)
        self._level = float(np.sqrt(np.mean(np.square(heard, dtype=np.float32)))) / 32768
        self._called = self._clock()
        self._wake()

    def _alive(self) -> bool:
        lost = self._clock() - self._called > STALLED_AFTER
        if lost and not self._lost:
            structlog.get_logger(__name__).error("sound_card_lost", queued=self._queue.clear())
        self._lost = lost
        return not lost

    def _wake(self) -> None:
        loop, arrived = self._loop, self._arrived
        if loop is None or arrived is None:
            return
        try:
            loop.call_soon_threadsafe(arrived.set)
        except RuntimeError:  # the loop has been closed: nobody listens any more
            self._loop = None


def devices() -> list[Device]:
    """Every sound card PortAudio knows, the system's default marked. Raises HardwareError."""
    sound = _portaudio()
    usual = set(sound.default.device)
    return [
        Device(
            index=index,
            name=str(found["name"]),
            inputs=int(found["max_input_channels"]),
            outputs=int(found["max_output_channels"]),
            rate=float(found["default_samplerate"]),
            default=index in usual,
        )
        for index, found in enumerate(sound.query_devices())
    ]


def open_line(device: str | None = None, rate: int = RATE) -> SoundCardLine:
    """Open a sound card for both ways; None is the system's default. Blocking, tens of ms.

    Raises RateError for a rate that has no whole 20 ms frames, HardwareError for all that is the card's.
    """
    if rate % FRAMES_A_SECOND or not 8_000 <= rate <= 48_000:
        raise RateError(
            "voice.rate", f"A sound card is opened at 8000 to 48000 Hz in whole 20 ms frames, not {rate} Hz"
        )
    sound = _portaudio()
    if not any(found["max_input_channels"] for found in sound.query_devices()):
        raise HardwareError(
            "audio.no_device",
            "No sound card with a microphone was found. Plug one in, or let the browser do the sound "
            '(kiosk.sound = "browser"); `arecord -l` lists what the system sees.',
        )
    line = SoundCardLine(rate)

    def callback(heard: Any, out: Any, _frames: int, _time: Any, _status: Any) -> None:
        line.exchange(heard[:, 0], out[:, 0])

    try:
        stream = sound.Stream(
            samplerate=rate,
            blocksize=rate // FRAMES_A_SECOND,
            device=device,
            channels=1,
            dtype="int16",
            latency=LATENCY,
            callback=callback,
        )
        stream.start()
    except (sound.PortAudioError, ValueError) as error:
        raise _refused(sound, device, rate, error) from error
    line._stream = stream
    return line


def _refused(sound: "ModuleType", device: str | None, rate: int, error: Exception) -> HardwareError:
    names = ", ".join(str(found["name"]) for found in sound.query_devices())
    which = f"The sound card {device!r}" if device else "The default sound card"
    reason = str(error)
    if isinstance(error, ValueError):
        return HardwareError("audio.unknown_device", f"{which} is not one of these: {names}. Set kiosk.card to one.")
    if "sample rate" in reason.lower():
        return HardwareError(
            "audio.rate", f"{which} can't run at {rate} Hz. Use one of the system's converting devices of: {names}."
        )
    return HardwareError(
        "audio.refused", f"{which} can't be opened: {reason}. Another program may have it; there are: {names}."
    )


def _portaudio() -> "ModuleType":
    try:
        import sounddevice
    except OSError as error:  # the package is there, the library below it isn't
        raise HardwareError(
            "audio.library_missing",
            "Sound needs the PortAudio library: install the Debian package libportaudio2 (`make run` does).",
        ) from error
    module: ModuleType = sounddevice
    return module
