"""Which Whisper a device reads with: by what is in the store, what it can speak, and how quick it was here."""

from pathlib import Path

import msgspec
import pytest

from core.errors import ModelError
from models.store import Store
from runtime import recognisers
from runtime.config import Voice
from runtime.recognisers import MEASURED, QUICK

pytestmark = pytest.mark.engine

BOTH, ENGLISH = ("es", "en"), ("en",)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOSTRADOR_CACHE", str(tmp_path))
    return tmp_path / MEASURED


def remembered(cache: Path) -> dict[str, float]:
    return msgspec.json.decode(cache.read_bytes(), type=dict[str, float])


def test_the_largest_that_knows_every_language_comes_first() -> None:
    assert recognisers.candidates(Store(), ENGLISH) == ["whisper-base", "whisper-tiny.en"]
    assert recognisers.candidates(Store(), BOTH) == ["whisper-base"]


def test_where_there_is_one_and_the_threads_are_set_nothing_is_measured(cache: Path) -> None:
    assert recognisers.load(Voice(threads=2), Store(), BOTH).languages == BOTH
    assert not cache.exists()


def test_threads_are_tried_and_the_fewest_that_are_as_quick_are_taken(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognisers, "cores", lambda: 4)
    engine = recognisers.load(Voice(), Store(), BOTH)
    seconds = {int(name.split(", ")[1].split()[0]): taken for name, taken in remembered(cache).items()}
    assert set(seconds) == {1, 2, 4}
    assert seconds[engine.threads] <= min(seconds.values()) * (1 + recognisers.WORTH)
    cache.write_bytes(msgspec.json.encode({name: 0.3 if ", 4 " in name else 0.4 for name in remembered(cache)}))
    assert recognisers.load(Voice(), Store(), BOTH).threads == 4
    cache.write_bytes(msgspec.json.encode({name: 0.3 if ", 4 " in name else 0.31 for name in remembered(cache)}))
    assert recognisers.load(Voice(), Store(), BOTH).threads == 1


def test_it_is_measured_once_and_remembered(cache: Path) -> None:
    recognisers.load(Voice(threads=2), Store(), ENGLISH)
    [(name, seconds)] = remembered(cache).items()
    assert "whisper-base, 2 threads" in name
    assert seconds > 0
    slow = {name: QUICK + 0.1}
    cache.write_bytes(msgspec.json.encode(slow))
    assert recognisers.load(Voice(threads=2), Store(), ENGLISH)._model.is_multilingual is False, (
        "base is too slow here: tiny.en"
    )
    assert remembered(cache) == slow, "not measured again"


def test_a_broken_memory_is_measured_anew(cache: Path) -> None:
    cache.write_text("{")
    recognisers.load(Voice(), Store(), ENGLISH)
    assert remembered(cache)


def test_what_is_set_is_taken_and_what_is_missing_is_named(cache: Path) -> None:
    assert recognisers.load(Voice(recogniser="whisper-tiny.en", threads=1), Store(), ENGLISH).languages == ENGLISH
    with pytest.raises(ModelError, match="whisper-giant"):
        recognisers.load(Voice(recogniser="whisper-giant", threads=1), Store(), ENGLISH)
    assert not cache.exists()
