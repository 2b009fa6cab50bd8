"""Accounts at PBXs and proxies: what they are set to, and their life on the SIP thread."""

import random
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import structlog

from core.errors import TelephonyError
from telephony import pj
from telephony.codecs import Codec
from telephony.dialling import Route
from telephony.legs import account_class, guarded
from telephony.registration import BACK_OFF, Answer, Registration, after, back_off
from telephony.secret import Secret
from telephony.srv import is_name, look_up
from telephony.transports import Listener, Srtp, Transport
from telephony.trunk import MISSES, Peer, first_up, heard, pause

if TYPE_CHECKING:
    from telephony.stack import Stack

_log = structlog.get_logger(__name__)

Kind = Literal["register", "trunk"]
"""We tell the server where we are; or it knows, and both find out whether the other is there."""


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """`server`: "host" or "host:port" of the registrar; `proxies`: the same of those that requests go through, the
    first that works; without any, straight to the server. `login`: the name for the password, if not `user`;
    `expires` and `keepalive` in seconds, 0: is not asked whether it is there; `codecs`: of its calls, most wanted
    first, none: as all calls have."""

    name: str
    server: str
    kind: Kind = "register"
    user: str = ""
    login: str = ""
    secret: Secret = field(default_factory=Secret)
    proxies: tuple[str, ...] = ()
    transport: Transport = "udp"
    srtp: Srtp = "off"
    expires: int = 300
    keepalive: float = 30.0
    codecs: tuple[Codec, ...] = ()

    @property
    def hops(self) -> tuple[str, ...]:
        """Where its requests go first: one of these."""
        return self.proxies or (self.server,)

    def uri(self, user: str, where: str, more: str = "") -> str:
        """The address of `user` ("": of the server itself) at `where`, by this account's transport."""
        transport = "" if self.transport == "udp" else f";transport={self.transport}"
        return f"sip:{user}{'@' if user else ''}{where}{more}{transport}"

    @property
    def identity(self) -> str:
        """Who we are there."""
        return f"sip:{self.user}{'@' if self.user else ''}{self.server}"

    def target(self, number: str, where: str) -> str:
        """Whom to ask for `number` at `where`; it may be a whole URI already."""
        return number if re.match(r"<?sips?:", number, re.IGNORECASE) else self.uri(number, where)


@dataclass(frozen=True, slots=True)
class AccountState:
    """`hop`: the server or proxy that it goes through now; `code`: of the last answer; `retry`: seconds until it is
    tried again, 0: nothing to try."""

    name: str
    kind: Kind
    state: str
    hop: str
    code: int
    retry: float = 0.0

    @property
    def up(self) -> bool:
        """Calls can go through it."""
        return self.state in ("registered", "up")


def host_of(where: str) -> str:
    """The host of "host:port", without the brackets of IPv6."""
    found = re.fullmatch(r"\[(.+)\](?::\d+)?|([^:]+)(?::\d+)?|(.+)", where)
    return next((group for group in found.groups() if group), "") if found else ""


def user_asked_for(request: str) -> str:
    """The user in a request's first line."""
    found = re.match(r"\w+ sips?:([^@;:\s]+)[^@\s]*@", request, re.IGNORECASE)
    return found.group(1) if found else ""


def caller_of(known: Sequence[tuple[str, str, frozenset[str]]], source: str, user: str) -> str | None:
    """The account that a request from the address `source` for `user` belongs to; None: to none of them.

    `known`: name, user and addresses of each. Only the address tells, because anybody can write any user; the user
    decides among accounts at one address.
    """
    there = [(name, own) for name, own, addresses in known if source in addresses]
    return next((name for name, own in there if own == user), there[0][0] if there else None)


class Entry:
    """One account on the SIP thread."""

    def __init__(self, settings: AccountSettings, account: Any, config: Any, *, ipv6: bool) -> None:
        self.settings = settings
        self.ipv6 = ipv6
        self.account = account
        self.config = config
        self.spare: dict[str, Any] = {}
        """By hop: an account that does not register, for calls by another hop than the registration's."""
        self.registration = Registration()
        self.addresses: set[str] = set()
        """Where its hops are, and have answered from."""
        self.unresolved = any(is_name(hop) for hop in settings.hops)
        """Names are looked up before they are used, and again when none has answered."""
        self.due: float | None = 0.0
        """When to send the next REGISTER, by the monotonic clock; None: it runs by itself."""
        self.peers: list[Peer] = []
        self.asked: int | None = None
        """Which hop has been asked and not answered yet; only one is at a time."""
        self.ask: list[float] = []
        """When to ask each hop, by the monotonic clock."""
        self.go_through(settings.hops)

    def go_through(self, hops: Sequence[str]) -> None:
        self.hops = tuple(hops)
        self.addresses |= {host_of(hop) for hop in hops if not is_name(hop)}
        self.peers = [Peer("trying" if self.settings.keepalive else "up") for _ in hops]
        self.ask = [0.0 for _ in hops]
        self.asked = None

    @property
    def is_trunk(self) -> bool:
        return self.settings.kind == "trunk"


