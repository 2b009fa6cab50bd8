"""The screen in the shop: a page, and a WebSocket for each visit, served inside the asyncio loop."""

import asyncio
import contextlib
import errno
import hashlib
import ipaddress
import itertools
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import structlog
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from core.errors import ChannelError, MostradorError
from hardware.audio import SoundCardLine, open_line
from runtime.agent import Language
from runtime.channels import kiosk_wire as wire
from runtime.channels.kiosk_channel import KioskChannel
from runtime.channels.kiosk_guard import Guard, same_machine
from runtime.channels.kiosk_line import BrowserLine
from runtime.config import Kiosk

__all__ = ["KioskChannel", "KioskServer"]

PAGE = Path(__file__).parent / "page"
SOCKETS_MAX = 64
SEND_LIMIT = 10.0
"""Seconds a page may take to read one message."""
LEVEL_EVERY = 0.1
STOP_LIMIT = 3.0

_NORMAL, _INVALID, _POLICY, _LATER = 1000, 1007, 1008, 1013  # RFC 6455 section 7.4.1
_log = structlog.get_logger(__name__)


class KioskServer:
    """Serves the page at `/`, visits at `/ws`, `/healthz`, and whatever other `routes` it is given."""

    def __init__(
        self,
        settings: Kiosk,
        on_visitor: Callable[[KioskChannel], None],
        *,
        language: Language = "es",
        routes: Sequence[BaseRoute] = (),
    ) -> None:
        """`on_visitor` gets each visit as it begins, on the loop, and must not block."""
        self._settings = settings
        self._on_visitor = on_visitor
        self._language = language
        self._build = _build(PAGE)
        self._sockets = 0
        self._numbers = itertools.count(1)
        self._visits: set[KioskChannel] = set()
        self._card = asyncio.Lock()
        self._port = settings.port
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None
        self.app = Starlette(
            routes=[
                Route("/healthz", _healthy),
                WebSocketRoute("/ws", self._visit),
                *routes,
                Mount("/", StaticFiles(directory=PAGE, html=True)),
            ],
            middleware=[
                Middleware(Guard, hosts=(settings.host, *settings.hosts)),
                Middleware(GZipMiddleware, minimum_size=500),
            ],
        )

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the page."""
        host = self._settings.host
        with contextlib.suppress(ValueError):
            address = ipaddress.ip_address(host)
            if address.is_unspecified:
                host = "127.0.0.1" if address.version == 4 else "::1"
        return f"http://{f'[{host}]' if ':' in host else host}:{self._port}/"

    async def start(self) -> None:
        """Listen; returns when the page can be fetched. Raises ChannelError."""
        listening = _listen(self._settings.host, self._settings.port)
        self._port = listening.getsockname()[1]
        config = uvicorn.Config(
            self.app,
            ws="websockets-sansio",
            ws_max_size=wire.MESSAGE_MAX,
            ws_ping_interval=10.0,
            ws_ping_timeout=10.0,
            ws_per_message_deflate=False,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=round(STOP_LIMIT),
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]), name="kiosk")
        while not self._server.started:
            if self._serving.done():
                self._serving.result()
                raise ChannelError("kiosk.not_started", f"The kiosk's server at {self.url} ended as it began")
            await asyncio.sleep(0.005)
        _log.info("kiosk_listening", url=self.url)

    async def stop(self) -> None:
        """End the visits still going on, then the server. Safe to call twice."""
        await asyncio.gather(*(visit.close("stopping") for visit in list(self._visits)))
        server, serving = self._server, self._serving
        self._server = self._serving = None
        if server is None or serving is None:
            return
        server.should_exit = True
        await asyncio.wait({serving}, timeout=2 * STOP_LIMIT)
        if not serving.done():
            serving.cancel()
            await asyncio.wait({serving}, timeout=1.0)

    # One WebSocket

    async def _visit(self, socket: WebSocket) -> None:
        await socket.accept()
        if self._sockets >= SOCKETS_MAX:
            _log.warning("kiosk_full", sockets=self._sockets)
            await socket.close(_LATER)
            return
        self._sockets += 1
        code = _NORMAL
        try:
            hello = await self._greeted(socket)
            await self._converse(socket, hello)
        except _RefusedError as refused:
            code = refused.code
            _log.warning("kiosk_message_refused", close_code=code, why_pii=refused.why)
        except WebSocketDisconnect as gone:
            _log.debug("kiosk_page_gone", close_code=gone.code)
        finally:
            self._sockets -= 1
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(code)

    async def _greeted(self, socket: WebSocket) -> wire.Hello:
        """Say how the screen is to be, and wait for somebody to touch it."""
        local = same_machine(socket.scope)
        sound = self._settings.sound
        if sound == "device" and not local:
            sound = "browser"  # the shop's microphone is for who stands in the shop
        config = wire.Config(
            name=self._settings.name,
            language=self._language,
            audio=sound,
            idle_seconds=self._settings.idle_seconds,
            keyboard=self._settings.keyboard and local,
            build=self._build,
        )
        await socket.send_bytes(wire.encode(config))
        hello = await _received(socket)
        if not isinstance(hello, wire.Hello):
            raise _RefusedError(_POLICY, f"{type(hello).__name__} before Hello")
        if hello.audio not in ("none", sound):
            raise _RefusedError(_POLICY, f"audio {hello.audio} is not offered")
        return hello

    async def _converse(self, socket: WebSocket, hello: wire.Hello) -> None:
        host = socket.client.host if socket.client else "unknown"
        channel = KioskChannel(f"{host}#{next(self._numbers)}", hello.language)
        async with contextlib.AsyncExitStack() as stack:
            if hello.audio == "browser":
                channel.line = BrowserLine(channel.send)
            elif hello.audio == "device":
                channel.line = await stack.enter_async_context(self._sound_card(channel))
            self._visits.add(channel)
            reading = asyncio.create_task(_read(socket, channel))
            writing = asyncio.create_task(_write(socket, channel))
            try:
                self._on_visitor(channel)
                await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                channel.hang_up("lost")
                await asyncio.wait({writing}, timeout=1.0)
                for task in (reading, writing):
                    task.cancel()
                ended = await asyncio.gather(reading, writing, return_exceptions=True)
                channel.sent()
                self._visits.discard(channel)
        for result in ended:
            if isinstance(result, Exception):
                raise result

    @contextlib.asynccontextmanager
    async def _sound_card(self, channel: KioskChannel) -> AsyncIterator[SoundCardLine | None]:
        """The device's own sound card for one visit; None if another has it or it fails: text goes on."""
        if self._card.locked():
            _log.warning("kiosk_sound_card_taken")
            yield None
            return
        async with self._card:
            try:
                line = await asyncio.to_thread(open_line, self._settings.card or None, self._settings.echo_cancelled)
            except MostradorError as error:
                _log.error("kiosk_without_sound", code=error.code, message=error.message)
                yield None
                return
            levels = asyncio.create_task(_levels(line, channel))
            try:
                yield line
            finally:
                levels.cancel()
                await asyncio.to_thread(line.close)


