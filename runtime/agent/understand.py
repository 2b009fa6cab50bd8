"""From what was heard to one command, surest reading first: rule, expected slot, router, model, or an honest no."""

import re

from runtime.agent import DialogState, Frame, Heard, Value
from runtime.agent.controls import Control, called_off, control, injected, wanted_language
from runtime.agent.correct import confirmed, corrected, rather
from runtime.agent.fill import kept, number_alone, opening_slots, read_asked, said_slots, whole
from runtime.agent.flow import END, Confirm, Flow, Slot
from runtime.agent.fresh import FOLLOW_UP, asked_anew
from runtime.agent.ground import Ground
from runtime.agent.guard import Danger, abuse, danger, numbered
from runtime.agent.identity import someone_else
from runtime.agent.ledger import last_deed
from runtime.agent.more import wants_earlier, wants_more
from runtime.agent.pack import OUT_OF_SCOPE
from runtime.agent.readers import Reading
from runtime.agent.route import Judge
from runtime.agent.slots import is_plain, is_question, other_numbers, pick, pleased, refuses, yes_no
from runtime.agent.understood import Act, Understood, asked_for
from runtime.agent.undo import wants_undo
from runtime.agent.walk import AGENT, RETRY, note, offered, page_of
from runtime.agent.words import fold, foreign, plain
from runtime.messages import Choice

_CONTROLS: dict[Control, Act] = {
    "person": "person", "cancel": "cancel", "repeat": "repeat", "slower": "slower", "hold": "hold",
    "goodbye": "goodbye", "language_es": "language", "language_en": "language",
}  # fmt: skip
_BARE = 3
"""Words: so short a wish to undo is about this conversation, whether or not anything was done in it."""
_WANTS = re.compile(
    r"\b(?:quiero|quisiera|queria|necesito|dime|digame|dame|deme|prefiero|want|need|like|tell me|give me)\b"
)
"""What is said after «déjalo» is something else that is wanted, and not why."""
_HALF_SURE = 0.5
"""«No, el seis» is less a no than another day."""
_SHORT = 7
"""Words: what is longer is a new question and not a follow-up."""


def understand(ground: Ground, judge: Judge, state: DialogState, heard: Heard) -> Understood:
    """Pure; about 20 ms when the router is asked. Raises AgentError, ModelError."""
    if heard.choice:
        return _chosen(ground, state, heard.choice)
    text = plain(heard.text).strip()
    if state.expect.kind == "secret" and (
        heard.token or not (danger(text) or control(text) or called_off(text) is not None)
    ):
        return _secret(ground, state, heard.token)
    folded = fold(text)
    if not folded:
        unread = any(letter.isalpha() for letter in text)
        return Understood("other_language", "another alphabet") if unread else Understood("nothing", "no words")
    if folded == "0":
        return Understood("person", "key 0")
    if found := danger(text):
        return _in_danger(ground, judge, found, text)
    asked = control(text)
    if asked == "hold" and _retrying(state):  # after anything but a yes, what was refused is read back anew
        asked = None
    if injected(text) and asked != "person":
        return Understood("unknown", "speaks to a machine", intent=OUT_OF_SCOPE)
    if asked:
        return Understood(_CONTROLS[asked], f"rule {asked}", intent=asked, language=wanted_language(asked))
    insult = abuse(text)
    if insult == "abuse":
        return Understood("danger", "rule abuse", intent=insult)
    if wants_undo(text) and (
        len(folded.split()) <= _BARE or last_deed(ground.db, ground.conversation, ground.identity.customer)
    ):
        return Understood("undo", "rule undo", intent="undo")
    if someone_else(ground.pack, state, text):
        return Understood("someone_else", "rule someone else")
    pending = _pending(ground, state, heard)
    if not pending and (below := _passed_over(ground, state)):
        state, pending = below, _pending(ground, below, heard)
    if pending:
        return pending
    if (rest := called_off(text)) is not None:
        return _called_off(ground, judge, rest)
    if other := foreign(text, ground.language):
        if other not in ground.pack.manifest.languages:
            return Understood("other_language", f"language {other}")
        return Understood("language", f"language {other}", language="en" if other == "en" else "es")
    fresh = asked_anew(ground, judge, state, text)
    if insult and fresh.act in ("unknown", "missed", "clarify"):
        return Understood("danger", f"rule {insult}, {fresh.why}", intent=insult)
    return fresh


