"""Does a pack hold together? Every reference is followed; the first mistake is named with file and line."""

import re
from collections.abc import Iterator
from pathlib import Path

from core.errors import PackError
from runtime.agent import Language, erasure
from runtime.agent.check_identity import check_level, check_levels
from runtime.agent.flow import (
    END,
    Answer,
    Ask,
    Branch,
    Call,
    Confirm,
    Flow,
    Forget,
    Identify,
    Offer,
    Person,
    Say,
    Show,
    Step,
    step_id,
)
from runtime.agent.guard import DANGERS, DOUBTS, NUMBERED, numbered
from runtime.agent.ledger import DONE, LEDGER
from runtime.agent.pack import OUT_OF_SCOPE, OWN_INTENTS, Pack
from runtime.agent.phrases import CORE, KINDS, fields
from runtime.agent.places import line_of
from runtime.agent.readers import reader, types
from runtime.agent.recording import PHRASES
from runtime.agent.retention import mistake
from runtime.agent.tools import SUPPLIED, Tool

FEWEST_EXAMPLES = 10
SAID_OF_SLOT = frozenset({"least", "most", "held"})
"""Fields of the phrases that ask for the rest of a value, or say why one is wrong."""
_FIELD = re.compile(r"\{([^}]+)\}")


def check_pack(pack: Pack) -> None:
    """Raises PackError."""
    _check_manifest(pack)
    _check_examples(pack)
    for code in CORE:
        _phrase(pack, code, pack.folder / "pack.toml", 1, "every pack needs it")
    for language in pack.manifest.languages:
        _check_templates(pack, language)
        _check_guard(pack, language)
    check_levels(pack)
    for flow in pack.flows.values():
        check_level(pack, flow)
        _FlowCheck(pack, flow).run()


def _fail(code: str, path: Path, line: int, message: str) -> PackError:
    return PackError(f"pack.{code}", f"{path}:{line}: {message}")


def _phrase(pack: Pack, code: str, path: Path, line: int, why: str) -> None:
    for language, phrases in pack.phrases.items():
        if code not in phrases:
            raise _fail("phrase", path, line, f"phrase {code!r} is missing in phrases/{language}.toml ({why})")


def _check_manifest(pack: Pack) -> None:
    path, manifest = pack.folder / "pack.toml", pack.manifest
    text = path.read_text("utf-8")
    if manifest.default_language not in manifest.languages:
        line = line_of(text, ["default_language"])
        raise _fail("key", path, line, f"default_language {manifest.default_language!r} is not in languages")
    for intent, section in manifest.answers.items():
        line = line_of(text, ["answers", intent])
        for language in manifest.languages:
            if (section, language) not in pack.knowledge:
                raise _fail("answer", path, line, f"answers.{intent}: no section {section!r} in {language}")
        _phrase(pack, f"menu.{intent}", path, line, "it names the intent in a choice")
    for table in ("talk", "sensitive"):
        for intent, code in getattr(manifest, table).items():
            _phrase(pack, code, path, line_of(text, [table, intent]), f"{table}.{intent} says it")
    known = {*_claims(pack), *OWN_INTENTS}
    for intent in (*manifest.menu, *([manifest.number] if manifest.number else [])):
        if intent not in known:
            raise _fail("intent", path, line_of(text, ["menu"]), f"no flow or answer has the intent {intent!r}")
    for intent in manifest.topics:
        if intent not in known:
            raise _fail("intent", path, line_of(text, ["topics", intent]), f"topics.{intent}: no such intent")
    for code in PHRASES[manifest.recording.mode]:
        _phrase(pack, f"recording.{code}", path, line_of(text, ["recording", "mode"]), "conversations are recorded")
    if manifest.recording.mode != "never" and not manifest.recording.basis.strip():
        line = line_of(text, ["recording", "mode"])
        raise _fail("recording", path, line, "recording.basis: say why conversations may be recorded")
    for name, rule in manifest.retention.items():
        schema = (pack.folder / "data" / "schema.sql").read_text("utf-8")
        if wrong := mistake(f"{schema}\n{LEDGER}", rule):
            raise _fail("retention", path, line_of(text, ["retention", name]), f"retention.{name}: {wrong}")
    if manifest.erasure is not None:
        schema = (pack.folder / "data" / "schema.sql").read_text("utf-8")
        if wrong := erasure.mistake(f"{schema}\n{LEDGER}", manifest.erasure):
            raise _fail("erasure", path, line_of(text, ["erasure", wrong.partition(":")[0]]), f"erasure.{wrong}")
    for name, entity in manifest.entities.items():
        if entity.intent and entity.intent not in pack.by_intent:
            line = line_of(text, ["entities", name, "intent"])
            raise _fail("intent", path, line, f"entities.{name}.intent: no flow has the intent {entity.intent!r}")


