"""Can be used without sight, without touch, without motion: axe-core on each screen, keyboard, preferences."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from runtime.channels import Caption, Notice, Status
from runtime.events import Chose, HungUp, LanguageChosen, UserSaid
from tests.kiosk.desk import Desk
from tests.kiosk.scripted_session import GREETING

pytestmark = [pytest.mark.kiosk, pytest.mark.asyncio(loop_scope="module")]

Visit = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="module")
async def checked(chromium: Browser, axe: str) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """Opens a page that axe-core can be put into (the page's own policy would refuse it)."""
    contexts = []

    async def open_page(url: str, **options: Any) -> Page:
        context = await chromium.new_context(bypass_csp=True, reduced_motion="reduce", has_touch=True, **options)
        contexts.append(context)
        page = await context.new_page()
        await page.goto(url)
        await page.wait_for_selector("#begin[aria-disabled=false]")
        await page.add_script_tag(content=axe)
        return page

    yield open_page
    for context in contexts:
        await context.close()


async def violations(page: Page) -> list[str]:
    found = await page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        f"{rule['id']}: {node['html'][:120]} {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (390, 844)], ids=["portrait", "landscape", "phone"])
async def test_no_screen_has_a_barrier(desk: Desk, checked: Visit, size: tuple[int, int]) -> None:
    server = await desk.serve(idle_seconds=600.0)
    page = await checked(server.url, viewport={"width": size[0], "height": size[1]})
    assert await violations(page) == []
    await page.tap("#begin")
    await expect(page.locator("#turns .counter")).to_contain_text(GREETING["es"].text)
    channel = desk.visit.channel
    for state in ("listening", "thinking", "speaking"):
        await channel.show(Status(state, "es"))  # type: ignore[arg-type]
    await channel.show(Caption("customer", "a qué hora", 1, final=False))
    await channel.show(Notice("x", "Un aviso"))
    await expect(page.locator("#notice")).to_have_text("Un aviso")
    assert await violations(page) == []
    await page.fill("#say", "¿A qué hora abren?")
    await page.tap("#send")
    await expect(page.locator("#turns .counter .detail")).to_be_visible()
    await page.tap("#keys-toggle")
    assert await violations(page) == []
    await page.evaluate("document.querySelector('#idle').showModal()")
    assert await violations(page) == []
    await page.evaluate("document.querySelector('#idle').close()")
    await page.tap("[data-language=en]")
    await page.tap("#leave")
    await expect(page.locator("#thanks")).to_be_visible()
    assert await violations(page) == []


async def test_a_visit_by_keyboard_alone(desk: Desk, visit: Visit) -> None:
    page = await visit(await desk.serve(sound="none"))

    async def go_to(selector: str) -> None:
        for _ in range(40):
            await page.keyboard.press("Tab")
            if await page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} is not reached by Tab")

    await go_to("#begin")
    await page.keyboard.press("Enter")
    await expect(page.locator("#turns .counter")).to_be_visible()
    session = desk.visit
    await go_to("#choices button[data-id=returns]")
    outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    await page.keyboard.press("Space")
    assert (await session.expect(Chose)).id == "returns"
    await go_to("#say")
    await page.keyboard.type("¿y el domingo?")
    await page.keyboard.press("Enter")
    assert (await session.expect(UserSaid)).text == "¿y el domingo?"
    await go_to("[data-language=en]")
    await page.keyboard.press("Enter")
    assert (await session.expect(LanguageChosen)).language == "en"
    await go_to("#leave")
    await page.keyboard.press("Enter")
    assert (await session.expect(HungUp)).cause == "customer"


async def test_each_thing_is_read_aloud_once(desk: Desk, visit: Visit) -> None:
    page = await visit(await desk.serve(sound="none"))
    await page.tap("#begin")
    aloud = page.locator("#aloud")
    await expect(aloud).to_have_attribute("aria-live", "polite")
    await expect(aloud.locator("p")).to_have_text([GREETING["es"].text])
    show = desk.visit.channel.show
    for words in ("qué", "qué hora", "qué hora es"):
        await show(Caption("customer", words, 1, final=False))
    await show(Caption("customer", "¿Qué hora es?", 1))
    await expect(aloud.locator("p")).to_have_text([GREETING["es"].text, "Usted: ¿Qué hora es?"])
    assert await page.locator("#notice").get_attribute("role") == "alert"
    assert await page.locator("#state").get_attribute("role") == "status"


async def test_motion_only_where_it_is_wanted(desk: Desk, visit: Visit) -> None:
    page = await visit(await desk.serve(sound="none"), reduced_motion="reduce")
    await page.tap("#begin")
    await expect(page.locator("#turns .counter")).to_be_visible()
    await desk.visit.channel.show(Status("thinking", "es"))
    await expect(page.locator("body")).to_have_attribute("data-state", "thinking")
    await asyncio.sleep(0.6)
    shots = []
    for _ in range(3):
        shots.append(await page.evaluate("document.querySelector('#orb').toDataURL()"))
        await asyncio.sleep(0.4)
    assert len(set(shots)) == 1
    assert await page.evaluate("document.getAnimations().length") == 0


async def test_forced_colours_keep_their_edges(desk: Desk, visit: Visit) -> None:
    page = await visit(await desk.serve(sound="none"), forced_colors="active")
    await page.tap("#begin")
    await expect(page.locator("#choices button").first).to_be_visible()
    for selector in ("#choices button", "#person", "form"):
        edge = await page.locator(selector).first.evaluate("(e) => getComputedStyle(e).borderTopWidth")
        assert edge == "2px", selector
