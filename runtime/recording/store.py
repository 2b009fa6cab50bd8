"""The folder of recordings: `ID.rec`, its sound, and `ID.key`, without which that is noise."""

import fcntl
import os
import re
from dataclasses import dataclass
from pathlib import Path

from core.errors import RecordingError
from runtime.recording import FOLDER, keys, pieces
from runtime.recording.container import Header, read_header
from runtime.recording.keys import DeviceKey

DEVICE_KEY = "device.key"
_ID = re.compile(r"[0-9a-f]{1,64}")


@dataclass(frozen=True, slots=True)
class Listed:
    """`bytes` on disk; `state`: "going on", "whole", "cut" (a crash or a full disk ended it), "erased" (no key)."""

    header: Header
    bytes: int
    seconds: float
    state: str


class Store:
    """Of one device; the command line opens it beside the device that runs."""

    def __init__(self, data: Path) -> None:
        """`data`: the device's data folder."""
        self.folder = data / FOLDER
        self.device_key = data / DEVICE_KEY

    def sound(self, identity: str) -> Path:
        return self.folder / f"{_checked(identity)}.rec"

    def key(self, identity: str) -> Path:
        return self.folder / f"{_checked(identity)}.key"

    def unlock(self, identity: str) -> bytes:
        """The key of one recording. Raises RecordingError."""
        if not self.sound(identity).exists():
            raise RecordingError("recording.unknown", f"there is no recording {identity}: `mostrador recording list`")
        return DeviceKey.open(self.device_key, make=False).unwrap(self.key(identity), identity)

    def used(self) -> int:
        """Bytes on disk."""
        total = 0
        for path in self.folder.glob("*.rec"):
            try:
                total += path.stat().st_size
            except FileNotFoundError:  # erased meanwhile
                continue
        return total

    def free(self) -> int:
        """Bytes that the disk still takes. Raises OSError."""
        disk = os.statvfs(self.folder)
        return disk.f_bavail * disk.f_frsize

    def headers(self) -> list[Header]:
        """The newest first; files that are none of ours are passed over."""
        found = []
        for path in self.folder.glob("*.rec"):
            try:
                with path.open("rb") as file:
                    found.append(read_header(file)[0])
            except (OSError, RecordingError):
                continue
        return sorted(found, key=lambda header: header.began, reverse=True)

    def listing(self) -> list[Listed]:
        """The newest first. Raises RecordingError "recording.key"."""
        headers = self.headers()
        device = DeviceKey.open(self.device_key, make=False) if headers else None
        return [self._listed(header, device) for header in headers if device]

    def expired(self, now: float) -> list[Header]:
        """Those that should be no more, at Unix time `now`."""
        return [header for header in self.headers() if header.expires <= now and not self.going_on(header.id)]

    def erase(self, identity: str) -> bool:
        """The key first, so that nobody can read what an undelete may bring back; whether there was anything.

        Raises RecordingError "recording.disk"."""
        try:
            found = keys.erase(self.key(identity))
            if self.sound(identity).exists():
                self.sound(identity).unlink()
                found = True
        except OSError as error:
            raise RecordingError(
                "recording.disk", f"{identity} could not be erased: {error}", retryable=True
            ) from error
        return found

    def going_on(self, identity: str) -> bool:
        try:
            with self.sound(identity).open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def _listed(self, header: Header, device: DeviceKey) -> Listed:
        path = self.sound(header.id)
        try:
            key = device.unwrap(self.key(header.id), header.id)
            seconds, whole = pieces.length(path, key)
            state = "going on" if self.going_on(header.id) else "whole" if whole else "cut"
            return Listed(header, path.stat().st_size, seconds, state)
        except (RecordingError, OSError) as error:
            state = "erased" if getattr(error, "code", "") == "recording.erased" else "unreadable"
            return Listed(header, path.stat().st_size if path.exists() else 0, 0.0, state)


def _checked(identity: str) -> str:
    if not _ID.fullmatch(identity):
        raise RecordingError("recording.unknown", f"{identity!r} is no recording: `mostrador recording list` has them")
    return identity
