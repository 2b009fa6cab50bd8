"""The second opinion: where the router is in doubt, a small language model weighs the few intents that are left.

The model is a tie-breaker: it never brings in an intent of its own, its say counts less than the router's (by the root
of its weight), and what stays in doubt is asked. `mostrador bench agent` tells what is right with it and without.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from models.embed import Embedder
from models.llm import Chooser, topic_prompt
from runtime.agent import Language
from runtime.agent.learning import learn, outside
from runtime.agent.pack import OUT_OF_SCOPE, Pack
from runtime.agent.router import Routed, Router
from runtime.agent.trained import find

CANDIDATES = 3
_WARMED = 3
"""Topics in one drill: a customer who comes meanwhile waits for one drill, never for all of them."""
_LONGEST = 200
"""Characters of a sentence that the model sees."""


@dataclass(frozen=True, slots=True)
class Judged:
    """`intents` best first. `known`: in scope. `sure`: the first one may be acted on without asking."""

    intents: tuple[str, ...]
    confidence: float
    known: bool
    sure: bool
    why: str
    text: str
    """The part of what was said that decided."""


class Judge:
    """Router, and chooser when there is one. Thread-safe."""

    def __init__(self, pack: Pack, router: Router, chooser: Chooser | None) -> None:
        self.router = router
        self._chooser = chooser
        self._thresholds = pack.manifest.thresholds
        self._topics: Mapping[str, str] = pack.manifest.topics

    def judge(self, text: str) -> Judged:
        """Raises ModelError."""
        routed = self.router.route(text)
        why = f"router {routed.intent} {routed.confidence:.2f}"
        intents = tuple(intent for intent, _ in routed.ranked)
        if not routed.known:
            return Judged(
                intents, routed.confidence, known=False, sure=False, why=f"{why}, out of scope", text=routed.text
            )
        if routed.confidence >= self._thresholds.sure:
            return Judged(intents, routed.confidence, known=True, sure=True, why=why, text=routed.text)
        if routed.intent not in self._topics:  # small talk, complaints: nothing to choose between
            known = routed.confidence >= self._thresholds.alone
            return Judged(intents, routed.confidence, known, sure=known, why=f"{why}, not in topics", text=routed.text)
        return self._weighed(routed, why)

    def drills(self) -> Iterator[Callable[[], object]]:
        """Pieces of work that show the model every topic once: its first look at one takes four times as long."""
        if self._chooser is not None:
            topics = list(self._topics.values())
            for start in range(0, len(topics), _WARMED):
                yield partial(self._chooser.choose, topic_prompt("hello"), topics[start : start + _WARMED])

    def _weighed(self, routed: Routed, why: str) -> Judged:
        rivals = [pair for pair in routed.ranked[:CANDIDATES] if pair[0] in self._topics]
        weights = [1.0] * len(rivals)
        if self._chooser is not None and len(rivals) > 1:
            weights = self._chooser.choose(
                topic_prompt(routed.text[:_LONGEST]), [self._topics[name] for name, _ in rivals]
            )
        joint = [chance * math.sqrt(weight) for (_, chance), weight in zip(rivals, weights, strict=True)]
        total = sum(joint) or 1.0
        ranked = sorted(((weight / total, name) for weight, (name, _) in zip(joint, rivals, strict=True)), reverse=True)
        likely = tuple(name for share, name in ranked if share >= self._thresholds.worth_asking)
        share = ranked[0][0]
        sure = share >= self._thresholds.sure or len(likely) == 1
        if self._chooser is not None:
            why = f"{why}, chooser {ranked[0][1]} {share:.2f}"
        return Judged(likely, min(share, 1.0), known=True, sure=sure, why=why, text=routed.text)


def make_router(pack: Pack, embedder: Embedder) -> Router:
    """The pack's router: its trained model where there is one, else what its examples teach (kept in the cache)."""
    if learnt := find(pack, embedder):
        return Router(learnt, embedder)
    return router_of(pack, pack.examples, embedder)


def router_of(
    pack: Pack,
    examples: Mapping[Language, Mapping[str, Sequence[str]]],
    embedder: Embedder,
    paraphrases: Callable[[str, Language], Sequence[str]] = lambda _text, _language: (),
) -> Router:
    """A router for the pack that has seen only `examples`, and `paraphrases` of them. Raises ModelError."""
    from core.places import cache_home

    learnt = learn(
        examples,
        embedder,
        cache_home() / "examples",
        OUT_OF_SCOPE,
        pack.manifest.thresholds.false_rejection,
        others=outside(pack.manifest.languages),
        topics=pack.manifest.topics,
        paraphrases=paraphrases,
    )
    return Router(learnt, embedder)
