"""What the telephone can be set to, and the same in PJSIP's terms."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core.errors import TelephonyError
from telephony import pj
from telephony.accounts import AccountSettings
from telephony.codecs import IN_PJSIP, Codec
from telephony.gate import Gate
from telephony.nat import NatSettings, set_account, set_endpoint
from telephony.transports import Listener, Srtp, TlsSettings, Transport, secure_sound
from voice.frames import FRAME_MS, RATE

SPARE_CALLS = 64
"""Calls that PJSIP itself takes above our limit, so that it is we who refuse them, with a Retry-After."""

Use = Literal["off", "offered", "required"]
"""Of an extension of SIP: only where the other side insists; where it can; or no call without it."""


@dataclass(frozen=True, slots=True)
class SipSettings:
    """`host`: the address that SIP and RTP bind to, `port` 0: any free one; `host6`: an IPv6 address beside it;
    `rtp_port`: the first of an even range, 0: any; `codecs`: most wanted first, of calls whose account names none;
    `srtp`: of calls that come through no account; `lost_after`: seconds without a packet until a call counts as lost,
    0: never; `hold_limit`: seconds on hold until it does, because whoever held it may be gone; `country`: the calling
    code that numbers without one get, "": none; `gate`: who may call; `response_seconds`: without any answer until a
    request has failed; `nameservers`: of those that are asked for SRV records, none: the system's; `session_timer`:
    both sides say that the call goes on, or it ends after `session_seconds` (RFC 4028); `prack`: "it rings" is
    acknowledged (RFC 3262); `transfers`: whom the other side of a call may have us call instead, "user@host" or
    "2*@host"; `trace`: PJSIP's own log level on the console, 0-6; `show_load`: OPTIONS is answered with our load."""

    host: str = "127.0.0.1"
    port: int = 5060
    user: str = "mostrador"
    max_calls: int = 32
    rtp_port: int = 0
    codecs: tuple[Codec, ...] = ("G722", "opus", "PCMA", "PCMU", "GSM")
    user_agent: str = "Mostrador"
    lost_after: float = 30.0
    hold_limit: float = 900.0
    country: str = ""
    gate: Gate = field(default_factory=Gate)
    trace: int = 0
    host6: str = ""
    transports: tuple[Transport, ...] = ("udp",)
    tls: TlsSettings = field(default_factory=TlsSettings)
    srtp: Srtp = "off"
    accounts: tuple[AccountSettings, ...] = ()
    response_seconds: float = 8.0
    nameservers: tuple[str, ...] = ()
    session_timer: Use = "offered"
    session_seconds: int = 1800
    prack: Use = "off"
    transfers: tuple[str, ...] = ()
    nat: NatSettings = field(default_factory=NatSettings)
    show_load: bool = False

    def codecs_of(self, account: AccountSettings | None = None) -> tuple[Codec, ...]:
        """Of the calls of an account, or of none; empty: all that are on, because no account has its own."""
        if not any(one.codecs for one in self.accounts):
            return ()
        return (account.codecs if account else ()) or self.codecs

    @property
    def all_codecs(self) -> tuple[Codec, ...]:
        """That any call may use."""
        return tuple(dict.fromkeys([*self.codecs, *(codec for one in self.accounts for codec in one.codecs)]))


def endpoint_config(settings: SipSettings, limit: int) -> Any:
    config = pj.load().EpConfig()
    config.uaConfig.maxCalls = min(limit + SPARE_CALLS, pj.capabilities().max_calls)
    config.uaConfig.threadCnt = 0
    config.uaConfig.userAgent = settings.user_agent
    set_endpoint(config.uaConfig, settings.nat)
    config.logConfig.level = config.logConfig.consoleLevel = settings.trace
    config.logConfig.msgLogging = int(settings.trace >= 5)
    config.medConfig.clockRate = config.medConfig.sndClockRate = RATE
    config.medConfig.audioFramePtime = FRAME_MS
    config.medConfig.ptime = FRAME_MS
    config.medConfig.channelCount = 1
    config.medConfig.quality = 4
    config.medConfig.noVad = True
    config.medConfig.ecTailLen = 0
    config.medConfig.sndAutoCloseTime = -1
    return config


def account_config(settings: SipSettings, listener: Listener, uri: str, srtp: Srtp) -> Any:
    """What every account has in common: it signals and sounds from where `listener` is."""
    library = pj.load()
    config = library.AccountConfig()
    config.idUri = uri
    config.sipConfig.transportId = listener.id
    config.natConfig.contactRewriteUse = 0
    config.natConfig.sdpNatRewriteUse = 0
    secure_sound(config.mediaConfig, srtp)
    if listener.ipv6:
        config.sipConfig.ipv6Use = config.mediaConfig.ipv6Use = library.PJSUA_IPV6_ENABLED_USE_IPV6_ONLY
    set_account(config, settings.nat, listener.host, library)
    calls = config.callConfig
    calls.timerUse = {
        "off": library.PJSUA_SIP_TIMER_INACTIVE,
        "offered": library.PJSUA_SIP_TIMER_OPTIONAL,
        "required": library.PJSUA_SIP_TIMER_REQUIRED,
    }[settings.session_timer]
    calls.timerSessExpiresSec = settings.session_seconds
    calls.prackUse = {
        "off": library.PJSUA_100REL_NOT_USED,
        "offered": library.PJSUA_100REL_OPTIONAL,
        "required": library.PJSUA_100REL_MANDATORY,
    }[settings.prack]
    rtp = config.mediaConfig.transportConfig
    rtp.boundAddress = listener.host
    rtp.port = settings.rtp_port
    if settings.rtp_port:
        rtp.portRange = 4 * (settings.max_calls + SPARE_CALLS)
    return config


def set_codecs(endpoint: Any, wanted: Sequence[Codec]) -> None:
    """The first of `wanted` gets the highest priority; those not named are off. Raises TelephonyError where this build
    of PJSIP has none of them."""
    known = endpoint.codecEnum2()
    names = [str(known[index].codecId) for index in range(len(known))]
    if not any(_is(name, codec) for name in names for codec in wanted):
        raise TelephonyError("sip.codecs", f"This build of PJSIP has no {' and no '.join(wanted)}: name another codec")
    for name in names:
        place = next((place for place, codec in enumerate(wanted) if _is(name, codec)), None)
        endpoint.codecSetPriority(name, 0 if place is None else 250 - 10 * place)


def _is(name: str, codec: Codec) -> bool:
    return name.lower().startswith(IN_PJSIP[codec].lower())
