"""Walks a stack of flows until something must be heard, or done. Pure: reads the database, changes nothing."""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Literal, assert_never

import msgspec
import structlog
from msgspec import Struct

from core.errors import AgentError, ToolError
from runtime.agent import Effect, Expect, Frame, Identity, Value
from runtime.agent.flow import (
    END,
    Answer,
    Ask,
    Branch,
    Call,
    Confirm,
    Flow,
    Forget,
    Identify,
    Offer,
    Person,
    Say,
    Show,
    Slot,
    step_id,
)
from runtime.agent.ground import MOST_OPTIONS, Ground, filled
from runtime.agent.identity import MOST_FAILURES, OK, after, identifying, reached
from runtime.agent.pack import Pack
from runtime.agent.readers import reader
from runtime.agent.slots import named
from runtime.messages import Choice, Message

log = structlog.get_logger(__name__)

_FIELD = re.compile(r"\{([^}]+)\}")
MOST_STEPS = 60
AGENT = ""
"""The flow id of the agent's own questions: the steps OFFER, CLARIFY and RETRY."""
OFFER = "offer"
CLARIFY = "clarify"
RETRY = "retry"
MOST_RETRIES = 2
"""Times that a tool which fails is offered to be tried again; then a person takes over."""


class Walked(Struct, frozen=True):
    """Where a walk ended: what is said, what waits on the stack, what is to be done."""

    messages: tuple[Message, ...]
    stack: tuple[Frame, ...]
    expect: Expect = Expect()
    effect: Effect | None = None
    action: Literal["go_on", "to_person"] = "go_on"
    identity: Identity = Identity()
    failed: str = ""
    """The code of what kept a tool from doing its part."""


def note(slot: str, what: str) -> str:
    """The key under which a frame keeps something about a slot: how often it was "asked" or "missed", what is "held"
    of it, what was "wrong" with it, "among" which it is, what was "said" before it could be chosen, which "page" of its
    options was offered last."""
    return f"{slot}?{what}"


def begin(flow: Flow, slots: Mapping[str, Value]) -> Frame:
    return Frame(flow.id, step_id(flow.steps[0], 0), dict(slots))


def first_use(flow: Flow, slots: Collection[str]) -> str:
    """The first step that asks for one of `slots` or goes by it; the flow's first where none does."""
    given = {f"${name}" for name in slots}
    for at, step in enumerate(flow.steps):
        match step:
            case Ask():
                used = step.ask in slots
            case Branch():
                used = step.branch in slots
            case Call() | Identify() | Show():
                used = bool(given & set(map(str, step.arguments.values())))
            case _:
                used = False
        if used:
            return step_id(step, at)
    return step_id(flow.steps[0], 0)


def walk(ground: Ground, stack: tuple[Frame, ...]) -> Walked:
    """Go on from the top of `stack`. A finished flow gives way to the one it interrupted; the last one is kept,
    at its end, so that a question after it can refer to it. Raises AgentError."""
    return _Walk(ground, stack).run()


def carried_out(ground: Ground, stack: tuple[Frame, ...], result: Mapping[str, Value]) -> Walked:
    """Go on after the effect at which the top of `stack` waits, with its `result`. Raises AgentError."""
    waiting = _Walk(ground, stack)
    return waiting.take(result) or waiting.run()


