"""A call handed on: blind, attended, joined by us; and all that the other side may do instead. sipp's word for word."""

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from telephony.events import Answered, CallEvent, Ended
from telephony.refer import HANDOFF, UUI, Transferred, handoff_headers
from telephony.sip import SipAgent, SipCall, SipSettings, Transferring
from telephony.transfer import transfer
from tests.sip.phones import LIMIT, Baresip, alike, free_port, sipp
from tests.sip.rtp import PCMU, RATE, RtpPeer
from tests.sip.scenario import (
    accept,
    ack,
    answered,
    bye,
    expect,
    invite,
    notify,
    pause,
    receive,
    refer,
    reply,
    respond,
    scenario,
    sound_of,
)
from tests.sip.test_caller import melody
from voice import wav
from voice.frames import AudioFrame, Pcm

pytestmark = pytest.mark.sip

OBLIGED = free_port()
ID = "0123456789abcdef"
TARGET = "sip:200@127.0.0.1:5099"
UP = invite() + answered() + ack()
"""The customer's side of a call that we have answered."""
SUPPORTED = "Allow: INVITE, ACK, BYE, CANCEL, REFER, NOTIFY\n"
CALLED = expect("INVITE") + reply(180) + reply(200, sound=True) + expect("ACK")
"""The person's side of a call that they have answered."""
LEFT = expect("BYE") + accept()

Make = Callable[..., RtpPeer]


@pytest_asyncio.fixture
async def agent() -> AsyncIterator[SipAgent]:
    running = SipAgent(SipSettings(port=0))
    await running.start()
    yield running
    await running.stop()


@pytest_asyncio.fixture
async def obliging() -> AsyncIterator[SipAgent]:
    """Lets itself be sent to 200 on this machine."""
    unwanted: list[str] = []
    running = SipAgent(
        SipSettings(port=0, transfers=(f"200@127.0.0.1:{OBLIGED}",)), counted=lambda why, *_: unwanted.append(why)
    )
    running.unwanted = unwanted  # type: ignore[attr-defined]
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def speak() -> Iterator[Make]:
    peers: list[RtpPeer] = []

    def make(said: Pcm) -> RtpPeer:
        peers.append(RtpPeer(said))
        return peers[-1]

    yield make
    for peer in peers:
        peer.close()


def customer(agent: SipAgent, folder: Path, *steps: str, up: str = UP) -> "subprocess.Popen[str]":
    return sipp(folder, scenario(up, *steps), agent.uri.rpartition("@")[2], "-m", "1")


def person(folder: Path, *steps: str, port: int = 0) -> "tuple[subprocess.Popen[str], str]":
    port = port or free_port()
    called = sipp(folder, scenario(*steps), "", "-m", "1", "-p", str(port), "-trace_msg")
    return called, f"sip:200@127.0.0.1:{port}"


async def done(*processes: "subprocess.Popen[str]") -> None:
    """Each went by its scenario."""
    for process in processes:
        assert await asyncio.to_thread(process.wait, LIMIT) == 0, process.stdout and process.stdout.read()[-3000:]


async def answer(agent: SipAgent) -> SipCall:
    async for call in agent.incoming():
        await call.answer()
        await until(call, Answered)
        return call
    raise AssertionError("nobody called")


async def until(call: SipCall, kind: type[CallEvent]) -> CallEvent:
    async with asyncio.timeout(LIMIT):
        async for event in call.events():
            if isinstance(event, kind):
                return event
            assert not isinstance(event, Ended), event
    raise AssertionError("it never came")


async def dialled(agent: SipAgent, uri: str) -> SipCall:
    call = await agent.dial(uri, headers=handoff_headers(ID))
    await until(call, Answered)
    return call


