"""A device on which only a listed address and those with a password may call. sipp calls."""

import asyncio
from pathlib import Path

import pytest

from runtime.bench.device import device
from telephony.users import VARIABLE
from tests.device.test_admission import metric, until
from tests.sip.phones import run_sipp
from tests.sip.scenario import ack, answered, authentication, bye, invite, pause, receive, ringing, scenario

pytestmark = [pytest.mark.sip, pytest.mark.timeout(300)]

LISTED = '[sip.callers]\nallowed = ["127.0.0.1/32"]\nalgorithms = ["MD5"]'
TALK = (pause(500), bye(3), receive(200))


async def test_a_stranger_calls_with_the_password_and_it_is_in_no_log(tmp_path: Path) -> None:
    asked = (invite(), ringing(), receive(401, challenge=True), ack(refused=True))
    right = scenario(*asked, invite(number=2, more=authentication("ana", "s3cret")), answered(), ack(2), *TALK)
    wrong = scenario(
        *asked, invite(number=2, more=authentication("ana", "guess")), ringing(), receive(403), ack(2, refused=True)
    )
    async with device(LISTED, {VARIABLE: "ana:s3cret"}) as running:
        address = running.sip.rpartition("@")[2]
        for call in (right, wrong):
            await asyncio.to_thread(run_sipp, tmp_path, call, address, "-m", "1", "-i", "127.0.0.2")
        await until(1, running, 'mostrador_conversations_total{channel="phone",outcome="customer"}')
        assert metric(running, 'mostrador_sip_unwanted_total{why="challenged"}') == 2
        assert metric(running, 'mostrador_sip_unwanted_total{why="denied"}') == 1
        told = await running.logged("sip_unwanted")
        assert str(told["source"]).startswith("127.0.0.2:")
        await running.stop()
        log = running.log.read_text("utf-8")
    assert "s3cret" not in log
    assert "guess" not in log
    assert "tester" not in log, "who calls is masked"


async def test_without_users_a_stranger_is_refused(tmp_path: Path) -> None:
    async with device(LISTED) as running:
        address = running.sip.rpartition("@")[2]
        refused = scenario(invite(), ringing(), receive(403), ack(refused=True))
        await asyncio.to_thread(run_sipp, tmp_path, refused, address, "-m", "1", "-i", "127.0.0.2")
        await until(1, running, 'mostrador_sip_unwanted_total{why="unknown"}')
        assert metric(running, 'mostrador_conversations_active{channel="phone"}') == 0
