"""Where a card number, or another secret that is keyed in, goes: to a payment provider, which gives a token for it.

One module a provider, found by its name (`payments.provider`), with a `load()` that returns a `Vault`.
"""

import ctypes
import importlib
import pkgutil
import resource
from typing import Protocol

from core.errors import ConfigError

_PR_SET_DUMPABLE = 4


class Vault(Protocol):
    """Digits in, token out. Called in a worker thread."""

    def keep(self, digits: memoryview) -> str:
        """A token for `digits` (ASCII), which are wiped when it returns: they must not be copied, logged or raised.

        Raises VaultError: "vault.refused" (no number of theirs), "vault.unreachable".
        """


def load(provider: str) -> Vault | None:
    """None where there is no provider. Raises ConfigError.

    With one, the process leaves no core dump from here on, and nobody but root may look into its memory.
    """
    if not provider:
        return None
    known = sorted(module.name for module in pkgutil.iter_modules(__path__))
    if provider not in known:
        raise ConfigError("config.value", f"payments.provider = {provider!r}: there are {', '.join(known)}, or none")
    leave_no_core()
    vault: Vault = importlib.import_module(f"{__name__}.{provider}").load()
    return vault


def leave_no_core() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0)  # a core pattern that is a pipe does not ask for the limit
