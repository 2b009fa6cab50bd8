"""Who may call with a password: `name:password` lines, from a file that nobody else can read or the environment."""

import os
from pathlib import Path

from core.errors import TelephonyError

VARIABLE = "MOSTRADOR_SIP_USERS"


def load(path: str) -> dict[str, str]:
    """Name → password, from the file at `path` ("": none) and from $MOSTRADOR_SIP_USERS. Raises TelephonyError.

    The words of an error never hold a line of the file.
    """
    users: dict[str, str] = {}
    if path:
        file = Path(path).expanduser()
        try:
            if file.stat().st_mode & 0o077:
                raise TelephonyError("sip.users", f"{file}: others can read the passwords in it: chmod 600 {file}")
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise TelephonyError("sip.users", f"{file}: cannot be read: {type(error).__name__}") from None
        users |= parse(text, str(file))
    return users | parse(os.environ.get(VARIABLE, ""), f"${VARIABLE}")


def parse(text: str, where: str) -> dict[str, str]:
    """A line each; empty ones and those that begin with # don't count. Raises TelephonyError that names the line."""
    users: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, colon, password = line.strip().partition(":")
        if not colon or not name.strip() or not password:
            raise TelephonyError("sip.users", f"{where}, line {number}: write name:password")
        users[name.strip()] = password
    return users
