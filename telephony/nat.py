"""How we are reached from beyond a router, in PJSIP's terms. rport and symmetric RTP are always on."""

import ipaddress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class NatSettings:
    """`public`: our address out there, when it is known and fixed; `stun`: servers, "host" or "host:port", that tell
    it; `ice`: both sides try every address they have (RFC 8445)."""

    public: str = ""
    stun: tuple[str, ...] = ()
    ice: bool = False


def set_endpoint(config: Any, nat: NatSettings) -> None:
    for server in nat.stun:
        config.stunServer.append(server)
    config.stunIgnoreFailure = True  # calls within the network need none


def set_account(config: Any, nat: NatSettings, host: str, library: Any) -> None:
    """`host`: the address that the account is at. ICE has no use for loopback, and PJSIP refuses every call there."""
    config.natConfig.iceEnabled = nat.ice and not loopback(host)
    use = library.PJSUA_STUN_USE_DEFAULT if nat.stun else library.PJSUA_STUN_USE_DISABLED
    config.natConfig.sipStunUse = config.natConfig.mediaStunUse = use
    config.mediaConfig.transportConfig.publicAddress = nat.public


def loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
