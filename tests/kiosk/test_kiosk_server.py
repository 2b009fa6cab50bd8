"""The kiosk's server at its door: who may come in, and what may be said."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import msgspec
import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from core.errors import ChannelError
from runtime.channels import kiosk_wire as wire
from runtime.channels.kiosk import SOCKETS_MAX, KioskServer
from runtime.config import Kiosk
from runtime.events import Chose, HungUp, UserSaid
from tests.kiosk.desk import Desk
from tests.kiosk.scripted_session import GREETING

pytestmark = [pytest.mark.kiosk, pytest.mark.asyncio(loop_scope="module")]

pack = msgspec.msgpack.encode
unpack = msgspec.msgpack.decode
HELLO = {"type": "Hello", "language": "es", "audio": "none"}


@contextlib.asynccontextmanager
async def page(server: KioskServer, origin: str | None = "", **options: Any) -> AsyncIterator[ClientConnection]:
    """A page that has been told how it is to be."""
    origin = server.url.rstrip("/") if origin == "" else origin
    async with connect(server.url.replace("http", "ws") + "ws", origin=origin, **options) as socket:  # type: ignore[arg-type]
        yield socket


async def told(socket: ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(10):
        while True:
            message: dict[str, Any] = unpack(await socket.recv(decode=False))
            if message["type"] == kind:
                return message


async def closed(socket: ClientConnection) -> int:
    async with asyncio.timeout(10):
        with contextlib.suppress(ConnectionClosed):
            while True:
                await socket.recv()
    assert socket.close_code is not None
    return socket.close_code


async def test_a_visit_in_messages(desk: Desk) -> None:
    server = await desk.serve(sound="none", name="Casa Robles", idle_seconds=33.0)
    async with page(server) as socket:
        config = await told(socket, "Config")
        assert config | {"build": ""} == {
            "type": "Config",
            "name": "Casa Robles",
            "language": "es",
            "audio": "none",
            "idle_seconds": 33.0,
            "keyboard": True,
            "build": "",
        }
        await socket.send(pack(HELLO))
        assert (await told(socket, "Shown"))["message"]["text"] == GREETING["es"].text
        await socket.send(pack({"type": "Typed", "text": " \t\n "}))
        await socket.send(pack({"type": "Typed", "text": " ¿Dónde \n está? "}))
        await socket.send(pack({"type": "Touched", "id": "hours", "title": "Horario"}))
        assert (await desk.visit.expect(UserSaid)).text == "¿Dónde está?"
        assert (await desk.visit.expect(Chose)).id == "hours"
        await socket.send(pack({"type": "Leave"}))
        assert await closed(socket) == 1000
    assert (await desk.visit.expect(HungUp)).cause == "customer"
    assert [type(event) for event in desk.visit.events] == [UserSaid, Chose, HungUp]


async def test_a_port_in_use_says_what_to_do(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(ChannelError, match=rf"{port}.*set another kiosk\.port") as caught:
            await desk.serve(port=port)
    assert caught.value.code == "kiosk.port_in_use"


async def test_an_address_of_another_machine() -> None:
    server = KioskServer(Kiosk(host="192.0.2.1", port=0), lambda _: None)
    with pytest.raises(ChannelError, match=r"kiosk\.host") as caught:
        await server.start()
    assert caught.value.code == "kiosk.address"
    await server.stop()


async def test_other_routes_and_health() -> None:
    async def metrics(_request: object) -> PlainTextResponse:
        return PlainTextResponse("calls 1\n")

    server = KioskServer(Kiosk(port=0), lambda _: None, routes=[Route("/metrics", metrics)])
    await server.start()
    async with httpx.AsyncClient(base_url=server.url) as client:
        assert (await client.get("/healthz")).text == "ok\n"
        assert (await client.get("/metrics")).text == "calls 1\n"
        assert (await client.get("/nothing")).status_code == 404
        assert (await client.get("/../kiosk.py")).status_code == 404
    await server.stop()
    await server.stop()


async def test_only_our_own_names_are_answered(desk: Desk) -> None:
    server = await desk.serve(hosts=("kiosk.shop.example",))
    port = server.url.rstrip("/").rsplit(":", 1)[1]
    async with httpx.AsyncClient(base_url=server.url) as client:
        for host, status in {
            f"127.0.0.1:{port}": 200,
            f"localhost:{port}": 200,
            f"[::1]:{port}": 200,
            "Kiosk.Shop.Example": 200,
            "evil.example": 421,
            f"127.0.0.1.evil.example:{port}": 421,
            "192.168.1.7": 421,
            "localhost@evil.example": 421,
            "localhost/evil": 421,
            "": 421,
        }.items():
            answer = await client.get("/healthz", headers={"Host": host})
            assert answer.status_code == status, host


async def test_the_page_may_load_nothing_from_elsewhere(desk: Desk) -> None:
    server = await desk.serve()
    async with httpx.AsyncClient(base_url=server.url) as client:
        answer = await client.get("/")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-encoding"] == "gzip"
        assert "http://" not in answer.text.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert (await client.get("/app.js")).headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("origin", [None, "http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1", "null"])
async def test_no_other_page_may_open_the_websocket(desk: Desk, origin: str | None) -> None:
    server = await desk.serve()
    with pytest.raises(InvalidStatus) as caught:
        async with page(server, origin=origin):
            pass
    assert caught.value.response.status_code == 403


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b"", 1007),
        (b"\xc1", 1007),
        (b"\xc0" * 100, 1007),
        ("text", 1007),
        (json.dumps(HELLO).encode(), 1007),
        (pack({"type": "Nonsense"}), 1007),
        (pack(HELLO | {"extra": 1}), 1007),
        (pack(HELLO | {"language": "fr"}), 1007),
        (pack(HELLO | {"audio": "device"}), 1008),
        (pack(HELLO | {"audio": "browser"}), 1008),
        (pack({"type": "Typed", "text": "hola"}), 1008),
        (pack({"type": "Leave"}), 1008),
        (b"\x00" * (wire.MESSAGE_MAX + 1), 1009),
        (b"\x91" * 10_000, 1007),
    ],
)
async def test_what_a_page_may_not_say_before_a_visit(desk: Desk, message: bytes | str, code: int) -> None:
    server = await desk.serve(sound="none")
    async with page(server) as socket:
        await told(socket, "Config")
        await socket.send(message)
        assert await closed(socket) == code
    assert not desk.sessions


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (pack(HELLO), 1008),
        (pack({"type": "Typed", "text": "x" * 2000}), 1007),
        (pack({"type": "Typed", "text": 7}), 1007),
        (pack({"type": "Touched", "id": "", "title": ""}), 1007),
        (pack({"type": "Mic", "at": 0, "pcm": bytes(640)}), 1008),  # there is no line
        (pack({"type": "Mic", "at": 0, "pcm": bytes(641)}), 1007),
        (pack({"type": "Mic", "at": -1, "pcm": bytes(640)}), 1007),
        (pack({"type": "Volume", "level": 7.0, "microphone": True}), 1007),
        (pack({"type": "Bye", "cause": "x"}), 1007),
    ],
)
async def test_what_a_page_may_not_say_during_a_visit(desk: Desk, message: bytes, code: int) -> None:
    server = await desk.serve(sound="none")
    async with page(server) as socket:
        await socket.send(pack(HELLO))
        await told(socket, "Shown")
        await socket.send(message)
        assert await closed(socket) == code
    assert (await desk.visit.expect(HungUp)).cause == "lost"


async def test_sound_that_goes_back_in_time_is_refused(desk: Desk) -> None:
    server = await desk.serve(sound="browser")
    async with page(server) as socket:
        await socket.send(pack(HELLO | {"audio": "browser"}))
        await socket.send(pack({"type": "Mic", "at": 640, "pcm": bytes(640)}))
        await socket.send(pack({"type": "Mic", "at": 0, "pcm": bytes(640)}))
        assert await closed(socket) == 1008
    await desk.visit.expect(HungUp)


async def test_a_flood_of_words_ends_the_visit_and_only_that(desk: Desk) -> None:
    started: list[Any] = []
    server = KioskServer(Kiosk(port=0, sound="none"), started.append)  # nobody reads the events
    await server.start()
    async with page(server) as socket:
        await socket.send(pack(HELLO))
        with contextlib.suppress(ConnectionClosed):
            for _ in range(200):
                await socket.send(pack({"type": "Typed", "text": "hola"}))
        assert await closed(socket) == 1008
    events = [event async for event in started[0].events()]
    assert isinstance(events[-1], HungUp)
    assert len(events) == 65
    async with httpx.AsyncClient() as client:
        assert (await client.get(server.url + "healthz")).status_code == 200
    await server.stop()


async def test_a_page_that_does_not_read_is_given_up() -> None:
    started: list[Any] = []
    server = KioskServer(Kiosk(port=0, sound="none"), started.append)
    await server.start()
    async with page(server) as socket:
        await socket.send(pack(HELLO))
        await told(socket, "Config")
        while not started:
            await asyncio.sleep(0.01)
        channel = started[0]
        socket.transport.pause_reading()
        text = wire.Notice("x", "y" * 50_000)
        for _ in range(2000):
            if channel.over:
                break
            await channel.show(text)
            await asyncio.sleep(0)
        assert channel.over
        assert [event async for event in channel.events()][-1].cause == "lost"
    await server.stop()


async def test_a_full_house(desk: Desk) -> None:
    server = await desk.serve(sound="none")
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(SOCKETS_MAX):
            await told(await stack.enter_async_context(page(server)), "Config")
        async with page(server) as late:
            assert await closed(late) == 1013


async def test_the_shops_sound_card_is_missing(desk: Desk) -> None:
    """No card in a test machine: the visit goes on in text, and the log says why."""
    server = await desk.serve(sound="device", card="no such card")
    async with page(server) as socket:
        assert (await told(socket, "Config"))["audio"] == "device"
        await socket.send(pack(HELLO | {"audio": "device"}))
        await told(socket, "Shown")
        assert desk.visit.channel.line is None
        await socket.send(pack({"type": "Volume", "level": 0.5, "microphone": False}))
        await socket.send(pack({"type": "Typed", "text": "hola"}))
        await desk.visit.expect(UserSaid)
