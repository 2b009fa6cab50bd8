"""SIP by hand, for what no phone sends: requests as bytes, whole and broken, from an address that is not ours."""

import random
import socket
from collections import Counter

from tests.sip.phones import Server

HERE = "127.0.0.2"


def stranger() -> socket.socket:
    port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    port.bind((HERE, 0))
    return port


def address(server: Server) -> tuple[str, int]:
    host, _, port = server.address.rpartition(":")
    return host, int(port)


def request(number: int, method: str = "INVITE") -> bytes:
    body = (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.2\r\ns=-\r\nc=IN IP4 127.0.0.2\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n"
        if method == "INVITE"
        else ""
    )
    return (
        f"{method} sip:counter@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:9;rport;branch=z9hG4bK{number}x\r\n"
        f"From: <sip:stranger@127.0.0.2>;tag={number}\r\nTo: <sip:counter@127.0.0.1>\r\nCall-ID: {number}@flood\r\n"
        f"CSeq: 1 {method}\r\nContact: <sip:stranger@127.0.0.2:9>\r\nMax-Forwards: 70\r\n"
        f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def broken(message: bytes, chance: random.Random) -> bytes:
    """With one to four accidents: bytes that are changed, lost, or there many times."""
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(message))
        piece = chance.choice([b"", chance.randbytes(3), message[at : at + 9] * 20, b"\r\n", b"\x00", b"\xff%", b";<>"])
        message = message[:at] + piece + message[at + chance.randrange(12) :]
    return message[:8_000]


def lines(message: bytes, *names: bytes) -> bytes:
    head = message.partition(b"\r\n\r\n")[0].split(b"\r\n")
    return b"".join(line + b"\r\n" for line in head if line.startswith(names))


def acknowledgement(answer: bytes) -> bytes:
    head = lines(answer, b"From", b"To", b"Call-ID") + b"CSeq: 1 ACK\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    return b"ACK sip:counter@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.2:9;rport;branch=z9hG4bKack\r\n" + head


def agreement(farewell: bytes) -> bytes:
    return b"SIP/2.0 200 OK\r\n" + lines(farewell, b"Via", b"From", b"To", b"Call-ID", b"CSeq") + b"\r\n"


def unwanted(server: Server) -> Counter[str]:
    found: Counter[str] = Counter()
    for news in list(server.news):
        if "unwanted" in news:
            found[str(news["unwanted"])] += int(news["count"])
    return found
