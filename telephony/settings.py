"""What the telephone can be set to, and the same in PJSIP's terms."""

from dataclasses import dataclass, field
from typing import Any

from telephony import pj
from telephony.gate import Gate
from voice.frames import FRAME_MS, RATE

SPARE_CALLS = 64
"""Calls that PJSIP itself takes above our limit, so that it is we who refuse them, with a Retry-After."""


@dataclass(frozen=True, slots=True)
class SipSettings:
    """`host`: the address that SIP and RTP bind to, `port` 0: any free one; `rtp_port`: the first of an even range,
    0: any; `codecs`: most wanted first, the rest are off; `lost_after`: seconds without a packet until a call counts
    as lost, 0: never; `hold_limit`: seconds on hold until it does, because whoever held it may be gone; `trace`:
    PJSIP's own log level on the console, 0-6; `country`: the calling code that numbers without one get, "": none;
    `gate`: who may call."""

    host: str = "127.0.0.1"
    port: int = 5060
    user: str = "mostrador"
    max_calls: int = 32
    rtp_port: int = 0
    codecs: tuple[str, ...] = ("G722/16000", "opus/48000", "PCMA/8000", "PCMU/8000", "GSM/8000")
    user_agent: str = "Mostrador"
    lost_after: float = 30.0
    hold_limit: float = 900.0
    country: str = ""
    gate: Gate = field(default_factory=Gate)
    trace: int = 0


def endpoint_config(settings: SipSettings, limit: int) -> Any:
    config = pj.load().EpConfig()
    config.uaConfig.maxCalls = min(limit + SPARE_CALLS, pj.capabilities().max_calls)
    config.uaConfig.threadCnt = 0
    config.uaConfig.userAgent = settings.user_agent
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


def account_config(settings: SipSettings, uri: str, transport: int) -> Any:
    config = pj.load().AccountConfig()
    config.idUri = uri
    config.sipConfig.transportId = transport
    config.natConfig.contactRewriteUse = 0
    config.natConfig.sdpNatRewriteUse = 0
    rtp = config.mediaConfig.transportConfig
    rtp.boundAddress = settings.host
    rtp.port = settings.rtp_port
    if settings.rtp_port:
        rtp.portRange = 4 * (settings.max_calls + SPARE_CALLS)
    return config


def set_codecs(endpoint: Any, wanted: tuple[str, ...]) -> None:
    """The first of `wanted` gets the highest priority; those not named are off."""
    known = endpoint.codecEnum2()
    for index in range(len(known)):
        name = known[index].codecId
        places = [place for place, prefix in enumerate(wanted) if name.lower().startswith(prefix.lower())]
        endpoint.codecSetPriority(name, 250 - 10 * places[0] if places else 0)
