"""Tools of an MCP server, by the official SDK: over the pipes of a process of our own, or by streamable HTTP.

What a server says of its tools is data that people accept (`pin`) and nobody else reads: it reaches no prompt. A tool
whose name, description or schema is not the accepted one is not called.
"""

import asyncio
import atexit
import hashlib
import json
import os
import re
import threading
import time
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent import futures
from concurrent.futures import Future
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from core.errors import ToolError
from runtime.agent.connect.http import LOOPBACK, MOST_BYTES, Sent, filled
from runtime.agent.connect.loop import loop, within
from runtime.agent.connect.patience import Trouble
from runtime.agent.connect.results import garbage
from runtime.agent.connect.secrets import Secret

if TYPE_CHECKING:
    from mcp import Client, StdioServerParameters
    from mcp.client._transport import TransportStreams

_FIELD = re.compile(r"\{(\w+)\}")
_START, _END = 30.0, 10.0
"""Seconds that a server has to start and to end."""
_SILENT, _HELLO = 2, 2.0
"""After so many calls in a row without an answer in time, a server is first asked for anything, for so many seconds at
most; one that hangs is begun anew."""
_SILENCE = 30.0
"""Seconds that one over HTTP may say nothing; a call has less."""
_CLOSED = "Connection closed"
"""What the SDK says of its own, beside a code that servers use, too."""
_SENDING: ContextVar[Sent | None] = ContextVar("sending", default=None)
_MOST_PAGES = 20


class McpSystem(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="mcp"):
    """`command` of a server that speaks over its pipes, or the `url` of one that speaks streamable HTTP.

    `secret` is sent as `header`, after `scheme`; a process gets it as the environment variable `secret_as`. Of our own
    environment it gets no more than the SDK's harmless few.
    """

    command: list[str] = []
    url: str = ""
    secret: Secret | None = None
    secret_as: str = ""
    header: str = "Authorization"
    scheme: str = "Bearer"


class McpCall(Struct, frozen=True, forbid_unknown_fields=True):
    """`tool` of the server; `arguments`: a template like an HTTP body, else each parameter under its own name.
    `pin`: what `mostrador pack check --connect` prints for the tool as it was when somebody accepted it."""

    tool: str
    arguments: dict[str, Any] | None = None
    pin: str = ""


