"""The ring port in Python, for the public pjsua2-python package, which has none of ours.

Same methods as `native/ring_port.hpp`. The media clock calls into Python here, 50 times a second each way for a call:
sound is late whenever Python is busy. It serves to begin with.
"""

import os
import threading
from functools import cache
from typing import Any

import numpy as np

from telephony import pj
from voice.frames import Pcm


@cache
def event_fd() -> int:
    return os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)


class BothSides:
    """Both sides of a call in pairs of samples (heard, played). When the reader is late the oldest pairs go."""

    def __init__(self, capacity: int) -> None:
        self.sent = np.zeros(0, np.int16)
        """What went out in this tick."""
        self.start = self.now = 0
        self._pairs, self._limit = bytearray(), 4 * capacity

    def tick(self, heard: Pcm) -> None:
        pairs = np.zeros((len(heard), 2), np.int16)
        pairs[:, 0] = heard
        pairs[: len(self.sent), 1] = self.sent[: len(heard)]
        self.sent = self.sent[:0]
        self._pairs += pairs.tobytes()
        del self._pairs[: max(0, len(self._pairs) - self._limit)]
        self.now += len(heard)

    def read(self, pcm: Pcm) -> int:
        self.start = self.now - len(self._pairs) // 4
        taken = np.frombuffer(bytes(self._pairs[: 4 * (len(pcm) // 2)]), np.int16)
        del self._pairs[: taken.nbytes]
        pcm[: len(taken)] = taken
        return len(taken)


class Rings:
    """What is heard and what is to be played, in samples, both bounded."""

    def __init__(self, rate: int, frame: int, heard: int, play: int) -> None:
        self._rate = rate
        self.frame = frame
        self.lock = threading.Lock()
        self._heard, self._heard_limit = bytearray(), 2 * heard
        self._play, self._play_limit = bytearray(), 2 * play
        self._position = self._read_start = 0
        self._over = bytearray()
        self._both: BothSides | None = None
        self._played = self._heard_lost = self._underruns = self._overruns = self._play_dropped = 0

    def readInto(self, pcm: Pcm) -> int:  # noqa: N802
        with self.lock:
            taken = self._heard[: 2 * len(pcm)]
            del self._heard[: len(taken)]
            self._read_start = self._position
            self._position += len(taken) // 2
        pcm[: len(taken) // 2] = np.frombuffer(taken, np.int16)
        return len(taken) // 2

    def readStart(self) -> int:  # noqa: N802
        return self._read_start

    def write(self, samples: Pcm) -> int:
        with self.lock:
            taken = samples.tobytes()[: self._play_limit - len(self._play)]
            self._play += taken
        return len(taken) // 2

    def clear(self) -> int:
        with self.lock:
            gone = len(self._play) // 2
            self._play.clear()
            self._play_dropped += gone
        return gone

    def overlay(self, samples: Pcm) -> int:
        """Lays samples over whatever is played from the next tick on."""
        with self.lock:
            taken = samples.tobytes()[: self._play_limit - len(self._over)]
            self._over += taken
        return len(taken) // 2

    def tap(self, ms: int) -> None:
        """Keeps both sides from now on, `ms` of them at most; 0: no longer."""
        with self.lock:
            self._both = BothSides(self._rate * ms // 1000) if ms else None

    def readTap(self, pcm: Pcm) -> int:  # noqa: N802
        with self.lock:
            return self._both.read(pcm) if self._both else 0

    def tapStart(self) -> int:  # noqa: N802
        return self._both.start if self._both else 0

    def tapNow(self) -> int:  # noqa: N802
        return self._both.now if self._both else 0

    def available(self) -> int:
        return len(self._heard) // 2

    def queued(self) -> int:
        return len(self._play) // 2

    def played(self) -> int:
        return self._played

    def droppedPlay(self) -> int:  # noqa: N802
        return self._play_dropped

    def droppedHeard(self) -> int:  # noqa: N802
        return self._heard_lost

    def underruns(self) -> int:
        return self._underruns

    def overruns(self) -> int:
        return self._overruns

    def deliver(self, samples: Pcm | bytes) -> None:
        """From the bridge: the oldest go when the reader is late."""
        with self.lock:
            self._heard += bytes(samples)
            if self._both:
                self._both.tick(np.frombuffer(bytes(samples), np.int16))
            lost = len(self._heard) - self._heard_limit
            if lost > 0:
                del self._heard[:lost]
                self._heard_lost += lost // 2
                self._position += lost // 2
                self._overruns += 1
        os.eventfd_write(event_fd(), 1)

    def take(self, pcm: Pcm) -> int:
        """To the bridge: as many samples as there are, up to len(pcm)."""
        with self.lock:
            taken = self._play[: 2 * len(pcm)]
            del self._play[: len(taken)]
            self._played += len(taken) // 2
            self._underruns += 0 < len(taken) < 2 * len(pcm)
            real = len(taken) // 2
            pcm[:real] = np.frombuffer(taken, np.int16)
            if self._over:
                real = self._mixed(pcm, real)
            if self._both:
                self._both.sent = pcm[:real].copy()
        return real

    def _mixed(self, pcm: Pcm, real: int) -> int:
        more = np.frombuffer(bytes(self._over[: 2 * len(pcm)]), np.int16)
        del self._over[: more.nbytes]
        pcm[real : len(more)] = 0
        total = pcm[: len(more)].astype(np.int32) + more
        pcm[: len(more)] = np.clip(total, -32768, 32767)
        return max(real, len(more))


class PythonPort(Rings):
    """Only `bridge` is PJSIP's, and only the SIP thread holds it: the rings may live on."""

    def __init__(self, rate: int, frame_ms: int, heard_ms: int, play_ms: int) -> None:
        super().__init__(rate, rate * frame_ms // 1000, rate * heard_ms // 1000, rate * play_ms // 1000)
        self._frame_us = 1000 * frame_ms
        self.bridge: Any = None

    def createPort(self, name: str) -> None:  # noqa: N802
        library = pj.load()
        audio = library.MediaFormatAudio()
        audio.init(library.PJMEDIA_FORMAT_PCM, self._rate, 1, self._frame_us, 16)
        self.bridge = _bridge_class()(self)
        self.bridge.createPort(name, audio)

    def getPortId(self) -> int:  # noqa: N802
        return int(self.bridge.getPortId()) if self.bridge is not None else int(pj.load().PJSUA_INVALID_ID)

    def startTransmit(self, sink: Any) -> None:  # noqa: N802
        self.bridge.startTransmit(sink)

    def close(self) -> None:
        """PJSIP's half goes first, while Python's is whole: the media clock may be in a callback, waiting for Python,
        and a proxy that is being collected can't be called."""
        bridge, self.bridge = self.bridge, None
        if bridge is not None:
            bridge.__swig_destroy__(bridge)


@cache
def _bridge_class() -> Any:
    """Made late, because its base comes from PJSIP."""
    library = pj.load()
    base: Any = library.AudioMediaPort

    class Bridge(base):  # type: ignore[misc]
        def __init__(self, rings: Rings) -> None:
            super().__init__()
            self._rings = rings

        def onFrameRequested(self, frame: Any) -> None:  # noqa: N802
            pcm = np.zeros(self._rings.frame, np.int16)
            if not self._rings.take(pcm):
                frame.type = library.PJMEDIA_FRAME_TYPE_NONE
                return
            frame.type = library.PJMEDIA_FRAME_TYPE_AUDIO
            frame.buf = library.ByteVector(pcm.tobytes())
            frame.size = pcm.nbytes

        def onFrameReceived(self, frame: Any) -> None:  # noqa: N802
            heard = bytes(frame.buf) if frame.type == library.PJMEDIA_FRAME_TYPE_AUDIO else b""
            self._rings.deliver(heard or bytes(2 * self._rings.frame))

    return Bridge
