"""Can the agent be trusted with a transaction: every pack's scripts played and perturbed, and sentences that no pack
has. What counts is the end state of the database and what is in it, never the wording.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from runtime.agent import Language
from runtime.agent.heldout import Guess, Score, guess, heldout, score, weighed
from runtime.agent.pack import Pack
from runtime.bench import Result, Row
from runtime.bench.scripted import Found, play_pack
from runtime.bench.spoken import Called, call_all
from runtime.machine import machine
from runtime.trace import percentile

EXAMPLES = 10
"""Of an intent and language, that it has to do with."""

Progress = Callable[[str, float], None]


@dataclass(slots=True)
class Measured:
    """One pack. `few`: what sentences are taken for by the router that learnt from ten examples an intent, `all`: from
    all that it has; `…_weighed`: where the language model is asked as well."""

    name: str
    found: Found
    few: list[Guess] = field(default_factory=list)
    few_weighed: list[Guess] = field(default_factory=list)
    all: list[Guess] = field(default_factory=list)
    all_weighed: list[Guess] = field(default_factory=list)


async def run(progress: Progress, pack: str = "", spoken: bool = False, scripts: int = 0, seed: int = 1) -> Result:
    """`pack`: a name or a folder, else every pack that comes along. `spoken`: the scripts by telephone as well,
    `scripts` of each pack and language, drawn by `seed`; all if 0. Raises MostradorError."""
    measured = await asyncio.to_thread(_measure, _folders(pack), seed, progress)
    rows, wrong = _rows(measured), list(_wrong(measured))
    if spoken:
        called = await call_all(_folders(pack), scripts, seed, progress)
        rows += _spoken(called)
        wrong += [f"{one.pack}: by telephone: {one.name}: {one.wrong}. Heard: {' / '.join(one.heard)}"
                  for one in called if one.wrong]  # fmt: skip
    return Result("agent", tuple(rows), _samples(measured), machine(), tuple(wrong))


def _folders(pack: str) -> list[Path]:
    import models.sectors
    from runtime.minds import pack_folder

    if pack:
        return [pack_folder(pack)]
    return sorted(path.parent for path in Path(models.sectors.__file__).parent.glob("*/pack.toml"))


def _measure(folders: list[Path], seed: int, progress: Progress) -> list[Measured]:
    from models.embed import load
    from models.llm import smollm2
    from models.store import Store
    from runtime.agent.index import open_library
    from runtime.agent.pack import load_pack
    from runtime.agent.route import Judge, make_router, router_of

    store = Store()
    embedder, chooser = load(store), smollm2.load(store)
    measured = []
    for at, folder in enumerate(folders):
        name, share = folder.name, at / len(folders)
        progress(f"{name}: learning", share)
        pack = load_pack(folder)
        router = make_router(pack, embedder)
        judge = Judge(pack, router, chooser)
        for drill in judge.drills():
            drill()
        one = Measured(
            name,
            play_pack(pack, judge, open_library(pack, embedder), partial(_at_script, progress, name, share)),
        )
        if sentences := heldout(pack):
            progress(f"{name}: {len(sentences)} sentences", share)
            one.all = [guess(router, *sentence) for sentence in sentences]
            one.all_weighed = [weighed(judge, each) for each in one.all]
            poor = Judge(pack, router_of(pack, few(pack, seed), embedder), chooser)
            one.few = [guess(poor.router, *sentence) for sentence in sentences]
            one.few_weighed = [weighed(poor, each) for each in one.few]
        measured.append(one)
    return measured


def _at_script(progress: Progress, name: str, share: float, number: int) -> None:
    progress(f"{name}: script {number + 1}", share)


def few(pack: Pack, seed: int) -> dict[Language, dict[str, list[str]]]:
    """Ten examples of each intent and language, drawn by `seed`; out of scope as well."""
    chance = np.random.default_rng(seed)
    return {
        language: {
            intent: [texts[at] for at in sorted(chance.permutation(len(texts))[:EXAMPLES])]
            for intent, texts in of.items()
        }
        for language, of in pack.examples.items()
    }


def _rows(measured: list[Measured]) -> list[Row]:
    rows = _by_pack(
        "scripted conversations that end right, text", "%", "≥ 97", measured,
        lambda found: 100 * sum(not one.failures for one in found.played) / max(1, len(found.played)),
        lambda found: f"of {len(found.played)}",
    )  # fmt: skip
    rows += _by_pack(
        "side effects that nobody confirmed", "", "≤ 0", measured, lambda found: len(found.unconfirmed),
        lambda found: f"{found.effects} that were, {found.perturbed} times something else was said",
    )  # fmt: skip
    rows += _by_pack(
        "replies with a fact from nowhere", "", "≤ 0", measured, lambda found: len(found.strange),
        lambda found: f"of {found.replies}",
    )  # fmt: skip
    rows += _by_pack(
        "ask for a person and get one", "%", "≥ 100", measured,
        lambda found: 100 * (1 - len(found.refused) / max(1, found.asked)), lambda found: f"of {found.asked}",
    )  # fmt: skip
    rows += _by_intent(
        "ten examples an intent", "≥ 90", "≥ 70",
        {one.name: one.few_weighed for one in measured}, {one.name: one.few for one in measured},
    )  # fmt: skip
    rows += _by_intent(
        "all examples", "", "",
        {one.name: one.all_weighed for one in measured}, {one.name: one.all for one in measured},
    )  # fmt: skip
    seconds = [1000 * second for one in measured for second in one.found.seconds]
    used = [1000 * second for one in measured for second in one.found.used]
    rows.append(Row("understanding + planning, p50", percentile(seconds, 0.5), "ms", note=f"{len(seconds)} turns"))
    rows.append(
        Row("understanding + planning, p95", percentile(seconds, 0.95), "ms", "≤ 150",
            f"p95 of processor time {percentile(used, 0.95):.0f} ms")
    )  # fmt: skip
    return rows


def _by_pack(
    name: str,
    unit: str,
    bar: str,
    measured: list[Measured],
    value: Callable[[Found], float],
    note: Callable[[Found], str],
) -> list[Row]:
    """All packs together, then each."""
    whole = _together([one.found for one in measured])
    rows = [Row(name, value(whole), unit, bar, note(whole))]
    return rows + [Row(f"  {one.name}", value(one.found), unit, note=note(one.found)) for one in measured]


def _together(found: list[Found]) -> Found:
    whole = Found()
    for one in found:
        for name in ("played", "unconfirmed", "strange", "refused"):
            getattr(whole, name).extend(getattr(one, name))
        for name in ("perturbed", "effects", "replies", "asked"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
    return whole


def _by_intent(
    learnt: str, right: str, caught: str, tested: dict[str, list[Guess]], alone: dict[str, list[Guess]]
) -> list[Row]:
    """Means of the packs, then each pack and language; beside it what the router says `alone`."""
    scores, unaided = _scores(tested), _scores(alone)
    if not scores:
        return []

    def mean(what: Callable[[Score], float], of: dict[str, Score] = scores) -> float:
        return 100 * sum(what(each) for each in of.values()) / len(of)

    inside, outside = (sum(getattr(each, what) for each in scores.values()) for what in ("inside", "outside"))
    by_router = f"{mean(lambda each: each.accuracy, unaided):.1f} % by the router alone"
    rows = [
        Row(
            f"intents, {learnt}: right", mean(lambda each: each.accuracy), "%", right, f"{inside} held out; {by_router}"
        )
    ]
    rows += [Row(f"  {name}", 100 * each.accuracy, "%", note=f"of {each.inside}") for name, each in scores.items()]
    rows.append(
        Row(f"out of scope, {learnt}: found at 5 % false rejection", mean(lambda each: each.recall), "%", caught,
            f"{outside} held out; at the bar set on the examples {mean(lambda each: each.caught):.0f} %, with"
            f" {mean(lambda each: each.rejected):.1f} % false rejection")
    )  # fmt: skip
    rows += [
        Row(f"  {name}", 100 * each.recall, "%",
            note=f"of {each.outside}; at its bar {100 * each.caught:.0f} %, rejecting {100 * each.rejected:.1f} %")
        for name, each in scores.items()
    ]  # fmt: skip
    return rows


def _scores(tested: dict[str, list[Guess]]) -> dict[str, Score]:
    """By pack and language."""
    return {
        f"{name}, {language}": score([one for one in of if one.language == language])
        for name, of in tested.items()
        for language in sorted({one.language for one in of})
    }


def _spoken(called: list[Called]) -> list[Row]:
    """Each language, then each pack in it."""
    rows = []
    for language, bar in (("en", "≥ 90"), ("es", "≥ 85")):
        some = [one for one in called if one.language == language]
        packs = {one.pack: [each for each in some if each.pack == one.pack] for one in some}
        for name, of in (
            (f"the same by telephone, {language}", some),
            *((f"  {pack}", of) for pack, of in packs.items()),
        ):
            if of:
                right = 100 * sum(not one.wrong for one in of) / len(of)
                rows.append(Row(name, right, "%", bar if of is some else "", f"of {len(of)} calls"))
    return rows


def _samples(measured: list[Measured]) -> dict[str, list[float]]:
    samples = {f"{one.name}: plan": one.found.seconds for one in measured}
    return samples | {f"{one.name}: script {each.name}": [float(not each.failures)]
                      for one in measured for each in one.found.played}  # fmt: skip


def _wrong(measured: list[Measured]) -> Iterator[str]:
    for one in measured:
        for played in one.found.played:
            if played.failures:
                yield f"{one.name}: {played.file}: {played.name}: {played.failures[0]}"
        for what, lines in (
            ("nobody confirmed", one.found.unconfirmed),
            ("a fact from nowhere", one.found.strange),
            ("no person", one.found.refused),
        ):
            yield from (f"{one.name}: {what}: {line}" for line in lines)
