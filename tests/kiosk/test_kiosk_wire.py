"""What a page may send: anything else is refused, and nothing sent can bring the server down."""

import asyncio
import contextlib
import logging

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin

from runtime.channels import kiosk_wire as wire
from tests.kiosk.desk import Desk

pytestmark = pytest.mark.kiosk

pack = msgspec.msgpack.encode
HELLO = {"type": "Hello", "language": "es", "audio": "browser"}
messages = st.one_of(
    st.binary(max_size=300),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(max_size=20) | st.binary(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
        max_leaves=12,
    ).map(pack),
    st.fixed_dictionaries(
        {"type": st.sampled_from([kind.__name__ for kind in wire.Up.__args__])},
        optional={
            "text": st.text(max_size=30) | st.integers(0, 9),
            "language": st.sampled_from(["es", "en", "fr"]),
            "audio": st.sampled_from(["browser", "none", "device"]),
            "id": st.text(max_size=4),
            "title": st.text(max_size=4),
            "at": st.integers(0, 2**50),
            "pcm": st.binary(max_size=10) | st.integers(0, 4).map(lambda frames: bytes(640 * frames)),
            "samples": st.integers(-1, 2**50),
            "epoch": st.integers(-1, 5),
            "level": st.floats(),
            "microphone": st.booleans(),
        },
    ).map(pack),
)


@given(messages)
@settings(max_examples=400, deadline=None)
def test_bytes_are_a_message_or_refused(data: bytes) -> None:
    try:
        message = wire.decode(data)
    except msgspec.DecodeError:
        return
    assert isinstance(message, wire.Up)


@given(scripts=st.lists(st.lists(messages, min_size=1, max_size=6), min_size=30, max_size=30), hello=st.booleans())
@settings(max_examples=3, deadline=None)
def test_nothing_brings_the_server_down(scripts: list[list[bytes]], hello: bool) -> None:
    """Each script on a socket of its own; at the end the server answers and nothing was raised anywhere."""
    asyncio.run(_attack(scripts, hello))


async def _attack(scripts: list[list[bytes]], hello: bool) -> None:
    faults: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    handler = logging.Handler(logging.ERROR)
    handler.emit = faults.append  # type: ignore[method-assign]
    logging.getLogger("uvicorn.error").addHandler(handler)
    desk = Desk()
    server = await desk.serve(sound="browser")
    for script in scripts:
        async with connect(server.url.replace("http", "ws") + "ws", origin=Origin(server.url.rstrip("/"))) as socket:
            with contextlib.suppress(ConnectionClosed):
                if hello:
                    await socket.send(pack(HELLO))
                for message in script:
                    await socket.send(message)
    async with httpx.AsyncClient() as client:
        assert (await client.get(server.url + "healthz")).status_code == 200
    await server.stop()
    logging.getLogger("uvicorn.error").removeHandler(handler)
    for session in desk.sessions:
        await asyncio.wait({session.task}, timeout=5)
        assert session.task.exception() is None
        session.listening.cancel()
    assert not faults
