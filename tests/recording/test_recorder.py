"""What writes recordings: a real thread, real files, a real disk that is full."""

import asyncio
import contextlib
import os
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest

from core.errors import RecordingError, TelephonyError
from runtime.config import Recording as Limits
from runtime.events import Event
from runtime.metrics import Metrics
from runtime.recording.pieces import load
from runtime.recording.recorder import DAY, Order, Recorder
from runtime.recording.store import Store
from voice.frames import RATE
from voice.tap import PairRing, Tap

pytestmark = pytest.mark.unit

LIMITS = Limits(quota_mb=50, free_mb=0)
NOISE = np.random.default_rng(3).integers(-20_000, 20_000, RATE).astype(np.int16)


class Bench:
    """A recorder, the lines that it records, and what it tells."""

    def __init__(self, folder: Path, limits: Limits = LIMITS) -> None:
        self.store = Store(folder)
        self.metrics = Metrics()
        self.told: list[tuple[str, Event]] = []
        self.recorder = Recorder(self.store, limits, self.metrics, lambda *told: self.told.append(told))
        self.taps: list[PairRing] = []

    def tap(self, seconds: float) -> Tap:
        self.taps.append(PairRing(seconds))
        return self.taps[-1]

    def order(self, name: str, days: int = 1) -> Order:
        return Order(name, "es", "because", "yes", days, 0.0)

    def heard(self, name: str) -> list[str]:
        """What was told of it."""
        return [event.what + (f" {event.why}" if event.why else "") for who, event in self.told if who == name]  # type: ignore[union-attr]

    def failures(self, code: str) -> float:
        return self.metrics.registry.get_sample_value("mostrador_failures_total", {"code": code}) or 0.0


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path)
    yield made
    await made.recorder.close()


async def until(true: object) -> None:
    for _ in range(600):
        if true():  # type: ignore[operator]
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never was")


async def test_two_at_once_are_whole_and_only_their_owners(bench: Bench) -> None:
    names = ["aa", "bb"]
    going = [await bench.recorder.begin(bench.order(name), bench.tap) for name in names]
    for _ in range(10):
        for tap in bench.taps:
            tap.push(NOISE[:3_200], NOISE[:3_200][::-1])
        await asyncio.sleep(0.01)
    assert bench.store.going_on("aa")
    assert [one.state for one in bench.store.listing()] == ["going on", "going on"]
    for recording in going:
        await bench.recorder.end(recording)
    for name in names:
        whole = load(bench.store.sound(name), bench.store.unlock(name))
        assert (whole.broken, len(whole.pairs)) == (None, 32_000)
        assert np.array_equal(whole.pairs[:3_200, 0], NOISE[:3_200])
        assert np.array_equal(whole.pairs[-3_200:, 1], NOISE[:3_200][::-1])
        assert bench.heard(name) == ["began", "ended"]
        assert bench.store.sound(name).stat().st_mode & 0o777 == 0o600
    one, other = bench.store.listing()
    assert (one.state, one.seconds, one.header.consent) == ("whole", 2.0, "yes")
    assert one.header.expires == pytest.approx(time.time() + DAY, abs=60)
    assert NOISE[:8].tobytes() not in bench.store.sound("aa").read_bytes()
    assert other.header.began <= one.header.began


async def test_one_that_is_taken_back_leaves_nothing(bench: Bench) -> None:
    recording = await bench.recorder.begin(bench.order("aa"), bench.tap)
    bench.taps[0].push(NOISE, NOISE)
    await asyncio.sleep(0.4)
    await bench.recorder.erase(recording)
    assert list(bench.store.folder.iterdir()) == []
    assert bench.heard("aa") == ["began", "deleted withdrawn"]
    assert not recording.on


async def test_one_that_is_taken_back_while_it_is_written_leaves_nothing(bench: Bench) -> None:
    recording = await bench.recorder.begin(bench.order("aa"), bench.tap)
    pull = recording.track.pull

    def pull_and_be_interrupted() -> None:
        pull()
        recording.ending = "erase"

    recording.track.pull = pull_and_be_interrupted  # type: ignore[method-assign]
    await until(recording.done.is_set)
    await bench.recorder.erase(recording)
    assert list(bench.store.folder.iterdir()) == []
    assert bench.heard("aa") == ["began", "deleted withdrawn"]


async def test_one_that_ended_while_it_was_taken_back_leaves_nothing(bench: Bench) -> None:
    recording = await bench.recorder.begin(bench.order("aa"), bench.tap)
    await bench.recorder.end(recording)
    await bench.recorder.erase(recording)
    await bench.recorder.erase(recording)
    assert list(bench.store.folder.iterdir()) == []
    assert bench.heard("aa") == ["began", "ended", "deleted withdrawn"]


