"""What strangers send beyond their limit is dropped before PJSIP reads it (`native/flood_gate.hpp`), and so is a call's
sound from whoever is not in it (`native/rtp_guard.hpp`). Here the limits are set, and what was dropped is read."""

from collections.abc import Iterable
from ipaddress import ip_network

import structlog

from telephony import pj
from telephony.gate import Gate, Network, networks
from telephony.unwanted import Dropped, Why

_log = structlog.get_logger(__name__)

TOGETHER = 4
"""How many times the messages of one stranger all have together."""
CONNECTIONS = 8
"""That a stranger may have open, by TCP and TLS together."""
ALL_CONNECTIONS = 256
"""That all strangers may."""
LISTED_CONNECTIONS = 64
"""That an address which is allowed may: many telephones behind a router share one."""
ALL_LISTED_CONNECTIONS = 1_024
"""That all of those may: a fourth of what PJSIP has room for, sound included."""
LISTED_BURST = 2
"""Seconds of the rate of an allowed address that may come at once."""

_WHYS: dict[str, Why] = {
    "messages": "flood", "connections": "connections", "handshakes": "handshake", "sound": "sound",
    "broken": "malformed",
}  # fmt: skip


class Flood:
    """On the SIP thread only; does nothing where PJSIP's public package is all there is."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._allowed = networks(gate.allowed)
        self._known: frozenset[Network] | None = None

    def open(self) -> None:
        if not pj.can_hold_floods():
            _log.warning("sip_unguarded", pjsip=pj.capabilities().version)
            return
        each, burst = self._gate.messages * self._gate.rate, self._gate.messages * self._gate.burst
        self.know(())
        pj.load().floodConnections(CONNECTIONS, ALL_CONNECTIONS, LISTED_CONNECTIONS, ALL_LISTED_CONNECTIONS)
        pj.load().floodKnownLimit(self._gate.listed_rate, LISTED_BURST * self._gate.listed_rate)
        pj.load().floodLimits(each, burst, TOGETHER * each, TOGETHER * burst)

    def know(self, hosts: Iterable[str]) -> None:
        """`hosts`: addresses of PBXs that we have accounts at; beside them whoever is listed is known."""
        known = frozenset((*self._allowed, *(ip_network(host) for host in hosts)))
        if known == self._known or not pj.can_hold_floods():
            return
        self._known = known
        pj.load().floodForget()
        for network in known:
            pj.load().floodKnow(str(network.network_address), network.prefixlen)

    def call(self, call_id: str, *, up: bool) -> None:
        """Messages of a call that is up pass, whoever else sends how much."""
        if pj.can_hold_floods():
            pj.load().floodCall(call_id, up)

    def dropped(self) -> list[Dropped]:
        """Since it was last asked."""
        return read(pj.load().floodReport()) if pj.can_hold_floods() else []


def read(report: str) -> list[Dropped]:
    """Lines "messages 192.0.2.1 5060 17"."""
    found = []
    for line in report.splitlines():
        kind, host, port, count = line.split()
        source = host if host == "*" else f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        found.append(Dropped(_WHYS[kind], source, int(count)))
    return found
