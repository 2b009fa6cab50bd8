"""A provider for tests: takes what passes the Luhn check and forgets it at once. No money moves."""

import secrets

from core.errors import VaultError


class LocalVault:
    """Refuses what is no card number; a token says nothing of the number that it is for."""

    def keep(self, digits: memoryview) -> str:
        if not luhn(digits):
            raise VaultError("vault.refused", "the check digit of the number is wrong: ask for it again")
        return f"local-{secrets.token_hex(12)}"


def load() -> LocalVault:
    return LocalVault()


def luhn(digits: memoryview) -> bool:
    """ISO/IEC 7812-1, annex B, on ASCII digits."""
    total = 0
    for place, code in enumerate(reversed(digits)):
        value = (code - 48) << place % 2
        total += value - 9 * (value > 9)
    return len(digits) > 0 and total % 10 == 0
