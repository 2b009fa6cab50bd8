"""Where the sound of many calls goes: when each packet came, by the time stamps of the kernel."""

import socket
import struct
import threading
import time

LATE = 0.030
"""Seconds between two packets of one call, after which the later one is late."""
_SO_TIMESTAMPNS = 35


def listening(timeout: float = 0.2) -> socket.socket:
    """A UDP socket on loopback for `next_packet`, with room for a crowd."""
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    made.settimeout(timeout)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
    made.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
    return made


def next_packet(port: socket.socket) -> tuple[bytes, float, tuple[str, int]]:
    """(packet, when the kernel had it, who sent it). Raises TimeoutError."""
    packet, extra, _, peer = port.recvmsg(2048, 64)
    whole, nanoseconds = struct.unpack("qq", extra[0][2])
    return packet, whole + nanoseconds / 1e9, peer


class Ear(threading.Thread):
    """Notes the gaps between the packets of each call; `echo`: and sends them back."""

    def __init__(self, *, echo: bool = True) -> None:
        super().__init__(daemon=True)
        self._socket = listening()
        self._echo = echo
        self.port = int(self._socket.getsockname()[1])
        self.listening = threading.Event()
        """Gaps are noted while it is set."""
        self._over = threading.Event()
        self.gaps: list[float] = []
        self._last: dict[bytes, float] = {}

    def run(self) -> None:
        while not self._over.is_set():
            try:
                packet, at, peer = next_packet(self._socket)
            except TimeoutError:
                continue
            who = packet[8:12]
            if self.listening.is_set() and who in self._last:
                self.gaps.append(at - self._last[who])
            self._last[who] = at
            if self._echo:
                self._socket.sendto(packet, peer)

    def settle(self, calls: int, seconds: float) -> None:
        """Wait until sound of so many calls has come, not longer than `seconds`, and a second more."""
        until = time.monotonic() + seconds
        while len(self._last) < calls and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(1)

    def close(self) -> None:
        self._over.set()
        self.join()
        self._socket.close()
