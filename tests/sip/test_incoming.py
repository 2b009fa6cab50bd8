"""How a call is taken: what the caller hears before the answer, and what is known of who calls."""

import time
import wave
from pathlib import Path

import numpy as np
import pytest

from tests.sip.datagrams import acknowledgement, address, agreement, request, stranger, unwanted
from tests.sip.phones import Baresip, Server, Start, ended, run_sipp
from tests.sip.scenario import ack, answered, bye, cancel, invite, receive, scenario
from voice import wav

pytestmark = pytest.mark.sip

TRYING = receive(100, optional=True)


def test_it_rings_as_long_as_it_is_told_and_is_answered(start: Start, tmp_path: Path) -> None:
    server = start("echo", "--ring", "0.5")
    rings = scenario(invite(), TRYING, receive(180), receive(200), ack(), bye(), receive(200))
    run_sipp(tmp_path, rings, server.address, "-m", "5")
    assert {news["cause"] for news in server.wait_for(ended, 5)} == {"customer"}


def test_early_media_is_offered_with_183(start: Start, tmp_path: Path) -> None:
    server = start("echo", "--ring", "0.5", "--early")
    early = scenario(
        invite(), TRYING, receive(183, check="Content-Type"), receive(200), ack(), bye(), receive(200)
    )  # fmt: skip
    run_sipp(tmp_path, early, server.address, "-m", "5")
    assert {news["cause"] for news in server.wait_for(ended, 5)} == {"customer"}


@pytest.mark.parametrize(("code", "options"), [(180, ()), (183, ("--early",))])
def test_who_gives_up_while_it_rings_is_not_answered(
    start: Start, tmp_path: Path, code: int, options: tuple[str, ...]
) -> None:
    server = start("echo", "--ring", "60", *options)
    given_up = scenario(invite(), TRYING, receive(code), cancel(3), receive(200), receive(487), ack(refused=True))
    run_sipp(tmp_path, given_up, server.address, "-m", "5")
    assert {(news["cause"], news["code"]) for news in server.wait_for(ended, 5)} == {("customer", 487)}


def test_baresip_hears_our_tone_before_the_answer(start: Start, tmp_path: Path) -> None:
    server = start("echo", "--ring", "3", "--early")
    with wave.open(str(tmp_path / "said.wav"), "wb") as file:
        file.setparams((1, 2, 8_000, 0, "NONE", ""))
        file.writeframes(np.zeros(80_000, np.int16).tobytes())
    phone = Baresip(tmp_path, tmp_path / "said.wav")
    try:
        phone.command("dial", server.uri)
        server.wait(lambda news: news.get("event") == "Answered")
        time.sleep(0.5)  # what was played last is on its way
        phone.command("hangup")
        server.wait(ended)
    finally:
        phone.stop()
    heard = wav.read(phone.heard).pcm
    loud = np.flatnonzero(np.abs(heard) > 1_000)
    tone = heard[loud[0] : loud[0] + 8_000].astype(np.float64)
    assert int(np.abs(np.fft.rfft(tone)).argmax()) == 425


def test_who_calls_and_what_was_dialled_are_known(start: Start, tmp_path: Path) -> None:
    server = start("echo")
    privacy = "P-Asserted-Identity: <tel:+34600111222>\nPrivacy: id\n"
    plain = scenario(invite(more=privacy), answered(), ack(), bye(), receive(200))
    run_sipp(tmp_path, plain, server.address, "-m", "1")
    server.wait(ended)
    hidden = server.wait(lambda news: "remote" in news)
    assert (hidden["number"], hidden["name"], hidden["withheld"]) == ("", "", True)
    assert hidden["called"] == ["counter"]
    run_sipp(tmp_path, plain.replace(privacy, "Subject: shoes\n"), server.address, "-m", "1")
    shown = server.wait_for(lambda news: "remote" in news, 2)[1]
    assert (shown["number"], shown["withheld"], shown["asserted"]) == ("tester", False, False)


def test_who_calls_while_it_stops_hears_503_and_when_to_try_again() -> None:
    server = Server("echo")
    try:
        with stranger() as first, stranger() as second:
            for port in (first, second):
                port.settimeout(20)
            here = b"127.0.0.2:%d>" % first.getsockname()[1]
            first.sendto(request(1).replace(b"127.0.0.2:9>", here), address(server))
            while not (answer := first.recv(4_096)).startswith(b"SIP/2.0 200"):
                pass
            first.sendto(acknowledgement(answer), address(server))
            server.wait(lambda news: news.get("event") == "Answered")
            server.ask_to_stop()
            while not (farewell := first.recv(4_096)).startswith(b"BYE"):
                pass
            second.sendto(request(2), address(server))
            while (refusal := second.recv(4_096)).startswith(b"SIP/2.0 100"):
                pass
            first.sendto(agreement(farewell), address(server))
        server.stop()
    finally:
        server.kill()
    assert refusal.startswith(b"SIP/2.0 503")
    assert b"\r\nRetry-After: 30\r\n" in refusal
    assert unwanted(server) == {"full": 1}