def _claims(pack: Pack) -> dict[str, str]:
    """intent → what carries it out. One thing each."""
    claims: dict[str, str] = {}
    for owner, intents in _owners(pack):
        for intent in intents:
            if intent in claims or intent in OWN_INTENTS:
                other = claims.get(intent, "the agent itself")
                raise PackError("pack.intent", f"{pack.folder / owner}:1: {intent!r} already belongs to {other}")
            claims[intent] = owner
    return claims


def _owners(pack: Pack) -> Iterator[tuple[str, tuple[str, ...]]]:
    for flow in pack.flows.values():
        yield f"flows/{flow.id}.toml", flow.intents
    manifest = pack.manifest
    yield "pack.toml", (*manifest.answers, *manifest.talk, *manifest.sensitive)


def _check_examples(pack: Pack) -> None:
    known = {*_claims(pack), "person", "goodbye", OUT_OF_SCOPE}
    for language, examples in pack.examples.items():
        path = pack.folder / "examples" / f"{language}.toml"
        text = path.read_text("utf-8")
        for intent, utterances in examples.items():
            line = line_of(text, [intent])
            if intent not in known | OWN_INTENTS:
                raise _fail("intent", path, line, f"{intent}: no flow, answer or phrase has this intent")
            if len(utterances) < FEWEST_EXAMPLES:
                raise _fail("examples", path, line, f"{intent}: {len(utterances)} examples, {FEWEST_EXAMPLES} needed")
            if len({each.casefold() for each in utterances}) < len(utterances):
                raise _fail("examples", path, line, f"{intent}: the same example stands there twice")
        for intent in sorted(known - set(examples)):
            raise _fail("examples", path, 1, f"there are no examples of {intent!r}")


def _check_templates(pack: Pack, language: str) -> None:
    """Braces match, kinds exist, terms are there."""
    import tomllib

    path = pack.folder / "phrases" / f"{language}.toml"
    text = path.read_text("utf-8")
    raw = tomllib.loads(text)
    for table in ("say", "detail"):
        for code, templates in raw.get(table, {}).items():
            line = line_of(text, [table, code])
            if not templates:
                raise _fail("phrase", path, line, f"{table}.{code}: is empty")
            for template in templates if isinstance(templates, list) else [templates]:
                try:
                    kinds = [kind for _, kind in fields(template)]
                except ValueError as error:
                    raise _fail("phrase", path, line, f"{table}.{code}: {error}") from error
                for kind in kinds:
                    if kind not in KINDS:
                        raise _fail("phrase", path, line, f"{table}.{code}: {kind!r} is no way of writing a value")


def _check_guard(pack: Pack, language: Language) -> None:
    """What is said in danger is there, names itself to the person who takes over, and gives a number to call."""
    path, phrases = pack.folder / "phrases" / f"{language}.toml", pack.phrases[language]
    text = path.read_text("utf-8")
    for kind in (*DANGERS, *DOUBTS):
        hands_over = kind in DANGERS and kind != "abuse_mild"
        for code in (f"guard.{kind}", *((f"menu.{kind}",) if hands_over else ())):
            if code not in phrases:
                raise _fail("guard", path, line_of(text, ["say"]), f"say.{code}: is missing (every pack needs it)")
        for variant in phrases.variants(f"guard.{kind}"):
            line = line_of(text, ["say", f"guard.{kind}"])
            if fields(variant):
                raise _fail("guard", path, line, f"say.guard.{kind}: has a field; it is said whatever is known")
            if kind in NUMBERED and not numbered(variant):
                raise _fail("guard", path, line, f"say.guard.{kind}: gives no telephone number to call, like 112")