class _Walk:
    def __init__(self, ground: Ground, stack: tuple[Frame, ...]) -> None:
        self._ground = ground
        self._below = stack[:-1]
        top = stack[-1]
        self._flow = ground.pack.flows[top.flow]
        self._at = self._flow.index(top.step)
        self._slots = dict(top.slots)
        self._messages: list[Message] = []
        self._selling = not ground.complained and not complaining(ground.pack, stack)

    @property
    def _identity(self) -> Identity:
        return self._ground.identity

    def run(self) -> Walked:
        for _ in range(MOST_STEPS):
            if self._at >= len(self._flow.steps):
                if not self._below:
                    return self._ended((Frame(self._flow.id, END, self._slots),))
                self._resume()
            elif first := identifying(self._ground.pack, self._identity, self._flow):
                if self._identity.failures >= MOST_FAILURES:
                    return self._unidentified()
                self._below = (*self._below, self._frame())
                self._enter(begin(first, self._said(first)))
            elif done := self._stepped():
                return done
        raise AgentError("agent.flow_loop", f"flow {self._flow.id} goes round in a circle")

    def _said(self, flow: Flow) -> dict[str, Value]:
        """What the flows that wait know already under the names of its slots: who opens with it is not asked again."""
        return {name: frame.slots[name] for frame in self._below for name in flow.slots if name in frame.slots}

    def _stepped(self) -> Walked | None:
        """One step, or what is said where its tool fails."""
        try:
            return self._step()
        except ToolError as error:
            walked = stuck(self._ground, (*self._below, self._frame()), error)
            return msgspec.structs.replace(walked, messages=(*self._messages, *walked.messages))

    def take(self, result: Mapping[str, Value]) -> Walked | None:
        """What the effect has given that was waited for; a result when the walk ends with it. Raises AgentError."""
        step = self._flow.steps[self._at]
        match step:
            case Identify():
                return self._identified(step, result)
            case Call():
                self._slots |= {f"{step.into}.{key}": value for key, value in result.items()}
                self._at += 1
                return None
            case _:
                raise AgentError("agent.state", f"flow {self._flow.id} waits at step {self._at}, which does nothing")

    def _enter(self, frame: Frame) -> None:
        self._flow = self._ground.pack.flows[frame.flow]
        self._at = self._flow.index(frame.step)
        self._slots = dict(frame.slots)

    def _ended(self, stack: tuple[Frame, ...], action: Literal["go_on", "to_person"] = "go_on") -> Walked:
        return Walked(tuple(self._messages), stack, action=action, identity=self._identity)

    def _resume(self) -> None:
        """Back to the flow that was interrupted; or to its end, where nobody has proved to be who may have it."""
        flows = self._ground.pack.manifest.identity
        wanted = flows.level_of(self._flow.id)
        frame = self._below[-1]
        self._below = self._below[:-1]
        self._enter(frame)
        here = flows.level_of(self._flow.id)
        if (wanted and not reached(self._identity, wanted)) or (here and reached(self._identity, here)):
            self._at = len(self._flow.steps)
        elif not wanted:
            self._messages.append(self._ground.message("resume"))

    def _step(self) -> Walked | None:
        """One step; a result when the walk waits or ends there."""
        step = self._flow.steps[self._at]
        match step:
            case Ask():
                return self._ask(step)
            case Confirm():
                return self._confirm(step)
            case Call():
                return self._call(step)
            case Identify():
                return self._identify(step)
            case Branch():
                self._go(step.to.get(str(self._slots.get(step.branch) or ""), step.otherwise))
            case Say():
                if self._selling or not step.sells:
                    self._say(step.say, source=step.source)
                self._go(step.next)
            case Show():
                self._messages.append(shown(self._ground, step, self._slots))
                self._go(step.next)
            case Answer():
                self._messages.append(document(self._ground, step.answer))
                self._go(step.next)
            case Forget():
                for slot in step.forget:
                    self._slots.pop(slot, None)
                    self._slots.pop(note(slot, "among"), None)
                    self._slots.pop(note(slot, "page"), None)
                    self._count(slot, "missed")
                self._go(step.next)
            case Person():
                self._say(step.person)
                return self._ended((), "to_person")
            case Offer():
                self._say(step.offer, choices=self._ground.yes_or_no())
                return self._wait(Expect("yes_no"))
            case _:
                assert_never(step)
        return None

    def _say(self, code: str, *, source: str = "", choices: tuple[Choice, ...] = ()) -> None:
        concrete = _FIELD.sub(lambda field: str(self._slots[field[1]]), code)
        self._messages.append(self._ground.message(concrete, self._slots, source=source, choices=choices))

    def _go(self, step: str) -> None:
        self._at = self._flow.index(step) if step else self._at + 1

    def _ask(self, step: Ask) -> Walked | None:
        name, slot = step.ask, self._flow.slots[step.ask]
        if self._slots.get(name) is not None:
            self._at += 1
            return None
        if slot.optional:
            facts = self._ground.pack.manifest.facts
            default = slot.default or ""
            self._slots[name] = facts.get(default[1:]) if default.startswith("$") else slot.default
            self._at += 1
            return None
        if _int(self._slots.get(note(name, "missed"))) >= step.tries:
            self._messages.append(self._ground.message("to_person"))
            return self._ended((), "to_person")
        return self._question(name, slot)

    def _question(self, name: str, slot: Slot) -> Walked | None:
        choices = offered(self._ground, slot, self._slots, name)
        if page_of(self._slots, name) and not choices:
            self._messages.append(self._ground.message("no_more_options"))
            del self._slots[note(name, "page")]
            choices = offered(self._ground, slot, self._slots, name)
        said = str(self._slots.pop(note(name, "said"), None) or "")
        only = slot.type == "choice" and len(choices) == 1 and not page_of(self._slots, name)
        found = choices[0] if only else named(said, choices, self._ground.language)
        if found:
            self._slots[name], self._slots[f"{name}.title"] = found.id, found.title
            self._at += 1
            return None
        among = slot.unclear and self._slots.get(note(name, "among"))
        asked = _int(self._slots.get(note(name, "asked")))
        values: dict[str, Value] = {**self._slots, "options": self._ground.spoken_list(choices)}
        code = slot.unclear if among else slot.ask
        held, more = str(self._slots.get(note(name, "held")) or ""), reader(slot.type).more
        if held and more:
            code, fields = more(held)
            values |= fields
        self._say_why_wrong(name, slot)
        self._messages.append(self._ground.message(code, values, variant=asked, choices=choices))
        self._count(name, "asked")
        return self._wait(reader(slot.type).expected(slot, held))

    def _say_why_wrong(self, name: str, slot: Slot) -> None:
        """Why what was said can't be right, where the pack has words for it."""
        code = f"wrong.{self._slots.pop(note(name, 'wrong'), None)}"
        if code in self._ground.phrases:
            least, most = slot.between
            self._messages.append(self._ground.message(code, {**self._slots, "least": least, "most": most}))

    def _confirm(self, step: Confirm) -> Walked | None:
        if self._slots.pop(note(step_id(step, self._at), "yes"), None):
            self._at += 1
            return None
        choices = self._ground.yes_or_no()
        name = step_id(step, self._at)
        asked = _int(self._slots.get(note(name, "asked")))
        self._messages.append(self._ground.message(step.confirm, self._slots, variant=asked, choices=choices))
        self._count(name, "asked")
        return self._wait(Expect("yes_no"))

    def _call(self, step: Call) -> Walked | None:
        arguments = filled(step.arguments, self._slots)
        tool = self._ground.pack.tools[step.call]
        if not (tool.acts or tool.checks):
            self.keep(step.into, self._ground.read(step.call, arguments))
            self._at += 1
            return None
        undoes = _int(self._slots.get("effect.row")) if self._flow.undoes else 0
        key = self._key(step.call, arguments)
        return self._do(Effect(step.call, arguments, key, tool.checks, undoes=undoes))

    def _do(self, effect: Effect) -> Walked:
        stack = (*self._below, self._frame())
        return Walked(tuple(self._messages), stack, effect=effect, identity=self._identity)

    def _identify(self, step: Identify) -> Walked | None:
        arguments = filled(step.arguments, self._slots)
        if not self._ground.pack.tools[step.identify].checks:
            return self._identified(step, self._ground.read(step.identify, arguments))
        sealed = tuple(name for name, value in step.arguments.items() if self._is_pin(value))
        return self._do(Effect(step.identify, arguments, self._key(step.identify, arguments), True, sealed))

    def _is_pin(self, value: Value) -> bool:
        name = value[1:] if isinstance(value, str) and value.startswith("$") else ""
        return name in self._flow.slots and self._flow.slots[name].type == "pin"

    def _identified(self, step: Identify, result: Mapping[str, Value]) -> Walked | None:
        """Who they are, by the tool's answer; a result when that was the last try."""
        self._ground = replace(self._ground, identity=after(self._identity, step, result))
        self.keep(step.into, result)
        self._at += 1
        if result.get("outcome") != OK and self._identity.failures >= MOST_FAILURES:
            return self._unidentified()
        return None

    def _unidentified(self) -> Walked:
        self._messages.append(self._ground.message("identity.failed"))
        return self._ended((), "to_person")

    def keep(self, into: str, result: Mapping[str, Value]) -> None:
        for key in [key for key in self._slots if key.startswith(f"{into}.")]:
            del self._slots[key]
        self._slots.update({f"{into}.{key}": value for key, value in result.items()})

    def _key(self, tool: str, arguments: Mapping[str, Value]) -> str:
        """The same for the same deed on the same facts in one conversation, so that it is done once."""
        facts = {key: value for key, value in self._slots.items() if "?" not in key}
        said = [self._ground.conversation, tool, arguments, facts]
        if self._identity.customer:
            said.append(self._identity.customer)
        content = msgspec.json.encode(said, order="sorted")
        return hashlib.sha256(content).hexdigest()[:32]

    def _count(self, name: str, what: str) -> None:
        self._slots[note(name, what)] = _int(self._slots.get(note(name, what))) + 1

    def _frame(self) -> Frame:
        at = self._at
        step = END if at >= len(self._flow.steps) else step_id(self._flow.steps[at], at)
        return Frame(self._flow.id, step, self._slots)

    def _wait(self, expect: Expect) -> Walked:
        return Walked(tuple(self._messages), (*self._below, self._frame()), expect, identity=self._identity)


