"""Several SIP servers behind a real Kamailio with the configuration that `mostrador scale kamailio` makes."""

import re
import socket
import struct
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from pathlib import Path
from threading import Event, Thread
from typing import Any

from runtime.bench.ear import listening, next_packet
from runtime.commands.scale import write
from telephony.kamailio.files import render
from telephony.kamailio.site import Node, Site, contradictions
from tests.sip.kamailio import Running
from tests.sip.phones import LIMIT, Server, free_port
from tests.sip.scenario import SOUND, ack, answered, bye, invite, pause, receive, scenario

TELLING = {"show_load": True}


class Proxy(Running):
    """Kamailio before `nodes` (SIP URIs); `more`: of the site."""

    def __init__(self, folder: Path, nodes: list[str], *, weights: tuple[int, ...] = (), **more: Any) -> None:
        port = free_port()
        devices = tuple(Node(uri, weight) for uri, weight in zip(nodes, weights or [1] * len(nodes), strict=True))
        listen = (f"udp:127.0.0.1:{port}", *more.pop("listen", ()))
        site = Site(listen, more.pop("sources", ("127.0.0.1",)), devices, **more)
        assert not list(contradictions(site))
        here = folder / f"proxy-{port}"
        here.mkdir(parents=True)
        write(here, render(site, str(here)))
        super().__init__(here / "kamailio.cfg", port)


def routed(text: str) -> str:
    """A scenario of one call as it goes through a proxy: later requests by its route to the device."""
    text = text.replace('<recv response="200"', '<recv response="200" rrs="true"', 1)
    later = r"(ACK|BYE) sip:counter@\[remote_ip\]:\[remote_port\] SIP/2.0\n"
    return re.sub(later, r"\1 [next_url] SIP/2.0\n[routes]\n", text)


