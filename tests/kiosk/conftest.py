"""A kiosk's server with scripted sessions behind it, and a real Chromium in front with a tone for a microphone.

One browser a module, so a module that uses it marks its tests `pytest.mark.asyncio(loop_scope="module")`.
"""

import hashlib
import re
import shutil
import subprocess
import tarfile
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from runtime.channels.kiosk import KioskServer
from tests.kiosk.desk import MIC_HERTZ, Desk
from tests.kiosk.scripted_session import tone
from voice.frames import RATE

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
AXE = "4.14.1", "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"

expect.set_options(timeout=20_000)


@pytest_asyncio.fixture(loop_scope="module")
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    for server in desk.servers:
        await server.stop()
    for session in desk.sessions:
        session.listening.cancel()
        if session.task.done():
            session.task.result()
        session.task.cancel()


@pytest.fixture(scope="session")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten seconds of a tone, without a seam where it begins again."""
    path = tmp_path_factory.mktemp("kiosk") / "microphone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.asarray(tone(MIC_HERTZ, 10.0)).astype("<i2").tobytes())
    return path


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def chromium(microphone: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
            ],
        )
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def visit(chromium: Browser) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """Opens pages; at the end no page may have complained or asked anybody else for anything."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    origins: set[str] = set()

    async def open_page(server: KioskServer, width: int = 1080, height: int = 1920, **options: Any) -> Page:
        context = await chromium.new_context(viewport={"width": width, "height": height}, has_touch=True, **options)
        contexts.append(context)
        page = await context.new_page()
        page.set_default_timeout(20_000)

        def console(message: Any) -> None:
            # the browser's own line for a server that is down, which some tests are about
            if message.type in ("error", "warning") and not re.search("ERR_CONN|willReadF", message.text):
                complaints.append(message.text)

        page.on("console", console)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: origins.add("/".join(request.url.split("/")[:3])))
        await page.goto(server.url)
        await page.wait_for_selector("#begin[aria-disabled=false]")
        assert origins == {server.url.rstrip("/")}
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert not complaints
    assert all(origin.startswith("http://127.0.0.1:") for origin in origins), origins


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, fetched for this run; without npm or network the tests that use it are skipped."""
    version, digest = AXE
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: axe-core can't be fetched")
    folder = tmp_path_factory.mktemp("axe")
    fetched = subprocess.run(
        ["npm", "pack", f"axe-core@{version}"], cwd=folder, capture_output=True, timeout=90, check=False
    )
    if fetched.returncode:
        pytest.skip("axe-core can't be fetched: no network")
    with tarfile.open(folder / f"axe-core-{version}.tgz") as archive:
        archive.extract("package/axe.min.js", folder, filter="data")
    source = (folder / "package/axe.min.js").read_bytes()
    assert hashlib.sha256(source).hexdigest() == digest
    return source.decode()


@pytest.fixture
def artifacts() -> Path:
    ARTIFACTS.mkdir(exist_ok=True)
    return ARTIFACTS
