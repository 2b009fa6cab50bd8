"""The page in a real browser: what a customer does reaches the conversation, what the counter says reaches them."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from runtime.channels import Caption, Notice, Shown, Status
from runtime.channels.kiosk import PAGE, KioskServer
from runtime.config import Kiosk
from runtime.events import Chose, HungUp, LanguageChosen, UserSaid
from runtime.messages import Choice, Message
from tests.kiosk.desk import Desk
from tests.kiosk.scripted_session import ANSWER, GREETING, ScriptedSession

pytestmark = [pytest.mark.kiosk, pytest.mark.asyncio(loop_scope="module")]

Visit = Callable[..., Awaitable[Page]]


async def begun(desk: Desk, visit: Visit, *, sound: str = "none", **options: object) -> tuple[Page, ScriptedSession]:
    page = await visit(await desk.serve(sound=sound), **options)
    await page.click("#begin")
    await expect(page.locator("#turns .counter").last).to_contain_text(GREETING["es"].text)
    await expect(page.locator("body")).to_have_attribute("data-state", "listening")
    return page, desk.visit


@pytest.mark.parametrize(("name", "width", "height"), [("portrait", 1080, 1920), ("landscape", 1920, 1080)])
async def test_a_typed_question_is_answered(
    desk: Desk, visit: Visit, artifacts: Path, name: str, width: int, height: int
) -> None:
    page, session = await begun(desk, visit, width=width, height=height)
    await page.screenshot(path=artifacts / f"kiosk-{name}-greeting.png")
    await page.fill("#say", "  ¿A qué hora  abren? ")
    await page.press("#say", "Enter")
    said = await session.expect(UserSaid)
    assert (said.text, said.spoken, said.language) == ("¿A qué hora abren?", False, "es")
    await expect(page.locator("#turns .customer")).to_contain_text("¿A qué hora abren?")
    answer = page.locator("#turns .counter.latest")
    await expect(answer).to_contain_text(ANSWER["es"].text)
    await expect(answer.locator(".detail")).to_contain_text("Lunes a sábado")
    await expect(page.locator("#aloud p").last).to_contain_text("Lunes a sábado")
    await expect(page.locator("#say")).to_have_value("")
    await page.screenshot(path=artifacts / f"kiosk-{name}-answer.png")


async def test_a_choice_is_touched_once(desk: Desk, visit: Visit) -> None:
    page, session = await begun(desk, visit)
    await expect(page.locator("#choices button")).to_have_count(4)
    await page.tap("#choices button[data-id=order]")
    chose = await session.expect(Chose)
    assert (chose.id, chose.title) == ("order", "Estado de un pedido")
    await expect(page.locator("#choices button").first).to_have_text("Días festivos")
    assert sum(isinstance(event, Chose) for event in session.events) == 1


async def test_a_person_is_always_one_touch_away(desk: Desk, visit: Visit) -> None:
    page, session = await begun(desk, visit)
    await page.tap("#person")
    chose = await session.expect(Chose)
    assert (chose.id, chose.title) == ("person", "Hablar con una persona")


async def test_the_language_can_be_changed_before_and_during_a_visit(desk: Desk, visit: Visit) -> None:
    page = await visit(await desk.serve(sound="none"))
    await page.tap("[data-language=en]")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("#begin")).to_contain_text("Touch to start")
    await page.tap("#begin")
    await expect(page.locator("#turns .counter")).to_contain_text(GREETING["en"].text)
    assert desk.visit.channel.language == "en"
    await page.tap("[data-language=es]")
    assert (await desk.visit.expect(LanguageChosen)).language == "es"
    await expect(page.locator("#turns .counter").last).to_contain_text(GREETING["es"].text)
    await expect(page.locator("#turns .counter").last).to_have_attribute("lang", "es")
    await expect(page.locator("#person")).to_have_text("Hablar con una persona")
    # and the other way round: the counter heard another language
    await desk.visit.channel.show(Status("listening", "en"))
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.locator("[data-language=en]")).to_have_attribute("aria-pressed", "true")


async def test_the_state_is_seen_at_a_glance(desk: Desk, visit: Visit) -> None:
    page, session = await begun(desk, visit)
    seen = []
    for state, words in [("listening", "Dígame"), ("thinking", "Un momento…"), ("speaking", "Le respondo")]:
        await session.channel.show(Status(state, "es"))  # type: ignore[arg-type]
        await expect(page.locator("#state")).to_have_text(words)
        await page.wait_for_timeout(1200)  # the colours fade into each other
        seen.append(await disc_colour(page))
    assert seen == ["saffron", "paper", "mint"]


async def disc_colour(page: Page) -> str:
    """Of the indicator's disc, away from what is drawn on it."""
    red, green, blue = await page.evaluate(
        """() => { const c = document.querySelector("#orb");
        return Array.from(c.getContext("2d").getImageData(c.width / 2, c.height / 2 - 0.17 * c.height, 1, 1).data)
        .slice(0, 3) }"""
    )
    known = {"saffron": (242, 185, 80), "paper": (247, 244, 236), "mint": (143, 211, 182)}
    return min(known, key=lambda name: sum(abs(a - b) for a, b in zip(known[name], (red, green, blue), strict=True)))


