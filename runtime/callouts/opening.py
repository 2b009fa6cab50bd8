"""How a call that we placed begins: who calls and why, is it the right person, and only then what is for them alone.

A planner before the pack's: it has the first turns, and hands over when the right person has been told. It also hears,
at any time, that somebody wants no more of these calls.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from runtime.agent import DialogState, Effect, Expect, Frame, Heard, Language, Plan, Planner, Reply, Value
from runtime.agent.controls import control, wanted_language
from runtime.agent.recording import RecordingPolicy
from runtime.agent.slots import yes_no
from runtime.callouts.request import Outcome, Request
from runtime.messages import Message
from voice.greetings import folded, judge

if TYPE_CHECKING:
    from runtime.agent.briefing import Story

FLOW = "callout"
PHRASES = (
    "callout.greeting", "callout.greeting_anyone", "callout.again", "callout.again_anyone", "callout.told",
    "callout.waiting", "callout.wrong_person", "callout.declined", "callout.message",
)  # fmt: skip
"""What a pack must be able to say whose device places calls."""
TRIES = 2
"""How often it is asked whether it is the right person."""

_NO_CALLS = re.compile(
    r"\bno (me |nos )?(vuelv\w+|quiero que) (a |me )?(llam\w+|molest\w+)\b|\bno (me|nos) llam\w+ (mas|nunca|otra vez)\b"
    r"|\bno (me|nos) llam\w+$|\bno quiero (recibir )?(mas|estas) llamadas\b|\b(dejen|deje|dejad) de llamar"
    r"|\b(quit|borr)\w* mi (numero|telefono)|\blista robinson\b"
    r"|\b(do not|dont|never) (ever )?(call|phone|ring)( me| us| here)?( again| any ?more| ever)\b|\bno more calls\b"
    r"|\b(stop|quit) (calling|phoning|ringing)\b|\b(remove|delete) (me|my number)\b|\bdo not call (me|list)\b"
    r"|\btake (me|my number) off\b"
)
_IT_IS_ME = re.compile(
    r"\b(soy yo|yo mism[oa]|al habla|al aparato|(el|la) mism[oa]|that is me|thats me|it is me|its me|speaking"
    r"|this is (he|she|her|him))\b"
)
_WRONG = re.compile(
    r"\b(se ha equivocado|se equivoca|numero equivocado|no (vive|trabaja) aqui|no (esta|se encuentra)|no soy|ya no vive"
    r"|wrong number|not here|isnt (here|in)|is not (here|in)|(no one|nobody) (here )?(by|called)|not (him|her|me))\b"
)
_WAIT = re.compile(
    r"\b(un momento|un segundo|espere|ahora (se pone|le paso|lo pongo|la aviso)|se lo paso|se la paso|le paso"
    r"|hold on|one (moment|second)|just a (moment|second|minute)|wait|ill get (him|her)|let me get (him|her))\b"
)
_WHO = re.compile(
    r"\b(quien (es|llama|habla)|de parte de quien|de donde|who (is|s) (this|it|calling)|whos (this|calling))\b"
)


class Opening:
    """The planner of one call that we placed."""

    def __init__(
        self,
        planner: Planner,
        request: Request,
        decided: Callable[[Outcome], None] = lambda _: None,
    ) -> None:
        """`decided` is told on a worker thread how the call has turned out, as soon as that is known."""
        self._planner = planner
        self._request = request
        self._decided = decided
        self._fields: dict[str, Value] = {"person": request.person, "why": request.why, "message": request.message}

    @property
    def recording(self) -> RecordingPolicy:
        """Whom we call is not recorded: they have not asked for the call, either."""
        return RecordingPolicy()

    def open(self, language: Language, channel: str) -> tuple[Reply, DialogState]:
        message = self._words("greeting", language)
        return Reply((message,)), DialogState((Frame(FLOW, "who"),), last=message)

    def plan(self, state: DialogState, heard: Heard, conversation: str) -> Plan:
        plain = folded(heard.text)
        if heard.choice != "person" and _NO_CALLS.search(plain):
            return self._done(state, heard, "declined", "declined", conversation)
        if not state.stack or state.stack[0].flow != FLOW:
            return self._planner.plan(state, heard, conversation)
        wish = "person" if heard.choice == "person" else control(heard.text)
        if wish == "person":
            phrase = self._planner.phrase("to_person", heard.language)
            return _plan(heard, "person", Reply((Message(phrase),), "to_person"), state)
        if wish in ("language_es", "language_en"):
            return self._switched(state, heard)
        if wish == "goodbye":
            goodbye = Message(self._planner.phrase("goodbye", heard.language))
            return _plan(heard, "goodbye", Reply((goodbye,), "goodbye"), state)
        if judge(heard.text) == "machine":
            return self._done(state, heard, "machine", "", conversation)
        if wish == "repeat" or _WHO.search(plain):
            return self._ask(state, heard, "greeting", state.failures)
        if _WRONG.search(plain):
            return self._done(state, heard, "wrong_person", "wrong_person", conversation)
        if _WAIT.search(plain):
            waiting = self._words("waiting", heard.language)
            return _plan(heard, "callout.waiting", Reply((waiting,)), _stage("waiting", state.last))
        if state.stack[0].step == "waiting":  # somebody new is on the line
            return self._ask(state, heard, "greeting", state.failures)
        answer = yes_no(heard.text)
        if answer is True or _IT_IS_ME.search(plain):
            return self._done(state, heard, "reached", "told", conversation)
        if answer is False:
            return self._done(state, heard, "wrong_person", "wrong_person", conversation)
        if state.failures + 1 >= TRIES:
            return self._done(state, heard, "wrong_person", "wrong_person", conversation)
        return self._ask(state, heard, "again", state.failures + 1)

    def commit(self, plan: Plan, conversation: str) -> tuple[Reply, DialogState]:
        if not plan.effects or not plan.effects[0].tool.startswith(f"{FLOW}."):
            return self._planner.commit(plan, conversation)
        self._decided(plan.effects[0].tool.removeprefix(f"{FLOW}."))  # type: ignore[arg-type]
        assert plan.reply is not None
        return plan.reply, plan.state

    def keep(self, digits: memoryview) -> str:
        return self._planner.keep(digits)

    def fixed(self, language: Language) -> Iterable[str]:
        return self._planner.fixed(language)

    def hint(self, language: Language) -> str:
        return self._request.person

    def drills(self) -> Iterable[Callable[[], object]]:
        return self._planner.drills()

    def say(self, code: str, language: Language, fields: Mapping[str, Value]) -> str:
        return self._planner.say(code, language, fields)

    def phrase(self, code: str, language: Language) -> str:
        return self._planner.phrase(code, language)

    def brief(self, story: "Story", language: Language) -> list[str]:
        return self._planner.brief(story, language)

    def _words(self, code: str, language: Language) -> Message:
        anyone = not self._request.person and code in ("greeting", "again")
        return Message(self._planner.say(f"callout.{code}{'_anyone' if anyone else ''}", language, self._fields))

    def _ask(self, state: DialogState, heard: Heard, code: str, failures: int) -> Plan:
        message = self._words(code, heard.language)
        return _plan(heard, "callout.who", Reply((message,)), _stage("who", message, failures))

    def _switched(self, state: DialogState, heard: Heard) -> Plan:
        found = control(heard.text)
        language = (wanted_language(found) if found else None) or heard.language
        message = self._words("greeting", language)
        return _plan(heard, "callout.language", Reply((message,), language=language), _stage("who", message))

    def _done(self, state: DialogState, heard: Heard, outcome: Outcome, code: str, conversation: str) -> Plan:
        """It is known how the call has turned out; what follows is said, and the pack's planner goes on or we leave."""
        messages = (self._words(code, heard.language),) if code else ()
        action = "go_on" if outcome == "reached" else "goodbye"
        after = DialogState(last=messages[0] if messages else None)
        effect = Effect(f"{FLOW}.{outcome}", {}, f"{conversation}:{outcome}")
        reply = Reply(messages, action)  # type: ignore[arg-type]
        return Plan(heard, f"callout.{outcome}", 1.0, "opening", (effect,), reply, after)


def _stage(step: str, last: Message | None, failures: int = 0) -> DialogState:
    """Nothing is expected that a backchannel would give: a "yes" over our question is no answer to it."""
    return DialogState((Frame(FLOW, step),), Expect(), failures, last)


def _plan(heard: Heard, intent: str, reply: Reply, state: DialogState) -> Plan:
    return Plan(heard, intent, 1.0, "opening", (), reply, state)
