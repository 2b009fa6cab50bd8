"""What was understood of an utterance: one command, and where the conversation stands that it is for."""

from dataclasses import dataclass, field
from typing import Literal

from runtime.agent import DialogState, Frame, Language, Value
from runtime.agent.flow import END, Ask, Confirm, Slot
from runtime.agent.ground import Ground
from runtime.agent.library import Answer
from runtime.agent.walk import AGENT

Act = Literal[
    "person", "cancel", "repeat", "slower", "hold", "language", "goodbye", "other_language",
    "someone_else", "danger", "fill", "told", "correct", "undo", "yes", "no", "start", "clarify", "look_up", "unknown",
    "missed", "nothing",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Understood:
    """One command. `slots` are values that were said; `intents` the candidates of a clarification."""

    act: Act
    why: str
    confidence: float = 1.0
    intent: str = ""
    slots: dict[str, Value] = field(default_factory=dict)
    intents: tuple[str, ...] = ()
    language: Language | None = None
    answer: Answer | None = None
    """An extract of a document, where nothing else answers."""
    told: tuple[dict[str, Value], ...] = ()
    """What each of the open flows, the top one last, gets to know by the way."""
    instead: bool = False
    """What is open is called off in the same breath."""
    beneath: dict[str, Value] = field(default_factory=dict)
    """Values for the flow that was interrupted: said too soon."""


def asked_for(ground: Ground, state: DialogState) -> tuple[Frame, str, Slot] | None:
    """The slot that the top of the stack waits for."""
    if not state.stack or state.stack[-1].flow == AGENT or state.stack[-1].step == END:
        return None
    frame = state.stack[-1]
    flow = ground.pack.flows[frame.flow]
    step = flow.steps[flow.index(frame.step)]
    return (frame, step.ask, flow.slots[step.ask]) if isinstance(step, Ask) else None


def waiting(ground: Ground, state: DialogState) -> bool:
    """Whether a flow waits for an answer, so that what is no answer is asked for again."""
    if not state.stack or state.stack[-1].flow == AGENT or state.stack[-1].step == END:
        return False
    flow = ground.pack.flows[state.stack[-1].flow]
    return isinstance(flow.steps[flow.index(state.stack[-1].step)], Ask | Confirm)
