"""A sector pack read from its folder. What is wrong is named with file and line (`PackError`)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from msgspec import Struct

from core.errors import PackError
from runtime.agent import Language, Level, Value
from runtime.agent.address import Address
from runtime.agent.erasure import Erasure
from runtime.agent.flow import STEPS, Flow, Slot, Step
from runtime.agent.identity import IdentityFlows
from runtime.agent.knowledge import Section, load_knowledge
from runtime.agent.phrases import PhraseFile, Phrases
from runtime.agent.places import line_of
from runtime.agent.recording import RecordingPolicy
from runtime.agent.retention import Retention
from runtime.agent.shared import with_shared
from runtime.agent.tomls import convert, raw, read_toml
from runtime.agent.tools import Tool, load_tools

OUT_OF_SCOPE = "out_of_scope"
DOCUMENT = "document"
"""The intent of what only the documents answer."""
OWN_INTENTS = frozenset({"person", "goodbye", "repeat", OUT_OF_SCOPE, DOCUMENT})
"""Intents that the agent itself carries out; every other one is claimed by a flow or by pack.toml."""


class Entity(Struct, frozen=True, forbid_unknown_fields=True):
    """Names that customers use, out of the database: rows of (id, language or '', term)."""

    terms: str
    title: str
    """A query with the parameters `:id` and `:language` that gives the name to say."""
    intent: str = ""
    """What is meant when nothing but a name is said."""


class Thresholds(Struct, frozen=True, forbid_unknown_fields=True):
    """How sure the router must be. The bar itself is calibrated on the examples."""

    false_rejection: float = 0.05
    """The share of in-scope examples that may fall below the bar (leave-one-out)."""
    sure: float = 0.7
    """From this confidence on the best intent is acted on; below it the language model is asked, then the customer."""
    alone: float = 0.6
    """The same for intents that have no topic for the model, below which they are out of scope."""
    worth_asking: float = 0.15
    """An intent less likely than this is not offered to the customer."""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True):
    """pack.toml. Facts are plain values that phrases use and tools receive ("store")."""

    id: str
    name: str
    languages: list[Language]
    default_language: Language
    facts: dict[str, Value]
    address: Address = "formal"
    """«usted» or «tú»: `pack check` names the phrases that slip."""
    thresholds: Thresholds = Thresholds()
    entities: dict[str, Entity] = {}
    answers: dict[str, str] = {}
    """intent → document section that answers it."""
    talk: dict[str, str] = {}
    """intent → phrase that answers it."""
    sensitive: dict[str, str] = {}
    """intent → what is said before a person takes over, always."""
    number: str = ""
    """The intent that is meant when nothing but a number is said."""
    topics: dict[str, str] = {}
    """intent → two or three English words for the language model, where the router is in doubt."""
    holidays: str = ""
    """A query that gives the days, as ISO dates, on which everything is closed: nobody is called then."""
    menu: list[str] = []
    """Intents offered as buttons; the titles are the phrases "menu.<intent>"."""
    recording: RecordingPolicy = RecordingPolicy()
    identity: IdentityFlows = IdentityFlows()
    erasure: Erasure | None = None
    retention: dict[str, Retention] = {}
    """What the database keeps for how long: name → rule."""


@dataclass(frozen=True)
class Pack:
    """A whole pack in memory; nothing in it changes."""

    folder: Path
    manifest: Manifest
    flows: Mapping[str, Flow]
    phrases: Mapping[Language, Phrases]
    knowledge: Mapping[tuple[str, str], Section]
    lexicon: Mapping[Language, tuple[str, ...]]
    """Words of the trade that recognition is shown where it needs help."""
    examples: Mapping[Language, Mapping[str, list[str]]]
    """Its own, and those that all packs share."""
    tools: Mapping[str, Tool]
    synonyms: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    """Words of one meaning a line, parted by commas: what a document is searched by."""

    @cached_property
    def by_intent(self) -> Mapping[str, Flow]:
        return {intent: flow for flow in self.flows.values() for intent in flow.intents}

    @cached_property
    def undo(self) -> Mapping[str, Flow]:
        """Tool → the flow that takes back what it did."""
        return {flow.undoes: flow for flow in self.flows.values() if flow.undoes}

    def acting(self, flow: Flow) -> bool:
        """Whether the flow can change anything."""
        return any(getattr(step, "call", "") in self.tools and self.tools[step.call].acts  # type: ignore[union-attr]
                   for step in flow.steps)  # fmt: skip

    @cached_property
    def complaints(self) -> frozenset[str]:
        """Flows that take complaints."""
        return frozenset(flow.id for flow in self.flows.values() if flow.complaint)

    @cached_property
    def secrets(self) -> tuple[str, ...]:
        """Flows that ask for a secret."""
        return tuple(
            flow.id for flow in self.flows.values() if any(slot.type == "secret" for slot in flow.slots.values())
        )

    @cached_property
    def pins(self) -> tuple[str, ...]:
        """Flows that ask for a PIN."""
        return tuple(flow.id for flow in self.flows.values() if any(s.type == "pin" for s in flow.slots.values()))

    @cached_property
    def schema(self) -> str:
        """The database's shape: SHA-256 of data/schema.sql."""
        return hashlib.sha256((self.folder / "data" / "schema.sql").read_bytes()).hexdigest()


