"""Conversations that are recorded, or are not: real calls to a device on real models, and what it keeps of them."""

import asyncio
import json
import os
import signal
import time
import urllib.request
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runtime.bench.device import Device, device
from runtime.bench.questions import spoken
from runtime.events import Consent, Event, HungUp, Kept, Recorded, Replied, Said, UserSaid
from runtime.journal import Reader
from runtime.recording import container
from runtime.recording.store import Store
from runtime.recording.track import BEEP_HZ, BEEP_LEVEL, BEEP_SECONDS
from tests.device.caller import Caller, calling, events_of, talks
from tests.device.main_job import mostrador
from tests.device.test_card_number import ALOUD, CARD, nothing_in, waits_for_a_secret, written
from tests.dtmf import tone
from tests.paying_pack import paying_pack
from tests.recording_pack import recording_pack
from tests.sip.phones import Baresip, alike
from voice import wav
from voice.frames import RATE, AudioFrame, Pcm
from voice.resample import resample
from voice.tones import ToneFinder

pytestmark = [pytest.mark.device, pytest.mark.timeout(300)]

QUESTION = "What are your opening hours on Saturday?"


def toml(pack: Path, more: str = "") -> str:
    return f'[agent]\npack = "{pack}"\nlanguage = "en"\n[log]\nformat = "json"\nlevel = "debug"\n{more}\n'


def is_consent(event: Event) -> bool:
    return isinstance(event, Consent)


def recorded(what: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, Recorded) and event.what == what


def on_hours(event: Event) -> bool:
    return isinstance(event, Replied) and event.intent == "hours"


def told(words: str) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, Said) and words in event.text and not event.cut


def keys_in(pcm: Pcm) -> int:
    return len(ToneFinder().push(pcm))


def keyed(keys: str) -> Pcm:
    """As sound: 100 ms each and as long between."""
    quiet = np.zeros(RATE // 10, np.int16)
    return np.concatenate([part for key in keys for part in (tone(key, 0.1, 6_000), quiet)])


async def sound(caller: Caller, folder: Path, pcm: Pcm) -> None:
    file = folder / "sound.wav"
    wav.write(file, AudioFrame(pcm, RATE, 0.0))
    await caller.say(file)


async def exported(running: Device, identity: str, out: Path) -> dict[str, Any]:
    told = await mostrador("recording", "export", identity, str(out), "--reason", "a test", "--json", home=running.home)
    report: dict[str, Any] = json.loads(told)
    return report


def place_of(said: Pcm, heard: Pcm) -> tuple[int, float]:
    """Where `said` lies in `heard`, and how alike they are (normalised cross-correlation, 0 to 1)."""
    size = 1 << (len(heard) + len(said)).bit_length()
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size)), size)[: len(heard)]
    energy = float(np.sum(np.square(said.astype(np.float64))))
    sums = np.cumsum(np.square(np.pad(heard.astype(np.float64), (1, len(said) - 1))))
    there = np.maximum(sums[len(said) :] - sums[: -len(said)], energy / 100)  # a hiss is like everything
    likeness = product / np.sqrt(there * max(energy, 1.0))
    at = int(np.argmax(likeness))
    return at, float(likeness[at])


class Witness(Caller):
    """A caller who remembers what was heard, and when each thing was said, by the clock of the call."""

    def __init__(self, call: Any) -> None:
        self.heard: list[Pcm] = []
        self.said: list[tuple[int, Pcm]] = []
        super().__init__(call)

    async def say(self, file: Path) -> None:
        self.said.append((sum(map(len, self.heard)), wav.read(file, RATE, convert=True).pcm))
        await super().say(file)

    async def _listen(self) -> None:
        async for frame in self._call.line.heard():
            self.heard.append(frame.pcm)


@pytest.fixture
async def paying(tmp_path: Path) -> AsyncIterator[Device]:
    """Asks for consent, and for a card number before it tells the address. All that it writes lies below its home."""
    pack = recording_pack(tmp_path, "consent", of=paying_pack(tmp_path))
    home = tmp_path / "written"
    home.mkdir()
    own = {"HOME": str(home), "TMPDIR": str(home)}
    async with device(toml(pack, '[payments]\nprovider = "local"'), own) as running:
        yield running


