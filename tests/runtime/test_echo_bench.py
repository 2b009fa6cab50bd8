"""What the echo bench measures with, and in short what it asks: the device does not answer itself."""

import numpy as np
import pytest

from hardware.audio import FRAME
from runtime.bench.echo import ECHO, NOISE, erle, hear, monologue, over, waits
from runtime.bench.recordings import some_sentences
from runtime.bench.room import microphone, room
from voice import vad
from voice.echo import EchoCanceller
from voice.frames import RATE, Pcm
from voice.turns import Signal

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def people() -> list[Pcm]:
    return some_sentences()


async def test_it_takes_its_own_voice_for_nobody_else(people: list[Pcm]) -> None:
    """From the first word on in a room it does not know, where it would have interrupted itself."""
    place = room(8)
    played = monologue(people[20:], place.seed, 20)
    mixed = microphone(place.echo(played, ECHO), place.noise(len(played), NOISE))
    model = vad.load()
    assert (await hear(played, mixed, None, model)).times(Signal.INTERRUPTED)
    heard = await hear(played, mixed, EchoCanceller(), model)
    assert not heard.times(Signal.INTERRUPTED)
    assert len(heard.pcm) == len(played) // FRAME * FRAME


async def test_somebody_talks_over_it(people: list[Pcm]) -> None:
    place = room(8)
    said, begun = over(place, people, ECHO + 6)
    played = monologue(people[20:], place.seed, len(said) // RATE)
    mixed = microphone(place.echo(played, ECHO), said, place.noise(len(played), NOISE))
    heard = await hear(played, mixed, EchoCanceller(), vad.load())
    assert len(waits(begun, heard.times(Signal.INTERRUPTED))) >= len(begun) - 1


def test_a_monologue_is_as_long_as_asked_and_its_seeds(people: list[Pcm]) -> None:
    one, two = monologue(people, 1, 30), monologue(people, 2, 30)
    assert len(one) == len(two) == 30 * RATE
    assert not np.array_equal(one, two)
    assert np.array_equal(one, monologue(people, 1, 30))


def test_erle_is_how_much_weaker_the_echo_is_where_there_is_one() -> None:
    echo = np.concatenate([np.zeros(RATE), 0.1 * np.random.default_rng(1).standard_normal(RATE)])
    assert erle(echo, (echo * 3_276.8).astype(np.int16)) == pytest.approx(20.0, abs=0.1)
    noisy = echo * 3_276.8
    noisy[:RATE] = 20_000  # where there was no echo
    assert erle(echo, noisy.astype(np.int16)) == pytest.approx(20.0, abs=0.1)


def test_a_wait_ends_with_the_person() -> None:
    assert waits([(1.0, 3.0), (5.0, 6.0), (8.0, 9.0)], [0.5, 1.5, 2.0, 6.5, 8.25]) == [0.5, 0.25]
