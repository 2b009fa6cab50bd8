"""Puts PJSIP into the environment it is run with: our own build, or the public package when that can't be had."""

import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.places import cache_home  # noqa: E402

PIP = [sys.executable, "-m", "pip", "--quiet"]
PUBLIC = "pjsua2-python"
NOTE = """
**********************************************************************************************************
*  PJSIP could not be built (the reason is above). The telephone runs on the public package for now:     *
*  4 calls at most, old TLS, late sound when the machine is busy. Not for a public network.              *
*  To try again: make telephone                                                                          *
**********************************************************************************************************
"""


def main() -> int:
    wheels = cache_home() / "wheels"
    build = [sys.executable, str(ROOT / "telephony/native/build.py"), "--wheels", str(wheels)]
    # The makes inside must not think themselves part of ours: they would announce every folder they enter.
    apart = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    built = subprocess.run(build, stdout=subprocess.PIPE, text=True, check=False, env=apart)
    if built.returncode == 0:
        # Both bring a module of the same name.
        subprocess.run([*PIP, "uninstall", "--yes", PUBLIC], stderr=subprocess.DEVNULL, check=False)
        install = [*PIP, "install", "--no-deps", "--no-index", "--force-reinstall", built.stdout.strip()]
        return subprocess.run(install, check=False).returncode
    if platform.machine() != "x86_64":
        print(f"PJSIP could not be built, and there is no package of it for {platform.machine()}.", file=sys.stderr)
        return 1
    install = [*PIP, "install", "--no-deps", "--require-hashes", "-r", str(ROOT / "requirements/fallback.lock")]
    code = subprocess.run(install, check=False).returncode
    print(NOTE, file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
