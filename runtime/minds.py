"""What each pack that is answered with makes of words; the models behind them are loaded once."""

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from core.errors import ConfigError
from models.embed import Embedder
from models.llm import Chooser, Finisher
from models.store import Store
from runtime.agent import Planner
from runtime.agent.asides import Asides
from runtime.agent.delivery import Deliver, Http, outbox
from runtime.config import Identity, Settings
from runtime.machine import cores
from runtime.vault import leave_no_core
from telephony import secret


@dataclass(frozen=True, slots=True)
class Mind:
    """One pack, ready to plan."""

    planner: Planner
    asides: Asides


@dataclass(frozen=True, slots=True)
class Minds:
    """By pack, as the settings name it; the first is that of [agent]."""

    of: dict[str, Mind]
    finisher: Finisher


def load(settings: Settings, store: Store) -> Minds:
    """Every pack that the settings name. Blocks. Raises ConfigError, PackError, ModelError, AgentError."""
    from models.embed import load as load_embedder
    from models.llm import smollm2

    language = smollm2.load(store, threads=settings.voice.threads or min(2, cores()))
    embedder = load_embedder(store)
    names = [settings.agent.pack, *(number.pack for number in settings.sip.numbers if number.pack)]
    return Minds({name: _mind(name, settings, embedder, language) for name in dict.fromkeys(names)}, language)


def _mind(name: str, settings: Settings, embedder: Embedder, chooser: Chooser) -> Mind:
    from runtime.agent.planner import load as load_planner

    clock = partial(date.fromisoformat, settings.agent.today) if settings.agent.today else None
    other = settings.agent.connectors if name == settings.agent.pack else ""
    planner = load_planner(
        pack_folder(name),
        embedder,
        chooser,
        pack_database(name, settings),
        clock,
        deliver=delivery(settings.identity),
        connectors=Path(other).expanduser() if other else None,
    )
    if planner.pack.secrets and not settings.payments.provider:
        raise ConfigError(
            "config.payments",
            f"the pack {name!r}: {', '.join(planner.pack.secrets)} asks for a secret, which nobody keeps: set "
            "`provider` under [payments]",
        )
    if planner.pack.pins:
        leave_no_core()
    return Mind(planner, Asides(planner.pack, embedder))


def delivery(settings: Identity) -> Deliver:
    """How a one-time code is sent. Raises ConfigError."""
    if settings.delivery == "outbox":
        return outbox
    address = urlsplit(settings.url)
    if address.scheme != "https" and address.hostname not in ("127.0.0.1", "localhost"):
        raise ConfigError("config.value", f"identity.url = {settings.url!r}: an address that begins with https://")
    file = Path(settings.token_file).expanduser() if settings.token_file else None
    return Http(settings.url, secret.read("identity", file, settings.token_env).reveal())


def pack_database(pack: str, settings: Settings) -> Path:
    """Where the data of a pack lies on this device."""
    if settings.agent.database and pack == settings.agent.pack:
        return Path(settings.agent.database).expanduser()
    return settings.data_folder / f"{pack_folder(pack).name}.db"


def pack_folder(pack: str) -> Path:
    """The folder of a pack that comes along (by name) or of one's own (by path). Raises ConfigError."""
    import models.sectors

    for folder in (Path(models.sectors.__file__).parent / pack, Path(pack).expanduser()):
        if (folder / "pack.toml").is_file():
            return folder
    known = sorted(p.parent.name for p in Path(models.sectors.__file__).parent.glob("*/pack.toml"))
    raise ConfigError("config.value", f"pack = {pack!r}: no such pack; there are {', '.join(known)}, or a folder")