def _called_off(ground: Ground, judge: Judge, rest: str) -> Understood:
    """Nothing more of this; and something else, where what is said after it (`rest`) is surely that."""
    if fold(rest):
        judged = judge.judge(rest)
        wanted = judged.known and judged.sure and (is_question(rest) or _WANTS.search(fold(rest)))
        if wanted and judged.intents[0] in _startable(ground):
            flow = ground.pack.by_intent.get(judged.intents[0])
            slots = opening_slots(ground, flow, rest) if flow else {}
            return Understood("start", judged.why, judged.confidence, judged.intents[0], slots, instead=True)
    return Understood("cancel", "rule called off", intent="cancel")


def _in_danger(ground: Ground, judge: Judge, found: Danger, text: str) -> Understood:
    """The rule's word, unless it is an emergency of which the pack speaks itself, and with a number to call."""
    if found == "emergency":
        judged = judge.judge(text)
        own = ground.pack.manifest.sensitive.get(judged.intents[0]) if judged.known and judged.sure else None
        if own and numbered(ground.message(own).text):
            return Understood("start", f"rule {found}, {judged.why}", judged.confidence, judged.intents[0])
    return Understood("danger", f"rule {found}", intent=found)


def _chosen(ground: Ground, state: DialogState, choice: str) -> Understood:
    """A button. One that is no longer on offer is as good as nothing."""
    why = f"touched {choice}"
    if choice in ("person", "repeat", "cancel", "goodbye"):
        return Understood(_CONTROLS[choice], why, intent=choice)  # type: ignore[index]
    if choice == "undo":
        return Understood("undo", why, intent=choice)
    if choice.startswith("intent:") and (intent := choice.removeprefix("intent:")) in _startable(ground):
        return Understood("start", why, intent=intent)
    step = asked_for(ground, state)
    if choice in ("yes", "no") and state.expect.kind == "yes_no" and step is None:
        return Understood("yes" if choice == "yes" else "no", why)
    if step and choice in {each.id for each in offered(ground, step[2], step[0].slots, step[1])}:
        return Understood("fill", why, slots=_choice(ground, step[2], step[1], choice, state))
    return Understood("nothing", f"{why}, which is not on offer")


def _secret(ground: Ground, state: DialogState, token: str) -> Understood:
    """What is keyed in secret comes back as a token, or not at all."""
    asking = asked_for(ground, state)
    if asking is None or not token:
        return Understood("missed", "no secret was kept")
    return Understood("fill", f"slot {asking[1]}: kept", slots={asking[1]: token})


def _startable(ground: Ground) -> set[str]:
    manifest = ground.pack.manifest
    return {*ground.pack.by_intent, *manifest.answers, *manifest.talk, *manifest.sensitive}


def _choice(ground: Ground, slot: Slot, name: str, identity: str, state: DialogState) -> dict[str, Value]:
    title = next(each.title for each in offered(ground, slot, state.stack[-1].slots, name) if each.id == identity)
    return {name: identity, f"{name}.title": title}


def _pending(ground: Ground, state: DialogState, heard: Heard) -> Understood | None:
    """What was asked for, or a correction of it; None when it is something else."""
    if not state.stack:
        return None
    frame, text = state.stack[-1], heard.text.strip()
    if state.expect.kind == "yes_no" and asked_for(ground, state) is None:
        return _yes_no(ground, state, text)
    if frame.flow == AGENT:
        return _clarified(ground, frame, text)
    if frame.step == END:
        return _after(ground, frame, text)
    if asking := asked_for(ground, state):
        return _slot(ground, state, heard, asking[1], asking[2])
    return None


