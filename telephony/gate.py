"""Who may call: looked at before anything is done for a call. Listed networks may; others answer a challenge."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from core.errors import TelephonyError
from telephony import callerid, digest
from telephony.bucket import Buckets
from telephony.callerid import Caller
from telephony.head import read
from telephony.unwanted import Why

SOURCES = 4_096
"""Unknown addresses that are told apart at a time."""
TOGETHER = 20
"""How many times the limit of one address all unknown ones have together: whoever forges addresses gains no more."""
RETRY_SECONDS = 5

Network = IPv4Network | IPv6Network

LOOPBACK: tuple[Network, ...] = (IPv4Network("127.0.0.0/8"), IPv6Network("::1"))


@dataclass(frozen=True, slots=True)
class Gate:
    """Who may call, and how often. Networks as "192.0.2.0/24" or "::1".

    `allowed`: may call without a password; `trusted`: their P-Asserted-Identity is believed; `users`: name → password
    of whoever else may call, none: nobody; `algorithms`: "SHA-256", "MD5", most wanted first; `nonce_seconds`: life of
    a challenge; `rate` attempts a second and `burst` at once from an address that is not allowed; `messages` of any
    kind are read for each attempt: INVITE, ACK, and INVITE, ACK, BYE of somebody who answers a challenge;
    `listed_rate`: messages a second from an address that is allowed, and as many of calls that are up, 0: all.
    """

    allowed: tuple[str, ...] = ("127.0.0.0/8", "::1")
    trusted: tuple[str, ...] = ()
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    realm: str = "mostrador"
    algorithms: tuple[str, ...] = ("SHA-256", "MD5")
    nonce_seconds: float = 300.0
    rate: float = 2.0
    burst: int = 10
    messages: int = 5
    listed_rate: float = 200.0


@dataclass(frozen=True, slots=True)
class Welcome:
    """May call. `user`: who authenticated, "" where the address was enough."""

    caller: Caller
    called: tuple[str, ...]
    user: str = ""


@dataclass(frozen=True, slots=True)
class Turned:
    """Turned away with a status and headers."""

    why: Why
    code: int
    headers: tuple[tuple[str, str], ...] = ()
    detail: str = ""


class Gatekeeper:
    """Decides for each INVITE that begins a call."""

    def __init__(self, gate: Gate, country: str) -> None:
        """Raises TelephonyError when a network is none."""
        self._allowed = networks(gate.allowed)
        self._trusted = networks(gate.trusted)
        self._country = country
        self._sources = Buckets(gate.rate, gate.burst, SOURCES)
        self._all = Buckets(TOGETHER * gate.rate, TOGETHER * gate.burst, 1)
        self._authenticator = (
            digest.Authenticator(gate.realm, gate.users, gate.algorithms, digest.Nonces(gate.nonce_seconds))
            if gate.users
            else None
        )

    def judge(self, source: str, message: str, now: float, *, known: bool = False) -> Welcome | Turned:
        """`source`: "192.0.2.1:5060" or "[2001:db8::1]:5060"; `now`: seconds of a monotonic clock; `known`: it is a
        PBX of ours, whatever is listed."""
        host = host_of(source)
        known = known or within(host, self._allowed)
        if not known and not (self._sources.take(neighbourhood(host), now) and self._all.take("", now)):
            return Turned("rate", 503, (("Retry-After", str(RETRY_SECONDS)),))
        head = read(message)
        user = ""
        if not known:
            if self._authenticator is None:
                return Turned("unknown", 403)
            given = digest.credentials(head.value("authorization"))
            if not given:
                return self._challenge("challenged", host, now)
            match self._authenticator.judge(given, head.method, host, now):
                case digest.Accepted(user):
                    pass
                case digest.Stale():
                    return self._challenge("stale", host, now)
                case digest.Denied(why):
                    return Turned("denied", 403, detail=why)
        caller = callerid.caller(head, self._country, trusted=within(host, self._trusted))
        return Welcome(caller, callerid.called(head, self._country), user)

    def _challenge(self, why: Why, address: str, now: float) -> Turned:
        assert self._authenticator is not None
        values = self._authenticator.challenges(address, now, stale=why == "stale")
        return Turned(why, 401, tuple(("WWW-Authenticate", value) for value in values))


def closed(gate: Gate, host: str) -> bool:
    """Whether `host` is reached by others and none of them may call."""
    return not within(host, LOOPBACK) and not gate.users and all(_local(network) for network in networks(gate.allowed))


def networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    """Raises TelephonyError that names the one which is no network."""
    found = []
    for text in texts:
        try:
            found.append(ip_network(text))
        except ValueError as error:
            raise TelephonyError(
                "sip.network", f"{text!r} is no network ({error}): write 192.0.2.0/24, 192.0.2.7 or 2001:db8::/32"
            ) from None
    return tuple(found)


def host_of(source: str) -> str:
    """The address without its port, brackets and zone; an IPv4 address that came in over IPv6 as such."""
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::\d*)?", source)
    host = bracketed[1] if bracketed else source.rpartition(":")[0] if source.count(":") == 1 else source
    host = host.partition("%")[0]
    try:
        address = ip_address(host)
    except ValueError:
        return host
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def within(host: str, allowed: tuple[Network, ...]) -> bool:
    """An address that can't be read is in no network."""
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in allowed)


def _local(network: Network) -> bool:
    return any(network.version == local.version and network.subnet_of(local) for local in LOOPBACK)  # type: ignore[arg-type]


def neighbourhood(host: str) -> str:
    """Who counts as one: an IPv4 address, the /64 of an IPv6 address, which is one customer's."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(address) if address.version == 4 else str(ip_network((host, 64), strict=False))
