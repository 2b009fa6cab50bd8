"""Frozen settings from one TOML file. All have defaults; an unknown key or a wrong value fails, naming the key."""

import difflib
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from core.errors import ConfigError, TelephonyError
from core.places import data_home
from runtime.agent import Language
from telephony.codecs import Codec
from telephony.gate import networks

T = TypeVar("T", bound=Struct)

Port = Annotated[int, Meta(ge=0, le=65_535)]
"""0 lets the system choose."""

Count = Annotated[int, Meta(ge=1, le=512)]
Seconds = Annotated[float, Meta(gt=0)]
Name = Annotated[str, Meta(min_length=1)]
Srtp = Literal["off", "offered", "required"]
Extension = Literal["off", "offered", "required"]


class SipTls(Struct, frozen=True, forbid_unknown_fields=True):
    """SIP over TLS 1.2 or 1.3. Files in PEM."""

    port: Port = 5061
    certificate: str = ""
    """Of this device, and the chain above it."""
    key: str = ""
    """Its private key, without a pass phrase."""
    authorities: str = ""
    """Who vouches for the servers that it connects to; empty: whom the system trusts."""
    verify: bool = True
    """Hang up on a server that nobody vouches for."""


class SipNat(Struct, frozen=True, forbid_unknown_fields=True):
    """How the telephone is reached from beyond a router. Nothing is needed in one network, or with most providers."""

    public: str = ""
    """The router's outer IPv4 address, if it is fixed and sends SIP and RTP on to this device."""
    stun: tuple[Name, ...] = ()
    """STUN servers, host or host:port, that are asked for that address."""
    ice: bool = False
    """Offer every address, and try those of the other side."""


class SipAccount(Struct, frozen=True, forbid_unknown_fields=True):
    """One at a PBX or proxy: a table `[[sip.accounts]]`."""

    name: Annotated[str, Meta(pattern=r"^[\w.-]+$")]
    """What it is called in the log, in metrics and when a call chooses it: letters, digits, "_", "." and "-"."""
    server: Name
    """Host, or host:port, of the registrar; or a domain with SRV records."""
    kind: Literal["register", "trunk"] = "register"
    """Whether the server must be told where we are; a trunk's knows."""
    user: str = ""
    """Who we are there. A trunk may do without."""
    login: str = ""
    """The name for the password, if it is not `user`."""
    secret_file: str = ""
    """File with the password in its only line."""
    secret_env: str = ""
    """Environment variable with the password, instead."""
    proxies: tuple[Name, ...] = ()
    """Hosts, or host:port, that requests go through: the first that answers. Empty: straight to the server."""
    transport: Literal["udp", "tcp", "tls"] = "udp"
    """One of `sip.transports`."""
    srtp: Srtp = "off"
    codecs: tuple[Codec, ...] = ()
    """Of its calls, most wanted first; empty: those of `sip.codecs`."""
    expires: Annotated[int, Meta(ge=30, le=86_400)] = 300
    """Seconds that a registration is asked to hold; it is refreshed before."""
    keepalive_seconds: Annotated[float, Meta(ge=0, le=3600)] = 30.0
    """How often the other end is asked whether it is there; 0: never."""


class Number(Struct, frozen=True, forbid_unknown_fields=True):
    """How calls to one number are answered."""

    number: Name
    """What was dialled: "+34911234567", an extension, a user name; with * at its end whatever follows, too."""
    language: Literal["", "es", "en"] = ""
    """Empty: the one of [agent]."""
    greeting: str = ""
    """Said first, in this language; empty: the pack's. It has to say that no person is speaking."""
    ring_seconds: Annotated[float, Meta(ge=0, le=120)] = 0.0
    """How long it rings (180) before it is answered; 0: at once."""
    early_media: bool = False
    """While it rings the caller hears our tone (183) instead of the network's."""
    pack: str = ""
    """The sector pack, by name or folder; empty: the one of [agent]."""


