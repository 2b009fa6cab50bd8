"""Where SIP is listened for: UDP, TCP and TLS, on IPv4 and IPv6."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from core.errors import TelephonyError
from telephony import certificate, pj

if TYPE_CHECKING:
    from telephony.settings import SipSettings

Transport = Literal["udp", "tcp", "tls"]
Srtp = Literal["off", "offered", "required"]
"""Encrypted sound, keys in the SDP (SDES, RFC 4568): never; where the other side wants it too; or no call at all."""

HANDSHAKE_MS = 10_000
"""How long somebody may take to agree on TLS, which they might never mean to."""
SYSTEM_AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """Files in PEM. Without a certificate we can call by TLS and not be called."""

    port: int = 5061
    certificate: Path | None = None
    key: Path | None = None
    authorities: Path | None = None
    """Who vouches for the servers that we connect to; None: whom the system trusts."""
    verify: bool = True
    """Hang up on a server that nobody vouches for."""


@dataclass(frozen=True, slots=True)
class Listener:
    """One socket that is listened on. `id` is PJSIP's; `address`, "host:port", the one it really has."""

    transport: Transport
    host: str
    port: int
    id: int = -1
    address: str = ""

    @property
    def ipv6(self) -> bool:
        return ":" in self.host

    @property
    def shown(self) -> str:
        return f"{self.transport.upper()} port {self.port} on {self.host}"

    def uri(self, user: str) -> str:
        """Where to call it. Over UDP that need not be said."""
        return f"sip:{user}@{self.address}" + ("" if self.transport == "udp" else f";transport={self.transport}")


def wanted(settings: "SipSettings") -> list[Listener]:
    """Everything that is to be listened on. Raises TelephonyError where the settings contradict each other."""
    if not settings.transports:
        raise TelephonyError("sip.transports", 'sip.transports is empty: name "udp", "tcp" or "tls"')
    hosts = [settings.host, *([settings.host6] if settings.host6 else [])]
    if settings.host6 and (":" not in settings.host6 or ":" in settings.host):
        raise TelephonyError("sip.address", "sip.host6 goes beside an IPv4 sip.host, and is an IPv6 address: [sip]")
    if "tls" in settings.transports:
        _check_tls(settings)
    return [
        Listener(transport, host, settings.tls.port if transport == "tls" else settings.port)
        for host in hosts
        for transport in dict.fromkeys(settings.transports)
    ]


def reminder(settings: "SipSettings") -> certificate.Reminder | None:
    """Of the end of the certificate that callers are shown; None: there is none. Raises TelephonyError."""
    tls = settings.tls
    if "tls" in settings.transports and tls.certificate and tls.key:
        return certificate.Reminder(tls.certificate, tls.key)
    return None


def _check_tls(settings: "SipSettings") -> None:
    tls = settings.tls
    if tls.certificate and tls.key:
        certificate.check(tls.certificate, tls.key)
    elif tls.certificate or tls.key or not any(account.transport == "tls" for account in settings.accounts):
        raise TelephonyError(
            "sip.certificate", "To be called by TLS, set both sip.tls.certificate and sip.tls.key: files in PEM"
        )


def open_one(endpoint: Any, listener: Listener, settings: "SipSettings") -> Listener:
    """Listen on it. Raises TelephonyError: "sip.port_in_use", "sip.address", "sip.failed"."""
    library = pj.load()
    config = library.TransportConfig()
    config.port = listener.port
    config.boundAddress = listener.host
    config.publicAddress = "" if listener.ipv6 else settings.nat.public
    if listener.transport == "tls":
        _secure(config.tlsConfig, settings.tls)
    kind = getattr(library, f"PJSIP_TRANSPORT_{listener.transport.upper()}{'6' if listener.ipv6 else ''}")
    try:
        number = endpoint.transportCreate(kind, config)
    except library.Error as error:
        raise explain(str(error.reason), listener) from None
    host, _, port = endpoint.transportGetInfo(number).localName.rpartition(":")
    return replace(listener, id=number, address=f"[{host.strip('[]')}]:{port}" if listener.ipv6 else f"{host}:{port}")


def _secure(config: Any, tls: TlsSettings) -> None:
    library = pj.load()
    config.proto = library.PJ_SSL_SOCK_PROTO_TLS1_2 | library.PJ_SSL_SOCK_PROTO_TLS1_3
    if tls.certificate and tls.key:
        config.certFile, config.privKeyFile = str(tls.certificate), str(tls.key)
    config.verifyServer = tls.verify
    config.msecTimeout = HANDSHAKE_MS
    authorities = tls.authorities or SYSTEM_AUTHORITIES
    if tls.authorities and not tls.authorities.is_file():
        raise TelephonyError(
            "sip.certificate", f"{tls.authorities} is no file: set sip.tls.authorities to one, or to nothing"
        )
    if authorities.is_file():
        config.CaListFile = str(authorities)


def explain(words: str, listener: Listener) -> TelephonyError:
    """PJSIP's `words` about a socket, and what to do."""
    lower = words.lower()
    setting = "`port` under [sip.tls]" if listener.transport == "tls" else "`port` under [sip]"
    if "already in use" in lower:
        return TelephonyError(
            "sip.port_in_use", f"{listener.shown} is taken by another program: stop it, or set another {setting}"
        )
    if "assign requested address" in lower:
        setting = "`host6`" if listener.ipv6 else "`host`"
        return TelephonyError(
            "sip.address", f"{listener.host} is no address of this machine: set {setting} under [sip] to one that is"
        )
    return TelephonyError("sip.failed", f"PJSIP: {listener.shown}: {words}")


def towards(uri: str, listeners: Sequence[Listener]) -> int:
    """Which of `listeners` a request to `uri` leaves from: its transport and its kind of address."""
    transport = found.group(1).lower() if (found := re.search(r";transport=(\w+)", uri, re.IGNORECASE)) else "udp"
    if uri.lower().startswith("sips:"):
        transport = "tls"
    ipv6 = re.search(r"^<?sips?:(?:[^@]*@)?\[", uri) is not None
    places = [place for place, listener in enumerate(listeners) if listener.transport == transport]
    if not places:
        raise TelephonyError(
            "sip.dial", f'It takes {transport}, which is not open: add "{transport}" to sip.transports'
        )
    return next((place for place in places if listeners[place].ipv6 == ipv6), places[0])


def towards_us(request: str, source: str, listeners: Sequence[Listener]) -> int:
    """Which of `listeners` a request from `source` ("address:port") came in by."""
    found = re.search(r"^(?:Via|v)\s*:\s*SIP\s*/\s*2\.0\s*/\s*(\w+)", request, re.IGNORECASE | re.MULTILINE)
    transport, ipv6 = found.group(1).lower() if found else "udp", source.startswith("[") or source.count(":") > 1
    same = [place for place, one in enumerate(listeners) if one.ipv6 == ipv6]
    return next((place for place in same if listeners[place].transport == transport), same[0] if same else 0)


def secure_sound(config: Any, srtp: Srtp) -> None:
    """Set an account's media settings to a kind of SRTP."""
    library = pj.load()
    config.srtpUse = {
        "off": library.PJMEDIA_SRTP_DISABLED,
        "offered": library.PJMEDIA_SRTP_OPTIONAL,
        "required": library.PJMEDIA_SRTP_MANDATORY,
    }[srtp]
    config.srtpSecureSignaling = 0
    keyings = library.IntVector()
    keyings.append(library.PJMEDIA_SRTP_KEYING_SDES)
    config.srtpOpt.keyings = keyings
