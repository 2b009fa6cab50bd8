"""End of the caller's speech → first sound of the answer, over SIP, on a whole device that is called from outside.

What the caller hears is measured in the recording of the call; where the time goes is read from the journal.
"""

from collections.abc import Callable

from runtime.bench import Result, Row, spread
from runtime.bench.device import Device, device
from runtime.bench.questions import QUESTIONS, spoken
from runtime.journal import Reader
from runtime.machine import machine
from runtime.trace import Turn, spreads, turns
from telephony.caller import Patience, place_call

CALLS = 4
"""The twenty questions are asked in so many calls."""
CALLER = Patience(pause=0.8, skip="*", hears=1.0)
"""A second of each answer is heard, so that something was said: «*» stops the rest and means nothing else."""


async def run(progress: Callable[[str, float], None]) -> Result:
    delays: list[float] = []
    greetings: list[float] = []
    unanswered = 0
    progress("making the questions", 0.0)
    with spoken() as files:
        async with device('[agent]\nlanguage = "en"') as running:
            share = len(files) // CALLS
            for number in range(CALLS):
                progress(f"call {number + 1} of {CALLS}", number / CALLS)
                report = await place_call(running.sip, files[number * share : (number + 1) * share], patience=CALLER)
                if report.first_sound is not None:
                    greetings.append(report.first_sound)
                answered = [turn.delay for turn in report.turns if turn.delay is not None]
                unanswered += len(report.turns) - len(answered)
                delays += answered
            heard = _turns(running)
    rows = (
        *spread(
            "speech end → first sound", delays, "s", "≤ 0.8", f"{len(QUESTIONS)} questions, over SIP", tail="≤ 1.3"
        ),
        *spread("call answered → greeting", greetings, "s", "≤ 0.5", f"{CALLS} calls"),
        Row("questions without an answer", unanswered, "", "≤ 0"),
        *(Row(f"  {s.stage}, p50", s.p50, "s", note=f"p95 {s.p95:.2f} s") for s in spreads(heard)),
    )
    samples = {"delay": delays, "greeting": greetings}
    for bar in (bar for turn in heard for bar in turn.bars):
        samples.setdefault(f"{bar.stage} from", []).append(bar.start)
        samples.setdefault(f"{bar.stage} takes", []).append(bar.seconds)
    return Result("latency", rows, samples, machine())


def _turns(running: Device) -> list[Turn]:
    """The device's own view of where the time went."""
    found: list[Turn] = []
    journal = Reader(running.home / "journal.db")
    for conversation in journal.conversations():
        found += [turn for turn in turns(journal.records(conversation.id)) if turn.number]
    journal.close()
    return found
