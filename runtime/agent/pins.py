"""Digits on their way from the keypad to the tool that checks them: here for a moment, in one place, and wiped."""

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import AgentError

LASTS = 60.0
"""Seconds until what nobody has asked for is wiped."""


class Pins:
    """Opened once each, by an opaque token, which is all that the conversation and its journal know. Thread-safe."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[bytearray, threading.Timer]] = {}
        self._lock = threading.Lock()

    def keep(self, digits: memoryview) -> str:
        """A token for `digits` (ASCII), of which a copy is held."""
        token = f"pin-{secrets.token_hex(12)}"
        timer = threading.Timer(LASTS, self._forget, (token,))
        timer.daemon = True
        with self._lock:
            self._kept[token] = bytearray(digits), timer
        timer.start()
        return token

    @contextmanager
    def opened(self, token: str) -> Iterator[memoryview]:
        """The digits, which are wiped afterwards whatever happens. Raises AgentError where there are none any more."""
        with self._lock:
            digits, timer = self._kept.pop(token, (None, None))
        if digits is None or timer is None:
            raise AgentError("agent.pin_gone", "the digits are no longer held: ask for them again", retryable=True)
        timer.cancel()
        try:
            with memoryview(digits) as view:
                yield view
        finally:
            digits[:] = bytes(len(digits))

    def _forget(self, token: str) -> None:
        with self._lock:
            digits, _ = self._kept.pop(token, (None, None))
        if digits is not None:
            digits[:] = bytes(len(digits))

    def __repr__(self) -> str:
        return f"<Pins: {len(self._kept)}>"
