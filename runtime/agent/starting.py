"""A new pack: the smallest one that is whole, to be filled with a trade."""

import json
import re
from pathlib import Path

from core.errors import PackError

STARTER = Path(__file__).parent / "starter"
_ID = re.compile(r"[a-z][a-z0-9_]*")


def make_pack(folder: Path, name: str) -> list[Path]:
    """Write a pack called `name` into `folder`, whose own name becomes its id; the files. Raises PackError."""
    identity = folder.name
    if not _ID.fullmatch(identity):
        raise PackError("pack.new", f"{folder}: a pack's folder has small letters, digits and _, like city_library")
    if not name.strip() or json.dumps(name, ensure_ascii=False) != f'"{name}"':
        raise PackError("pack.new", f"{name!r} is no name: it has no quotes, backslashes or line breaks")
    if folder.exists() and any(folder.iterdir()):
        raise PackError("pack.new", f"{folder}: there is something in it already; give the folder of a new pack")
    written = []
    try:
        for source in sorted(path for path in STARTER.rglob("*") if path.is_file()):
            target = folder / source.relative_to(STARTER)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = source.read_text("utf-8").replace("@id@", identity).replace("@name@", name)
            target.write_text(text, "utf-8")
            written.append(target)
    except OSError as error:
        raise PackError("pack.new", f"{folder}: can't be written: {error.strerror}") from error
    return written