async def test_a_blind_transfer_goes_on_until_the_target_answers(agent: SipAgent, tmp_path: Path) -> None:
    caller = customer(
        agent, tmp_path,
        expect("REFER", check="Refer-To", like=f"200@127.0.0.1:5099.User-to-User=00{ID}%3Bencoding%3Dhex"),
        respond(202), notify(100, 2), notify(180, 3), notify(200, 4, final=True), LEFT,
    )  # fmt: skip
    call = await answer(agent)
    steps: list[Transferring] = []
    result = await transfer(call, TARGET, handoff_headers(ID), told=steps.append)
    assert result == Transferred("done", 200)
    assert [step.code for step in steps if step.code != 100] == [180, 200]
    assert steps[-1].final
    await done(caller)
    assert await until(call, Ended) == Ended("transferred", 200)


@pytest.mark.parametrize(
    ("code", "result"), [(403, "refused"), (405, "unsupported"), (603, "refused"), (501, "unsupported")]
)
async def test_a_refer_that_is_refused_leaves_the_call_as_it_was(
    agent: SipAgent, tmp_path: Path, code: int, result: str
) -> None:
    caller = customer(agent, tmp_path, expect("REFER"), respond(code), LEFT)
    call = await answer(agent)
    assert await transfer(call, TARGET) == Transferred(result, code)  # type: ignore[arg-type]
    assert call.ended is None
    await call.hangup()
    await done(caller)


async def test_who_does_not_list_refer_is_not_asked(agent: SipAgent, tmp_path: Path) -> None:
    up = invite(more="Allow: INVITE, ACK, BYE, CANCEL\n") + answered() + ack()
    caller = customer(agent, tmp_path, LEFT, up=up)
    call = await answer(agent)
    assert await transfer(call, TARGET) == Transferred("unsupported")
    await call.hangup()
    await done(caller)


@pytest.mark.parametrize(("code", "result"), [(486, "busy"), (480, "no_answer"), (404, "failed")])
async def test_a_target_that_does_not_answer_leaves_the_call_as_it_was(
    agent: SipAgent, tmp_path: Path, code: int, result: str
) -> None:
    up = invite(more=SUPPORTED) + answered() + ack()
    caller = customer(
        agent, tmp_path, expect("REFER"), respond(202), notify(100, 2), notify(180, 3), notify(code, 4, final=True),
        LEFT, up=up,
    )  # fmt: skip
    call = await answer(agent)
    assert await transfer(call, TARGET) == Transferred(result, code)  # type: ignore[arg-type]
    assert call.ended is None
    await call.hangup()
    await done(caller)


async def test_a_peer_that_never_tells_the_end_is_hung_up_on(agent: SipAgent, tmp_path: Path) -> None:
    caller = customer(agent, tmp_path, expect("REFER"), respond(202), notify(100, 2), notify(180, 3), LEFT)
    call = await answer(agent)
    assert await transfer(call, TARGET, within=2.0) == Transferred("unconfirmed")
    await done(caller)
    assert call.ended is not None
    assert call.ended.cause == "transferred"


async def test_a_peer_that_hangs_up_as_soon_as_it_has_accepted(agent: SipAgent, tmp_path: Path) -> None:
    caller = customer(agent, tmp_path, expect("REFER"), respond(202), notify(100, 2), bye(3), receive(200))
    call = await answer(agent)
    assert await transfer(call, TARGET) == Transferred("unconfirmed")
    await done(caller)


async def test_a_customer_who_hangs_up_before_it_is_accepted_is_gone(agent: SipAgent, tmp_path: Path) -> None:
    caller = customer(agent, tmp_path, expect("REFER"), bye(2), receive(200))
    call = await answer(agent)
    assert (await transfer(call, TARGET)).result in ("gone", "refused")  # PJSIP ends what is open with 487
    await done(caller)


