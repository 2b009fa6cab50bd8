"""A pack's scripted conversations played, and at each of their turns what another customer might have said instead.

What a turn does is judged by where the conversation stood: an effect is confirmed when a read-back of the flow was
waiting and a clear yes answered it, or a touch of its button. Who says no, hesitates, digresses, says yes too early or
hangs up sets nothing in motion.
"""

import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from core.errors import MostradorError
from runtime.agent import DialogState, Heard, Language, Plan, Reply
from runtime.agent.database import Database
from runtime.agent.flow import END, Confirm
from runtime.agent.library import Library
from runtime.agent.pack import Pack
from runtime.agent.planner import Agent
from runtime.agent.route import Judge
from runtime.agent.scripts import Played, Script, play, read_scripts
from runtime.bench.facts import Facts

NO: dict[Language, tuple[str, ...]] = {
    "es": ("no", "no, mejor no", "déjelo, no quiero"),
    "en": ("no", "no, I'd rather not", "leave it, I don't want to"),
}
"""After one of these not even a yes sets in motion what was read back."""
NOT_YES: dict[Language, tuple[str, ...]] = {
    "es": ("no sé", "¿y cuánto tarda?", "espera, que lo miro", "¿cómo dice?", "si fuera otro día, a lo mejor", "mmm",
           "¿sí o no? es que no le he oído", "hola, ¿me oye?", "sí, pero espera", "sí… no", "sí, pero otro día", "¿sí?",
           "un momento", "ni idea"),
    "en": ("I don't know", "and how long does it take?", "hold on, let me look", "what did you say?",
           "if it were another day, maybe", "hmm", "yes or no? I didn't hear you", "hello, are you there?",
           "yes, but wait", "yeah, no", "yes, but on another day", "yes?", "one moment", "no idea"),
}  # fmt: skip
"""No clear yes, at a read-back."""
YES: dict[Language, tuple[str, ...]] = {"es": ("sí", "sí, adelante"), "en": ("yes", "yes, go ahead")}
PERSON: dict[Language, tuple[str, ...]] = {
    "es": ("quiero hablar con una persona", "páseme con alguien", "prefiero que me atienda un humano",
           "¿me puede poner con un compañero suyo?", "con una máquina no, con una persona"),
    "en": ("I want to speak to a person", "put me through to somebody", "I'd rather a human helped me",
           "could you get me one of your colleagues?", "not a machine, a person"),
}  # fmt: skip
"""Said in the middle of whatever is going on."""


class Watched(Agent):
    """An agent whose turns are written down while `watched`."""

    def __init__(
        self, pack: Pack, database: Database, judge: Judge, library: Library, today: Callable[[], date]
    ) -> None:
        super().__init__(pack, database, judge, today, library=library)
        self.turns: list[WatchedTurn] = []
        self.watched = True

    def plan(self, state: DialogState, heard: Heard, conversation: str) -> Plan:
        began, used = time.perf_counter(), time.process_time()
        plan = super().plan(state, heard, conversation)
        if not self.watched:
            return plan
        took = (time.perf_counter() - began, time.process_time() - used)
        self.turns.append(WatchedTurn(state, plan, *took, ledger=_ledger(self.database.path)))
        return plan

    def commit(self, plan: Plan, conversation: str) -> tuple[Reply, DialogState]:
        reply, after = super().commit(plan, conversation)
        if self.watched:
            turn = self.turns[-1]
            turn.reply, turn.after, turn.done = reply, after, _ledger(self.database.path) - turn.ledger
            if turn.done:  # the same plan once more, as after a retry
                super().commit(plan, conversation)
                turn.again = _ledger(self.database.path) - turn.ledger - turn.done
        return reply, after


@dataclass(slots=True)
class WatchedTurn:
    """`seconds` by the clock and `used` of processors, for understanding and plan. `done`: lines new in the ledger.

    `again`: lines that the same plan adds when it is committed a second time.
    """

    state: DialogState
    plan: Plan
    seconds: float
    used: float
    ledger: int
    done: int = 0
    again: int = 0
    reply: Reply | None = None
    after: DialogState | None = None


@dataclass(slots=True)
class Found:
    """What came of a pack's scripts. The lists name what went wrong, in words."""

    played: list[Played] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)
    perturbed: int = 0
    effects: int = 0
    strange: list[str] = field(default_factory=list)
    replies: int = 0
    asked: int = 0
    refused: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    used: list[float] = field(default_factory=list)