def stuck(ground: Ground, stack: tuple[Frame, ...], error: ToolError) -> Walked:
    """The tool at which the top of `stack` waits has surely not done its part: say so, and offer to try again.

    A deed stands at its confirmation again: whatever comes in between, it is read back before it is done.
    """
    log.error("tool_failed", flow=stack[-1].flow, code=error.code, cause_pii=error.message)
    frame, count = stack[-1], note(stack[-1].step, "failed")
    tries = _int(frame.slots.get(count))
    if tries >= MOST_RETRIES:
        said = (ground.message("to_person"),)
        return Walked(said, (), action="to_person", failed=error.code, identity=ground.identity)
    person = Choice("person", ground.phrases.say("person", {}, ground.today))
    code = ground.phrases.nearest(f"error.{error.code}")
    message = ground.message(code, variant=tries, choices=(*ground.yes_or_no(), person))
    kept = Frame(
        frame.flow, _asked_before(ground.pack.flows[frame.flow], frame.step), {**frame.slots, count: tries + 1}
    )
    below = (*stack[:-1], kept, Frame(AGENT, RETRY))
    return Walked((message,), below, Expect("yes_no"), failed=error.code, identity=ground.identity)


def _asked_before(flow: Flow, step: str) -> str:
    """The confirmation right before `step`, where there is one; or else `step`."""
    at = flow.index(step)
    before = flow.steps[at - 1] if 0 < at < len(flow.steps) else None
    return step_id(before, at - 1) if isinstance(before, Confirm) else step