class _FlowCheck:
    """One flow: its slots, its steps, and that nothing acts that was not confirmed."""

    def __init__(self, pack: Pack, flow: Flow) -> None:
        self._pack = pack
        self._flow = flow
        self._path = pack.folder / "flows" / f"{flow.id}.toml"
        self._text = self._path.read_text("utf-8")
        self._ids = {step_id(step, at) for at, step in enumerate(flow.steps)} | {END}
        self._results = {step.into: step.call for step in flow.steps if isinstance(step, Call)}
        self._results |= {step.into: step.identify for step in flow.steps if isinstance(step, Identify)}

    def run(self) -> None:
        flow = self._flow
        if not flow.steps or not (flow.intents or flow.undoes or self._pack.manifest.identity.level_of(flow.id)):
            raise self._wrong(["intents"], "a flow has steps, and intents or a deed that it undoes")
        for name in flow.allow:
            if name not in self._pack.tools or not self._pack.tools[name].listed:
                raise self._wrong(["allow"], f"connectors.toml has no tool {name!r} of an MCP server")
        if flow.undoes:
            self._undoes(flow)
        for intent in flow.intents:
            _phrase(
                self._pack, f"menu.{intent}", self._path, self._line(["intents"]), "it names the intent in a choice"
            )
        for name in flow.slots:
            self._slot(name)
        seen: set[str] = set()
        for at, step in enumerate(flow.steps):
            identity = step_id(step, at)
            if identity in seen or identity == END:
                raise self._wrong(["steps", str(at), "id"], f"the id {identity!r} is taken")
            seen.add(identity)
            self._step(at, step)
        self._confirmed()
        if flow.complaint:
            self._complained()

    def _undoes(self, flow: Flow) -> None:
        """It takes back what a tool does, by a tool that says whether it has."""
        tool = self._tool(flow.undoes, ["undoes"])
        if not tool.acts:
            raise self._wrong(["undoes"], f"{flow.undoes} changes nothing: there is nothing to undo")
        if self._pack.undo[flow.undoes] is not flow:
            raise self._wrong(["undoes"], f"flow {self._pack.undo[flow.undoes].id!r} undoes {flow.undoes} too")
        backs = [self._pack.tools[step.call] for step in flow.steps if isinstance(step, Call)
                 and step.call in self._pack.tools and self._pack.tools[step.call].acts]  # fmt: skip
        if not backs or any(DONE not in back.returns.get("outcome", ()) for back in backs):
            raise self._wrong(["undoes"], f"a tool that undoes acts, and its `outcome` is {DONE!r} when it has")

    def _line(self, path: list[str]) -> int:
        return line_of(self._text, path)

    def _wrong(self, path: list[str], message: str) -> PackError:
        return _fail("flow", self._path, self._line(path), f"{'.'.join(path)}: {message}")

    def _say(self, code: str, path: list[str]) -> None:
        """The phrase exists, whatever values its code takes, and every field in it can be filled."""
        for concrete in self._codes(code, path):
            _phrase(self._pack, concrete, self._path, self._line(path), "this step says it")
            for language, phrases in self._pack.phrases.items():
                for template in phrases.variants(concrete):
                    for name, _ in fields(template):
                        if name in self._flow.slots and self._flow.slots[name].type in ("secret", "pin"):
                            raise self._wrong(path, f"phrase {concrete!r} ({language}) says the secret {{{name}}}")
                        if not self._available(name):
                            raise self._wrong(
                                path, f"phrase {concrete!r} ({language}) has {{{name}}}, which nothing fills"
                            )

    def _codes(self, code: str, path: list[str]) -> list[str]:
        """The code with each value that its field can have here: not those that the branch before led away."""
        field = _FIELD.search(code)
        if field is None:
            return [code]
        before = self._flow.steps[int(path[1]) - 1] if path[0] == "steps" and path[1] != "0" else None
        gone = set(before.to) if isinstance(before, Branch) and before.branch == field[1] else set()
        values = [value for value in self._values(field[1], path) if value not in gone]
        return [each for value in values for each in self._codes(code.replace(field[0], value), path)]

    def _values(self, name: str, path: list[str]) -> tuple[str, ...]:
        """What a result's key can be, from the tool's Literal."""
        into, _, key = name.partition(".")
        tool = self._pack.tools.get(self._results.get(into, ""))
        values = tool.returns.get(key, ()) if tool else ()
        if not values:
            raise self._wrong(path, f"{name!r} is not a key of a tool's result with a Literal type")
        return values

    def _available(self, name: str) -> bool:
        into, _, key = name.partition(".")
        if name in ("options", "held", "name") or name in self._pack.manifest.facts or name in self._flow.slots:
            return True
        if into in self._flow.slots and key == "title":
            return True
        if into == "effect" and self._flow.undoes and (deed := self._pack.tools.get(self._flow.undoes)):
            return key in deed.returns or key in deed.parameters
        tool = self._pack.tools.get(self._results.get(into, ""))
        return bool(tool and key in tool.returns)

    def _slot(self, name: str) -> None:
        slot, path = self._flow.slots[name], ["slots", name]
        if not slot.optional and not slot.ask:
            raise self._wrong(path, "a slot that is not optional needs `ask`")
        if slot.ask:
            self._say(slot.ask, [*path, "ask"])
            for language, phrases in self._pack.phrases.items():
                if len(phrases.variants(slot.ask)) < 2:
                    raise self._wrong(
                        [*path, "ask"], f"phrase {slot.ask!r} ({language}) needs two variants: it is asked again"
                    )
        if slot.type not in types():
            raise self._wrong([*path, "type"], f"{slot.type!r} is no type of slot; there are {', '.join(types())}")
        kind = reader(slot.type)
        if mistake := kind.mistake(slot):
            raise self._wrong(path, mistake)
        if slot.unclear:
            self._say(slot.unclear, [*path, "unclear"])
        if slot.of and kind.entity and slot.of not in self._pack.manifest.entities:
            raise self._wrong([*path, "of"], f"pack.toml has no entity {slot.of!r}")
        for code in (*kind.phrases, *(f"wrong.{reason}" for reason in kind.wrong(slot))):
            self._about_slot(code, path, slot.type)
        if slot.type == "choice":
            tool = self._tool(slot.options, [*path, "options"])
            if not tool.many or "id" not in tool.returns or tool.acts:
                raise self._wrong([*path, "options"], f"{slot.options} must return a list of rows with an `id`")
            self._arguments(tool, set(slot.arguments), [*path, "arguments"])
            for language, phrases in self._pack.phrases.items():
                if slot.title not in phrases:
                    raise self._wrong([*path, "title"], f"phrase {slot.title!r} is missing in phrases/{language}.toml")
                for field, _ in fields(phrases.variants(slot.title)[0]):
                    if field not in tool.returns:
                        raise self._wrong([*path, "title"], f"{slot.options} returns no {field!r}")

    def _about_slot(self, code: str, path: list[str], kind: str) -> None:
        """A phrase that is said of any slot of a type."""
        _phrase(self._pack, code, self._path, self._line(path), f"a slot of type {kind!r} needs it")
        for language, phrases in self._pack.phrases.items():
            for name, _ in (each for template in phrases.variants(code) for each in fields(template)):
                if name not in SAID_OF_SLOT:
                    raise self._wrong(path, f"phrase {code!r} ({language}) has {{{name}}}, which nothing fills")

    def _tool(self, name: str, path: list[str]) -> Tool:
        if name not in self._pack.tools:
            raise self._wrong(path, f"neither tools.py nor connectors.toml has a tool {name!r}")
        tool = self._pack.tools[name]
        if tool.listed and name not in self._flow.allow:
            raise self._wrong(path, f"{name} is of an MCP server: the flow has to name it in `allow`")
        return tool

    def _arguments(self, tool: Tool, given: set[str], path: list[str]) -> None:
        if unknown := given - tool.parameters:
            raise self._wrong(path, f"{tool.name} takes no {', '.join(sorted(unknown))}")
        if missing := tool.required - given - SUPPLIED:
            raise self._wrong(path, f"{tool.name} needs {', '.join(sorted(missing))}")

    def _step(self, at: int, step: Step) -> None:
        path = ["steps", str(at)]
        match step:
            case Ask():
                if step.ask not in self._flow.slots:
                    raise self._wrong([*path, "ask"], f"there is no slot {step.ask!r}")
            case Confirm():
                self._say(step.confirm, [*path, "confirm"])
                self._say(step.refused, [*path, "refused"])
            case Call() | Identify():
                name, verb = (step.call, "call") if isinstance(step, Call) else (step.identify, "identify")
                tool = self._tool(name, [*path, verb])
                self._arguments(tool, set(step.arguments), [*path, "arguments"])
                for value in step.arguments.values():
                    if isinstance(value, str) and value.startswith("$") and not self._available(value[1:]):
                        raise self._wrong([*path, "arguments"], f"nothing fills {value}")
            case Branch():
                self._branch(step, path)
            case Say():
                self._say(step.say, [*path, "say"])
            case Show():
                self._show(step, path)
            case Answer():
                for language in self._pack.manifest.languages:
                    if (step.answer, language) not in self._pack.knowledge:
                        raise self._wrong([*path, "answer"], f"no section {step.answer!r} in {language}")
            case Forget():
                for slot in step.forget:
                    if slot not in self._flow.slots:
                        raise self._wrong([*path, "forget"], f"there is no slot {slot!r}")
            case Person():
                self._say(step.person, [*path, "person"])
            case Offer():
                self._say(step.offer, [*path, "offer"])
        following = getattr(step, "next", "")
        if following and following not in self._ids:
            raise self._wrong([*path, "next"], f"there is no step {following!r}")

    def _show(self, step: Show, path: list[str]) -> None:
        tool = self._tool(step.rows, [*path, "rows"])
        if not tool.many or tool.acts:
            raise self._wrong([*path, "rows"], f"{step.rows} must return a list of rows")
        self._arguments(tool, set(step.arguments), [*path, "arguments"])
        self._say(step.none, [*path, "none"])
        for key, code, more in (("show", step.show, {"shown", "count"}), ("row", step.row, set(tool.returns))):
            _phrase(self._pack, code, self._path, self._line([*path, key]), "this step says it")
            for language, phrases in self._pack.phrases.items():
                for name, _ in (each for template in phrases.variants(code) for each in fields(template)):
                    if name not in more and not self._available(name):
                        raise self._wrong(
                            [*path, key], f"phrase {code!r} ({language}) has {{{name}}}, which nothing fills"
                        )

    def _branch(self, step: Branch, path: list[str]) -> None:
        for target in [*step.to.values(), step.otherwise]:
            if target and target not in self._ids:
                raise self._wrong([*path, "to"], f"there is no step {target!r}")
        if "." in step.branch:
            values = set(self._values(step.branch, [*path, "branch"]))
            if unknown := set(step.to) - values:
                raise self._wrong([*path, "to"], f"{step.branch} is never {', '.join(sorted(unknown))}")
        elif step.branch not in self._flow.slots:
            raise self._wrong([*path, "branch"], f"there is no slot {step.branch!r}")

    def _complained(self) -> None:
        """A complaint leaves its key with the customer, in words and on the receipt of a screen; and sells nothing."""
        key, into = self._flow.complaint, self._flow.complaint.partition(".")[0]
        tool = self._pack.tools.get(self._results.get(into, ""))
        if tool is None or not tool.acts or not self._available(key):
            raise self._wrong(["complaint"], f"{key!r} is no key of the result of a call that acts")
        said = [step.say for step in self._flow.steps if isinstance(step, Say)]
        for language, phrases in self._pack.phrases.items():
            if not any(_has(key, phrases.variants(code)) and _has(key, [phrases.receipt(code)]) for code in said):
                raise self._wrong(
                    ["complaint"], f"no step says {{{key}}} and has it in [detail] too, as a receipt ({language})"
                )
        for at, step in enumerate(self._flow.steps):
            if isinstance(step, Say) and step.sells:
                raise self._wrong(["steps", str(at), "sells"], "nothing is sold while a customer complains")

    def _confirmed(self) -> None:
        """The only way into a call that acts is the yes of the confirmation right before it."""
        steps = self._flow.steps
        targets = {target for step in steps for target in _targets(step)}
        for at, step in enumerate(steps):
            if not (isinstance(step, Call) and self._pack.tools[step.call].acts):
                continue
            if at == 0 or not isinstance(steps[at - 1], Confirm) or step_id(step, at) in targets:
                raise self._wrong(
                    ["steps", str(at)], f"{step.call} acts: only a `confirm` may lead to it, right before"
                )


def _has(name: str, templates: list[str]) -> bool:
    """Whether all of them have the field."""
    return all(name in [field for field, _ in fields(template)] for template in templates)


def _targets(step: Step) -> list[str]:
    if isinstance(step, Branch):
        return [*step.to.values(), step.otherwise]
    following = getattr(step, "next", "")
    return [following] if following else []
