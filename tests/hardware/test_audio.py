"""The sound card: the ring by itself, and real PortAudio on no card at all and on a card made of software."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.audio import QUEUED_SECONDS, STALLED_AFTER, SampleRing, SoundCardLine
from voice.frames import RATE, AudioFrame, Pcm

pytestmark = pytest.mark.device

PROBE = Path(__file__).parent / "sound_card_probe.py"
CARD = """
load-module module-null-sink sink_name=air rate=16000 channels=1 format=s16le
load-module module-native-protocol-unix auth-anonymous=1 socket={socket}
set-default-sink air
set-default-source air.monitor
"""
ALSA = """
</usr/share/alsa/alsa.conf>
pcm.!default {{ type pulse server "unix:{socket}" }}
ctl.!default {{ type pulse server "unix:{socket}" }}
"""


def probe(*arguments: str, **environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(PROBE), *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.fixture(scope="module")
def air(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A sound card whose loudspeaker is heard by its microphone: PulseAudio with a null sink, as ALSA's default."""
    folder = tmp_path_factory.mktemp("air")
    listening = folder / "native"
    (folder / "card.pa").write_text(CARD.format(socket=listening))
    (folder / "asound.conf").write_text(ALSA.format(socket=listening))
    private = {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "PULSE_RUNTIME_PATH": str(folder)}
    daemon = subprocess.Popen(
        [
            "pulseaudio",
            "-n",
            f"--file={folder / 'card.pa'}",
            "--daemonize=no",
            "--exit-idle-time=-1",
            "--use-pid-file=no",
        ],
        env={**os.environ, **private},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(200):
            if listening.exists():
                break
            assert daemon.poll() is None, "pulseaudio ended as it began"
            time.sleep(0.05)
        yield {**private, "ALSA_CONFIG_PATH": str(folder / "asound.conf")}
    finally:
        daemon.terminate()
        daemon.wait(10)


def test_what_is_played_is_heard(air: dict[str, str]) -> None:
    result = probe("duplex", **air)
    assert result["taken"] == result["played"] == RATE
    # a busy machine leaves gaps between pieces of 50 ms; those that are whole are exact
    assert sum(piece > 0.99 for piece in result["pieces"]) >= 10, result["pieces"]
    assert result["balanced"]
    assert result["dropped"] > RATE
    assert result["seconds_after_hush"] < 1.5  # of 4.5 that were queued; the rest is on its way through PulseAudio
    assert result["level"] > 0.05
    assert result["contiguous"]
    assert result["closed_play"] == 0


def test_its_own_voice_is_taken_out(air: dict[str, str]) -> None:
    """Over real PortAudio, whose delay nobody told us."""
    seconds = probe("echo", **air)["erle"][1:]  # in the first it learns the room
    assert sum(erle > 20 for erle in seconds) >= 3, seconds  # a busy machine leaves a gap in one or the other


def test_the_kiosk_on_the_devices_own_card(air: dict[str, str]) -> None:
    result = probe("kiosk", **air)
    assert result["kinds"] == ["Config", "Level"]
    assert result["gain"] == 0.25
    assert result["second"], "two visits must not share a microphone"
    assert result["closed"] == 0


def test_a_card_by_name(air: dict[str, str]) -> None:
    assert "default" in probe("devices", **air)["default"]
    assert probe("open", "default", **air) == {"code": "opened"}
    refused = probe("open", "Brand X", **air)
    assert refused["code"] == "audio.unknown_device"
    assert "kiosk.card" in refused["message"]
    assert "default" in refused["message"]


def test_no_card_says_what_to_do() -> None:
    if probe("devices")["names"]:
        pytest.skip("this machine has a sound card")
    refused = probe("open")
    assert refused["code"] == "audio.no_device"
    assert 'kiosk.sound = "browser"' in refused["message"]


def test_no_library_says_what_to_install() -> None:
    refused = probe("unlinked")
    assert refused["code"] == "audio.library_missing"
    assert "libportaudio2" in refused["message"]


operations = st.lists(st.tuples(st.sampled_from(["offer", "force", "fill", "clear"]), st.integers(0, 24)), max_size=80)


@given(operations, st.integers(24, 40))
@settings(deadline=None)
def test_the_ring_is_a_bounded_queue(script: list[tuple[str, int]], capacity: int) -> None:
    ring = SampleRing(capacity)
    model: deque[int] = deque()
    counter = read = 0
    for what, count in script:
        pcm = np.arange(counter, counter + count, dtype=np.int16)
        match what:
            case "offer":
                taken = ring.offer(pcm)
                assert taken == min(count, capacity - len(model))
                model.extend(pcm[:taken].tolist())
                counter += count
            case "force":
                ring.force(pcm)
                model.extend(pcm.tolist())
                while len(model) > capacity:
                    model.popleft()
                    read += 1
                counter += count
            case "fill":
                out = np.full(count, -1, np.int16)
                got = ring.fill(out)
                assert out[:got].tolist() == [model.popleft() for _ in range(got)]
                assert got == min(count, got + len(model))
                read += got
            case "clear":
                read += len(model)
                assert ring.clear() == len(model)
                model.clear()
        assert len(ring) == len(model)
        assert ring.position == read


def frame(value: int) -> np.ndarray:
    return np.full(RATE // 50, value, np.int16)


def test_a_block_of_the_card() -> None:
    line = SoundCardLine()
    line.play(np.full(400, 1000, np.int16))
    out = frame(-1)
    line.gain = 0.5
    line.exchange(frame(8192), out)
    assert set(out.tolist()) == {500}
    assert (line.played, line.queued) == (320, 80)
    assert line.level == pytest.approx(0.25)
    line.muted = True
    line.exchange(frame(8192), out)
    assert out.tolist() == [500] * 80 + [0] * 240
    assert (line.played, line.queued, line.level) == (400, 0, 0.0)


class Noted:
    """A canceller that takes the far end away and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[str | int] = []

    def cancel(self, near: AudioFrame, far: Pcm) -> AudioFrame:
        self.told.append(int(far[0]))
        return AudioFrame(near.pcm - far, near.rate, near.start)

    def restart(self) -> None:
        self.told.append("restart")


async def test_the_canceller_gets_what_was_really_played() -> None:
    """At the gain of that moment, silence where nothing was queued, and still together after an overflow."""
    noted = Noted()
    line = SoundCardLine(noted)
    line.gain = 0.5
    line.play(np.full(320 * 299, 1000, np.int16))
    for block in range(300):  # 6 s into a ring of 5 s
        line.exchange(frame(500 + block), frame(0))
    reader = line.heard()
    heard = [await anext(reader) for _ in range(250)]
    assert [one.pcm[0] for one in heard] == [*range(50, 299), 799]
    assert heard[0].start == pytest.approx(1.0)
    assert noted.told == [500] * 249 + [0]


async def test_whoever_records_gets_block_beside_block() -> None:
    """What was heard, our own voice taken out, beside what the card was given meanwhile; muted is silence."""
    line = SoundCardLine(Noted())
    tap = line.tap(1.0)
    line.play(np.full(320, 1000, np.int16))
    for block in range(3):
        line.muted = block == 2
        line.exchange(frame(2500 + block), frame(0))
    reader = line.heard()
    for _ in range(3):
        await anext(reader)
    pairs = np.zeros((1200, 2), np.int16)
    assert tap.read(pairs) == (0, 960)
    assert pairs[:960:320].tolist() == [[1500, 1000], [2501, 0], [0, 0]]


async def test_a_card_that_lost_samples_is_learnt_anew() -> None:
    """Before the very block that was lost from, however late it is read."""
    noted = Noted()
    line = SoundCardLine(noted)
    line.play(np.repeat(np.arange(4, dtype=np.int16), 320))
    for slipped in (False, True, False, False):
        line.exchange(frame(9), frame(0), slipped)
    reader = line.heard()
    assert [(await anext(reader)).pcm[0] for _ in range(4)] == [9, 8, 7, 6]
    assert noted.told == [0, "restart", 1, 2, 3]


async def test_a_muted_microphone_is_silent_but_the_canceller_knows_the_room() -> None:
    """By the block, as it was when it was heard, not when it is read."""
    noted = Noted()
    line = SoundCardLine(noted)
    line.play(np.full(320 * 3, 5, np.int16))
    for line.muted in (False, True, False):
        line.exchange(frame(9), frame(0))
    reader = line.heard()
    heard = [await anext(reader) for _ in range(3)]
    assert [set(one.pcm.tolist()) for one in heard] == [{4}, {0}, {4}]
    assert [one.start for one in heard] == pytest.approx([0.0, 0.02, 0.04])
    assert noted.told == [5, 5, 5]


async def test_a_muted_microphone_is_silent_without_a_canceller() -> None:
    line = SoundCardLine()
    line.muted = True
    line.exchange(frame(9), frame(0))
    assert not (await anext(line.heard())).pcm.any()


async def test_a_late_reader_leaves_the_loop_to_others() -> None:
    line = SoundCardLine()
    for _ in range(100):
        line.exchange(frame(1), frame(0))
    read = 0

    async def reading() -> None:
        nonlocal read
        async for _ in line.heard():
            read += 1

    task = asyncio.ensure_future(reading())
    for turn in range(5):
        assert read == turn
        await asyncio.sleep(0)
    line.close()
    await task


async def test_a_late_reader_sees_the_gap() -> None:
    line = SoundCardLine()
    for block in range(300):  # 6 s into a ring of 5 s
        line.exchange(frame(block), frame(0))
    reader = line.heard()
    first = await anext(reader)
    assert first.start == pytest.approx(1.0)
    assert set(first.pcm.tolist()) == {50}
    assert (await anext(reader)).start == pytest.approx(1.02)


async def test_a_reader_is_woken_from_the_cards_thread() -> None:
    line = SoundCardLine()
    reading = asyncio.ensure_future(anext(line.heard()))
    await asyncio.sleep(0)
    await asyncio.to_thread(line.exchange, frame(7), frame(0))
    assert (await asyncio.wait_for(reading, 5)).pcm[0] == 7
    ending = asyncio.ensure_future(anext(line.heard(), None))
    await asyncio.sleep(0)
    line.close()
    assert await asyncio.wait_for(ending, 5) is None


def test_an_unplugged_card_does_not_hold_up_the_conversation() -> None:
    now = 0.0
    line = SoundCardLine(clock=lambda: now)
    line.play(np.zeros(RATE, np.int16))
    line.exchange(frame(0), frame(0))
    now += STALLED_AFTER + 0.1
    assert (line.queued, line.played) == (0, 320)
    assert line.play(np.zeros(RATE, np.int16)) == RATE
    assert (line.queued, line.played) == (0, 320)
    line.exchange(frame(0), frame(0))  # it is back
    line.play(np.zeros(RATE, np.int16))
    assert line.queued == RATE


def test_the_queue_is_bounded_and_takes_int16_alone() -> None:
    line = SoundCardLine()
    much = np.zeros((QUEUED_SECONDS + 1) * RATE, np.int16)
    assert line.play(much) == QUEUED_SECONDS * RATE
    assert line.play(much) == 0
    assert line.hush() == QUEUED_SECONDS * RATE
    with pytest.raises(TypeError, match="int16"):
        line.play(np.zeros(10, np.float32))  # type: ignore[arg-type]