def mistake(system: McpSystem) -> str:
    """What is wrong with a system; empty when nothing is."""
    if bool(system.command) == bool(system.url):
        return "give `command` or `url`, one of them"
    if system.command:
        return "secret_as: name the variable that takes the secret" if system.secret and not system.secret_as else ""
    parts = urlsplit(system.url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        return f"{system.url!r} is no http address"
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return f"{system.url!r}: only https leaves this machine"
    return ""


def names(call: McpCall, parameters: Mapping[str, str]) -> set[str]:
    """The parameters that the call hands on."""
    return set(parameters) if call.arguments is None else set(_FIELD.findall(json.dumps(call.arguments)))


def pin_of(tool: Mapping[str, Any]) -> str:
    """What was accepted: name, description and both schemas, as one number."""
    content = json.dumps([tool[key] for key in ("name", "description", "input", "output")], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class _Connected:
    client: "Client"
    tools: Mapping[str, dict[str, Any]]
    """As the server described them when it was connected to."""


class McpServer:
    """One server, connected to from the first call until the program ends or the connection breaks."""

    def __init__(self, system: McpSystem) -> None:
        self._system = system
        self._lock = threading.Lock()
        """Held for a moment only, never while something is waited for."""
        self._connection: _Connection | None = None
        self._closing: set[_Connection] = set()

    def call(self, call: McpCall, arguments: Mapping[str, Any], seconds: float) -> Any:
        """The structured result. Raises Trouble, ToolError."""
        until = time.monotonic() + seconds
        connection = self._latest()
        connected = connection.ready_in(seconds)
        if connection.silent >= _SILENT and not connection.answers(min(_HELLO, (until - time.monotonic()) / 2)):
            self._drop(connection)
            connection = self._latest()
            connected = connection.ready_in(max(0.0, until - time.monotonic()))
        if wrong := _changed(call, connected):
            raise ToolError("tool.changed", wrong)
        sent = Sent(begun=bool(self._system.command))  # a pipe takes what it is given
        left = max(0.001, until - time.monotonic())

        async def ask() -> Any:
            _SENDING.set(sent)
            return await connected.client.call_tool(call.tool, dict(arguments), left)

        try:
            result = within(left, ask())
        except TimeoutError:
            connection.silent += 1
            raise Trouble("tool.timeout", f"no answer in {seconds:.1f} s", again=True, reached=sent.begun) from None
        except Exception as error:  # noqa: BLE001  what it says is the server's own: it goes nowhere
            trouble = _trouble(error, broken=connection.broken(), sent=sent.begun)
            if trouble.code == "tool.unreachable":
                self._drop(connection)
            raise trouble from None
        connection.silent = 0
        return _content(result)

    def probe(self, call: McpCall, given: set[str], returns: set[str], seconds: float) -> str:
        """Connect, and say what is wrong with a tool; empty when nothing is."""
        try:
            connected = self._latest().ready_in(seconds)
        except (Trouble, ToolError) as error:
            return f"{error.code}: {error.message}"
        if wrong := _changed(call, connected):
            return wrong
        tool = connected.tools[call.tool]
        takes, gives = tool["input"].get("properties", {}), (tool["output"] or {}).get("properties")
        if unknown := given - set(takes):
            return f"{call.tool} takes no {', '.join(sorted(unknown))}"
        if missing := set(tool["input"].get("required", ())) - given:
            return f"{call.tool} needs {', '.join(sorted(missing))}"
        if gives is not None and (unknown := returns - set(gives)):
            return f"{call.tool} returns no {', '.join(sorted(unknown))}"
        return ""

    def close(self) -> None:
        """End the connection, and the process with it; the next call makes both anew."""
        with self._lock:
            connection = self._connection
        if connection is not None:
            self._drop(connection)
        futures.wait([each.ended for each in tuple(self._closing)], _END)

    def _latest(self) -> "_Connection":
        """The one that is there, ready or not; else a new one."""
        with self._lock:
            old = self._connection
            if old is not None and not old.broken():
                return old
            made = self._connection = _Connection(self._system)
        atexit.unregister(self.close)
        atexit.register(self.close)
        if old is not None:
            self._drop(old)
        return made

    def _drop(self, connection: "_Connection") -> None:
        """It ends in its own time."""
        with self._lock:
            if self._connection is connection:
                self._connection = None
            self._closing.add(connection)
        connection.ended.add_done_callback(lambda _: self._closing.discard(connection))
        connection.end()


class _Connection:
    """From the start of the process, or the first request, to the end: in one task, as the SDK wants it.

    Who waits for it to be ready waits as long as they have time. A server that takes longer goes on starting for those
    who come after, and is ended when it takes longer than `_START`.
    """

    def __init__(self, system: McpSystem) -> None:
        self._system = system
        self._ready: Future[_Connected] = Future()
        self._over = asyncio.Event()
        self._starting: asyncio.Timeout | None = None
        self._pipe: Any = None
        self.silent = 0
        """Calls in a row that had no answer in time."""
        self.ended: Future[None] = asyncio.run_coroutine_threadsafe(self._kept(), loop())

    def ready_in(self, seconds: float) -> _Connected:
        """Raises Trouble, ToolError: nothing has been asked of it yet."""
        try:
            return self._ready.result(seconds)
        except ToolError:
            raise
        except TimeoutError:
            why = f"not ready in {seconds:.1f} s"
        except Exception as error:  # noqa: BLE001  of that connection, whatever it was
            why = type(error).__name__
        raise Trouble("tool.unreachable", why, again=True, reached=False)

    def answers(self, seconds: float) -> bool:
        """Whether it still says anything at all."""
        client = self._ready.result().client
        try:
            within(seconds, client.session.list_tools())
        except Exception:  # noqa: BLE001  whatever it was, there is no answer
            return False
        self.silent = 0
        return True

    def broken(self) -> bool:
        """Whether nothing can come over it any more."""
        return self.ended.done() or (self._pipe is not None and self._pipe.statistics().open_send_streams == 0)

    def end(self) -> None:
        loop().call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._over.set()  # which is what a connection that is ready waits for
        if self._starting is not None and not self._starting.expired() and not self._ready.done():
            self._starting.reschedule(loop().time())

    async def _kept(self) -> None:
        why: Exception = TimeoutError(f"not ready in {_START:g} s")
        try:
            if self._over.is_set():
                return
            async with asyncio.timeout(_START) as self._starting:
                async with AsyncExitStack() as stack:
                    client = await stack.enter_async_context(await self._open(stack))
                    tools = await _listed(client)
                    self._starting.reschedule(None)
                    self._ready.set_result(_Connected(client, tools))
                    await self._over.wait()
        except Exception as error:  # noqa: BLE001  goes to whoever waits for it
            why = error
        finally:
            if not self._ready.done():
                self._ready.set_exception(why)

    async def _open(self, stack: AsyncExitStack) -> "Client":
        """Raises ToolError."""
        import httpx2
        from mcp import Client, StdioServerParameters
        from mcp.client.streamable_http import streamable_http_client

        system = self._system
        if system.command:
            command, *arguments = system.command
            env = {system.secret_as: system.secret.read()} if system.secret else None
            return Client(self._piped(StdioServerParameters(command=command, args=arguments, env=env)))
        headers = {system.header: system.secret.header(system.scheme)} if system.secret else {}
        web = httpx2.AsyncClient(headers=headers, timeout=_SILENCE, trust_env=False, event_hooks={"request": [_watch]})
        return Client(streamable_http_client(system.url, http_client=await stack.enter_async_context(web)))

    @asynccontextmanager
    async def _piped(self, parameters: "StdioServerParameters") -> "AsyncIterator[TransportStreams]":
        """Over pipes; the server's own log goes nowhere."""
        from mcp import stdio_client

        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:  # noqa: ASYNC230  never waits
            async with stdio_client(parameters, errlog=nowhere) as (read, write):
                self._pipe = read
                yield read, write


async def _watch(request: Any) -> None:
    """Sees when the request of a call leaves; the SDK hands the caller's context on to here."""
    if (sent := _SENDING.get()) is not None:
        request.extensions["trace"] = sent.trace


def _changed(call: McpCall, connected: _Connected) -> str:
    """Why a tool may not be called; empty when it is as it was accepted."""
    tool = connected.tools.get(call.tool)
    if tool is None:
        return f"the server has no tool {call.tool!r}"
    if call.pin != pin_of(tool):
        what = "is not what was accepted" if call.pin else "was not accepted yet"
        return f'{call.tool} {what}: read what it says of itself, then write pin = "{pin_of(tool)}"'
    return ""


def _trouble(error: Exception, *, broken: bool, sent: bool) -> Trouble:
    """How a call went wrong: its connection broke ("tool.unreachable"), or that one call failed."""
    from mcp import MCPError
    from mcp.types import CONNECTION_CLOSED, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, REQUEST_TIMEOUT

    if not isinstance(error, MCPError):
        if broken:
            return Trouble("tool.unreachable", type(error).__name__, again=True, reached=sent)
        return garbage("what the protocol doesn't allow", reached=sent)
    why = f"error {error.code}"
    if error.code == INVALID_REQUEST and "session" in error.message.lower():  # it was begun anew, and forgot ours
        return Trouble("tool.unreachable", why, again=True, reached=False)
    if broken or (error.code == CONNECTION_CLOSED and error.message == _CLOSED):
        return Trouble("tool.unreachable", why, again=True, reached=sent)
    if error.code == REQUEST_TIMEOUT:
        return Trouble("tool.timeout", why, again=True, reached=sent)
    if error.code in (METHOD_NOT_FOUND, INVALID_PARAMS):  # which JSON-RPC says of what was not begun
        return Trouble("tool.refused", why, again=False, reached=False, ill=False)
    return Trouble("tool.failed", why, again=True, reached=sent)


def runner(
    server: McpServer, call: McpCall, parameters: Mapping[str, str]
) -> Callable[[Mapping[str, Any], float], Any]:
    def run(values: Mapping[str, Any], seconds: float) -> Any:
        if call.arguments is not None:
            given = filled(call.arguments, values)
        else:
            given = {name: values[name] for name in parameters}
        return server.call(call, {name: value for name, value in given.items() if value is not None}, seconds)

    return run


async def _listed(client: "Client") -> dict[str, dict[str, Any]]:
    """The server's tools by name, as plain data."""
    found: dict[str, dict[str, Any]] = {}
    cursor: str | None = None
    for _ in range(_MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        for tool in page.tools:
            found[tool.name] = {
                "name": tool.name,
                "description": tool.description or "",
                "input": tool.input_schema,
                "output": tool.output_schema,
            }
        cursor = page.next_cursor
        if cursor is None:
            break
    return found


def _content(result: Any) -> Any:
    """What a tool returned as JSON: structured, or as its one text."""
    if result.is_error:
        raise Trouble("tool.refused", "the tool says that it failed", again=False, reached=True, ill=False)
    content = result.structured_content
    if content is None:
        texts = [getattr(part, "text", None) for part in result.content]
        if len(texts) != 1 or texts[0] is None or len(texts[0]) > MOST_BYTES:
            raise garbage("no structured content", reached=True)
        try:
            content = json.loads(texts[0])
        except (ValueError, RecursionError) as error:
            raise garbage("what is no JSON", reached=True) from error
    elif len(json.dumps(content)) > MOST_BYTES:
        raise Trouble("tool.too_much", f"more than {MOST_BYTES} bytes", again=False, reached=True, ill=False)
    return content
