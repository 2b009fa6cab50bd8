"""The pack's tools: plain functions in its tools.py, the reading ones told apart from the acting ones.

A tool takes the database first, then by name what it declares of `today`, `language`, `store` … (the pack's facts)
and of its flow's arguments. It returns a TypedDict of plain values (a list of them when it gives options to choose
from). Tools named in the module's `ACTS` change something. Those in `CHECKS` find out who the customer is: they write
what is counted and sent for that, and nothing else. All others get a connection that can't write. So do those of `ACTS`
that `OUTSIDE` names too: they act on another system than this database, and raise ToolError("tool.…") when surely
nothing has happened there; anything else that they raise leaves it open.
"""

import importlib.util
import inspect
import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from core.errors import AgentError, PackError, ToolError
from runtime.agent import Value

SUPPLIED = frozenset({"today", "language", "store", "key", "customer", "now", "deliver"})
"""Parameters that the agent fills in itself: date, "es" or "en", the device's store, the effect's key, the customer's
id, for those that write: seconds since 1970, and for those in `CHECKS`: a way to send the customer a message
(`delivery.Deliver`), for which what they have written so far is kept."""


def nothing() -> None:
    """Most tools keep nothing open."""


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    function: Callable[..., Any]
    acts: bool
    checks: bool
    outside: bool
    """It works on another system than the pack's database."""
    parameters: frozenset[str]
    required: frozenset[str]
    returns: Mapping[str, tuple[str, ...]]
    """Key → the values it can have (a Literal's), empty when any."""
    many: bool
    """Returns a list of rows: options to choose from."""
    listed: bool = False
    """Only flows that name it in `allow` may call it."""
    probe: Callable[[], str] | None = None
    """Connects to what it works on and says what is wrong; empty when nothing is."""
    close: Callable[[], None] = nothing
    """Ends what it keeps open; it opens again when it is called."""


def load_tools(path: Path, name: str) -> dict[str, Tool]:
    """Every public function defined in `path`. Raises PackError naming the file."""
    if not path.is_file():
        return {}
    module = _module(path, f"sector_{name}_tools")
    acts, outside, checks = (tuple(getattr(module, name, ())) for name in ("ACTS", "OUTSIDE", "CHECKS"))
    tools = {
        key: _tool(path, key, function, key in acts, key in checks, key in outside)
        for key, function in vars(module).items()
        if inspect.isfunction(function) and function.__module__ == module.__name__ and not key.startswith("_")
    }
    for named, keys in (("ACTS", acts), ("CHECKS", checks), ("OUTSIDE", outside)):
        for key in keys:
            if key not in tools or (key in acts) is (named == "CHECKS"):
                lines = path.read_text("utf-8").splitlines()
                line = next((at for at, text in enumerate(lines, 1) if text.startswith(named)), 1)
                known = "ACTS names too" if named == "CHECKS" else "is not in ACTS"
                what = known if key in tools else "is no function of the file"
                raise PackError("pack.tools", f"{path}:{line}: {named} names {key!r}, which {what}")
    return tools


def call(tool: Tool, db: sqlite3.Connection, supplied: Mapping[str, Any], arguments: Mapping[str, Any]) -> Any:
    """Run a tool. A database that fails is an AgentError; anything else a tool raises is a mistake of the pack."""
    given = {key: value for key, value in supplied.items() if key in tool.parameters}
    try:
        result = tool.function(db, **given, **arguments)
    except (sqlite3.Error, ToolError):
        raise
    except Exception as error:
        raise AgentError("agent.tool_failed", f"tool {tool.name} failed: {error!r}") from error
    if wrong := _rubbish(tool, result):
        raise AgentError("agent.tool_failed", f"tool {tool.name} {wrong}")
    return result


def _rubbish(tool: Tool, result: Any) -> str:
    """What is wrong with a result, which may come from elsewhere: not the rows that were declared; "" when nothing."""
    rows = result if tool.many else [result]
    if not isinstance(rows, list | tuple) or not all(isinstance(row, Mapping) for row in rows):
        return f"returned {type(result).__name__}, not {'a list of rows' if tool.many else 'a row'}"
    for row in rows:
        for key, values in tool.returns.items():
            if key in ("id", "outcome") and key not in row:
                return f"returned no {key!r}"
            if values and row.get(key) is not None and str(row[key]) not in values:
                return f"returned {key} = {row[key]!r}, which is none of {', '.join(values)}"
    return ""


def _module(path: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise PackError("pack.tools", f"{path}: is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        line = getattr(error, "lineno", None) or _last_line(error, path)
        raise PackError("pack.tools", f"{path}:{line}: {type(error).__name__}: {error}") from error
    return module


def _last_line(error: BaseException, path: Path) -> int:
    trace, line = error.__traceback__, 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path.absolute()):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _tool(path: Path, name: str, function: Callable[..., Any], acts: bool, checks: bool, outside: bool) -> Tool:
    where = f"{path}:{function.__code__.co_firstlineno}: {name}"
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters.values())
    if not parameters or parameters[0].name != "db":
        raise PackError("pack.tools", f"{where}: the first parameter of a tool is `db: sqlite3.Connection`")
    result = hints.get("return")
    many = get_origin(result) is list
    row = get_args(result)[0] if many else result
    if not (isinstance(row, type) and issubclass(row, dict) and hasattr(row, "__annotations__")):
        raise PackError("pack.tools", f"{where}: a tool returns a TypedDict, or a list of them")
    returns = {key: _values(kind) for key, kind in get_type_hints(row).items()}
    if not checks and any(parameter.name == "deliver" for parameter in parameters):
        raise PackError("pack.tools", f"{where}: only tools in CHECKS get `deliver`")
    return Tool(
        name=name,
        function=function,
        acts=acts,
        checks=checks,
        outside=outside,
        parameters=frozenset(parameter.name for parameter in parameters[1:]),
        required=frozenset(p.name for p in parameters[1:] if p.default is inspect.Parameter.empty),
        returns=returns,
        many=many,
    )


def _values(kind: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in get_args(kind)) if get_origin(kind) is Literal else ()


def plain(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Value]]:
    """Rows of a tool as slot values."""
    return [dict(row) for row in rows]
