"""Embeds the examples of the packs that come along, so that the first start is as quick as every other.

`.venv/bin/python setup/examples.py`; what has been embedded before costs a second.
"""

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    sys.path.insert(0, str(ROOT))
    from models.embed import load as load_embedder
    from models.store import Store
    from runtime.agent.asides import Asides
    from runtime.agent.planner import load

    embedder = load_embedder(Store())
    for manifest in sorted((ROOT / "models" / "sectors").glob("*/pack.toml")):
        print(f"reading the examples of the pack {manifest.parent.name} (the first time, a minute)", flush=True)
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as scratch:
            agent = load(manifest.parent, embedder, None, Path(scratch) / "pack.db")
            Asides(agent.pack, embedder)
        print(f"  done in {time.monotonic() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
