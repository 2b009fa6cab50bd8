"""From what was heard to one command, surest reading first: rule, expected slot, router, model, or an honest no."""

import re
from dataclasses import dataclass, field
from typing import Literal

from runtime.agent import DialogState, Frame, Heard, Language, Value
from runtime.agent.controls import Control, called_off, control, injected, wanted_language
from runtime.agent.correct import confirmed, corrected, rather
from runtime.agent.days import names_day
from runtime.agent.fill import kept, number_alone, opening_slots, read_asked, said_slots, whole
from runtime.agent.flow import END, Ask, Confirm, Flow, Slot
from runtime.agent.ground import Ground
from runtime.agent.guard import Danger, abuse, danger, numbered
from runtime.agent.identity import someone_else
from runtime.agent.ledger import last_deed
from runtime.agent.library import Answer
from runtime.agent.more import wants_earlier, wants_more
from runtime.agent.numbers import digit_runs
from runtime.agent.pack import DOCUMENT, OUT_OF_SCOPE
from runtime.agent.readers import Reading, number
from runtime.agent.route import Judge, Judged
from runtime.agent.slots import is_plain, is_question, other_numbers, pick, pleased, refuses, says_yes, yes_no
from runtime.agent.undo import wants_undo
from runtime.agent.walk import AGENT, RETRY, note, offered, page_of
from runtime.agent.words import fold, foreign, listed, plain
from runtime.messages import Choice

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


_CONTROLS: dict[Control, Act] = {
    "person": "person", "cancel": "cancel", "repeat": "repeat", "slower": "slower", "hold": "hold",
    "goodbye": "goodbye", "language_es": "language", "language_en": "language",
}  # fmt: skip
_FOLLOW_UP = re.compile(r"^(?:y|and|what about|how about|que tal|pero|but|or|o|tambien|also)\b")
_LEADING = re.compile(r"^(?:(?:ok|okay|vale|pues|bueno|right|well|so|oh|ah|great|perfect|genial|perfecto) )+")
_POINTING = re.compile(
    r"\b(?:lo|la|los|las|ese|esa|esos|esas|este|esta|estos|estas|eso|it|them|that|those|this|these|one|ones)\b"
    r"|(?:lo|la|los|las)$|\w+(?:rlo|rla|rlos|rlas|rmelo|rmela)\b"
)
_PREFERRING = frozenset(
    listed("mejor prefiero puede podria quiza para mismo better rather prefer could maybe would like")
)
_ELLIPSIS = 3
"""Words: a question this short leaves out what it is about («¿os quedan?»)."""
_SOMEBODYS = 5
"""Digits: so long a number is one of somebody's, never a price or a measure."""
_HINT = 0.15
"""Confidence from which a person is a person, however the bar lies: nobody is kept from one."""
_SENSITIVE = 0.5
"""Confidence from which what is likeliest sensitive goes to a person, as not knowing it would end there too."""
_BARE = 3
"""Words: so short a wish to undo is about this conversation, whether or not anything was done in it."""
_WANTS = re.compile(
    r"\b(?:quiero|quisiera|queria|necesito|dime|digame|dame|deme|prefiero|want|need|like|tell me|give me)\b"
)
"""What is said after «déjalo» is something else that is wanted, and not why."""
_FACTS = ("number", "year")
"""Of what a flow must ask for, what is the same whatever was asked; «no, nada» answers no later question."""
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
    fresh = _fresh(ground, judge, state, text)
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
    step = _asking(ground, state)
    if choice in ("yes", "no") and state.expect.kind == "yes_no" and step is None:
        return Understood("yes" if choice == "yes" else "no", why)
    if step and choice in {each.id for each in offered(ground, step[2], step[0].slots, step[1])}:
        return Understood("fill", why, slots=_choice(ground, step[2], step[1], choice, state))
    return Understood("nothing", f"{why}, which is not on offer")


def _secret(ground: Ground, state: DialogState, token: str) -> Understood:
    """What is keyed in secret comes back as a token, or not at all."""
    asking = _asking(ground, state)
    if asking is None or not token:
        return Understood("missed", "no secret was kept")
    return Understood("fill", f"slot {asking[1]}: kept", slots={asking[1]: token})


def _startable(ground: Ground) -> set[str]:
    manifest = ground.pack.manifest
    return {*ground.pack.by_intent, *manifest.answers, *manifest.talk, *manifest.sensitive}


def _asking(ground: Ground, state: DialogState) -> tuple[Frame, str, Slot] | None:
    """The slot that the top of the stack waits for."""
    if not state.stack or state.stack[-1].flow == AGENT or state.stack[-1].step == END:
        return None
    frame = state.stack[-1]
    flow = ground.pack.flows[frame.flow]
    step = flow.steps[flow.index(frame.step)]
    return (frame, step.ask, flow.slots[step.ask]) if isinstance(step, Ask) else None


def _choice(ground: Ground, slot: Slot, name: str, identity: str, state: DialogState) -> dict[str, Value]:
    title = next(each.title for each in offered(ground, slot, state.stack[-1].slots, name) if each.id == identity)
    return {name: identity, f"{name}.title": title}


