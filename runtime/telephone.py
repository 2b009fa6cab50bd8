"""The telephone's part of the settings, in the telephone's own terms."""

from pathlib import Path

from runtime import config
from telephony.sip import SipSettings
from telephony.transports import TlsSettings


def sip_settings(sip: config.Sip) -> SipSettings:
    return SipSettings(
        host=sip.host,
        host6=sip.host6,
        port=sip.port,
        max_calls=sip.calls,
        transports=sip.transports,
        tls=TlsSettings(
            sip.tls.port, _file(sip.tls.certificate), _file(sip.tls.key), _file(sip.tls.authorities), sip.tls.verify
        ),
        srtp=sip.srtp,
    )


def _file(name: str) -> Path | None:
    return Path(name).expanduser() if name else None
