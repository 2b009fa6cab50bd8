"""A part of the device that fails is not missed in silence: the device stops, and says why."""

import asyncio

import pytest
import structlog

from core.errors import MostradorError
from runtime import app as application
from runtime.app import App, Part
from runtime.config import Settings, parse

pytestmark = pytest.mark.engine


async def broken() -> None:
    await asyncio.sleep(0)
    raise RuntimeError("a fault of ours")


async def test_a_part_that_fails_stops_the_device_with_an_error(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings: Settings = parse(f'data = "{tmp_path}"\n[sip]\nenabled = false\n[kiosk]\nenabled = false')
    stopped: list[str] = []

    async def start(app: App) -> application.Stop:
        app.keep("a part", broken())

        async def stop() -> None:
            stopped.append("a part")

        return stop

    monkeypatch.setattr(application, "PARTS", (Part("a part", lambda _: True, start),))
    with structlog.testing.capture_logs() as log, pytest.raises(MostradorError) as failure:
        async with asyncio.timeout(60):
            await App(settings).run()
    assert failure.value.code == "device.part_failed"
    assert stopped == ["a part"]
    assert [line["part"] for line in log if line["event"] == "part_failed"] == ["a part"]
