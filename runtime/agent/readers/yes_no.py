"""A question whose «no» goes on in the flow: "yes" or "no", for a branch."""

from runtime.agent import Expect
from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading
from runtime.agent.slots import yes_no


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    answer = yes_no(hearing.text)
    if answer is None:
        return None
    yes, no = hearing.ground.yes_or_no()
    return Reading("yes" if answer else "no", (yes if answer else no).title, taken=frozenset(range(len(hearing.words))))


READER = Reader(read, order=98, expect=lambda slot, held: Expect("yes_no"), opening=False, by_name=True)