async def test_captions_grow_and_are_replaced(desk: Desk, visit: Visit) -> None:
    page, session = await begun(desk, visit)
    show = session.channel.show
    await show(Caption("customer", "a qué hora", 1, final=False))
    latest = page.locator("#turns .customer.latest")
    await expect(latest).to_have_class(re.compile("partial"))
    await show(Caption("customer", "¿A qué hora cierran?", 1))
    await expect(latest).not_to_have_class(re.compile("partial"))
    await expect(latest.locator("p")).to_have_text("¿A qué hora cierran?")
    await expect(page.locator("#turns .customer")).to_have_count(1)
    await show(Shown(Message("Cerramos a las nueve. El domingo, a las tres."), 1))
    await show(Caption("counter", "Cerramos a las nueve.", 1, final=False))
    answer = page.locator("#turns .counter.latest")
    await expect(answer.locator("p span").first).to_have_text("Cerramos a las nueve.")
    await expect(answer.locator(".rest")).to_have_text(" El domingo, a las tres.")
    # interrupted: what was said is dark, the rest can still be read
    await show(Caption("counter", "Cerramos a las nueve. El", 1))
    await expect(answer.locator(".rest")).to_have_text(" domingo, a las tres.")
    await show(Caption("counter", "Algo que no era un mensaje", 2))
    await expect(page.locator("#turns .counter").last).to_contain_text("Algo que no era un mensaje")


async def test_words_are_never_markup(desk: Desk, visit: Visit) -> None:
    page, session = await begun(desk, visit)
    evil = "<img src=x onerror=\"document.title='evil'\"><script>document.title='evil'</script>"
    await session.channel.show(Shown(Message(evil, detail=evil, choices=(Choice("evil", evil),)), 1))
    await session.channel.show(Caption("counter", evil, 1))
    await session.channel.show(Caption("customer", evil, 2))
    await session.channel.show(Notice("evil", evil))
    await expect(page.locator("#turns .customer p")).to_have_text(evil)
    await expect(page.locator("#notice")).to_have_text(evil)
    assert await page.locator("main img, main script, #notice img").count() == 0
    assert await page.title() == "Mostrador"


async def test_leaving_wipes_the_screen(desk: Desk, visit: Visit) -> None:
    page, session = await begun(desk, visit)
    await page.fill("#say", "mi número es el 600")
    await page.tap("#leave")
    assert (await session.expect(HungUp)).cause == "customer"
    await expect(page.locator("#thanks")).to_have_text("Gracias. Hasta pronto.")
    await expect(page.locator("#turns li")).to_have_count(0)
    await expect(page.locator("#aloud p")).to_have_count(0)
    await expect(page.locator("#say")).to_have_value("")
    assert await page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]
    await page.tap("#ended")
    await expect(page.locator("#begin")).to_be_visible()
    await page.wait_for_selector("#begin[aria-disabled=false]")
    await page.tap("#begin")  # and the next customer is another visit
    await expect(page.locator("#turns .counter")).to_contain_text(GREETING["es"].text)
    assert len(desk.sessions) == 2


async def test_the_counter_says_goodbye(desk: Desk, visit: Visit) -> None:
    page, session = await begun(desk, visit)
    await session.channel.close("goodbye")
    await session.channel.close("goodbye")
    assert (await session.expect(HungUp)).cause == "goodbye"
    await expect(page.locator("#thanks")).to_be_visible()
    await expect(page.locator("#thanks-more")).to_have_text(GREETING["es"].text)  # the last words can still be read
    await expect(page.locator("#begin")).to_be_visible()


@pytest.mark.parametrize(("cause", "words"), [("busy", "atendiendo a otras"), ("internal", "Volvemos enseguida")])
async def test_the_counter_can_not_serve(desk: Desk, visit: Visit, cause: str, words: str) -> None:
    page, session = await begun(desk, visit)
    await session.channel.close(cause)
    await expect(page.locator("#ended")).to_contain_text(words)


async def test_nobody_there_any_more(desk: Desk, visit: Visit) -> None:
    page = await visit(await desk.serve(sound="none", idle_seconds=2.0))
    await page.tap("#begin")
    await expect(page.locator("#idle")).to_be_visible()
    await page.tap("#stay")
    await expect(page.locator("#idle")).to_be_hidden()
    await expect(page.locator("#talk")).to_be_visible()
    await expect(page.locator("#idle")).to_be_visible()
    assert (await desk.visit.expect(HungUp)).cause == "customer"
    await expect(page.locator("#thanks")).to_be_visible()


