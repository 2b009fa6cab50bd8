"""Calls that we place: sipp says what a telephone or a trunk does with each, baresip answers some as a person would."""

import asyncio
import contextlib
import socket
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from telephony.accounts import AccountSettings
from telephony.secret import Secret
from telephony.sip import (
    Answered,
    CallEvent,
    Ended,
    Hold,
    Ringing,
    SipAgent,
    SipCall,
    SipSettings,
    Trying,
)
from tests.sip.datagrams import lines
from tests.sip.legs import agent_with
from tests.sip.melody import melody
from tests.sip.phones import LIMIT, Baresip, alike, free_port, sipp
from tests.sip.rtp import RATE, RtpPeer
from tests.sip.scenario import accept, expect, invited, late, pause, reply, scenario, sound_of
from voice import wav
from voice.frames import AudioFrame

pytestmark = pytest.mark.sip

TRYING = reply(100)
TAKES_NO_OTHER = ("-default_behaviors", "-abortunexp")


@contextlib.asynccontextmanager
async def agent_of(*accounts: AccountSettings, seconds: float = 1.0) -> AsyncIterator[SipAgent]:
    agent = SipAgent(SipSettings(port=0, accounts=accounts, response_seconds=seconds, country="34"))
    await agent.start()
    try:
        for account in accounts:
            while not ((state := agent.accounts.get(account.name)) and state.up):
                await asyncio.sleep(0.02)
        yield agent
    finally:
        await agent.stop()


async def course(call: SipCall, then: Callable[[CallEvent], object] = lambda _: None) -> list[CallEvent]:
    """All that happens to a call until its end; `then` may do something about each."""
    seen: list[CallEvent] = []
    async with asyncio.timeout(LIMIT):
        async for event in call.events():
            seen.append(event)
            if asyncio.iscoroutine(work := then(event)):
                await work
    return seen


