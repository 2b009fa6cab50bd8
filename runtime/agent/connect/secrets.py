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
        """Raises ToolError, which doesn't say what the secret is."""
        if self.env:
            if value := os.environ.get(self.env, ""):
                return value
            raise ToolError("tool.secret", f"the environment variable {self.env} is not set")
        path = Path(self.file).expanduser()
        try:
            if stat.S_IMODE(path.stat().st_mode) & 0o077:
                raise ToolError("tool.secret", f"{path}: others may read it: chmod 600 {path}")
            return path.read_text("utf-8").strip()
        except OSError as error:
            raise ToolError("tool.secret", f"{path}: {error.strerror}") from error
