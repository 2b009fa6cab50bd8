"""Puts Asterisk 22 out of Debian sid into a folder of the cache, for the tests that need a real PBX; nothing of the
system is touched, and no root is needed. Prints the folder."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.places import cache_home  # noqa: E402
from telephony.native.source import mirrors  # noqa: E402

PROGRAM = "usr/sbin/asterisk"
OF_APT = ("Acquire::Check", "Acquire::http", "Acquire::https", "Acquire::Retries", "Acquire::ForceIPv")
"""Of the machine's own settings: proxies, and whether an old mirror will do."""


def main() -> int:
    folder = cache_home() / "pbx"
    if not (folder / PROGRAM).exists():
        if shutil.which("mmdebstrap") is None:
            print("A PBX to test with is made by mmdebstrap: apt-get install mmdebstrap", file=sys.stderr)
            return 1
        print("fetching Asterisk from Debian sid (once, about 70 MB)", file=sys.stderr)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix="pbx-") as scratch:
            if not any(make(mirror, Path(scratch)) for mirror in mirrors()):
                print("No Debian mirror of this machine's apt has given Asterisk (see above)", file=sys.stderr)
                return 1
            shutil.rmtree(folder, ignore_errors=True)
            (Path(scratch) / "root").rename(folder)
    print(folder)
    return 0


def make(mirror: str, scratch: Path) -> bool:
    """Packages are unpacked and not installed: none of their scripts runs, and anybody may do it."""
    settings, archive, root = scratch / "apt.conf", scratch / "root.tar", scratch / "root"
    settings.write_text("\n".join(own_settings(of_apt())))
    made = [
        "mmdebstrap", "--mode=chrootless", "--variant=extract", "--include=asterisk,base-files",
        f"--aptopt={settings}", "sid", str(archive), mirror,
    ]  # fmt: skip
    root.mkdir(exist_ok=True)
    unpack = ["tar", "--no-same-owner", "--exclude=./dev/*", "-C", str(root), "-xf", str(archive)]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    return all(
        subprocess.run(step, stdout=sys.stderr, env=environment, check=False).returncode == 0 for step in (made, unpack)
    )


def of_apt() -> Iterable[str]:
    dump = subprocess.run(["apt-config", "dump", "Acquire"], capture_output=True, text=True, check=True)
    return dump.stdout.splitlines()


def own_settings(lines: Iterable[str]) -> list[str]:
    return [line for line in lines if line.startswith(OF_APT)]


if __name__ == "__main__":
    sys.exit(main())
