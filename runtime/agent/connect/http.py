"""A tool that is one request to an HTTP service: its host is the system's, redirects are not followed."""

import json
import re
import ssl
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote, urlsplit

from msgspec import Struct

from core.errors import ToolError
from runtime.agent.connect.loop import within
from runtime.agent.connect.patience import Trouble
from runtime.agent.connect.results import garbage
from runtime.agent.connect.secrets import Secret

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 256 * 1024
_FIELD = re.compile(r"\{(\w+)\}")
HEADER = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)
"""The name of one. RFC 9110, section 5.6.2."""
_BUSY = frozenset({429, 503})
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class HttpSystem(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="http"):
    """`url`: where all of its tools begin, https but for the machine itself. `secret` is sent as `header`, after
    `scheme`. `ca`: a file with the authority that its certificate is checked against, else the usual ones."""

    url: str
    headers: dict[str, str] = {}
    secret: Secret | None = None
    header: str = "Authorization"
    scheme: str = "Bearer"
    ca: str = ""


class Request(Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked: "{name}" in `path`, `query` and `body` is that parameter; alone in a string of the body, it keeps
    its type. `at`: the keys that lead to the result in the answer ("data.order"). `key_header`: the header that takes
    the key by which the service does a deed once."""

    path: str
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    query: dict[str, str] = {}
    body: dict[str, Any] | None = None
    at: str = ""
    key_header: str = ""


class Answer(Struct, frozen=True):
    status: int
    content: Any


def mistake(system: HttpSystem) -> str:
    """What is wrong with a system; empty when nothing is."""
    parts = urlsplit(system.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return f"{system.url!r} is no http address"
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        return f"{system.url!r}: only https leaves this machine"
    if parts.query or parts.fragment or parts.username or parts.password:
        return "url: a query, a fragment or a name and password have no place in it"
    for name, value in {**system.headers, system.header: system.scheme}.items():
        if not HEADER.fullmatch(name) or not value.isascii() or not value.isprintable():
            return f"headers: {name!r} or what it holds can't be sent: one line of ASCII"
    return ""


def names(request: Request) -> set[str]:
    """The parameters that the templates name. Raises ValueError where a template is no JSON."""
    try:
        templates = json.dumps([request.query, request.body])
    except TypeError as error:
        raise ValueError(f"request.body: {error}: write it as text") from error
    return in_path(request) | set(_FIELD.findall(templates))


def in_path(request: Request) -> set[str]:
    """The parameters that can't be missing."""
    return set(_FIELD.findall(request.path))


def runner(system: HttpSystem, request: Request) -> Callable[[Mapping[str, Any], float], Answer]:
    def run(values: Mapping[str, Any], seconds: float) -> Answer:
        import httpx

        made, trust, sent = _made(system, request, values), _trust(system.ca), Sent()
        made.extensions["trace"] = sent.trace
        try:
            return within(seconds, _asked(made, trust))
        except TimeoutError:
            raise Trouble("tool.timeout", f"no answer in {seconds:.1f} s", again=True, reached=sent.begun) from None
        except httpx.HTTPError as error:  # its own words may quote what was sent
            why = str(error) if isinstance(error, httpx.ConnectError) else ""
            raise Trouble(
                "tool.unreachable", f"{type(error).__name__} {why}".strip(), again=True, reached=sent.begun
            ) from None

    return run


class Sent:
    """Whether a request has begun to leave this machine: until then it can't have been carried out."""

    def __init__(self, *, begun: bool = False) -> None:
        self.begun = begun

    async def trace(self, event: str, _: Any) -> None:
        self.begun = self.begun or event.endswith(".send_request_headers.started")


def _made(system: HttpSystem, request: Request, values: Mapping[str, Any]) -> "httpx.Request":
    """Raises ToolError: nothing is sent yet."""
    import httpx

    headers = {"Accept": "application/json", **system.headers}
    if system.secret:
        headers[system.header] = system.secret.header(system.scheme)
    if request.key_header:
        headers[request.key_header] = str(values["key"])
    query = {key: _text(template, values) for key, template in request.query.items()}
    try:
        return httpx.Request(
            request.method,
            system.url.rstrip("/") + _path(request.path, values),
            params={key: text for key, text in query.items() if text is not None},
            headers=headers,
            json=filled(request.body, values) if request.body is not None else None,
        )
    except httpx.InvalidURL:  # it is too long
        raise ToolError("tool.refused", "what was given makes no address") from None


def _trust(ca: str) -> ssl.SSLContext:
    """Raises ToolError."""
    if not ca:
        return _usual()
    try:
        return ssl.create_default_context(cafile=ca)
    except OSError as error:
        raise ToolError("tool.unreachable", f"ca: {ca}: {error.strerror or error}") from error


@cache
def _usual() -> ssl.SSLContext:
    import httpx

    return httpx.create_ssl_context(trust_env=False)


async def _asked(request: "httpx.Request", trust: ssl.SSLContext) -> Answer:
    import httpx

    client = httpx.AsyncClient(verify=trust, timeout=None, follow_redirects=False, trust_env=False)  # noqa: S113
    async with client:
        response = await client.send(request, stream=True)
        try:
            return _answer(response.status_code, b"" if response.status_code >= 300 else await _read(response))
        finally:
            await response.aclose()


async def _read(response: "httpx.Response") -> bytes:
    """The body, if it is no longer than may be."""
    content = bytearray()
    async for piece in response.aiter_bytes():
        content += piece
        if len(content) > MOST_BYTES:
            raise Trouble("tool.too_much", f"more than {MOST_BYTES} bytes", again=False, reached=True, ill=False)
    return bytes(content)


def _answer(status: int, content: bytes) -> Answer:
    if status in _BUSY:
        raise Trouble("tool.busy", f"status {status}", again=True, reached=status != 429)
    if status >= 500:
        raise Trouble("tool.failed", f"status {status}", again=True, reached=True)
    if 300 <= status < 400:
        raise Trouble("tool.redirected", f"status {status}: it is elsewhere", again=False, reached=True, ill=False)
    if status >= 400:
        return Answer(status, None)
    try:
        return Answer(status, json.loads(content) if content.strip() else {})
    except (ValueError, RecursionError) as error:
        raise garbage("what is no JSON", reached=True) from error


def _path(template: str, values: Mapping[str, Any]) -> str:
    def part(field: re.Match[str]) -> str:
        text = quote(_word(values[field[1]]), safe="")
        if text.strip(".") == "":
            raise ToolError("tool.refused", f"{field[1]} = {text!r} has no place in a path")
        return text

    return _FIELD.sub(part, template)


def _text(template: str, values: Mapping[str, Any]) -> str | None:
    """None when a value that it names is missing."""
    if any(values[name] is None for name in _FIELD.findall(template)):
        return None
    return _FIELD.sub(lambda field: _word(values[field[1]]), template)


def _word(value: Any) -> str:
    """As JSON has it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """A value is never read as a template; what names one that is missing is None."""
    if isinstance(template, dict):
        return {key: filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, values) for value in template]
    if isinstance(template, str):
        whole = _FIELD.fullmatch(template)
        return values[whole[1]] if whole else _text(template, values)
    return template
