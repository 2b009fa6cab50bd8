"""The device's own sound card as an audio line, through PortAudio."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import structlog

from core.errors import HardwareError
from voice.echo import Canceller, EchoCanceller
from voice.frames import RATE, AudioFrame, Pcm
from voice.tap import PairRing, Tap

if TYPE_CHECKING:
    from types import ModuleType

FRAME = RATE // 50
"""Samples of one block of the card: 20 ms."""
HEARD_SECONDS = 5
QUEUED_SECONDS = 10
LATENCY = 0.06
"""Seconds asked of PortAudio: at its own "low" a callback that waits for the interpreter comes too late."""
STALLED_AFTER = 3.0
"""Seconds without a block after which the card is taken for unplugged."""

_BLOCK = 2 * FRAME + 1
"""Samples of 20 ms in the ring: heard, then played meanwhile, then how it was. Nothing can shift one of them against
the others."""
_MUTED = 1
_SLIPPED = 2


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

    `canceller` takes what was played out of what was heard; None leaves it in. `gain` 0…1 of the loudspeaker; `muted`
    gives silence instead of the microphone: only the canceller goes on hearing it, to know the room afterwards.
    Samples count as played when the card takes them, about `LATENCY` before they are heard. A card that is unplugged
    takes all and plays nothing, so that a conversation goes on by what it shows.
    """

    def __init__(self, canceller: Canceller | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.gain = 1.0
        self.muted = False
        self._canceller = canceller
        self._block = np.zeros(_BLOCK, np.int16)
        self._blocks = SampleRing(_BLOCK * HEARD_SECONDS * RATE // FRAME)
        self._queue = SampleRing(RATE * QUEUED_SECONDS)
        self._played = 0
        self._level = 0.0
        self._clock = clock
        self._called = clock()
        self._lost = False
        self._closed = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._arrived: asyncio.Event | None = None
        self._stream: Any = None
        self._tap: PairRing | None = None

    @property
    def rate(self) -> int:
        return RATE

    @property
    def now(self) -> float:
        """Seconds of stream time that have been read."""
        return self._blocks.position // _BLOCK * FRAME / RATE

    @property
    def level(self) -> float:
        """Root mean square of the last 20 ms that the microphone heard, echo and all, 0…1."""
        return self._level

    async def heard(self) -> AsyncIterator[AudioFrame]:
        self._arrived = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        while not self._closed:
            while len(self._blocks):
                yield self._next()
                await asyncio.sleep(0)  # a late reader catches up without keeping the loop to itself
            self._arrived.clear()
            if not len(self._blocks) and not self._closed:
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

    def tap(self, seconds: float) -> Tap:
        """What the microphone heard, our own voice taken out of it, beside what the card was given meanwhile."""
        self._tap = PairRing(seconds)
        return self._tap

    def close(self) -> None:
        """Let the card go. Blocks until its thread has ended (tens of ms). Safe to call twice."""
        self._closed = True
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)
        self._queue.clear()
        self._wake()

    def exchange(self, heard: Pcm, out: Pcm, slipped: bool = False) -> None:
        """20 ms of the card: takes what it heard, fills what it is to play. On PortAudio's thread.

        `slipped`: the card has lost samples of either, so that the echo's delay is another.
        """
        count = self._queue.fill(out)
        out[count:] = 0
        if self.gain != 1.0:
            np.multiply(out, self.gain, out=out, casting="unsafe")
        self._played += count
        block = self._block
        block[:FRAME] = heard
        block[FRAME:-1] = out
        block[-1] = _MUTED * self.muted | _SLIPPED * slipped
        self._blocks.force(block)
        self._level = 0.0 if self.muted else float(np.sqrt(np.mean(np.square(heard, dtype=np.float32)))) / 32768
        self._called = self._clock()
        self._wake()

    def _next(self) -> AudioFrame:
        block = np.empty(_BLOCK, np.int16)
        self._blocks.fill(block)
        near, far, how = block[:FRAME], block[FRAME:-1], int(block[-1])
        frame = AudioFrame(near, RATE, self.now - FRAME / RATE)
        if self._canceller is not None:
            if how & _SLIPPED:
                self._canceller.restart()
            frame = self._canceller.cancel(frame, far)
        if how & _MUTED:
            frame = AudioFrame(np.zeros_like(near), RATE, frame.start)
        if self._tap is not None:
            self._tap.push(frame.pcm, far)
        return frame

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


def open_line(device: str | None = None, echo_cancelled: bool = True) -> SoundCardLine:
    """Open a sound card for both ways; None is the system's default. Blocking, tens of ms.

    `echo_cancelled`: what it hears is without what it plays. Raises HardwareError.
    """
    sound = _portaudio()
    if not any(found["max_input_channels"] for found in sound.query_devices()):
        raise HardwareError(
            "audio.no_device",
            "No sound card with a microphone was found. Plug one in, or let the browser do the sound "
            '(kiosk.sound = "browser"); `arecord -l` lists what the system sees.',
        )

    line = SoundCardLine(EchoCanceller() if echo_cancelled else None)

    def callback(heard: Any, out: Any, _frames: int, _time: Any, status: Any) -> None:
        line.exchange(heard[:, 0], out[:, 0], slipped=bool(status))

    try:
        stream = sound.Stream(
            samplerate=RATE,
            blocksize=FRAME,
            device=device,
            channels=1,
            dtype="int16",
            latency=LATENCY,
            callback=callback,
        )
        stream.start()
    except (sound.PortAudioError, ValueError) as error:
        raise _refused(sound, device, error) from error
    line._stream = stream
    return line


def _refused(sound: "ModuleType", device: str | None, error: Exception) -> HardwareError:
    names = ", ".join(str(found["name"]) for found in sound.query_devices())
    which = f"The sound card {device!r}" if device else "The default sound card"
    reason = str(error)
    if isinstance(error, ValueError):
        return HardwareError("audio.unknown_device", f"{which} is not one of these: {names}. Set kiosk.card to one.")
    if "sample rate" in reason.lower():
        return HardwareError(
            "audio.rate", f"{which} can't run at {RATE} Hz. Use one of the system's converting devices of: {names}."
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
