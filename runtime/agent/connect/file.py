"""connectors.toml: systems, and tools on them, checked; what is wrong is named with file and line."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from msgspec import Struct

from core.errors import PackError
from runtime.agent import Value
from runtime.agent.connect import http, mcp, sql, statement
from runtime.agent.connect.given import Given, as_given
from runtime.agent.connect.http import Answer, HttpSystem, Request
from runtime.agent.connect.mcp import McpCall, McpServer, McpSystem
from runtime.agent.connect.patience import Patience, Trouble
from runtime.agent.connect.results import Kind, garbage, row, rows
from runtime.agent.connect.sql import PostgresSystem, SqliteSystem
from runtime.agent.places import line_of
from runtime.agent.tomls import read_toml
from runtime.agent.tools import SUPPLIED, Tool, nothing

MOST_READING = 8.0
MOST_ACTING = 12.0
"""Seconds that a tool may take in all, tries and pauses together."""

System = SqliteSystem | PostgresSystem | HttpSystem | McpSystem
OFFERED: dict[str, Given] = {
    "today": "text", "language": "text", "store": "text", "customer": "text", "key": "text", "now": "number",
}  # fmt: skip
"""What of `SUPPLIED` can be sent to another system; the last two only by what acts."""


class ToolSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """`[tool.<name>]`. One of `sql`, `request` and `mcp`, as its system is.

    `always` is part of every result, `missing` is the result where no row is found or changed, `statuses` where an
    HTTP service answers with that status; `fields`: key → where it stands in the answer ("stock.units"), when not
    under its own name. `many`: rows to choose from. `timeout`: seconds in all. `tries`: more than one only for tools
    that don't act, or that hand on the effect's `key`.
    """

    system: str
    returns: dict[str, Kind]
    parameters: dict[str, Given] = {}
    sql: str = ""
    request: Request | None = None
    mcp: McpCall | None = None
    acts: bool = False
    many: bool = False
    always: dict[str, Value] = {}
    missing: dict[str, Value] = {}
    statuses: dict[str, dict[str, Value]] = {}
    fields: dict[str, str] = {}
    timeout: float = 3.0
    tries: int = 0


class ConnectorsFile(Struct, frozen=True, forbid_unknown_fields=True):
    system: dict[str, System] = {}
    tool: dict[str, ToolSpec] = {}


def load_connectors(path: Path) -> dict[str, Tool]:
    """The tools of a connectors file; none where there is no file. Raises PackError. Connects to nothing."""
    if not path.is_file():
        return {}
    file = read_toml(path, ConnectorsFile)
    text = path.read_text("utf-8")
    for name, system in file.system.items():
        if wrong := _system_mistake(system):
            raise PackError("pack.connector", f"{path}:{line_of(text, ['system', name])}: system.{name}: {wrong}")
    patience = {name: Patience() for name in file.system}
    servers = {name: McpServer(system) for name, system in file.system.items() if isinstance(system, McpSystem)}
    tools = {}
    for name, spec in file.tool.items():
        try:
            tools[name] = _tool(name, spec, file.system, servers, patience, path.parent)
        except ValueError as error:
            raise PackError(
                "pack.connector", f"{path}:{line_of(text, ['tool', name])}: tool.{name}: {error}"
            ) from error
    return tools


def _system_mistake(system: System) -> str:
    secret = getattr(system, "secret", None)
    if secret is not None and bool(secret.env) == bool(secret.file):
        return "secret: give `env` or `file`, one of them"
    if isinstance(system, HttpSystem):
        told = {header.lower() for header in system.headers}
        if told & {"authorization", "cookie", "x-api-key", system.header.lower()}:
            return "headers: what is secret is no part of a pack: use `secret`"
        return http.mistake(system)
    if isinstance(system, McpSystem):
        return mcp.mistake(system)
    return sql.mistake(system) if isinstance(system, PostgresSystem) else ""


def _tool(
    name: str,
    spec: ToolSpec,
    systems: Mapping[str, System],
    servers: Mapping[str, McpServer],
    patience: Mapping[str, Patience],
    folder: Path,
) -> Tool:
    if spec.system not in systems:
        raise ValueError(f"there is no system {spec.system!r}")
    system = systems[spec.system]
    server = servers.get(spec.system)
    match system:
        case HttpSystem():
            used, run, shape = _http(spec, system)
        case McpSystem():
            used, run, shape = _mcp(spec, servers[spec.system])
        case _:
            used, run, shape = _sql(spec, system, folder)
    _check(spec, used)
    tries = spec.tries or (1 if spec.acts and "key" not in used else 3)
    by = patience[spec.system]
    kinds = {**OFFERED, **spec.parameters}

    def function(_: Any, **values: Any) -> Any:
        given = {key: as_given(key, values.get(key), kinds[key]) for key in used}  # a ToolError: nothing is sent yet
        return by.call(name, spec.timeout, tries, spec.acts, lambda seconds: shape(run(given, seconds)))

    return Tool(
        name=name,
        function=function,
        acts=spec.acts,
        checks=False,
        outside=True,
        parameters=frozenset(used),
        required=frozenset(key for key, kind in spec.parameters.items() if not kind.endswith("?")),
        returns={key: tuple(kind) if isinstance(kind, list) else () for key, kind in spec.returns.items()},
        many=spec.many,
        listed=server is not None,
        probe=_probe(spec, server, used) if server is not None else None,
        close=server.close if server is not None else nothing,
    )


def _probe(spec: ToolSpec, server: McpServer, used: set[str]) -> Callable[[], str]:
    call = spec.mcp
    assert call is not None
    given = used if call.arguments is None else set(call.arguments)
    optional = {key for key, kind in spec.returns.items() if isinstance(kind, str) and kind.endswith("?")}
    wanted = set(spec.returns) - set(spec.always) - set(spec.fields) - optional
    return lambda: server.probe(call, given, wanted, MOST_READING)


def _check(spec: ToolSpec, used: set[str]) -> None:
    """Raises ValueError."""
    if clash := set(spec.parameters) & SUPPLIED:
        raise ValueError(f"parameters: {', '.join(sorted(clash))} is supplied by the agent")
    if unknown := used - set(spec.parameters) - SUPPLIED:
        raise ValueError(f"parameters: {', '.join(sorted(unknown))} is used and not declared")
    if unused := set(spec.parameters) - used:
        raise ValueError(f"parameters: {', '.join(sorted(unused))} is declared and not used")
    unfit = used - set(spec.parameters) - (set(OFFERED) if spec.acts else set(OFFERED) - {"key", "now"})
    if unfit:
        raise ValueError(f"{', '.join(sorted(unfit))}: is supplied to other tools, not to this one")
    most = MOST_ACTING if spec.acts else MOST_READING
    if not 0 < spec.timeout <= most:
        raise ValueError(f"timeout: more than 0 and at most {most:g} seconds")
    if spec.acts and "key" not in used and spec.tries > 1:
        raise ValueError("tries: a tool that acts is tried once, unless it hands on `key`, by which it is done once")
    if spec.tries < 0 or spec.tries > 5:
        raise ValueError("tries: at most 5")
    if spec.acts and spec.many:
        raise ValueError("many: options to choose from change nothing")
    if not spec.returns:
        raise ValueError("returns: say at least one key")
    for title, fixed in (
        ("missing", spec.missing),
        *((f"statuses.{key}", each) for key, each in spec.statuses.items()),
    ):
        if fixed:
            if strange := set(fixed) - set(spec.returns):
                raise ValueError(f"{title}: {', '.join(sorted(strange))} is not in returns")
            try:
                row({**spec.always, **fixed}, spec.returns, reached=False)
            except Trouble as error:
                raise ValueError(f'{title}: {error.message}: what it has not must end in "?" in returns') from error


def _sql(spec: ToolSpec, system: SqliteSystem | PostgresSystem, folder: Path) -> tuple[set[str], Any, Any]:
    if not spec.sql or spec.request is not None or spec.mcp is not None or spec.statuses or spec.fields:
        raise ValueError(f"system {spec.system!r} is a database: say `sql`, and no request, mcp, statuses or fields")
    try:
        parsed = statement.parse(spec.sql)
    except ValueError as error:
        raise ValueError(f"sql: {error}") from error
    if parsed.writes and not spec.acts:
        raise ValueError("sql: it writes, or may: a tool that changes something says `acts = true`")
    if spec.acts and not parsed.writes:
        raise ValueError("sql: `acts`, but nothing is written")
    if spec.acts and not parsed.counts:
        raise ValueError(f"sql: {parsed.verb.upper()} doesn't say what it has changed: insert, update, delete or merge")
    run = (
        sql.sqlite_runner(system, folder, parsed, spec.acts)
        if isinstance(system, SqliteSystem)
        else sql.postgres_runner(system, parsed, spec.acts)
    )

    def shape(found: sql.Found) -> Any:
        if spec.many:
            return rows([{**spec.always, **each} for each in cast("list[dict[str, Any]]", found)], spec.returns)
        first: dict[str, Any] | None = None
        if isinstance(found, int):
            first = {} if found else None
        elif found:
            first = found[0]
        if first is None:
            if not spec.missing:
                raise garbage("no row", reached=False)
            first = spec.missing
        return row({**spec.always, **first}, spec.returns, reached=spec.acts)

    return set(parsed.parameters), run, shape


def _http(spec: ToolSpec, system: HttpSystem) -> tuple[set[str], Any, Any]:
    request = spec.request
    if request is None or spec.sql or spec.mcp is not None or spec.missing:
        raise ValueError(f"system {spec.system!r} is an HTTP service: say `request`, and no sql, mcp or missing")
    if spec.acts != (request.method != "GET"):
        what = "changes nothing" if spec.acts else "may change something"
        raise ValueError(f"request: {request.method} {what}: `acts` goes with POST, PUT, PATCH and DELETE")
    if not request.path.startswith("/") or "?" in request.path or "#" in request.path or "//" in request.path:
        raise ValueError("request.path: begins with one / and has no query")
    if request.key_header and not http.HEADER.fullmatch(request.key_header):
        raise ValueError(f"request.key_header: {request.key_header!r} is no name of a header")
    if missing := {key for key in http.in_path(request) if spec.parameters.get(key, "").endswith("?")}:
        raise ValueError(f"request.path: {', '.join(sorted(missing))} may be missing, and then there is no such path")
    used = http.names(request) | ({"key"} if request.key_header else set())

    def shape(answer: Answer) -> Any:
        if (fixed := spec.statuses.get(str(answer.status))) is not None:
            return row({**spec.always, **fixed}, spec.returns, reached=spec.acts)
        if answer.status >= 400:
            raise Trouble("tool.refused", f"status {answer.status}", again=False, reached=False, ill=False)
        return _shaped(_at(answer.content, request.at), spec)

    return used, http.runner(system, request), shape


def _mcp(spec: ToolSpec, server: McpServer) -> tuple[set[str], Any, Any]:
    call = spec.mcp
    if call is None or spec.sql or spec.request is not None or spec.missing or spec.statuses:
        raise ValueError(
            f"system {spec.system!r} is an MCP server: say `mcp`, and no sql, request, missing or statuses"
        )

    def shape(content: Any) -> Any:
        if spec.many and isinstance(content, dict) and set(content) == {"result"}:
            content = content["result"]  # how servers wrap what is no object
        return _shaped(content, spec)

    return mcp.names(call, spec.parameters), mcp.runner(server, call, spec.parameters), shape


def _shaped(found: Any, spec: ToolSpec) -> Any:
    """An object, or a list of them, as declared."""
    if spec.many:
        if not isinstance(found, list):
            raise garbage("no list", reached=False)
        return rows([_named(each, spec) for each in found], spec.returns)
    if not isinstance(found, dict):
        raise garbage("no object", reached=spec.acts)
    return row(_named(found, spec), spec.returns, reached=spec.acts)


def _named(found: Any, spec: ToolSpec) -> dict[str, Any]:
    own = found if isinstance(found, dict) else {}
    return {**own, **spec.always, **{key: _at(own, path) for key, path in spec.fields.items()}}


def _at(content: Any, path: str) -> Any:
    """What stands under "a.b" of JSON; None where there is nothing."""
    for key in path.split(".") if path else ():
        content = content.get(key) if isinstance(content, dict) else None
    return content
