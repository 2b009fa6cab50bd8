"""A root file system of another machine's Debian, to compile and link against: unpacked packages, nothing of them run.

It lies in the cache and needs neither root nor a foreign architecture in this machine's own apt.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from core.errors import TelephonyError
from telephony.native import source

PACKAGES = (
    "python3", "libpython3-dev", "libc6-dev", "libstdc++-12-dev", "libsrtp2-dev", "libspeexdsp-dev", "libgsm1-dev",
    "libopus-dev", "libssl-dev", "libsamplerate0-dev", "uuid-dev",
)  # fmt: skip
"""With python3 itself, so that what was built can be tried under qemu."""
MERGED_USR = "/usr/share/mmdebstrap/hooks/merged-usr"


def make(folder: Path, architecture: str) -> Path:
    """The file system in `folder`, made unless it lies there already. Raises TelephonyError."""
    suite = release()
    name = hashlib.sha256(" ".join(PACKAGES).encode()).hexdigest()[:8]
    kept = folder / f"{suite}-{architecture}-{name}"
    if kept.exists():
        return kept
    folder.mkdir(parents=True, exist_ok=True)
    reasons = []
    with tempfile.TemporaryDirectory(prefix="sysroot-", dir=folder) as scratch:
        for mirror in source.mirrors():
            try:
                made = _unpack(Path(scratch), suite, architecture, mirror)
            except subprocess.CalledProcessError as error:
                reasons.append((error.stderr or "").strip().splitlines()[-1:] or [f"exit {error.returncode}"])
                continue
            point_inside(made)
            made.rename(kept)
            return kept
    why = "; ".join(line for lines in reasons for line in lines) or "none is configured"
    raise TelephonyError(
        "sip.build.sysroot",
        f"No configured Debian mirror gave the {architecture} packages of {suite} ({why}). Check the network",
        retryable=True,
    )


def release(file: Path = Path("/etc/os-release")) -> str:
    """This Debian's name: "bookworm". Raises TelephonyError."""
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.partition("=")[2].strip('"') for line in lines if line.startswith("VERSION_CODENAME=")]
    if not names:
        raise TelephonyError("sip.build.sysroot", f"{file} names no Debian release: build on Debian")
    return names[0]


def point_inside(root: Path) -> None:
    """Make links from the root of a file system relative: `root` is not where the system is mounted."""
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            link = Path(folder, name)
            if link.is_symlink() and link.readlink().is_absolute():
                inside = root / link.readlink().relative_to("/")
                link.unlink()
                link.symlink_to(os.path.relpath(inside, link.parent))


def _unpack(scratch: Path, suite: str, architecture: str, mirror: str) -> Path:
    """Through an archive: without root the files of mmdebstrap's own folder would be somebody else's."""
    archive, made = scratch / "root.tar", scratch / "root"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    command = [
        "mmdebstrap", "--quiet", "--variant=extract", f"--architectures={architecture}",
        f"--include={','.join(PACKAGES)}", f"--hook-dir={MERGED_USR}", suite, str(archive), mirror,
    ]  # fmt: skip
    subprocess.run(command, capture_output=True, text=True, check=True, timeout=1_800)
    unpack = ["tar", "-xf", str(archive), "-C", str(made), "--exclude=./dev/*", "--no-same-owner"]
    subprocess.run(unpack, capture_output=True, text=True, check=True, timeout=600)
    archive.unlink()
    return made
