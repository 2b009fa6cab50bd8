"""`mostrador pack train`: a pack's own understanding model, and how it compares with the general one."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from models.embed import Embedder
from runtime.agent import Language
from runtime.agent.heldout import Score, guess, heldout, score
from runtime.agent.pack import OUT_OF_SCOPE, Pack
from runtime.agent.paraphrase import paraphrases
from runtime.agent.route import router_of
from runtime.agent.router import Fit, Router
from runtime.agent.trained import places, read, write

_HEAD = """# Understanding model of the pack {pack}

Made by `mostrador pack train` with seed {seed}; {size:.2f} MB: 8-bit examples and 16-bit weights over the installed
sentence embedders, which are not in it.

- Learnt from: {examples} examples of {intents} intents in {languages}, {paraphrases} paraphrases of them made by rules,
  and {outside} sentences that are out of scope for everybody. No customer's words.
- Good for: telling this pack's intents apart and noticing what is none of them. It starts nothing by itself: flows read
  back and wait for a yes.
- Goes by: exactly these examples. When one changes, the agent learns from the examples again.

| measure | general | this model |
|---|---|---|"""


@dataclass(frozen=True, slots=True)
class Compared:
    """One model: on its own examples, each left out in turn with its paraphrases, and on the pack's held-out sentences
    (None where the pack has none of a language)."""

    texts: int
    fit: Fit
    heldout: dict[Language, Score]


@dataclass(frozen=True, slots=True)
class Training:
    """What came of it. `size`: bytes of the file."""

    path: Path
    card: Path
    size: int
    seed: int
    general: Compared
    trained: Compared


def train(pack: Pack, embedder: Embedder, seed: int = 0, *, beside: bool = False) -> Training:
    """Make the model and its card: in the cache, or `beside` the pack. Blocks for seconds, a minute at first.

    The same pack, embedder and seed give the same file. Raises ModelError, OSError.
    """
    general = router_of(pack, pack.examples, embedder)
    path = places(pack, embedder)[0 if beside else 1]
    write(router_of(pack, pack.examples, embedder, partial(paraphrases, seed=seed)).learnt, path)
    trained = Router(read(path), embedder)
    made = Training(
        path, path.with_suffix(".md"), path.stat().st_size, seed, _compared(pack, general), _compared(pack, trained)
    )
    made.card.write_text(card(pack, made), "utf-8")
    return made


def _compared(pack: Pack, router: Router) -> Compared:
    guesses = [guess(router, *sentence) for sentence in heldout(pack)]
    by_language = {
        language: [one for one in guesses if one.language == language] for language in pack.manifest.languages
    }
    return Compared(
        len(router.learnt.texts), router.fit, {language: score(of) for language, of in by_language.items() if of}
    )


def card(pack: Pack, made: Training) -> str:
    """What one should know of the model before trusting it, in Markdown."""
    examples = sum(len(texts) for of in pack.examples.values() for texts in of.values())
    intents = len(set().union(*pack.examples.values()) - {OUT_OF_SCOPE})
    lines = [
        _HEAD.format(
            pack=pack.manifest.id, seed=made.seed, size=made.size / 1e6, examples=examples, intents=intents,
            languages=" and ".join(pack.manifest.languages), paraphrases=made.trained.texts - made.general.texts,
            outside=made.general.texts - examples,
        )
    ]  # fmt: skip

    def row(name: str, general: float, trained: float) -> str:
        return f"| {name} | {100 * general:.1f} % | {100 * trained:.1f} % |"

    one, other = made.general.fit, made.trained.fit
    lines += [
        row("examples, each left out in turn: right", one.accuracy, other.accuracy),
        row("… its out-of-scope examples found at 5 % false rejection", one.caught, other.caught),
    ]
    for language, before in made.general.heldout.items():
        after = made.trained.heldout[language]
        lines += [
            row(f"held out, {language}: right, of {before.inside}", before.accuracy, after.accuracy),
            row(f"… out of scope found at 5 % false rejection, of {before.outside}", before.recall, after.recall),
        ]
    return "\n".join([*lines, ""])
