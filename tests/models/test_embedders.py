"""What every engine of models/embed must do, on real weights."""

import importlib
import os
import pkgutil
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_choosers import damaged

import models.embed
from core.errors import ModelError
from models.embed import Embedder
from models.store import Store

pytestmark = pytest.mark.engine

MODULES = [importlib.import_module(f"models.embed.{one.name}") for one in pkgutil.iter_modules(models.embed.__path__)]
ENGINES = {module.__name__.rpartition(".")[2]: module for module in MODULES if hasattr(module, "MODEL")}
SENTENCES = [
    "What time do you open on Saturday?",
    "¿A qué hora abren el sábado?",
    "I want my money back for these shoes",
]


@pytest.fixture(scope="module", params=[*ENGINES, "all"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    engine: Embedder = ENGINES.get(request.param, models.embed).load(Store())
    return engine


def test_there_are_engines() -> None:
    assert {"e5", "use"} <= set(ENGINES)


def test_unit_vectors(embedder: Embedder) -> None:
    vectors = embedder.embed(SENTENCES)
    assert vectors.shape == (3, embedder.dimensions)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)


def test_nothing_gives_nothing(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_one_meaning_in_two_languages_is_near(embedder: Embedder) -> None:
    english, spanish, other = embedder.embed(SENTENCES)
    assert english @ spanish > english @ other + 0.03
    assert english @ spanish > spanish @ other + 0.03


def test_a_batch_is_what_each_alone_is(embedder: Embedder) -> None:
    alone = np.stack([embedder.embed([text])[0] for text in SENTENCES])
    assert np.allclose(embedder.embed(SENTENCES), alone, atol=0.01)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\0", "a\0b", "\ud800", "ﷺ" * 1200, "\u0300" * 1200, "🙂" * 300, "a" * 20_000, "ﬃ" * 1200, " " * 5000],
)
def test_odd_text_has_a_vector_too(embedder: Embedder, text: str) -> None:
    vector = embedder.embed([text])[0]
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=3))
def test_any_text_has_a_vector(embedder: Embedder, texts: list[str]) -> None:
    vectors = embedder.embed(texts)
    assert vectors.shape == (len(texts), embedder.dimensions)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)


def test_threads_share_it(embedder: Embedder) -> None:
    expected = embedder.embed(SENTENCES)
    wrong: list[int] = []

    def ask() -> None:
        alone = [(which, embedder.embed([SENTENCES[which]])[0]) for which in [0, 1, 2] * 3]
        wrong.extend(which for which, vector in alone if not np.allclose(vector, expected[which], atol=0.01))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("engine", ENGINES)
def test_loading_leaves_the_environment_alone(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = ENGINES[engine]
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    module.load(Store())
    assert "OMP_NUM_THREADS" not in os.environ
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    module.load(Store())
    assert os.environ["OMP_NUM_THREADS"] == "7"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("damage", ["missing", "truncated", "tampered"])
def test_a_damaged_model_is_an_error_before_the_engine(engine: str, damage: str, tmp_path: Path) -> None:
    module = ENGINES[engine]
    with pytest.raises(ModelError) as caught:
        module.load(damaged(module.MODEL, damage, tmp_path))
    assert caught.value.code == f"model.{damage}"
    assert f"mostrador models pull {module.MODEL}" in caught.value.message
