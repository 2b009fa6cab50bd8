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
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import urlsplit

from msgspec import Struct

from core.errors import ToolError
from runtime.agent.connect.http import LOOPBACK, MOST_BYTES, filled
from runtime.agent.connect.patience import Trouble
from runtime.agent.connect.results import garbage
from runtime.agent.connect.secrets import Secret

if TYPE_CHECKING:
    from mcp import Client

_FIELD = re.compile(r"\{(\w+)\}")
_END = 10.0
"""Seconds that a server has to end."""
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


class McpServer:
    """One server and the thread that talks to it, from the first call until the program ends or the server fails."""

    def __init__(self, system: McpSystem) -> None:
        self._system = system
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._keeper: Future[None] | None = None
        self._ended: asyncio.Event | None = None
        self._client: Client | None = None
        self._tools: dict[str, dict[str, Any]] = {}

    def call(self, call: McpCall, arguments: Mapping[str, Any], seconds: float) -> Any:
        """The structured result. Raises Trouble, ToolError."""
        client, loop = self._connected(seconds)
        if wrong := self._changed(call):
            raise ToolError("tool.changed", wrong)
        asked = asyncio.run_coroutine_threadsafe(client.call_tool(call.tool, dict(arguments), seconds), loop)
        try:
            result = asked.result(seconds)
        except TimeoutError as error:
            asked.cancel()
            raise Trouble("tool.timeout", f"no answer in {seconds:.1f} s", again=True, reached=True) from error
        except Exception as error:
            late = "timed out" in str(error).lower()
            if not late:
                self.close()
            code = "tool.timeout" if late else "tool.unreachable"
            raise Trouble(code, f"{error!r}", again=True, reached=True) from error
        return _content(result)

    def probe(self, call: McpCall, given: set[str], returns: set[str], seconds: float) -> str:
        """Connect, and say what is wrong with a tool; empty when nothing is."""
        try:
            self._connected(seconds)
        except (Trouble, ToolError) as error:
            return f"{error.code}: {error.message}"
        if wrong := self._changed(call):
            return wrong
        tool = self._tools[call.tool]
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
            self._close()

    def _changed(self, call: McpCall) -> str:
        """Why a tool of the connected server may not be called; empty when it is as it was accepted."""
        tool = self._tools.get(call.tool)
        if tool is None:
            return f"the server has no tool {call.tool!r}"
        if call.pin != pin_of(tool):
            what = "is not what was accepted" if call.pin else "was not accepted yet"
            return f'{call.tool} {what}: read what it says of itself, then write pin = "{pin_of(tool)}"'
        return ""

    def _close(self) -> None:
        keeper, loop, ended = self._keeper, self._loop, self._ended
        self._client = self._keeper = self._loop = self._ended = None
        if keeper is None or loop is None or ended is None:
            return
        loop.call_soon_threadsafe(ended.set)
        with suppress(Exception):  # it failed, and is gone: that is what was wanted
            keeper.result(_END)
        loop.call_soon_threadsafe(loop.stop)

    def _connected(self, seconds: float) -> "tuple[Client, asyncio.AbstractEventLoop]":
        with self._lock:
            if self._client is not None and self._loop is not None and self._keeper and not self._keeper.done():
                return self._client, self._loop
            self._close()
            ready: Future[Client] = Future()
            loop, ended = asyncio.new_event_loop(), asyncio.Event()
            threading.Thread(target=_run, args=(loop,), name="mcp", daemon=True).start()
            self._loop, self._ended = loop, ended
            self._keeper = asyncio.run_coroutine_threadsafe(self._keep(ready, ended), loop)
            atexit.unregister(self.close)
            atexit.register(self.close)
            try:
                self._client = ready.result(seconds)
            except ToolError:
                self._close()
                raise
            except Exception as error:
                self._close()
                raise Trouble("tool.unreachable", f"{error!r}", again=True, reached=False) from error
            return self._client, loop

    async def _keep(self, ready: "Future[Client]", ended: asyncio.Event) -> None:
        """Open the connection, hold it, and close it: in one task, as the SDK wants it."""
        try:
            async with AsyncExitStack() as stack:
                client = await stack.enter_async_context(await self._open(stack))
                self._tools = await _listed(client)
                ready.set_result(client)
                await ended.wait()
        except BaseException as error:
            if not ready.done():
                ready.set_exception(error)
            raise

    async def _open(self, stack: AsyncExitStack) -> "Client":
        import httpx2
        from mcp import Client, StdioServerParameters, stdio_client
        from mcp.client.streamable_http import streamable_http_client

        system, secret = self._system, self._system.secret.read() if self._system.secret else ""
        if system.command:
            silent = stack.enter_context(_nowhere())
            command, *arguments = system.command
            env = {system.secret_as: secret} if secret else None
            return Client(stdio_client(StdioServerParameters(command=command, args=arguments, env=env), errlog=silent))
        headers = {system.header: f"{system.scheme} {secret}".strip()} if secret else {}
        web = await stack.enter_async_context(httpx2.AsyncClient(headers=headers, timeout=30.0, trust_env=False))
        return Client(streamable_http_client(system.url, http_client=web))


def runner(
    server: McpServer, call: McpCall, parameters: Mapping[str, str]
) -> Callable[[Mapping[str, Any], float], Any]:
    def run(values: Mapping[str, Any], seconds: float) -> Any:
        if call.arguments is not None:
            return server.call(call, filled(call.arguments, values), seconds)
        return server.call(call, {name: values[name] for name in parameters if values[name] is not None}, seconds)

    return run


def _nowhere() -> TextIO:
    """Where a server's own log goes."""
    return Path(os.devnull).open("w", encoding="utf-8")


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    loop.close()


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