async def test_a_device_that_stops_ends_what_goes_on(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    await bench.recorder.begin(bench.order("aa"), bench.tap)
    bench.taps[0].push(NOISE, NOISE)
    await bench.recorder.close()
    await asyncio.sleep(0)
    assert [one.state for one in bench.store.listing()] == ["whole"]
    assert bench.heard("aa") == ["began", "ended"]


async def test_what_has_expired_is_erased(bench: Bench, tmp_path: Path) -> None:
    for name, days in (("aa", 1), ("bb", 9)):
        await bench.recorder.end(await bench.recorder.begin(bench.order(name, days), bench.tap))
    await bench.recorder.close()
    assert [header.id for header in bench.store.expired(time.time() + 2 * DAY)] == ["aa"]
    later = Bench(tmp_path)
    later.store.expired = lambda now: Store(tmp_path).expired(now + 2 * DAY)  # type: ignore[method-assign]
    await until(lambda: later.heard("aa"))
    await later.recorder.close()
    assert later.heard("aa") == ["deleted expired"]
    assert [header.id for header in Store(tmp_path).headers()] == ["bb"]


async def test_over_the_quota_none_is_begun_and_the_operator_hears_why(tmp_path: Path) -> None:
    (tmp_path / "recordings").mkdir(mode=0o700)
    (tmp_path / "recordings" / "0a.rec").write_bytes(bytes(1_000_001))
    bench = Bench(tmp_path, Limits(quota_mb=1, free_mb=0))
    with pytest.raises(RecordingError) as refused:
        await bench.recorder.begin(bench.order("aa"), bench.tap)
    assert refused.value.code == "recording.quota"
    assert bench.heard("aa") == ["failed recording.quota"]
    assert bench.failures("recording.quota") == 1
    assert sorted(path.name for path in bench.store.folder.iterdir()) == ["0a.rec"]
    await bench.recorder.close()


async def test_reaching_the_quota_ends_it_whole(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Limits(quota_mb=1, free_mb=0))
    recording = await bench.recorder.begin(bench.order("aa"), bench.tap)
    while recording.on:
        bench.taps[0].push(NOISE, NOISE)
        await asyncio.sleep(0.02)
    await asyncio.sleep(0)
    whole = load(bench.store.sound("aa"), bench.store.unlock("aa"))
    assert whole.broken is None
    assert whole.end is not None
    assert whole.end.why == "recording.quota"
    await bench.recorder.end(recording)  # nothing is left to do
    await bench.recorder.close()
    assert bench.heard("aa") == ["began", "failed recording.quota"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 kB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("mounting a file system is for root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


async def test_a_full_disk_ends_a_recording_and_what_there_is_plays(small_disk: Path) -> None:
    bench = Bench(small_disk)
    recording = await bench.recorder.begin(bench.order("aa"), bench.tap)
    while recording.on:
        bench.taps[0].push(NOISE, NOISE)
        await asyncio.sleep(0.02)
    await asyncio.sleep(0)
    assert bench.heard("aa") == ["began", "failed recording.disk_full"]
    assert bench.failures("recording.disk_full") == 1
    whole = load(bench.store.sound("aa"), bench.store.unlock("aa"))
    assert whole.broken is not None
    assert whole.broken.code == "recording.cut"
    assert len(whole.pairs) >= RATE
    for name in ("b0", "b1", "b2"):
        filler = small_disk / name
        with contextlib.suppress(OSError):
            filler.write_bytes(bytes(200_000))
    with pytest.raises(RecordingError, match="No space"):
        await bench.recorder.begin(bench.order("bb"), bench.tap)
    assert [header.id for header in bench.store.headers()] == ["aa"]
    assert not list(bench.store.folder.glob(".*"))
    assert not bench.store.key("bb").exists()
    await bench.recorder.close()


async def test_a_line_that_cannot_be_recorded_leaves_nothing(bench: Bench) -> None:
    def refuse(seconds: float) -> Tap:
        raise TelephonyError("sip.old_build", "too old")

    with pytest.raises(TelephonyError):
        await bench.recorder.begin(bench.order("aa"), refuse)
    assert bench.heard("aa") == ["failed sip.old_build"]
    assert list(bench.store.folder.iterdir()) == []


@pytest.mark.parametrize("identity", ["../device", "AA", "", "a/b", "a" * 65])
def test_an_id_is_no_path(tmp_path: Path, identity: str) -> None:
    with pytest.raises(RecordingError, match="no recording"):
        Store(tmp_path).unlock(identity)


async def test_a_key_that_others_may_read_records_nothing(tmp_path: Path) -> None:
    (tmp_path / "device.key").write_bytes(os.urandom(32))
    (tmp_path / "device.key").chmod(0o644)
    with pytest.raises(RecordingError, match="chmod 600"):
        Bench(tmp_path)


def test_without_the_device_key_nothing_is_listed_as_if_it_were_none(tmp_path: Path) -> None:
    assert Store(tmp_path).listing() == []
