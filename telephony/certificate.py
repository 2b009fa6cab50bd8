"""Is a certificate fit to be shown? A handshake with ourselves in memory says so, as a client of today would."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Never

import structlog

from core.errors import TelephonyError

DAYS = 30
"""A certificate that ends sooner is warned about."""
_DAY = 86_400.0

_log = structlog.get_logger(__name__)

PURPOSE = "TLS on the telephone needs it"


def check(certificate: Path, key: Path) -> datetime:
    """When the certificate expires. Files in PEM, the chain from our own upwards.

    Raises TelephonyError "sip.certificate" that names the file: missing, unreadable, no certificate, of another key,
    locked by a pass phrase, expired, not valid yet. What is in the key file is never in the message.
    """
    for path in (certificate, key):
        _readable(path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        server.load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, ValueError) as error:
        _refuse(certificate, key, error)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    client.load_verify_locations(certificate)
    try:
        shown = _handshake(client, server)
    except ssl.SSLCertVerificationError as error:
        advice = "renew it and start again, or set the clock right if that is what is wrong"
        raise TelephonyError("sip.certificate", f"{certificate}: {error.verify_message}: {advice}") from None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)


class Reminder:
    """Says in the log, once a day, that the certificate we show ends soon, or has ended: a device runs for months."""

    def __init__(self, certificate: Path, key: Path) -> None:
        """Raises TelephonyError, as `check`."""
        self._certificate = certificate
        self._end = check(certificate, key)
        self._due = 0.0

    def look(self, clock: float, today: datetime) -> None:
        """`clock`: seconds of a monotonic one, in which the days are counted."""
        if clock < self._due:
            return
        self._due = clock + _DAY
        if (left := self._end - today) < timedelta(days=DAYS):
            _log.warning("sip_certificate_ends", certificate=str(self._certificate), days=left.days)


def _readable(path: Path) -> None:
    try:
        with path.open("rb") as file:
            file.read(1)
    except FileNotFoundError:
        raise TelephonyError("sip.certificate", f"{path} does not exist: {PURPOSE}; look at [sip.tls]") from None
    except OSError as error:
        advice = "give this user the right to read it"
        raise TelephonyError("sip.certificate", f"{path} cannot be read ({error.strerror}): {advice}") from None


def _refuse(certificate: Path, key: Path, error: Exception) -> Never:
    reason = getattr(error, "reason", "") or ""
    if reason == "KEY_VALUES_MISMATCH":
        problem = f"{key} is not the private key of {certificate}: set sip.tls.key to the one that was made with it"
    elif b"PRIVATE KEY-----" not in key.read_bytes():
        problem = f"{key} holds no private key in PEM: set sip.tls.key to one"
    elif b"ENCRYPTED" in key.read_bytes():
        problem = f"{key} is locked by a pass phrase, which nobody is there to type: `openssl pkey` takes it off"
    elif b"BEGIN CERTIFICATE-----" not in certificate.read_bytes():
        problem = f"{certificate} holds no certificate in PEM: set sip.tls.certificate to one"
    else:
        problem = f"{certificate} with {key} is not usable ({reason or type(error).__name__}): have it made anew"
    raise TelephonyError("sip.certificate", problem)


def _handshake(client: ssl.SSLContext, server: ssl.SSLContext) -> "ssl._PeerCertRetDictType":
    """What the client sees of the server's certificate. Raises SSLCertVerificationError."""
    upwards, downwards = ssl.MemoryBIO(), ssl.MemoryBIO()
    ours = client.wrap_bio(downwards, upwards, server_side=False)
    theirs = server.wrap_bio(upwards, downwards, server_side=True)
    waiting = [ours, theirs]
    while waiting:
        for side in list(waiting):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(side)
    shown = ours.getpeercert()
    assert shown
    return shown