def names(events: list[CallEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def phone(folder: Path, port: int, *steps: str, more: tuple[str, ...] = ()) -> "subprocess.Popen[str]":
    return sipp(folder, scenario(*steps), "", "-p", str(port), "-m", "1", *more)


def done(process: "subprocess.Popen[str]", folder: Path) -> None:
    """It has gone as its scenario says."""
    screen, _ = process.communicate(timeout=LIMIT)
    errors = "".join(path.read_text() for path in folder.glob("*.err"))
    assert process.returncode == 0, f"{errors}\n{screen[-1500:]}"


def trunk(*ports: int, user: str = "", secret: str = "") -> AccountSettings:
    """Never asked whether it is there: the first hop is where a call goes first."""
    hops = tuple(f"127.0.0.1:{port}" for port in ports)
    return AccountSettings("trunk", "shop.test", "trunk", user, "", Secret(secret), hops, keepalive=0)


REASON = 'Reason: Q.850;cause={};text="Said"\n'


@pytest.mark.parametrize(
    ("code", "q850", "cause"),
    [
        (486, 0, "busy"), (480, 0, "no_answer"), (404, 0, "invalid"), (603, 0, "refused"), (403, 0, "refused"),
        (480, 17, "busy"), (500, 1, "invalid"), (302, 0, "failed"), (488, 0, "failed"),
    ],
)  # fmt: skip
async def test_each_refusal_is_a_result_of_its_own(code: int, q850: int, cause: str, tmp_path: Path) -> None:
    port = free_port()
    more = (REASON.format(q850) if q850 else "") + ("Contact: <sip:other@127.0.0.1:9>\n" if code == 302 else "")
    refusing = phone(tmp_path, port, expect("INVITE"), TRYING, reply(code, more=more), expect("ACK"))
    async with agent_of() as agent:
        events = await course(await agent.dial(f"sip:somebody@127.0.0.1:{port}"))
        done(refusing, tmp_path)
    assert names(events) == ["Trying", "Ended"]
    assert events[-1] == Ended(cause, code, q850)  # type: ignore[arg-type]


async def test_it_rings_is_answered_and_keys_are_pressed(tmp_path: Path) -> None:
    port = free_port()
    with contextlib.closing(RtpPeer(melody(20.0, RATE))) as sound:
        ok = reply(200, sound=True).replace("[media_port]", str(sound.port))
        answering = phone(
            tmp_path, port, expect("INVITE"), TRYING, reply(180), pause(300), ok, expect("ACK"), expect("BYE"), accept()
        )
        async with agent_of() as agent:
            call = await agent.dial(f"sip:somebody@127.0.0.1:{port}")

            async def act(event: CallEvent) -> None:
                if isinstance(event, Answered):
                    assert await call.send_dtmf("147#")
                    await asyncio.to_thread(sound.wait, lambda peer: peer.keys == "147#")
                    await call.hangup()

            events = await course(call, act)
            done(answering, tmp_path)
    assert names(events) == ["Trying", "Ringing", "Answered", "Ended"]
    assert events[-1] == Ended("goodbye", 200)


async def test_nobody_answers_and_the_call_is_cancelled_in_time(tmp_path: Path) -> None:
    port = free_port()
    ringing = phone(
        tmp_path, port, invited(), TRYING, reply(180), expect("CANCEL"), accept(), late(487), expect("ACK"),
    )  # fmt: skip
    async with agent_of() as agent:
        began = time.monotonic()
        events = await course(await agent.dial(f"sip:somebody@127.0.0.1:{port}", patience=1.5))
        assert 1.4 <= time.monotonic() - began < 10
        done(ringing, tmp_path)
    assert names(events) == ["Trying", "Ringing", "Ended"]
    assert isinstance(events[-1], Ended)
    assert events[-1].cause == "no_answer"


async def test_what_the_network_says_before_the_answer_is_heard(tmp_path: Path) -> None:
    """183 with a tone in it, then 480."""
    port, said = free_port(), melody(20.0, RATE)
    with contextlib.closing(RtpPeer(said)) as tone:
        early = reply(183, sound=True).replace("[media_port]", str(tone.port))
        announcing = phone(tmp_path, port, expect("INVITE"), TRYING, early, pause(2_000), reply(480), expect("ACK"))
        heard: list[AudioFrame] = []
        async with agent_of() as agent:
            call = await agent.dial(f"sip:somebody@127.0.0.1:{port}")
            listening = asyncio.ensure_future(_listen(call, heard))
            events = await course(call)
            await listening
            done(announcing, tmp_path)
    assert names(events) == ["Trying", "EarlyMedia", "Ended"]
    sound = np.concatenate([frame.pcm for frame in heard])
    assert np.abs(sound).max() > 2_000
    assert events[-1] == Ended("no_answer", 480)


async def test_a_challenge_to_a_call_is_answered(tmp_path: Path) -> None:
    port = free_port()
    challenge = 'Proxy-Authenticate: Digest realm="shop",nonce="abc123",algorithm=MD5\n'
    answer = "username=.shop.*nonce=.abc123.*response=.[0-9a-f]+"  # that it is right is kamailio's part: test_trunks.py
    check = f'<ereg regexp="{answer}" search_in="hdr" header="Proxy-Authorization:" check_it="true" assign_to="found"/>'
    wants = f'<recv request="INVITE"><action>{check}</action></recv>\n<Reference variables="found"/>\n'
    asking = phone(
        tmp_path, port, expect("INVITE"), reply(407, more=challenge), expect("ACK"), wants, reply(200, sound=True),
        expect("ACK"), expect("BYE"), accept(),
    )  # fmt: skip
    async with agent_of(trunk(port, user="shop", secret="sesame")) as agent:
        call = await agent.dial("911000222", "trunk")
        events = await course(call, lambda event: call.hangup() if isinstance(event, Answered) else None)
        done(asking, tmp_path)
    assert names(events) == ["Trying", "Answered", "Ended"]


@pytest.mark.parametrize("fault", ["silence", "503", "500"])
async def test_the_next_proxy_is_tried_where_the_first_fails(fault: str, tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    failing = None
    if fault != "silence":
        failing = phone(tmp_path, first, expect("INVITE"), TRYING, reply(int(fault)), expect("ACK"))
    answering = phone(
        tmp_path, second, expect("INVITE"), reply(180), reply(200, sound=True), expect("ACK"), expect("BYE"), accept()
    )
    async with agent_of(trunk(first, second)) as agent:
        call = await agent.dial("911000222", "trunk")
        before = call.id
        events = await course(call, lambda event: call.hangup() if isinstance(event, Answered) else None)
        done(answering, tmp_path)
        if failing is not None:
            done(failing, tmp_path)
    assert names(events) == ["Trying", "Trying", "Ringing", "Answered", "Ended"]
    hops = [event.hop for event in events if isinstance(event, Trying)]
    assert hops == [f"127.0.0.1:{first}", f"127.0.0.1:{second}"]
    assert call.id != before


async def test_a_registered_account_calls_by_its_next_proxy_too(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    registrar = phone(
        tmp_path, first, expect("REGISTER"), reply(200, more="Contact: <sip:x@127.0.0.1>;expires=300\n"),
        expect("INVITE"), TRYING, reply(503), expect("ACK"), more=TAKES_NO_OTHER,
    )  # fmt: skip
    answering = phone(
        tmp_path, second, expect("INVITE"), reply(200, sound=True), expect("ACK"), expect("BYE"), accept(),
        more=TAKES_NO_OTHER,
    )  # fmt: skip
    hops = (f"127.0.0.1:{first}", f"127.0.0.1:{second}")
    async with agent_of(AccountSettings("pbx", "shop.test", "register", "200", proxies=hops, keepalive=0)) as agent:
        call = await agent.dial("300", "pbx")
        events = await course(call, lambda event: call.hangup() if isinstance(event, Answered) else None)
        done(answering, tmp_path)
    registrar.kill()
    registrar.wait()
    assert names(events) == ["Trying", "Trying", "Answered", "Ended"]


async def test_a_telephone_that_has_rung_is_not_called_by_another_proxy(tmp_path: Path) -> None:
    first, second = free_port(), free_port()
    failing = phone(tmp_path, first, expect("INVITE"), reply(180), pause(200), reply(503), expect("ACK"))
    async with agent_of(trunk(first, second)) as agent:
        events = await course(await agent.dial("911000222", "trunk"))
        done(failing, tmp_path)
    assert names(events) == ["Trying", "Ringing", "Ended"]
    assert events[-1] == Ended("failed", 503)


async def test_when_no_proxy_answers_the_call_has_failed(tmp_path: Path) -> None:
    async with agent_of(trunk(free_port(), free_port())) as agent:
        events = await course(await agent.dial("911000222", "trunk"))
    assert names(events) == ["Trying", "Trying", "Ended"]
    assert events[-1] == Ended("failed", 408)


async def test_a_call_that_nobody_waits_for_any_more_is_cancelled() -> None:
    """Whoever dials is cancelled while the call is being placed: it rings for nobody, and keeps no line."""
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as telephone:
        telephone.bind(("127.0.0.1", 0))
        telephone.setblocking(False)
        async with agent_of() as agent, asyncio.timeout(LIMIT):
            dialling = asyncio.ensure_future(agent.dial(f"sip:x@127.0.0.1:{telephone.getsockname()[1]}"))
            await asyncio.sleep(0)
            dialling.cancel()
            with pytest.raises(asyncio.CancelledError):
                await dialling
            invite, there = await loop.sock_recvfrom(telephone, 8_000)
            await loop.sock_sendto(telephone, provisional(invite), there)
            while not (await loop.sock_recv(telephone, 8_000)).startswith(b"CANCEL"):
                pass
            while agent.calls:
                await asyncio.sleep(0.05)


def provisional(invite: bytes) -> bytes:
    head = lines(invite, b"Via", b"From", b"Call-ID", b"CSeq") + lines(invite, b"To").rstrip() + b";tag=theirs\r\n"
    return b"SIP/2.0 180 Ringing\r\n" + head + b"Content-Length: 0\r\n\r\n"


async def test_dialling_while_it_stops_is_refused_or_ends(tmp_path: Path) -> None:
    for turns in range(6):
        async with agent_of() as agent:
            dialling = asyncio.ensure_future(agent.dial(f"sip:somebody@127.0.0.1:{free_port()}"))
            for _ in range(turns):
                await asyncio.sleep(0)
            await agent.stop()
            [came] = await asyncio.gather(dialling, return_exceptions=True)
        assert came.ended if isinstance(came, SipCall) else getattr(came, "code", came) == "sip.stopped"


async def test_an_answer_that_crosses_the_cancel_is_hung_up(tmp_path: Path) -> None:
    """Whoever picks up just as we give up gets ACK and BYE; nothing but the end is told."""
    port = free_port()
    crossing = phone(
        tmp_path, port, invited(), reply(180), expect("CANCEL"), accept(), late(200), expect("ACK"),
        expect("BYE"), accept(), more=TAKES_NO_OTHER,
    )  # fmt: skip
    async with agent_of() as agent:
        events = await course(await agent.dial(f"sip:somebody@127.0.0.1:{port}", patience=1.0))
        done(crossing, tmp_path)
    assert names(events) == ["Trying", "Ringing", "Ended"]
    assert isinstance(events[-1], Ended)
    assert events[-1].cause == "no_answer"


async def test_a_second_telephone_that_answers_is_hung_up(tmp_path: Path) -> None:
    """A forked call: two answers with different tags. The first is talked to, the second gets ACK and BYE."""
    port = free_port()
    forked = phone(
        tmp_path, port, invited(), reply(200, sound=True), expect("ACK"), late(200, tag="other"),
        '<recv request="ACK"/>\n<recv request="BYE"/>\n', accept(), expect("BYE"), accept(), more=TAKES_NO_OTHER,
    )  # fmt: skip
    async with agent_of() as agent:
        call = await agent.dial(f"sip:somebody@127.0.0.1:{port}")

        async def act(event: CallEvent) -> None:
            if isinstance(event, Answered):
                await asyncio.sleep(1.5)
                await call.hangup()

        events = await course(call, act)
        done(forked, tmp_path)
    assert names(events) == ["Trying", "Answered", "Ended"]


async def test_when_both_change_the_call_at_once_it_is_tried_again(tmp_path: Path) -> None:
    """491 to our hold; agreed to after 2.1 to 4 s."""
    port, counted = free_port(), Counter[str]()
    held = sound_of("recvonly")
    glaring = phone(
        tmp_path, port, expect("INVITE"), reply(200, sound=True), expect("ACK"),
        expect("INVITE"), _again(491), expect("ACK"),
        expect("INVITE"), accept(held), expect("ACK"),
        expect("BYE"), accept(),
    )  # fmt: skip
    async with agent_with(counted=lambda why, count: counted.update({why: count})) as agent:
        call = await agent.dial(f"sip:somebody@127.0.0.1:{port}")
        asked = 0.0
        waited: list[float] = []

        async def act(event: CallEvent) -> None:
            nonlocal asked
            if isinstance(event, Answered):
                asked = time.monotonic()
                assert await call.hold()
            elif isinstance(event, Hold):
                waited.append(time.monotonic() - asked)
                await call.hangup()

        with capture_logs() as logs:
            events = await course(call, act)
        done(glaring, tmp_path)
    assert counted == {"crossed": 1}
    assert [line["source"] for line in logs if line["event"] == "sip_glare"] == [f"127.0.0.1:{port}"]
    assert names(events) == ["Trying", "Answered", "Hold", "Ended"]
    assert waited[0] >= 2.0


async def test_a_person_answers_and_both_hear_each_other(tmp_path: Path) -> None:
    theirs, ours = melody(30.0, 8_000), melody(6.0)
    wav.write(tmp_path / "theirs.wav", AudioFrame(theirs, 8_000, 0.0))
    baresip = Baresip(tmp_path, tmp_path / "theirs.wav")
    try:
        heard: list[AudioFrame] = []
        async with agent_of() as agent:
            call = await agent.dial(f"sip:baresip@127.0.0.1:{baresip.port}")
            listening = asyncio.ensure_future(_listen(call, heard))

            async def act(event: CallEvent) -> None:
                if isinstance(event, Ringing):
                    baresip.command("accept")
                elif isinstance(event, Answered):
                    left = ours
                    while len(left) or call.line.queued:
                        left = left[call.line.play(left) :]
                        await asyncio.sleep(0.05)
                    await call.hangup()

            events = await course(call, act)
            await listening
    finally:
        baresip.stop()
    assert names(events) == ["Trying", "Ringing", "Answered", "Ended"]
    sound = np.concatenate([frame.pcm for frame in heard])
    assert np.median(alike(sound[-48_000:], _wide(theirs))) > 0.9
    there = wav.read(baresip.heard, 16_000, convert=True).pcm
    assert np.median(alike(ours, there)) > 0.9


async def _listen(call: SipCall, heard: list[AudioFrame]) -> None:
    heard.extend([frame async for frame in call.line.heard()])


def _wide(pcm: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> "np.ndarray[tuple[int], np.dtype[np.int16]]":
    from voice.resample import resample

    return resample(pcm, 8_000, 16_000)


def _again(code: int) -> str:
    """An answer within the call: the tag is there already."""
    return reply(code).replace(";tag=[pid]s[call_number]", "")
