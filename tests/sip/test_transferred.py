"""Others move us: nobody may, but to the targets that are listed. sipp's word for word."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from telephony.events import Ended
from telephony.sip import SipAgent
from tests.sip.legs import CALLED, LEFT, UP, Make, agent_with, answer, answer_with, customer, done, person, until
from tests.sip.melody import melody
from tests.sip.phones import alike, free_port, sipp
from tests.sip.rtp import PCMU, RATE
from tests.sip.scenario import accept, bye, expect, pause, receive, refer, reply, scenario, sound_of

pytestmark = pytest.mark.sip

OBLIGED = free_port()
LISTED = (f"200@127.0.0.1:{OBLIGED}",)


@pytest_asyncio.fixture
async def obliging() -> AsyncIterator[SipAgent]:
    """Lets itself be sent to 200 on this machine."""
    async with agent_with(transfers=LISTED) as running:
        yield running


async def test_nobody_transfers_us(agent: SipAgent, tmp_path: Path) -> None:
    """What a stranger would have us dial at our cost."""
    steps = scenario(UP, refer("sip:900@127.0.0.1:5099"), receive(603), bye(3), receive(200))
    caller = sipp(tmp_path, steps, agent.uri.rpartition("@")[2], "-m", "1")
    call = await answer(agent)
    await done(caller)
    await until(call, Ended)
    assert agent.calls == 0


async def test_we_go_where_a_listed_target_is_and_the_call_goes_on_there(
    obliging: SipAgent, speak: Make, tmp_path: Path
) -> None:
    peer = speak(melody(60.0, RATE))
    called, target = person(
        tmp_path, expect("INVITE"), reply(180), answer_with(sound_of(port=peer.port)), expect("ACK"), LEFT, port=OBLIGED
    )
    told = (expect("NOTIFY") + accept()) * 3
    caller = customer(obliging, tmp_path, refer(target), receive(202), told, LEFT)
    call = await answer(obliging)
    await done(caller)
    assert call.ended is None
    said = melody(2.0)
    call.line.play(said)
    await asyncio.to_thread(peer.more, 100)
    await call.hangup()
    await done(called)
    assert np.median(alike(said[: 2 * RATE : 2][: RATE // 2], peer.sound(PCMU), 800)) > 0.7
    assert await until(call, Ended) == Ended("goodbye", 200)
    assert obliging.calls == 0


async def test_we_replace_a_call_where_we_are_to(obliging: SipAgent, tmp_path: Path) -> None:
    called, target = person(
        tmp_path, expect("INVITE", check="Replaces", like="a@b;to-tag=1;from-tag=2"), reply(180),
        reply(200, sound=True), expect("ACK"), LEFT, port=OBLIGED,
    )  # fmt: skip
    told = (expect("NOTIFY") + accept()) * 3
    to = f"{target}?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2"
    caller = customer(obliging, tmp_path, refer(to), receive(202), told, LEFT)
    call = await answer(obliging)
    await done(caller)
    await call.hangup()
    await done(called)


async def test_we_stop_while_we_are_on_our_way_there(tmp_path: Path) -> None:
    called, target = person(tmp_path, expect("INVITE"), reply(180), pause(20_000), port=OBLIGED)
    try:
        async with agent_with(transfers=LISTED) as agent:
            caller = customer(agent, tmp_path, refer(target), receive(202), expect("NOTIFY"), accept(), pause(20_000))
            call = await answer(agent)
            await asyncio.sleep(1.5)
            assert call.ended is None
    finally:
        for process in (called, caller):
            process.kill()
            process.wait()
    assert call.ended is not None
    assert call.ended.cause == "stopping"


async def test_where_the_target_is_busy_the_call_goes_on_as_it_was(obliging: SipAgent, tmp_path: Path) -> None:
    called, target = person(tmp_path, expect("INVITE"), reply(486), expect("ACK"), port=OBLIGED)
    told = (expect("NOTIFY") + accept()) * 2
    caller = customer(obliging, tmp_path, refer(target), receive(202), told, LEFT)
    call = await answer(obliging)
    await done(called)
    await asyncio.sleep(0.5)
    assert call.ended is None
    await call.hangup()
    await done(caller)


async def test_who_is_gone_as_soon_as_we_have_agreed_leaves_the_call_to_the_target(
    obliging: SipAgent, tmp_path: Path
) -> None:
    called, target = person(tmp_path, CALLED, LEFT, port=OBLIGED)
    steps = scenario(UP, refer(target), receive(202), expect("NOTIFY"), accept(), bye(4), receive(200))
    # Another NOTIFY may cross the BYE.
    address = obliging.uri.rpartition("@")[2]
    caller = sipp(tmp_path, steps, address, "-m", "1", "-default_behaviors", "-abortunexp")
    call = await answer(obliging)
    await done(caller)
    await asyncio.sleep(1.0)
    assert call.ended is None
    await call.hangup()
    await done(called)


async def test_an_obliging_one_goes_nowhere_else(tmp_path: Path) -> None:
    unwanted: list[str] = []
    async with agent_with(lambda why, _: unwanted.append(why), transfers=LISTED) as agent:
        caller = customer(agent, tmp_path, refer("sip:201@127.0.0.1:5099"), receive(603), bye(3), receive(200))
        call = await answer(agent)
        await done(caller)
        await until(call, Ended)
    assert unwanted == ["transfer"]
