"""A tool that is one request to an HTTP service: its host is the system's, redirects are not followed."""

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from msgspec import Struct

from runtime.agent.connect.patience import Trouble
from runtime.agent.connect.results import garbage
from runtime.agent.connect.secrets import Secret

MOST_BYTES = 256 * 1024
_FIELD = re.compile(r"\{(\w+)\}")
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
    return ""


def names(request: Request) -> set[str]:
    """The parameters that the templates name."""
    return set(_FIELD.findall(request.path)) | set(_FIELD.findall(json.dumps([request.query, request.body])))


def runner(system: HttpSystem, request: Request, acts: bool) -> Callable[[Mapping[str, Any], float], Answer]:
    def run(values: Mapping[str, Any], seconds: float) -> Answer:
        import httpx

        until = time.monotonic() + seconds
        headers = dict(system.headers)
        if system.secret:
            headers[system.header] = f"{system.scheme} {system.secret.read()}".strip()
        if request.key_header:
            headers[request.key_header] = str(values["key"])
        url = system.url.rstrip("/") + _path(request.path, values)
        try:
            with (
                httpx.Client(
                    verify=_trust(system.ca), timeout=seconds, follow_redirects=False, trust_env=False
                ) as client,
                client.stream(
                    request.method,
                    url,
                    params={key: _text(value, values) for key, value in request.query.items()},
                    headers=headers,
                    json=filled(request.body, values) if request.body is not None else None,
                ) as response,
            ):
                return _answer(response.status_code, b"" if _refused(response.status_code) else _read(response, until))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Trouble("tool.unreachable", f"{error!r}", again=True, reached=False) from error
        except httpx.TimeoutException as error:
            raise Trouble("tool.timeout", f"{error!r}", again=True, reached=True) from error
        except httpx.HTTPError as error:
            raise Trouble("tool.unreachable", f"{error!r}", again=True, reached=True) from error

    return run


def _trust(ca: str) -> Any:
    import ssl

    return ssl.create_default_context(cafile=ca) if ca else True


def _read(response: Any, until: float) -> bytes:
    """The body, if it comes in time and is no longer than may be."""
    content = bytearray()
    for piece in response.iter_bytes():
        content += piece
        if len(content) > MOST_BYTES:
            raise Trouble("tool.too_much", f"more than {MOST_BYTES} bytes", again=False, reached=True, ill=False)
        if time.monotonic() > until:
            raise Trouble("tool.timeout", "the answer drips", again=True, reached=True)
    return bytes(content)


def _refused(status: int) -> bool:
    """There is nothing to read in it."""
    return status in _BUSY or status >= 500 or 300 <= status < 400


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
        text = quote(str(values[field[1]]), safe="")
        if text.strip(".") == "":
            raise Trouble("tool.refused", f"{field[1]} = {text!r} has no place in a path", again=False, reached=False)
        return text

    return _FIELD.sub(part, template)


def _text(template: str, values: Mapping[str, Any]) -> str:
    return _FIELD.sub(lambda field: str(values[field[1]]), template)


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """A value is never read as a template."""
    if isinstance(template, dict):
        return {key: filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, values) for value in template]
    if isinstance(template, str):
        whole = _FIELD.fullmatch(template)
        return values[whole[1]] if whole else _text(template, values)
    return template
