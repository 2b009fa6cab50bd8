"""The telephone's part of the settings, in the telephone's own terms."""

from pathlib import Path

from core.errors import ConfigError
from runtime import config
from telephony import secret, users
from telephony.accounts import AccountSettings
from telephony.gate import Gate
from telephony.nat import NatSettings
from telephony.sip import SipSettings
from telephony.transports import TlsSettings


def sip_settings(sip: config.Sip) -> SipSettings:
    """Reads passwords, too. Raises ConfigError, TelephonyError."""
    names = [account.name for account in sip.accounts]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ConfigError("config.value", f"sip.accounts: two are called {min(twice)}: name them apart")
    return SipSettings(
        host=sip.host,
        host6=sip.host6,
        port=sip.port,
        max_calls=sip.calls,
        transports=sip.transports,
        tls=TlsSettings(
            sip.tls.port, _file(sip.tls.certificate), _file(sip.tls.key), _file(sip.tls.authorities), sip.tls.verify
        ),
        codecs=sip.codecs,
        srtp=sip.srtp,
        accounts=tuple(_account(account) for account in sip.accounts),
        response_seconds=sip.response_seconds,
        nameservers=sip.nameservers,
        country=sip.country,
        gate=Gate(
            allowed=sip.callers.allowed,
            trusted=sip.callers.trusted,
            users=users.load(sip.callers.users),
            realm=sip.callers.realm,
            algorithms=sip.callers.algorithms,
            nonce_seconds=sip.callers.nonce_seconds,
            rate=sip.callers.rate,
            burst=sip.callers.burst,
            listed_rate=sip.callers.listed_rate,
        ),
        session_timer=sip.session_timer,
        session_seconds=sip.session_seconds,
        prack=sip.prack,
        transfers=sip.transfers,
        lost_after=sip.lost_seconds,
        hold_limit=sip.hold_seconds,
        show_load=sip.show_load,
        nat=NatSettings(sip.nat.public, sip.nat.stun, sip.nat.ice),
    )


def check_person(settings: config.Settings) -> None:
    """Whether `[person]` can be called at all. Raises ConfigError."""
    person = settings.person
    if person.account and person.account not in [account.name for account in settings.sip.accounts]:
        problem = f"person.account = {person.account!r}: no account in sip.accounts has that name"
        raise ConfigError("config.value", problem)
    if person.call and not person.account and not person.call.startswith(("sip:", "sips:")):
        problem = f"person.call = {person.call!r}: a number needs person.account; else write sip:user@host"
        raise ConfigError("config.value", problem)


def _account(account: config.SipAccount) -> AccountSettings:
    where = f"sip.accounts, {account.name}"
    if not account.user and account.kind == "register":
        raise ConfigError("config.value", f"{where}: user is missing: it registers by that name")
    return AccountSettings(
        name=account.name,
        server=account.server,
        kind=account.kind,
        user=account.user,
        login=account.login,
        secret=secret.read(where, _file(account.secret_file), account.secret_env),
        proxies=account.proxies,
        transport=account.transport,
        srtp=account.srtp,
        codecs=account.codecs,
        expires=account.expires,
        keepalive=account.keepalive_seconds,
    )


def _file(name: str) -> Path | None:
    return Path(name).expanduser() if name else None
