"""Who can read what the device keeps: a recording has a key of its own, which the device's key wraps; what is small is
sealed by the device's key itself. Without it all of it is noise."""

import contextlib
import os
import secrets
import stat
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from core.errors import RecordingError
from core.files import sync_folder

SIZE = 32
_NONCE = 12


class DeviceKey:
    """The key that wraps all others, and seals what is small, from a file that is its owner's alone."""

    def __init__(self, key: bytes) -> None:
        self._cipher = ChaCha20Poly1305(key)

    @classmethod
    def open(cls, path: Path, *, make: bool = True) -> "DeviceKey":
        """`make`: where there is none yet. Raises RecordingError "recording.key", "recording.key_missing"."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if make and not path.exists():
                with contextlib.suppress(FileExistsError):  # another process has just made it
                    _put(path, secrets.token_bytes(SIZE))
            with path.open("rb") as file:
                status = os.fstat(file.fileno())
                key = file.read(SIZE + 1)
        except FileNotFoundError:
            raise RecordingError("recording.key_missing", f"{path}: there is no key: nothing can be read") from None
        except OSError as error:
            raise RecordingError("recording.key", f"{path}: {error.strerror}: give this user the file") from error
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise RecordingError("recording.key", f"{path}: others may read it: `chmod 600` it")
        if status.st_uid not in (os.geteuid(), 0):
            raise RecordingError("recording.key", f"{path}: it belongs to somebody else: give it to this user")
        if len(key) != SIZE:
            raise RecordingError("recording.key", f"{path}: a key has {SIZE} bytes: restore it from where you keep it")
        return cls(key)

    def new(self, path: Path, identity: str) -> bytes:
        """A key for one recording, kept wrapped in `path`. Raises OSError."""
        key = secrets.token_bytes(SIZE)
        _put(path, self.seal(key, identity))
        return key

    def seal(self, data: bytes, what: str) -> bytes:
        """`data`, for nobody without this key to read; `what` it is, by which alone it opens again."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, what.encode())

    def unseal(self, sealed: bytes, what: str) -> bytes:
        """Raises InvalidTag or ValueError: by another key, of something else, or changed."""
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], what.encode())

    def unwrap(self, path: Path, identity: str) -> bytes:
        """Raises RecordingError: "recording.erased", "recording.key"."""
        try:
            wrapped = path.read_bytes()
        except FileNotFoundError:
            raise RecordingError(
                "recording.erased", f"{identity}: its key has been erased: nobody can read it"
            ) from None
        except OSError as error:
            raise RecordingError("recording.key", f"{path}: {error.strerror}") from error
        try:
            return self.unseal(wrapped, identity)
        except (InvalidTag, ValueError):
            raise RecordingError(
                "recording.key", f"{path}: it was wrapped by another device's key, or has been changed"
            ) from None


def erase(path: Path) -> bool:
    """Overwrite a wrapped key, then remove it; whether there was one. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        sync_folder(path.parent)
        return True
    return False


def _put(path: Path, data: bytes) -> None:
    """A new file of its owner's alone, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        os.write(file, data)
        os.fsync(file)
        os.link(draft, path)  # never over one that is there
        sync_folder(path.parent)
    finally:
        os.close(file)
        draft.unlink()
