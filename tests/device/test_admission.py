"""A device that carries no more calls says so, and when to try again: real callers, all at once."""

import asyncio
import re
import urllib.request
from pathlib import Path

import pytest

from runtime.bench.device import Device, device
from telephony import pj
from tests.sip.datagrams import lines, request, stranger
from tests.sip.phones import run_sipp, sipp
from tests.sip.scenario import accept, ack, answered, expect, invite, receive, ringing, scenario

pytestmark = [pytest.mark.sip, pytest.mark.timeout(300)]

CROWD = 20
TURNED_AWAY = ('mostrador_refused_total{channel="phone"}', 'mostrador_sip_unwanted_total{why="full"}')
"""By the device, and by the telephone when more come at once than `sip.calls` before the device has seen them."""
BUSY = scenario(invite(), ringing(), receive(486, check="Retry-After"), ack(refused=True))


def metric(running: Device, name: str) -> float:
    with urllib.request.urlopen(f"{running.kiosk}metrics", timeout=10) as page:
        found = re.search(rf"^{re.escape(name)} (\S+)$", page.read().decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


def told(running: Device) -> tuple[int, str]:
    """What a proxy that asks is answered, and told of the load."""
    host, _, port = running.sip.rpartition("@")[2].rpartition(":")
    with stranger() as asking:
        asking.settimeout(20)
        asking.sendto(request(1, "OPTIONS"), (host, int(port)))
        answer = asking.recv(4_096)
    load = lines(answer, b"X-Mostrador-Load").decode().partition(": ")[2].strip()
    return int(answer.split()[1]), load if pj.can_show_load() else "not built"


async def until(value: float, running: Device, *names: str) -> None:
    """Until the metrics of these names add up to `value`."""
    for _ in range(600):
        found = {name: await asyncio.to_thread(metric, running, name) for name in names}
        if sum(found.values()) == value:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{found}, never {value} together")


@pytest.mark.parametrize("limits", ["wait_seconds = 0.001", "conversations = 2"])
async def test_of_a_crowd_as_many_are_let_in_as_are_carried_and_the_rest_told_when_to_try_again(
    limits: str, tmp_path: Path
) -> None:
    async with device(f"[sip]\nport = 0\nshow_load = true\n[limits]\n{limits}") as running:
        carries = int(str((await running.logged("capacity"))["conversations"]))
        assert 1 <= carries < CROWD
        stay = scenario(invite(), answered(), ack(), expect("BYE"), accept())
        crowd = sipp(tmp_path, stay, running.sip.rpartition("@")[2], "-m", str(CROWD), "-l", str(CROWD), "-r", "200")
        try:
            await until(CROWD - carries, running, *TURNED_AWAY)
            assert metric(running, 'mostrador_conversations_active{channel="phone"}') == carries
            assert metric(running, "mostrador_capacity_conversations") == carries
            await asyncio.to_thread(run_sipp, tmp_path, BUSY, running.sip.rpartition("@")[2], "-m", "3")
            full = 503, f"{carries}/{carries}" if pj.can_show_load() else "not built"
            async with asyncio.timeout(20):
                while await asyncio.to_thread(told, running) != full:
                    await asyncio.sleep(0.2)  # it is said once a second
            refused = await running.logged("refused")
            assert (refused["reason"], refused["carries"]) == ("full", carries)
        finally:
            await running.stop()
            await asyncio.to_thread(crowd.communicate, None, 60)