@pytest.mark.parametrize("rings", [reply(180), ""], ids=["180", "at once"])
async def test_an_attended_transfer_replaces_the_consultation(agent: SipAgent, tmp_path: Path, rings: str) -> None:
    called, target = person(tmp_path, expect("INVITE") + rings + reply(200, sound=True) + expect("ACK"), LEFT)
    names_both = "Replaces=[^%]+%3Bto-tag%3D[^%]+%3Bfrom-tag%3D[^&]+&amp;Require=replaces.*User-to-User=00"
    caller = customer(
        agent, tmp_path, expect("REFER", check="Refer-To", like=names_both), respond(202),
        notify(100, 2), notify(200, 3, final=True), LEFT,
    )  # fmt: skip
    call = await answer(agent)
    consultation = await dialled(agent, target)
    dialog = await consultation.dialog()
    assert dialog.call_id == consultation.id
    assert dialog.ours
    assert dialog.theirs
    result = await transfer(call, target, handoff_headers(ID), consultation=consultation)
    assert result == Transferred("done", 200)
    await done(caller, called)
    seen = next(tmp_path.glob("*_messages.log")).read_text()
    assert re.search(rf"^{UUI}: 00{ID};encoding=hex;purpose=isdn-uui;content=isdn-uui\s*$", seen, re.MULTILINE)
    assert re.search(rf"^{HANDOFF}: {ID}\s*$", seen, re.MULTILINE)


async def test_the_consultation_goes_on_where_the_customer_s_side_refuses(agent: SipAgent, tmp_path: Path) -> None:
    called, target = person(tmp_path, CALLED, LEFT)
    caller = customer(agent, tmp_path, expect("REFER"), respond(405), LEFT)
    call = await answer(agent)
    consultation = await dialled(agent, target)
    assert await transfer(call, target, consultation=consultation) == Transferred("unsupported", 405)
    assert call.ended is None
    assert consultation.ended is None
    await call.hangup()
    await consultation.hangup()
    await done(caller, called)


async def test_calls_that_we_join_hear_each_other_and_only_each_other(
    agent: SipAgent, speak: Make, tmp_path: Path
) -> None:
    """Three-way first, when both hear us as well; then without us."""
    high, low = melody(60.0, RATE), melody(60.0, RATE)[::-1].copy()
    one, two = speak(high), speak(low)
    called, target = person(
        tmp_path, expect("INVITE"), reply(180), answer_with(sound_of(port=two.port)), expect("ACK"), LEFT
    )
    caller = customer(agent, tmp_path, LEFT, up=invite(body=sound_of(port=one.port)) + answered() + ack())
    call = await answer(agent)
    other = await dialled(agent, target)
    ours = melody(2.0)[::-1].copy()
    assert await call.join(other, with_us=True)
    listening = asyncio.ensure_future(heard_by(call))
    await asyncio.to_thread(one.more, 25)
    first = len(one.heard), len(two.heard)
    call.line.play(ours)
    await asyncio.sleep(2.5)
    both = [np.concatenate([pcm for _, pcm in peer.heard[since:]]) for peer, since in zip((one, two), first)]  # noqa: B905
    assert await call.join(other, with_us=False)
    await asyncio.sleep(0.4)
    later = len(one.heard), len(two.heard)
    call.line.play(ours)
    await asyncio.sleep(2.0)
    alone = [np.concatenate([pcm for _, pcm in peer.heard[since:]]) for peer, since in zip((one, two), later)]  # noqa: B905
    assert call.line.queued == len(ours), "nothing of ours goes out"
    await call.part()
    await asyncio.sleep(0.5)
    assert call.line.queued < len(ours), "and again it does"
    await call.hangup()
    await other.hangup()
    await done(caller, called)
    for hears, says in ((alone[0], low), (alone[1], high)):
        assert np.median(alike(hears[:RATE], says, 800)) > 0.9, "each other, and nothing beside it"
    for hears, says in ((both[0], low), (both[1], high)):
        assert np.median(alike(hears[:RATE], says, 800)) > 0.4, "each other, and us over it"
    mine = ours[::2][: RATE * 2]
    for hears in both:
        assert np.median(alike(mine[:RATE], hears, 800)) > 0.3
    frames = await listening
    assert np.median(alike(frames[::2][: 2 * RATE], (high[: len(high)]).astype(np.int32), 800)) > 0.3


