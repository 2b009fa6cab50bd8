"""One turn of a conversation: from what was heard to a plan. Reads, never writes."""

from dataclasses import replace
from typing import Literal

import msgspec
import structlog

from core.errors import ToolError
from runtime.agent import DialogState, Effect, Expect, Frame, Heard, Identity, Language, Plan, Reply, Value
from runtime.agent.flow import END, Confirm, Flow, Offer
from runtime.agent.ground import Ground
from runtime.agent.identity import identifying
from runtime.agent.ledger import UNSURE, Deed, last_deed
from runtime.agent.route import Judge
from runtime.agent.understand import understand
from runtime.agent.understood import Understood
from runtime.agent.undo import calls_off
from runtime.agent.walk import (
    AGENT,
    CLARIFY,
    OFFER,
    RETRY,
    Walked,
    begin,
    document,
    first_use,
    note,
    walk,
)
from runtime.messages import Choice, Message

log = structlog.get_logger(__name__)

MOST_FAILURES = 2
"""Turns in a row that were no use, after which a person takes over."""


def reply_of(walked: Walked, language: Language | None = None) -> Reply:
    return Reply(walked.messages, walked.action, language, walked.failed)


def state_after(walked: Walked) -> DialogState:
    return DialogState(walked.stack, walked.expect, 0, _merged(walked.messages), walked.identity)


def _with(first: Message | tuple[Message, ...], walked: Walked) -> Walked:
    """What is said before what a walk has to say."""
    before = first if isinstance(first, tuple) else (first,)
    return msgspec.structs.replace(walked, messages=(*before, *walked.messages))


def _merged(messages: tuple[Message, ...]) -> Message | None:
    """What was said, as one message that can be said again."""
    if not messages:
        return None
    return Message(
        " ".join(message.text for message in messages),
        detail="\n\n".join(message.detail for message in messages if message.detail),
        choices=messages[-1].choices,
        source=next((message.source for message in messages if message.source), ""),
    )


