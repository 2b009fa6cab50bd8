"""Scripted conversations: what is said and what must come of it. A pack's tests: wording is free, facts are not."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from core.errors import MostradorError, PackError
from runtime.agent import DialogState, Heard, Language, Reply
from runtime.agent.pack import Pack
from runtime.agent.planner import Agent
from runtime.agent.tomls import read_toml
from runtime.agent.words import fold


class Turn(Struct, frozen=True, forbid_unknown_fields=True):
    """What the customer says (or touches: `choice`), and what must be true of the reply.

    `hears`: each is in the text of the reply, whatever its case and punctuation; "{fact:kind}" is filled from the
    script's facts the way phrases write values. `effects`: tools that this turn carries out, none if not given.
    `token`: what the payment provider gives back for a number that is keyed in; `pin`: a PIN that is. A fact can be
    said, too: `say = "{code}"`.
    """

    say: str = ""
    choice: str = ""
    token: str = ""
    pin: str = ""
    typed: bool = False
    intent: str = ""
    hears: list[str] = []
    never: list[str] = []
    effects: list[str] = []
    action: str = "go_on"
    switches: str = ""


class Script(Struct, frozen=True, forbid_unknown_fields=True):
    """One conversation. `facts`: name → query with one value. `ends`: query → what it gives in the end."""

    name: str
    language: Language
    turns: list[Turn]
    facts: dict[str, str] = {}
    ends: dict[str, int | str] = {}


class ScriptFile(Struct, frozen=True, forbid_unknown_fields=True):
    """One file of scripts/. `today`: the day on which they are played."""

    today: date
    script: list[Script]


class Played(Struct, frozen=True):
    """How a script went; empty `failures`: well."""

    file: str
    name: str
    language: Language
    turns: int
    failures: list[str]


def read_scripts(folder: Path) -> list[tuple[Path, ScriptFile]]:
    """Every file of the pack's scripts/. Raises PackError."""
    files = [(path, read_toml(path, ScriptFile)) for path in sorted((folder / "scripts").glob("*.toml"))]
    for path, file in files:
        names = [script.name for script in file.script]
        for name in names:
            if names.count(name) > 1:
                raise PackError("pack.script", f"{path}:1: two scripts are called {name!r}")
    return files


def play_all(pack: Pack, agent_for: Callable[[Path, date], Agent], work: Path) -> Iterator[Played]:
    """Each script with an agent and a database of its own, below `work`."""
    for path, file in read_scripts(pack.folder):
        fresh = work / f"{path.stem}.db"
        agent_for(fresh, file.today)  # makes the database
        for number, script in enumerate(file.script):
            database = work / f"{path.stem}-{number}.db"
            shutil.copyfile(fresh, database)
            yield play(agent_for(database, file.today), script, path.name, file.today)


def play(agent: Agent, script: Script, file: str, today: date) -> Played:
    """One conversation from the greeting on; stops at the first turn that goes wrong."""
    conversation = f"{file}/{script.name}"
    language = script.language
    _, state = agent.open(language, "phone")
    failures: list[str] = []
    for number, turn in enumerate(script.turns, 1):
        facts = {name: _value(agent, query) for name, query in script.facts.items()}
        try:
            reply, state, wrong = _turn(agent, state, _told(turn, facts), language, conversation)
        except MostradorError as error:
            failures.append(f"turn {number}: {error.code}: {error.message}")
            break
        language = reply.language or language
        text = " ".join(message.text for message in reply.messages)
        phrases = agent.pack.phrases[language]
        for template in turn.hears:
            fact = phrases.fill(template, facts, today)
            if fold(fact) not in fold(text):
                wrong.append(f"not heard: {fact!r}")
        wrong += [f"heard: {word!r}" for word in turn.never if fold(word) in fold(text)]
        if wrong:
            failures.append(f"turn {number} ({turn.say or turn.choice}): {'; '.join(wrong)}. It said: {text}")
            break
    for query, expected in script.ends.items():
        if not failures and (found := _value(agent, query)) != expected:
            failures.append(f"in the end {query!r} gives {found!r}, not {expected!r}")
    return Played(file, script.name, script.language, len(script.turns), failures)


def _told(turn: Turn, facts: Mapping[str, int | str]) -> Turn:
    """With facts in the place of their names."""
    said = turn.say
    for name, value in facts.items():
        said = said.replace(f"{{{name}}}", str(value))
    return msgspec.structs.replace(turn, say=said)


def _turn(
    agent: Agent, state: DialogState, turn: Turn, language: Language, conversation: str
) -> tuple[Reply, DialogState, list[str]]:
    spoken = not (turn.typed or turn.choice or turn.token or turn.pin)
    token = agent.keep(memoryview(turn.pin.encode())) if turn.pin else turn.token
    heard = Heard(turn.say, language, spoken=spoken, choice=turn.choice, token=token)
    plan = agent.plan(state, heard, conversation)
    reply, after = agent.commit(plan, conversation)
    wrong: list[str] = []
    if turn.intent and plan.intent != turn.intent:
        wrong.append(f"understood {plan.intent} ({plan.why}), not {turn.intent}")
    done = [effect.tool for effect in plan.effects if not effect.check]
    if done != turn.effects:
        wrong.append(f"did {done}, not {turn.effects}")
    if reply.action != turn.action:
        wrong.append(f"the action is {reply.action}, not {turn.action}")
    if (reply.language or "") != turn.switches:
        wrong.append(f"the language is {reply.language or 'kept'}, not {turn.switches or 'kept'}")
    return reply, after, wrong


def _value(agent: Agent, query: str) -> int | str:
    with agent.database.reading() as db:
        row = db.execute(query).fetchone()
    if row is None:
        raise PackError("pack.script", f"{query!r} finds nothing")
    value: int | str = row[0]
    return value
