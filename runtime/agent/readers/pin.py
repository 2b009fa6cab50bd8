"""A PIN for the keypad or the screen: only the tool of an `identify` step gets it; nothing that is said is read."""

from runtime.agent import Expect
from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    return None


def expected(slot: Slot, held: str) -> Expect:
    return Expect("secret", digits=slot.digits[0], most=slot.digits[1], keeper="pack")


READER = Reader(read, order=99, expect=expected, opening=False)
