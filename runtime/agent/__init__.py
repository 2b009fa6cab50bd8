"""Understand → plan → commit → reply. `plan` is pure (it may read, it changes nothing); only `commit` acts."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from msgspec import Struct

from runtime.messages import Message

if TYPE_CHECKING:
    from runtime.agent.briefing import Story
    from runtime.agent.recording import RecordingPolicy

Language = Literal["es", "en"]

Level = Literal["anonymous", "claimed", "verified"]
"""How surely it is known who the customer is, least first."""
LEVELS: tuple[Level, ...] = get_args(Level)

Value = str | int | float | bool | None
"""What a slot may hold: plain data, so that it survives the journal."""


class Frame(Struct, frozen=True):
    """One flow on the stack: where it stands and what it knows so far."""

    flow: str
    step: str
    slots: dict[str, Value] = {}


class Expect(Struct, frozen=True):
    """What the customer is expected to say next: helps end-of-turn, recognition and understanding.

    `kind`: "anything", "yes_no", "digits", "choice", "entity", "day", or "secret": digits for the keypad alone.
    """

    kind: str = "anything"
    digits: int = 0
    """The fewest digits that the number has (the turn is not over before), 0 when no number is expected."""
    most: int = 0
    """The most digits that it has (the keypad waits for these)."""
    held: int = 0
    """How many of them have been given already."""
    keeper: Literal["payments", "pack"] = "payments"
    """Who gets a secret: the payment provider, or the pack's own tool that checks a PIN."""


class Identity(Struct, frozen=True):
    """Who the customer is. A value like all that the agent remembers; only a tool's answer raises it."""

    level: Level = "anonymous"
    customer: str = ""
    """The pack's id for them, which tools are given; empty while nobody is known."""
    how: str = ""
    """By what means, as the flow says: "pin", "code", "questions"."""
    failures: int = 0
    """Tries in this conversation that were no use."""


ANONYMOUS = Identity()


class DialogState(Struct, frozen=True):
    """All that the agent remembers between turns; a value, so a dropped plan leaves no trace."""

    stack: tuple[Frame, ...] = ()
    expect: Expect = Expect()
    failures: int = 0
    """Turns in a row that were not understood; two lead to a person."""
    last: Message | None = None
    """What was said last, for «¿puede repetir?»."""
    identity: Identity = Identity()
    complained: bool = False
    """A complaint was begun: nothing is sold for the rest of the conversation."""


class Heard(Struct, frozen=True):
    """One turn of the customer as the agent gets it."""

    text: str
    language: Language
    spoken: bool = True
    """False: typed or touched, so the text is exact."""
    choice: str = ""
    """The id of a `Choice` that was touched, else empty."""
    confidence: float = 1.0
    token: str = ""
    """What a secret that was asked for and keyed in is kept under, by the payment provider or for the pack's tool."""


class Effect(Struct, frozen=True):
    """One side effect, not done yet: `tool` of the pack, its arguments, and the key that makes it happen once."""

    tool: str
    arguments: dict[str, Value]
    key: str
    check: bool = False
    """It identifies the customer: it counts tries and sends codes, and is not read back."""
    sealed: tuple[str, ...] = ()
    """Arguments that are tokens of a PIN; the tool gets the digits, as a memoryview that is wiped after."""
    undoes: int = 0
    """The line of the ledger that it takes back."""


class Reply(Struct, frozen=True):
    """What is said, and what happens to the conversation after it."""

    messages: tuple[Message, ...]
    action: Literal["go_on", "to_person", "goodbye"] = "go_on"
    language: Language | None = None
    """Set when the customer asked for the other language."""
    failed: str = ""
    """The code of what kept a tool from doing its part; empty when all went well."""
    undone: bool = False
    """The effects of the plan were not done, or nobody knows."""


class Plan(Struct, frozen=True):
    """What the agent means to do. `reply` is final when there are no `effects`; otherwise it is what is said before
    them, if anything, and `commit` makes the rest."""

    heard: Heard
    intent: str
    confidence: float
    why: str
    """How it was understood ("slot order", "router 0.91", "chooser hours"), for the trace."""
    effects: tuple[Effect, ...]
    reply: Reply | None
    state: DialogState


class Planner(Protocol):
    """The agent as the session sees it. One for each pack, shared by all conversations, thread-safe."""

    @property
    def recording(self) -> "RecordingPolicy":
        """Whether its conversations may be recorded."""

    def open(self, language: Language, channel: str) -> tuple[Reply, DialogState]:
        """The greeting and the state a conversation starts in."""

    def plan(self, state: DialogState, heard: Heard, conversation: str) -> Plan:
        """Decide; pure and blocking (tens of ms): the session calls it in a worker thread.

        `conversation` is its id, from which idempotency keys are made. Raises AgentError.
        """

    def commit(self, plan: Plan, conversation: str) -> tuple[Reply, DialogState]:
        """Carry out the effects, once (idempotent by key); blocking, in a worker thread. Raises AgentError."""

    def keep(self, digits: memoryview) -> str:
        """A token for a PIN, which the pack's tool will check; `digits` are wiped when it returns. Thread-safe."""

    def fixed(self, language: Language) -> Iterable[str]:
        """What it may say that is always the same, so that it can be spoken ahead."""

    def hint(self, language: Language) -> str:
        """The words of its trade, for recognition."""

    def drills(self) -> Iterable[Callable[[], object]]:
        """Short pieces of work for a worker thread: after them no customer waits for what is made at first use."""

    def brief(self, story: "Story", language: Language) -> list[str]:
        """What a person is told who takes over: sentences, most telling first."""

    def say(self, code: str, language: Language, fields: Mapping[str, Value]) -> str:
        """The pack's words with `fields` filled in. Raises KeyError where it has none of that code."""

    def phrase(self, code: str, language: Language) -> str:
        """The pack's words for a situation: "silence", "not_heard", "error", "goodbye", "wait", "busy", "stopping"…"""
