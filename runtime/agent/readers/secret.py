"""Digits for the keypad alone, which only the payment provider gets: nothing that is said or typed is read."""

from runtime.agent import Expect
from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    return None


def expected(slot: Slot, held: str) -> Expect:
    return Expect("secret", digits=slot.digits[0], most=slot.digits[1])


def mistake(slot: Slot) -> str:
    if slot.optional or slot.default is not None:
        return "a secret is asked for: it is neither optional nor has a default"
    return ""


READER = Reader(read, order=99, expect=expected, mistake=mistake, opening=False)