def _clarified(ground: Ground, frame: Frame, text: str) -> Understood | None:
    """Which of the intents that were offered is meant: by its name or its place, or by a value that only it needs.
    What was said before it was asked is not said in vain."""
    options = tuple(Choice(str(value), str(frame.slots[f"{value}.title"])) for key, value in frame.slots.items()
                    if key.isdigit())  # fmt: skip
    before = str(frame.slots.get("said") or "")
    if found := pick(text, options, ground.language):
        flow = ground.pack.by_intent.get(found.id)
        slots = opening_slots(ground, flow, before) | whole(said_slots(ground, flow, text)) if flow else {}
        return Understood("start", "clarified", 0.9, found.id, slots)
    for option in options:
        flow = ground.pack.by_intent.get(option.id)
        told = number_alone(ground, flow, text) if flow else {}
        if flow and told:
            slots = opening_slots(ground, flow, before) | told
            return Understood("start", "clarified by a number", 0.7, option.id, slots)
    return None


def _passed_over(ground: Ground, state: DialogState) -> DialogState | None:
    """As it was before a question of the agent's own, where that is passed over for what a flow asks."""
    kept = tuple(frame for frame in state.stack if frame.flow != AGENT)
    if len(kept) == len(state.stack) or state.expect.kind != "choice":
        return None
    below = DialogState(kept, state.expect, state.failures, state.last, state.identity)
    return below if asked_for(ground, below) else None


def _retrying(state: DialogState) -> bool:
    """Whether it was asked if a deed that was refused shall be tried once more."""
    return len(state.stack) > 1 and (state.stack[-1].flow, state.stack[-1].step) == (AGENT, RETRY)


def _yes_no(ground: Ground, state: DialogState, text: str) -> Understood | None:
    """Where something is read back, nothing but a yes to just that is a yes."""
    frame = state.stack[-2 if _retrying(state) else -1]
    flow = ground.pack.flows.get(frame.flow)
    at = flow.index(frame.step) if flow else 0
    step = flow.steps[at] if flow and at < len(flow.steps) else None
    confirming = isinstance(step, Confirm)
    asked = state.last.text if state.last else ""
    if flow and (found := _corrected(ground, flow, frame, text, confirming=confirming, asked=asked)):
        return found
    answer = yes_no(text)
    if flow and confirming:
        if is_question(text) and not is_plain(text):
            return None
        meant = confirmed(ground, flow, frame, text, asked)
        if meant == "unclear":
            return Understood("missed", "no clear yes to just that", 0.5)
        answer = {"yes": True, "no": False}.get(meant)
    if answer is not None:
        return Understood("yes" if answer else "no", "expected yes or no")
    if confirming and (fold(text).split()[0] in ("no", "nope") or refuses(text)):
        return Understood("no", "begins with no", 0.8)
    return None


def _after(ground: Ground, frame: Frame, text: str) -> Understood | None:
    """A flow has just ended: a short follow-up or a correction belongs to it."""
    folded = fold(text)
    flow = ground.pack.flows[frame.flow]
    if found := _corrected(ground, flow, frame, text):
        return found
    answer = yes_no(text)
    if answer is not None and (is_plain(text) if not answer else len(folded.split()) <= 4 and not pleased(text)):
        return Understood("yes" if answer else "no", "after an answer")
    if len(folded.split()) > _SHORT:
        return None
    if flow.intents and FOLLOW_UP.match(folded) and _another(ground, flow, frame, text):
        return Understood("start", f"goes on with {flow.id}", 0.9, flow.intent, opening_slots(ground, flow, text))
    if flow.intents and FOLLOW_UP.match(folded) and (said := said_slots(ground, flow, text)):
        kept = {name: frame.slots.get(name) for name in flow.slots}
        if _only_names(ground, flow, text):
            return Understood("start", f"goes on with {flow.id}", 0.9, flow.intent, {**kept, **said})
    return None


def _another(ground: Ground, flow: Flow, frame: Frame, text: str) -> bool:
    """Whether another one of what was chosen is named: «¿y la de ahorro?», "and the credit card too"."""
    for name, slot in flow.slots.items():
        if slot.type == "choice" and (chosen := frame.slots.get(name)) is not None:
            before = {each: value for each, value in frame.slots.items() if each.partition(".")[0] != name}
            found = pick(text, ground.options(slot, before), ground.language)
            if found and found.id != chosen:
                return True
    return False