async def test_a_browser_that_closes_is_lost(desk: Desk, visit: Visit) -> None:
    page, session = await begun(desk, visit)
    await page.close()
    assert (await session.expect(HungUp)).cause == "lost"
    assert isinstance(session.events[-1], HungUp)


async def test_the_page_comes_back_after_a_restart(desk: Desk, visit: Visit) -> None:
    page, session = await begun(desk, visit)
    await page.fill("#say", "algo privado")
    port = int(desk.servers[0].url.rstrip("/").rsplit(":", 1)[1])
    session.channel.hang_up("lost")  # the process dies: no goodbye
    await desk.servers[0].stop()
    await expect(page.locator("#notice")).to_contain_text("Se ha cortado la conexión")
    await expect(page.locator("#turns li")).to_have_count(0)
    await expect(page.locator("#send")).to_be_disabled()
    await desk.serve(sound="none", port=port)
    await expect(page.locator("#turns .counter")).to_contain_text(GREETING["es"].text)
    await expect(page.locator("#send")).to_be_enabled()
    assert len(desk.sessions) == 2
    await page.fill("#say", "¿Sigue ahí?")
    await page.tap("#send")
    assert (await desk.visit.expect(UserSaid)).text == "¿Sigue ahí?"


async def test_an_idle_screen_is_renewed_after_an_update(desk: Desk, visit: Visit) -> None:
    server = await desk.serve(sound="none")
    page = await visit(server)
    await server.stop()
    await expect(page.locator("#begin")).to_contain_text("Un momento…")
    newer = KioskServer(Kiosk(port=int(server.url.rstrip("/").rsplit(":", 1)[1]), name="Nueva"), lambda _: None)
    newer._build = "newer"
    async with page.expect_navigation():
        await newer.start()
    await expect(page.locator("#name")).to_have_text("Nueva")
    await page.wait_for_selector("#begin[aria-disabled=false]")
    await newer.stop()


async def test_the_stopping_device_says_so(desk: Desk, visit: Visit) -> None:
    page, session = await begun(desk, visit)
    await desk.servers[0].stop()
    assert (await session.expect(HungUp)).cause == "stopping"
    await expect(page.locator("#thanks")).to_have_text("Volvemos enseguida.")
    await expect(page.locator("#begin")).to_be_visible()
    await expect(page.locator("#begin")).to_have_attribute("aria-disabled", "true")


async def test_keys_on_the_screen(desk: Desk, visit: Visit) -> None:
    page, session = await begun(desk, visit)
    await page.tap("#say")
    await expect(page.locator("#keys")).to_be_visible()
    for key in ["⇧", "a", "ñ", "o", " ", "2", "2", "⌫"]:
        await page.tap(f'#keys [data-key="{key}"]')
    await expect(page.locator("#say")).to_have_value("Año 2")
    await page.tap("#send")
    assert (await session.expect(UserSaid)).text == "Año 2"
    await expect(page.locator("#keys")).to_be_hidden()


async def test_two_browsers_are_two_conversations(desk: Desk, visit: Visit) -> None:
    server = await desk.serve(sound="none")
    pages = [await visit(server), await visit(server)]
    for page in pages:
        await page.tap("#begin")
        await expect(page.locator("#turns .counter")).to_be_visible()
    assert desk.sessions[0].channel.peer != desk.sessions[1].channel.peer
    await pages[1].fill("#say", "solo la segunda")
    await pages[1].tap("#send")
    assert (await desk.sessions[1].expect(UserSaid)).text == "solo la segunda"
    assert not desk.sessions[0].events


@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 640), (1080, 1920), (1920, 1080), (1280, 800)])
async def test_everything_fits_and_can_be_touched(desk: Desk, visit: Visit, width: int, height: int) -> None:
    page, _ = await begun(desk, visit, width=width, height=height)
    for control in await page.locator("button:visible, #say").all():
        box = await control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 48, await control.evaluate("e => e.outerHTML")
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width + 1
        assert box["y"] + box["height"] <= height + 1, await control.evaluate("e => e.outerHTML")
    for choice in await page.locator("#choices button, .ways button:visible").all():
        box = await choice.bounding_box()
        assert box is not None
        assert box["height"] >= 64


async def test_the_page_is_light(desk: Desk, visit: Visit) -> None:
    page = await visit(await desk.serve())
    sizes = await page.evaluate(
        "[...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]"
        ".map((entry) => entry.transferSize)"
    )
    assert 0 < sum(sizes) < 60_000
    assert sum(file.stat().st_size for file in PAGE.iterdir()) < 70_000
