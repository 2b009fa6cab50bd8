"""A file put in place in one step: whoever reads it finds the old one or the whole new one, after a power cut too."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A draft beside `path` to be written by name; when the block ends well it takes its place. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.part")
    try:
        yield draft
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def keep_newest(folder: Path, pattern: str, count: int) -> None:
    """Of the files in `folder` that match, the `count` last written stay. Raises OSError."""
    written: list[tuple[int, Path]] = []
    for path in folder.glob(pattern):
        with suppress(FileNotFoundError):  # another process keeps order here, too
            written.append((path.stat().st_mtime_ns, path))
    for _, old in sorted(written, reverse=True)[count:]:
        old.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """What was made or removed in it is so after a power cut, too."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