def _only_names(ground: Ground, flow: Flow, text: str) -> bool:
    """Whether hardly anything is said but values of the flow's slots («¿y los domingos?»)."""
    return len([word for word in fold(text).split() if len(word) > 3]) <= 3


def _corrected(
    ground: Ground, flow: Flow, frame: Frame, text: str, *, confirming: bool = False, asked: str = ""
) -> Understood | None:
    slots = corrected(ground, flow, frame, text, confirming=confirming, asked=asked)
    if not slots:
        return None
    return Understood("correct", f"corrects {next(iter(slots))}", 0.9, flow.intent, slots)


def _slot(ground: Ground, state: DialogState, heard: Heard, name: str, slot: Slot) -> Understood | None:
    """The slot that is asked for, read the way its type is said; or another one, put right."""
    frame = state.stack[-1]
    text = heard.text
    options = offered(ground, slot, state.stack[-1].slots, name)
    reading = read_asked(ground, frame, name, slot, text, options, spoken=heard.spoken)
    if slot.type == "choice" and wants_earlier(text):
        flow = ground.pack.flows[frame.flow]
        since = {each for each, other in flow.slots.items() if other.type == "day" and other.optional}
        asked = {argument[1:] for argument in slot.arguments.values() if isinstance(argument, str)}
        return Understood("fill", "earlier options", 0.8, slots=dict.fromkeys(since & asked))
    if options and slot.type in ("choice", "entity") and wants_more(text):
        return Understood("fill", "more options", 0.9, slots={note(name, "page"): page_of(frame.slots, name) + 1})
    if reading is None:
        flow = ground.pack.flows[frame.flow]
        found = _corrected(ground, flow, frame, text)
        narrows = (
            slot.type == "choice"
            and found
            and all(flow.slots[each].optional for each in found.slots if each in flow.slots)
        )
        return None if narrows else found
    flow = ground.pack.flows[frame.flow]
    sure = _HALF_SURE if slot.type == "yes_no" else reading.sure
    if slot.type not in ("choice", "text") and (changed := rather(ground, flow, frame, text, sure)):
        return Understood("correct", f"corrects {next(iter(changed))}", 0.9, flow.intent, changed)
    if slot.type == "choice" and (other := _other_options(ground, frame, slot, text, reading)):
        return Understood("fill", "narrows the options", 0.8, slots=other)
    slots = kept(name, reading)
    if reading.wrong:
        return Understood("missed", f"slot {name}: {reading.wrong}", 0.5, slots=slots)
    if reading.held:
        return Understood("fill", f"slot {name}: some of it", 0.8, slots=slots)
    slots[note(name, "held")] = None
    beneath = _too_soon(ground, state, str(frame.slots.get(note(name, "held")) or ""), reading)
    return Understood("fill", f"slot {name}", reading.sure, slots=slots, beneath=beneath)


def _too_soon(ground: Ground, state: DialogState, held: str, reading: Reading) -> dict[str, Value]:
    """A number that looked like some of what was asked for and is no part of it: of just the length of another one
    that the flow beneath will ask for."""
    if len(state.stack) < 2 or not held.isdigit() or held in str(reading.value):
        return {}
    frame = state.stack[-2]
    flow = ground.pack.flows.get(frame.flow)
    for name, slot in flow.slots.items() if flow else ():
        if slot.type == "number" and slot.digits == (len(held), len(held)) and frame.slots.get(name) is None:
            return {name: held}
    return {}


def _other_options(ground: Ground, frame: Frame, slot: Slot, text: str, found: Reading) -> dict[str, Value]:
    """What was said besides, when it leads to other options than the one that sounds like it: «el jueves por la
    tarde», "Friday the 4th", where a Thursday morning and another Friday are on offer."""
    flow = ground.pack.flows[frame.flow]
    said = {
        each: value
        for each, value in said_slots(ground, flow, text).items()
        if each in flow.slots and flow.slots[each].optional and frame.slots.get(each) != value
    }
    more = any(flow.slots[each].type == "entity" for each in said)
    if not said or not (more or other_numbers(text, found.title, ground.language)):
        return {}
    narrowed = ground.options(slot, {**frame.slots, **said})
    return said if narrowed and found.value not in {each.id for each in narrowed} else {}
