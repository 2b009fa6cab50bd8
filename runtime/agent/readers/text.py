"""What the customer says in their own words, as it is, up to 500 characters."""

from runtime.agent.flow import Slot
from runtime.agent.readers import Hearing, Reader, Reading

MOST = 500


def read(hearing: Hearing, slot: Slot) -> Reading | None:
    text = " ".join(hearing.text.split())
    if not text or not hearing.words:
        return None
    taken = frozenset(range(len(hearing.words)))
    return Reading(text, taken=taken, sure=0.1) if len(text) <= MOST else Reading(wrong="too_long", taken=taken)


READER = Reader(
    read,
    order=95,
    called={"es": ("texto", "motivo", "descripcion"), "en": ("text", "reason", "description")},
    wrong=lambda slot: ("too_long",),
    opening=False,
    by_name=True,
)