def answer_with(body: str) -> str:
    return reply(200, more="Content-Type: application/sdp\n").replace("\n\n]]>", f"\n\n{body}]]>")


async def heard_by(call: SipCall) -> Pcm:
    return np.concatenate([frame.pcm async for frame in call.line.heard()])


async def test_baresip_is_transferred_blind_and_talks_to_the_target(
    agent: SipAgent, speak: Make, tmp_path: Path
) -> None:
    """A real telephone as the customer: its sound reaches the target, and the target's sound reaches it.

    Baresip 1.0 knows no headers in Refer-To: it would take them for a part of the address.
    """
    said, back = melody(60.0, RATE), melody(60.0, RATE)[::-1].copy()
    wav.write(tmp_path / "said.wav", AudioFrame(said, RATE, 0.0))
    peer = speak(back)
    called, target = person(
        tmp_path, expect("INVITE"), reply(180),
        answer_with(sound_of(port=peer.port)), expect("ACK"), LEFT,
    )  # fmt: skip
    phone = Baresip(tmp_path, tmp_path / "said.wav")
    try:
        phone.command("dial", agent.uri)
        call = await answer(agent)
        assert await transfer(call, target) == Transferred("done", 200)
        await asyncio.to_thread(peer.more, 150)
        phone.command("hangup")
        await done(called)
    finally:
        phone.stop()
    assert np.median(alike(peer.sound(PCMU)[RATE : 2 * RATE], said, 800)) > 0.9
    heard = wav.read(max(tmp_path.glob("dump-*-dec.wav"))).pcm
    assert np.median(alike(back[:RATE], heard, 800)) > 0.5


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


async def test_a_target_that_ends_the_consultation_has_taken_the_customer(agent: SipAgent, tmp_path: Path) -> None:
    """Though nobody says so."""
    taken = expect("INVITE", check="From") + reply(180) + reply(200, sound=True) + expect("ACK", check="To")
    called, target = person(tmp_path, taken, pause(1_500), bye_as_called(), receive(200))
    caller = customer(agent, tmp_path, expect("REFER"), respond(202), notify(100, 2), LEFT)
    call = await answer(agent)
    consultation = await dialled(agent, target)
    assert await transfer(call, target, consultation=consultation, within=40.0) == Transferred("unconfirmed")
    await done(caller, called)


def bye_as_called() -> str:
    """From the side that was called; From and To as it has heard them."""
    return """<send retrans="500"><![CDATA[
BYE sip:mostrador@127.0.0.1 SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From:[$To]
To:[$From]
Call-ID: [call_id]
CSeq: 7 BYE
Max-Forwards: 70
Content-Length: 0

]]></send>
"""


async def test_we_stop_while_we_are_on_our_way_there(tmp_path: Path) -> None:
    agent = SipAgent(SipSettings(port=0, transfers=(f"200@127.0.0.1:{OBLIGED}",)))
    await agent.start()
    called, target = person(tmp_path, expect("INVITE"), reply(180), pause(20_000), port=OBLIGED)
    caller = customer(agent, tmp_path, refer(target), receive(202), expect("NOTIFY"), accept(), pause(20_000))
    try:
        call = await answer(agent)
        await asyncio.sleep(1.5)
        assert call.ended is None
    finally:
        await agent.stop()
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


async def test_an_obliging_one_goes_nowhere_else(obliging: SipAgent, tmp_path: Path) -> None:
    caller = customer(obliging, tmp_path, refer("sip:201@127.0.0.1:5099"), receive(603), bye(3), receive(200))
    call = await answer(obliging)
    await done(caller)
    await until(call, Ended)
    assert obliging.unwanted == ["transfer"]  # type: ignore[attr-defined]


async def test_a_transfer_of_a_call_that_has_ended_is_gone(agent: SipAgent, tmp_path: Path) -> None:
    caller = customer(agent, tmp_path, bye(2), receive(200))
    call = await answer(agent)
    await until(call, Ended)
    assert await transfer(call, TARGET) == Transferred("gone")
    assert not await call.part()
    await done(caller)
