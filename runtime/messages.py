"""What the counter says, in a form that no channel owns: each channel renders the richest form it has."""

from msgspec import Struct


class Choice(Struct, frozen=True):
    """One thing the customer can pick. `id` goes back to the agent, `title` is what is shown and said."""

    id: str
    title: str


class Message(Struct, frozen=True):
    """One utterance of the counter.

    `text` is written for the ear and is what is spoken and captioned; `detail` is the longer form for a screen
    (may be empty); `choices` are buttons on a screen and are offered in words by voice; `source` is the document
    or table the fact came from ("hours", "orders"), empty where nothing is claimed.
    """

    text: str
    detail: str = ""
    choices: tuple[Choice, ...] = ()
    source: str = ""