class Accounts:
    """All accounts. Every method is called on the SIP thread."""

    def __init__(self, stack: "Stack") -> None:
        self._stack = stack
        self._entries: dict[str, Entry] = {}
        self._stopping = False

    def open(self, listeners: Sequence[Listener]) -> None:
        """Raises TelephonyError where an account needs a transport that is not open."""
        from telephony.settings import account_config

        for settings in self._stack.settings.accounts:
            listener = _listener_for(settings, listeners)
            config = account_config(self._stack.settings, listener, settings.identity, settings.srtp)
            _describe(config, settings)
            account = account_class()(self._stack, settings.name, self._stack.settings.codecs_of(settings))
            try:
                account.create(config)
            except pj.load().Error as error:
                problem = f"The account {settings.name} is not usable ({error.reason}): look at server and user"
                raise TelephonyError("sip.account", problem) from None
            entry = self._entries[settings.name] = Entry(settings, account, config, ipv6=listener.ipv6)
            self._stack.account_changed(self._state(entry))

    def routes(self, name: str, number: str) -> list[Route]:
        """The ways to `number` by the account of that name, best first. Raises TelephonyError."""
        entry = self._entries.get(name)
        if entry is None:
            known = ", ".join(self._entries) or "none"
            raise TelephonyError("sip.account", f"No account is called {name!r}: there are {known}")
        if not self._state(entry).up:
            state = self._state(entry).state
            raise TelephonyError("sip.account_down", f"The account {name} is {state}: try later", retryable=True)
        if entry.is_trunk:
            best = first_up(entry.peers) or 0
            there = [best, *(at for at, peer in enumerate(entry.peers) if at != best and peer.state != "down")]
            hops = [entry.hops[at] for at in there]
            return [Route(entry.account, entry.settings.target(number, hop), hop) for hop in hops]
        now, target = entry.registration.proxy, entry.settings.target(number, entry.settings.server)
        others = [hop for at, hop in enumerate(entry.hops) if at != now]
        return [
            Route(entry.account, target, entry.hops[now]),
            *(Route(self._spare(entry, hop), target, hop) for hop in others),
        ]

    def _spare(self, entry: Entry, hop: str) -> Any:
        """Made at the first use."""
        from telephony.settings import account_config

        if hop not in entry.spare:
            settings = entry.settings
            listener = _listener_for(settings, self._stack.listeners)
            config = account_config(self._stack.settings, listener, settings.identity, settings.srtp)
            _describe(config, settings)
            config.regConfig.registrarUri = ""
            _go_by(config, settings, hop)
            account = account_class()(self._stack, settings.name, self._stack.settings.codecs_of(settings))
            account.create(config)
            entry.spare[hop] = account
        return entry.spare[hop]

    def account_for(self, request: str, source: str) -> int | None:
        """PJSIP's id of the account that a request belongs to. `source`: "address:port"."""
        known = [(name, one.settings.user, frozenset(one.addresses)) for name, one in self._entries.items()]
        name = caller_of(known, host_of(source), user_asked_for(request))
        return None if name is None else int(self._entries[name].account.getId())

    @property
    def addresses(self) -> frozenset[str]:
        """Of all hops of all accounts, as far as they are known."""
        return frozenset(address for entry in self._entries.values() for address in entry.addresses)

    def tick(self, now: float) -> None:
        """Send what is due."""
        if self._stopping:
            return
        for entry in self._entries.values():
            if entry.unresolved:
                if entry.due is not None and now >= entry.due:
                    entry.due = None
                    self._look_up(entry.settings, entry.ipv6)
                continue
            if not entry.is_trunk and entry.due is not None and now >= entry.due:
                entry.due = None
                self._register(entry)
            if entry.settings.keepalive and entry.asked is None and (hop := self._to_ask(entry, now)) is not None:
                entry.asked = hop
                self._ask(entry, hop)

    def answered(self, name: str, code: int, expires: int, message: str, source: str) -> None:
        """An answer to a REGISTER, or none (408)."""
        entry = self._entries[name]
        if self._stopping:
            entry.registration = Registration("stopped", entry.registration.proxy, 0, code)
            self._tell(entry, 0.0)
            return
        if 200 <= code < 300 and source:
            entry.addresses.add(host_of(source))
        self._settle(entry, Answer(code, expires, _retry_after(message)))

    def pinged(self, name: str, code: int, source: str) -> None:
        """An answer to OPTIONS, or none (408)."""
        entry = self._entries[name]
        if entry.asked is None or self._stopping:
            return
        hop, entry.asked = entry.asked, None
        if source:
            entry.addresses.add(host_of(source))
        was, before = entry.peers[hop], self._state(entry)
        peer = entry.peers[hop] = heard(was, code)
        entry.ask[hop] = time.monotonic() + pause(peer, entry.settings.keepalive, random.random())  # noqa: S311
        if entry.is_trunk:
            if peer.state != was.state:
                if peer.state == "up":
                    _log.info("sip_trunk_up", account=name, hop=entry.hops[hop], code=code)
                else:
                    _log.warning("sip_trunk_down", account=name, hop=entry.hops[hop], code=code)
            if (now := self._state(entry)) != before:
                self._stack.account_changed(now)
            if first_up(entry.peers) is None and all(peer.state == "down" for peer in entry.peers):
                entry.unresolved = any(is_name(one) for one in entry.settings.hops)  # they may have moved
                entry.due = min(entry.ask)
        elif peer.state == "down" and (entry.registration.state, entry.registration.proxy) == ("registered", hop):
            _log.warning("sip_registrar_lost", account=name, hop=entry.hops[hop], code=code)
            self._settle(entry, Answer(code))

    def stop(self) -> None:
        """Unregister; `leaving` until each has been answered."""
        self._stopping = True
        for entry in self._entries.values():
            if entry.registration.state == "registered":
                try:
                    entry.account.setRegistration(False)
                except pj.load().Error as error:
                    _log.info("sip_not_unregistered", account=entry.settings.name, reason=error.reason)
                    entry.registration = Registration("stopped")

    @property
    def leaving(self) -> bool:
        return any(entry.registration.state == "registered" for entry in self._entries.values())

    def close(self) -> None:
        while self._entries:
            _, entry = self._entries.popitem()
            while entry.spare:
                entry.spare.popitem()[1].shutdown()
            entry.account.shutdown()

    def _look_up(self, settings: AccountSettings, ipv6: bool) -> None:
        """On a thread that holds nothing of PJSIP's."""
        nameservers, later = self._stack.settings.nameservers, self._stack.later

        def work() -> None:
            found = [look_up(hop, settings.transport, nameservers, ipv6=ipv6) for hop in settings.hops]
            later(partial(guarded(self._found), settings.name, [place for places in found for place in places]))

        threading.Thread(target=work, name="dns", daemon=True).start()

    def _found(self, name: str, hops: Sequence[str]) -> None:
        entry = self._entries.get(name)
        if entry is None or self._stopping:
            return
        entry.due = time.monotonic()
        if hops:
            entry.unresolved = False
            if tuple(hops) != entry.hops:
                entry.go_through(hops)
                entry.registration = replace(entry.registration, proxy=0)
        elif not entry.is_trunk:
            _log.warning("sip_name_not_found", account=name, server=entry.settings.server)
            self._settle(entry, Answer(503))
        else:
            _log.warning("sip_name_not_found", account=name, server=entry.settings.server)
            entry.due += back_off(MISSES, BACK_OFF, random.random())  # noqa: S311

    def _to_ask(self, entry: Entry, now: float) -> int | None:
        """Which hop is due: of a trunk each of them, of a registration the one in use."""
        if entry.is_trunk:
            return next((hop for hop, due in enumerate(entry.ask) if now >= due), None)
        hop = entry.registration.proxy
        return hop if entry.registration.state == "registered" and now >= entry.ask[hop] else None

    def _ask(self, entry: Entry, hop: int) -> None:
        settings, prm = entry.settings, pj.load().SendRequestParam()
        prm.method = "OPTIONS"
        prm.txOption.targetUri = settings.uri("", entry.hops[hop] if entry.is_trunk else settings.server)
        try:
            entry.account.sendRequest(prm)
        except pj.load().Error as error:
            _log.info("sip_not_sent", account=settings.name, reason=error.reason)
            self.pinged(settings.name, 503, "")

    def _register(self, entry: Entry) -> None:
        config, settings = entry.config, entry.settings
        if entry.hops != (settings.server,):
            _go_by(config, settings, entry.hops[entry.registration.proxy])
        try:
            entry.account.modify(config)
            entry.account.setRegistration(True)
        except pj.load().Error as error:
            _log.info("sip_not_sent", account=settings.name, reason=error.reason)
            self._settle(entry, Answer(503))

    def _settle(self, entry: Entry, answer: Answer) -> None:
        was, settings = entry.registration, entry.settings
        entry.registration, wait = after(was, answer, len(entry.hops), random.random())  # noqa: S311
        entry.due = None if wait is None else time.monotonic() + wait
        if entry.registration.state == "registered":
            now = entry.registration.proxy
            entry.peers[now] = Peer("up")
            entry.ask[now] = time.monotonic() + pause(Peer("up"), settings.keepalive, random.random())  # noqa: S311
        hop = entry.hops[was.proxy]
        match entry.registration.state:
            case "registered" if was.state != "registered" or was.proxy != entry.registration.proxy:
                _log.info("sip_registered", account=settings.name, hop=hop, expires=answer.expires)
            case "refused":
                advice = (
                    "look at user, login and secret" if answer.code in (401, 403, 404, 407) else "ask the registrar"
                )
                _log.error(
                    "sip_registration_refused", account=settings.name, hop=hop, code=answer.code, advice=advice,
                    retry_seconds=round(wait or 0),
                )  # fmt: skip
            case "unreachable":
                if entry.registration.proxy == 0:  # once round: they may have moved
                    entry.unresolved = any(is_name(hop) for hop in settings.hops)
                following = entry.hops[entry.registration.proxy]
                _log.warning(
                    "sip_registration_failed", account=settings.name, hop=hop, code=answer.code, next_hop=following,
                    retry_seconds=round(wait or 0, 1),
                )  # fmt: skip
            case _:
                pass
        if entry.registration != was:
            self._tell(entry, wait or 0.0)

    def _tell(self, entry: Entry, wait: float) -> None:
        if entry.registration.state == "stopped":
            _log.info("sip_unregistered", account=entry.settings.name)
        self._stack.account_changed(self._state(entry, wait))

    def _state(self, entry: Entry, wait: float = 0.0) -> AccountState:
        settings, now = entry.settings, entry.registration
        if entry.is_trunk:
            best = first_up(entry.peers)
            peer = entry.peers[best or 0]
            return AccountState(settings.name, settings.kind, peer.state, entry.hops[best or 0], peer.code)
        return AccountState(settings.name, settings.kind, now.state, entry.hops[now.proxy], now.code, wait)


