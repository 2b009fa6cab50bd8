"""Digits on their way from the keypad to the payment provider: nobody else on this device ever has them."""

import threading
from collections.abc import Callable

from runtime.keys import CLEAR, DIGITS, END, HIDDEN, Wanted, press


class Secret:
    """One number while it is keyed. `press` runs on the SIP thread; everybody else learns how many digits there are.

    It takes keys until it is complete by `wanted`, or taken: what is keyed after that is nobody's business either.
    The memory that the digits lie in is never moved, and wiped.
    """

    __slots__ = ("_count", "_digits", "_lock", "_over", "_taken", "_wanted")

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._digits = bytearray(wanted.most)
        self._count = 0
        self._over = self._taken = False
        self._lock = threading.Lock()

    def press(self, key: str) -> str:
        """One key further; what others may know of it, empty for nothing at all."""
        digit = key in DIGITS
        if not digit and key not in (CLEAR, END):
            return ""
        told = HIDDEN if digit else key
        with self._lock:
            if self._over:
                return ""
            held, keyed = press(HIDDEN * self._count, told, self._wanted)
            if digit:
                self._digits[self._count] = ord(key)
                self._count += 1
            elif not held and key == CLEAR:
                self._wipe()
            self._over = keyed is not None
        return told

    @property
    def over(self) -> bool:
        """It takes no more keys."""
        return self._over

    def take(self, keep: Callable[[memoryview], str]) -> str:
        """What `keep` makes of the digits, once. Whatever comes of it, they are gone afterwards."""
        with self._lock:  # not for as long as a provider takes: `press` would wait, and every call with it
            self._over = self._taken = True
        try:
            with memoryview(self._digits) as whole, whole[: self._count] as digits:
                return keep(digits)
        finally:
            self._wipe()

    def close(self) -> None:
        """Take no more keys: a pause has ended it."""
        with self._lock:
            self._over = True

    def wipe(self) -> None:
        """Nobody wants it any more. One that is being taken is wiped by that."""
        with self._lock:
            self._over = True
            if not self._taken:
                self._wipe()

    def _wipe(self) -> None:
        self._digits[:] = bytes(len(self._digits))
        self._count = 0

    def __repr__(self) -> str:
        return f"<Secret of {self._count} digits>"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written down")