def complaining(pack: Pack, stack: Iterable[Frame]) -> bool:
    """Whether a complaint is being made, or has just been."""
    return any(frame.flow in pack.complaints for frame in stack)


def document(ground: Ground, identity: str) -> Message:
    """A section of a document: said short, shown whole."""
    section = ground.pack.knowledge[identity, ground.language]
    shown = section.shown if section.shown != section.spoken else ""
    return Message(section.spoken, detail=shown, source=identity)


def shown(ground: Ground, step: Show, slots: Mapping[str, Value]) -> Message:
    """Rows of a tool: a few of them said, all of them on the screen, one a line."""
    rows = ground.read(step.rows, filled(step.arguments, slots))
    if not rows:
        return ground.message(step.none, slots, source=step.source)
    lines = [ground.phrases.say(step.row, {**slots, **row}, ground.today) for row in rows]
    some = tuple(Choice(str(at), line) for at, line in enumerate(lines[:MOST_OPTIONS]))
    values = {**slots, "shown": ground.spoken_list(some, together=True), "count": len(rows)}
    message = ground.message(step.show, values, source=step.source)
    return Message(message.text, detail="\n".join([message.detail or message.text, *lines]), source=step.source)


def offered(ground: Ground, slot: Slot, slots: Mapping[str, Value], name: str) -> tuple[Choice, ...]:
    """What can be touched instead of answering, and is told where there is a choice."""
    match slot.type:
        case "choice":
            return ground.options(slot, slots, page_of(slots, name))
        case "yes_no":
            return ground.yes_or_no()
        case _:
            return among(ground, slot, slots, name)


def page_of(slots: Mapping[str, Value], name: str) -> int:
    """Which of the pages of a slot's options was offered last."""
    return _int(slots.get(note(name, "page")))


def among(ground: Ground, slot: Slot, slots: Mapping[str, Value], name: str) -> tuple[Choice, ...]:
    """The things that answered to the name that was given, when there were several."""
    identities = [each for each in str(slots.get(note(name, "among")) or "").split("|") if each]
    first = page_of(slots, name) * MOST_OPTIONS
    return tuple(Choice(each, ground.named(slot.of, each)) for each in identities[first : first + MOST_OPTIONS])


def _int(value: Value) -> int:
    return int(value) if isinstance(value, int) else 0
