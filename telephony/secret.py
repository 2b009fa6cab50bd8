"""A password that shows itself to nobody by accident: not in a log, a `repr`, an error or a traceback."""

import os
from collections.abc import Mapping
from pathlib import Path

from core.errors import ConfigError

LONGEST = 1024
"""Bytes. A file that is longer is something else."""


class Secret:
    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """For the library that computes the digest."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(•••)" if self._text else "Secret()"


def read(where: str, file: Path | None, variable: str, environment: Mapping[str, str] = os.environ) -> Secret:
    """The first line of `file`, or the value of an environment variable; neither: no secret. `where` names the setting.

    Raises ConfigError "config.secret" that says which file or variable, and never what is in it.
    """
    if file and variable:
        raise ConfigError("config.secret", f"{where}: set secret_file or secret_env, not both")
    if variable:
        if not environment.get(variable):
            raise ConfigError("config.secret", f"{where}: the environment variable {variable} is not set, or empty")
        return Secret(environment[variable])
    return _in(file, where) if file else Secret()


def _in(file: Path, where: str) -> Secret:
    try:
        with file.open("rb") as opened:
            text = opened.read(LONGEST + 1).decode("utf-8")
    except OSError as error:
        raise ConfigError("config.secret", f"{where}: {file} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError("config.secret", f"{where}: {file} is no text") from None
    lines = text.splitlines()
    if not lines or not lines[0] or len(lines) > 1 or len(text) > LONGEST:
        raise ConfigError("config.secret", f"{where}: {file} should hold the password in one line, and nothing else")
    return Secret(lines[0])
