"""PJSIP's source code, from the machine's own Debian mirror: a component of the `asterisk` source package there."""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path

from core.errors import TelephonyError

SHA256 = "6860c2f7604b4eee75f38151a9ef69774eb3f0c5286fc1d14bc1db2dc5a9e8aa"
"""Of the pjproject 2.17 tarball that this program was tried with."""

NAME = "pjproject-2.17.tar.xz"
COMPONENT = "orig-Xpjproject.tar.xz"
APT_HELPER = "/usr/lib/apt/apt-helper"


def fetch(folder: Path, accepted: str = SHA256) -> Path:
    """The tarball in `folder`, downloaded unless it lies there already. Raises TelephonyError."""
    kept = folder / NAME
    if kept.exists() and sha256(kept) == accepted:
        return kept
    if shutil.which("apt-get") is None:
        raise TelephonyError(
            "sip.build.source",
            "PJSIP's source comes from Debian's mirror and there is no apt-get here. Give the tarball: --source FILE",
        )
    folder.mkdir(parents=True, exist_ok=True)
    reasons = []
    for mirror in mirrors():
        try:
            return _fetch_from(mirror, kept, accepted)
        except _MirrorError as error:
            reasons.append(f"{mirror}: {error}")
    raise TelephonyError(
        "sip.build.source",
        "No configured Debian mirror gave PJSIP's source "
        f"({'; '.join(reasons) or 'none is configured'}). Check the network, or give the tarball: --source FILE",
        retryable=True,
    )


def check(tarball: Path, accepted: str = SHA256) -> Path:
    """`tarball` itself, when it is the one that is known. Raises TelephonyError."""
    if not tarball.is_file():
        raise TelephonyError("sip.build.source", f"{tarball} is no file: give the pjproject 2.17 tarball")
    found = sha256(tarball)
    if found != accepted:
        raise _unknown(tarball.name, found)
    return tarball


def mirrors() -> list[str]:
    """The repositories that apt on this machine uses, those for security updates left out."""
    targets = _run(["apt-get", "indextargets", "--no-release-info", "--format", "$(CREATED_BY) $(REPO_URI)"])
    found = [line.split(" ", 1)[1] for line in targets.splitlines() if line.startswith("Packages ")]
    return sorted({uri for uri in found if "security" not in uri}, key=lambda uri: "debian" not in uri)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _MirrorError(Exception):
    """This mirror can't give it; the next may."""


def _fetch_from(mirror: str, kept: Path, accepted: str) -> Path:
    with tempfile.TemporaryDirectory(prefix="apt-", dir=kept.parent) as scratch:
        options = _private_apt(Path(scratch), mirror)
        _run(["apt-get", *options, "update"])
        wanted = _run(["apt-get", *options, "source", "--download-only", "--print-uris", "asterisk"])
        line = next((line for line in wanted.splitlines() if COMPONENT in line), None)
        if line is None:
            raise _MirrorError("its asterisk source package has no pjproject in it")
        uri, name, _size, digest = line.split()
        if digest != f"SHA256:{accepted}":
            raise _unknown(name, digest.removeprefix("SHA256:"))
        part = Path(scratch) / "source.part"
        _run([APT_HELPER, *options, "download-file", uri.strip("'"), str(part), digest])
        check(part, accepted)
        part.replace(kept)
    return kept


def _private_apt(scratch: Path, mirror: str) -> list[str]:
    """Options that keep apt's own lists and cache untouched and need no root.

    `trusted`: an older Debian may lack the key of sid; the checksum of the one file taken is what we rely on.
    """
    for folder in ("lists/partial", "cache/archives/partial"):
        (scratch / folder).mkdir(parents=True)
    (scratch / "sources.list").write_text(f"deb-src [trusted=yes check-valid-until=no] {mirror} sid main\n")
    settings = {
        "Dir::Etc::sourcelist": scratch / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": scratch / "lists",
        "Dir::Cache": scratch / "cache",
        "APT::Sandbox::User": "root",
    }
    return [part for key, value in settings.items() for part in ("-o", f"{key}={value}")]


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _MirrorError(f"{Path(command[0]).name}: {error}") from error
    failed = [line for line in done.stderr.splitlines() if line.startswith("E:")]
    if done.returncode or failed:
        raise _MirrorError((failed or done.stderr.splitlines() or [f"{command[0]} failed"])[-1])
    return done.stdout


def _unknown(name: str, digest: str) -> TelephonyError:
    return TelephonyError(
        "sip.build.unknown_source",
        f"{name} has SHA-256 {digest}, which this program was not tried with. "
        f"To build with it all the same: --accept-sha256 {digest}",
    )