class Callers(Struct, frozen=True, forbid_unknown_fields=True):
    """Who may call, and how often. `docs/telephony-security.md`."""

    allowed: tuple[str, ...] = ("127.0.0.0/8", "::1")
    """Networks that may call without a password."""
    trusted: tuple[str, ...] = ()
    """Networks whose P-Asserted-Identity is believed: the trunk's."""
    users: str = ""
    """File of name:password lines, of those who may call from anywhere else; $MOSTRADOR_SIP_USERS holds such, too."""
    realm: Name = "mostrador"
    algorithms: tuple[Literal["SHA-256", "MD5"], ...] = ("SHA-256", "MD5")
    """Offered to those who authenticate, most wanted first. Old phones stop at the first that they don't know."""
    nonce_seconds: Seconds = 300.0
    """How long a challenge may be answered."""
    rate: Seconds = 2.0
    """Attempts a second from an address that is not allowed; more hear 503."""
    burst: Count = 10
    """So many of them at once."""
    listed_rate: Annotated[float, Meta(ge=0)] = 200.0
    """Messages a second that are read from an address that is allowed, or a PBX's; as many again of calls that are up;
    0: all. A trunk gone mad must not stop the calls of others."""


class Sip(Struct, frozen=True, forbid_unknown_fields=True):
    """The telephone."""

    enabled: bool = True
    host: Name = "127.0.0.1"
    """Address that both SIP and RTP bind to. Anything but loopback lets others in the network reach it (`callers`)."""
    port: Port = 5060
    calls: Count = 16
    """Calls at once; the next one hears busy (486). The device's measured capacity may lower it."""
    country: Annotated[str, Meta(pattern="^[1-9]?[0-9]{0,2}$")] = "34"
    """Calling code of where the device stands: what numbers without one get. Empty: they stay as they are."""
    callers: Callers = Callers()
    numbers: tuple[Number, ...] = ()
    """How each number is answered, by [[sip.numbers]]; one that is not named is answered at once."""
    host6: str = ""
    """An IPv6 address to listen on beside an IPv4 `host`; `host` itself may be IPv6, too."""
    transports: tuple[Literal["udp", "tcp", "tls"], ...] = ("udp",)
    """What is listened on; `tcp` and `udp` share the port."""
    codecs: Annotated[tuple[Codec, ...], Meta(min_length=1)] = ("G722", "opus", "PCMA", "PCMU", "GSM")
    """Of calls whose account names none, most wanted first."""
    srtp: Srtp = "off"
    """Encrypted sound in calls that come through no account: `off`, `offered`, or `required` (others are refused)."""
    response_seconds: Seconds = 8.0
    """Without any answer until a request has failed, and the next proxy is tried."""
    nameservers: tuple[Name, ...] = ()
    """DNS servers, host or host:port, that are asked for SRV records; empty: those of the system."""
    session_timer: Extension = "offered"
    """Both sides say from time to time that the call goes on, so that a dead one ends (RFC 4028)."""
    session_seconds: Annotated[int, Meta(ge=90, le=86_400)] = 1800
    prack: Extension = "off"
    """"It rings" is acknowledged (RFC 3262). `off`: only where the other side insists."""
    lost_seconds: Annotated[float, Meta(ge=0, le=3600)] = 30.0
    """Without any sound from the other side until a call counts as lost and is ended; 0: never."""
    hold_seconds: Seconds = 900.0
    """On hold until it is ended: whoever held it may be gone."""
    show_load: bool = False
    """Answers to OPTIONS say how many calls of how many there are: for a proxy before several devices."""
    tls: SipTls = SipTls()
    nat: SipNat = SipNat()
    transfers: tuple[str, ...] = ()
    """Whom the other side of a call may have the device call instead: "user@host", or "2*@host". Empty: nobody."""
    accounts: tuple[SipAccount, ...] = ()


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is called when a customer on the telephone wants a person. `docs/telephony.md`."""

    call: str = ""
    """A SIP URI, or with an account a number or extension there. Empty: nobody can be reached."""
    account: str = ""
    """Name of the account in `sip.accounts` to call through; empty: directly."""
    kind: Literal["attended", "blind", "bridge"] = "attended"
    """`attended`: call the person, then have the customer's telephone take over; `blind`: it calls the person itself;
    `bridge`: this device carries the sound of both."""
    ring_seconds: Seconds = 25.0
    accept: Literal["key", "voice", "answer"] = "key"
    """`key`: the person presses 1, which no answering machine does; `voice`: a machine is told by what it says, not
    always rightly, and who can't be told is asked for the key; `answer`: whoever answers is the person."""
    accept_seconds: Seconds = 20.0
    briefing: Literal["private", "together", "off"] = "private"
    """The person hears in a few words what it is about; `together`: the customer is there already and hears it, too."""
    language: Literal["", "es", "en"] = ""
    """The person's; empty: the one of [agent]."""
    words_seconds: Seconds = 20.0
    """How often a customer who waits is spoken to; music between."""
    refer_seconds: Seconds = 10.0
    """How long a telephone that has accepted a transfer may take to say what came of it, ringing not counted."""


