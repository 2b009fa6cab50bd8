#!/bin/bash
# Tries a built wheel where nothing of this folder can be imported: `setup/smoke.sh PYTHON dist/mostrador-….whl`.
set -euo pipefail

python=$1
wheel=$(realpath "$2")
lock=$(realpath "$(dirname "$0")/../requirements/app.lock")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"

"$python" -m venv environment
environment/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
environment/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-index "$wheel"
environment/bin/mostrador --version
environment/bin/mostrador --help >/dev/null
MOSTRADOR_MODELS=$scratch/models environment/bin/mostrador models list --json >/dev/null
environment/bin/python - <<'PYTHON'
from pathlib import Path

import runtime.agent
import telephony.kamailio
from runtime.channels.kiosk import PAGE
from runtime.minds import pack_folder

data = (
    PAGE / "index.html",
    pack_folder("retail") / "pack.toml",
    Path(runtime.agent.__file__).parent / "asides.toml",
    Path(telephony.kamailio.__file__).parent / "routing.cfg",
)
for path in data:
    assert path.is_file() and "environment" in path.parts, path
print("the wheel holds the program and what it reads")
PYTHON
