"""Who may talk to the kiosk's server, and what its page may do: Host and Origin checks, security headers.

A web page elsewhere must not reach a server on loopback by a name that it points there (DNS rebinding) or open its
WebSocket, so the Host must be ours and the Origin of a WebSocket the same.
"""

import ipaddress
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    b"worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"microphone=(self), camera=(), geolocation=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cache-control", b"no-cache"),
]


class Guard:
    """ASGI middleware around all of the kiosk's server."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        """`hosts`: names the server may be called by beside loopback and the address a request came in on."""
        self._app = app
        self._hosts = {host.lower() for host in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        host = _header(scope, b"host")
        if not self._ours(host, scope):
            await _refuse(scope, send, 421, "host")
        elif scope["type"] == "websocket" and not same_origin(_header(scope, b"origin"), host):
            await _refuse(scope, send, 403, "origin")
        else:
            await self._app(scope, receive, _with_headers(send))

    def _ours(self, host: str, scope: Scope) -> bool:
        name = hostname(host)
        if name in self._hosts or name == "localhost":
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        came_in_on = (scope.get("server") or ("",))[0]
        return address.is_loopback or str(address) == came_in_on


def hostname(host: str) -> str:
    """The name in a Host header, without its port, lower case; empty if it isn't one."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        return ""
    return (parts.hostname or "").rstrip(".")


def same_origin(origin: str, host: str) -> bool:
    """Whether a page of `origin` was served by `host` (name and port)."""
    try:
        parts = urlsplit(origin)
        asked = urlsplit(f"{parts.scheme}://{host}")
        default = {"http": 80, "https": 443}.get(parts.scheme)
        return default is not None and (parts.hostname, parts.port or default) == (
            asked.hostname,
            asked.port or default,
        )
    except ValueError:
        return False


def same_machine(scope: Scope) -> bool:
    """Whether the browser runs on this device."""
    client = scope.get("client")
    try:
        return client is not None and ipaddress.ip_address(client[0]).is_loopback
    except ValueError:
        return False


def _header(scope: Scope, name: bytes) -> str:
    """Its value; empty if it is missing or there are several."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else ""


async def _refuse(scope: Scope, send: Send, status: int, why: str) -> None:
    structlog.get_logger(__name__).warning("kiosk_request_refused", why=why, value=_header(scope, why.encode()))
    kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
    body = b"This address is not one of this device's: see kiosk.hosts in its settings.\n" if why == "host" else b""
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode())]
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            present: list[Any] = list(message.get("headers", []))
            names = {key.lower() for key, _ in present}
            message["headers"] = present + [pair for pair in HEADERS if pair[0] not in names]
        await send(message)

    return sending
