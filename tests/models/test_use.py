"""The sentence encoder: what it gives for sentences whose vectors are known, and that it bears anything."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelError
from models import embed
from models.embed import e5, use
from models.store import Store

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def encoder() -> use.Use:
    return use.load(Store())


def test_what_means_the_same_is_near(encoder: use.Use) -> None:
    order, parcel, person, weather = encoder.embed(
        ["where is my order?", "¿dónde está mi pedido?", "quiero hablar con una persona", "it's going to rain"]
    )
    assert order @ parcel == pytest.approx(0.696, abs=0.01)
    assert order @ parcel > order @ person + 0.3
    assert order @ parcel > order @ weather + 0.3


def test_a_file_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights.npz").write_bytes(b"PK\x03\x04 nothing")
    monkeypatch.setattr(Store, "require", lambda _self, _model: tmp_path)
    with pytest.raises(ModelError, match="use-multilingual"):
        use.load(Store())


def test_a_table_that_is_damaged_is_unpacked_anew(
    encoder: use.Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use, "cache_home", lambda: tmp_path)
    expected = encoder.embed(["where is my order?"])
    use.load(Store())
    [kept] = (tmp_path / "embed").iterdir()
    whole = kept.read_bytes()
    for damage in (b"", b"nothing", whole[: len(whole) // 2]):
        kept.write_bytes(damage)
        assert (use.load(Store()).embed(["where is my order?"]) == expected).all()
        assert kept.read_bytes() == whole


def test_without_a_place_for_it_the_table_is_in_memory(
    encoder: use.Use, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(use, "cache_home", lambda: tmp_path / "file")
    assert (use.load(Store()).embed(["hola"]) == encoder.embed(["hola"])).all()


def test_both_together_are_the_mean_of_their_cosines() -> None:
    store = Store()
    both = embed.load(store)
    texts = ["where is my order?", "¿cuándo llega el paquete?"]
    alone = [one.embed(texts) for one in (e5.load(store), use.load(store))]
    first, second = both.embed(texts)
    assert first @ second == pytest.approx(np.mean([one[0] @ one[1] for one in alone]), abs=1e-4)
    assert both.dimensions == 384 + 512
