"""Ten minutes of somebody who interrupts, mumbles, falls silent, presses keys and drops out, from a seed.

Whatever they do, journal, screen and sound tell the same story.
"""

import asyncio
import random

import pytest

from core.errors import VoiceError
from runtime.agent import Reply
from runtime.channels import Caption
from runtime.events import Dtmf, Failed, HungUp, Interrupted, Replied, Said, UserSaid
from runtime.messages import Message
from tests.runtime.counter import WORD, Counter
from tests.virtual_time import run
from voice.frames import RATE, Pcm

pytestmark = pytest.mark.unit

MINUTES = 10
LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"


async def customer(counter: Counter, chance: random.Random) -> int:
    """Sentences that were really meant."""
    loop = asyncio.get_running_loop()
    turns = 0
    while loop.time() < MINUTES * 60:
        await asyncio.sleep(chance.choice([0.3, 1.0, 2.0, 4.0]))
        match chance.randrange(7):
            case 0 | 1:
                turns += 1
                await counter.say(f"tell me about {turns}")
            case 2:
                turns += 1
                await counter.say(f"buy number {turns}")
            case 3:
                await counter.say(chance.choice(["okay", "uh huh", "right yes okay"]))
            case 4:
                counter.hears.append("")
                await counter.say("", words=chance.choice([1, 3]))
            case 5:
                counter.channel.send(Dtmf(digit=chance.choice("12#*")))
            case _:
                counter.hears.append(VoiceError("stt.failed", "dropped out", retryable=True))  # a drop-out of a stage
                await counter.say("", words=4)
        if chance.random() < 0.5:
            await asyncio.sleep(chance.uniform(2, 7))
        counter.workers.seconds["commit"] = chance.choice([0.1, 0.4, 2.5])
    return turns


@pytest.mark.parametrize("seed", range(6))
def test_journal_screen_and_speech_agree(seed: int) -> None:
    async def main() -> tuple[Counter, str, Pcm]:
        chance = random.Random(seed)
        counter = Counter()
        for number in range(400):
            counter.script.replies[f"tell me about {number}"] = Reply((Message(LONG), Message(f"That was {number}.")))
        session = asyncio.ensure_future(counter.session().run())
        talking = asyncio.ensure_future(customer(counter, chance))
        await asyncio.wait({session, talking}, return_when=asyncio.FIRST_COMPLETED)
        if not session.done():
            counter.channel.send(HungUp(cause="customer"))
        talking.cancel()
        cause = await asyncio.wait_for(session, 60)
        return counter, cause, counter.line.sound

    counter, cause, sound = run(main())
    said: list[Said] = counter.recorder.of(Said)
    turns: list[UserSaid] = counter.recorder.of(UserSaid)
    assert cause in {"customer", "silence"}
    assert len(turns) > 3
    assert len(said) > 5

    unwritten = len(sound) / RATE - sum(s.seconds for s in said)
    cuts = sum(len(counter.recorder.of(kind)) for kind in (Interrupted, Failed, Dtmf))
    assert -0.1 < unwritten < cuts * WORD, "said is what was played, but for first words cut within a syllable"
    for s in said:
        assert len(s.text.split()) * WORD <= s.seconds + 0.01, "nothing is remembered that was not heard"

    finals = [c for c in counter.channel.shown if isinstance(c, Caption) and c.final]
    assert [c.text for c in finals if c.who == "counter" and c.text] == [s.text for s in said if s.text]
    assert [c.text for c in finals if c.who == "customer"] == [t.text for t in turns if t.text]

    bought = [t.text for t in turns if t.text.startswith("buy")]
    assert counter.script.done == bought, "each done once, in the order in which it was asked for"
    assert len(counter.recorder.of(Replied)) <= len(turns)