class Turn:
    """One turn of one conversation: from what was heard to a plan."""

    def __init__(self, ground: Ground, judge: Judge, state: DialogState, heard: Heard) -> None:
        self._ground = ground
        self._judge = judge
        self._state = state
        self._heard = heard

    def plan(self) -> Plan:
        self._is = understand(self._ground, self._judge, self._state, self._heard)
        match self._is.act:
            case "person":
                return self._end("to_person", "to_person")
            case "goodbye":
                return self._end("goodbye", "goodbye")
            case "someone_else":
                return self._someone_else()
            case "danger":
                return self._danger()
            case "language":
                return self._language()
            case "repeat" | "slower":
                return self._again()
            case "hold":
                return self._waits()
            case "cancel":
                return self._cancel()
            case "other_language":
                return self._failed("other_language")
            case "nothing":
                return self._failed("not_heard")
            case "missed":
                return self._missed()
            case "unknown":
                return self._unknown()
            case "clarify":
                return self._clarify()
            case "look_up":
                return self._looked_up()
            case "yes" | "no":
                return self._answered(yes=self._is.act == "yes")
            case "fill":
                return self._fill()
            case "told":
                return self._told()
            case "correct":
                return self._correct()
            case "undo":
                return self._undo()
            case "start":
                return self._start()

    def not_looked_up(self, error: ToolError) -> Plan:
        """What was asked stays asked; twice in a row is a person's business."""
        log.error("tool_failed", code=error.code, cause_pii=error.message)
        self._is = Understood("missed", f"tool failed: {error.code}")
        plan = self._failed(self._ground.phrases.nearest(f"error.{error.code}"))
        reply = plan.reply and msgspec.structs.replace(plan.reply, failed=error.code)
        return msgspec.structs.replace(plan, reply=reply)

    # How a plan is made of it

    def _make(self, state: DialogState, reply: Reply | None, effects: tuple[Effect, ...] = ()) -> Plan:
        read = self._is
        return Plan(self._heard, read.intent or read.act, read.confidence, read.why, effects, reply, state)

    def _walked(self, walked: Walked, language: Language | None = None) -> Plan:
        if walked.effect is not None:
            state = DialogState(walked.stack, Expect(), 0, self._state.last, walked.identity)
            before = Reply(walked.messages, language=language) if walked.messages else None
            return self._make(state, before, (walked.effect,))
        return self._make(state_after(walked), reply_of(walked, language))

    def _say(
        self,
        messages: tuple[Message, ...],
        *,
        stack: tuple[Frame, ...] | None = None,
        expect: Expect | None = None,
        failures: int = 0,
        language: Language | None = None,
    ) -> Plan:
        """Say something and leave what was open as it was."""
        state = DialogState(
            self._state.stack if stack is None else stack,
            self._state.expect if expect is None else expect,
            failures,
            _merged(messages),
            self._state.identity,
        )
        return self._make(state, Reply(messages, language=language))

    def _end(self, code: str, action: Literal["to_person", "goodbye"], *before: Message) -> Plan:
        messages = (*before, self._ground.message(code))
        return self._make(self._emptied(messages), Reply(messages, action))

    def _emptied(self, messages: tuple[Message, ...]) -> DialogState:
        """Nothing is open any more; who the customer is stays known."""
        return DialogState(last=_merged(messages), identity=self._state.identity)

    def _danger(self) -> Plan:
        """The pack's own words and a person; for a coarse word a person only the second time it leads nowhere."""
        failures = self._state.failures + 1
        if self._is.intent != "abuse_mild" or failures >= MOST_FAILURES:
            code = "abuse" if self._is.intent == "abuse_mild" else self._is.intent
            return self._end(f"guard.{code}", "to_person")
        messages: tuple[Message, ...] = (self._ground.message("guard.abuse_mild"),)
        if self._open() and self._state.last:
            messages = (*messages, self._state.last)
        return self._kept_last(self._say(messages, failures=failures))

    # What works at any moment

    def _language(self) -> Plan:
        language = self._is.language or self._ground.language
        ground = replace(self._ground, language=language)
        if self._is.intent == "":  # they simply went on in it: answer in it
            turn = Turn(ground, self._judge, self._state, Heard(self._heard.text, language, self._heard.spoken))
            plan = turn.plan()
            reply = plan.reply and Reply(plan.reply.messages, plan.reply.action, plan.reply.language or language)
            return Plan(plan.heard, plan.intent, plan.confidence, plan.why, plan.effects, reply, plan.state)
        message = ground.message("language_switched")
        offered = self._state.expect.kind == "yes_no" and self._state.stack[-1].flow != AGENT
        open_frames = self._kept() if offered else self._open()
        if not open_frames:
            return self._say((message,), stack=self._state.stack, expect=Expect(), language=language)
        return self._walked(_with(message, walk(ground, open_frames)), language)

    def _open(self) -> tuple[Frame, ...]:
        """Frames of flows that are not over: no question of the agent's own, no offer that was let pass."""
        return tuple(frame for frame in self._state.stack if frame.flow != AGENT and not self._ends(frame))

    def _ends(self, frame: Frame) -> bool:
        flow = self._ground.pack.flows[frame.flow]
        at = flow.index(frame.step)
        return at >= len(flow.steps) or isinstance(flow.steps[at], Offer)

    def _again(self) -> Plan:
        last = self._state.last
        if last is None:
            return self._say((self._ground.message("nothing_to_repeat"),))
        if self._is.act == "repeat":
            return self._say((last,), failures=self._state.failures)
        return self._kept_last(self._say((self._ground.message("slower"), last), failures=self._state.failures))

    def _waits(self) -> Plan:
        """They look for something: what was asked stays asked."""
        return self._kept_last(self._say((self._ground.message("hold"),), failures=self._state.failures))

    def _kept_last(self, plan: Plan) -> Plan:
        """What was said last of substance is what is said again when they ask for it."""
        return msgspec.structs.replace(plan, state=msgspec.structs.replace(plan.state, last=self._state.last))

    def _cancel(self) -> Plan:
        if not self._open() and calls_off(self._heard.text) and self._last_deed():
            return self._undo()
        code = "cancelled" if self._open() else "nothing_to_cancel"
        return self._say((self._ground.message(code),), stack=(), expect=Expect())

    def _last_deed(self) -> Deed | None:
        return last_deed(self._ground.db, self._ground.conversation, self._ground.identity.customer)

    def _undo(self) -> Plan:
        """Take back what was done last: read back and confirmed like any deed."""
        deed = self._last_deed()
        if deed is None:
            return self._aside(self._ground.message("undo_nothing"))
        if not deed.sure:
            return self._end(f"error.{UNSURE}", "to_person")
        if (flow := self._ground.pack.undo.get(deed.tool)) is None:
            message = self._ground.message("undo_cannot", choices=self._ground.yes_or_no())
            return self._say((message,), stack=(*self._kept(), Frame(AGENT, OFFER)), expect=Expect("yes_no"))
        done = {f"effect.{name}": value for name, value in deed.facts.items()} | {"effect.row": deed.row}
        return self._walked(walk(self._ground, (*self._open(), begin(flow, done))))

    def _someone_else(self) -> Plan:
        """They are not who they said: nothing of that customer is known from here on, and they begin anew."""
        pack = self._ground.pack
        ground = replace(self._ground, identity=Identity(failures=self._state.identity.failures))
        message = ground.message("identity.dropped")
        wanted = [pack.flows[frame.flow] for frame in self._open() if not pack.manifest.identity.level_of(frame.flow)]
        if not wanted:
            message = _merged((message, ground.message("anything_else"))) or message
            state = DialogState(last=message, identity=ground.identity)
            return self._make(state, Reply((message,)))
        return self._walked(_with(message, walk(ground, (begin(wanted[-1], {}),))))

    # What failed

    def _failed(self, code: str) -> Plan:
        """Not heard, or not in a language of ours: say so, ask again; the second time in a row a person."""
        failures = self._state.failures + 1
        if failures >= MOST_FAILURES:
            return self._end("to_person", "to_person")
        return self._kept_last(self._say((self._ground.message(code),), failures=failures))

    def _missed(self) -> Plan:
        """An answer that is none: the same question in other words."""
        failures = self._state.failures + 1
        if failures >= MOST_FAILURES or not self._open():
            return self._end("to_person", "to_person")
        *below, frame = self._kept()
        slots = {key: value for key, value in frame.slots.items() if not key.endswith("?held")} | self._is.slots
        walked = walk(self._ground, (*below, Frame(frame.flow, frame.step, slots)))
        plan = self._walked(walked)
        state = msgspec.structs.replace(plan.state, failures=failures)
        return Plan(plan.heard, plan.intent, plan.confidence, plan.why, plan.effects, plan.reply, state)

    def _unknown(self) -> Plan:
        """Out of what the pack knows: say so and offer a person."""
        failures = self._state.failures + 1
        if failures >= MOST_FAILURES:
            return self._end("to_person", "to_person")
        message = self._ground.message("unknown", choices=self._ground.yes_or_no())
        stack = (*self._kept(), Frame(AGENT, OFFER))
        return self._say((message,), stack=stack, expect=Expect("yes_no"), failures=failures)

    def _looked_up(self) -> Plan:
        """An extract of a document: said as it stands there, and the whole section shown."""
        answer = self._is.answer
        assert answer is not None
        shown = answer.section.shown if answer.section.shown != answer.text else ""
        return self._aside(Message(answer.text, detail=shown, source=answer.section.id))

    def _kept(self) -> tuple[Frame, ...]:
        """What stays on the stack beneath a question of the agent's own."""
        return tuple(frame for frame in self._state.stack if frame.flow != AGENT)

    def _clarify(self) -> Plan:
        phrases, today = self._ground.phrases, self._ground.today
        choices = tuple(
            Choice(f"intent:{intent}", phrases.say(f"menu.{intent}", {}, today)) for intent in self._is.intents
        )
        slots: dict[str, Value] = {"said": self._heard.text}
        for at, intent in enumerate(self._is.intents):
            slots[str(at)] = intent
            slots[f"{intent}.title"] = choices[at].title
        message = self._ground.message("clarify", {"options": self._ground.spoken_list(choices)}, choices=choices)
        stack = (*self._kept(), Frame(AGENT, CLARIFY, slots))
        return self._say((message,), stack=stack, expect=Expect("choice"), failures=self._state.failures)

    # What goes on in a flow

    def _answered(self, *, yes: bool) -> Plan:
        frame = self._state.stack[-1] if self._state.stack else Frame(AGENT, "")
        if frame.flow == AGENT and frame.step == OFFER:
            return self._end("to_person", "to_person") if yes else self._declined()
        if frame.flow == AGENT and frame.step == RETRY:
            return self._tried_again() if yes else self._left_alone()
        if frame.flow == AGENT or frame.step == END:
            return self._say((self._ground.message("go_ahead"),)) if yes else self._end("goodbye", "goodbye")
        flow = self._ground.pack.flows[frame.flow]
        step = flow.steps[flow.index(frame.step)]
        if refused := getattr(step, "refused", ""):
            if yes:
                slots = {**frame.slots, note(frame.step, "yes"): True}
                return self._go_on(Frame(frame.flow, frame.step, slots))
            return self._over(self._ground.message(refused, frame.slots))
        if yes:
            return self._end("to_person", "to_person")
        return self._over(self._ground.message("anything_else"))

    def _declined(self) -> Plan:
        """No person, thank you: back to what was open, if anything was."""
        kept = self._kept()
        if kept and kept[-1].step != END:
            return self._walked(walk(self._ground, kept))
        return self._say((self._ground.message("anything_else"),), stack=kept, expect=Expect())

    def _tried_again(self) -> Plan:
        """What failed once more. Where it is a deed, this yes is to what was read back right before, and to no more."""
        *below, frame = self._state.stack[:-1]
        flow = self._ground.pack.flows[frame.flow]
        at = flow.index(frame.step)
        if at < len(flow.steps) and isinstance(flow.steps[at], Confirm):
            frame = Frame(frame.flow, frame.step, {**frame.slots, note(frame.step, "yes"): True})
        return self._walked(walk(self._ground, (*below, frame)))

    def _left_alone(self) -> Plan:
        """What failed is not tried again; what it had interrupted goes on."""
        message, below = self._ground.message("cancelled"), self._state.stack[:-2]
        if not below:
            return self._say((message,), stack=(), expect=Expect())
        walked = walk(self._ground, below)
        return self._walked(_with((message, self._ground.message("resume")), walked))

    def _over(self, message: Message) -> Plan:
        """The flow on top ends here with `message`; what it had interrupted goes on."""
        frame, below = self._state.stack[-1], self._state.stack[:-1]
        return self._walked(_with(message, walk(self._ground, (*below, Frame(frame.flow, END, frame.slots)))))

    def _go_on(self, frame: Frame) -> Plan:
        return self._walked(walk(self._ground, (*self._state.stack[:-1], frame)))

    def _fill(self) -> Plan:
        *below, frame = self._kept()
        said = self._is.slots
        kept = {key: value for key, value in frame.slots.items()
                if not key.endswith("?page") or key.removesuffix("?page") in said}  # fmt: skip
        if below and self._is.beneath:
            below[-1] = msgspec.structs.replace(below[-1], slots={**below[-1].slots, **self._is.beneath})
        walked = walk(self._ground, (*below, Frame(frame.flow, frame.step, {**kept, **said})))
        if walked.expect.kind == "choice" and self._as_before(walked) and not any("?page" in key for key in said):
            walked = _with(self._ground.message("same_options"), walked)
        return self._walked(walked)

    def _told(self) -> Plan:
        """By the way: each open flow keeps what is of use to it, and what was asked is asked again."""
        frames: list[Frame] = []
        for frame, told in zip(self._kept(), self._is.told, strict=True):
            flow = self._ground.pack.flows[frame.flow]
            names = {name for name in told if name in flow.slots}
            step = min(first_use(flow, names), frame.step, key=flow.index) if names else frame.step
            frames.append(Frame(frame.flow, step, {**frame.slots, **told}))
        return self._walked(walk(self._ground, tuple(frames)))

    def _as_before(self, walked: Walked) -> bool:
        """Whether the very same choices are offered again."""
        before, now = self._state.last, walked.messages[-1]
        return bool(now.choices) and before is not None and now.choices == before.choices

    def _correct(self) -> Plan:
        """A slot was wrong: the flow again from where that is asked or made use of, with what was said; a choice is
        made anew where what it depends on has changed, unless it was said as well."""
        *below, frame = self._kept()
        flow = self._ground.pack.flows[frame.flow]
        said = self._is.slots
        changed = {
            f"${name}"
            for name in flow.slots
            if name in said and (said[name] is None or said[name] != frame.slots.get(name))
        }
        kept: dict[str, Value] = {}
        for name, slot in flow.slots.items():
            if slot.type == "pin":
                continue
            if slot.type != "choice" or not changed & {f"${name}", *map(str, slot.arguments.values())}:
                kept |= {key: frame.slots[key] for key in (name, f"{name}.title") if key in frame.slots}
        looked_up = {key: value for key, value in frame.slots.items() if key.partition(".")[0] not in flow.slots}
        kept |= {key: value for key, value in looked_up.items() if "?" not in key}
        anew = Frame(flow.id, first_use(flow, {name[1:] for name in changed}), {**kept, **said})
        return self._walked(walk(self._ground, (*below, anew)))

    def _start(self) -> Plan:
        """A new flow on top of what is open, or an answer that leaves it as it is."""
        manifest, intent = self._ground.pack.manifest, self._is.intent
        if self._is.instead:
            self._state = msgspec.structs.replace(self._state, stack=(), expect=Expect())
        if intent in ("person", "goodbye"):
            return self._end("to_person" if intent == "person" else "goodbye", _ENDS[intent])
        if intent == "repeat":
            return self._again()
        if intent in manifest.sensitive:
            message = self._ground.message(manifest.sensitive[intent])
            return self._make(self._emptied((message,)), Reply((message,), "to_person"))
        if intent in manifest.answers or intent in manifest.talk:
            message = (
                document(self._ground, manifest.answers[intent])
                if intent in manifest.answers
                else self._ground.message(manifest.talk[intent])
            )
            return self._aside(message)
        flow = self._ground.pack.by_intent[intent]
        open_frames = self._open()
        flows = manifest.identity
        while open_frames and flows.level_of(open_frames[-1].flow) and any(f.flow == flow.id for f in open_frames):
            open_frames = open_frames[:-1]  # they are being identified for just this
        if open_frames and open_frames[-1].flow == flow.id:
            open_frames = open_frames[:-1]
        first: tuple[Message, ...] = ()
        *before, last = self._readings(flow)
        for slots in before:
            first += walk(self._ground, (begin(flow, slots),)).messages
        return self._walked(_with(first, walk(self._ground, (*open_frames, begin(flow, last)))))

    def _readings(self, flow: Flow) -> list[dict[str, Value]]:
        """The slots, once for each thing that was named («los tornillos y los tacos») when the flow only answers."""
        slots = {key: value for key, value in self._is.slots.items() if not key.endswith("?also")}
        if self._ground.pack.acting(flow) or identifying(self._ground.pack, self._ground.identity, flow):
            return [slots]
        also = next((key for key in self._is.slots if key.endswith("?also")), "")
        name = also.partition("?")[0]
        more = [
            {**slots, name: each, f"{name}.title": self._ground.named(flow.slots[name].of, each)}
            for each in str(self._is.slots.get(also) or "").split("|")
            if each
        ]
        return [slots, *more]

    def _aside(self, message: Message) -> Plan:
        """An answer that needs no flow; then back to the question that was open."""
        open_frames = self._open()
        if not open_frames:
            stack = tuple(frame for frame in self._state.stack if frame.step == END)
            return self._say((message,), stack=stack, expect=Expect())
        return self._walked(_with((message, self._ground.message("resume")), walk(self._ground, open_frames)))


_ENDS: dict[str, Literal["to_person", "goodbye"]] = {"person": "to_person", "goodbye": "goodbye"}
