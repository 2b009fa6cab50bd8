"""Paraphrases that are in no pack, for the packs other than retail: one in four of each intent, to be quick."""

import tomllib
from pathlib import Path

import pytest

import models.sectors
from models.embed import Embedder
from runtime.agent import Language
from runtime.agent.pack import OUT_OF_SCOPE, load_pack
from runtime.agent.route import make_router
from runtime.agent.words import fold

pytestmark = pytest.mark.engine

LANGUAGES: tuple[Language, ...] = ("es", "en")
EVERY = 4


@pytest.mark.parametrize("name", ["banking", "health", "public", "telecoms"])
def test_paraphrases(embedder: Embedder, name: str) -> None:
    pack = load_pack(Path(models.sectors.__file__).parent / name)
    router = make_router(pack, embedder)
    for language in LANGUAGES:
        examples = {fold(text) for of in pack.examples[language].values() for text in of}
        table = tomllib.loads(Path(__file__).with_name(f"heldout_{name}_{language}.toml").read_text("utf-8"))
        assert set(table) == set(pack.examples[language])
        assert [text for texts in table.values() for text in texts if fold(text) in examples] == []
        rows = [(intent, router.route(text)) for intent, texts in table.items() for text in texts[::EVERY]]
        inside = [(intent, routed) for intent, routed in rows if intent != OUT_OF_SCOPE]
        outside = [routed for intent, routed in rows if intent == OUT_OF_SCOPE]
        accuracy = sum(routed.intent == intent for intent, routed in inside) / len(inside)
        recall = sum(not routed.known for routed in outside) / len(outside)
        print(f"\n{name} {language}: {accuracy:.1%} of {len(inside)} right; {recall:.1%} of {len(outside)} caught")
        assert accuracy >= 0.78  # of 38 sentences one is 2.6 points
        assert recall >= 0.5
