"""Protected collection: from the moment a secret is asked for until something else is, only the provider gets keys."""

from collections.abc import Awaitable, Callable

import structlog

from core.errors import MostradorError
from runtime.channels import Channel
from runtime.events import Kept
from runtime.keys import Keyed, Outcome, Wanted
from runtime.secret import Secret

_log = structlog.get_logger(__name__)

Keep = Callable[[Secret], Awaitable[str]]
"""The token of a secret, which is wiped. Raises VaultError."""


class Protected:
    """The secrets of one conversation, one after the other."""

    def __init__(self, channel: Channel, keep: Keep) -> None:
        self._channel = channel
        self._keep = keep
        self._secret: Secret | None = None
        self._closed = False

    async def collect(self, wanted: Wanted) -> bool:
        """Take keys from now on; one that is being keyed goes on. False: there are no keys here."""
        if self._secret is not None and not self._secret.over:
            return True
        self._secret, self._closed = Secret(wanted), False
        return await self._channel.hide_keys(self._secret.press)

    @property
    def closed(self) -> bool:
        """On its way to the provider: a key that was told of too late does not count."""
        return self._secret is not None and self._closed

    def close(self) -> None:
        """No more keys: it is complete."""
        self._closed = True
        if self._secret is not None:
            self._secret.close()

    async def stop(self) -> None:
        """Keys are everybody's again. Safe to call at any time."""
        if self._secret is not None:
            self.wipe()
            self._secret = None
            await self._channel.hide_keys(None)

    async def hand_over(self, keyed: Keyed) -> Kept:
        """A whole secret to the provider; of one that is not, nothing is kept."""
        secret, count = self._secret, len(keyed.digits)
        if secret is None or keyed.outcome is not Outcome.WHOLE:
            self.wipe()
            return Kept(digits=count, why=keyed.outcome.name.lower())
        try:
            return Kept(digits=count, token=await self._keep(secret))
        except MostradorError as error:
            _log.error("secret_not_kept", code=error.code, digits=count)
            return Kept(digits=count, why=error.code)

    def wipe(self) -> None:
        if self._secret is not None:
            self._secret.wipe()