def talk(milliseconds: int) -> str:
    return routed(scenario(invite(), answered(), ack(), pause(milliseconds), bye(), receive(200)))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an INVITE, after so many seconds."""

    code: int
    seconds: float
    answer: bytes

    def header(self, name: str) -> str:
        found = re.search(rf"^{name}:\s*(.*?)\r$", self.answer.decode(errors="replace"), re.MULTILINE | re.IGNORECASE)
        return found[1] if found else ""


class Handset:
    """Calls by hand from an address of loopback, and times the answer."""

    _numbers = count(1)

    def __init__(self, proxy: Running, host: str = "127.0.0.1") -> None:
        self._proxy = proxy
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self._here = f"{host}:{self.socket.getsockname()[1]}"

    def __enter__(self) -> "Handset":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def request(
        self, method: str, uri: str = "", more: str = "", tag: str = "", number: int = 1, hops: int = 70
    ) -> bytes:
        """`tag`: of the other side, in a call; `more`: headers, each with its end of line."""
        body = ""
        if method == "INVITE":
            body = SOUND.format(direction="sendrecv", codec=0, name="PCMU", port=9, address=self._here.split(":")[0])
            for name in ("[local_ip_type]", "[media_ip_type]", "[local_ip]"):
                body = body.replace(name, "4" if "type" in name else self._here.split(":")[0])
            more += "Content-Type: application/sdp\r\n"
        uri = uri or f"sip:counter@{self._proxy.address}"
        body = body.replace("\n", "\r\n")
        return (
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {self._here};rport;branch=z9hG4bK{time.monotonic_ns()}\r\n"
            f"From: <sip:hand@{self._here}>;tag=hand\r\nTo: <{uri}>{f';tag={tag}' if tag else ''}\r\n"
            f"Call-ID: {next(self._numbers)}-{time.monotonic_ns()}\r\nCSeq: {number} {method}\r\n"
            f"Contact: <sip:hand@{self._here}>\r\nMax-Forwards: {hops}\r\n{more}"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()

    def ask(self, message: bytes, seconds: float = LIMIT) -> Outcome:
        """Its final answer; an INVITE that is answered is acknowledged and left."""
        began, host = time.monotonic(), ("127.0.0.1", self._proxy.port)
        self.socket.sendto(message, host)
        self.socket.settimeout(0.5)
        while time.monotonic() - began < seconds:
            try:
                answer = self.socket.recv(65_535)
            except TimeoutError:
                self.socket.sendto(message, host)
                continue
            if not answer.startswith(b"SIP/2.0 "):
                continue
            code = int(answer.split()[1])
            if code >= 200:
                return Outcome(code, time.monotonic() - began, answer)
        return Outcome(408, time.monotonic() - began, b"")

    def call(self, **more: Any) -> Outcome:
        message = self.request("INVITE", **more)
        outcome = self.ask(message)
        self.socket.sendto(self._within("ACK", message, outcome), ("127.0.0.1", self._proxy.port))
        return outcome

    def hang_up(self, outcome: Outcome) -> int:
        return self.ask(self._within("BYE", outcome.answer, outcome, 2)).code

    def _within(self, method: str, first: bytes, outcome: Outcome, number: int = 1) -> bytes:
        """By the route of the answer, as RFC 3261 section 12.2.1.1 has it; to a refusal, in its transaction."""
        refused = outcome.code >= 300
        text = first.decode(errors="replace")
        branch = re.search(r"branch=([^;\r]+)", text)
        contact = re.search(r"^Contact:\s*<([^>]+)>", outcome.answer.decode(errors="replace"), re.MULTILINE)
        uri = f"sip:counter@{self._proxy.address}" if refused or contact is None else contact[1]
        recorded = re.findall(r"^Record-Route:\s*(.*?)\r$", outcome.answer.decode(errors="replace"), re.MULTILINE)
        route = "" if refused else "".join(f"Route: {value}\r\n" for value in reversed(recorded))
        mine = branch[1] if refused and branch else f"z9hG4bK{time.monotonic_ns()}"
        return (
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {self._here};rport;branch={mine}\r\n{route}"
            f"From: {outcome.header('From')}\r\nTo: {outcome.header('To')}\r\nCall-ID: {outcome.header('Call-ID')}\r\n"
            f"CSeq: {number} {method}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
        ).encode()


class Mute:
    """A device that answers OPTIONS and says nothing at all to a call, or `code` to it, after having rung if it
    `rings`."""

    def __init__(self, code: int = 0, *, rings: bool = False, more: str = "") -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self.uri = f"sip:127.0.0.1:{self._socket.getsockname()[1]}"
        self._code, self._rings, self._more = code, rings, more
        self.invited: set[str] = set()
        """Call-IDs."""
        self._over = Event()
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(LIMIT)
        self._socket.close()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                message, sender = self._socket.recvfrom(65_535)
            except TimeoutError:
                continue
            text = message.decode(errors="replace")
            if text.startswith("OPTIONS"):
                self._say(text, sender, 200)
            elif text.startswith("INVITE"):
                called = re.search(r"^Call-ID:\s*(\S+)", text, re.MULTILINE)
                self.invited.add(called[1] if called else "")
                if self._rings:
                    self._say(text, sender, 180)
                    time.sleep(0.3)  # or one worker of the proxy overtakes another
                if self._code:
                    self._say(text, sender, self._code)

    def _say(self, request: str, sender: tuple[str, int], code: int) -> None:
        head = request.partition("\r\n\r\n")[0].split("\r\n")
        kept = [line for line in head if line.lower().startswith(("via", "from", "call-id", "cseq", "record-route"))]
        to = next(line for line in head if line.startswith("To"))
        more = self._more if code >= 300 else ""
        answer = "\r\n".join((f"SIP/2.0 {code} Said", *kept, f"{to};tag=m")) + f"\r\n{more}Content-Length: 0\r\n\r\n"
        self._socket.sendto(answer.encode(), sender)


@dataclass(slots=True)
class Stream:
    """The packets of one call: when each came (s), and its sequence number."""

    times: list[float] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def gap(self, start: float, end: float) -> float:
        """The longest time without a packet from `start` to `end`."""
        inside = [start, *(at for at in self.times if start <= at <= end), end]
        return max(later - sooner for sooner, later in pairwise(inside))

    def lost(self) -> int:
        steps = ((later - sooner) & 0xFFFF for sooner, later in zip(self.numbers, self.numbers[1:], strict=False))
        return sum(step - 1 for step in steps)


@contextmanager
def ear() -> Iterator[tuple[int, dict[int, Stream]]]:
    """A port of loopback, and what comes there by SSRC, with the kernel's time of each packet."""
    streams: dict[int, Stream] = defaultdict(Stream)
    over = Event()
    with listening() as taken:

        def listen() -> None:
            while not over.is_set():
                try:
                    packet, at, _ = next_packet(taken)
                except TimeoutError:
                    continue
                stream = streams[struct.unpack("!I", packet[8:12])[0]]
                stream.numbers.append(struct.unpack("!H", packet[2:4])[0])
                stream.times.append(at)

        thread = Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield int(taken.getsockname()[1]), streams
        finally:
            over.set()
            thread.join(LIMIT)


class Metronome:
    """Wakes every 20 ms, as whoever sends sound does: how much later than it should shows what the machine is like."""

    def __init__(self) -> None:
        self._late: list[tuple[float, float]] = []
        self._over = Event()
        self._thread = Thread(target=self._tick, daemon=True)
        self._thread.start()

    def __enter__(self) -> "Metronome":
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(LIMIT)

    def worst(self, start: float, end: float) -> float:
        return max((late for at, late in self._late if start <= at <= end), default=0.0)

    def _tick(self) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            time.sleep(0.02)
            self._late.append((time.time(), time.monotonic() - began - 0.02))


def answers(server: Server) -> int:
    """Calls that it has answered."""
    return len(server.events("Answered"))
