"""Whether a pack tells nobody what it may not: levels that can be reached, and a customer that no words can name."""

from collections.abc import Mapping

from core.errors import PackError
from runtime.agent import LEVELS, Value
from runtime.agent.flow import Ask, Call, Flow, Identify
from runtime.agent.identity import OK
from runtime.agent.pack import Pack
from runtime.agent.places import line_of


def check_levels(pack: Pack) -> None:
    """[identity] of pack.toml. Raises PackError, with file and line."""
    path, flows = pack.folder / "pack.toml", pack.manifest.identity
    text = path.read_text("utf-8")
    for level in LEVELS[1:]:
        name = getattr(flows, level)
        if not name:
            continue
        where = f"{path}:{line_of(text, ['identity', level])}: identity.{level}"
        if name not in pack.flows:
            raise PackError("pack.identity", f"{where}: there is no flow {name!r}")
        flow = pack.flows[name]
        if not any(isinstance(step, Identify) and step.reaches == level for step in flow.steps):
            raise PackError("pack.identity", f"{where}: no step of flow {name!r} has reaches = {level!r}")
        if LEVELS.index(flow.level) >= LEVELS.index(level):
            raise PackError("pack.identity", f"{where}: flow {name!r} itself needs level = {flow.level!r}")
        for code in ("identity.failed", "identity.dropped", f"brief.{level}"):
            for language, phrases in pack.phrases.items():
                if code not in phrases:
                    raise PackError("pack.phrase", f"{where}: phrase {code!r} is missing in phrases/{language}.toml")


def check_level(pack: Pack, flow: Flow) -> None:
    """One flow. Raises PackError, with file and line."""
    _LevelCheck(pack, flow).run()


class _LevelCheck:
    def __init__(self, pack: Pack, flow: Flow) -> None:
        self._pack = pack
        self._flow = flow
        self._path = pack.folder / "flows" / f"{flow.id}.toml"
        self._text = self._path.read_text("utf-8")
        self._reaches = pack.manifest.identity.level_of(flow.id)

    def run(self) -> None:
        flow = self._flow
        if flow.level != "anonymous" and not getattr(self._pack.manifest.identity, flow.level):
            raise self._wrong(["level"], f"[identity] of pack.toml names no flow that reaches {flow.level!r}")
        for name, slot in flow.slots.items():
            if slot.type == "choice":
                self._customer(slot.options, slot.arguments, ["slots", name])
            if slot.type == "pin":
                self._pin(name)
        for at, step in enumerate(flow.steps):
            path = ["steps", str(at)]
            if isinstance(step, Identify):
                self._identify(step, path)
            if isinstance(step, Call):
                self._customer(step.call, step.arguments, path)
                self._only_here(step.call, path)

    def _wrong(self, path: list[str], message: str) -> PackError:
        return PackError("pack.identity", f"{self._path}:{line_of(self._text, path)}: {'.'.join(path)}: {message}")

    def _customer(self, name: str, arguments: Mapping[str, Value], path: list[str]) -> None:
        """Whoever asks for the customer gets it from the agent, and not before they are known."""
        tool = self._pack.tools.get(name)
        if tool is None or "customer" not in tool.parameters:
            return
        if "customer" in arguments:
            raise self._wrong(path, f"{name} gets `customer` from the agent: a flow does not give it")
        if self._flow.level == "anonymous":
            raise self._wrong(path, f"{name} takes `customer`: the flow needs `level`, claimed or verified")

    def _only_here(self, name: str, path: list[str]) -> None:
        tool = self._pack.tools.get(name)
        if tool is not None and tool.checks and not self._reaches:
            raise self._wrong(path, f"{name} is in CHECKS: only a flow that [identity] names may call it")

    def _identify(self, step: Identify, path: list[str]) -> None:
        tool = self._pack.tools.get(step.identify)
        if tool is None:
            raise self._wrong([*path, "identify"], f"tools.py has no function {step.identify!r}")
        if tool.acts or tool.many:
            raise self._wrong([*path, "identify"], f"{tool.name} must be in CHECKS, or only read, and return one row")
        if not self._reaches or LEVELS.index(step.reaches) > LEVELS.index(self._reaches):
            raise self._wrong([*path, "reaches"], f"[identity] of pack.toml does not name this flow for {step.reaches}")
        if OK not in tool.returns.get("outcome", ()) or len(tool.returns["outcome"]) < 2:
            raise self._wrong(
                [*path, "identify"], f'{tool.name} must return an `outcome` that is a Literal of "ok" and more'
            )
        self._customer(step.identify, step.arguments, path)
        if "customer" not in tool.returns and self._flow.level == "anonymous":
            raise self._wrong([*path, "identify"], f"{tool.name} must return the `customer`, or the flow needs a level")
        if step.reaches == "verified" and step.how:
            self._how(step.how, path)

    def _how(self, how: str, path: list[str]) -> None:
        for language, phrases in self._pack.phrases.items():
            if f"brief.verified.{how}" not in phrases:
                raise self._wrong(
                    [*path, "how"], f"phrase 'brief.verified.{how}' is missing in phrases/{language}.toml"
                )

    def _pin(self, name: str) -> None:
        """Digits that are for the tool of an `identify` step, which has to be able to count."""
        slot, path = self._flow.slots[name], ["slots", name]
        if slot.optional or slot.default is not None:
            raise self._wrong(path, "a PIN is asked for: it is neither optional nor has a default")
        for at, step in enumerate(self._flow.steps):
            uses = f"${name}" in getattr(step, "arguments", {}).values() or getattr(step, "branch", "") == name
            tool = self._pack.tools.get(step.identify) if isinstance(step, Identify) else None
            if uses and not (tool and tool.checks):
                raise self._wrong(
                    ["steps", str(at)], f"only an `identify` step with a tool in CHECKS takes the PIN ${name}"
                )
        for other in self._flow.slots.values():
            if f"${name}" in other.arguments.values():
                raise self._wrong(path, f"only an `identify` step takes the PIN ${name}")
        asks = [at for at, step in enumerate(self._flow.steps) if isinstance(step, Ask) and step.ask == name]
        if not asks:
            raise self._wrong(path, f"nothing asks for the PIN {name!r}")
