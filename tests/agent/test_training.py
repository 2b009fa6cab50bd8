"""A pack's own model: the same each time, used when it is there and of these examples, never otherwise."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from models.embed import Embedder
from runtime.agent.learning import RIDGE, _solve, learn, outside
from runtime.agent.pack import OUT_OF_SCOPE, Pack, load_pack
from runtime.agent.paraphrase import MOST, paraphrases
from runtime.agent.route import make_router
from runtime.agent.trained import find, places
from runtime.agent.training import train
from runtime.agent.words import fold
from runtime.commands.pack import app

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    """The quicker one of the two: there are thousands of paraphrases."""
    from models.embed import use
    from models.store import Store

    return use.load(Store())


@pytest.fixture(scope="module")
def small(retail: Pack, tmp_path_factory: pytest.TempPathFactory) -> Pack:
    """The retail pack with ten examples an intent in one language that few learn: quick to embed."""
    folder = shutil.copytree(retail.folder, tmp_path_factory.mktemp("pack") / "retail")
    for language, of in retail.examples.items():
        few = "\n".join(f"{intent} = {json.dumps(texts[:10])}" for intent, texts in of.items())
        (folder / f"examples/{language}.toml").write_text(few, "utf-8")
        held = folder / f"heldout/{language}.toml"
        held.write_text(
            'hours = ["until when are you there on Friday?"]\nout_of_scope = ["how deep is the sea?"]', "utf-8"
        )
    return load_pack(folder)


def test_it_is_used_when_it_is_there_and_fits(small: Pack, embedder: Embedder) -> None:
    assert find(small, embedder) is None
    made = train(small, embedder, beside=True)
    first = made.path.read_bytes()
    assert made.path == places(small, embedder)[0]
    assert made.size == len(first) < 3_000_000
    assert made.trained.texts > made.general.texts + 300
    router = make_router(small, embedder)
    assert len(router.learnt.texts) == made.trained.texts
    assert router.route("what time do you close?").intent == "hours"
    card = made.card.read_text("utf-8")
    assert f"{100 * made.trained.fit.accuracy:.1f} %" in card
    assert "held out, es" in card
    assert train(small, embedder, beside=True).path.read_bytes() == first
    assert train(small, embedder, seed=1, beside=True).path.read_bytes() != first


def test_other_examples_have_no_model(small: Pack, embedder: Embedder, tmp_path: Path) -> None:
    folder = shutil.copytree(small.folder, tmp_path / "retail")
    es = folder / "examples/es.toml"
    es.write_text(es.read_text("utf-8").replace("hours = [", 'hours = ["una frase nueva", ', 1), "utf-8")
    assert find(load_pack(folder), embedder) is None


def test_a_file_that_is_broken_is_as_good_as_none(small: Pack, embedder: Embedder, tmp_path: Path) -> None:
    folder = shutil.copytree(small.folder, tmp_path / "retail")
    pack = load_pack(folder)
    path = places(pack, embedder)[0]
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"PK\x03\x04 nothing")
    assert find(pack, embedder) is None
    whole = train(pack, embedder, beside=True).path.read_bytes()
    assert find(pack, embedder) is not None
    for damage in (b"", whole[: len(whole) // 2], whole[:200] + bytes(64) + whole[264:], whole[:-300] + bytes(300)):
        path.write_bytes(damage)
        assert find(pack, embedder) is None


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["train", str(tmp_path), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "pack.missing"


def test_left_out_together() -> None:
    """What an example gets without itself and its paraphrases is what a model gives that never saw them."""
    chance = np.random.default_rng(3)
    meanings = chance.normal(size=(14, 6)).astype(np.float32)
    alike, targets = meanings @ meanings.T, chance.normal(size=(14, 3)).astype(np.float32)
    groups = np.array([0, 1, 2, 3, 4, 5, 0, 0, 1, 3, 3, 3, 6, 7])
    _, left_out = _solve(alike, targets, groups)
    for group in set(groups):
        gone, rest = groups == group, groups != group
        among = alike[np.ix_(rest, rest)] + RIDGE * np.eye(rest.sum())
        apart = alike[np.ix_(gone, rest)] @ np.linalg.solve(among, targets[rest])
        assert left_out[gone] == pytest.approx(apart, abs=1e-2)


def test_paraphrases_are_learnt_from(embedder: Embedder, tmp_path: Path) -> None:
    examples = {"en": {"a": ["one way", "second way"], "b": ["blue", "green sea"], OUT_OF_SCOPE: ["moon", "stars"]}}
    whole = learn(examples, embedder, tmp_path, OUT_OF_SCOPE, 0.05, paraphrases=lambda text, _: [f"{text} please"])
    assert len(whole.texts) == 12
    assert whole.texts[6] == "one way please"


def test_a_cache_that_is_cut_short_is_made_anew(embedder: Embedder, tmp_path: Path) -> None:
    examples = {"en": {"a": ["one way"], "b": ["blue"], OUT_OF_SCOPE: ["moon"]}}
    first = learn(examples, embedder, tmp_path, OUT_OF_SCOPE, 0.05)
    [kept] = tmp_path.glob("*.npy")
    whole = kept.read_bytes()
    for damage in (b"", whole[:5], whole[:-9], b"x" * len(whole)):
        kept.write_bytes(damage)
        again = learn(examples, embedder, tmp_path, OUT_OF_SCOPE, 0.05)
        assert (again.weights == first.weights).all()
        assert kept.read_bytes() == whole


@given(st.text(max_size=80), st.sampled_from(["es", "en"]))
def test_paraphrases_of_anything(text: str, language: str) -> None:
    made = paraphrases(text, language)  # type: ignore[arg-type]
    assert len(made) <= MOST
    assert text not in made
    assert made == paraphrases(text, language)  # type: ignore[arg-type]


def test_a_paraphrase_keeps_what_is_asked_for() -> None:
    for seed in range(12):
        for made in paraphrases("¿a qué hora cerráis?", "es", seed):
            assert "a que hora cerr" in fold(made) or "a que hora cierran" in fold(made)
        for made in paraphrases("I want to return the drill", "en", seed):
            assert "return the drill" in fold(made)


def test_what_is_out_of_scope_for_everybody_is_in_no_pack(retail: Pack) -> None:
    for language in retail.manifest.languages:
        sentences = {fold(text) for text in outside([language])}
        assert len(sentences) > 100
        inside = {
            fold(text) for intent, of in retail.examples[language].items() if intent != OUT_OF_SCOPE for text in of
        }
        assert not sentences & inside
