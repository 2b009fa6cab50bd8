"""The whole counter on the screen: a real device, a real browser, a question typed and a question spoken."""

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import async_playwright, expect

from runtime.bench.device import device
from runtime.bench.questions import spoken
from runtime.events import Attached, Said, UserSaid
from runtime.journal import Reader
from voice import wav
from voice.frames import RATE, AudioFrame

pytestmark = [pytest.mark.kiosk, pytest.mark.timeout(300)]

AISLE = re.compile("14")
"""Where the light bulbs are."""


async def test_a_question_typed_on_the_page_is_answered_from_the_database(artifacts: Path) -> None:
    settings = '[sip]\nenabled = false\n[kiosk]\nport = 0\nsound = "none"'
    async with device(settings) as running, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(viewport={"width": 1080, "height": 1920})
        await page.goto(running.kiosk)
        await page.click("#begin[aria-disabled=false]")
        await expect(page.locator("#choices button")).not_to_have_count(0, timeout=30_000)
        await page.fill("#say", "¿Dónde están las bombillas?")
        await page.press("#say", "Enter")
        await expect(page.locator("#turns .counter.latest")).to_contain_text(AISLE, timeout=30_000)
        await page.screenshot(path=artifacts / "kiosk-end-to-end-typed.png")
        await browser.close()


async def test_a_question_spoken_at_the_page_is_answered(artifacts: Path, tmp_path: Path) -> None:
    silence = np.zeros(18 * RATE, np.int16)
    with spoken(("What are your opening hours on Saturday?",)) as files:
        question = wav.read(files[0], RATE).pcm
    sound = np.concatenate([silence, question, silence, silence])
    wav.write(tmp_path / "microphone.wav", AudioFrame(sound, RATE, 0.0))
    async with device('[sip]\nenabled = false\n[kiosk]\nport = 0\n[agent]\nlanguage = "en"') as running:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path="/usr/bin/chromium",
                args=[
                    "--no-sandbox",
                    "--disable-gpu",
                    "--use-fake-device-for-media-stream",
                    "--use-fake-ui-for-media-stream",
                    f"--use-file-for-fake-audio-capture={tmp_path / 'microphone.wav'}%noloop",
                ],
            )
            page = await browser.new_page(viewport={"width": 1080, "height": 1920})
            await page.goto(running.kiosk)
            await page.click("#begin[aria-disabled=false]")
            await expect(page.locator("#turns .customer").last).to_contain_text("Saturday", timeout=90_000)
            await expect(page.locator("#turns .counter.latest")).to_contain_text("22:00", timeout=60_000)
            await page.screenshot(path=artifacts / "kiosk-end-to-end-spoken.png")
            await browser.close()
        reader = Reader(running.home / "journal.db")
        [conversation] = reader.conversations()
        events = reader.read(conversation.id)
        reader.close()
    assert isinstance(events[0], Attached)
    assert any(isinstance(event, UserSaid) and event.spoken for event in events)
    assert next(event for event in events if isinstance(event, Said)).seconds > 1, "the greeting was really played"


async def test_a_device_that_carries_no_more_says_so_on_its_page() -> None:
    settings = '[sip]\nenabled = false\n[kiosk]\nport = 0\nsound = "none"\n[limits]\nwait_seconds = 0.001'
    async with device(settings) as running, async_playwright() as playwright:
        carries = int(str((await running.logged("capacity"))["conversations"]))
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for number in range(carries + 1):
            page = await browser.new_page(viewport={"width": 1080, "height": 1920})
            await page.goto(running.kiosk)
            await page.click("#begin[aria-disabled=false]")
            if number < carries:
                await expect(page.locator("#turns .counter.latest")).not_to_be_empty(timeout=30_000)
        await expect(page.locator("#ended")).to_contain_text("atendiendo a otras", timeout=30_000)
        await browser.close()
