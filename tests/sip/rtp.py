"""One side of the sound of a call, packet by packet: what sipp's scenarios offer points here. RFC 3550, 3551, 4733."""

import audioop
import socket
import struct
import threading
import time
from collections.abc import Callable

import numpy as np

from tests.sip.phones import LIMIT
from voice.frames import Pcm

RATE = 8_000
SAMPLES = 160
"""20 ms."""
PCMU, PCMA, KEYS = 0, 8, 101
NAMES = "0123456789*#ABCD"


class RtpPeer:
    """Says `said` (8 kHz) over and over in the codec that it last heard, 20 ms a packet; keeps what it hears.

    `lose(n)` tells whether the n-th packet is lost on its way. `key` presses a key with its next packets.
    """

    def __init__(self, said: Pcm, lose: Callable[[int], bool] = lambda _: False) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.port = int(self._socket.getsockname()[1])
        self._said, self._lose = said, lose
        self._to: tuple[str, int] | None = None
        self._codec = PCMU
        self._pressing: list[tuple[int, int]] = []
        self.heard: list[tuple[int, Pcm]] = []
        """(codec, 20 ms) as it came."""
        self.keys = ""
        self.silent = threading.Event()
        """While set nothing is sent."""
        self._changed = threading.Condition()
        self._over = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._speak)]
        for thread in self._threads:
            thread.start()

    def key(self, digit: str) -> None:
        """RFC 4733: an event of 100 ms, its end sent three times."""
        code = NAMES.index(digit)
        self._pressing += [(code, at) for at in (1, 2, 3, 4, -5, -5, -5)]

    def sound(self, codec: int) -> Pcm:
        return np.concatenate([pcm for kind, pcm in self.heard if kind == codec] or [np.zeros(0, np.int16)])

    def wait(self, happened: Callable[["RtpPeer"], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: happened(self), LIMIT), f"keys {self.keys}, {len(self.heard)} heard"

    def more(self, count: int) -> None:
        """Wait until `count` more packets have come."""
        until = len(self.heard) + count
        self.wait(lambda peer: len(peer.heard) >= until)

    def close(self) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(LIMIT)
        self._socket.close()

    def _listen(self) -> None:
        last = -1
        while not self._over.is_set():
            try:
                packet, self._to = self._socket.recvfrom(2048)
            except TimeoutError:
                continue
            kind, payload, stamp = packet[1] & 0x7F, packet[12:], struct.unpack("!I", packet[4:8])[0]
            with self._changed:
                if kind in (PCMU, PCMA):
                    self._codec = kind
                    decode = audioop.ulaw2lin if kind == PCMU else audioop.alaw2lin
                    self.heard.append((kind, np.frombuffer(decode(payload, 2), np.int16)))
                elif kind == KEYS and stamp != last:
                    last = stamp
                    self.keys += NAMES[payload[0]]
                self._changed.notify_all()

    def _speak(self) -> None:
        due, number, key_stamp = time.monotonic(), 0, 0
        while not self._over.is_set():
            due += 0.02
            time.sleep(max(0.0, due - time.monotonic()))
            if self._to is None or self.silent.is_set():
                continue
            stamp = number * SAMPLES
            start = stamp % (len(self._said) - SAMPLES)
            if self._pressing:
                code, at = self._pressing.pop(0)
                key_stamp = stamp if at == 1 else key_stamp
                end = 0x80 if at < 0 else 0
                payload = struct.pack("!BBH", code, end | 10, abs(at) * SAMPLES)
                header = struct.pack("!BBHII", 0x80, KEYS | (0x80 if at == 1 else 0), number & 0xFFFF, key_stamp, 7)
            else:
                encode = audioop.lin2ulaw if self._codec == PCMU else audioop.lin2alaw
                payload = encode(self._said[start : start + SAMPLES].tobytes(), 2)
                header = struct.pack("!BBHII", 0x80, self._codec, number & 0xFFFF, stamp, 7)
            number += 1
            if not self._lose(number):
                self._socket.sendto(header + payload, self._to)
