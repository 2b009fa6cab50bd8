"""Puts this folder into an environment as the package `mostrador`, so that changes here count at once (PEP 660).

`python setup/link.py --into .venv/bin/python`; run it with the Python that has requirements/build.lock.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description="Install this folder into an environment, in place.")
    parser.add_argument("--into", type=Path, required=True, metavar="PYTHON", help="of the environment to install into")
    python = parser.parse_args().into.absolute()
    from hatchling.build import build_editable

    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        wheel = Path(folder) / build_editable(folder)
        command = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--force-reinstall"]
        return subprocess.run([*command, str(wheel)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
