"""Where a pack reads back what it is about to do: its own scripts, played up to the yes. No model is asked."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, settings

import models.sectors
from runtime.agent import DialogState, Heard, Language
from runtime.agent.database import Database
from runtime.agent.flow import Confirm
from runtime.agent.pack import OUT_OF_SCOPE, Pack, load_pack
from runtime.agent.planner import Agent
from runtime.agent.route import Judge, Judged
from runtime.agent.scripts import Script, Turn, read_scripts

FOLDERS = sorted(path.parent for path in Path(models.sectors.__file__).parent.glob("*/pack.toml"))
CONVERSATION = "c1"

packs = pytest.mark.parametrize("folder", FOLDERS, ids=lambda path: path.name)


def few(examples: int) -> settings:
    """The same ones each time: a pack's conversation takes a second, and no test passes by luck."""
    return settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


class Told:
    """A judge that knows the intents which the scripts state, and nothing else."""

    def __init__(self, pack: Pack) -> None:
        scripts = [script for _, file in read_scripts(pack.folder) for script in file.script]
        self.intents = {turn.say: turn.intent for script in scripts for turn in script.turns if turn.intent}

    def judge(self, text: str) -> Judged:
        intent = self.intents.get(text, OUT_OF_SCOPE)
        known = intent != OUT_OF_SCOPE
        return Judged((intent,), 1.0 if known else 0.0, known=known, sure=known, why="told", text=text)


@dataclass(frozen=True)
class ReadBack:
    """One conversation that waits for the yes: as it stands, and the database as it was then."""

    script: Script
    tool: str
    turns: tuple[Turn, ...]
    """What led here, and the yes."""
    state: DialogState
    language: Language
    database: Path
    fresh: Path
    """The database before anything was said."""
    today: date


ReadingBack = Callable[[Path], tuple[Pack, list[ReadBack]]]
"""A pack of a folder, and its conversations that wait for a yes."""


def agent_on(pack: Pack, database: Path, today: date) -> Agent:
    store = Database(database, pack)
    store.prepare(today)
    return Agent(pack, store, cast(Judge, Told(pack)), lambda: today)


def heard(agent: Agent, turn: Turn, language: Language) -> Heard:
    spoken = not (turn.typed or turn.choice or turn.token or turn.pin)
    token = agent.keep(memoryview(turn.pin.encode())) if turn.pin else turn.token
    return Heard(turn.say, language, spoken=spoken, choice=turn.choice, token=token)


def waits_for_a_yes(pack: Pack, state: DialogState) -> bool:
    """Whether what was said last reads back a deed."""
    if not state.stack or state.expect.kind != "yes_no" or state.stack[-1].flow not in pack.flows:
        return False
    flow = pack.flows[state.stack[-1].flow]
    at = flow.index(state.stack[-1].step)
    return at < len(flow.steps) and isinstance(flow.steps[at], Confirm)


def read_backs(folder: Path, work: Path) -> tuple[Pack, list[ReadBack]]:
    """One for each script of the pack that does something and needs no model for it."""
    pack = load_pack(folder)
    return pack, list(_played(pack, work))


def _played(pack: Pack, work: Path) -> Iterator[ReadBack]:
    for path, file in read_scripts(pack.folder):
        fresh = work / f"{file.today}.db"
        agent_on(pack, fresh, file.today)  # makes the database
        for number, script in enumerate(file.script):
            until = next((at for at, turn in enumerate(script.turns) if turn.effects), None)
            if until is None or any("{" in turn.say for turn in script.turns):
                continue
            database = Path(shutil.copyfile(fresh, work / f"{path.stem}-{number}.db"))
            agent = agent_on(pack, database, file.today)
            language = script.language
            _, state = agent.open(language, "phone")
            for turn in script.turns[:until]:
                reply, state = agent.commit(agent.plan(state, heard(agent, turn, language), CONVERSATION), CONVERSATION)
                language = reply.language or language
            if waits_for_a_yes(pack, state):
                turns = tuple(script.turns[: until + 1])
                tool = script.turns[until].effects[0]
                yield ReadBack(script, tool, turns, state, language, database, fresh, file.today)
