"""A call that we hand on: blind, attended, joined by us; and all that the other side may do instead. sipp's word for
word. How others move us: test_transferred.py."""

import asyncio
import re
from pathlib import Path

import numpy as np
import pytest

from telephony.events import Ended
from telephony.refer import HANDOFF, UUI, Transferred, handoff_headers
from telephony.sip import SipAgent, SipCall, Transferring
from telephony.transfer import transfer
from tests.sip.legs import CALLED, ID, LEFT, TARGET, Make, answer, answer_with, customer, dialled, done, person, until
from tests.sip.melody import melody
from tests.sip.phones import Baresip, alike
from tests.sip.rtp import PCMU, RATE
from tests.sip.scenario import (
    ack,
    answered,
    bye,
    expect,
    invite,
    notify,
    pause,
    receive,
    reply,
    respond,
    sound_of,
)
from voice import wav
from voice.frames import AudioFrame, Pcm

pytestmark = pytest.mark.sip

SUPPORTED = "Allow: INVITE, ACK, BYE, CANCEL, REFER, NOTIFY\n"


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
    assert await transfer(call, TARGET) == Transferred("gone")
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


async def test_a_transfer_of_a_call_that_has_ended_is_gone(agent: SipAgent, tmp_path: Path) -> None:
    caller = customer(agent, tmp_path, bye(2), receive(200))
    call = await answer(agent)
    await until(call, Ended)
    assert await transfer(call, TARGET) == Transferred("gone")
    assert not await call.part()
    await done(caller)
