"""The model store: `ROOT/MODEL/FILE`, each file there whole and verified, or not there at all.

Reading is cheap: an engine asks `require(model)`, which looks at sizes and at a stamp left by the last full check, and
hashes only what has changed since. Writing is careful: `.part` file, SHA-256, atomic rename, one process at a time.
The stamp saves time, it is no seal: `verify` always reads everything.
"""

import contextlib
import errno
import fcntl
import json
import os
import stat
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog

from core.errors import ModelError
from core.places import models_home
from models.catalog import Catalog, Model, ModelFile, catalog
from models.fetch import Progress, Silent, sha256

log = structlog.get_logger(__name__)

State = Literal["ok", "missing", "truncated", "tampered"]

_LOCK_TIMEOUT = 1800.0
_STAMPS = ".verified"


@dataclass(frozen=True, slots=True)
class FileCheck:
    """What a check found: `path` is where the file is, or should be."""

    model: str
    file: str
    path: Path
    size: int
    state: State


class Store:
    """Models on disk below `root`. Cheap to make, safe to share between threads."""

    def __init__(self, root: Path | None = None, models: Catalog | None = None) -> None:
        self.root = root or models_home()
        self.catalog = models or catalog()

    def folder(self, model_id: str) -> Path:
        return self.root / self.catalog.model(model_id).id

    def path(self, model_id: str, file: str) -> Path:
        """One file, looked at but not read: it is there and has its size. Raises ModelError."""
        model = self.catalog.model(model_id)
        return self._demand(model, model.file(file), thorough=False)

    def require(self, model_id: str) -> Path:
        """The folder of a model whose every file is there and is the right one.

        Hashes a file only if it has changed since it was last hashed. Raises ModelError `model.missing`,
        `model.truncated` or `model.tampered`, each with the command that mends it.
        """
        model = self.catalog.model(model_id)
        for file in model.files:
            self._demand(model, file, thorough=True)
        return self.folder(model_id)

    def is_installed(self, model_id: str) -> bool:
        """Every file is there with its size; nothing is hashed."""
        model = self.catalog.model(model_id)
        return all(self.quick_state(model, file) == "ok" for file in model.files)

    def verify(self, ids: Iterable[str] = (), progress: Progress | None = None) -> list[FileCheck]:
        """Read every file of these models (of the set `default` when none is named) and compare its hash."""
        progress = progress or Silent()
        checks = []
        for model in self.catalog.select(ids):
            for file in model.files:
                path = self.folder(model.id) / file.name
                state = self.quick_state(model, file)
                if state == "ok":
                    progress.begin(f"{model.id}/{file.name}", file.size)
                    with disk_errors(path):
                        state = "ok" if sha256(path, progress) == file.sha256 else "tampered"
                    if state == "ok":
                        self.stamp(model, file)
                checks.append(FileCheck(model.id, file.name, path, file.size, state))
        return checks

    def pull(self, ids: Iterable[str] = (), progress: Progress | None = None, folder: Path | None = None) -> list[str]:
        """Fetch what is missing or wrong of these models (or sets; `default` when none is named).

        `folder`: where to look before anywhere else (`--from`). Returns the "MODEL/FILE" that were fetched.
        Raises ModelError; what had arrived by then is kept and used by the next pull.
        """
        from models.pull import pull

        return pull(self, self.catalog.select(ids), progress or Silent(), folder)

    def quick_state(self, model: Model, file: ModelFile) -> State:
        """By the size alone."""
        try:
            found = (self.folder(model.id) / file.name).stat()
        except OSError:
            return "missing"
        if not stat.S_ISREG(found.st_mode) or found.st_size > file.size:
            return "tampered"
        return "ok" if found.st_size == file.size else "truncated"

    def state(self, model: Model, file: ModelFile) -> State:
        """By size and stamp, or hash where the stamp no longer fits."""
        state = self.quick_state(model, file)
        if state != "ok" or self._stamps(model.id).get(file.name) == self._fingerprint(model, file):
            return state
        path = self.folder(model.id) / file.name
        with disk_errors(path):
            if sha256(path) != file.sha256:
                return "tampered"
        self.stamp(model, file)
        return "ok"

    def stamp(self, model: Model, file: ModelFile) -> None:
        """Remember that this file, as it lies there now, has been hashed and is right."""
        stamps = {**self._stamps(model.id), file.name: self._fingerprint(model, file)}
        target = self.folder(model.id) / _STAMPS
        scratch = target.with_name(f"{_STAMPS}.{os.getpid()}-{threading.get_ident()}")
        try:
            scratch.write_text(json.dumps(stamps, indent=1), encoding="utf-8")
            scratch.replace(target)
        except OSError as error:  # a read-only store works, it only hashes at each start
            log.debug("model.stamp_unwritable", path=str(target), why=str(error))

    @contextlib.contextmanager
    def lock(self, progress: Progress, timeout: float = _LOCK_TIMEOUT) -> Iterator[None]:
        """Only one process writes to the store. Raises ModelError `model.busy` after `timeout` seconds."""
        with disk_errors(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            self._acquire(handle, progress, timeout)
            yield
        finally:
            os.close(handle)

    def _acquire(self, handle: int, progress: Progress, timeout: float) -> None:
        end = time.monotonic() + timeout
        waiting = False
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError as error:
                if time.monotonic() >= end:
                    raise ModelError(
                        "model.busy",
                        f"another process has been writing to {self.root} for {timeout:.0f} s: wait for it or end it",
                        retryable=True,
                    ) from error
            if not waiting:
                progress.note("another process is writing to the model store; waiting for it")
                waiting = True
            time.sleep(0.2)

    def _demand(self, model: Model, file: ModelFile, *, thorough: bool) -> Path:
        path = self.folder(model.id) / file.name
        state = self.state(model, file) if thorough else self.quick_state(model, file)
        if state == "ok":
            return path
        what = {
            "missing": "is not there",
            "truncated": f"is cut short (it should have {file.size:,} bytes)",
            "tampered": "is not the file it should be (its content has changed)",
        }[state]
        raise ModelError(f"model.{state}", f"{path} {what}: run `mostrador models pull {model.id}`")

    def _stamps(self, model_id: str) -> dict[str, list[object]]:
        try:
            found = json.loads((self.folder(model_id) / _STAMPS).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def _fingerprint(self, model: Model, file: ModelFile) -> list[object]:
        found = (self.folder(model.id) / file.name).stat()
        return [file.sha256, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """An OSError about `path` becomes a ModelError that says what to do."""
    try:
        yield
    except OSError as error:
        where = error.filename or path
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise ModelError(
                "model.disk_full", f"no room left for {where}: free some space and run it again"
            ) from error
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            advice = "run it as the owner, or point MOSTRADOR_MODELS to a folder that you may write to"
            raise ModelError("model.permission", f"not allowed to use {where}: {advice}") from error
        raise ModelError("model.disk", f"{where}: {error.strerror or error}") from error