def _pending(ground: Ground, state: DialogState, heard: Heard) -> Understood | None:
    """What was asked for, or a correction of it; None when it is something else."""
    if not state.stack:
        return None
    frame, text = state.stack[-1], heard.text.strip()
    if state.expect.kind == "yes_no" and _asking(ground, state) is None:
        return _yes_no(ground, state, text)
    if frame.flow == AGENT:
        return _clarified(ground, frame, text)
    if frame.step == END:
        return _after(ground, frame, text)
    if asking := _asking(ground, state):
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
    return below if _asking(ground, below) else None


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
    if flow.intents and _FOLLOW_UP.match(folded) and _another(ground, flow, frame, text):
        return Understood("start", f"goes on with {flow.id}", 0.9, flow.intent, opening_slots(ground, flow, text))
    if flow.intents and _FOLLOW_UP.match(folded) and (said := said_slots(ground, flow, text)):
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


def _narrowed(ground: Ground, state: DialogState, judged: Judged, text: str) -> Understood | None:
    """None of the options, but something that changes them («mejor el martes»), unless it is another question."""
    asking = _asking(ground, state)
    if asking is None or asking[2].type != "choice":
        return None
    frame = asking[0]
    flow = ground.pack.flows[frame.flow]
    other = judged.known and judged.sure and judged.intents[0] not in flow.intents
    if other and _left_over(ground, flow, text) > 1:
        return None
    said = {name: value for name, value in said_slots(ground, flow, text).items() if name in flow.slots}
    narrowing = {name: value for name, value in said.items() if flow.slots[name].optional}
    new = {name: value for name, value in narrowing.items() if frame.slots.get(name) != value}
    if new or (narrowing and _left_over(ground, flow, text) <= 1):  # said again, it is not another question
        return Understood("fill", "narrows the options", 0.8, slots=new)
    return None


def _left_over(ground: Ground, flow: Flow, text: str) -> int:
    """How many words of weight are said besides values of the flow's slots."""
    words = fold(text).split()
    taken = {at for at, word in enumerate(words) if len(word) <= 3 or word in _PREFERRING or names_day(word)}
    for slot in flow.slots.values():
        if slot.type == "entity":
            taken |= {at for match in ground.entities[slot.of].find(text, ground.language) for at in match.words}
    return len(words) - len(taken)


def _fresh(ground: Ground, judge: Judge, state: DialogState, text: str) -> Understood:
    """A new question: the router, and the model where the router is in doubt."""
    judged = judge.judge(text)
    if narrowed := _narrowed(ground, state, judged, text):
        return narrowed
    told = _told(ground, state, text)
    if told and any(_left_over(ground, ground.pack.flows[frame.flow], text) <= 1 for frame in state.stack):
        return Understood("told", "by the way", 0.7, told=told)
    if alone := _alone(ground, text, judged):
        return alone
    if judged.known and judged.intents and not judged.sure:
        return Understood("clarify", judged.why, judged.confidence, intents=judged.intents)
    if not judged.known and _for_a_person(ground, state, judged):
        return Understood("start", judged.why, judged.confidence, judged.intents[0])
    if not judged.known and (found := _looked_up(ground, state, text, judged)):
        return found
    if not judged.known and told:
        return Understood("told", judged.why, 0.7, told=told)
    if not judged.known:
        act: Act = "missed" if _waiting(ground, state) else "unknown"
        return Understood(act, judged.why, judged.confidence, OUT_OF_SCOPE)
    intent = judged.intents[0]
    if intent == "goodbye" and state.expect.kind == "yes_no" and _waiting(ground, state):
        return Understood("missed", f"{judged.why}, at a read-back", judged.confidence)
    if intent not in ground.pack.by_intent and _agrees(ground, state, text):
        return Understood("missed", f"{judged.why}, but a yes", judged.confidence)
    flow = ground.pack.by_intent.get(intent)
    slots = opening_slots(ground, flow, text) | said_slots(ground, flow, judged.text) if flow else {}
    if flow and (same := _once_more(ground, state, flow, slots)):
        return same
    if flow and state.stack and state.stack[-1].step == END:
        slots = {**_inherited(flow, state.stack[-1], text), **slots}
    elif flow and not ground.pack.acting(flow):
        slots = {**_in_hand(ground, flow, state), **slots}
    return Understood("start", judged.why, judged.confidence, intent, slots)


def _told(ground: Ground, state: DialogState, text: str) -> tuple[dict[str, Value], ...]:
    """No answer to what is asked, but something that an open flow needs too: «el jueves por la tarde», where the number
    is asked for."""
    asking = _asking(ground, state)
    if asking is None or asking[2].type in ("pin", "secret", "text") or is_question(text):
        return ()
    told: list[dict[str, Value]] = []
    for frame in state.stack:
        flow = ground.pack.flows.get(frame.flow)
        said = whole(said_slots(ground, flow, text)) if flow else {}
        kept = {name for name, slot in flow.slots.items() if slot.optional or slot.type in _FACTS} if flow else set()
        told.append(
            {
                name: value
                for name, value in said.items()
                if name.removesuffix(".title") in kept and frame.slots.get(name) is None
            }
        )
    return tuple(told) if any(told) else ()