def play_pack(pack: Pack, judge: Judge, library: Library, progress: Callable[[int], None]) -> Found:
    """Every script of a pack with a database of its own, perturbed at each turn. Blocks. Raises PackError."""
    found = Found()
    with tempfile.TemporaryDirectory(prefix="mostrador-scripts-") as work:
        for number, (path, today, script) in enumerate(_scripts(pack)):
            progress(number)
            agent = _agent(pack, judge, library, Path(work) / f"{number}.db", today)
            found.played.append(play(agent, script, path.name, today))
            agent.watched, turns = False, agent.turns
            _confirmed(agent, script, turns, found)
            _facts(agent, turns, today, found)
            for at, turn in enumerate(turns):
                _perturb(agent, script, turn, found)
                _ask_for_a_person(agent, script, turn, at, found)
            found.seconds += [turn.seconds for turn in turns]
            found.used += [turn.used for turn in turns]
    return found


def _scripts(pack: Pack) -> Iterator[tuple[Path, date, Script]]:
    for path, file in read_scripts(pack.folder):
        for script in file.script:
            yield path, file.today, script


def _agent(pack: Pack, judge: Judge, library: Library, path: Path, today: date) -> Watched:
    database = Database(path, pack)
    database.prepare(today)
    return Watched(pack, database, judge, library, lambda: today)


def _ledger(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM effects").fetchone()[0])


def waits_for_yes(pack: Pack, state: DialogState) -> bool:
    """Whether a read-back was the last thing said."""
    if not state.stack or state.stack[-1].flow not in pack.flows or state.stack[-1].step == END:
        return False
    flow = pack.flows[state.stack[-1].flow]
    return isinstance(flow.steps[flow.index(state.stack[-1].step)], Confirm)


def _confirmed(agent: Watched, script: Script, turns: list[WatchedTurn], found: Found) -> None:
    """Each line in the ledger was read back and said yes to; the same plan once more adds none."""
    for turn, written in zip(turns, script.turns, strict=False):
        found.effects += turn.done
        said = turn.plan.heard
        if turn.done > len(written.effects) or (turn.done and not waits_for_yes(agent.pack, turn.state)):
            found.unconfirmed.append(f"{script.name}: «{said.text or said.choice}» did {turn.done}")
        if turn.again:
            found.unconfirmed.append(f"{script.name}: «{said.text or said.choice}» done twice")


def _perturb(agent: Watched, script: Script, turn: WatchedTurn, found: Found) -> None:
    """Other words at the same point: none of them is the yes that was waited for."""
    language = turn.plan.heard.language
    if turn.state.expect.kind == "secret":
        return
    if not waits_for_yes(agent.pack, turn.state):
        for text in (YES[language][found.perturbed % 2], *NO[language][:1]):
            _nothing_done(agent, script, turn.state, text, found)
        return
    for text in NOT_YES[language]:
        _nothing_done(agent, script, turn.state, text, found)
    for text in NO[language]:
        after = _nothing_done(agent, script, turn.state, text, found)
        if after is not None and not waits_for_yes(agent.pack, after):
            _nothing_done(agent, script, after, YES[language][0], found, f"«{text}», then ")


def _nothing_done(
    agent: Watched, script: Script, state: DialogState, text: str, found: Found, before: str = ""
) -> DialogState | None:
    """The state after `text`, which must set nothing in motion; None when it did or failed honestly."""
    found.perturbed += 1
    try:
        plan = agent.plan(state, Heard(text, script.language), _conversation(script))
        if acting := [effect.tool for effect in plan.effects if not effect.check]:
            found.unconfirmed.append(f"{script.name}: {before}«{text}» would do {acting[0]}")
        if plan.effects:
            return None
        return agent.commit(plan, _conversation(script))[1]
    except MostradorError:
        return None


def _ask_for_a_person(agent: Watched, script: Script, turn: WatchedTurn, at: int, found: Found) -> None:
    """At once, or after a yes to the offer of one."""
    language = turn.plan.heard.language
    text = PERSON[language][(len(found.played) + at) % len(PERSON[language])]
    found.asked += 1
    if not gets_a_person(agent, turn.state, text, language, _conversation(script)):
        found.refused.append(f"{script.name}, turn {at + 1}: «{text}»")


def gets_a_person(agent: Agent, state: DialogState, text: str, language: Language, conversation: str) -> bool:
    """Whether `text` leads to a person, at once or by a yes to an offer of one."""
    for said in (text, YES[language][0]):
        try:
            plan = agent.plan(state, Heard(said, language), conversation)
        except MostradorError:
            return False
        if plan.effects or plan.reply is None:
            return False
        if plan.reply.action == "to_person":
            return True
        state = plan.state
    return False


def _facts(agent: Watched, turns: list[WatchedTurn], today: date, found: Found) -> None:
    """Every number and name in a reply comes from the data, the phrases, the documents or the customer."""
    facts = Facts(agent.pack, agent.database, today)
    for turn in turns:
        if turn.reply is None:
            continue
        facts.learn(turn)
        found.replies += 1
        language = turn.reply.language or turn.plan.heard.language
        for message in turn.reply.messages:
            if strange := facts.strange(message, language):
                found.strange.append(f"{', '.join(sorted(strange))} in «{message.text}»")


def _conversation(script: Script) -> str:
    return f"bench/{script.name}"
