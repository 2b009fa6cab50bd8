"""Who may call, tried by real callers: sipp from an address that is not listed, baresip and PJSIP with a password."""

import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.sip.phones import ROOT, Baresip, Server, Start, ended, run_sipp
from tests.sip.scenario import ack, answered, authentication, bye, invite, receive, ringing, scenario

pytestmark = pytest.mark.sip

STRANGER = ("-i", "127.0.0.2")
"""Where sipp calls from, so that it is not on the list."""
LISTED = ("--allowed", "127.0.0.1/32")
NOBODY = ("--allowed", "192.0.2.0/24")
PLAIN = scenario(invite(), answered(), ack(), bye(), receive(200))
REFUSED = scenario(invite(), ringing(), receive(403), ack(refused=True))


def with_password(user: str, password: str, *last: str) -> str:
    again = invite(number=2, more=authentication(user, password))
    return scenario(invite(), ringing(), receive(401, challenge=True), ack(refused=True), again, *last)


TALK = (answered(), ack(2), bye(3), receive(200))


def unwanted(server: Server, count: int) -> list[str]:
    return [str(news["unwanted"]) for news in server.wait_for(lambda news: "unwanted" in news, count)]


def calls(server: Server) -> list[dict[str, Any]]:
    return [news for news in server.news if "remote" in news]


def test_whoever_is_not_listed_is_refused_and_the_listed_go_on(start: Start, tmp_path: Path) -> None:
    server = start("echo", *LISTED)
    run_sipp(tmp_path, REFUSED, server.address, "-m", "5", *STRANGER)
    run_sipp(tmp_path, PLAIN, server.address, "-m", "5")
    assert unwanted(server, 5) == ["unknown"] * 5
    assert len(calls(server)) == 5


def test_a_stranger_with_the_password_calls(start: Start, tmp_path: Path) -> None:
    server = start("echo", *LISTED, "--user", "ana:s3cret", "--algorithm", "MD5", "--burst", "100")
    run_sipp(tmp_path, with_password("ana", "s3cret", *TALK), server.address, "-m", "5", *STRANGER)
    assert {news["cause"] for news in server.wait_for(ended, 5)} == {"customer"}
    assert unwanted(server, 5) == ["challenged"] * 5


@pytest.mark.parametrize(("user", "password"), [("ana", "wrong"), ("eva", "s3cret")])
def test_a_wrong_password_is_refused(start: Start, tmp_path: Path, user: str, password: str) -> None:
    server = start("echo", *LISTED, "--user", "ana:s3cret", "--algorithm", "MD5")
    refused = with_password(user, password, ringing(), receive(403), ack(2, refused=True))
    run_sipp(tmp_path, refused, server.address, "-m", "1", *STRANGER)
    assert unwanted(server, 2) == ["challenged", "denied"]
    assert not calls(server)


def test_an_old_nonce_is_asked_for_again(start: Start, tmp_path: Path) -> None:
    server = start("echo", *LISTED, "--user", "ana:s3cret", "--algorithm", "MD5", "--nonce", "-1")
    stale = with_password("ana", "s3cret", ringing(), receive(401, check="WWW-Authenticate"), ack(2, refused=True))
    run_sipp(tmp_path, stale, server.address, "-m", "1", *STRANGER)
    assert unwanted(server, 2) == ["challenged", "stale"]


def test_a_caller_who_gives_up_at_the_challenge_disturbs_nobody(start: Start, tmp_path: Path) -> None:
    server = start("echo", *LISTED, "--user", "ana:s3cret")
    gone = scenario(invite(), ringing(), receive(401), ack(refused=True))
    run_sipp(tmp_path, gone, server.address, "-m", "5", *STRANGER)
    run_sipp(tmp_path, PLAIN, server.address, "-m", "5")
    assert len(calls(server)) == 5


@pytest.mark.parametrize("algorithms", [("SHA-256",), ("SHA-256", "MD5"), ("MD5",)])
@pytest.mark.parametrize(("password", "code"), [("s3cret", 200), ("wrong", 403)])
def test_pjsip_answers_the_challenge(start: Start, algorithms: tuple[str, ...], password: str, code: int) -> None:
    offered = [option for algorithm in algorithms for option in ("--algorithm", algorithm)]
    server = start("echo", *NOBODY, "--user", "ana:s3cret", *offered)
    command = [sys.executable, "-m", "tests.sip.credentials", server.uri, "ana", password]
    done = subprocess.run(command, cwd=ROOT, timeout=60, check=False, capture_output=True, text=True)
    assert done.stdout.split()[-1:] == [str(code)], done.stderr
    assert unwanted(server, 1)[0] == "challenged"
    assert len(calls(server)) == (code == 200)


def test_baresip_answers_the_challenge(start: Start, tmp_path: Path) -> None:
    server = start("echo", *NOBODY, "--user", "ana:s3cret", "--algorithm", "MD5")
    with wave.open(str(tmp_path / "said.wav"), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes(np.zeros(80_000, np.int16).tobytes())
    phone = Baresip(tmp_path, tmp_path / "said.wav", user="ana", password="s3cret")
    try:
        phone.command("dial", server.uri)
        server.wait(lambda news: news.get("event") == "Answered")
        phone.command("hangup")
        assert server.wait(ended)["cause"] == "customer"
    finally:
        phone.stop()
    assert unwanted(server, 1) == ["challenged"]


def test_an_assertion_is_believed_from_a_trusted_network_only(start: Start, tmp_path: Path) -> None:
    server = start("echo", "--trusted", "127.0.0.2/32")
    asserting = PLAIN.replace("Max-Forwards", "P-Asserted-Identity: <tel:+34600111222>\nMax-Forwards")
    run_sipp(tmp_path, asserting, server.address, "-m", "1")
    run_sipp(tmp_path, asserting, server.address, "-m", "1", *STRANGER)
    server.wait_for(ended, 2)
    assert [(call["number"], call["asserted"]) for call in calls(server)] == [
        ("tester", False),
        ("+34600111222", True),
    ]
