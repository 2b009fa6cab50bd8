"""One call by hand, message by message, for what no phone would do."""

import re
import socket
from itertools import count
from types import TracebackType

_numbers = count(1)

SDP = "v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n"


class HandCall:
    """From `host`; `sound` is the port that its SDP names."""

    def __init__(self, to: tuple[str, int], host: str = "127.0.0.1", sound: int = 9) -> None:
        self._to, self.host, self.sound = to, host, sound
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.move(host)
        self.name = f"hand-{next(_numbers)}-{self.here}"
        self.theirs = ""
        """The tag that the other side gave."""

    def move(self, host: str) -> None:
        """From now on it is at another address."""
        self._socket.close()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self._socket.settimeout(20)
        self.here = f"{host}:{self._socket.getsockname()[1]}"

    def __enter__(self) -> "HandCall":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    @property
    def sdp(self) -> str:
        return SDP.format(host=self.host, port=self.sound)

    def send(self, method: str, number: int = 1, body: str = "", *, branch: str = "", more: str = "") -> None:
        """`branch`: of the transaction, where it is not one of its own."""
        tag = f";tag={self.theirs}" if self.theirs else ""
        kind = "Content-Type: application/sdp\r\n" if body and "Content-Type" not in more else ""
        self.send_raw(
            f"{method} sip:counter@127.0.0.1 SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {self.here};branch=z9hG4bK{branch or f'{method}{number}'}{self.name}\r\n"
            f"From: <sip:hand@{self.here}>;tag=ours\r\nTo: <sip:counter@127.0.0.1>{tag}\r\nCall-ID: {self.name}\r\n"
            f"CSeq: {number} {method}\r\nContact: <sip:hand@{self.here}>\r\nMax-Forwards: 70\r\n"
            f"{kind}{more}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()
        )

    def send_raw(self, message: bytes) -> None:
        self._socket.sendto(message, self._to)

    def final(self, method: str = "INVITE", number: int = 1) -> tuple[int, str]:
        """The final answer's code, and all of it; requests of the other side are let pass."""
        while True:
            text = self._socket.recv(65_536).decode("utf-8", "replace")
            status = re.match(r"SIP/2.0 (\d{3})", text)
            if status and int(status[1]) >= 200 and re.search(rf"^CSeq: {number} {method}", text, re.MULTILINE):
                if tag := re.search(r"^To:.*;tag=([^;\s]+)", text, re.MULTILINE):
                    self.theirs = tag[1]
                return int(status[1]), text

    def ack(self, number: int = 1, code: int = 200) -> None:
        self.send("ACK", number, branch=f"INVITE{number}" if code >= 300 else "")

    def up(self) -> int:
        """Calls and acknowledges; the port of the other side's sound."""
        self.send("INVITE", body=self.sdp)
        code, text = self.final()
        assert code == 200, text
        self.ack()
        port = re.search(r"^m=audio (\d+)", text, re.MULTILINE)
        assert port is not None
        return int(port[1])

    def bye(self, number: int = 90) -> int:
        self.send("BYE", number)
        return self.final("BYE", number)[0]