def _once_more(ground: Ground, state: DialogState, flow: Flow, said: dict[str, Value]) -> Understood | None:
    """What is being done is asked for again, in which nothing is other than it was: it goes on, with what is new."""
    if not _waiting(ground, state) or state.stack[-1].flow != flow.id:
        return None
    known = state.stack[-1].slots
    values = {name: value for name, value in said.items() if name in flow.slots}
    if any(known.get(name) not in (None, value) for name, value in values.items()):
        return None
    new = {name: value for name, value in said.items() if known.get(name.partition("?")[0]) is None}
    act: Act = "fill" if _asking(ground, state) is None or any(name in flow.slots for name in new) else "missed"
    return Understood(act, f"{flow.id} once more", 0.6, flow.intent, new)


def _for_a_person(ground: Ground, state: DialogState, judged: Judged) -> bool:
    """Whether what is not quite known is likeliest a wish for a person, or what only a person should deal with."""
    if judged.intents[0] == "person":
        return judged.confidence >= _HINT
    sensitive = judged.intents[0] in ground.pack.manifest.sensitive
    return sensitive and judged.confidence >= _SENSITIVE and not _waiting(ground, state)


def _agrees(ground: Ground, state: DialogState, text: str) -> bool:
    """A yes where something else than a yes is waited for: «sí, adelante» takes nobody away from the question."""
    return _waiting(ground, state) and says_yes(text) and not is_question(text)


def _in_hand(ground: Ground, flow: Flow, state: DialogState) -> dict[str, Value]:
    """What a question in the middle of something is about where it names nothing: what is being done. «¿Y tengo que
    llevar el pasaporte?» while an appointment for the register is made asks about the register."""
    for frame in reversed(state.stack):
        known = ground.pack.flows[frame.flow].slots if frame.flow in ground.pack.flows else {}
        same = [
            name
            for name, slot in flow.slots.items()
            if slot.type == "entity" and not slot.optional and name in known and known[name].of == slot.of
        ]
        if found := {key: frame.slots[key] for name in same for key in (name, f"{name}.title") if frame.slots.get(key)}:
            return found
    return {}


def _looked_up(ground: Ground, state: DialogState, text: str, judged: Judged) -> Understood | None:
    """What the documents say to a question that no intent claims; None where they say nothing, or must not.

    A long number is somebody's order or document, and what may be sensitive is for a person. Where an answer is
    waited for, only what is put as a question is one.
    """
    if ground.library is None or (_waiting(ground, state) and not is_question(text)):
        return None
    if any(len(run.digits) >= _SOMEBODYS for run in digit_runs(text, ground.language)):
        return None
    if judged.intents[0] in ground.pack.manifest.sensitive and judged.confidence >= _HINT:
        return None
    answer = ground.library.find(judged.text or text, ground.language)
    if answer is None:
        return None
    why = f"{judged.why}; {answer.section.id} {answer.score:.2f}"
    return Understood("look_up", why, answer.score, DOCUMENT, answer=answer)


def _alone(ground: Ground, text: str, judged: Judged) -> Understood | None:
    """Nothing but a number or a name: the pack says what is meant by it."""
    manifest = ground.pack.manifest
    words = fold(text).split()
    if manifest.number and (flow := ground.pack.by_intent.get(manifest.number)):
        for name, slot in flow.slots.items():
            if slot.type == "number" and (said := number.said(text, ground.language, *slot.digits)):
                doubtful = not (judged.known and judged.sure)
                if said.whole and said.alone and (doubtful or said.others <= 1):
                    return Understood("start", "a number alone", 0.8, manifest.number, {name: said.digits})
    if judged.known and judged.sure:
        return None
    for entity, source in manifest.entities.items():
        matches = ground.entities[entity].find(text, ground.language)
        if source.intent and matches and len(matches[0].words) * 2 >= len(words):
            wanted = ground.pack.by_intent[source.intent]
            return Understood("start", "a name alone", 0.7, source.intent, said_slots(ground, wanted, text))
    return None


def _inherited(flow: Flow, before: Frame, text: str) -> dict[str, Value]:
    """«¿Y cuánto cuestan?»: slots of the same name, when the words point back."""
    folded = _LEADING.sub("", fold(text))
    if not (_FOLLOW_UP.match(folded) or _POINTING.search(folded) or len(folded.split()) <= _ELLIPSIS):
        return {}
    needed = [name for name, slot in flow.slots.items() if not slot.optional]
    keys = [key for name in needed for key in (name, f"{name}.title")]
    return {key: before.slots[key] for key in keys if before.slots.get(key) is not None}


def _waiting(ground: Ground, state: DialogState) -> bool:
    """Whether a flow waits for an answer, so that what is no answer is asked for again."""
    if not state.stack or state.stack[-1].flow == AGENT or state.stack[-1].step == END:
        return False
    flow = ground.pack.flows[state.stack[-1].flow]
    return isinstance(flow.steps[flow.index(state.stack[-1].step)], Ask | Confirm)