class _RefusedError(Exception):
    """The page said what it may not; `why` may hold the customer's words."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(why)
        self.code = code
        self.why = why


class _Server(uvicorn.Server):
    """A server that leaves the process's signals to the application around it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _healthy(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok\n")


async def _received(socket: WebSocket) -> wire.Up:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1005)
    data = message.get("bytes")
    if data is None:
        raise _RefusedError(_INVALID, "text where bytes belong")
    try:
        return wire.decode(data)
    except msgspec.DecodeError as error:
        raise _RefusedError(_INVALID, str(error)) from None


async def _read(socket: WebSocket, channel: KioskChannel) -> None:
    try:
        while True:
            message = await _received(socket)
            if not channel.over and not channel.take(message):
                raise _RefusedError(_POLICY, f"{type(message).__name__} not now")
    finally:
        channel.hang_up("lost")


async def _write(socket: WebSocket, channel: KioskChannel) -> None:
    try:
        async for data in channel.outgoing():
            async with asyncio.timeout(SEND_LIMIT):
                await socket.send_bytes(data)
    except (TimeoutError, RuntimeError):  # RuntimeError: starlette's word for "after the close"
        _log.warning("kiosk_page_does_not_read", peer_pii=channel.peer)
    finally:
        channel.hang_up("lost")
        channel.sent()


async def _levels(line: SoundCardLine, channel: KioskChannel) -> None:
    """Let the screen show how loud the device's own microphone hears."""
    while not channel.over:
        channel.send(wire.Level(line.level))
        await asyncio.sleep(LEVEL_EVERY)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises ChannelError that says what to do."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        where = f"{host}:{port}"
        if error.errno == errno.EADDRINUSE:
            raise ChannelError(
                "kiosk.port_in_use",
                f"The kiosk can't listen on {where}: another program has that port. Stop it "
                f"(`ss -ltnp 'sport = :{port}'` names it) or set another kiosk.port.",
            ) from error
        if error.errno == errno.EACCES:
            raise ChannelError(
                "kiosk.port_denied",
                f"The kiosk may not listen on {where}: ports below 1024 are the system's. Set kiosk.port to 8080.",
            ) from error
        raise ChannelError(
            "kiosk.address",
            f"The kiosk can't listen on {where}: {error.strerror or error}. Set kiosk.host to an address of this "
            "machine (127.0.0.1 for this machine alone, 0.0.0.0 for all).",
        ) from error


def _build(page: Path) -> str:
    """A short name for this version of the page's files."""
    digest = hashlib.sha256()
    for file in sorted(page.rglob("*")):
        if file.is_file():
            digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]