class Kiosk(Struct, frozen=True, forbid_unknown_fields=True):
    """The screen."""

    enabled: bool = True
    host: Name = "127.0.0.1"
    port: Port = 8080
    sound: Literal["browser", "device", "none"] = "browser"
    """Whose microphone and loudspeaker: the browser's, the device's own sound card, or text only."""
    card: str = ""
    """Which sound card, part of its name as `mostrador doctor` lists it; empty: the system's default."""
    echo_cancelled: bool = True
    """Take our own voice out of what the sound card hears. False for one that does so itself, or a headset."""
    name: Name = "Mostrador"
    """Of the shop, on the screen."""
    hosts: tuple[str, ...] = ()
    """Host names the page may be called by, other than loopback and the device's own addresses."""
    idle_seconds: Seconds = 60.0
    """Without a touch or a word before the screen asks whether they are still there, and is then wiped."""
    keyboard: bool = True
    """Show keys on the device's own touch screen; a phone has its own."""


class Agent(Struct, frozen=True, forbid_unknown_fields=True):
    """What the counter knows and does."""

    pack: Name = "retail"
    """A sector pack that comes along (its name), or the folder of one."""
    language: Language = "es"
    """The language a conversation begins in."""
    database: str = ""
    """SQLite file with the shop's data; empty: the pack's own, copied below the data folder."""
    connectors: str = ""
    """A file like a pack's connectors.toml, whose tools take the place of the pack's; empty: the pack's own."""
    today: str = ""
    """For rehearsals: the day that packs take for today (ISO 8601); empty: the clock's."""


class Payments(Struct, frozen=True, forbid_unknown_fields=True):
    """Card numbers and other secrets that are keyed in on the telephone."""

    provider: str = ""
    """Who keeps them: "local" for tests. Empty: nobody, and a pack that asks for a secret is refused."""


class Identity(Struct, frozen=True, forbid_unknown_fields=True):
    """How a one-time code reaches a customer. `docs/identity.md`."""

    delivery: Literal["outbox", "http"] = "outbox"
    """"http": a message service of one's own. "outbox": nobody, it stays in the pack's database, for demonstrations."""
    url: str = ""
    """Of that service: it is posted `{"to": …, "text": …}`."""
    token_file: str = ""
    """File with its bearer token in the only line."""
    token_env: str = ""
    """Environment variable with the token, instead."""


class Recording(Struct, frozen=True, forbid_unknown_fields=True):
    """Where recordings end. Whether there are any is the pack's business, and the customer's. `docs/recording.md`."""

    quota_mb: Annotated[int, Meta(ge=1)] = 2000
    """On disk, all together; then none is begun, and those that go on end."""
    free_mb: Annotated[int, Meta(ge=0)] = 500
    """What they leave free on the disk."""


class Voice(Struct, frozen=True, forbid_unknown_fields=True):
    """Sound to words and back. The model ids are those of `mostrador models list`."""

    threads: Annotated[int, Meta(ge=0, le=512)] = 0
    """Compute threads for each engine; 0: as many as recognition is quickest with, measured at the first start."""
    recogniser: Name = "auto"
    """A model, or "auto": the best in the store that is quick enough on this device, measured at its first start."""
    voices: dict[Language, str] = msgspec.field(default_factory=lambda: {"en": "piper-en-us-joe-medium"})
    """Language → id of its voice; one that is not named takes a voice in the store, or espeak-ng."""


class Log(Struct, frozen=True, forbid_unknown_fields=True):
    """One line an event, on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "json", "console"] = "auto"
    """`auto`: coloured on a terminal, JSON otherwise."""
    reveal_personal: bool = False
    """Write personal fields in the clear. For a developer's machine, never in a shop."""


class Metrics(Struct, frozen=True, forbid_unknown_fields=True):
    """Prometheus, at `/metrics` of the kiosk's server."""

    enabled: bool = True


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a conversation, or the whole device, says stop."""

    conversations: Count = 16
    """At once, over all channels; fewer where the device measures that it cannot carry as many."""
    wait_seconds: Seconds = 0.5
    """How much later than alone 95 of 100 answers may begin because of other conversations; a call that would make it
    more hears busy. `inf`: no call is refused for that."""
    conversation_seconds: Seconds = 1800.0
    silence_seconds: Seconds = 8.0
    """Without a word in the customer's turn before the counter asks whether they are still there."""
    silences: Count = 3
    """How often it asks before it says goodbye."""
    stop_seconds: Seconds = 5.0
    """From SIGTERM to the end: the sentence is finished and goodbye said within this."""


