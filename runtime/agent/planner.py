"""The agent of a pack: decides (`plan`, pure) and acts (`commit`, once)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog

from core.errors import ToolError
from core.places import data_home
from models.embed import Embedder
from models.llm import Chooser
from runtime.agent import DialogState, Effect, Heard, Identity, Language, Plan, Reply, Value
from runtime.agent.briefing import Story, brief
from runtime.agent.database import Database
from runtime.agent.delivery import Deliver, outbox
from runtime.agent.entities import EntityIndex, Term
from runtime.agent.ground import Ground, supplied
from runtime.agent.guard import doubt, numbered
from runtime.agent.identity import supplied_customer
from runtime.agent.index import open_library
from runtime.agent.ledger import UNSURE
from runtime.agent.library import Library
from runtime.agent.pack import Pack, load_pack
from runtime.agent.pins import Pins
from runtime.agent.recording import RecordingPolicy
from runtime.agent.route import Judge, make_router
from runtime.agent.turn import Turn, reply_of, state_after
from runtime.agent.walk import (
    Walked,
    carried_out,
    complaining,
    stuck,
)
from runtime.messages import Choice, Message

log = structlog.get_logger(__name__)


def load(
    pack_dir: Path,
    embedder: Embedder,
    chooser: Chooser | None,
    database: Path | None = None,
    today: Callable[[], date] | None = None,
    deliver: Deliver = outbox,
    connectors: Path | None = None,
) -> "Agent":
    """The agent of the pack in `pack_dir`; its database is made when it isn't there. Raises PackError, AgentError.

    `database`: the file, else `<pack>.db` in the data folder. `today`: the clock, else the device's.
    `deliver`: how a one-time code reaches a customer.
    `connectors`: a file whose tools take the place of the pack's.
    """
    pack = load_pack(pack_dir, connectors)
    clock = today or _today
    store = Database(database or data_home() / f"{pack.manifest.id}.db", pack)
    store.prepare(clock())
    library = open_library(pack, embedder)
    return Agent(pack, store, Judge(pack, make_router(pack, embedder), chooser), clock, deliver, library=library)


def _today() -> date:
    return datetime.now().astimezone().date()


def _now() -> float:
    return datetime.now().astimezone().timestamp()


class Agent:
    """A `Planner`. Shared by all conversations, thread-safe: what it holds doesn't change."""

    def __init__(
        self,
        pack: Pack,
        database: Database,
        judge: Judge,
        today: Callable[[], date],
        deliver: Deliver = outbox,
        now: Callable[[], float] = _now,
        library: Library | None = None,
    ) -> None:
        self.pack = pack
        self.database = database
        self._judge = judge
        self._today = today
        self._now = now
        self._deliver = deliver
        self._pins = Pins()
        self._library = library
        with database.reading() as db:
            self._entities = {
                name: EntityIndex(Term(str(row[0]), str(row[1]), str(row[2])) for row in db.execute(entity.terms))
                for name, entity in pack.manifest.entities.items()
            }

    @property
    def recording(self) -> RecordingPolicy:
        return self.pack.manifest.recording

    def open(self, language: Language, channel: str) -> tuple[Reply, DialogState]:
        """The greeting: an automatic assistant, what it does, how to reach a person."""
        phrases = self.pack.phrases[language]
        code = f"greeting.{channel}" if f"greeting.{channel}" in phrases else "greeting"
        today = self._today()
        menu = tuple(
            Choice(f"intent:{intent}", phrases.say(f"menu.{intent}", {}, today)) for intent in self.pack.manifest.menu
        )
        message = Message(phrases.say(code, {}, today), choices=menu)
        return Reply((message,)), DialogState(last=message)

    def keep(self, digits: memoryview) -> str:
        """A token for a PIN, good for a minute and for one check."""
        return self._pins.keep(digits)

    def fixed(self, language: Language) -> Iterator[str]:
        yield from self.pack.phrases[language].fixed(self._today())
        for (_, written), section in self.pack.knowledge.items():
            if written == language:
                yield section.spoken

    def hint(self, language: Language) -> str:
        return ", ".join(self.pack.lexicon[language])

    def drills(self) -> Iterator[Callable[[], object]]:
        return self._judge.drills()

    def plan(self, state: DialogState, heard: Heard, conversation: str) -> Plan:
        """Decide. Reads, never writes. Raises AgentError, ModelError."""
        with self.database.reading() as db:
            ground = Ground(
                self.pack, db, self._today(), heard.language, self._entities, conversation, state.identity,
                state.complained,
                self._library,
            )  # fmt: skip
            turn = Turn(ground, self._judge, state, heard)
            try:
                plan = turn.plan()
            except ToolError as error:  # outside of any step: what was offered could not be looked up again
                plan = turn.not_looked_up(error)
        plan = self._cautioned(plan)
        return msgspec.structs.replace(plan, state=self._remembered(plan.state, state))

    def _cautioned(self, plan: Plan) -> Plan:
        """The number to call comes first where danger may be meant; the rest is as it was."""
        reply = plan.reply or Reply(())
        kind = None if plan.heard.choice else doubt(plan.heard.text)
        if kind is None or any(numbered(message.text) for message in reply.messages):
            return plan
        caution = Message(self.phrase(f"guard.{kind}", reply.language or plan.heard.language))
        reply = msgspec.structs.replace(reply, messages=(caution, *reply.messages))
        return msgspec.structs.replace(plan, why=f"{plan.why}; {kind}", reply=reply)

    def commit(self, plan: Plan, conversation: str) -> tuple[Reply, DialogState]:
        """Carry out the effects once, and go on to the reply. Raises AgentError."""
        if not plan.effects:
            if plan.reply is None:
                raise ValueError("a plan without effects has its reply")
            return plan.reply, plan.state
        language = plan.heard.language
        walked = Walked((), plan.state.stack, effect=plan.effects[0], identity=plan.state.identity)
        said = plan.reply.messages if plan.reply else ()
        while walked.effect:
            try:
                result = self._carry_out(walked.effect, walked.identity, language, conversation)
            except ToolError as error:
                reply, after = self._broke_off(error, walked, language, conversation)
                return reply, self._remembered(after, plan.state)
            with self.database.reading() as db:
                ground = Ground(
                    self.pack, db, self._today(), language, self._entities, conversation, walked.identity,
                    plan.state.complained,
                )  # fmt: skip
                walked = carried_out(ground, walked.stack, result)
            said += walked.messages
        walked = msgspec.structs.replace(walked, messages=said)
        reply = reply_of(walked, plan.reply.language if plan.reply else None)
        return self._with_a_way_back(reply, plan), self._remembered(state_after(walked), plan.state)

    def _remembered(self, after: DialogState, before: DialogState) -> DialogState:
        """What holds for the rest of a conversation, whatever becomes of its flows."""
        complained = before.complained or complaining(self.pack, after.stack)
        return msgspec.structs.replace(after, complained=complained)

    def _carry_out(self, effect: Effect, identity: Identity, language: Language, conversation: str) -> dict[str, Value]:
        """Raises AgentError."""
        given: dict[str, Any] = {
            **supplied(self.pack, language, self._today()),
            **supplied_customer(self.pack.tools[effect.tool], identity),
            "now": self._now(),
            "deliver": self._deliver,
        }
        if not effect.check:
            return self.database.act(effect, given, conversation)
        with ExitStack() as opened:
            pins = {
                name: opened.enter_context(self._pins.opened(str(effect.arguments[name]))) for name in effect.sealed
            }
            return self.database.check(effect, given, {**effect.arguments, **pins})

    def _with_a_way_back(self, reply: Reply, plan: Plan) -> Reply:
        """A button that undoes it, where the pack knows how."""
        if plan.effects[0].tool not in self.pack.undo or reply.action != "go_on" or not reply.messages:
            return reply
        *before, last = reply.messages
        undo = Choice("undo", self.phrase("undo", plan.heard.language))
        with_it = msgspec.structs.replace(last, choices=(*last.choices, undo))
        return msgspec.structs.replace(reply, messages=(*before, with_it))

    def _broke_off(
        self, error: ToolError, walked: Walked, language: Language, conversation: str
    ) -> tuple[Reply, DialogState]:
        """A deed elsewhere failed: it may be tried again; where nobody knows whether it was done, a person looks."""
        assert walked.effect is not None
        tool, key = walked.effect.tool, walked.effect.key
        log.error("effect_failed", tool=tool, key=key, code=error.code, cause_pii=error.message)
        if error.code == UNSURE:
            message = Message(self.phrase(f"error.{error.code}", language))
            state = DialogState(last=message, identity=walked.identity)
            return Reply((message,), "to_person", failed=error.code, undone=True), state
        with self.database.reading() as db:
            ground = Ground(self.pack, db, self._today(), language, self._entities, conversation, walked.identity)
            walked = stuck(ground, walked.stack, error)
        return msgspec.structs.replace(reply_of(walked), undone=True), state_after(walked)

    def brief(self, story: Story, language: Language) -> list[str]:
        return brief(self.pack, self.pack.phrases[language], story, self._today())

    def say(self, code: str, language: Language, fields: Mapping[str, Value]) -> str:
        """The pack's words with `fields` filled in. Raises KeyError."""
        return self.pack.phrases[language].say(code, fields, self._today())

    def phrase(self, code: str, language: Language) -> str:
        """The pack's words for a situation; "error.<code>" falls back to what is before its last dot."""
        phrases = self.pack.phrases[language]
        return phrases.say(phrases.nearest(code), {}, self._today())
