"""What answers nothing that was asked: said by the way, once more, or a new question, which the router tells."""

import re

from runtime.agent import DialogState, Frame, Value
from runtime.agent.days import names_day
from runtime.agent.fill import opening_slots, said_slots, whole
from runtime.agent.flow import END, Flow
from runtime.agent.ground import Ground
from runtime.agent.numbers import digit_runs
from runtime.agent.pack import DOCUMENT, OUT_OF_SCOPE
from runtime.agent.readers import number
from runtime.agent.route import Judge, Judged
from runtime.agent.slots import is_question, says_yes
from runtime.agent.understood import Act, Understood, asked_for, waiting
from runtime.agent.words import fold, listed

FOLLOW_UP = re.compile(r"^(?:y|and|what about|how about|que tal|pero|but|or|o|tambien|also)\b")
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
_FACTS = ("number", "year")
"""Of what a flow must ask for, what is the same whatever was asked; «no, nada» answers no later question."""


def asked_anew(ground: Ground, judge: Judge, state: DialogState, text: str) -> Understood:
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
        act: Act = "missed" if waiting(ground, state) else "unknown"
        return Understood(act, judged.why, judged.confidence, OUT_OF_SCOPE)
    intent = judged.intents[0]
    if intent == "goodbye" and state.expect.kind == "yes_no" and waiting(ground, state):
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


def _narrowed(ground: Ground, state: DialogState, judged: Judged, text: str) -> Understood | None:
    """None of the options, but something that changes them («mejor el martes»), unless it is another question."""
    asking = asked_for(ground, state)
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


def _told(ground: Ground, state: DialogState, text: str) -> tuple[dict[str, Value], ...]:
    """No answer to what is asked, but something that an open flow needs too: «el jueves por la tarde», where the number
    is asked for."""
    asking = asked_for(ground, state)
    if asking is None or asking[2].type in ("pin", "secret", "text") or is_question(text):
        return ()
    told: list[dict[str, Value]] = []
    for frame in state.stack:
        flow = ground.pack.flows[frame.flow]
        kept = {name for name, slot in flow.slots.items() if slot.optional or slot.type in _FACTS}
        new = {name for name in kept if frame.slots.get(name) is None}
        said = whole(said_slots(ground, flow, text))
        told.append({name: value for name, value in said.items() if name.removesuffix(".title") in new})
    return tuple(told) if any(told) else ()


def _once_more(ground: Ground, state: DialogState, flow: Flow, said: dict[str, Value]) -> Understood | None:
    """What is being done is asked for again, in which nothing is other than it was: it goes on, with what is new."""
    if not waiting(ground, state) or state.stack[-1].flow != flow.id:
        return None
    known = state.stack[-1].slots
    values = {name: value for name, value in said.items() if name in flow.slots}
    if any(known.get(name) not in (None, value) for name, value in values.items()):
        return None
    new = {name: value for name, value in said.items() if known.get(name.partition("?")[0]) is None}
    act: Act = "fill" if asked_for(ground, state) is None or any(name in flow.slots for name in new) else "missed"
    return Understood(act, f"{flow.id} once more", 0.6, flow.intent, new)


def _for_a_person(ground: Ground, state: DialogState, judged: Judged) -> bool:
    """Whether what is not quite known is likeliest a wish for a person, or what only a person should deal with."""
    if judged.intents[0] == "person":
        return judged.confidence >= _HINT
    sensitive = judged.intents[0] in ground.pack.manifest.sensitive
    return sensitive and judged.confidence >= _SENSITIVE and not waiting(ground, state)


def _agrees(ground: Ground, state: DialogState, text: str) -> bool:
    """A yes where something else than a yes is waited for: «sí, adelante» takes nobody away from the question."""
    return waiting(ground, state) and says_yes(text) and not is_question(text)


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
    if ground.library is None or (waiting(ground, state) and not is_question(text)):
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
    if not (FOLLOW_UP.match(folded) or _POINTING.search(folded) or len(folded.split()) <= _ELLIPSIS):
        return {}
    needed = [name for name, slot in flow.slots.items() if not slot.optional]
    keys = [key for name in needed for key in (name, f"{name}.title")]
    return {key: before.slots[key] for key in keys if before.slots.get(key) is not None}