def _listener_for(settings: AccountSettings, listeners: Sequence[Listener]) -> Listener:
    ipv6, either = ":" in host_of(settings.hops[0]), is_name(settings.hops[0])
    for listener in listeners:
        if listener.transport == settings.transport and (either or listener.ipv6 == ipv6):
            return listener
    family = "an IPv6 address (sip.host6)" if ipv6 else "an IPv4 address (sip.host)"
    raise TelephonyError(
        "sip.account",
        f"The account {settings.name} needs {settings.transport} on {family}: "
        f'add "{settings.transport}" to sip.transports, or the address',
    )


def _describe(config: Any, settings: AccountSettings) -> None:
    """What is of this account only."""
    library = pj.load()
    if settings.kind == "register":
        config.regConfig.registrarUri = settings.uri("", settings.server)
    config.regConfig.registerOnAdd = False
    config.regConfig.disableRegOnModify = True
    config.regConfig.retryIntervalSec = 0  # that is ours: `registration.after`
    config.regConfig.timeoutSec = settings.expires
    config.regConfig.delayBeforeRefreshSec = max(5, settings.expires // 10)
    config.natConfig.contactRewriteUse = 1
    config.natConfig.viaRewriteUse = 1
    if settings.secret:
        credentials = library.AuthCredInfoVector()
        login = settings.login or settings.user
        credentials.append(library.AuthCredInfo("digest", "*", login, 0, settings.secret.reveal()))
        config.sipConfig.authCreds = credentials


def _go_by(config: Any, settings: AccountSettings, hop: str) -> None:
    proxies = pj.load().StringVector()
    proxies.append(f"<{settings.uri('', hop, ';lr')}>")
    config.sipConfig.proxies = proxies


def _retry_after(message: str) -> int:
    found = re.search(r"^Retry-After:\s*(\d{1,6})", message, re.IGNORECASE | re.MULTILINE)
    return int(found.group(1)) if found else 0
