"""Passwords and tokens of other systems: from the environment or a file of one's own, never from the pack."""

import os
import stat
from pathlib import Path

from msgspec import Struct

from core.errors import ToolError


class Secret(Struct, frozen=True, forbid_unknown_fields=True):
    """`env`: the name of an environment variable; `file`: a file that nobody else may read (mode 0600)."""

    env: str = ""
    file: str = ""

    def read(self) -> str:
        """Without the white space around it. Raises ToolError, which doesn't say what the secret is."""
        if self.env:
            where, value = f"the environment variable {self.env}", os.environ.get(self.env, "").strip()
            if not value:
                raise ToolError("tool.secret", f"{where} is not set")
        else:
            where, value = self.file, self._from_file()
            if not value:
                raise ToolError("tool.secret", f"{where} is empty")
        if not value.isprintable():
            raise ToolError("tool.secret", f"{where}: a secret is one line of letters, digits and signs")
        return value

    def header(self, scheme: str) -> str:
        """As the value of an HTTP header. Raises ToolError."""
        value = f"{scheme} {self.read()}".strip()
        if not value.isascii():
            raise ToolError("tool.secret", f"{self.env or self.file}: only ASCII goes into an HTTP header")
        return value

    def _from_file(self) -> str:
        path = Path(self.file).expanduser()
        try:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise ToolError("tool.secret", f"{path}: others may read it: chmod 600 {path}")
            return path.read_text("utf-8").strip()
        except OSError as error:
            raise ToolError("tool.secret", f"{path}: {error.strerror}") from error
        except UnicodeDecodeError:  # which would quote it
            raise ToolError("tool.secret", f"{path}: is no UTF-8 text") from None