async def test_both_sides_are_recorded_but_for_a_card_number(paying: Device, tmp_path: Path) -> None:
    """Keyed by RFC 4733, played as tones and said aloud while it is asked for; tones again when it is over."""
    began = time.time()
    async with calling(paying, Witness) as caller:
        with spoken(("What is your address?", ALOUD, QUESTION)) as files:
            await asyncio.sleep(1.0)
            await caller.press("1")
            await events_of(paying, recorded("began"))
            await events_of(paying, told("How can I help"))
            await caller.say(files[0])
            await events_of(paying, waits_for_a_secret)
            await caller.say(files[1])
            await sound(caller, tmp_path, keyed(CARD[:8]))
            await caller.press(CARD[:4])
            await caller.press(f"{CARD[4:]}#")
            await events_of(paying, lambda event: isinstance(event, Kept))
            nothing_in(written(paying, began))
            await events_of(paying, told("Madrid"))
            await caller.say(files[2])
            await events_of(paying, told("is open"))
            await sound(caller, tmp_path, keyed("159"))
            await asyncio.sleep(1.0)
    events = await events_of(paying, recorded("ended"))
    [consent] = [event for event in events if isinstance(event, Consent)]
    assert (consent.answer, consent.how) == ("yes", "keys")
    [listed] = json.loads(await mostrador("recording", "list", "--json", home=paying.home))
    assert listed["state"] == "whole"
    report = await exported(paying, listed["id"], tmp_path / "out.wav")
    left, right = (side.pcm for side in wav.read_stereo(tmp_path / "out.wav"))
    assert report["whole"]
    assert report["seconds"] == pytest.approx(len(left) / RATE)

    # What was said, and what was heard, each where it was. The secret is silent on both sides.
    (_, address), (_, aloud), (_, tones), (hours_at, hours), (_, last) = caller.said
    assert np.median(alike(address, left)) > 0.8
    assert np.median(alike(hours, left)) > 0.8
    assert place_of(aloud, left)[1] < 0.3
    assert keys_in(tones) >= 8, "the search finds what is there"
    assert keys_in(left) == keys_in(right) == 0
    assert place_of(last, left)[1] < 0.3
    paused, resumed = (round(mark["at"] * RATE) for mark in report["marks"])
    assert not left[paused:resumed].any()
    assert not right[paused:resumed].any()
    assert (resumed - paused) / RATE > 5

    # Aligned: from the caller's question to our answer it is as long in the recording as it was on the caller's side,
    # but for the network and two jitter buffers. (To the sample: tests/telephony/test_ring_port.py.)
    asked, likeness = place_of(hours, left)
    assert likeness > 0.8
    after = asked + len(hours)
    answered = after + int(np.flatnonzero(np.abs(right[after:].astype(np.int32)) > 500)[0])
    heard = np.concatenate(caller.heard)
    assert np.median(alike(right[answered : answered + 3 * RATE], heard)) > 0.8
    heard_at, likeness = place_of(right[answered : answered + 2 * RATE // 5], heard)
    assert likeness > 0.6
    assert abs((answered - asked) - (heard_at - hours_at)) < 1.0 * RATE

    nothing_in(written(paying, began))
    with Reader(paying.home / "journal.db") as journal:
        [export] = [event for event in journal.read(listed["id"]) if recorded("exported")(event)]
        assert journal.verify() is None
    assert export.why == "a test"  # type: ignore[union-attr]
    assert export.by  # type: ignore[union-attr]
    assert (tmp_path / "out.wav").stat().st_mode & 0o777 == 0o600
    copy = str(tmp_path / "again.wav")
    await mostrador("recording", "export", listed["id"], copy, home=paying.home, code=2)  # and why?
    await mostrador("recording", "delete", listed["id"], home=paying.home)
    assert not list((paying.home / "recordings").iterdir())
    words = ("recording", "export", listed["id"], copy, "--reason", "once more")
    assert "recording.unknown" in await mostrador(*words, home=paying.home, code=1)


async def test_no_is_no_and_a_yes_can_be_taken_back(tmp_path: Path) -> None:
    pack = recording_pack(tmp_path, "consent")
    with spoken(("No, thank you.", "Yes.", "Please stop recording.", QUESTION)) as files:
        async with device(toml(pack)) as running:
            folder = running.home / "recordings"
            async with calling(running) as caller:
                await events_of(running, told("Say yes or no"))
                await caller.say(files[0])
                await events_of(running, is_consent)
                await events_of(running, told("not recording"))
                await caller.say(files[3])
                events = await events_of(running, on_hours)
            assert [event.answer for event in events if isinstance(event, Consent)] == ["no"]
            assert not [event for event in events if isinstance(event, Recorded)]
            assert not list(folder.iterdir())

            before = len(talks(running))
            async with calling(running) as caller:
                await events_of(running, told("Say yes or no"), before)
                await caller.say(files[1])
                await events_of(running, recorded("began"), before)
                assert list(folder.glob("*.rec"))
                assert list(folder.glob("*.key"))
                await events_of(running, told("I'm recording"), before)
                await caller.say(files[2])
                await events_of(running, recorded("deleted"), before)
                assert not list(folder.iterdir())
                await events_of(running, told("stopped recording"), before)
            events = await events_of(running, lambda event: isinstance(event, HungUp), before)
            assert [event.answer for event in events if isinstance(event, Consent)] == ["yes", "withdrawn"]
            assert not list(folder.iterdir())


async def test_baresip_is_told_beeped_at_and_its_tones_taken_out(tmp_path: Path) -> None:
    """A real phone with tones in its sound; then the device is killed, and what it wrote until then plays."""
    pack = recording_pack(tmp_path, "notice", beep_seconds=3.0)
    with spoken((QUESTION,)) as files:
        speech = wav.read(files[0], RATE, convert=True).pcm
    quiet = np.zeros(RATE, np.int16)
    source = tmp_path / "source.wav"
    pcm = np.concatenate([quiet, speech, quiet, keyed("4539"), quiet, speech, quiet, quiet])
    until_it_ends = np.concatenate([pcm, np.zeros(30 * RATE, np.int16)])
    wav.write(source, AudioFrame(resample(until_it_ends, RATE, 8_000), 8_000, 0.0))
    async with device(toml(pack)) as running:
        phone = Baresip(tmp_path, source)
        try:
            phone.command("dial", running.sip)
            await events_of(running, recorded("began"))
            await asyncio.sleep(len(pcm) / RATE + 3.0)
            os.kill(running.process.pid, signal.SIGKILL)
            await running.process.wait()
        finally:
            phone.stop()
        [header] = Store(running.home).headers()
        report = await exported(running, header.id, tmp_path / "out.wav")
        assert (report["whole"], report["why"]) == (False, "recording.cut")
    left, right = (side.pcm for side in wav.read_stereo(tmp_path / "out.wav"))
    assert len(left) / RATE > len(pcm) / RATE + 1.0
    assert np.median(alike(speech, left)) > 0.8
    assert keys_in(left) == 0
    assert keys_in(pcm) >= 4, "the search finds what is there"
    heard = wav.read(phone.heard, RATE, convert=True).pcm
    assert np.median(alike(right[: 4 * RATE], heard)) > 0.8, "the notice is in it, as the phone heard it"
    for side in (right, heard):
        assert beeps(side) >= 4


def beeps(pcm: Pcm) -> int:
    """How often 1400 Hz sounds at the level of our beep, whatever else does."""
    time = np.arange(len(pcm)) / RATE
    turned = np.concatenate([[0], np.cumsum(pcm * np.exp(-2j * np.pi * BEEP_HZ * time))])
    length = round(BEEP_SECONDS * RATE)
    there = np.abs(turned[length:] - turned[:-length]) > 0.5 * length / 2 * BEEP_LEVEL * 32_767
    return int(np.sum(np.diff(there.astype(int)) == 1)) + int(there[0])


async def test_a_full_quota_ends_the_recording_and_not_the_call(tmp_path: Path) -> None:
    pack = recording_pack(tmp_path, "notice")
    with spoken((QUESTION,)) as files:
        async with device(toml(pack, "[recording]\nquota_mb = 1\nfree_mb = 0")) as running:
            (running.home / "recordings").mkdir(exist_ok=True)
            (running.home / "recordings" / "00.rec").write_bytes(bytes(900_000))
            async with calling(running) as caller:
                await events_of(running, recorded("began"))
                noise = np.random.default_rng(1).integers(-3_000, 3_000, 4 * RATE).astype(np.int16)
                await sound(caller, tmp_path, noise)
                await events_of(running, recorded("failed"))
                line = await running.logged("recording_failed")
                assert line["code"] == "recording.quota"
                await caller.say(files[0])
                events = await events_of(running, on_hours)
                with urllib.request.urlopen(f"{running.kiosk}metrics") as answer:
                    metrics = answer.read().decode()
            assert 'mostrador_failures_total{code="recording.quota"} 1.0' in metrics
            assert 'mostrador_recordings_total{what="failed"} 1.0' in metrics
            assert [event for event in events if isinstance(event, UserSaid)]
            [header] = Store(running.home).headers()
            path = Store(running.home).sound(header.id)
            list(container.read(path, Store(running.home).unlock(header.id)))  # whole
