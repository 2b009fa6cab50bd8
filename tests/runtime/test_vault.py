"""The local payment provider, and what a process with any provider leaves behind when it crashes: nothing."""

import subprocess
import sys

import pytest

from core.errors import ConfigError, VaultError
from runtime import vault
from runtime.vault.local import LocalVault, luhn
from tests.sip.phones import ROOT

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("number", "good"),
    [("4539148803436467", True), ("4539148803436468", False), ("79927398713", True), ("18", True), ("", False)],
)
def test_the_check_digit(number: str, good: bool) -> None:
    assert luhn(memoryview(number.encode())) is good


def test_a_token_says_nothing_and_is_never_the_same() -> None:
    number = memoryview(b"4539148803436467")
    first, second = (LocalVault().keep(number) for _ in range(2))
    assert first != second
    assert not any(number.tobytes().decode()[at : at + 4] in first for at in range(13))
    with pytest.raises(VaultError) as caught:
        LocalVault().keep(memoryview(b"4539148803436468"))
    assert caught.value.code == "vault.refused"
    assert "4539" not in str(caught.value)


def test_a_provider_that_does_not_exist_is_named() -> None:
    with pytest.raises(ConfigError, match=r"payments.provider = 'locl'.*local"):
        vault.load("locl")
    assert vault.load("") is None


def test_with_a_provider_there_is_no_core_dump() -> None:
    program = (
        "import ctypes, resource\n"
        "from runtime import vault\n"
        "vault.load('local')\n"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3))\n"  # PR_GET_DUMPABLE
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "(0, 0) 0"
