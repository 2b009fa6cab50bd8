"""Which hosts serve a SIP domain: SRV records in their order (RFC 2782, RFC 3263), else the host itself.

Asked on a thread of its own: a dead DNS server must not hold up the telephone.
"""

import ipaddress
import random
import re
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from telephony.transports import Transport

SRV = 33
SECONDS = 2.0
"""For a DNS server to answer."""
SERVICES: dict[Transport, str] = {"udp": "_sip._udp", "tcp": "_sip._tcp", "tls": "_sips._tcp"}


@dataclass(frozen=True, slots=True)
class Record:
    priority: int
    weight: int
    port: int
    target: str


def is_name(where: str) -> bool:
    """Whether "host" or "host:port" has to be looked up."""
    host, _ = split(where)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host != ""
    return False


def split(where: str) -> tuple[str, str]:
    """Host, without the brackets of IPv6, and ":port" or nothing."""
    found = re.fullmatch(r"\[([^\]]*)\](:\d+)?|([^:]*)(:\d+)?", where)
    if found is None:
        return where, ""
    return found.group(1) or found.group(3) or "", found.group(2) or found.group(4) or ""


def look_up(where: str, transport: Transport, nameservers: Sequence[str], *, ipv6: bool = False) -> list[str]:
    """Every "address:port" of `where`, best first, of one kind of address; empty: not found. Blocks for seconds.

    With TLS names stay names, because certificates are made out to them.
    """
    if not is_name(where):
        return [where]
    host, port = split(where)
    if port:
        return _addresses(host, port, transport, ipv6)
    found = ordered(_ask(f"{SERVICES[transport]}.{host}", nameservers or system_nameservers()), random.random)
    places = [place for one in found for place in _addresses(one.target, f":{one.port}", transport, ipv6)]
    return list(dict.fromkeys(places)) or _addresses(host, "", transport, ipv6)


def system_nameservers(text: str | None = None) -> list[str]:
    """Those of /etc/resolv.conf, or of its `text`."""
    if text is None:
        path = Path("/etc/resolv.conf")
        text = path.read_text("utf-8", "replace") if path.is_file() else ""
    return re.findall(r"^\s*nameserver\s+(\S+)", text, re.MULTILINE)


def ordered(records: Sequence[Record], draw: Callable[[], float]) -> list[Record]:
    """By priority; among equals by chance, the heavier the sooner. `draw`: 0 to 1."""
    return sorted(records, key=lambda one: (one.priority, -(draw() ** (1 / max(one.weight, 0.01)))))


def question(name: str, identifier: int) -> bytes:
    """A query for SRV records. Raises ValueError where `name` is none of DNS's."""
    labels = name.encode("idna").split(b".")
    encoded = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    return struct.pack(">6H", identifier, 0x0100, 1, 0, 0, 0) + encoded + struct.pack(">2H", SRV, 1)


def answers(reply: bytes, identifier: int) -> list[Record]:
    """The SRV records in `reply`. Raises ValueError where it is no answer to the question `identifier`."""
    if len(reply) < 12:
        raise ValueError("too short")
    number, flags, questions, count, _, _ = struct.unpack_from(">6H", reply)
    if number != identifier or not flags & 0x8000:
        raise ValueError("no answer to our question")
    at, found = 12, []
    for _ in range(questions):
        at = _name(reply, at)[1] + 4
    for _ in range(count):
        at = _name(reply, at)[1]
        if at + 10 > len(reply):
            raise ValueError("cut short")
        kind, _, _, length = struct.unpack_from(">2HIH", reply, at)
        at += 10
        if kind == SRV:
            if length < 7 or at + length > len(reply):
                raise ValueError("cut short")
            priority, weight, port = struct.unpack_from(">3H", reply, at)
            target, _ = _name(reply, at + 6)
            if target:  # ".": the service is not offered
                found.append(Record(priority, weight, port, target))
        at += length
    return found


def _name(message: bytes, at: int) -> tuple[str, int]:
    """The name at an offset, and the offset behind it. Raises ValueError."""
    labels: list[str] = []
    behind = -1
    for _ in range(128):  # a loop of pointers has an end
        if at >= len(message):
            break
        length = message[at]
        if length == 0:
            return ".".join(labels), behind if behind >= 0 else at + 1
        if length >= 0xC0:
            if at + 1 >= len(message):
                break
            behind = behind if behind >= 0 else at + 2
            at = (length & 0x3F) << 8 | message[at + 1]
            continue
        labels.append(message[at + 1 : at + 1 + length].decode("ascii", "replace"))
        at += 1 + length
    raise ValueError("a name without end")


def _ask(name: str, nameservers: Sequence[str]) -> list[Record]:
    for nameserver in nameservers:
        host, port = split(nameserver)
        identifier = random.SystemRandom().randrange(1 << 16)
        try:
            asked = question(name, identifier)
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            with socket.socket(family, socket.SOCK_DGRAM) as asking:
                asking.settimeout(SECONDS)
                asking.connect((host, int(port[1:] or 53)))
                asking.send(asked)
                return answers(asking.recv(4096), identifier)
        except (OSError, ValueError):
            continue  # the next one may know
    return []


def _addresses(host: str, port: str, transport: Transport, ipv6: bool) -> list[str]:
    if transport == "tls":
        return [f"{host}{port}"]
    try:
        found = socket.getaddrinfo(host, None, socket.AF_INET6 if ipv6 else socket.AF_INET, socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        return []
    addresses = dict.fromkeys(str(address[0]) for _, _, _, _, address in found)
    return [f"[{one}]{port}" if ":" in one else f"{one}{port}" for one in addresses]