class Callouts(Struct, frozen=True, forbid_unknown_fields=True):
    """Calls that the device places by itself. The hours are defaults and no legal advice: docs/telephony.md."""

    enabled: bool = False
    account: str = ""
    """Name of the account in `sip.accounts` to call through; empty: directly, and numbers must be SIP URIs."""
    law: Literal["es", "us"] = "es"
    """Where hours come from that are not given: `es`: Monday to Friday, 9 to 21; `us`: every day, 8 to 21."""
    zone: Name = "Europe/Madrid"
    """The clock of customers of whom nothing else is known."""
    days: tuple[Annotated[int, Meta(ge=1, le=7)], ...] = ()
    """1 Monday … 7 Sunday; empty: the law's."""
    hours: Annotated[str, Meta(pattern=r"^$|^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")] = ""
    """From-to, as "09:00-21:00"; empty: the law's."""
    holidays: tuple[Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")], ...] = ()
    """Days without calls, beside those of the pack."""
    attempts: Annotated[int, Meta(ge=1, le=20)] = 3
    per_day: Annotated[int, Meta(ge=1, le=20)] = 2
    """How often a customer is called in a day, for whatever reason."""
    ring_seconds: Seconds = 30.0
    busy_minutes: Seconds = 15.0
    """Until the next attempt where it was busy; a fifth more or less, as all of these."""
    no_answer_minutes: Seconds = 180.0
    """… where nobody or a machine answered."""
    failed_minutes: Seconds = 10.0
    """… where the call could not be set up."""
    other_minutes: Seconds = 1440.0
    """… where somebody else answered, hung up or refused."""
    machine: Literal["hangup", "message"] = "hangup"
    """What an answering machine hears: nothing, or, after its beep, who has called and why, and nothing personal."""
    reserve: Annotated[int, Meta(ge=0, le=512)] = 1
    """Conversations that must still fit beside the call that is placed, for those who call here."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """All of it. `Settings()` is a device that answers on loopback."""

    sip: Sip = Sip()
    person: Person = Person()
    kiosk: Kiosk = Kiosk()
    agent: Agent = Agent()
    payments: Payments = Payments()
    identity: Identity = Identity()
    recording: Recording = Recording()
    callouts: Callouts = Callouts()
    voice: Voice = Voice()
    log: Log = Log()
    metrics: Metrics = Metrics()
    limits: Limits = Limits()
    data: str = ""
    """Folder of the journal and databases; empty: `$MOSTRADOR_HOME`, or the XDG data folder."""

    @property
    def data_folder(self) -> Path:
        return Path(self.data).expanduser() if self.data else data_home()


def load(path: Path | None = None) -> Settings:
    """Settings from a TOML file, or the defaults. Raises ConfigError that names every wrong key."""
    if path is None:
        return Settings()
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        raise ConfigError("config.missing", f"{path}: no such file; without --config the defaults are used") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("config.unreadable", f"{path}: cannot be read: {error}") from error
    return parse(text, str(path))


def parse(text: str, where: str = "settings") -> Settings:
    """Settings from TOML text; `where` names it in errors. Raises ConfigError."""
    settings = read(text, where, Settings)
    if contradictions := list(_contradictions(settings)):
        raise ConfigError("config.value", "\n".join(f"{where}: {problem}" for problem in contradictions))
    return settings


def read(text: str, where: str, kind: type[T]) -> T:
    """What TOML text says, every value by itself of the right kind. Raises ConfigError."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError("config.syntax", f"{where}: not TOML: {error}") from error
    if problems := list(_problems(table, kind, "")):
        code = "config.unknown" if any(unknown for unknown, _ in problems) else "config.value"
        raise ConfigError(code, "\n".join(f"{where}: {problem}" for _, problem in problems))
    return msgspec.convert(table, kind)


def _contradictions(settings: Settings) -> Iterator[str]:
    """What each value allows by itself and all of them together don't."""
    try:
        _ = settings.agent.today and date.fromisoformat(settings.agent.today)
    except ValueError:
        yield f"agent.today = {_shown(settings.agent.today)}: there is no such day"
    for key in ("allowed", "trusted"):
        try:
            networks(getattr(settings.sip.callers, key))
        except TelephonyError as error:
            yield f"sip.callers.{key}: {error.message}"
    if not settings.sip.callers.algorithms:
        yield "sip.callers.algorithms: name one of SHA-256, MD5"
    realm = settings.sip.callers.realm
    if set(realm) & set('"\\') or not realm.isprintable():
        yield f"sip.callers.realm = {_shown(realm)}: leave out quotes, backslashes and control characters"
    known = {account.name for account in settings.sip.accounts}
    if settings.callouts.account and settings.callouts.account not in known:
        yield (
            f"callouts.account = {_shown(settings.callouts.account)}: no account in sip.accounts is called so; there "
            f"are {', '.join(sorted(known)) or 'none'}"
        )
    dialled: set[str] = set()
    for at, number in enumerate(settings.sip.numbers):
        if number.early_media and not number.ring_seconds:
            yield f"sip.numbers[{at}].early_media: set ring_seconds, how long the tone is heard"
        if number.number in dialled:
            yield f"sip.numbers[{at}].number = {_shown(number.number)} is there twice"
        dialled.add(number.number)


def _problems(table: dict[str, Any], kind: type[Struct], prefix: str) -> Iterator[tuple[bool, str]]:
    """(is it an unknown key, sentence) for everything in `table` that `kind` does not take."""
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        dotted = f"{prefix}{key}"
        if key not in fields:
            yield True, f"unknown key {dotted}{_suggestion(key, prefix, list(fields))}"
            continue
        wanted = fields[key].type
        if isinstance(wanted, type) and issubclass(wanted, Struct):
            if isinstance(value, dict):
                yield from _problems(value, wanted, f"{dotted}.")
            else:
                yield False, f"{dotted} is a section: write [{dotted}] and its keys below it"
            continue
        if (row := _row_of(wanted)) is not None:
            if isinstance(value, list) and all(isinstance(item, dict) for item in value):
                for number, item in enumerate(value, 1):
                    yield from _problems(item, row, f"{dotted}.{number}.")
            else:
                yield False, f"{dotted} is a list of tables: write [[{dotted}]] and its keys below it, for each"
            continue
        try:
            msgspec.convert(value, wanted)
        except msgspec.ValidationError as error:
            yield False, f"{dotted} = {_shown(value)}: {error}; allowed: {allowed(wanted)}"
    for name in [name for name, field in fields.items() if field.required and name not in table]:
        yield False, f"{prefix}{name} is missing"


def _row_of(kind: Any) -> type[Struct] | None:
    """The struct that a list of tables holds."""
    match msgspec.inspect.type_info(kind):
        case msgspec.inspect.VarTupleType(item_type=msgspec.inspect.StructType(cls=row)):
            return row
        case _:
            return None


def _suggestion(key: str, prefix: str, valid: list[str]) -> str:
    near = difflib.get_close_matches(key, valid, n=1, cutoff=0.5)
    hint = f" (did you mean {prefix}{near[0]}?)" if near else ""
    return f"{hint}; valid here: {', '.join(valid)}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def allowed(kind: Any) -> str:
    """The values a setting takes, in words: "true or false", "a whole number, 0 to 65535", "es, en"."""
    words: str
    match msgspec.inspect.type_info(kind):
        case msgspec.inspect.BoolType():
            words = "true or false"
        case msgspec.inspect.IntType(ge=low, le=high):
            words = "a whole number" + (f", {low} to {high}" if low is not None and high is not None else "")
        case msgspec.inspect.FloatType(gt=above):
            words = "a number" + (f" over {above:g}" if above is not None else "")
        case msgspec.inspect.StrType(min_length=least):
            words = "text" + (", not empty" if least else "")
        case msgspec.inspect.LiteralType(values=values):
            words = ", ".join(str(value) for value in values)
        case msgspec.inspect.VarTupleType(item_type=msgspec.inspect.LiteralType(values=values)):
            words = f"a list of {', '.join(str(value) for value in values)}"
        case msgspec.inspect.VarTupleType():
            words = "a list of texts"
        case msgspec.inspect.DictType(key_type=msgspec.inspect.LiteralType(values=values)):
            words = f"a table with keys of {', '.join(str(value) for value in values)} and text values"
        case other:
            words = type(other).__name__.removesuffix("Type").lower()
    return words
