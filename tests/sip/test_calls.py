"""Calls from sipp: each scenario says message by message what a caller does and what it must get back."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sip.phones import ROOT, Server, Start, ended, run_sipp, sipp
from tests.sip.scenario import (
    accept,
    ack,
    answered,
    bye,
    cancel,
    expect,
    info,
    invite,
    pause,
    receive,
    refer,
    ringing,
    scenario,
    sound_of,
)

pytestmark = pytest.mark.sip


def test_a_call_is_answered_and_ended_by_the_caller(start: Start, tmp_path: Path) -> None:
    server = start("echo")
    plain = scenario(invite(), answered(), ack(), pause(300), bye(), receive(200))
    run_sipp(tmp_path, plain, server.address, "-m", "1")
    assert server.wait(ended)["cause"] == "customer"


def test_ten_calls_at_once(start: Start, tmp_path: Path) -> None:
    server = start("echo")
    plain = scenario(invite(), answered(), ack(), pause(2_000), bye(), receive(200))
    run_sipp(tmp_path, plain, server.address, "-m", "10", "-l", "10", "-r", "50", "-rtp_echo")
    assert {news["cause"] for news in server.wait_for(ended, 10)} == {"customer"}


def test_we_end_the_call(start: Start, tmp_path: Path) -> None:
    server = start("hangup")
    run_sipp(tmp_path, scenario(invite(), answered(), ack(), expect("BYE"), accept()), server.address, "-m", "3")
    assert {news["cause"] for news in server.wait_for(ended, 3)} == {"goodbye"}


def test_both_sides_hang_up_at_once(start: Start, tmp_path: Path) -> None:
    server = start("hangup")
    crossing = scenario(invite(), answered(), ack(), bye(), pause(500))
    run_sipp(tmp_path, crossing, server.address, "-m", "20", "-r", "20", "-default_behaviors", "-abortunexp")
    assert {news["cause"] for news in server.wait_for(ended, 20)} <= {"goodbye", "customer", "lost"}


def test_an_offer_that_comes_late(start: Start, tmp_path: Path) -> None:
    server = start("echo")
    late = scenario(invite(sound=False), answered(), ack(sound=True), pause(300), bye(), receive(200))
    run_sipp(tmp_path, late, server.address, "-m", "1")
    assert server.wait(ended)["cause"] == "customer"


def test_hold_and_back(start: Start, tmp_path: Path) -> None:
    server = start("echo", "--lost-after", "1.5")
    hold = scenario(
        invite(), answered(), ack(),
        invite(number=2, again=True, direction="sendonly"), receive(100, optional=True), receive(200), ack(2),
        pause(4_000),  # longer than a dead peer is waited for: on hold nobody is dead
        invite(number=3, again=True), receive(100, optional=True), receive(200), ack(3),
        bye(4), receive(200),
    )  # fmt: skip
    run_sipp(tmp_path, hold, server.address, "-m", "1", "-rtp_echo")
    assert server.wait(ended)["cause"] == "customer"


def test_the_caller_gives_up_while_it_rings(start: Start, tmp_path: Path) -> None:
    server = start("ring")
    ring = receive(100, optional=True) + receive(180)
    given_up = scenario(invite(), ring, cancel(3), receive(200), receive(487), ack(refused=True))
    run_sipp(tmp_path, given_up, server.address, "-m", "5")
    assert {(news["cause"], news["code"]) for news in server.wait_for(ended, 5)} == {("customer", 487)}


def test_giving_up_crosses_the_answer(start: Start, tmp_path: Path) -> None:
    """The CANCEL comes too late: the caller has the call and must end it."""
    server = start("echo")
    crossing = scenario(invite(), answered(), cancel(4), receive(200), ack(), bye(), receive(200))
    run_sipp(tmp_path, crossing, server.address, "-m", "5", "-default_behaviors", "-abortunexp")
    assert {news["cause"] for news in server.wait_for(ended, 5)} == {"customer"}


def test_a_full_house_says_busy_and_when_to_try_again(start: Start, tmp_path: Path) -> None:
    server = start("ring", "--max-calls", "0")
    busy = scenario(invite(), ringing(), receive(486, check="Retry-After"), ack(refused=True))
    run_sipp(tmp_path, busy, server.address, "-m", "40", "-r", "100")
    assert not [news for news in server.news if "call" in news]


def test_text_that_is_offered_beside_sound_is_not_taken(start: Start, tmp_path: Path) -> None:
    server = start("echo")
    offer = sound_of() + "m=text 4000 RTP/AVP 98\na=rtpmap:98 t140/1000\n"
    talk = scenario(invite(body=offer), answered(), ack(), pause(300), bye(), receive(200))
    run_sipp(tmp_path, talk, server.address, "-m", "1", "-trace_msg")
    [messages] = tmp_path.glob("*_messages.log")
    _, _, answer = messages.read_text().partition("SIP/2.0 200")
    assert re.findall(r"m=(\w+) (\d+)", answer)[1] == ("text", "0")


def test_keys_by_info(start: Start, tmp_path: Path) -> None:
    server = start("echo")
    presses = [step for at, digit in enumerate("19*0#") for step in (info(digit, 2 + at), receive(200))]
    run_sipp(tmp_path, scenario(invite(), answered(), ack(), *presses, bye(9), receive(200)), server.address, "-m", "1")
    server.wait(ended)
    assert server.keys() == "19*0#"


def test_a_transfer_that_the_caller_asks_for_is_refused(start: Start, tmp_path: Path) -> None:
    server = start("echo")
    fraud = refer("sip:premium@198.51.100.1")
    run_sipp(
        tmp_path,
        scenario(invite(), answered(), ack(), fraud, receive(603), bye(3), receive(200)),
        server.address,
        "-m",
        "1",
    )
    assert server.wait(ended)["cause"] == "customer"


def test_a_dead_peer_is_noticed(start: Start, tmp_path: Path) -> None:
    server = start("echo", "--lost-after", "2")
    run_sipp(tmp_path, scenario(invite(), answered(), ack(), expect("BYE"), accept()), server.address, "-m", "1")
    assert server.wait(ended)["cause"] == "lost"


def test_callers_who_never_acknowledge_disturb_nobody(start: Start, tmp_path: Path) -> None:
    """They count as lost; meanwhile others call."""
    server = start("echo")
    run_sipp(tmp_path, scenario(invite(), answered(), pause(100)), server.address, "-m", "5", "-r", "50",
             "-default_behaviors", "-abortunexp,-bye")  # fmt: skip
    plain = scenario(invite(), answered(), ack(), pause(100), bye(), receive(200))
    run_sipp(tmp_path, plain, server.address, "-m", "5")
    causes = [news["cause"] for news in server.wait_for(ended, 10)]
    assert (causes.count("customer"), causes.count("lost")) == (5, 5)


def test_stopping_in_the_middle_of_calls_says_goodbye_to_each(tmp_path: Path) -> None:
    server = Server("tone")
    try:
        patient = scenario(invite(), answered(), ack(), expect("BYE"), accept())
        callers = sipp(tmp_path, patient, server.address, "-m", "5", "-r", "50")
        server.wait_for(lambda news: news.get("event") == "Answered", 5)
        server.stop()
        assert callers.wait(10) == 0
    finally:
        server.kill()
    assert {news["cause"] for news in server.events("Ended")} == {"stopping"}


def test_a_burst_beyond_the_limit_is_refused_and_the_rest_served(start: Start, tmp_path: Path) -> None:
    server = start("echo", "--max-calls", "8")
    plain = scenario(invite(), answered(), ack(), pause(3_000), bye(), receive(200))
    crowd = sipp(tmp_path, plain, server.address, "-m", "60", "-r", "600", "-l", "60")
    crowd.wait(60)
    assert len(server.wait_for(ended, 8)) == 8
    run_sipp(tmp_path, scenario(invite(), answered(), ack(), bye(), receive(200)), server.address, "-m", "1")


def test_a_program_that_forgets_to_stop_still_ends_cleanly(tmp_path: Path) -> None:
    forgetful = (
        "import asyncio\n"
        "from telephony.sip import SipAgent, SipSettings\n"
        "async def main():\n"
        "    agent = SipAgent(SipSettings(port=0))\n"
        "    await agent.start()\n"
        "    raise SystemExit(7)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run([sys.executable, "-c", forgetful], cwd=ROOT, timeout=60, check=False, capture_output=True)
    assert done.returncode == 7, done.stderr