def load_pack(folder: Path, connectors: Path | None = None) -> Pack:
    """Read and check a pack. Raises PackError for the first mistake.

    `connectors`: a file whose tools take the place of the pack's own.
    """
    from runtime.agent.check import check_pack

    if not (folder / "pack.toml").is_file():
        raise PackError("pack.missing", f"{folder}: there is no pack.toml here; give the folder of a sector pack")
    manifest = read_toml(folder / "pack.toml", Manifest)
    facts = {"name": manifest.name, **manifest.facts}
    pack = Pack(
        folder=folder,
        manifest=manifest,
        flows={path.stem: _flow(path) for path in sorted((folder / "flows").glob("*.toml"))},
        phrases={
            language: Phrases(language, read_toml(folder / "phrases" / f"{language}.toml", PhraseFile), facts)
            for language in manifest.languages
        },
        knowledge=load_knowledge(folder / "knowledge"),
        lexicon={language: _lines(folder / "lexicon" / f"{language}.txt") for language in manifest.languages},
        examples={
            language: with_shared(language, read_toml(folder / "examples" / f"{language}.toml", dict[str, list[str]]))
            for language in manifest.languages
        },
        tools=_tools(folder, manifest.id, connectors),
        synonyms={language: _lines(folder / "lexicon" / f"synonyms.{language}.txt") for language in manifest.languages},
    )
    check_pack(pack)
    return pack


def _tools(folder: Path, name: str, connectors: Path | None) -> dict[str, Tool]:
    from runtime.agent.connect.file import load_connectors

    own, declared = load_tools(folder / "tools.py", name), load_connectors(folder / "connectors.toml")
    for twice in own.keys() & declared.keys():
        raise PackError("pack.tools", f"{folder / 'connectors.toml'}:1: tools.py has a {twice!r}, too")
    if connectors is not None and not connectors.is_file():
        raise PackError("pack.missing", f"{connectors}: this file is missing")
    return {**own, **declared, **(load_connectors(connectors) if connectors else {})}


def _lines(path: Path) -> tuple[str, ...]:
    """Of a text file, without the empty ones; none where there is no file."""
    text = path.read_text("utf-8") if path.is_file() else ""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


class _FlowFile(Struct, frozen=True, forbid_unknown_fields=True):
    steps: list[dict[str, Any]]
    intents: list[str] = []
    slots: dict[str, Slot] = {}
    level: Level = "anonymous"
    allow: list[str] = []
    undoes: str = ""
    complaint: str = ""


def _flow(path: Path) -> Flow:
    text, found = raw(path)
    file = convert(found, _FlowFile, path, text, [])
    steps: list[Step] = []
    for at, step in enumerate(file.steps):
        verbs = [verb for verb in STEPS if verb in step]
        if len(verbs) != 1:
            which = f"has {' and '.join(verbs)}" if verbs else "does nothing"
            raise PackError(
                "pack.step",
                f"{path}:{line_of(text, ['steps', str(at)])}: steps.{at}: a step has exactly one of"
                f" {', '.join(STEPS)}; this one {which}",
            )
        steps.append(convert(step, STEPS[verbs[0]], path, text, ["steps", str(at)]))
    return Flow(
        path.stem,
        tuple(file.intents),
        file.slots,
        tuple(steps),
        level=file.level,
        allow=tuple(file.allow),
        undoes=file.undoes,
        complaint=file.complaint,
    )


LANGUAGES: tuple[Language, ...] = get_args(Language)
