"""What stands behind a proxy, and who may call it."""

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Annotated

from msgspec import Meta, Struct

from core.errors import TelephonyError
from telephony.gate import Network, networks

Name = Annotated[str, Meta(min_length=1)]
Count = Annotated[int, Meta(ge=1, le=10_000)]

_LISTEN = re.compile(r"(udp|tcp|tls):(\[[0-9a-fA-F:.]+\]|[0-9.]+):([0-9]{1,5})")
_NODE = re.compile(r"sip:(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::([0-9]{1,5}))?(?:;transport=(udp|tcp|tls))?")
_DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
_FILE = re.compile(r"/[A-Za-z0-9_.,+@~/ -]*[A-Za-z0-9_.]")
"""What can stand in Kamailio's files with nothing to escape."""


class Node(Struct, frozen=True, forbid_unknown_fields=True):
    """A device. `weight`: how many times the share of calls that its own measure gives it."""

    uri: Name
    weight: Annotated[int, Meta(ge=1, le=100)] = 1


class Tls(Struct, frozen=True, forbid_unknown_fields=True):
    """Files in PEM, where the proxy runs; only their names are written down. `authorities`: whose certificates callers
    must show, "": none is asked for."""

    certificate: str = ""
    key: str = ""
    authorities: str = ""


class Site(Struct, frozen=True, forbid_unknown_fields=True):
    """A proxy and its devices."""

    listen: tuple[str, ...]
    """Where callers and devices reach it: "udp:192.0.2.1:5060"."""
    sources: tuple[str, ...]
    """Networks that calls may come from: the trunk's, the PBX's."""
    nodes: tuple[Node, ...]
    trusted: tuple[str, ...] = ()
    """Those of them whose P-Asserted-Identity goes on to the devices."""
    domains: tuple[str, ...] = ()
    """Names that callers may write in the address, beside those in `listen`."""
    calls_per_second: Count = 50
    """New ones; more hear 503."""
    strangers_per_second: Count = 15
    """Messages from an address that is in no network of `sources`; more are dropped."""
    dead_after: Annotated[float, Meta(ge=0.2, le=10)] = 1.0
    """Seconds without any answer until a device is passed over."""
    ring_seconds: Annotated[float, Meta(ge=5, le=600)] = 190.0
    """How long a call may ring."""
    retry_after: Annotated[int, Meta(ge=1, le=3_600)] = 10
    """Seconds after which whoever finds all devices busy is told to try again, at most."""
    tls: Tls = Tls()


def hosts(site: Site) -> list[tuple[str, str, int]]:
    """(transport, host, port) of each of `listen`. The site holds together."""
    found = [_LISTEN.fullmatch(text) for text in site.listen]
    return [(match[1], match[2], int(match[3])) for match in found if match]


def contradictions(site: Site) -> Iterator[str]:
    """What each value allows by itself and Kamailio or good sense does not: a sentence each, with its place."""
    for key in ("listen", "sources", "nodes"):
        if not getattr(site, key):
            yield f"{key} is empty: {_WANTED[key]}"
    for at, text in enumerate(site.listen, 1):
        if (why := _wrong_listen(text)) is not None:
            yield f"listen.{at} = {text!r}: {why}"
    yield from _networks("sources", site.sources)
    yield from _networks("trusted", site.trusted)
    for at, domain in enumerate(site.domains, 1):
        if not _DOMAIN.fullmatch(domain):
            yield f"domains.{at} = {domain!r} is no host name: write calls.example"
    yield from _nodes(site)
    yield from _tls(site)


_WANTED = {
    "listen": 'say where the proxy listens: ["udp:192.0.2.1:5060"]',
    "sources": "say where calls may come from; a proxy for everybody is found and abused within hours",
    "nodes": 'name a device: [[nodes]] uri = "sip:192.0.2.11:5060"',
}


def _wrong_listen(text: str) -> str | None:
    match = _LISTEN.fullmatch(text)
    if match is None:
        return "write udp:192.0.2.1:5060, tcp:… or tls:…, with an address and a port"
    return _wrong_host(match[2]) or _wrong_port(match[3])


def _wrong_host(host: str) -> str | None:
    numeric = host.strip("[]")
    if not host.startswith("[") and not re.fullmatch(r"[0-9.]+", host):
        return None if _DOMAIN.fullmatch(host) else f"{host} is no host name"
    try:
        address = ip_address(numeric)
    except ValueError:
        return f"{numeric} is no address"
    return f"{numeric} is every address: write the one that devices and callers use" if address.is_unspecified else None


def _wrong_port(port: str) -> str | None:
    return None if 0 < int(port) < 65_536 else f"{port} is no port"


def _networks(key: str, texts: tuple[str, ...]) -> Iterator[str]:
    for at, text in enumerate(texts, 1):
        try:
            [network] = networks((text,))
        except TelephonyError as error:
            yield f"{key}.{at} = {text!r}: {error.message}"
            continue
        if network.prefixlen == 0:
            yield f"{key}.{at} = {text!r} is everybody: list the networks that calls come from"


def _nodes(site: Site) -> Iterator[str]:
    listening = {(host, port) for _, host, port in hosts(site)}
    by = {transport for transport, _, _ in hosts(site)}
    seen: dict[str, int] = {}
    for at, node in enumerate(site.nodes, 1):
        place = f"nodes.{at}.uri = {node.uri!r}"
        match = _NODE.fullmatch(node.uri)
        if match is None:
            yield f"{place}: write sip:192.0.2.11:5060, or with ;transport=tcp or tls"
        elif why := _wrong_host(match[1]) or (_wrong_port(match[2]) if match[2] else None):
            yield f"{place}: {why}"
        elif (match[1], int(match[2] or 5060)) in listening:
            yield f"{place} is where the proxy itself listens"
        elif by and (match[3] or "udp") not in by:
            yield f"{place}: the proxy reaches it by {match[3] or 'udp'}, and does not listen by it: add that to listen"
        elif node.uri in seen:
            yield f"{place} is there twice, as nodes.{seen[node.uri]}, too"
        seen.setdefault(node.uri, at)


def _tls(site: Site) -> Iterator[str]:
    listens = any(text.startswith("tls:") for text in site.listen)
    for key in ("certificate", "key"):
        if listens and not getattr(site.tls, key):
            yield f"tls.{key} is missing: {next(text for text in site.listen if text.startswith('tls:'))} needs it"
        if not listens and getattr(site.tls, key):
            yield f'tls.{key} is there, and nothing is listened on by TLS: add "tls:192.0.2.1:5061" to listen'
    for key in ("certificate", "key", "authorities"):
        name = getattr(site.tls, key)
        if name and not _FILE.fullmatch(name):
            yield f"tls.{key} = {name!r}: write a whole path, of plain letters"


def plain_path(text: str) -> bool:
    """Whether a path can stand in Kamailio's files."""
    return _FILE.fullmatch(text) is not None


def networks_of(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(text) for text in texts)
