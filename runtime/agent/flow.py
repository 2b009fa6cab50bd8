"""A flow as its TOML file writes it: typed slots and steps, nothing that acts."""

from typing import Literal

from msgspec import Struct

from runtime.agent import Level, Value
from runtime.agent.days import When


class Slot(Struct, frozen=True, forbid_unknown_fields=True):
    """What a flow needs to know. `ask` is a phrase code; each time it is asked again in other words.

    `type` is one of the modules of runtime/agent/readers; docs/slots.md tells them and what each makes of the other
    keys. `optional`: taken when the customer says it, never asked for; otherwise it is `default` ("$store": that
    fact of the pack).
    """

    type: str
    ask: str = ""
    digits: tuple[int, int] = (1, 12)
    between: tuple[int, int] = (0, 999_999_999)
    when: When = "future"
    region: str = "ES"
    pattern: str = ""
    of: str = ""
    options: str = ""
    arguments: dict[str, Value] = {}
    title: str = ""
    unclear: str = ""
    """What is said when several things answer to the name, before they are offered."""
    optional: bool = False
    default: str | None = None


class Ask(Struct, frozen=True, forbid_unknown_fields=True):
    """Wait until the slot is known. After `tries` questions that were no use: a person."""

    ask: str
    id: str = ""
    tries: int = 2


class Confirm(Struct, frozen=True, forbid_unknown_fields=True):
    """Read back and wait for a clear yes. Not yes: the phrase `refused`, and the flow is over."""

    confirm: str
    refused: str
    id: str = ""


class Call(Struct, frozen=True, forbid_unknown_fields=True):
    """Call a tool; what it returns is kept as `<into>.<key>`. A tool that acts may only follow a `confirm`."""

    call: str
    into: str
    arguments: dict[str, Value] = {}
    id: str = ""


class Identify(Struct, frozen=True, forbid_unknown_fields=True):
    """Let a tool say who the customer is, or whether they are who they say. Its outcome "ok" raises the conversation
    to the level `reaches`; any other counts as a failure, and the third leads to a person. `how`: by what means."""

    identify: str
    reaches: Literal["claimed", "verified"]
    into: str
    arguments: dict[str, Value] = {}
    how: str = ""
    id: str = ""


class Branch(Struct, frozen=True, forbid_unknown_fields=True):
    """Go where the value of a slot says: value → step id, `otherwise` for the rest (empty: the next step)."""

    branch: str
    to: dict[str, str]
    otherwise: str = ""
    id: str = ""


class Say(Struct, frozen=True, forbid_unknown_fields=True):
    """Say a phrase; `{slot}` in its code is filled in. `source`: where the fact comes from. `sells`: it recommends
    something to buy, and is left out once the customer has complained."""

    say: str
    source: str = ""
    sells: bool = False
    next: str = ""
    id: str = ""


class Show(Struct, frozen=True, forbid_unknown_fields=True):
    """Say a few of the rows of a reading tool, and show them all, each as the phrase `row`.

    In `show`, {shown} is what an ear keeps of them, {count} how many there are; `none` is said when there are none.
    """

    show: str
    rows: str
    row: str
    none: str
    arguments: dict[str, Value] = {}
    source: str = ""
    next: str = ""
    id: str = ""


class Answer(Struct, frozen=True, forbid_unknown_fields=True):
    """Say a section of a document, "returns#period"."""

    answer: str
    next: str = ""
    id: str = ""


class Forget(Struct, frozen=True, forbid_unknown_fields=True):
    """Forget slots, to ask for them again."""

    forget: list[str]
    next: str = ""
    id: str = ""


class Person(Struct, frozen=True, forbid_unknown_fields=True):
    """Say a phrase and hand over."""

    person: str
    id: str = ""


class Offer(Struct, frozen=True, forbid_unknown_fields=True):
    """Say a phrase that offers a person: the flow ends here, with a hand-over if the customer says yes."""

    offer: str
    id: str = ""


Step = Ask | Confirm | Call | Identify | Branch | Say | Show | Answer | Forget | Person | Offer
STEPS: dict[str, type[Step]] = {
    "ask": Ask, "confirm": Confirm, "call": Call, "identify": Identify, "branch": Branch, "say": Say, "show": Show,
    "answer": Answer, "forget": Forget, "person": Person, "offer": Offer,
}  # fmt: skip
"""The key that tells what a step is."""

END = "end"
"""The step id that ends a flow."""


class Flow(Struct, frozen=True):
    """One file of `flows/`."""

    id: str
    intents: tuple[str, ...]
    slots: dict[str, Slot]
    steps: tuple[Step, ...]
    level: Level = "anonymous"
    """How surely the customer must be known before its first step."""
    allow: tuple[str, ...] = ()
    """Tools of MCP servers that it may call."""
    undoes: str = ""
    """The tool whose deed it takes back: it begins with what was done as `effect.<key>`, arguments and result."""
    complaint: str = ""
    """Of a flow that takes complaints: the key of a result that holds what the customer can ask for it by."""

    @property
    def intent(self) -> str:
        """What somebody wants who is in it."""
        return self.intents[0] if self.intents else self.id

    def index(self, step: str) -> int:
        """Where a step stands; the end for `END`. Raises KeyError."""
        if step == END:
            return len(self.steps)
        for at, candidate in enumerate(self.steps):
            if step_id(candidate, at) == step:
                return at
        raise KeyError(step)


def step_id(step: Step, at: int) -> str:
    """A step without an id is known by its place: "3"."""
    return step.id or str(at)
