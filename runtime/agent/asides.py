"""Speech to somebody else: words over our voice that people say to each other, not to the counter."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.places import cache_home
from models.embed import Embedder
from runtime.agent.learning import learn
from runtime.agent.pack import Pack
from runtime.agent.router import Router

ASIDE, TO_US = "aside", "to_us"
EVERY = 3
"""Of the pack's examples one in so many shows how people speak to this counter."""
FALSE_REJECTION = 0.02


class Asides:
    """Made once for a pack; thread-safe."""

    def __init__(self, pack: Pack, embedder: Embedder) -> None:
        table = tomllib.loads((Path(__file__).parent / "asides.toml").read_text("utf-8"))
        examples = {
            language: {ASIDE: table[ASIDE][language], TO_US: [*table[TO_US][language], *_some(of)]}
            for language, of in pack.examples.items()
        }
        learnt = learn(examples, embedder, cache_home() / "examples", ASIDE, FALSE_REJECTION)
        self._router = Router(learnt, embedder)

    def for_us(self, text: str) -> float:
        """Probability that it is said to us. Blocking, about 20 ms. Raises ModelError."""
        return dict(self._router.route(text).ranked)[TO_US]


def _some(examples: Mapping[str, Sequence[str]]) -> list[str]:
    return [text for texts in examples.values() for text in texts[::EVERY]]
