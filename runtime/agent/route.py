"""The second opinion: where the router is in doubt, a small language model weighs the few intents that are left."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.embed import Embedder
from models.llm import Chooser, topic_prompt
from runtime.agent import Language
from runtime.agent.pack import OUT_OF_SCOPE, Pack
from runtime.agent.router import Routed, Router

CANDIDATES = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """`intents` best first. `known`: in scope. `sure`: the first one may be acted on without asking."""

    intents: tuple[str, ...]
    confidence: float
    known: bool
    sure: bool
    why: str


class Judge:
    """Router, and chooser when there is one. Thread-safe."""

    def __init__(self, pack: Pack, router: Router, chooser: Chooser | None) -> None:
        self._router = router
        self._chooser = chooser
        self._margin = pack.manifest.thresholds.margin
        self._topics: Mapping[str, str] = pack.manifest.topics

    def judge(self, text: str, language: Language) -> Judged:
        """Raises ModelError."""
        routed = self._router.route(text)
        why = f"router {routed.intent} {routed.confidence:.2f}"
        intents = tuple(intent for intent, chance in routed.ranked[:CANDIDATES] if chance > 0)
        if not routed.known:
            return Judged(intents, routed.confidence, known=False, sure=False, why=f"{why}, out of scope")
        if routed.margin >= self._margin:
            return Judged(intents, routed.confidence, known=True, sure=True, why=why)
        if self._chooser is None:
            return Judged(intents[:2], routed.confidence, known=True, sure=False, why=f"{why}, in doubt")
        return self._chosen(self._chooser, routed, text, why)

    def _chosen(self, chooser: Chooser, routed: Routed, text: str, why: str) -> Judged:
        """Router and model multiplied: the model only tips what the router has left open."""
        rivals = [pair for pair in routed.ranked[:CANDIDATES] if pair[0] in self._topics]
        if len(rivals) < 2:
            return Judged((routed.intent,), routed.confidence, known=True, sure=True, why=why)
        weights = chooser.choose(topic_prompt(text[:200]), [self._topics[intent] for intent, _ in rivals])
        joint = [chance * weight for (_, chance), weight in zip(rivals, weights, strict=True)]
        total = sum(joint) or 1.0
        ranked = sorted(zip((intent for intent, _ in rivals), joint, strict=True), key=lambda pair: -pair[1])
        margin = (ranked[0][1] - ranked[1][1]) / total
        intents = tuple(intent for intent, _ in ranked)
        sure = margin >= self._margin
        return Judged(intents[:2], ranked[0][1] / total, known=True, sure=sure, why=f"{why}, chooser {intents[0]}")


def make_router(pack: Pack, embedder: Embedder) -> Router:
    """The pack's router; embeddings of the examples are kept in the cache."""
    from core.places import cache_home

    return Router(
        pack.examples,
        embedder,
        cache_home() / "examples",
        OUT_OF_SCOPE,
        pack.manifest.thresholds.false_rejection,
    )
