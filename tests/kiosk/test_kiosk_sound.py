"""Sound through a real browser: its microphone reaches the line, what the line plays is heard and counted."""

import asyncio
from collections.abc import Awaitable, Callable

import numpy as np
import pytest
from playwright.async_api import Browser, Page, expect

from runtime.channels.kiosk_line import FRAME, BrowserLine
from runtime.events import UserSaid
from tests.kiosk.desk import MIC_HERTZ, Desk
from tests.kiosk.scripted_session import GREETING, ScriptedSession, tone
from voice.frames import RATE, AudioFrame

pytestmark = [pytest.mark.kiosk, pytest.mark.asyncio(loop_scope="module")]

Visit = Callable[..., Awaitable[Page]]

TAP = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (node, ...rest) {
  if (node instanceof AudioDestinationNode) {
    window.tap = new AnalyserNode(this.context, { fftSize: 8192, smoothingTimeConstant: 0 });
    connect.call(this, window.tap);
  }
  return connect.call(this, node, ...rest);
};
window.loudest = () => {
  const bins = new Float32Array(tap.frequencyBinCount);
  tap.getFloatFrequencyData(bins);
  const peak = bins.indexOf(Math.max(...bins));
  return [(peak * tap.context.sampleRate) / tap.fftSize, bins[peak]];
};
null
"""


async def begun(desk: Desk, visit: Visit) -> tuple[Page, ScriptedSession, BrowserLine]:
    page = await visit(await desk.serve())
    await page.evaluate(TAP)
    await page.click("#begin")
    await expect(page.locator("#turns .counter").last).to_contain_text(GREETING["es"].text)
    line = desk.visit.channel.line
    assert isinstance(line, BrowserLine)
    return page, desk.visit, line


def loudest(frames: list[AudioFrame]) -> float:
    """Hz of the strongest tone."""
    pcm = np.concatenate([frame.pcm for frame in frames]).astype(float)
    spectrum = np.abs(np.fft.rfft(pcm * np.hanning(len(pcm))))
    return float(np.argmax(spectrum) * RATE / len(pcm))


async def test_the_microphone_is_heard_at_16_khz(desk: Desk, visit: Visit) -> None:
    page, session, _ = await begun(desk, visit)
    await session.until(lambda: len(session.frames) >= 150)
    frames = session.frames[:150]
    assert {(frame.rate, len(frame.pcm), frame.pcm.dtype.name) for frame in frames} == {(RATE, FRAME, "int16")}
    starts = [round(frame.start * RATE) for frame in frames]
    assert starts == list(range(0, 150 * FRAME, FRAME))
    assert loudest(frames[50:]) == pytest.approx(MIC_HERTZ, abs=1.0)
    assert max(np.abs(frame.pcm.astype(int)).max() for frame in frames) > 1000

    await page.tap("#microphone")  # off: silence, but the stream's time goes on
    await expect(page.locator("#microphone")).to_have_attribute("aria-pressed", "false")
    known = len(session.frames)
    await session.until(lambda: len(session.frames) >= known + 100)
    assert max(np.abs(frame.pcm.astype(int)).max() for frame in session.frames[-25:]) == 0


async def test_what_is_played_is_heard_and_counted(desk: Desk, visit: Visit) -> None:
    page, session, line = await begun(desk, visit)
    sound = tone(880, 3.0)
    before = line.played
    assert line.play(sound) == len(sound)
    assert line.queued == len(sound)
    await session.until(lambda: line.played > before + RATE)
    assert 0 < line.queued < len(sound) - RATE + FRAME
    hertz, decibels = await page.evaluate("loudest()")
    assert hertz == pytest.approx(880, abs=8)
    assert decibels > -40
    await session.until(lambda: not line.queued)
    assert line.played == before + len(sound)


async def test_hush_is_silence_and_the_count_is_honest(desk: Desk, visit: Visit) -> None:
    page, session, line = await begun(desk, visit)
    before = line.played
    line.play(tone(880, 6.0))
    await session.until(lambda: line.played > before + RATE)
    dropped = line.hush()
    assert line.queued == 0
    assert line.played - before + dropped == 6 * RATE
    assert RATE < 6 * RATE - dropped < 3 * RATE
    await asyncio.sleep(0.5)
    _, decibels = await page.evaluate("loudest()")
    assert decibels < -70
    line.play(tone(440, 1.0))  # and it plays on afterwards, counted anew
    after = line.played
    await session.until(lambda: not line.queued)
    assert line.played - after == RATE


async def test_the_browser_cancels_echo_but_leaves_noise_in(desk: Desk, chromium: Browser) -> None:
    server = await desk.serve()
    context = await chromium.new_context()
    page = await context.new_page()
    await page.add_init_script(
        """
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        window.given = new Promise((resolve) => {
          navigator.mediaDevices.getUserMedia = async (wanted) => {
            const stream = await ask(wanted);
            resolve(stream.getAudioTracks()[0].getSettings());
            return stream;
          };
        });
        """
    )
    await page.goto(server.url)
    await page.wait_for_selector("#begin[aria-disabled=false]")
    await page.click("#begin")
    given = await page.evaluate("given")
    assert {name: given[name] for name in ("echoCancellation", "noiseSuppression", "autoGainControl")} == {
        "echoCancellation": True,
        "noiseSuppression": False,
        "autoGainControl": True,
    }
    await context.close()


async def test_the_volume_is_the_customers(desk: Desk, visit: Visit) -> None:
    page, session, line = await begun(desk, visit)
    line.play(tone(880, 8.0))
    await session.until(lambda: line.played > RATE)
    _, loud = await page.evaluate("loudest()")
    await page.fill("#volume", "0")
    await asyncio.sleep(0.5)
    _, silent = await page.evaluate("loudest()")
    assert loud > -40
    assert silent < -80
    line.hush()


async def test_a_refused_microphone_leaves_touch_and_typing(desk: Desk, chromium: Browser) -> None:
    server = await desk.serve()
    context = await chromium.new_context()
    page = await context.new_page()
    await page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    await page.goto(server.url)
    await page.wait_for_selector("#begin[aria-disabled=false]")
    await page.click("#begin")
    await expect(page.locator("#notice")).to_contain_text("Sin micrófono")
    await expect(page.locator("#microphone")).to_be_hidden()
    assert desk.visit.channel.line is None
    await page.fill("#say", "hola")
    await page.press("#say", "Enter")
    await desk.visit.expect(UserSaid)
    await context.close()


async def test_a_new_visit_begins_its_streams_anew(desk: Desk, visit: Visit) -> None:
    page, session, _ = await begun(desk, visit)
    await session.until(lambda: len(session.frames) > 20)
    await page.tap("#leave")
    await page.tap("#ended")
    await page.wait_for_selector("#begin[aria-disabled=false]")
    await page.tap("#begin")
    await session.until(lambda: len(desk.sessions) == 2 and len(desk.visit.frames) > 20)
    assert desk.visit.frames[0].start == 0.0
    line = desk.visit.channel.line
    assert isinstance(line, BrowserLine)
    line.play(tone(440, 0.5))
    await session.until(lambda: line.played == RATE // 2)
